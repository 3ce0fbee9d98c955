package authtest

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tokenwell/auth"
)

// deviceCode answers a request for a device code (RFC 8628 section 3.1).
func (p *Provider) deviceCode(a asked) Answer {
	const what = "device authorization"
	got := p.parameters(what, a, contentForm)
	want := map[string]string{}
	if p.has(auth.QuirkDeviceAtToken) {
		want["response_type"] = "device_code"
	}
	if scopes := p.asks(); len(scopes) > 0 {
		want["scope"] = strings.Join(scopes, p.svc.ScopeSeparator)
	}
	client := p.client(got, true, false)
	maps.Copy(want, client.form)
	p.posted(what, a)
	p.headers(what, a, contentForm, client.authorization)
	p.compare(what, got, want)
	p.compare(what+" query", a.query, ownQuery(p.address(PartDevice)))
	p.visits[PartDevice]++
	p.device = deviceState{code: Sentinel + "device-1"}
	return object(http.StatusOK, map[string]any{
		"device_code": p.device.code, "user_code": "WDJB-MJHT", "verification_uri": "https://verify.example.test/device",
		"expires_in": 900, "interval": 5,
	})
}

// pending is the answer while the user has not approved a device code.
func (p *Provider) pending() Answer {
	if quirk, own := p.quirk(auth.QuirkDevicePending); own {
		status, err := strconv.Atoi(quirk["status"])
		if err != nil {
			p.refuse("device: the status %q is none", quirk["status"])
		}
		return object(status, map[string]any{"errors": []any{map[string]any{"description": "not yet"}}})
	}
	return p.failure("authorization_pending")
}

// Revocable are the tokens that a revocation of all that is in force presents, in
// order; nil when the service offers none to this client.
func (p *Provider) Revocable() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.address(PartRevocation) == "" {
		return nil
	}
	quirk, _ := p.quirk(auth.QuirkRevocation)
	bySecret := !slices.Contains([]string{"", "client", "bearer", "none"}, quirk["auth"])
	if bySecret && p.params.ClientSecret == "" {
		return nil
	}
	refresh, access := p.issued.Refresh, p.issued.Access
	if refresh == access {
		refresh = ""
	}
	var tokens []string
	if refresh != "" && quirk["kind"] != "access" {
		tokens = append(tokens, refresh)
	}
	if quirk["kind"] != "refresh" {
		tokens = append(tokens, access)
	}
	return tokens
}

// revoke answers a revocation (RFC 7009), or what the service has in its place.
func (p *Provider) revoke(a asked) Answer {
	const what = "revocation"
	quirk, own := p.quirk(auth.QuirkRevocation)
	if method := cmp.Or(quirk["method"], http.MethodPost); a.method != method {
		p.refuse("%s: the method is %s, not %s", what, a.method, method)
	}
	contentType := map[string]string{"": contentForm, "form": contentForm, "json": contentJSON}[quirk["body"]]
	got := p.parameters(what, a, contentType)
	query := ownQuery(p.address(PartRevocation))
	name := cmp.Or(quirk["token"], "token")
	token := cmp.Or(got.Get(name), a.query.Get(name), strings.TrimPrefix(a.header.Get("Authorization"), "Bearer "))

	want := map[string]string{name: token}
	if !own {
		want["token_type_hint"] = "access_token"
		if token == p.issued.Refresh {
			want["token_type_hint"] = "refresh_token"
		}
	}
	if quirk["client_id"] != "" {
		want[quirk["client_id"]] = p.params.ClientID
	}
	authorization := ""
	switch word := cmp.Or(quirk["auth"], "client"); word {
	case "client":
		client := p.client(got, false, true)
		authorization = client.authorization
		maps.Copy(want, client.form)
		maps.Copy(query, client.query)
	case "bearer":
		authorization = "Bearer " + token
	case "none":
	default:
		authorization = word + " " + p.params.ClientSecret
	}
	switch quirk["body"] {
	case "query":
		maps.Copy(query, want)
		want = nil
	case "none":
		want = nil
	}
	p.headers(what, a, contentType, authorization)
	p.compare(what, got, want)
	p.compare(what+" query", a.query, query)
	p.visits[PartRevocation]++
	if p.deny {
		p.deny = false
		if status, has := p.quirk(auth.QuirkReplyStatus); has { // without a word of why
			return object(http.StatusOK, map[string]any{status["member"]: false})
		}
		return p.failure("temporarily_unavailable")
	}
	p.revoked = append(p.revoked, token)
	members := map[string]any{}
	if status, has := p.quirk(auth.QuirkReplyStatus); has {
		members[status["member"]] = plainValue(status["good"])
	}
	status := http.StatusOK
	if said, err := strconv.Atoi(quirk["status"]); err == nil {
		status = said
	}
	return object(status, members)
}

