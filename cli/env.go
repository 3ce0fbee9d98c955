package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"tokenwell/auth"
	"tokenwell/auth/handout"
	"tokenwell/db"
)

// env is what the commands share: the streams, the global flags and the way to
// the tokens.
type env struct {
	in          io.Reader
	out, errOut io.Writer // out carries what was asked for and nothing else

	dataDir      string // --data-dir; "": the user's own
	json         bool   // --json
	interactive  bool   // --interactive
	passphraseFD int    // --passphrase-fd; -1: none

	opening sync.Mutex  // held while the vault of this process is opened
	opened  auth.Secret // the passphrase that did: a descriptor gives it once

	// given stands for the running program and for the vault of this process: for tests.
	given handout.Backend
}

// commands make the subcommands. A new one is an entry.
var commands = []func(*env) *cobra.Command{
	listCommand, tokenCommand, headerCommand, execCommand, curlCommand,
	authorizeCommand, refreshCommand, revokeCommand, testCommand,
	gitCommand, proxyCommand, agentCommand, doctorCommand,
}

// flags are the global ones.
func (e *env) flags(fs *pflag.FlagSet) {
	fs.StringVar(&e.dataDir, "data-dir", "", "use the data in this `folder` instead of the user's data folder")
	fs.BoolVar(&e.json, "json", false, "print JSON")
	fs.BoolVar(&e.interactive, "interactive", false, "a person is there: a browser, the keyring's window or a question may come up")
	fs.IntVar(&e.passphraseFD, "passphrase-fd", -1, "read the vault's passphrase from this file `descriptor` when no other Tokenwell has it open")
}

// place is where the data lies.
func (e *env) place() db.Place {
	if e.dataDir == "" {
		return db.DefaultPlace()
	}
	if dir, err := filepath.Abs(e.dataDir); err == nil {
		return db.PlaceIn(dir)
	}
	return db.PlaceIn(e.dataDir)
}

// terminal tells whether a stream is one.
func terminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// backend returns the running program's, or else one over the vault, opened by
// this process. The caller has to call close, which stores what is on its way.
func (e *env) backend(ctx context.Context) (_ handout.Backend, closeIt func(), err error) {
	return e.reach(ctx, true)
}

// reach is backend; without open the vault of this process stays as it is.
func (e *env) reach(ctx context.Context, open bool) (_ handout.Backend, closeIt func(), err error) {
	if e.given != nil {
		return e.given, func() {}, nil
	}
	client, err := handout.Dial(ctx, e.place().Socket())
	if err == nil {
		return client, func() { _ = client.Close() }, nil
	}
	if !errors.Is(err, handout.ErrNoServer) {
		return nil, nil, err
	}
	return e.own(ctx, open)
}

// listings are all authorizations by name; the vault may be locked.
func (e *env) listings(ctx context.Context) ([]handout.Listing, error) {
	backend, done, err := e.reach(ctx, false)
	if err != nil {
		return nil, err
	}
	defer done()
	return backend.List(ctx)
}
