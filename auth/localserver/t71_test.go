package localserver

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// The attacks of T71 on the server, one after the other. Each one ends with a
// look at what the attacker could have won. Those on the pages' forms, sessions
// and headers are in attack_test.go and guard_test.go as well.
func TestT71(t *testing.T) {
	for name, attack := range map[string]func(*bench){
		"redirect tricks": redirectTricks, "code reuse": codeReuse, "PKCE downgrade": pkceDowngrade,
		"CSRF on consent": consentCSRF, "open redirect": openRedirect, "mixed-up client": mixedUpClient,
		"wider scope at refresh": widerScope, "another client's refresh token": strangersRefresh,
		"replayed assertion": replayedAssertion, "assertion for another use": crossUsedAssertion,
		"device code guessing": deviceGuessing, "device without a sign-in": deviceWithoutUser,
		"pushed request of another client": strangersPush, "registration": noRegistration,
	} {
		t.Run(name, func(t *testing.T) { attack(start(t)) })
	}
}

func redirectTricks(b *bench) {
	c := b.newClient("victim", func(c *Client) {
		c.RedirectURIs = []string{"https://app.example/cb", "http://127.0.0.1/callback", "https://app.example/q?a=1"}
	})
	for _, bad := range []string{
		"https://app.example/cb/", "https://app.example/cb/..", "https://app.example/cb/../evil", "https://app.example/cb%2f..", "https://app.example//cb",
		"https://app.example/cb?x=1", "https://app.example/cb#x", "https://app.example/cb?", "https://app.example/CB", "https://APP.example/cb",
		"HTTPS://app.example/cb", "https://app.example:443/cb", "https://app.example.evil.example/cb", "https://evil.example/app.example/cb",
		"https://app.example@evil.example/cb", "https://evil.example#@app.example/cb", "https://evil.example\\@app.example/cb", "https://app.example./cb",
		"http://app.example/cb", "//app.example/cb", "/cb", " https://app.example/cb", "https://app.example/cb ", "https://app.example/cb\n",
		"javascript:alert(1)//app.example/cb", "data:text/html,x", "myapp://app.example/cb", "https://app.example/q?a=1&b=2", "https://app.example/q?a=2",
		"http://localhost:5000/callback", "http://127.0.0.1.evil.example:5000/callback", "http://127.0.0.1:5000@evil.example/callback",
		"http://127.0.0.1:99999/callback", "http://127.0.0.1:/callback", "http://127.1:5000/callback", "http://2130706433:5000/callback",
		"http://127.0.0.1:5000/callback/x", "http://127.0.0.1:5000/callback?x", "https://127.0.0.1:5000/callback", "http://[::1]:5000/callback", "http://0x7f.1:5000/callback",
	} {
		a := b.authorize("client_id", c.ID, "redirect_uri", bad, "scope", "reports.read")
		require.Equal(b, http.StatusBadRequest, a.StatusCode, bad)
		require.Empty(b, a.Header.Get("Location"), bad)
		require.NotContains(b, a.text, "evil.example", bad)
		require.Equal(b, http.StatusBadRequest, b.push(c, "redirect_uri", bad).StatusCode, bad)
	}
	v := b.params("client_id", c.ID, "redirect_uri", "https://app.example/cb")
	v.Add("redirect_uri", "https://evil.example/")
	assert.Equal(b, http.StatusBadRequest, b.get(pathAuthorize+"?"+v.Encode()).StatusCode)
}

func codeReuse(b *bench) {
	c, thief := b.newClient("victim", nil), b.newClient("thief", nil)
	code := b.code("client_id", c.ID, "scope", "openid reports.read")
	b.refused(b.as(thief, pathToken, exchange(code)), http.StatusBadRequest, "invalid_grant")
	reply := b.reply(b.as(c, pathToken, exchange(code)))
	refreshed := b.reply(b.renew(c, reply["refresh_token"].(string)))
	b.refused(b.as(c, pathToken, exchange(code)), http.StatusBadRequest, "invalid_grant")
	for _, token := range []any{reply["access_token"], refreshed["access_token"], refreshed["refresh_token"]} {
		assert.False(b, b.live(c, token), "every generation is revoked")
	}
}

