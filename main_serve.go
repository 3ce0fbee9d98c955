package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"tokenwell/auth"
)

// serve runs the local server without a window until the process is
// interrupted. Nothing is refreshed or handed out meanwhile: the engine is not
// there, and the data folder belongs to this process.
func (p *program) serve(o options, out io.Writer) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	passphrase, err := auth.ReadPassphrase(o.passphraseFD)
	if err != nil {
		return err
	}
	if err := openVault(ctx, p.store.Vault(), passphrase); err != nil {
		return err
	}
	registry := p.local.Registry()
	ended := make(chan struct{}, 1)
	defer registry.Subscribe(func() {
		if !registry.Info().Running {
			select {
			case ended <- struct{}{}:
			default:
			}
		}
	})()
	if err := p.local.Start(ctx); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(out, p.local.Info().Discovery); err != nil {
		return fmt.Errorf("the address could not be printed: %w", err)
	}
	select {
	case <-ctx.Done():
		stop() // a second interrupt ends the process at once
		return p.local.Close()
	case <-ended:
		return errors.New("the local server has stopped by itself; the log tells why")
	}
}

// openVault opens the vault, or makes it in a data folder that has none.
func openVault(ctx context.Context, vault auth.Vault, passphrase auth.Secret) error {
	status, err := vault.Status(ctx)
	if err != nil {
		return err
	}
	open := vault.Unlock
	if !status.Exists {
		open = vault.Create
	}
	if passphrase.Empty() {
		if status.Exists && !status.HasKeyring {
			return errors.New("the vault opens with a passphrase: give it with --passphrase-fd, for example --passphrase-fd 0 and the passphrase on standard input")
		}
		if err := vault.ProbeKeyring(ctx); err != nil {
			return fmt.Errorf("the vault can't be opened through the keyring: %w; or give its passphrase with --passphrase-fd", err)
		}
	}
	if err := open(ctx, passphrase); err != nil {
		return fmt.Errorf("the vault can't be opened: %w", err)
	}
	return nil
}
