package main

import (
	"context"
	"fmt"
	"time"

	"tokenwell/auth"
	"tokenwell/auth/handout"
)

// keyringTime is how long the keyring may take when nobody is there to answer it.
const keyringTime = 3 * time.Second

// checkKeyring tells whether the keyring can be reached, and whether that matters.
func (d *doctor) checkKeyring(ctx context.Context) []finding {
	err := d.keyring.Probe(ctx)
	if err == nil {
		return []finding{fine("", "can be reached")}
	}
	const do = "Start your desktop's keyring; in a shell without a desktop, run “tokenwell agent” with a passphrase."
	var status auth.VaultStatus
	if d.data != nil {
		if status, err = d.data.VaultStatus(ctx); err != nil {
			return []finding{wrong("", "See what is said of the database.", "the key slots can't be read: %v", err)}
		}
	}
	switch {
	case status.HasKeyring && d.served == nil:
		f := wrong("", do, "can't be reached, and the vault opens through it")
		f.end = auth.EndLocked
		return []finding{f}
	case status.HasKeyring:
		return []finding{doubtful("", do, "can't be reached from here; %s has opened the vault", programWords(d.served))}
	case status.Exists:
		return []finding{fine("", "can't be reached; the vault does without, it opens with a passphrase")}
	}
	return []finding{doubtful("", "Start your desktop's keyring, or protect the vault with a passphrase.", "can't be reached")}
}

// checkVault tells whether the vault opens without a prompt.
func (d *doctor) checkVault(ctx context.Context) []finding {
	if d.data == nil {
		return nil // the database's finding says why
	}
	status, err := d.data.VaultStatus(ctx)
	if err != nil {
		return []finding{wrong("", "See what is said of the database.", "can't be read: %v", err)}
	}
	if !status.Exists {
		return []finding{doubtful("", "Start the desktop app and protect the vault.", "there is none yet")}
	}
	slots := "opens through the keyring"
	switch {
	case status.HasKeyring && status.HasPassphrase:
		slots = "opens through the keyring or with a passphrase"
	case status.HasPassphrase:
		slots = "opens with a passphrase"
	}
	switch {
	case d.served != nil && d.served.Vault == handout.VaultOpen:
		return []finding{fine("", "%s; %s has opened it", slots, programWords(d.served))}
	case d.served != nil:
		f := wrong("", "Open the window of Tokenwell and unlock the vault there.", "%s; %s has not opened it", slots, programWords(d.served))
		f.end = auth.EndLocked
		return []finding{f}
	case !status.HasKeyring:
		return []finding{doubtful("", "Open Tokenwell, or run “tokenwell agent” with --passphrase-fd: while one of them runs, programs get tokens.",
			"%s, which nobody has given", slots)}
	}
	ctx, cancel := context.WithTimeout(ctx, keyringTime)
	defer cancel()
	if err := d.data.Unlock(ctx, auth.Secret{}); err != nil {
		f := wrong("", "Unlock the keyring, or open Tokenwell.", "%s", fmt.Sprintf("does not open without a prompt: %v", err))
		f.end = auth.EndLocked
		return []finding{f}
	}
	return []finding{fine("", "%s, without a prompt", slots)}
}
