package localserver

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"tokenwell/auth"
)

// responseTypeToken is the implicit grant's (RFC 6749 4.2.1).
const responseTypeToken = "token"

// authorize is the authorization endpoint (RFC 6749 3.1). A wrong client or
// redirect URI ends on a page of our own, never in a redirect (4.1.2.1); every
// other error goes back to the client. The library's handler would answer
// errors with JSON, drop unknown scopes and match redirect URIs loosely, so of
// the library only decoding, the types and the response encoding are used.
func (b *browser) authorize(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil || len(r.Form["client_id"]) != 1 {
		b.problem(w, r, http.StatusBadRequest, "invalid_request", "The program that sent you here left out its client ID.")
		return
	}
	client, err := b.store.Client(r.Context(), r.Form.Get("client_id"))
	if errors.Is(err, ErrNotFound) {
		b.problem(w, r, http.StatusBadRequest, "invalid_client", "The local server does not know the client ID that the program sent. Check the client ID in the program that sent you here.")
		return
	}
	if err != nil {
		b.failed(w, r, err)
		return
	}
	recordOf(r.Context()).client = client
	if !client.Active {
		note(r.Context(), switchedOff)
		b.problem(w, r, http.StatusBadRequest, "invalid_client", "The client is switched off. Switch it on in Tokenwell, then start again from the program that sent you here.")
		return
	}
	form, ok := b.requestForm(client, r.Form)
	if !ok {
		note(r.Context(), "The request_uri is unknown, more than 60 seconds old, used before, or was pushed by another client (RFC 9126).")
		b.problem(w, r, http.StatusBadRequest, "invalid_request_uri", expired)
		return
	}
	redirectURI := form.Get("redirect_uri")
	if len(form["redirect_uri"]) != 1 || !redirectAllowed(client.RedirectURIs, redirectURI) {
		note(r.Context(), unregistered(client))
		b.problem(w, r, http.StatusBadRequest, "invalid_request", "The address to go back to is missing or not registered for this client. Check the redirect URI in the program that sent you here.")
		return
	}
	req, err := b.checkAuthorization(r.Context(), client, form)
	if err != nil {
		b.backWithError(w, r, req, err)
		return
	}
	http.Redirect(w, r, pathApprove+"?request="+b.state.addRequest(req), http.StatusSeeOther)
}

// requestForm are the parameters of the request: those of the address, or those
// that the client pushed before (RFC 9126 section 4).
func (b *browser) requestForm(client Client, form url.Values) (url.Values, bool) {
	if uri := form["request_uri"]; len(uri) == 1 && strings.HasPrefix(uri[0], requestURIPrefix) {
		return b.pushed.take(client.ID, uri[0])
	}
	return form, true
}

// unregistered is what the log says of a redirect URI that is not allowed.
func unregistered(c Client) string {
	return "This redirect URI is missing or not registered for the client. Registered are " + listed(c.RedirectURIs) + ". It has to be the same, letter by letter; only the port of http://127.0.0.1 and http://[::1] may differ."
}

// purpose tells what a waiting request leads to.
type purpose int

const (
	forClient   purpose = iota // back to the client's redirect URI
	forDevice                  // to a device that polls
	forConsents                // to the list of what the user allowed
)

// authorizationRequest is a checked request that waits for the user.
type authorizationRequest struct {
	purpose     purpose
	clientID    string
	redirectURI string
	state       string
	implicit    bool
	fragment    bool // the answer goes into the fragment
	nonce       string
	challenge   string // S256, or ""
	scopes      []string
	silent      bool          // prompt=none: no page may be shown
	ask         bool          // prompt=consent: the approval page must be shown
	freshAfter  time.Duration // max_age: a sign-in that is older does not count
	fresh       bool          // any sign-in before this request does not count
	device      string        // ID of the device's request
	deviceCode  string        // the user code, as shown
	username    string        // typed at the last, failed attempt
	failed      bool
}

