package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"tokenwell/auth/handout"
)

func authorizeCommand(e *env) *cobra.Command {
	return act(e, &cobra.Command{
		Use:   "authorize NAME",
		Short: "Sign in again",
		Long: "authorize signs in again with the stored settings of the authorization NAME, and waits for the end. What you have to " +
			"do is told on standard error: an address to open, or a code to enter on a page. With --interactive the browser is " +
			"opened.\n\nWith --json it prints the authorization as list does.",
	}, func(ctx context.Context, backend handout.Backend, name string) error {
		a, err := backend.Authorize(ctx, handout.AuthorizeRequest{Name: name, Browser: e.interactive}, e.prompt)
		if err != nil {
			return err
		}
		return e.report(a, "“"+a.Name+"” is authorized.")
	})
}

// prompt tells people what they have to do.
func (e *env) prompt(p handout.Prompt) {
	switch {
	case p.UserCode != "":
		e.say("Open this page on any device and enter the code " + p.UserCode + ":")
	case p.Opened:
		e.say("Sign in in your browser. If it did not open, use this address:")
	default:
		e.say("Open this address in a browser on this machine and sign in:")
	}
	e.say("  " + p.URL)
	if left := time.Until(p.Deadline); left > 0 {
		e.say(fmt.Sprintf("Waiting for %d min at most.", int(left.Minutes()+0.5)))
	}
}
