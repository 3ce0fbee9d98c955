package auth

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

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

	// What a service's data has to say; the zero values are the RFCs' way.
	Names    ParamNames
	ScopesIn map[string]string // the parameter of those scopes that have one of their own
	PKCE     pkceMethod
	LeaveOut []string // parameters that the request goes without; never state
}

// pkceMethod is how a request binds its answer to this program (RFC 7636).
type pkceMethod string

const (
	pkceS256 pkceMethod = ""     // section 4.2
	pkceHex  pkceMethod = "hex"  // QuirkPKCEHex
	pkceNone pkceMethod = "none" // QuirkNoPKCE
)

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
		Names:         svc.Names,
		ScopesIn:      svc.scopesIn(a.Params),
		PKCE:          svc.pkceFor(a),
	}
	leaves, _ := svc.Quirk(QuirkLeavesOut)
	p.LeaveOut = strings.Fields(leaves.Params["authorization"])
	// A template names no issuer: which tenant answers is known only from the ID token.
	if quirk, ok := svc.Quirk(QuirkIssuerTemplate); ok && strings.Contains(p.Issuer, quirk.Params["literal"]) {
		p.Issuer = ""
	}
	return p
}

// scopesIn tells which scopes go in a parameter of their own.
func (s Service) scopesIn(values map[string]string) map[string]string {
	in := map[string]string{}
	for _, scope := range s.Scopes {
		if scope.Parameter != "" {
			in[fill(scope.Name, values)] = scope.Parameter
		}
	}
	return in
}

// pkceFor is how a sign-in of a uses PKCE: always with S256, but where the
// service is known to refuse that.
func (s Service) pkceFor(a Authorization) pkceMethod {
	if quirk, refused := s.Quirk(QuirkNoPKCE); refused && (quirk.Params["unless"] != "public" || a.ClientAuth != ClientAuthNone) {
		return pkceNone
	}
	if _, hexadecimal := s.Quirk(QuirkPKCEHex); hexadecimal {
		return pkceHex
	}
	return pkceS256
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

// prepare makes the authorization request and the link for the browser.
func (f *flow) prepare(p flowParams) error {
	f.request = url.Values{
		"response_type": {"code"}, cmp.Or(p.Names.ClientID, "client_id"): {p.ClientID}, "redirect_uri": {f.redirect}, "state": {f.state.Reveal()},
	}
	f.challenge(p.PKCE)
	f.addScopes(p)
	if f.nonce != "" {
		f.request.Set("nonce", f.nonce)
	}
	for name, value := range p.Extra {
		if ownSignParam(name) || f.request.Has(name) {
			return fmt.Errorf("the parameter %q is set by the sign-in itself", name)
		}
		f.request.Set(name, value)
	}
	for _, name := range p.LeaveOut {
		if name != "state" { // without it no answer could be told from a forged one
			f.request.Del(name)
		}
	}
	f.endpoint = p.Authorization
	return f.leadTo(f.request)
}

// challenge adds the PKCE challenge (RFC 7636 section 4.3).
func (f *flow) challenge(method pkceMethod) {
	switch method {
	case pkceNone:
		return
	case pkceHex:
		sum := sha256.Sum256([]byte(f.verifier.Reveal()))
		f.request.Set("code_challenge", hex.EncodeToString(sum[:]))
	default:
		f.request.Set("code_challenge", oauth2.S256ChallengeFromVerifier(f.verifier.Reveal()))
	}
	f.request.Set("code_challenge_method", "S256")
}

// addScopes adds the scopes, those with a parameter of their own in that one.
func (f *flow) addScopes(p flowParams) {
	separator := cmp.Or(p.Separator, " ")
	for _, scope := range p.Scopes {
		name := cmp.Or(p.ScopesIn[scope], p.Names.Scope, "scope")
		if before := f.request.Get(name); before != "" {
			scope = before + separator + scope
		}
		f.request.Set(name, scope)
	}
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