// checkAuthorization checks everything but client and redirect URI. The error
// is one of RFC 6749 4.1.2.1 or OpenID Connect Core 3.1.2.6; what is needed to
// send it back is in the request.
func (p *provider) checkAuthorization(ctx context.Context, client Client, form url.Values) (authorizationRequest, error) {
	responseType, mode := form.Get("response_type"), oidc.ResponseMode(form.Get("response_mode"))
	req := authorizationRequest{
		clientID: client.ID, redirectURI: form.Get("redirect_uri"), state: form.Get("state"), nonce: form.Get("nonce"),
		implicit: responseType == responseTypeToken, challenge: form.Get("code_challenge"),
	}
	req.fragment = req.implicit || mode == oidc.ResponseModeFragment
	if refusal, why := checkForm(form, req); refusal != nil {
		return req, because(ctx, refusal, why)
	}
	kind := auth.LocalGrantCode
	if req.implicit {
		kind = auth.LocalGrantImplicit
	}
	if !allowedGrant(client, kind) {
		return req, because(ctx, oidc.ErrUnauthorizedClient().WithDescription("the client may not use this response_type"),
			"The client may not use this response_type. Tick the grant that belongs to it on the client's page in Tokenwell.")
	}
	if !req.implicit {
		if refusal, why := checkChallenge(client, form.Get("code_challenge"), form.Get("code_challenge_method")); refusal != nil {
			return req, because(ctx, refusal, why)
		}
	}
	if refusal, why := req.setPrompt(form); refusal != nil {
		return req, because(ctx, refusal, why)
	}
	var err error
	req.scopes, err = p.scopesOf(ctx, client, strings.Fields(form.Get("scope")))
	return req, err
}

// checkForm checks what does not depend on the client.
func checkForm(form url.Values, req authorizationRequest) (*oidc.Error, string) {
	mode := oidc.ResponseMode(form.Get("response_mode"))
	switch {
	case repeated(form):
		return oidc.ErrInvalidRequest().WithDescription("a parameter is given more than once"), "A parameter is given more than once."
	case form.Has("request"):
		return &oidc.Error{ErrorType: "request_not_supported", Description: "request objects are not supported"}, "The server takes no request objects (the parameter request)."
	case form.Has("request_uri"):
		return &oidc.Error{ErrorType: "request_uri_not_supported", Description: "only a request_uri of this server is taken"}, "The server takes only a request_uri that it gave out itself, for a pushed authorization request (RFC 9126)."
	case form.Get("response_type") == "":
		return oidc.ErrInvalidRequest().WithDescription("response_type is missing"), "The parameter response_type is missing."
	case form.Get("response_type") != string(oidc.ResponseTypeCode) && !req.implicit:
		return &oidc.Error{ErrorType: "unsupported_response_type", Description: "the response_type is code or token"}, "The server knows the response_type code, and the outdated token."
	case req.implicit && form.Has("response_mode") && mode != oidc.ResponseModeFragment:
		return oidc.ErrInvalidRequest().WithDescription("a token is only sent in the fragment"), "A token may stand in the fragment of an address only, because queries end up in logs: response_mode has to be fragment."
	case form.Has("response_mode") && mode != oidc.ResponseModeQuery && mode != oidc.ResponseModeFragment:
		return oidc.ErrInvalidRequest().WithDescription("the response_mode is query or fragment"), "The server knows the response_mode query and fragment."
	}
	return nil, ""
}