func pkceDowngrade(b *bench) {
	public := b.newClient("open", func(c *Client) { c.Public = true })
	c := b.newClient("victim", nil)
	none := []string{"code_challenge", "", "code_challenge_method", "", "scope", "reports.read"}
	assert.Equal(b, "invalid_request", b.back(b.authorize(append(none, "client_id", public.ID)...)).Get("error"))
	for _, method := range []string{"plain", "", "s256", "S512"} {
		back := b.back(b.authorize("client_id", c.ID, "scope", "reports.read", "code_challenge", verifier, "code_challenge_method", method))
		assert.Equal(b, "invalid_request", back.Get("error"), method)
	}
	// the attacker took the challenge out on the way to the browser
	code := b.code(append(none, "client_id", c.ID)...)
	b.refused(b.as(c, pathToken, exchange(code)), http.StatusBadRequest, "invalid_request")
	b.refused(b.as(c, pathToken, exchange(code, "code_verifier", "")), http.StatusBadRequest, "invalid_grant")
	// or put another one beside a pushed request
	page := b.byURI(c.ID, b.pushedURI(c), "code_challenge", challengeOf("x"))
	require.Equal(b, pathApprove, page.Request.URL.Path)
	code = b.back(b.grant(page)).Get("code")
	b.refused(b.as(c, pathToken, exchange(code, "code_verifier", "x")), http.StatusBadRequest, "invalid_grant")
}

func consentCSRF(b *bench) {
	c := b.newClient("evil", nil)
	page := b.approval("client_id", c.ID, "scope", "reports.write")
	real := forms(b.T, page.text)[1]
	id := real.values.Get("request")
	grant := pairs("request", id, "decision", "grant", "scope", "reports.write", "remember", "yes")
	for name, send := range map[string]func() answer{
		"no token": func() answer { return b.post(pathApprove, grant) },
		"by GET":   func() answer { return b.get(pathApprove + "?" + grant.Encode()) },
		"a token of another request": func() answer {
			other := forms(b.T, b.approval("client_id", c.ID, "scope", "reports.read").text)[1]
			forged := cloned(grant)
			forged.Set("token", other.values.Get("token"))
			return b.post(pathApprove, forged)
		},
		"from another site": func() answer {
			r := b.request(http.MethodPost, pathApprove, cloned(real.values))
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			return b.send(r)
		},
		"a device's form": func() answer {
			forged := cloned(grant)
			forged.Set("token", forms(b.T, b.get(pathDevicePage).text)[0].values.Get("token"))
			return b.post(pathApprove, forged)
		},
	} {
		a := send()
		assert.NotEqual(b, http.StatusSeeOther, a.StatusCode, name)
		assert.Empty(b, b.store.grants, name)
		assert.Empty(b, b.store.consents, name)
	}
}

func openRedirect(b *bench) {
	const evil = "https://evil.example/"
	for _, path := range []string{
		pathVerify + "?user_code=" + url.QueryEscape(evil), pathVerify + "?next=" + evil, pathConsents + "?next=" + evil, pathConsentsPage + "?return_to=" + evil,
		pathSignIn + "?request=" + url.QueryEscape(evil), pathApprove + "?request=" + url.QueryEscape(evil), pathDevicePage + "?user_code=" + url.QueryEscape(evil),
		pathAuthorize + "?" + pairs("client_id", b.info.ClientID, "request_uri", requestURIPrefix+evil, "redirect_uri", evil).Encode(),
	} {
		b.browser.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
			assert.Equal(b, strings.TrimPrefix(b.info.Issuer, "http://"), r.URL.Host, path)
			assert.NotContains(b, r.URL.String(), "evil", path)
			return nil
		}
		assert.NotContains(b, b.get(path).text, "evil", path)
	}
	// what the router tidies up stays here, for browsers that take \ for / too
	b.browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, path := range []string{"/" + evil, "//evil.example", "///evil.example", "/\\evil.example", "//\\evil.example", "/./\\evil.example", "//%5cevil.example"} {
		if location := b.get(path).Header.Get("Location"); location != "" {
			assert.Regexp(b, `^/([^/\\]|$)`, location, path)
		}
	}
}

