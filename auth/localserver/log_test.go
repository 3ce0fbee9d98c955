package localserver

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

func TestEachRequestIsLogged(t *testing.T) {
	b := start(t)
	c := b.newClient("app", nil)
	for _, want := range []struct {
		endpoint string
		status   int
		outcome  string
		client   string
		do       func()
	}{
		{"discovery", 200, auth.OutcomeOK, "", func() { b.get(pathOpenID) }},
		{"discovery", 200, auth.OutcomeOK, "", func() { b.get(pathRFC8414) }},
		{"keys", 200, auth.OutcomeOK, "", func() { b.get(pathKeys) }},
		{"token", 200, auth.OutcomeOK, "app 1", func() { b.as(c, pathToken, pairs(byItself...)) }},
		{"token", 401, "invalid_client", "", func() { b.as(Client{ID: "nobody", Secret: auth.NewSecret("x")}, pathToken, pairs(byItself...)) }},
		{"token", 401, "invalid_client", "app 1", func() { b.as(Client{ID: "app", Secret: auth.NewSecret("x")}, pathToken, pairs(byItself...)) }},
		{"introspect", 200, auth.OutcomeOK, "app 1", func() { b.as(c, pathIntrospect, pairs("token", "x")) }},
		{"revoke", 200, auth.OutcomeOK, "app 1", func() { b.as(c, pathRevoke, pairs("token", "x")) }},
		{"userinfo", 401, "invalid_request", "", func() { b.get(pathUserinfo) }},
		{"par", 201, auth.OutcomeOK, "app 1", func() { b.pushedURI(c) }},
		{"device", 200, auth.OutcomeOK, "app 1", func() { b.device(c) }},
		{"sign-in", 200, auth.OutcomeOK, "app 1", func() { b.authorize("client_id", "app", "scope", "reports.read") }},
		{"authorize", 303, "invalid_scope", "app 1", func() { b.authorize("client_id", "app", "scope", "x") }},
		{"authorize", 400, "invalid_client", "", func() { b.authorize("client_id", "nobody") }},
		{"device page", 200, auth.OutcomeOK, "", func() { b.get(pathVerify) }},
		{"sign-in", 200, auth.OutcomeOK, "", func() { b.get(pathConsents) }},
		{"other", 404, "not_found", "", func() { b.get("/wp-admin") }},
		{"token", 405, "method_not_allowed", "", func() { b.get(pathToken) }},
		{"keys", 403, "refused", "", func() {
			r := b.request(http.MethodGet, pathKeys, nil)
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			b.send(r)
		}},
		{"keys", 421, "refused", "", func() {
			r := b.request(http.MethodGet, pathKeys, nil)
			r.Host = "evil.example"
			b.send(r)
		}},
	} {
		want.do()
		e := b.last()
		assert.Equal(t, want.endpoint, e.Endpoint)
		assert.Equal(t, want.status, e.Status, want.endpoint)
		assert.Equal(t, want.outcome, e.Outcome, want.endpoint)
		assert.Equal(t, want.client, e.Client, want.endpoint)
		assert.Equal(t, want.client != "", e.ClientID != "", want.endpoint)
		assert.Equal(t, b.clock.now(), e.At)
	}
}

// What teaches: the reasons that a beginner meets most.
func TestTheLogSaysWhy(t *testing.T) {
	b := start(t)
	c := b.newClient("app", nil)
	code := func() string { return b.code("client_id", c.ID, "scope", "reports.read") }
	b.as(c, pathToken, exchange(code(), "code_verifier", verifier+"x"))
	b.why("invalid_grant", "does not match the code_challenge of the authorization request (PKCE)")
	b.as(c, pathToken, exchange(code(), "code_verifier", ""))
	b.why("invalid_request", "code_verifier is missing")
	b.as(c, pathToken, exchange(code(), "redirect_uri", "http://127.0.0.1:1/callback"))
	b.why("invalid_grant", "redirect_uri is not the one")
	used := code()
	b.as(c, pathToken, exchange(used))
	b.as(c, pathToken, exchange(used))
	b.why("invalid_grant", "was used before")
	late := code()
	b.clock.forward(codeLifetime)
	b.as(c, pathToken, exchange(late))
	b.why("invalid_grant", "within 60 seconds")
	b.authorize("client_id", "app", "redirect_uri", "https://elsewhere.example/")
	b.why("invalid_request", "Registered are http://127.0.0.1/callback.")
	f := forms(t, b.approval("client_id", "app", "scope", "reports.read").text)[2]
	b.post(f.action, f.values)
	b.why("access_denied", "clicked Deny")
	other := newSession(b)
	other.signIn(other.authorize(), "wrong")
	all := b.entries()
	assert.Contains(t, all[len(all)-2].Why, "user name or the password is wrong")
}

func TestTheRequestLogHoldsNoSecret(t *testing.T) {
	b := start(t)
	c := b.newClient("app", func(c *Client) { c.Keys = publicKeyText("rsa") })
	const planted = "TWSENT"
	secrets := []string{planted, b.info.Password.Reveal(), c.Secret.Reveal(), verifier}
	add := func(values map[string]any, names ...string) {
		for _, name := range names {
			text, _ := values[name].(string)
			require.NotEmpty(t, text)
			secrets = append(secrets, text)
		}
	}
	code := b.code("client_id", c.ID, "scope", "openid reports.read")
	reply := b.reply(b.as(c, pathToken, exchange(code)))
	add(reply, "access_token", "refresh_token", "id_token")
	secrets = append(secrets, code)
	started := b.device(c)
	add(started, "device_code", "user_code")
	b.enter(started["user_code"].(string))
	b.enter(planted)
	b.as(c, pathToken, exchange(code))
	for _, name := range []string{"grant_type", "code", "refresh_token", "assertion", "client_assertion", "username", "password", "scope", "device_code", "client_id", "code_verifier", "redirect_uri", planted} {
		for _, grant := range []string{"authorization_code", "refresh_token", "password", jwtBearer, "client_credentials", deviceGrant} {
			v := pairs("grant_type", grant, "code", "x", "redirect_uri", "x", "refresh_token", "x", "username", "x", "password", "x", "assertion", "x", "device_code", "x")
			v.Set(name, planted)
			b.as(c, pathToken, v)
		}
		b.get(pathAuthorize + "?" + b.params(name, planted).Encode())
		b.push(c, name, planted)
	}
	b.as(Client{ID: planted, Secret: auth.NewSecret(planted)}, pathToken, pairs(byItself...))
	b.userinfo(planted)
	b.get("/" + planted + "?" + planted + "=" + planted)
	b.push(c, "client_id", planted)
	for _, e := range b.entries() {
		text := strings.Join([]string{e.Endpoint, e.ClientID, e.Client, e.Outcome, e.Why}, "\n")
		for _, secret := range secrets {
			require.NotContains(t, text, secret)
		}
		if e.Status >= 400 && e.Outcome != "not_found" {
			require.NotEmpty(t, e.Why, "%s %d %s", e.Endpoint, e.Status, e.Outcome)
		}
	}
}