// checkChallenge takes S256 only and demands it of public clients (RFC 7636
// 4.4.1, RFC 9700 2.1.1).
func checkChallenge(client Client, challenge, method string) (*oidc.Error, string) {
	if challenge == "" {
		if client.Public || method != "" {
			return oidc.ErrInvalidRequest().WithDescription("code_challenge is required"), "The code_challenge is missing: a public client has to use PKCE (RFC 9700 section 2.1.1)."
		}
		return nil, ""
	}
	if oidc.CodeChallengeMethod(method) != oidc.CodeChallengeMethodS256 {
		return oidc.ErrInvalidRequest().WithDescription("code_challenge_method must be S256"), "The code_challenge_method has to be S256. Plain would show the verifier to whoever sees the address."
	}
	if sum, err := base64.RawURLEncoding.DecodeString(challenge); err != nil || len(sum) != sha256.Size {
		return oidc.ErrInvalidRequest().WithDescription("code_challenge is not a SHA-256 hash"), "The code_challenge is no BASE64URL(SHA256(code_verifier)): it has 43 characters and no padding."
	}
	return nil, ""
}

// setPrompt reads prompt and max_age (OpenID Connect Core 3.1.2.1).
func (q *authorizationRequest) setPrompt(form url.Values) (*oidc.Error, string) {
	prompt := strings.Fields(form.Get("prompt"))
	if _, err := op.ValidateAuthReqPrompt(prompt, nil); err != nil {
		return oidc.ErrInvalidRequest().WithDescription("prompt none stands alone"), "prompt=none can't stand beside another value."
	}
	q.silent = slices.Contains(prompt, oidc.PromptNone)
	q.ask = slices.Contains(prompt, oidc.PromptConsent)
	q.fresh = slices.Contains(prompt, oidc.PromptLogin) || slices.Contains(prompt, oidc.PromptSelectAccount)
	if !form.Has("max_age") {
		return nil, ""
	}
	seconds, err := strconv.ParseUint(form.Get("max_age"), 10, 31)
	if err != nil {
		return oidc.ErrInvalidRequest().WithDescription("max_age is not a number of seconds"), "max_age has to be a number of seconds."
	}
	q.fresh = q.fresh || seconds == 0
	q.freshAfter = time.Duration(seconds) * time.Second
	return nil, ""
}

// authorizationResponse is what goes back to the client (RFC 6749 4.1.2 and
// 4.2.2). Issuer is RFC 9207's, in errors too.
type authorizationResponse struct {
	Code        string `schema:"code,omitempty"`
	AccessToken string `schema:"access_token,omitempty"`
	TokenType   string `schema:"token_type,omitempty"`
	ExpiresIn   int64  `schema:"expires_in,omitempty"`
	Scope       string `schema:"scope,omitempty"`
	Error       string `schema:"error,omitempty"`
	Description string `schema:"error_description,omitempty"`
	State       string `schema:"state,omitempty"`
	Issuer      string `schema:"iss"`
}

// back leads the browser to the redirect URI, which was checked, with 303 so
// that no form is sent on (RFC 9700 4.12).
func (b *browser) back(w http.ResponseWriter, r *http.Request, req authorizationRequest, answer authorizationResponse) {
	recordOf(r.Context()).outcome = answer.Error
	answer.State, answer.Issuer = req.state, b.issuer
	target, err := responseURL(req, answer)
	if err != nil {
		b.failed(w, r, err)
		return
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
}

// responseURL is where an answer goes. The library encodes a fragment twice.
func responseURL(req authorizationRequest, answer authorizationResponse) (string, error) {
	if !req.fragment {
		return op.AuthResponseURL(req.redirectURI, oidc.ResponseTypeCode, oidc.ResponseModeQuery, answer, oidc.NewEncoder())
	}
	values := url.Values{}
	if err := oidc.NewEncoder().Encode(answer, values); err != nil {
		return "", err
	}
	return req.redirectURI + "#" + values.Encode(), nil
}

// backWithError tells the client what was wrong with its request.
func (b *browser) backWithError(w http.ResponseWriter, r *http.Request, req authorizationRequest, err error) {
	refusal, ok := errors.AsType[*oidc.Error](err)
	if !ok {
		b.failed(w, r, err)
		return
	}
	b.back(w, r, req, authorizationResponse{Error: string(refusal.ErrorType), Description: refusal.Description})
}
