package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"tokenwell/auth"
	"tokenwell/auth/handout"
	"tokenwell/db"
	"tokenwell/db/vault"
)

// gcPercent lets the garbage of hand-outs lie for twice as long as usual: what is
// in use is a few megabytes, and answering costs a tenth less.
const gcPercent = 200

// agentCommand makes `tokenwell agent`.
func agentCommand(e *env) *cobra.Command {
	level := slog.LevelInfo
	c := &cobra.Command{
		Use:   "agent",
		Short: "Keep tokens fresh and hand them out without a window",
		Long: `The agent does what the window does, but without one: it refreshes tokens
ahead of time and hands them out to programs. It is made for servers, ssh and
cron, and runs until it is interrupted; let systemd or your shell put it into
the background. The local server, which is for practice, runs with the window.

The vault opens through the keyring, or with a passphrase from a file
descriptor or from systemd's credential "` + auth.PassphraseCredential + `". Nobody can be
asked for consent: a rule that asks means no.

While a window or another agent has the data folder, this one stands by, and
takes over when that ends. When a window is opened, it steps back by itself.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return runAgent(c.Context(), e, level) },
	}
	c.Flags().TextVar(&level, "log-level", slog.LevelInfo, "least `level` that is logged: debug, info, warn or error")
	return c
}

// agent is an engine without a window, which serves whenever it owns the data folder.
type agent struct {
	env        *env
	place      db.Place
	log        *slog.Logger
	passphrase auth.Secret // empty: the keyring opens the vault; needed again after standing by
	key        *vault.Key  // that was got ahead; nil: none
	notify     notifier
}

func runAgent(ctx context.Context, e *env, level slog.Level) error {
	handout.Harden()
	debug.SetGCPercent(gcPercent)
	passphrase, err := e.handedPassphrase()
	if err != nil {
		return refusal(auth.EndUsage, codePassphrase, "The passphrase can't be read", sentence(err.Error()),
			"Give it on one line, for example: tokenwell agent --passphrase-fd 3 3< FILE")
	}
	if _, err := os.Stat(db.File(e.place().Data)); errors.Is(err, fs.ErrNotExist) {
		return noVault() // nothing is made in a folder that may be the wrong one
	}
	a := &agent{env: e, place: e.place(), passphrase: passphrase, notify: newNotifier(os.Getenv("NOTIFY_SOCKET"))}
	// Not the window's file: while the agent stands by both may write.
	var closeLog func()
	if a.log, closeLog, err = a.place.OpenLog("agent.log", level); err != nil {
		return err
	}
	defer closeLog()
	err = a.run(ctx)
	a.notify.say("STOPPING=1")
	if err != nil {
		a.log.Error("the agent ends", "error", err)
	}
	return err
}

// run serves whenever nobody else has the data folder, until ctx ends.
func (a *agent) run(ctx context.Context) error {
	for {
		release, err := a.own(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		yielded, err := a.serve(ctx)
		release()
		if err != nil || !yielded {
			return err
		}
		a.stepBack(ctx)
	}
}

// own takes the data folder, and stands by while another process has it.
func (a *agent) own(ctx context.Context) (release func(), err error) {
	release, err = db.Own(a.place.Data)
	if !errors.Is(err, db.ErrOwned) {
		return release, err
	}
	if err := a.openAhead(ctx); err != nil {
		return nil, err
	}
	fmt.Fprintln(a.env.errOut, "another Tokenwell has the data folder: standing by until it ends")
	a.log.Info("standing by")
	a.notify.say("READY=1\nSTATUS=Standing by: another Tokenwell has the data folder")
	return db.OwnWhenFree(ctx, a.place.Data)
}

// openAhead gets the key of the vault while another process has the data folder:
// deriving it from a passphrase takes most of the time of a take-over. What is
// in the way is told when the folder is this process's, but for a passphrase
// that is wrong now.
func (a *agent) openAhead(ctx context.Context) error {
	data, err := db.Examine(ctx, db.Params{Dir: a.place.Data})
	if err != nil {
		a.log.Info("the vault is not opened ahead", "error", err)
		return nil
	}
	defer func() { _ = data.Close() }()
	if err := data.Unlock(ctx, a.passphrase); err != nil {
		if errors.Is(err, auth.ErrVaultKey) && !a.passphrase.Empty() {
			return err
		}
		a.log.Info("the vault is not opened ahead", "error", err)
		return nil
	}
	a.key = data.TakeKey()
	return nil
}

// Of stepBack.
const (
	stepBackPause    = 100 * time.Millisecond
	stepBackPatience = 5 * time.Second
)

// stepBack lets the process that asked for the data folder have it: were the
// agent to stand by at once, it would often be the first to get it back.
func (a *agent) stepBack(ctx context.Context) {
	a.log.Info("the data folder is given up")
	for begun := time.Now(); time.Since(begun) < stepBackPatience; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(stepBackPause):
		}
		release, err := db.Own(a.place.Data)
		if err != nil { // taken
			return
		}
		release()
	}
}
