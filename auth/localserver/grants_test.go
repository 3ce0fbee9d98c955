package localserver

import (
	"net/http"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

const jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"

func TestClientCredentials(t *testing.T) {
	b := start(t)
	c := b.newClient("machine", func(c *Client) { c.RefreshForAll = true })
	reply := b.reply(b.as(c, pathToken, pairs("grant_type", "client_credentials", "scope", "reports.read mail.read openid profile")))
	assert.Equal(t, "mail.read reports.read", reply["scope"], "scopes about a user are left out, and the reply says so")
	assert.InEpsilon(t, 900, reply["expires_in"], 0)
	assert.NotContains(t, reply, "refresh_token", "RFC 6749 4.4.3")
	assert.NotContains(t, reply, "id_token")
	access, _ := reply["access_token"].(string)
	state := b.reply(b.as(c, pathIntrospect, pairs("token", access)))
	assert.Equal(t, "machine", state["sub"])
	assert.NotContains(t, state, "username")
	b.refused(b.userinfo(access), http.StatusForbidden, "insufficient_scope")
	b.refused(b.as(c, pathToken, pairs("grant_type", "client_credentials", "scope", "openid")), http.StatusBadRequest, "invalid_scope")
	b.why("invalid_scope", "there is none")
}

func TestScopesComeFromTheStore(t *testing.T) {
	b := start(t)
	c := b.newClient("scoped", func(c *Client) { c.Scopes = []string{"reports.read", "Invoices:Read"} })
	ask := func(scope string) answer {
		v := pairs("grant_type", "client_credentials")
		if scope != "" {
			v.Set("scope", scope)
		}
		return b.as(c, pathToken, v)
	}
	b.refused(ask("Invoices:Read"), http.StatusBadRequest, "invalid_scope")
	b.why("invalid_scope", "does not know")
	require.NoError(t, b.store.SaveScope(t.Context(), Scope{Name: "Invoices:Read", Description: "Read the invoices"}, true))
	assert.Equal(t, "Invoices:Read", b.reply(ask("Invoices:Read"))["scope"])
	b.refused(ask("invoices:read"), http.StatusBadRequest, "invalid_scope") // capitals count (RFC 6749 3.3)
	assert.Equal(t, "reports.read", b.reply(ask(""))["scope"], "the default")
	b.refused(ask("mail.read"), http.StatusBadRequest, "invalid_scope")
	b.why("invalid_scope", "may not ask for the scope mail.read")
	b.change(&c, func(c *Client) { c.Scopes = []string{"Invoices:Read"} })
	b.refused(ask(""), http.StatusBadRequest, "invalid_scope")
	b.why("invalid_scope", "no default scope")

	page := b.approval("client_id", c.ID, "scope", "Invoices:Read")
	assert.Contains(t, page.text, "Read the invoices")
}

func TestAGrantHasToBeAllowed(t *testing.T) {
	b := start(t)
	none := b.newClient("none", func(c *Client) { c.Grants, c.Keys = []auth.LocalGrant{auth.LocalGrantImplicit}, publicKeyText("rsa") })
	public := b.newClient("open", func(c *Client) {
		c.Public, c.Grants, c.Keys = true, append([]auth.LocalGrant{auth.LocalGrantImplicit}, allGrants...), publicKeyText("rsa")
	})
	for name, refusedTo := range map[string][]Client{
		"authorization_code": {none},
		"client_credentials": {none, public},
		"password":           {none, public},
		jwtBearer:            {none, public},
		"urn:ietf:params:oauth:grant-type:device_code": {none},
	} {
		for _, c := range refusedTo {
			v := pairs("grant_type", name, "code", "x", "redirect_uri", "x", "username", b.info.User, "password", b.info.Password.Reveal(), "device_code", "x",
				"assertion", b.sign(testKeys()["rsa"], jose.RS256, b.claims(c, "sub", b.info.User)))
			b.refused(b.as(c, pathToken, v), http.StatusBadRequest, "unauthorized_client")
			b.why("unauthorized_client", "may not use this grant")
		}
	}
	b.refused(b.as(none, pathDevice, pairs("scope", "reports.read")), http.StatusBadRequest, "unauthorized_client")
	assert.Equal(t, "unauthorized_client", b.back(b.authorize("client_id", "none")).Get("error"))
}

func TestWhatATokenRequestLacksIsNamed(t *testing.T) {
	b := start(t)
	c := b.newClient("lacking", nil)
	for name, missing := range map[string]string{
		"": "grant_type", "authorization_code": "code", "refresh_token": "refresh_token", "password": "username",
		jwtBearer: "assertion", "urn:ietf:params:oauth:grant-type:device_code": "device_code",
	} {
		b.refused(b.as(c, pathToken, pairs("grant_type", name)), http.StatusBadRequest, "invalid_request")
		b.why("invalid_request", missing+" is missing")
	}
	b.refused(b.as(c, pathToken, pairs("grant_type", "telepathy")), http.StatusBadRequest, "unsupported_grant_type")
	b.why("unsupported_grant_type", "does not know this grant_type")
}

func TestThePasswordGrant(t *testing.T) {
	b := start(t)
	c := b.newClient("legacy", nil)
	b.newUser("Mara", "hunter2hunter2")
	ask := func(c Client, name, password string) answer {
		return b.as(c, pathToken, pairs("grant_type", "password", "username", name, "password", password, "scope", "openid profile reports.read"))
	}
	reply := b.reply(ask(c, "mara", "hunter2hunter2"))
	assert.Equal(t, "openid profile reports.read", reply["scope"])
	assert.NotContains(t, reply, "refresh_token", "off by default")
	claims := b.verify(reply["id_token"].(string))
	assert.Equal(t, "Mara", claims["preferred_username"])
	b.reply(ask(c, b.info.User, b.info.Password.Reveal()))
	for _, bad := range [][2]string{{"mara", "wrong"}, {"nobody", "hunter2hunter2"}, {"mara", " hunter2hunter2"}} {
		b.refused(ask(c, bad[0], bad[1]), http.StatusBadRequest, "invalid_grant")
		b.why("invalid_grant", "wrong")
	}
	b.change(&c, func(c *Client) { c.RefreshForAll = true })
	reply = b.reply(ask(c, "mara", "hunter2hunter2"))
	b.reply(b.renew(c, reply["refresh_token"].(string)))
}

func TestTheJWTBearerGrant(t *testing.T) {
	b := start(t)
	c := b.newClient("robot", func(c *Client) { c.Keys = publicKeyText("ec") })
	mara := b.newUser("mara", "x")
	token := func(change ...any) string { return b.sign(testKeys()["ec"], jose.ES256, b.claims(c, change...)) }
	ask := func(assertion string, more ...string) answer {
		return b.post(pathToken, pairs(append([]string{"grant_type", jwtBearer, "assertion", assertion, "scope", "openid profile reports.read"}, more...)...))
	}
	for _, subject := range []string{"mara", mara.ID} {
		reply := b.reply(ask(token("sub", subject, "aud", b.info.Issuer+pathToken)))
		assert.NotContains(t, reply, "refresh_token")
		assert.Equal(t, mara.ID, b.verify(reply["id_token"].(string))["sub"])
		assert.NotContains(t, b.verify(reply["id_token"].(string)), "amr", "nobody typed a password")
	}
	b.reply(ask(token("sub", "mara"), "client_id", c.ID, "client_secret", c.Secret.Reveal()))

	for name, bad := range map[string]string{
		"nobody": token("sub", "nobody"), "itself": token(), "audience": token("sub", "mara", "aud", "https://elsewhere.example"),
		"over": token("sub", "mara", "exp", b.clock.now().Add(-time.Second).Unix()), "issuer": token("sub", "mara", "iss", b.info.ClientID),
		"unknown": token("sub", "mara", "iss", "stranger"), "garbage": "x.y.z",
		"key":    b.sign(testKeys()["rsa"], jose.RS256, b.claims(c, "sub", "mara")),
		"secret": b.sign([]byte(c.Secret.Reveal()+" that is long enough for an HMAC"), jose.HS256, b.claims(c, "sub", "mara")),
	} {
		a := ask(bad)
		require.Contains(t, []int{http.StatusBadRequest}, a.StatusCode, name+a.text)
		require.NotContains(t, a.json(t), "access_token", name)
		require.Contains(t, []any{"invalid_grant", "unauthorized_client"}, a.json(t)["error"], name)
	}
	b.refused(ask(token("sub", "mara"), "client_id", b.info.ClientID), http.StatusBadRequest, "invalid_grant")
	b.refused(ask(token("sub", "mara"), "client_id", c.ID, "client_secret", "wrong"), http.StatusUnauthorized, "invalid_client")
	b.switchOff(mara)
	b.refused(ask(token("sub", "mara")), http.StatusBadRequest, "invalid_grant")
	b.why("invalid_grant", "no user")
}

func TestAnInactiveUserIsNobody(t *testing.T) {
	b := start(t)
	c := b.newClient("app", nil)
	access, _ := b.grantFor(c)["access_token"].(string)
	refresh, _ := b.grantFor(c)["refresh_token"].(string)
	code := b.code("client_id", c.ID, "scope", "reports.read")
	waiting := b.approval("client_id", c.ID, "scope", "reports.read")
	require.Equal(t, http.StatusOK, b.userinfo(access).StatusCode)
	b.switchOff(b.practiceUser())

	assert.False(t, b.live(c, access))
	b.refused(b.userinfo(access), http.StatusUnauthorized, "invalid_token")
	b.refused(b.renew(c, refresh), http.StatusBadRequest, "invalid_grant")
	b.refused(b.as(c, pathToken, exchange(code)), http.StatusBadRequest, "invalid_grant")
	b.refused(b.as(c, pathToken, pairs("grant_type", "password", "username", b.info.User, "password", b.info.Password.Reveal(), "scope", "reports.read")), http.StatusBadRequest, "invalid_grant")
	assert.Equal(t, pathSignIn, b.grant(waiting).Request.URL.Path, "the session is over")
	page := b.signIn(b.authorize(), b.info.Password.Reveal())
	assert.Contains(t, page.text, "is wrong", "and no new one is given")
}
