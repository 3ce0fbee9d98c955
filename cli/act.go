package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/spf13/cobra"

	"tokenwell/auth"
	"tokenwell/auth/handout"
)

// act makes a command that does one thing with a named authorization.
func act(e *env, c *cobra.Command, do func(ctx context.Context, backend handout.Backend, name string) error) *cobra.Command {
	c.Args, c.ValidArgsFunction = oneName, completeName(e)
	c.RunE = func(c *cobra.Command, args []string) error {
		if err := checkName(args[0]); err != nil {
			return err
		}
		backend, done, err := e.backend(c.Context())
		if err != nil {
			return err
		}
		defer done()
		return do(c.Context(), backend, args[0])
	}
	return c
}

func refreshCommand(e *env) *cobra.Command {
	return act(e, &cobra.Command{
		Use:   "refresh NAME",
		Short: "Fetch a new access token now",
		Long: "refresh fetches a new access token for the authorization NAME, however long the old one still lasts. The token is " +
			"not printed.\n\nWith --json it prints the authorization as list does.",
	}, func(ctx context.Context, backend handout.Backend, name string) error {
		a, err := backend.Refresh(ctx, name)
		if err != nil {
			return err
		}
		return e.report(a, "“"+a.Name+"” is refreshed.")
	})
}

// report tells how an authorization is now: people on standard error, programs
// on standard output.
func (e *env) report(a handout.Listing, what string) error {
	if e.json {
		return e.printJSON(a)
	}
	if a.ExpiresAt != nil {
		what += " Its token ends " + a.ExpiresAt.Local().Format("2006-01-02 15:04:05") + "."
	}
	e.say(what)
	return nil
}

// say tells something to people.
func (e *env) say(line string) { fmt.Fprintln(e.errOut, printable(line)) }

func revokeCommand(e *env) *cobra.Command {
	return act(e, &cobra.Command{
		Use:   "revoke NAME",
		Short: "Withdraw an authorization at its service",
		Long: "revoke asks the service to end the tokens of the authorization NAME (RFC 7009), which is kept and can be authorized " +
			"again. When the service does not confirm it, it is tried again later by the running Tokenwell.\n\n" +
			"With --json it prints an object with name and outcome: “revoked” or “queued”.",
	}, func(ctx context.Context, backend handout.Backend, name string) error {
		r, err := backend.Revoke(ctx, name)
		switch {
		case err != nil:
			return err
		case e.json:
			return e.printJSON(r)
		case r.Outcome == auth.RevokeQueued:
			e.say("The service has not confirmed it yet. It is tried again while Tokenwell runs.")
		default:
			e.say("“" + r.Name + "” is revoked.")
		}
		return nil
	})
}

func testCommand(e *env) *cobra.Command {
	var address string
	c := act(e, &cobra.Command{
		Use:   "test NAME",
		Short: "Try an authorization with a request to its service",
		Long: "test makes sure that the authorization NAME has a token, and fetches an address with it: what the service names " +
			"for this, or --address. The status goes to standard error, the beginning of the answer to standard output. " +
			"The exit code is 1 when the service refuses.\n\n" +
			"With --json it prints an object with name, renewed, address, status, content_type, size, body and cut.",
	}, func(ctx context.Context, backend handout.Backend, name string) error {
		reply, err := backend.Test(ctx, handout.TestRequest{Name: name, Address: address})
		if err != nil {
			return err
		}
		return e.printTest(reply)
	})
	c.Flags().StringVar(&address, "address", "", "fetch this https `address`")
	return c
}

// printTest prints the status and the beginning of the body.
func (e *env) printTest(reply handout.TestReply) error {
	var err error
	switch {
	case e.json:
		err = e.printJSON(reply)
	case reply.Address == "":
		e.say("“" + reply.Name + "” has a token. The service names no address to try it with: use --address.")
		return nil
	default:
		e.say(fmt.Sprintf("%s: %d %s, %d bytes of %s", reply.Address, reply.Status, http.StatusText(reply.Status), reply.Size, reply.ContentType))
		if err = e.write([]byte(printable(reply.Body) + "\n")); err == nil && reply.Cut {
			e.say("There is more.")
		}
	}
	if err == nil && reply.Status >= http.StatusBadRequest {
		return exitCode(auth.EndOther.ExitCode())
	}
	return err
}
