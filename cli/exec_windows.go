package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"os/signal"
)

// become runs the program and returns its exit code as an error. An interrupt
// reaches every program of the console by itself, so it is only survived here.
func (e *env) become(p program) error {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	defer signal.Stop(signals)
	child := exec.Command(p.file, p.args[1:]...) //nolint:gosec,noctx // what the user wants to run; it ends by itself
	child.Env = p.environ
	child.Stdin, child.Stdout, child.Stderr = os.Stdin, os.Stdout, os.Stderr
	if p.input != nil {
		child.Stdin = bytes.NewReader(p.input)
	}
	err := child.Run()
	var ended *exec.ExitError
	switch {
	case err == nil:
		return exitCode(0)
	case errors.As(err, &ended):
		return exitCode(ended.ExitCode())
	default:
		return e.notStarted(p.args[0], err)
	}
}