// A client that talks to several servers tells by iss which one answered, and
// what is one client's is nothing to another (RFC 9207, RFC 9700 4.4).
func mixedUpClient(b *bench) {
	c, other := b.newClient("victim", nil), b.newClient("other", nil)
	assert.Equal(b, b.info.Issuer, b.back(b.authorize("client_id", c.ID, "scope", "nonsense")).Get("iss"), "in errors too")
	code := b.code("client_id", c.ID, "scope", "reports.read")
	b.refused(b.as(other, pathToken, exchange(code)), http.StatusBadRequest, "invalid_grant")
	b.refused(b.as(other, pathToken, exchange(code, "client_id", c.ID)), http.StatusBadRequest, "invalid_request")
	reply := b.reply(b.as(c, pathToken, exchange(code)))
	assert.False(b, b.live(other, reply["access_token"]))
	b.refused(b.as(other, pathRevoke, pairs("token", reply["access_token"].(string))), http.StatusBadRequest, "unauthorized_client")
	assert.True(b, b.live(c, reply["access_token"]))
}

func widerScope(b *bench) {
	c := b.newClient("victim", nil)
	refresh, _ := b.grantFor(c)["refresh_token"].(string)
	for _, scope := range []string{"openid reports.read reports.write", "reports.write", "reports.read mail.read", "offline_access", "REPORTS.READ"} {
		b.refused(b.renew(c, refresh, "scope", scope), http.StatusBadRequest, "invalid_scope")
	}
	narrow := b.reply(b.renew(c, refresh, "scope", "reports.read"))
	assert.Equal(b, "reports.read", narrow["scope"])
	access, _ := narrow["access_token"].(string)
	b.refused(b.userinfo(access), http.StatusForbidden, "insufficient_scope")
}

func strangersRefresh(b *bench) {
	c, thief := b.newClient("victim", nil), b.newClient("thief", nil)
	public := b.newClient("open", func(c *Client) { c.Public = true })
	reply := b.grantFor(c)
	refresh, _ := reply["refresh_token"].(string)
	for _, stranger := range []Client{thief, public} {
		b.refused(b.renew(stranger, refresh), http.StatusBadRequest, "invalid_grant")
		b.why("invalid_grant", "another client")
	}
	assert.True(b, b.live(c, reply["access_token"]), "and ends nothing")
	next, _ := b.reply(b.renew(c, refresh))["refresh_token"].(string)
	b.refused(b.renew(thief, refresh), http.StatusBadRequest, "invalid_grant")
	assert.True(b, b.live(c, next), "not even with one that was used")
	b.refused(b.renew(c, refresh), http.StatusBadRequest, "invalid_grant")
	assert.False(b, b.live(c, next), "its own client's second use ends the family")
}

func replayedAssertion(b *bench) {
	c := b.newClient("signer", func(c *Client) { c.ClientAuth, c.Keys = auth.ClientAuthPrivateKeyJWT, publicKeyText("ec") })
	for name, change := range map[string][]any{"with an ID": nil, "without one": {"jti", nil}} {
		claims := b.claims(c, change...)
		token := b.sign(testKeys()["ec"], jose.ES256, claims)
		b.reply(b.post(pathToken, assertionOf(token, byItself...)))
		for _, path := range []string{pathToken, pathIntrospect, pathPushed} {
			b.refused(b.post(path, assertionOf(token, append(byItself, "token", "x")...)), http.StatusUnauthorized, "invalid_client")
			b.why("invalid_client", "used before")
		}
		// an ECDSA signature can be written anew without the key's owner; the ID, or
		// the signed text, stays
		again := b.sign(testKeys()["ec"], jose.ES256, claims)
		require.NotEqual(b, token, again, name)
		b.refused(b.post(pathToken, assertionOf(again, byItself...)), http.StatusUnauthorized, "invalid_client")
		// Base64 takes line breaks, which change the text but not what was signed
		part := strings.Split(token, ".")
		for i := range part {
			other := slices.Clone(part)
			other[i] += "\n"
			b.refused(b.post(pathToken, assertionOf(strings.Join(other, "."), byItself...)), http.StatusUnauthorized, "invalid_client")
		}
		b.clock.forward(time.Minute)
		b.refused(b.post(pathToken, assertionOf(token, byItself...)), http.StatusUnauthorized, "invalid_client")
	}
	robot := b.newClient("robot", func(c *Client) { c.Keys = publicKeyText("ec") })
	token := b.sign(testKeys()["ec"], jose.ES256, b.claims(robot, "sub", b.info.User))
	ask := pairs("grant_type", jwtBearer, "assertion", token, "scope", "reports.read")
	b.reply(b.post(pathToken, ask))
	b.refused(b.post(pathToken, ask), http.StatusBadRequest, "invalid_grant")
	b.why("invalid_grant", "used before")
}

