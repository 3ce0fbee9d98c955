package keyring

import (
	"context"
	"errors"
	"time"
)

// The reasons for which a call can fail. Test with errors.Is; the texts are
// fit for the user.
var (
	ErrUnavailable = errors.New("no keyring can be reached; start your desktop's keyring, or protect the vault with a passphrase")
	ErrDenied      = errors.New("the keyring refused; unlock it, and allow the access when it asks")
	ErrTimeout     = errors.New("the keyring did not answer in time; look for its window and try again")
	ErrMissing     = errors.New("the keyring does not hold this key")
	ErrLocked      = errors.New("the keyring is locked, and nobody is asked for its password now; unlock it and try again")
)

// How long a call may take when ctx does not end sooner. A person needs time
// to type a password; Unattended is for callers without one.
const (
	Interactive = 2 * time.Minute
	Unattended  = 3 * time.Second
	probeTime   = time.Second
)

// service is the fixed part of every item's name. The other part is random:
// both are visible to every program on the session bus.
const service = "tokenwell"

// Keyring is the operating system's keyring. It is safe for concurrent use.
type Keyring struct{ quiet bool }

// New returns it. Nothing is started or asked.
func New() *Keyring { return &Keyring{} }

// Quiet returns it for a program whose user does not expect to be asked: Get
// never opens a prompt and gives ErrLocked instead, at once. On macOS the
// system decides by itself whether it asks.
func Quiet() *Keyring { return &Keyring{quiet: true} }

// Probe tells within a second whether a keyring can be reached, without
// unlocking anything; nil: it can.
func (k *Keyring) Probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	_, err := ask(ctx, request{Op: opProbe})
	if errors.Is(err, ErrTimeout) {
		return ErrUnavailable
	}
	return err
}

// Set stores text under name, replacing what is there, and reads it back: the
// library reports success when the user dismissed the prompt. ErrDenied when
// something else comes back.
func (k *Keyring) Set(ctx context.Context, name, text string) error {
	ctx, cancel := context.WithTimeout(ctx, Interactive)
	defer cancel()
	if _, err := ask(ctx, request{Op: opSet, Name: name, Text: text}); err != nil {
		return err
	}
	back, err := ask(ctx, request{Op: opGet, Name: name})
	if errors.Is(err, ErrMissing) || (err == nil && back != text) {
		return ErrDenied
	}
	return err
}

// Get returns the text stored under name, or ErrMissing.
func (k *Keyring) Get(ctx context.Context, name string) (string, error) {
	if k.quiet {
		ctx, cancel := context.WithTimeout(ctx, Unattended)
		defer cancel()
		return ask(ctx, request{Op: opPeek, Name: name})
	}
	ctx, cancel := context.WithTimeout(ctx, Interactive)
	defer cancel()
	return ask(ctx, request{Op: opGet, Name: name})
}

// Delete removes what is stored under name. ErrMissing when there is nothing.
func (k *Keyring) Delete(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, Interactive)
	defer cancel()
	_, err := ask(ctx, request{Op: opDelete, Name: name})
	return err
}
