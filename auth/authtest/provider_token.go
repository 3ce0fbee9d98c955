package authtest

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"tokenwell/auth"
)

// grantTypes are those of the grants that need no user (RFC 6749 sections 4.3
// and 4.4, RFC 7523 section 2.1).
var grantTypes = map[auth.Grant]string{
	auth.GrantClientCredentials: "client_credentials", auth.GrantPassword: "password",
	auth.GrantJWTBearer: "urn:ietf:params:oauth:grant-type:jwt-bearer",
}

// token checks a token request against what is due, and answers it.
func (p *Provider) token(a asked) Answer {
	contentType := contentForm
	if p.has(auth.QuirkJSONBody) {
		contentType = contentJSON
	}
	got := p.parameters("token", a, contentType)
	what, part, want := p.due(got)
	where := p.place(part)
	if what == "device poll" {
		where = p.pollPlace()
	}
	if a.where != where {
		p.refuse("%s: it went to %s, not to %s", what, a.where, where)
	}
	p.posted(what, a)
	p.filled(want, p.svc.TokenParams)
	client := p.client(got, false, true)
	maps.Copy(want, client.form)
	quirk, _ := p.quirk(auth.QuirkLeavesOut)
	for name := range strings.FieldsSeq(quirk["token"]) {
		delete(want, name)
	}
	p.headers(what, a, contentType, client.authorization)
	p.compare(what, got, want)
	query := ownQuery(p.address(part))
	maps.Copy(query, client.query)
	p.compare(what+" query", a.query, query)
	if what == "device poll" {
		if p.device.polls++; p.device.polls == 1 {
			return p.pending()
		}
	}
	p.visits[part]++
	if p.deny {
		p.deny = false
		return p.failure("invalid_grant")
	}
	signIn := part == PartToken || p.count == 0 // with a pasted refresh token it begins with a refresh
	p.sign.code, p.device.code = "", ""
	return p.reply(signIn)
}

// due is the request that has to come next: its name, the part of the service that
// it is for, and its parameters but for the client's and the fixed ones.
func (p *Provider) due(got url.Values) (what, part string, want map[string]string) {
	info := p.params.Grant
	switch {
	case p.sign.code != "":
		want = map[string]string{
			"grant_type": "authorization_code", cmp.Or(p.svc.Names.Code, "code"): p.sign.code, "redirect_uri": p.sign.redirect,
		}
		if p.pkce() {
			want["code_verifier"] = got.Get("code_verifier")
			p.checkVerifier(got.Get("code_verifier"))
		}
		return "code exchange", PartToken, want
	case p.device.code != "":
		if quirk, own := p.quirk(auth.QuirkDeviceAtToken); own {
			return "device poll", PartToken, map[string]string{"grant_type": quirk["grant_type"], "code": p.device.code}
		}
		return "device poll", PartToken, map[string]string{"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": p.device.code}
	case grantTypes[info] != "":
		return string(info), PartToken, p.dueAsk(got)
	}
	want = map[string]string{"grant_type": "refresh_token", "refresh_token": p.issued.Refresh}
	if quirk, own := p.quirk(auth.QuirkRefreshByAccess); own {
		want = map[string]string{"grant_type": quirk["grant_type"], quirk["parameter"]: p.issued.Access}
	}
	p.filled(want, p.svc.RefreshParams)
	if redirect := p.issued.Facts[auth.FactRedirectURI]; p.has(auth.QuirkRefreshRedirect) && redirect != "" {
		want["redirect_uri"] = redirect
	}
	return "refresh", PartRefresh, want
}

// dueAsk is the request of a grant that needs no user.
func (p *Provider) dueAsk(got url.Values) map[string]string {
	want := map[string]string{"grant_type": grantTypes[p.params.Grant]}
	switch p.params.Grant {
	case auth.GrantPassword:
		want["username"], want["password"] = p.params.User, p.params.Password
	case auth.GrantJWTBearer:
		want["assertion"] = got.Get("assertion")
		p.verified("the assertion", got.Get("assertion"), p.params.AssertionKey)
	default:
		if quirk, own := p.quirk(auth.QuirkClientCredentialsGrant); own {
			want["grant_type"] = quirk["grant_type"]
		}
		if scopes := p.asks(); len(scopes) > 0 {
			want["scope"] = strings.Join(scopes, p.svc.ScopeSeparator)
		}
	}
	return want
}

// failure is an error in the service's shape.
func (p *Provider) failure(code string) Answer {
	status := http.StatusBadRequest
	if p.has(auth.QuirkErrorStatus200) {
		status = http.StatusOK
	}
	members := map[string]any{"error": code, "error_description": "said for people"}
	if quirk, own := p.quirk(auth.QuirkReplyStatus); own {
		members = map[string]any{quirk["member"]: false}
		put(members, quirk["error"], code)
	}
	if quirk, own := p.quirk(auth.QuirkErrorPath); own {
		members = map[string]any{}
		put(members, quirk["code"], code)
	}
	return object(status, members)
}

// put sets a member, its path joined by dots.
func put(members map[string]any, path string, value any) {
	for {
		name, rest, nested := strings.Cut(path, ".")
		if !nested {
			members[name] = value
			return
		}
		inner, there := members[name].(map[string]any)
		if !there {
			inner = map[string]any{}
			members[name] = inner
		}
		members, path = inner, rest
	}
}
