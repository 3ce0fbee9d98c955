package auth

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"

	"golang.org/x/oauth2"
)

// flowParams is what one authorization request is made of.
type flowParams struct {
	Authorization string // the authorization endpoint, checked
	Issuer        string // for the iss parameter (RFC 9207); "": not known, nothing to compare
	IssRequired   bool   // the metadata promised iss
	ClientID      string
	Scopes        []string          // in the order in which they are sent
	Separator     string            // between scopes; "": a blank
	Extra         map[string]string // further parameters of the authorization endpoint
	Redirect      Redirect
}

// flowFor takes the parameters of an authorization and of this sign-in together.
func flowFor(a Authorization, svc Service, o ReauthorizeOptions) flowParams {
	p := flowParams{
		Authorization: a.Endpoints.Authorization,
		Issuer:        a.Endpoints.Issuer,
		IssRequired:   a.Endpoints.IssInResponse,
		ClientID:      a.ClientID,
		Scopes:        a.Scopes,
		Separator:     svc.ScopeSeparator,
		Extra:         o.over(a.AuthParams),
		Redirect:      a.Redirect,
	}
	// A template names no issuer: which tenant answers is known only from the ID token.
	if quirk, ok := svc.Quirk(QuirkIssuerTemplate); ok && strings.Contains(p.Issuer, quirk.Params["literal"]) {
		p.Issuer = ""
	}
	return p
}

// over returns the parameters with the prompt that the options ask for
// (OpenID Connect Core section 3.1.2.1) in place of a stored one.
func (o ReauthorizeOptions) over(params map[string]string) map[string]string {
	var prompts []string
	if o.Consent {
		prompts = append(prompts, "consent")
	}
	if o.ChooseAccount {
		prompts = append(prompts, "select_account")
	}
	if len(prompts) == 0 {
		return params
	}
	params = maps.Clone(params)
	if params == nil {
		params = map[string]string{}
	}
	params["prompt"] = strings.Join(prompts, " ")
	return params
}

// flow is one authorization request and its answer (RFC 6749 section 4.1.1,
// RFC 7636, RFC 9207). The listener and Paste are live together; the first
// answer of this very request counts, whichever way it came, and no other.
// Safe for concurrent use.
type flow struct {
	endpoint  string     // the authorization endpoint
	request   url.Values // the authorization request (RFC 6749 section 4.1.1)
	link      string
	host      string
	loopback  *Loopback
	state     Secret
	verifier  Secret
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
	Extra              map[string]string // further parameters of the redirect, each once; no secrets
}

// startFlow binds the listener and makes the authorization request; nothing
// has been opened or sent when it returns. The caller must end it with Finish
// or Close. The error is a *Failure or a *CodedError.
func startFlow(p flowParams) (*flow, error) {
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

// newFlow makes the request for a listener that is bound.
func newFlow(p flowParams, l *Loopback) (*flow, error) {
	f := &flow{
		loopback:  l,
		state:     NewSecret(randomText()),
		verifier:  NewSecret(oauth2.GenerateVerifier()),
		issuer:    p.Issuer,
		issNeeded: p.IssRequired,
		answered:  make(chan struct{}),
	}
	if slices.Contains(p.Scopes, "openid") {
		f.nonce = randomText()
	}
	if err := f.prepare(p); err != nil {
		return nil, &CodedError{Code: CodeAddressRefused, Cause: err}
	}
	return f, nil
}

// prepare makes the authorization request and the link for the browser.
func (f *flow) prepare(p flowParams) error {
	separator := p.Separator
	if separator == "" {
		separator = " "
	}
	f.request = url.Values{
		"response_type": {"code"}, "client_id": {p.ClientID}, "redirect_uri": {f.loopback.RedirectURI()}, "state": {f.state.Reveal()},
		"code_challenge": {oauth2.S256ChallengeFromVerifier(f.verifier.Reveal())}, "code_challenge_method": {"S256"},
	}
	if len(p.Scopes) > 0 {
		f.request.Set("scope", strings.Join(p.Scopes, separator))
	}
	if f.nonce != "" {
		f.request.Set("nonce", f.nonce)
	}
	for name, value := range p.Extra {
		if ownSignParam(name) {
			return fmt.Errorf("the parameter %q is set by the sign-in itself", name)
		}
		f.request.Set(name, value)
	}
	f.endpoint = p.Authorization
	return f.leadTo(f.request)
}

// pushed replaces the link by one that names a request which the service holds
// already (RFC 9126 section 4): what was asked for can't be changed on the way
// through the browser.
func (f *flow) pushed(clientID, requestURI string) error {
	return f.leadTo(url.Values{"client_id": {clientID}, "request_uri": {requestURI}})
}

// leadTo makes the link with these parameters beside the endpoint's own, and
// checks it like any other.
func (f *flow) leadTo(params url.Values) error {
	address, err := url.Parse(f.endpoint)
	if err != nil {
		return err
	}
	if address.RawQuery != "" {
		address.RawQuery += "&"
	}
	address.RawQuery += params.Encode()
	link, err := cleanLink(address.String())
	if err != nil {
		return err
	}
	if err := checkRequest(link.Query()); err != nil {
		return err
	}
	f.link, f.host = link.String(), link.Host
	return nil
}

// checkRequest holds RFC 6749 section 3.1 (no parameter twice, the endpoint's
// own query included) and keeps secrets out of the address.
func checkRequest(query url.Values) error {
	for name, values := range query {
		if len(values) > 1 {
			return fmt.Errorf("the parameter %q stands in the request twice", name)
		}
		if slices.Contains(secretParams, strings.ToLower(name)) {
			return fmt.Errorf("the parameter %q must not be seen in an address", name)
		}
	}
	return nil
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
func (f *flow) RedirectURI() string { return f.loopback.RedirectURI() }

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
	f.loopback.finish(succeeded, awaited)
}

// Close ends the flow and frees the port at once. It may be called again.
func (f *flow) Close() {
	f.mu.Lock()
	f.over = true
	f.mu.Unlock()
	f.loopback.Close()
}

// errFlowOver is why an answer of the right state is not taken.
var errFlowOver = errors.New("the sign-in has had its answer or is over")
