package auth

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"tokenwell/auth/killpoint"
)

// SignInPhase is how far a sign-in has come.
type SignInPhase string

// The phases, in order.
const (
	PhaseBrowser  SignInPhase = "browser"  // waiting for the user, in the browser or on another device
	PhaseExchange SignInPhase = "exchange" // tokens are asked for, or are being stored
	PhaseDone     SignInPhase = "done"     // ended, well or not
)

// SignIn is one sign-in in progress: from the saved authorization to the
// stored tokens, by any grant. Safe for concurrent use. It ends by itself at
// its Deadline.
type SignIn struct {
	params   signInParams
	deadline time.Time
	ctx      context.Context // ends with Cancel, the engine or the time limit
	cancel   context.CancelCauseFunc
	release  context.CancelFunc
	done     chan struct{} // closed when detail and err are known
	detail   Detail
	err      error

	listening sync.Mutex // held while the listener runs: phases reach it in order
	mu        sync.Mutex // guards what follows
	phase     SignInPhase
	listener  func(SignInPhase)
}

// SignInTimeout is how long a sign-in waits for the user.
const SignInTimeout = 10 * time.Minute

// signInParams is what the engine gives a sign-in.
type signInParams struct {
	ID, Name string
	Endpoint string // the token endpoint
	Browser  Browser
	Timeout  time.Duration // 0: SignInTimeout
	// SilentErrors: the service shows its errors in the browser alone.
	SilentErrors bool

	// Of the three ways to tokens, exactly one: a browser flow with Exchange,
	// a device prompt with Obtain, or Obtain alone.
	Flow   *flow // started; the sign-in ends it
	Device DevicePrompt
	// Obtain asks for tokens and stores them by the commit protocol. arrived is
	// to be called when there is no way back. Its context ends with the
	// sign-in: before a request that brings tokens, never during one.
	Obtain func(ctx context.Context, arrived func()) (Detail, error)

	// Exchange turns the answer into stored tokens by the commit protocol. Its
	// context does not end with the sign-in: once the code is sent, the reply
	// must be stored.
	Exchange func(ctx context.Context, a answer) (Detail, error)
	// Explain makes the error that the user meets.
	Explain func(err error) *Failure
	// Ended is called once, after the port is free and before Wait returns.
	// The error is nil, ErrCancelled or a *Failure.
	Ended func(err error)
}

// giveUp frees what was prepared for a sign-in that does not begin.
func (p signInParams) giveUp() {
	if p.Flow != nil {
		p.Flow.Close()
	}
}

// newSignIn makes a sign-in that waits for its answer as soon as run is
// called: once, in a goroutine that the engine's Close waits for. Without run
// the caller must close the flow itself. The end of ctx cancels it.
func newSignIn(ctx context.Context, p signInParams) *SignIn {
	timeout, ended := p.Timeout, CodeSignInTimedOut
	if timeout == 0 {
		timeout = SignInTimeout
	}
	s := &SignIn{params: p, deadline: time.Now().Add(timeout).UTC(), done: make(chan struct{}), phase: PhaseBrowser}
	switch kind := s.Kind(); {
	case kind == PromptNone:
		s.phase = PhaseExchange
	case kind == PromptDevice:
		ended = codeDeviceExpired
	case p.SilentErrors:
		ended = CodeSignInSilent
	}
	ctx, s.cancel = context.WithCancelCause(ctx)
	s.ctx, s.release = context.WithTimeoutCause(ctx, timeout, &CodedError{Code: ended})
	return s
}

// Kind is what the sign-in asks of the user.
func (s *SignIn) Kind() Prompt {
	switch {
	case s.params.Flow != nil:
		return PromptBrowser
	case s.params.Device.UserCode != "":
		return PromptDevice
	default:
		return PromptNone
	}
}

// Device is what the user needs for a device sign-in; the zero value for
// another kind.
func (s *SignIn) Device() DevicePrompt { return s.params.Device }

// run leads the sign-in to its end.
func (s *SignIn) run() {
	defer s.release()
	defer s.cancel(nil)
	var err error
	if s.Kind() == PromptBrowser {
		err = s.awaitBrowser()
	} else {
		s.detail, err = s.params.Obtain(s.ctx, func() { s.enter(PhaseExchange) })
		if err != nil && errors.Is(err, s.ctx.Err()) {
			err = context.Cause(s.ctx)
		}
	}
	s.err = s.explain(err)
	s.params.Ended(s.err)
	s.enter(PhaseDone)
	close(s.done)
}

// awaitBrowser waits for the code and exchanges it.
func (s *SignIn) awaitBrowser() error {
	got, err := s.params.Flow.WaitCode(s.ctx)
	switch {
	case err == nil:
		killpoint.At("authorize.code_received")
		s.enter(PhaseExchange)
		s.detail, err = s.params.Exchange(context.WithoutCancel(s.ctx), got)
		s.params.Flow.Finish(err == nil)
	case s.ctx.Err() != nil:
		s.params.Flow.Close()
	default: // the server answered with an error: its page is told so
		s.params.Flow.Finish(false)
	}
	return err
}

