package auth

import (
	"context"
	"time"
)

// SignInPhase is how far a sign-in has come.
type SignInPhase string

// The phases, in order.
const (
	PhaseBrowser  SignInPhase = "browser"  // waiting for the user in the browser
	PhaseExchange SignInPhase = "exchange" // the code is exchanged for tokens
	PhaseDone     SignInPhase = "done"     // ended, well or not
)

// SignIn is one sign-in in progress: from the saved authorization to the
// stored tokens (RFC 6749 section 4.1, RFC 8252). Safe for concurrent use.
// It ends by itself after SignInTimeout.
type SignIn struct{}

// SignInTimeout is how long a sign-in waits for the user.
const SignInTimeout = 10 * time.Minute

// ID is the authorization's.
func (s *SignIn) ID() string { panic("stub") }

// Name is the authorization's Friendly Name.
func (s *SignIn) Name() string { panic("stub") }

// Host is the host that the browser visits.
func (s *SignIn) Host() string { panic("stub") }

// URL is the link that the browser opens. It holds no secret, but is for one use.
func (s *SignIn) URL() string { panic("stub") }

// RedirectURI is where the answer is awaited.
func (s *SignIn) RedirectURI() string { panic("stub") }

// Deadline is when the sign-in gives up (UTC).
func (s *SignIn) Deadline() time.Time { panic("stub") }

// OnPhase registers the one listener, called from the sign-in's own goroutine
// at each change, and once at registration with the present phase.
func (s *SignIn) OnPhase(func(SignInPhase)) { panic("stub") }

// OpenBrowser opens the link in the system browser and waits until it is known
// whether that worked (5 s at most).
func (s *SignIn) OpenBrowser(ctx context.Context) error { panic("stub") }

// Paste takes the address that the browser shows after the sign-in. An address
// that is not this sign-in's answer is refused and changes nothing.
func (s *SignIn) Paste(address string) error { panic("stub") }

// Wait blocks until the sign-in has ended. The error is a *Failure, or
// ErrCancelled.
func (s *SignIn) Wait(ctx context.Context) (Detail, error) { panic("stub") }

// Cancel ends it at once. After a code has been sent it waits for its answer
// instead: tokens that are on their way are never dropped.
func (s *SignIn) Cancel() { panic("stub") }