// introspect answers a question about a token (RFC 7662), or what the service has
// in its place.
func (p *Provider) introspect(a asked) Answer {
	const what = "introspection"
	quirk, own := p.quirk(auth.QuirkIntrospection)
	name, said := quirk["token"]
	if !said {
		name = "token"
	}
	want := map[string]string{}
	if name != "" {
		want[name] = p.issued.Access
	}
	if !own {
		want["token_type_hint"] = "access_token"
	}
	authorization := ""
	form, _ := url.ParseQuery(a.body)
	switch cmp.Or(quirk["auth"], "client") {
	case "client":
		client := p.client(form, false, false)
		authorization = client.authorization
		maps.Copy(want, client.form)
	case "bearer":
		authorization = "Bearer " + p.issued.Access
	}
	contentType := contentForm
	if len(want) == 0 {
		contentType = ""
	}
	got := p.parameters(what, a, contentType)
	p.posted(what, a)
	p.headers(what, a, contentType, authorization)
	p.compare(what, got, want)
	p.compare(what+" query", a.query, ownQuery(p.address(PartIntrospection)))
	p.visits[PartIntrospection]++
	if own { // it need not say active
		return object(http.StatusOK, map[string]any{"client_id": p.params.ClientID})
	}
	return object(http.StatusOK, map[string]any{"active": true, "client_id": p.params.ClientID})
}

// userInfo answers who signed in.
func (p *Provider) userInfo(a asked) Answer {
	const what = "userinfo"
	quirk, _ := p.quirk(auth.QuirkUserInfo)
	if method := cmp.Or(quirk["method"], http.MethodGet); a.method != method {
		p.refuse("%s: the method is %s, not %s", what, a.method, method)
	}
	p.usesToken(what, a)
	query := ownQuery(p.address(PartUserInfo))
	maps.Copy(query, ownQuery("?"+quirk["query"]))
	p.compare(what+" query", a.query, query)
	p.compare(what, p.parameters(what, a, ""), nil)
	p.visits[PartUserInfo]++
	members := map[string]any{}
	if who, said := quirk["who"]; said && !strings.HasPrefix(who, "email") {
		members["email"] = "somebody.else@example.test" // not what the data points at
	}
	put(members, cmp.Or(quirk["who"], "email"), Analyst)
	return object(http.StatusOK, members)
}

// api answers a request of the service's own interface.
func (p *Provider) api(a asked) Answer {
	p.usesToken("API", a)
	p.visits[PartAPI]++
	return object(http.StatusOK, map[string]any{"rows": 3})
}

// usesToken checks how a request carries the access token (RFC 6750 section 2.1,
// or as the service wants it).
func (p *Provider) usesToken(what string, a asked) {
	name := cmp.Or(p.svc.Use.Header, "Authorization")
	value := cmp.Or(p.svc.Use.Scheme, "Bearer") + " " + p.issued.Access
	if p.svc.Use.Scheme == "-" {
		value = p.issued.Access
	}
	if got := a.header.Get(name); got != value {
		p.refuse("%s: %s is %q, not %q", what, name, got, value)
	}
	if name != "Authorization" && a.header.Get("Authorization") != "" {
		p.refuse("%s: there is a second authentication", what)
	}
}