// What was signed for one use is worth nothing for another.
func crossUsedAssertion(b *bench) {
	c := b.newClient("both", func(c *Client) { c.ClientAuth, c.Keys = auth.ClientAuthPrivateKeyJWT, publicKeyText("ec") })
	asUser := b.sign(testKeys()["ec"], jose.ES256, b.claims(c, "sub", b.info.User))
	b.refused(b.post(pathToken, assertionOf(asUser, append(byItself, "client_id", c.ID)...)), http.StatusUnauthorized, "invalid_client")
	asClient := b.sign(testKeys()["ec"], jose.ES256, b.claims(c))
	b.refused(b.post(pathToken, pairs("grant_type", jwtBearer, "assertion", asClient, "scope", "reports.read")), http.StatusBadRequest, "invalid_grant")
	other := b.newClient("other", func(c *Client) { c.Keys = publicKeyText("rsa") })
	a := b.post(pathToken, assertionOf(asClient, "grant_type", jwtBearer, "scope", "reports.read",
		"assertion", b.sign(testKeys()["rsa"], jose.RS256, b.claims(other, "sub", b.info.User))))
	b.refused(a, http.StatusBadRequest, "invalid_grant")
	b.why("invalid_grant", "two different clients")
}

func deviceGuessing(b *bench) {
	c := b.newClient("tv", nil)
	started := b.device(c)
	w := &waits{}
	b.server.provider.guesses.hold, b.server.provider.guesses.base = w.hold, guessHold
	for range 6 {
		page := newSession(b).enter("BCDF-GHJK")
		require.Equal(b, pathDevicePage, page.Request.URL.Path)
	}
	var total time.Duration
	for _, d := range w.all {
		total += d
	}
	assert.Equal(b, 23500*time.Millisecond, total, "new sessions are no way around")
	b.refused(b.poll(c, started), http.StatusBadRequest, "authorization_pending")
	a := b.post(pathDevicePage, pairs("user_code", started["user_code"].(string)))
	assert.Equal(b, http.StatusForbidden, a.StatusCode, "only from the page's own form")
	assert.Empty(b, b.server.provider.state.requests.entries)
	for _, guessed := range []string{"twl_dc_x", "twl_dc_" + strings.Repeat("A", 26), ""} {
		assert.NotEqual(b, http.StatusOK, b.as(c, pathToken, pairs("grant_type", deviceGrant, "device_code", guessed)).StatusCode)
	}
}

func deviceWithoutUser(b *bench) {
	c := b.newClient("tv", nil)
	started := b.device(c)
	page := b.enter(started["user_code"].(string))
	require.Equal(b, pathSignIn, page.Request.URL.Path)
	f := forms(b.T, page.text)[0]
	f.values.Set("decision", "grant")
	f.values.Set("scope", "reports.read")
	assert.Equal(b, pathSignIn, b.post(pathApprove, f.values).Request.URL.Path)
	b.refused(b.poll(c, started), http.StatusBadRequest, "authorization_pending")
	assert.Empty(b, b.store.grants)
}

func strangersPush(b *bench) {
	c, thief := b.newClient("victim", nil), b.newClient("thief", nil)
	uri := b.pushedURI(c)
	a := b.byURI(thief.ID, uri, "redirect_uri", callback, "response_type", "code", "scope", "reports.read")
	assert.Equal(b, http.StatusBadRequest, a.StatusCode)
	assert.Empty(b, a.Header.Get("Location"))
	assert.Equal(b, http.StatusBadRequest, b.push(thief, "client_id", c.ID).StatusCode, "nor can one be pushed in another's name")
	assert.Equal(b, pathSignIn, b.byURI(c.ID, uri).Request.URL.Path)
}

func noRegistration(b *bench) {
	for _, path := range []string{"/register", "/oauth/register", "/clients", "/connect/register"} {
		assert.Equal(b, http.StatusNotFound, b.post(path, pairs("redirect_uris", "https://evil.example/")).StatusCode, path)
	}
	assert.NotContains(b, b.get(pathOpenID).json(b.T), "registration_endpoint")
}