// explain keeps ErrCancelled as it is and makes a *Failure of all else.
func (s *SignIn) explain(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrCancelled), errors.Is(err, context.Canceled):
		return ErrCancelled
	default:
		return s.params.Explain(err)
	}
}

// enter moves on to the next phase and tells the listener.
func (s *SignIn) enter(phase SignInPhase) {
	s.listening.Lock()
	defer s.listening.Unlock()
	s.mu.Lock()
	s.phase = phase
	listener := s.listener
	s.mu.Unlock()
	if listener != nil {
		listener(phase)
	}
}

// ID is the authorization's.
func (s *SignIn) ID() string { return s.params.ID }

// Name is the authorization's Friendly Name.
func (s *SignIn) Name() string { return s.params.Name }

// Host is the host that the browser visits, or that tokens are asked from.
func (s *SignIn) Host() string {
	if s.Kind() == PromptBrowser {
		return s.params.Flow.Host()
	}
	return hostOf(cmp.Or(s.params.Device.Address, s.params.Endpoint))
}

// URL is the link that the browser opens, "" when there is none. It holds no
// secret, but is for one use.
func (s *SignIn) URL() string {
	switch s.Kind() {
	case PromptBrowser:
		return s.params.Flow.URL()
	case PromptDevice:
		return cmp.Or(s.params.Device.Complete, s.params.Device.Address)
	default:
		return ""
	}
}

// RedirectURI is where the browser ends up with the answer; "" without a browser
// flow.
func (s *SignIn) RedirectURI() string {
	if s.Kind() != PromptBrowser {
		return ""
	}
	return s.params.Flow.RedirectURI()
}

// PasteOnly tells that the service accepts no address on this machine: nothing
// listens, and the sign-in goes on only when the user pastes the address that
// the browser ends on, which begins with RedirectURI. It never changes.
func (s *SignIn) PasteOnly() bool { return s.Kind() == PromptBrowser && s.params.Flow.PasteOnly() }

// SilentErrors tells that the service shows its errors in the browser and sends
// none back: the user has to read them there, and cancel. It never changes.
func (s *SignIn) SilentErrors() bool { return s.Kind() == PromptBrowser && s.params.SilentErrors }

// Deadline is when the sign-in gives up (UTC).
func (s *SignIn) Deadline() time.Time { return s.deadline }

// OnPhase registers the one listener, called from the sign-in's own goroutine
// at each change, and once at registration, from the caller's, with the
// present phase. The listener must not wait for the sign-in: no Cancel, no Wait.
func (s *SignIn) OnPhase(listener func(SignInPhase)) {
	s.listening.Lock()
	defer s.listening.Unlock()
	s.mu.Lock()
	s.listener = listener
	phase := s.phase
	s.mu.Unlock()
	listener(phase)
}

// OpenBrowser opens the link in the system browser and waits until it is known
// whether that worked (5 s at most). The error is a *Failure, or ErrCancelled
// when the sign-in is past the browser or has none. For a device sign-in the
// user has asked for it: never call it without a click (RFC 8628 section 5.4).
func (s *SignIn) OpenBrowser(ctx context.Context) error {
	s.mu.Lock()
	phase := s.phase
	s.mu.Unlock()
	if phase != PhaseBrowser {
		return ErrCancelled
	}
	err := s.params.Browser.Open(ctx, s.URL())
	killpoint.At("authorize.browser_opened")
	var coded *CodedError
	if err != nil && ctx.Err() == nil && !errors.As(err, &coded) {
		err = &CodedError{Code: CodeBrowserNotOpened, Cause: err}
	}
	return s.explain(err)
}

// Paste takes the address that the browser shows after the sign-in. An address
// that is not this sign-in's answer is refused with a *Failure and changes
// nothing; a sign-in that awaits none gives ErrCancelled.
func (s *SignIn) Paste(address string) error {
	if s.Kind() != PromptBrowser {
		return ErrCancelled
	}
	return s.params.Flow.Paste(address)
}

// Wait blocks until the sign-in has ended. The error is a *Failure, or
// ErrCancelled; when ctx ends first, its error, and the sign-in goes on.
func (s *SignIn) Wait(ctx context.Context) (Detail, error) {
	select {
	case <-s.done:
		return s.detail, s.err
	case <-ctx.Done():
		return Detail{}, ctx.Err()
	}
}

// Cancel ends it at once. After a request for tokens has left it waits for its answer
// instead: tokens that are on their way are never dropped. When it returns the
// sign-in has ended and its port is free. It can wait for disk and network: not
// for the UI thread.
func (s *SignIn) Cancel() {
	s.cancel(ErrCancelled)
	<-s.done
}
