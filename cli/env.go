package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"tokenwell/auth/handout"
	"tokenwell/db"
)

// env is what the commands share: the streams, the global flags and the way to
// the tokens.
type env struct {
	in          io.Reader
	out, errOut io.Writer // out carries what was asked for and nothing else

	dataDir     string // --data-dir; "": the user's own
	json        bool   // --json
	interactive bool   // --interactive
}

// place is where the data lies.
func (e *env) place() db.Place {
	if e.dataDir != "" {
		return db.PlaceIn(e.dataDir)
	}
	return db.DefaultPlace()
}

// backend returns the running program's, or else one over the vault, opened by
// this process. The caller has to call close.
func (e *env) backend(ctx context.Context) (_ handout.Backend, closeIt func(), err error) {
	_ = ctx
	return nil, nil, handout.ErrNoServer
}

// commands make the subcommands. A new one is an entry.
var commands = []func(*env) *cobra.Command{}

// run carries out one command line and returns the exit code.
func run(ctx context.Context, e *env, args []string) int {
	_, _ = ctx, args
	_ = e.place
	_ = e.backend
	return 1
}
