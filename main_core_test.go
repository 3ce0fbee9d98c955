//go:build e2e && linux

package main

import (
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// withCores lets a program leave cores as large as it likes, and Go's own
// handler end the process by a signal.
func withCores(c *exec.Cmd) {
	c.Args = append([]string{"sh", "-c", `ulimit -c unlimited && exec "$@"`, "sh", c.Path}, c.Args[1:]...)
	c.Path = "/bin/sh"
	c.Env = append(c.Env, "GOTRACEBACK=crash")
}

// coreOf lets a program crash and tells whether its memory is in a core file now.
func coreOf(t *testing.T, c *exec.Cmd) bool {
	t.Helper()
	require.NoError(t, c.Process.Signal(syscall.SIGSEGV))
	_ = c.Wait() // ended by the signal
	status, ok := c.ProcessState.Sys().(syscall.WaitStatus)
	require.True(t, ok && status.Signaled(), "it was not ended by a signal: %v", c.ProcessState)
	return status.CoreDump()
}

// TestAgentLeavesNoCore when it crashes (T62). It stands here because the tests
// of the console command harden their own process, and so what they start.
func TestAgentLeavesNoCore(t *testing.T) {
	control := exec.CommandContext(t.Context(), "/bin/cat")
	control.Dir, control.Env = t.TempDir(), os.Environ()
	in, err := control.StdinPipe()
	require.NoError(t, err)
	defer in.Close()
	out, err := control.StdoutPipe()
	require.NoError(t, err)
	withCores(control)
	require.NoError(t, control.Start())
	_, err = in.Write([]byte("x"))
	require.NoError(t, err)
	if _, err = out.Read(make([]byte, 1)); err != nil || !coreOf(t, control) { // the shell has become the program
		t.Skip("this system leaves no cores of any program")
	}
	s := newServed(t)
	first, _ := s.start() // makes the vault
	require.NoError(t, first.Process.Signal(syscall.SIGTERM))
	require.NoError(t, first.Wait())
	agent, said := s.agentOf(withCores, func(c *exec.Cmd) { c.Dir = t.TempDir() })
	hear(t, said, "serving at")
	assert.False(t, coreOf(t, agent))
}
