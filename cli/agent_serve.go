package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"tokenwell/auth"
	"tokenwell/auth/handout"
	"tokenwell/db"
	"tokenwell/db/vault"
)

// serve opens the data folder, which this process owns, and hands tokens out
// until ctx ends or another process asks for the folder: then yielded is true.
// When it returns, everything is closed and what was under way is stored.
func (a *agent) serve(ctx context.Context) (yielded bool, err error) {
	store, err := db.Open(ctx, db.Params{Dir: a.place.Data, Log: a.log, NoPrompt: !a.env.interactive})
	if err != nil {
		return false, stopped(ctx, err)
	}
	defer func() { _ = store.Close() }()
	engine, err := a.newEngine(store)
	if err != nil {
		return false, err
	}
	defer engine.Close()
	if err := a.unlock(ctx, engine); err != nil {
		return false, stopped(ctx, err)
	}

	if err := db.MakeRunDir(a.place.Run); err != nil {
		return false, err
	}
	yield := make(chan struct{}, 1)
	server := handout.NewServer(handout.ServerParams{
		Engine: engine, Socket: a.place.Socket(), Console: handout.Installed(handout.ConsoleName), Log: a.log,
		Status: handout.Status{Program: handout.ProgramAgent, Version: version, PID: os.Getpid()},
		Yield: func() {
			select {
			case yield <- struct{}{}:
			default:
			}
		},
	})
	if err := server.Start(); err != nil {
		return false, fmt.Errorf("the socket %s: %w", a.place.Socket(), err)
	}
	defer func() {
		if err := server.Close(); err != nil {
			a.log.Warn("the socket was not closed in order", "error", err)
		}
	}()
	fmt.Fprintln(a.env.errOut, "serving at", a.place.Socket())
	a.log.Info("serving", "socket", a.place.Socket())
	a.notify.say("READY=1\nSTATUS=Serving at " + a.place.Socket())
	select {
	case <-ctx.Done():
		return false, nil
	case <-yield:
		return true, nil
	}
}

// newEngine makes the engine over an open data folder.
func (a *agent) newEngine(store *db.DB) (*auth.Engine, error) {
	catalog, err := auth.LoadCatalog(auth.ShippedServices())
	if err != nil {
		return nil, err
	}
	return auth.New(auth.Params{
		Store: store, Vault: &aheadVault{Vault: store.Vault(), key: a.takeKey()}, Catalog: catalog,
		Wire: auth.NewWire(auth.WireParams{Log: a.log, Version: version}), Browser: auth.SystemBrowser(),
		Log: a.log,
	})
}

// takeKey gives the key that was got ahead away, once.
func (a *agent) takeKey() *vault.Key {
	key := a.key
	a.key = nil
	return key
}

// aheadVault opens the vault with the key that was got ahead, if it still fits.
type aheadVault struct {
	db.Vault
	key *vault.Key // nil: none
}

// Unlock implements auth.Vault.
func (v *aheadVault) Unlock(ctx context.Context, passphrase auth.Secret) error {
	if key := v.key; key != nil {
		v.key = nil
		if err := v.Use(ctx, key); err == nil {
			return nil
		}
	}
	return v.Vault.Unlock(ctx, passphrase)
}

// unlock opens the vault, which has to be there, and starts the engine.
func (a *agent) unlock(ctx context.Context, engine *auth.Engine) error {
	status, err := engine.VaultStatus(ctx)
	if err != nil {
		return err
	}
	switch {
	case !status.Exists:
		return noVault()
	case a.passphrase.Empty() && !status.HasKeyring:
		return refusal(auth.EndLocked, auth.CodeVaultLocked, "The vault opens with a passphrase", "None was given.",
			"Give it with --passphrase-fd, for example: tokenwell agent --passphrase-fd 3 3< FILE",
			"Under systemd, give it as the credential "+auth.PassphraseCredential+".")
	}
	err = engine.Unlock(ctx, a.passphrase)
	if err != nil && !errors.Is(err, auth.ErrVaultKey) && !errors.Is(err, auth.ErrStorage) {
		return lockedError(sentence(err.Error())) // the keyring's own words
	}
	return err
}

// noVault says that there is nothing to serve.
func noVault() error {
	return refusal(auth.EndLocked, auth.CodeVaultMissing, "There is no vault yet", "The data folder holds no authorizations.",
		"Start the desktop app once and protect the vault, then start the agent again.", "Or name the right folder with --data-dir.")
}

// stopped leaves out an error that came of being told to end.
func stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}
