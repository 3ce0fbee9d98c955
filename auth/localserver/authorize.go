package localserver

import (
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
)

// authorize is the authorization endpoint (RFC 6749 3.1). A wrong client or
// redirect URI ends on a page of our own, never in a redirect (4.1.2.1); every
// other error goes back to the client. The library's handler would answer
// errors with JSON, drop unknown scopes and match redirect URIs loosely, so of
// the library only decoding, the types and the response encoding are used.
func (b *browser) authorize(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil || len(r.Form["client_id"]) != 1 || len(r.Form["redirect_uri"]) != 1 {
		b.problem(w, http.StatusBadRequest, "The program that sent you here left out its client ID or where to go back to.")
		return
	}
	client, err := b.store.Client(r.Context(), r.Form.Get("client_id"))
	if errors.Is(err, ErrNotFound) {
		b.problem(w, http.StatusBadRequest, "The local server does not know the client ID that the program sent. Check the client ID in the program that sent you here.")
		return
	}
	if err != nil {
		b.failed(w, err)
		return
	}
	redirectURI := r.Form.Get("redirect_uri")
	if !redirectAllowed(client.RedirectURIs, redirectURI) {
		b.problem(w, http.StatusBadRequest, "The address to go back to is not registered for this client. Check the redirect URI in the program that sent you here.")
		return
	}
	req, refusal := checkAuthorization(client, r.Form)
	req.redirectURI, req.state = redirectURI, r.Form.Get("state")
	if refusal != nil {
		b.back(w, r, req, authorizationResponse{Error: string(refusal.ErrorType), Description: refusal.Description})
		return
	}
	id := b.state.addRequest(req)
	http.Redirect(w, r, pathApprove+"?request="+id, http.StatusSeeOther)
}

// authorizationRequest is a checked request that waits for the user.
type authorizationRequest struct {
	clientID    string
	redirectURI string
	state       string
	nonce       string
	challenge   string // S256, or ""
	scopes      []string
	freshAfter  time.Duration // max_age: a sign-in that is older does not count
	fresh       bool          // any sign-in before this request does not count
	username    string        // typed at the last, failed attempt
	failed      bool
}

// checkAuthorization checks everything but client and redirect URI. The error's
// code is one of RFC 6749 4.1.2.1 or OpenID Connect Core 3.1.2.6.
func checkAuthorization(client Client, form url.Values) (authorizationRequest, *oidc.Error) {
	req := authorizationRequest{clientID: client.ID}
	if repeated(form) {
		return req, oidc.ErrInvalidRequest().WithDescription("a parameter is given more than once")
	}
	switch responseType := oidc.ResponseType(form.Get("response_type")); {
	case form.Has("request"):
		return req, &oidc.Error{ErrorType: "request_not_supported", Description: "request objects are not supported"}
	case form.Has("request_uri"):
		return req, &oidc.Error{ErrorType: "request_uri_not_supported", Description: "request_uri is not supported"}
	case responseType == "":
		return req, oidc.ErrInvalidRequest().WithDescription("response_type is missing")
	case responseType != oidc.ResponseTypeCode:
		return req, &oidc.Error{ErrorType: "unsupported_response_type", Description: "the only response_type is code"}
	case form.Has("response_mode") && oidc.ResponseMode(form.Get("response_mode")) != oidc.ResponseModeQuery:
		return req, oidc.ErrInvalidRequest().WithDescription("the only response_mode is query")
	}
	if refusal := checkChallenge(client, form.Get("code_challenge"), form.Get("code_challenge_method")); refusal != nil {
		return req, refusal
	}
	if refusal := req.setPrompt(form); refusal != nil {
		return req, refusal
	}
	scopes := strings.Fields(form.Get("scope"))
	if len(scopes) == 0 {
		return req, oidc.ErrInvalidScope().WithDescription("no scope is asked for")
	}
	for _, name := range scopes {
		if !allowedScope(client, name) {
			return req, oidc.ErrInvalidScope().WithDescription("a scope is unknown or not allowed for this client")
		}
	}
	slices.Sort(scopes)
	req.scopes = slices.Compact(scopes)
	req.nonce, req.challenge = form.Get("nonce"), form.Get("code_challenge")
	return req, nil
}

// checkChallenge takes S256 only and demands it of public clients (RFC 7636
// 4.4.1, RFC 9700 2.1.1).
func checkChallenge(client Client, challenge, method string) *oidc.Error {
	if challenge == "" {
		if client.Public || method != "" {
			return oidc.ErrInvalidRequest().WithDescription("code_challenge is required")
		}
		return nil
	}
	if oidc.CodeChallengeMethod(method) != oidc.CodeChallengeMethodS256 {
		return oidc.ErrInvalidRequest().WithDescription("code_challenge_method must be S256")
	}
	if sum, err := base64.RawURLEncoding.DecodeString(challenge); err != nil || len(sum) != sha256.Size {
		return oidc.ErrInvalidRequest().WithDescription("code_challenge is not a SHA-256 hash")
	}
	return nil
}

// setPrompt reads prompt and max_age (OpenID Connect Core 3.1.2.1). The server
// always asks the user, so that prompt=none can't be served.
func (q *authorizationRequest) setPrompt(form url.Values) *oidc.Error {
	prompt := strings.Fields(form.Get("prompt"))
	if _, err := op.ValidateAuthReqPrompt(prompt, nil); err != nil {
		return oidc.ErrInvalidRequest().WithDescription("prompt none stands alone")
	}
	if slices.Contains(prompt, oidc.PromptNone) {
		return oidc.ErrInteractionRequired().WithDescription("the user must be asked")
	}
	q.fresh = slices.Contains(prompt, oidc.PromptLogin) || slices.Contains(prompt, oidc.PromptSelectAccount)
	if !form.Has("max_age") {
		return nil
	}
	seconds, err := strconv.ParseUint(form.Get("max_age"), 10, 31)
	if err != nil {
		return oidc.ErrInvalidRequest().WithDescription("max_age is not a number of seconds")
	}
	q.fresh = q.fresh || seconds == 0
	q.freshAfter = time.Duration(seconds) * time.Second
	return nil
}

func allowedScope(client Client, name string) bool {
	return slices.Contains(scopeNames(), name) && slices.Contains(client.Scopes, name)
}

// authorizationResponse is what goes back to the client (RFC 6749 4.1.2). Issuer
// is RFC 9207's, in errors too.
type authorizationResponse struct {
	Code        string `schema:"code,omitempty"`
	Error       string `schema:"error,omitempty"`
	Description string `schema:"error_description,omitempty"`
	State       string `schema:"state,omitempty"`
	Issuer      string `schema:"iss"`
}

// back leads the browser to the redirect URI, which was checked, with 303 so
// that no form is sent on (RFC 9700 4.12).
func (b *browser) back(w http.ResponseWriter, r *http.Request, req authorizationRequest, answer authorizationResponse) {
	answer.State, answer.Issuer = req.state, b.issuer
	target, err := op.AuthResponseURL(req.redirectURI, oidc.ResponseTypeCode, oidc.ResponseModeQuery, answer, oidc.NewEncoder())
	if err != nil {
		b.failed(w, err)
		return
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
}
