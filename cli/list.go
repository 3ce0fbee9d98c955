package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"tokenwell/auth"
	"tokenwell/auth/handout"
)

func listCommand(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the authorizations",
		Long: "list prints the authorizations by name: service, state, and when the access token and the sign-in end. " +
			"It works while the vault is locked.\n\n" +
			"With --json it prints an array of objects with name, service, grant, state, expires_at, sign_in_ends, hosts and " +
			"practice. Times are UTC in the form of RFC 3339 and null when there is none; practice tells that an authorization " +
			"is of the built-in local server.",
		Example:           "  tokenwell list --json | jq -r '.[] | select(.state == \"needs_sign_in\") | .name'",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(c *cobra.Command, _ []string) error { return e.list(c.Context()) },
	}
}

func (e *env) list(ctx context.Context) error {
	all, err := e.listings(ctx)
	var why *handout.Error
	if errors.As(err, &why) && why.Code == auth.CodeVaultMissing {
		fmt.Fprintf(e.errOut, "%s\n", printable("tokenwell: "+why.Title+". "+why.Happened))
		all, err = nil, nil
	}
	switch {
	case err != nil:
		return err
	case e.json && all == nil:
		all = []handout.Listing{} // an array in any case
		fallthrough
	case e.json:
		return e.printJSON(all)
	case len(all) == 0:
		return nil
	}
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tSERVICE\tSTATE\tTOKEN ENDS\tSIGN-IN ENDS")
	now := time.Now()
	for _, a := range all {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", oneLine(a.Name), oneLine(a.Service), stateWord(a.State), tokenEnd(a, now), moment(a.SignInEnds, now))
	}
	_ = table.Flush() // into memory
	return e.write([]byte(text.String()))
}

// stateWord is a state for people.
func stateWord(s auth.State) string { return oneLine(strings.ReplaceAll(string(s), "_", " ")) }

// tokenEnd is when the access token ends, for people.
func tokenEnd(a handout.Listing, now time.Time) string {
	if a.ExpiresAt == nil && (a.State == auth.StateActive || a.State == auth.StatePaused) {
		return "never"
	}
	return moment(a.ExpiresAt, now)
}

// moment is a time for people, in the time zone of the machine.
func moment(at *time.Time, now time.Time) string {
	if at == nil {
		return "-"
	}
	left := at.Sub(now)
	switch {
	case left <= 0:
		return "ended"
	case left < 90*time.Second:
		return fmt.Sprintf("in %d s", int(left.Seconds()))
	case left < 90*time.Minute:
		return fmt.Sprintf("in %d min", int(left.Minutes()))
	case left < 36*time.Hour:
		return fmt.Sprintf("in %d h", int(left.Hours()))
	default:
		return at.Local().Format(time.DateOnly)
	}
}
