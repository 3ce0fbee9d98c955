package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"tokenwell/auth"
)

// childCode marks a command that returns the exit code of the program that it
// starts; what goes wrong before that has the code codeOurs.
const childCode = "child-code"

// The exit codes beside those of auth.HandOutEnd. They are a promise.
const (
	codeOurs          = 125 // exec, curl: we could not
	codeNotExecutable = 126
	codeNotFound      = 127
)

// exitCode ends the command with a code and without a word of ours.
type exitCode int

// Error implements error.
func (exitCode) Error() string { return "the program has ended" }

// ran marks an error of a command that began; any other one is of its usage.
type ran struct{ error }

// Unwrap returns the command's own error.
func (r ran) Unwrap() error { return r.error }

// run carries out one command line and returns the exit code.
func run(ctx context.Context, e *env, args []string) int {
	if code, done := e.quick(ctx, args); done {
		return code
	}
	ctx, stop := signal.NotifyContext(ctx, endings()...)
	defer stop()
	root := e.root()
	root.SetArgs(args)
	command, err := root.ExecuteContextC(ctx)
	return e.end(command, err)
}

// endings are the signals that end a command in order. One that a shell starts in
// the background is not meant by an interrupt, and neither is what it becomes.
func endings() []os.Signal {
	if signal.Ignored(os.Interrupt) {
		return []os.Signal{syscall.SIGTERM}
	}
	return []os.Signal{os.Interrupt, syscall.SIGTERM}
}

// end reports how a command ended and returns the exit code.
func (e *env) end(command *cobra.Command, err error) int {
	_, ofChild := command.Annotations[childCode]
	var (
		code   exitCode
		begun  ran
		failed = auth.EndUsage.ExitCode()
	)
	switch {
	case err == nil:
		return auth.EndOK.ExitCode()
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &begun):
		failed = e.complain(begun.error)
	default:
		e.complain(usageError(err.Error(), command.CommandPath()))
	}
	if ofChild {
		return codeOurs
	}
	return failed
}

// root is the command tree.
func (e *env) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "tokenwell",
		Short: "Hand the access tokens of authorizations to scripts and programs",
		Long: "tokenwell hands out the access tokens that Tokenwell keeps fresh, by the Friendly Name of the authorization. " +
			"It asks the Tokenwell that is running, or else opens the vault itself.\n\n" +
			"What was asked for, and nothing else, goes to standard output; everything else goes to standard error.",
		Version:       version,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	root.SetOut(e.out)
	root.SetErr(e.errOut)
	root.SetIn(e.in)
	e.flags(root.PersistentFlags())
	for _, make := range commands {
		command := make(e)
		markRun(command)
		command.Long = wrapped(command.Long)
		root.AddCommand(command)
	}
	root.Long = wrapped(root.Long)
	return root
}

// width is that of help texts, in characters.
const width = 80

// wrapped breaks long lines between words.
func wrapped(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		column := 0
		for i, word := range strings.Fields(line) {
			length := utf8.RuneCountInString(word)
			switch {
			case i == 0:
			case column+1+length > width:
				out.WriteByte('\n')
				column = 0
			default:
				out.WriteByte(' ')
				column++
			}
			out.WriteString(word)
			column += length
		}
		out.WriteByte('\n')
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// markRun tells the errors of a command from those of its usage.
func markRun(command *cobra.Command) {
	if do := command.RunE; do != nil {
		command.RunE = func(c *cobra.Command, args []string) error {
			if err := do(c, args); err != nil {
				return ran{err}
			}
			return nil
		}
	}
	for _, sub := range command.Commands() {
		markRun(sub)
	}
}
