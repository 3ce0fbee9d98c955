package authtest

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"tokenwell/auth"
)

// metadata is the discovery document (OpenID Connect Discovery section 4.2).
func (p *Provider) metadata() Answer {
	p.visits[PartMetadata]++
	document := map[string]any{
		"issuer": p.fill(p.svc.Issuer), "authorization_endpoint": p.address(PartAuthorization), "token_endpoint": p.address(PartToken),
		"revocation_endpoint": p.address(PartRevocation), "introspection_endpoint": p.address(PartIntrospection),
		"userinfo_endpoint": p.address(PartUserInfo), "device_authorization_endpoint": p.address(PartDevice),
		"authorization_response_iss_parameter_supported": true, "code_challenge_methods_supported": []string{"S256"},
	}
	return object(http.StatusOK, document)
}

func object(status int, members map[string]any) Answer {
	text, err := json.Marshal(members)
	if err != nil {
		panic(err)
	}
	return JSON(status, string(text))
}

var (
	randomValue  = regexp.MustCompile(`^[A-Za-z0-9_-]{43,}$`)
	s256Value    = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)
	s256HexValue = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// authorize checks the authorization request and sends the browser back.
func (p *Provider) authorize(a asked) Answer {
	clientID := cmp.Or(p.svc.Names.ClientID, "client_id")
	want := ownQuery(p.address(PartAuthorization))
	want["response_type"], want[clientID] = "code", p.params.ClientID
	redirect := a.query.Get("redirect_uri")
	want["redirect_uri"] = redirect
	p.checkRedirect(redirect)

	state := a.query.Get("state")
	want["state"] = state
	if !randomValue.MatchString(state) {
		p.refuse("authorization: the state %q is not random enough", state)
	}
	nonce := a.query.Get("nonce")
	if slices.Contains(p.asks(), "openid") {
		want["nonce"] = nonce
		if !randomValue.MatchString(nonce) {
			p.refuse("authorization: the nonce %q is not random enough", nonce)
		}
	}
	challenge := a.query.Get("code_challenge")
	if p.pkce() {
		want["code_challenge"], want["code_challenge_method"] = challenge, "S256"
		form := s256Value
		if p.has(auth.QuirkPKCEHex) {
			form = s256HexValue
		}
		if !form.MatchString(challenge) {
			p.refuse("authorization: the PKCE challenge %q has another form", challenge)
		}
	}
	p.wantScopes(want)
	p.filled(want, p.svc.AuthParams)
	quirk, _ := p.quirk(auth.QuirkLeavesOut)
	for name := range strings.FieldsSeq(quirk["authorization"]) {
		delete(want, name)
	}
	p.compare("authorization", a.query, want)
	p.visits[PartAuthorization]++
	p.sign = signed{code: Sentinel + "code-" + state[:min(8, len(state))] + "/+=&%~!", redirect: redirect, challenge: challenge, nonce: nonce}
	return p.back(redirect, state)
}

// pkce tells whether this sign-in is bound by PKCE.
func (p *Provider) pkce() bool {
	quirk, refused := p.quirk(auth.QuirkNoPKCE)
	return !refused || quirk["unless"] == "public" && p.params.ClientAuth == auth.ClientAuthNone
}

// wantScopes adds the scopes in the parameters that carry them.
func (p *Provider) wantScopes(want map[string]string) {
	for _, scope := range p.svc.Scopes {
		if !slices.Contains(p.params.Scopes, scope.Name) {
			continue
		}
		in, name := cmp.Or(scope.Parameter, p.svc.Names.Scope, "scope"), p.fill(scope.Name)
		if want[in] != "" {
			name = want[in] + p.svc.ScopeSeparator + name
		}
		want[in] = name
	}
}

// checkRedirect holds the redirect URI against the service's rule.
func (p *Provider) checkRedirect(redirect string) {
	rule := p.svc.Redirect
	u, err := url.Parse(redirect)
	switch {
	case err != nil:
		p.refuse("redirect: %q is no address", redirect)
	case rule.Port == auth.PortNone:
		if redirect != rule.Register {
			p.refuse("redirect: %q is not the registered page %q", redirect, rule.Register)
		}
	case rule.Port == auth.PortFixed && redirect != rule.Scheme+"://"+rule.Host+":17654"+rule.Path:
		p.refuse("redirect: %q is not on the registered port of %s", redirect, rule.Host)
	case u.Scheme != rule.Scheme || u.Hostname() != rule.Host || u.Path != rule.Path || u.RawQuery != "" || u.Port() == "":
		p.refuse("redirect: %q does not follow the rule %+v", redirect, rule)
	}
	registered, err := url.Parse(rule.Register)
	if err != nil || rule.Register == "" || rule.Port == auth.PortNone {
		return
	}
	if u.Scheme != registered.Scheme || u.Hostname() != registered.Hostname() || u.Path != registered.Path {
		p.refuse("redirect: %q is not what is registered, %q, with a port", redirect, rule.Register)
	}
}

// back is the redirect with the answer, and with all that the service adds.
func (p *Provider) back(redirect, state string) Answer {
	query := url.Values{
		cmp.Or(p.svc.Names.Code, "code"): {p.sign.code}, "state": {state},
		"session_state": {"of no interest"}, // what other extras there are does no harm
	}
	if p.svc.Discovery || p.svc.Endpoints.IssInResponse {
		query.Set("iss", p.fill(p.svc.Issuer))
	}
	p.issued.Facts = map[string]string{}
	if quirk, has := p.quirk(auth.QuirkRedirectFacts); has {
		for name := range strings.FieldsSeq(quirk["names"]) {
			query.Set(name, "redirect "+name)
			p.issued.Facts[name] = "redirect " + name
		}
	}
	if p.has(auth.QuirkRefreshRedirect) {
		p.issued.Facts[auth.FactRedirectURI] = redirect
	}
	if quirk, has := p.quirk(auth.QuirkTokenHost); has {
		p.host = ""
		token, _ := url.Parse(p.address(PartToken))
		for host := range strings.FieldsSeq(quirk["hosts"]) {
			if host != token.Host && p.host == "" {
				p.host = host
			}
		}
		query.Set(quirk["parameter"], "https://"+p.host)
	}
	if quirk, has := p.quirk(auth.QuirkRedirectScope); has {
		query.Set("scope", strings.Join(p.grants(), quirk["separator"]))
	}
	return Redirect(http.StatusFound, redirect+"?"+query.Encode()+"#_=_")
}

// grants are the scopes that the user grants: all, in another order.
func (p *Provider) grants() []string {
	granted := p.asks()
	slices.Reverse(granted)
	return granted
}

// checkVerifier holds a code verifier against the challenge (RFC 7636 section 4.6).
func (p *Provider) checkVerifier(verifier string) {
	sum := sha256.Sum256([]byte(verifier))
	want := base64.RawURLEncoding.EncodeToString(sum[:])
	if p.has(auth.QuirkPKCEHex) {
		want = hex.EncodeToString(sum[:])
	}
	if !regexp.MustCompile(`^[A-Za-z0-9._~-]{43,128}$`).MatchString(verifier) || want != p.sign.challenge {
		p.refuse("token: the code verifier does not fit the challenge")
	}
}
