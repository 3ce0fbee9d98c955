package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/term"

	"tokenwell/auth"
	"tokenwell/auth/handout"
	"tokenwell/db"
)

// own returns a backend over the vault, which this process opens itself: no
// Tokenwell is running. Nothing is made where there is nothing.
func (e *env) own(ctx context.Context, open bool) (_ handout.Backend, closeIt func(), err error) {
	handout.Harden() // before there is anything to hide (T62)
	place := e.place()
	if _, err := os.Stat(db.File(place.Data)); errors.Is(err, fs.ErrNotExist) {
		return nil, nil, noData(place.Data)
	}
	store, err := db.Open(ctx, db.Params{Dir: place.Data, NoPrompt: !e.interactive})
	if err != nil {
		return nil, nil, err
	}
	engine, err := newEngine(store)
	if err != nil {
		return nil, nil, errors.Join(err, store.Close())
	}
	closeIt = func() {
		engine.Close()
		_ = store.Close()
	}
	status := handout.Status{API: handout.Version, Program: handout.ProgramNone, Version: version, PID: os.Getpid()}
	if open {
		if err := e.unlock(ctx, store.Vault()); err != nil {
			closeIt()
			return nil, nil, err
		}
		if err := engine.Start(ctx); err != nil {
			closeIt()
			return nil, nil, err
		}
	}
	return handout.Local(engine, status, handout.AskerOf(os.Getppid())), closeIt, nil
}

// newEngine makes an engine that does one thing and ends.
func newEngine(store *db.DB) (*auth.Engine, error) {
	return auth.New(auth.Params{
		Store: store, Vault: store.Vault(), Catalog: auth.OpenCatalog(auth.ShippedServices()), Wire: auth.NewWire(auth.WireParams{Version: version}),
		Browser: auth.SystemBrowser(), Brief: true,
	})
}

// noData says that there is no database.
func noData(dir string) error {
	return refusal(auth.EndUnknownName, auth.CodeVaultMissing, "There are no authorizations yet",
		"The folder “"+dir+"” holds no data of Tokenwell.",
		"Open Tokenwell and make an authorization, or name the right folder with --data-dir.")
}

// unlock opens the vault: with a passphrase, when there is one, else through
// the keyring.
func (e *env) unlock(ctx context.Context, vault auth.Vault) error {
	status, err := vault.Status(ctx)
	if err != nil {
		return err
	}
	if !status.Exists {
		return auth.ErrVaultMissing
	}
	e.opening.Lock() // one at a time: deriving a key takes much memory
	defer e.opening.Unlock()
	passphrase, err := e.passphrase(status)
	if err != nil {
		return err
	}
	if passphrase.Empty() && !status.HasKeyring {
		return lockedError("It opens with a passphrase.")
	}
	err = vault.Unlock(ctx, passphrase)
	switch {
	case err == nil:
		e.opened = passphrase
		return nil
	case errors.Is(err, auth.ErrVaultKey) && !passphrase.Empty():
		return lockedError("The passphrase is not the right one.")
	case errors.Is(err, auth.ErrStorage), errors.Is(err, context.Canceled):
		return err
	default:
		return lockedError(sentence(err.Error()))
	}
}

// lockedError says why the vault stays closed.
func lockedError(why string) error {
	return refusal(auth.EndLocked, auth.CodeVaultLocked, "The vault is locked", why,
		"Open Tokenwell, or run “tokenwell agent”: while one of them runs, its vault is used.",
		"Or give the passphrase with --passphrase-fd, for example --passphrase-fd 3 3</path/of/file.",
		"With --interactive you are asked for it.")
}

// passphrase returns the one that was given: by a file descriptor, as a
// credential of systemd's, or by the person at the terminal. Empty: none.
func (e *env) passphrase(status auth.VaultStatus) (auth.Secret, error) {
	if !e.opened.Empty() {
		return e.opened, nil
	}
	passphrase, err := e.handedPassphrase()
	if err != nil {
		return auth.Secret{}, refusal(auth.EndUsage, codePassphrase, "The passphrase can't be read", sentence(err.Error()))
	}
	if passphrase.Empty() && e.interactive && !status.HasKeyring && terminal(e.in) {
		return e.askPassphrase()
	}
	return passphrase, nil
}

// handedPassphrase reads the one that comes by a file descriptor, or else as a
// credential of systemd's. Empty: none.
func (e *env) handedPassphrase() (auth.Secret, error) {
	if e.passphraseFD != -1 {
		return auth.ReadPassphrase(e.passphraseFD)
	}
	return auth.ReadPassphraseCredential(os.Getenv("CREDENTIALS_DIRECTORY"))
}

// askPassphrase asks for it without showing what is typed.
func (e *env) askPassphrase() (auth.Secret, error) {
	file, ok := e.in.(*os.File)
	if !ok {
		return auth.Secret{}, nil
	}
	fmt.Fprintf(e.errOut, "Passphrase of the vault: ")
	typed, err := term.ReadPassword(int(file.Fd()))
	fmt.Fprintln(e.errOut)
	defer clear(typed)
	if err != nil {
		return auth.Secret{}, fmt.Errorf("the passphrase can't be read: %w", err)
	}
	return auth.NewSecret(string(typed)), nil
}
