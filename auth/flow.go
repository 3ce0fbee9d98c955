package auth

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/url"
	"slices"
	"sync"

	"golang.org/x/oauth2"
)

// flow is one authorization request and its answer (RFC 6749 section 4.1.1,
// RFC 7636, RFC 9207). The listener and Paste are live together; the first
// answer of this very request counts, whichever way it came, and no other.
// Safe for concurrent use.
type flow struct {
	endpoint  string     // the authorization endpoint
	request   url.Values // the authorization request (RFC 6749 section 4.1.1)
	link      string
	host      string
	redirect  string    // the literal of the request
	loopback  *Loopback // nil: nothing listens, the answer is pasted
	codeName  string    // of the redirect's parameter with the code
	state     Secret
	verifier  Secret // empty where the service refuses PKCE
	nonce     string // "" without the scope openid
	issuer    string
	issNeeded bool

	mu       sync.Mutex
	over     bool          // answered or ended: nothing is taken any more
	viaWeb   bool          // the answer came over the listener: a page waits for the outcome
	got      answer        // once answered is closed
	gotErr   error         // once answered is closed
	answered chan struct{} // closed with the answer
}

// answer is what an authorization server answered with, and what the exchange
// of its code needs beside it.
type answer struct {
	Code, Verifier     Secret
	Nonce, RedirectURI string
	// Extra are further parameters of the redirect, each of which came once; no
	// secrets. What the service's data does not name means nothing.
	Extra map[string]string
}

// startFlow binds the listener, where there is to be one, and makes the
// authorization request; nothing has been opened or sent when it returns. The
// caller must end it with Finish or Close. The error is a *Failure or a
// *CodedError.
func startFlow(p flowParams) (*flow, error) {
	if p.Redirect.URI != "" {
		return newFlow(p, nil)
	}
	l, err := ListenLoopback(p.Redirect)
	if err != nil {
		return nil, err
	}
	f, err := newFlow(p, l)
	if err != nil {
		l.Close()
		return nil, err
	}
	l.serve(f.receive)
	return f, nil
}

// newFlow makes the request for a listener that is bound; nil: for the page of
// Redirect.URI, whose address will be pasted.
func newFlow(p flowParams, l *Loopback) (*flow, error) {
	f := &flow{
		redirect:  p.Redirect.URI,
		loopback:  l,
		codeName:  cmp.Or(p.Names.Code, "code"),
		state:     NewSecret(randomText()),
		issuer:    p.Issuer,
		issNeeded: p.IssRequired,
		answered:  make(chan struct{}),
	}
	if l != nil {
		f.redirect = l.RedirectURI()
	}
	if p.PKCE != pkceNone {
		f.verifier = NewSecret(oauth2.GenerateVerifier())
	}
	if slices.Contains(p.Scopes, "openid") {
		f.nonce = randomText()
	}
	if err := f.prepare(p); err != nil {
		return nil, &CodedError{Code: CodeAddressRefused, Cause: err}
	}
	return f, nil
}

// randomText returns 256 bits from crypto/rand, which ends the program rather
// than return anything weaker (T05).
func randomText() string {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never returns an error, see its documentation
	return base64.RawURLEncoding.EncodeToString(random)
}

// URL is the link for the browser. It holds no secret, and is for one use.
func (f *flow) URL() string { return f.link }

// Host is the authorization server's, with its port if that is not the scheme's own.
func (f *flow) Host() string { return f.host }

// RedirectURI is the literal of the request.
func (f *flow) RedirectURI() string { return f.redirect }

// PasteOnly tells that nothing listens: the answer comes by Paste alone.
func (f *flow) PasteOnly() bool { return f.loopback == nil }

// WaitCode waits for the answer. An authorization error response gives a
// *CodedError; the end of ctx gives its cause, and no answer is taken from then on.
func (f *flow) WaitCode(ctx context.Context) (answer, error) {
	select {
	case <-f.answered:
		return f.got, f.gotErr
	case <-ctx.Done():
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	select {
	case <-f.answered: // both at once: the browser has been told that it was taken
		return f.got, f.gotErr
	default:
		f.over = true
		return answer{}, context.Cause(ctx)
	}
}

// Finish lets the browser show how the exchange ended, waits a few seconds for
// it to have fetched that page, and frees the port.
func (f *flow) Finish(succeeded bool) {
	f.mu.Lock()
	f.over = true
	awaited := f.viaWeb
	f.mu.Unlock()
	if f.loopback != nil {
		f.loopback.finish(succeeded, awaited)
	}
}

// Close ends the flow and frees the port at once. It may be called again.
func (f *flow) Close() {
	f.mu.Lock()
	f.over = true
	f.mu.Unlock()
	if f.loopback != nil {
		f.loopback.Close()
	}
}

// errFlowOver is why an answer of the right state is not taken.
var errFlowOver = errors.New("the sign-in has had its answer or is over")
