package localserver

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// byItself is a token request without a user.
var byItself = []string{"grant_type", "client_credentials", "scope", "reports.read"}

func TestAClientUsesTheOneMethodThatItIsSetTo(t *testing.T) {
	b := start(t)
	basic := b.newClient("basic", func(c *Client) { c.ClientAuth = auth.ClientAuthBasic })
	post := b.newClient("post", func(c *Client) { c.ClientAuth = auth.ClientAuthPost })
	either := b.newClient("either", nil)
	inBody := func(c Client) answer {
		return b.post(pathToken, pairs(append(byItself, "client_id", c.ID, "client_secret", c.Secret.Reveal())...))
	}
	b.reply(b.as(basic, pathToken, pairs(byItself...)))
	b.refused(inBody(basic), http.StatusUnauthorized, "invalid_client")
	b.why("invalid_client", "client_secret_basic only")
	b.reply(inBody(post))
	b.refused(b.as(post, pathToken, pairs(byItself...)), http.StatusUnauthorized, "invalid_client")
	b.why("invalid_client", "client_secret_post only")
	b.reply(b.as(either, pathToken, pairs(byItself...)))
	b.reply(inBody(either))
	token := b.sign(testKeys()["rsa"], jose.RS256, b.claims(either))
	b.refused(b.post(pathToken, assertionOf(token, byItself...)), http.StatusUnauthorized, "invalid_client")
	b.why("invalid_client", "private_key_jwt")
	b.refused(b.post(pathToken, pairs(append(byItself, "client_id", "either")...)), http.StatusUnauthorized, "invalid_client")
	b.why("invalid_client", "no proof")
}

func TestBothSecretsWorkDuringTheOverlap(t *testing.T) {
	b := start(t)
	c := b.newClient("rolled", nil)
	old := c
	b.change(&c, func(c *Client) {
		c.OldSecret, c.Secret, c.OldSecretEnds = c.Secret, auth.NewSecret("the new one"), b.clock.now().Add(time.Hour)
	})
	b.reply(b.as(c, pathToken, pairs(byItself...)))
	b.reply(b.as(old, pathToken, pairs(byItself...)))
	b.clock.forward(time.Hour)
	b.reply(b.as(c, pathToken, pairs(byItself...)))
	b.refused(b.as(old, pathToken, pairs(byItself...)), http.StatusUnauthorized, "invalid_client")
	b.why("invalid_client", "was replaced")
	b.refused(b.as(Client{ID: "rolled", Secret: auth.NewSecret("x")}, pathToken, pairs(byItself...)), http.StatusUnauthorized, "invalid_client")
	b.why("invalid_client", "secret is wrong")
}

// A header that says nothing must not make the secret in the body pass for Basic.
func TestABasicHeaderThatCanNotBeReadIsRefused(t *testing.T) {
	b := start(t)
	basic := b.newClient("basic", func(c *Client) { c.ClientAuth = auth.ClientAuthBasic })
	for _, header := range []string{"Basic", "Basic ", "basic !!!", "Basic bm9jb2xvbg"} {
		r := b.request(http.MethodPost, pathToken, pairs(append(byItself, "client_id", basic.ID, "client_secret", basic.Secret.Reveal())...))
		r.Header.Set("Authorization", header)
		b.refused(b.send(r), http.StatusUnauthorized, "invalid_client")
		b.why("invalid_client", "can't be decoded")
	}
}

func TestPrivateKeyJWT(t *testing.T) {
	b := start(t)
	for name, algorithm := range map[string]jose.SignatureAlgorithm{"rsa": jose.PS256, "ec": jose.ES256} {
		c := b.newClient(name, func(c *Client) { c.ClientAuth, c.Keys = auth.ClientAuthPrivateKeyJWT, publicKeyText(name) })
		for _, audience := range []any{b.info.Issuer, b.info.Issuer + pathToken, []string{"https://elsewhere.example", b.info.Issuer}} {
			token := b.sign(testKeys()[name], algorithm, b.claims(c, "aud", audience))
			b.reply(b.post(pathToken, assertionOf(token, byItself...)))
		}
		token := b.sign(testKeys()[name], algorithm, b.claims(c))
		assert.False(t, b.reply(b.post(pathIntrospect, assertionOf(token, "token", "x")))["active"].(bool))
		b.refused(b.as(c, pathToken, pairs(byItself...)), http.StatusUnauthorized, "invalid_client")
	}
}

func TestAJWKSetIsTakenByItsKeyID(t *testing.T) {
	b := start(t)
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
		{Key: testKeys()["other"].Public(), KeyID: "a"}, {Key: testKeys()["rsa"].Public(), KeyID: "b"},
	}})
	require.NoError(t, err)
	c := b.newClient("jwks", func(c *Client) { c.ClientAuth, c.Keys = auth.ClientAuthPrivateKeyJWT, string(set) })
	key := func(id string) jose.JSONWebKey { return jose.JSONWebKey{Key: testKeys()["rsa"], KeyID: id} }
	b.reply(b.post(pathToken, assertionOf(b.sign(key("b"), jose.RS256, b.claims(c)), byItself...)))
	b.reply(b.post(pathToken, assertionOf(b.sign(key(""), jose.RS256, b.claims(c)), byItself...)))
	b.refused(b.post(pathToken, assertionOf(b.sign(key("a"), jose.RS256, b.claims(c)), byItself...)), http.StatusUnauthorized, "invalid_client")
}

func TestSecretJWT(t *testing.T) {
	b := start(t)
	secret := auth.NewSecret(randomValue(secretPrefix)) // as long as the registry makes them
	c := b.newClient("hmac", func(c *Client) { c.ClientAuth, c.Secret = auth.ClientAuthSecretJWT, secret })
	for _, algorithm := range secretAlgorithms {
		token := b.sign([]byte(secret.Reveal()), algorithm, b.claims(c))
		b.reply(b.post(pathToken, assertionOf(token, byItself...)))
	}
	token := b.sign([]byte(randomValue(secretPrefix)), jose.HS256, b.claims(c))
	b.refused(b.post(pathToken, assertionOf(token, byItself...)), http.StatusUnauthorized, "invalid_client")
	b.refused(b.as(c, pathToken, pairs(byItself...)), http.StatusUnauthorized, "invalid_client")
}

// A public key must not be usable as the secret of an HMAC.
func TestAnAssertionCanNotChooseItsKindOfKey(t *testing.T) {
	b := start(t)
	c := b.newClient("confused", func(c *Client) { c.ClientAuth, c.Keys = auth.ClientAuthPrivateKeyJWT, publicKeyText("rsa") })
	for _, key := range []string{publicKeyText("rsa"), c.Secret.Reveal() + " that is long enough for an HMAC"} {
		token := b.sign([]byte(key), jose.HS256, b.claims(c))
		b.refused(b.post(pathToken, assertionOf(token, byItself...)), http.StatusUnauthorized, "invalid_client")
	}
	unsigned := "eyJhbGciOiJub25lIn0.eyJpc3MiOiJjb25mdXNlZCIsInN1YiI6ImNvbmZ1c2VkIn0."
	b.refused(b.post(pathToken, assertionOf(unsigned, byItself...)), http.StatusUnauthorized, "invalid_client")
}

func TestAnAssertionIsCheckedInEveryWay(t *testing.T) {
	b := start(t)
	c := b.newClient("signer", func(c *Client) { c.ClientAuth, c.Keys = auth.ClientAuthPrivateKeyJWT, publicKeyText("rsa") })
	b.newClient("victim", func(c *Client) { c.ClientAuth, c.Keys = auth.ClientAuthPrivateKeyJWT, publicKeyText("ec") })
	at := b.clock.now()
	unix := func(d time.Duration) int64 { return at.Add(d).Unix() }
	for name, bad := range map[string]struct {
		change []any
		why    string
	}{
		"another audience":  {[]any{"aud", "https://elsewhere.example"}, "another audience"},
		"no audience":       {[]any{"aud", nil}, "another audience"},
		"a longer audience": {[]any{"aud", b.info.Issuer + "/"}, "another audience"},
		"another issuer":    {[]any{"iss", "victim"}, "iss and sub"},
		"no issuer":         {[]any{"iss", nil}, "iss and sub"},
		"another subject":   {[]any{"sub", "victim"}, "not made with the key"},
		"no end":            {[]any{"exp", nil}, "no exp"},
		"over":              {[]any{"exp", unix(-time.Second)}, "has expired"},
		"too long":          {[]any{"exp", unix(3 * time.Hour)}, "lasts too long"},
		"not yet":           {[]any{"nbf", unix(10 * time.Minute)}, "not valid yet"},
		"issued later":      {[]any{"iat", unix(10 * time.Minute)}, "in the future"},
		"issued long ago":   {[]any{"iat", unix(-2 * time.Hour)}, "more than an hour old"},
	} {
		token := b.sign(testKeys()["rsa"], jose.RS256, b.claims(c, bad.change...))
		b.refused(b.post(pathToken, assertionOf(token, byItself...)), http.StatusUnauthorized, "invalid_client")
		assert.Contains(t, b.last().Why, bad.why, name)
	}
	b.refused(b.post(pathToken, assertionOf(b.sign(testKeys()["other"], jose.RS256, b.claims(c)), byItself...)), http.StatusUnauthorized, "invalid_client")
	b.why("invalid_client", "not made with the key")
	token := b.sign(testKeys()["rsa"], jose.RS256, b.claims(c))
	b.refused(b.post(pathToken, assertionOf(token, append(byItself, "client_id", "victim")...)), http.StatusUnauthorized, "invalid_client")
	b.why("invalid_client", "another client")
	wrongType := assertionOf(token, byItself...)
	wrongType.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer")
	b.refused(b.post(pathToken, wrongType), http.StatusBadRequest, "invalid_request")
	b.reply(b.post(pathToken, assertionOf(token, byItself...)))
}

func TestTwoWaysOfAuthenticationAreRefused(t *testing.T) {
	b := start(t)
	c := b.newClient("twice", nil)
	token := b.sign(testKeys()["rsa"], jose.RS256, b.claims(c))
	for name, v := range map[string][]string{
		"Basic and body":      {"client_secret", "x"},
		"Basic and assertion": {"client_assertion", token, "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"two clients":         {"client_id", b.info.ClientID},
	} {
		a := b.as(c, pathToken, pairs(append(byItself, v...)...))
		require.Equal(t, http.StatusBadRequest, a.StatusCode, name)
		require.Equal(t, "invalid_request", a.json(t)["error"], name)
	}
	b.reply(b.as(c, pathToken, pairs(append(byItself, "client_id", "twice")...)))
}

func TestAnInactiveClientIsInvalidAndSoAreItsTokens(t *testing.T) {
	b := start(t)
	c := b.newClient("off", func(c *Client) { c.Scopes = append(c.Scopes, "offline_access") })
	reply := b.grantFor(c, "scope", "openid offline_access")
	access, _ := reply["access_token"].(string)
	pending := b.code("client_id", c.ID)
	require.Equal(t, http.StatusOK, b.userinfo(access).StatusCode)
	b.change(&c, func(c *Client) { c.Active = false })
	for _, path := range []string{pathToken, pathIntrospect, pathRevoke, pathDevice, pathPushed} {
		b.refused(b.as(c, path, pairs(append(byItself, "token", access)...)), http.StatusUnauthorized, "invalid_client")
		b.why("invalid_client", "switched off")
	}
	b.refused(b.userinfo(access), http.StatusUnauthorized, "invalid_token")
	a := b.authorize("client_id", c.ID)
	assert.Equal(t, http.StatusBadRequest, a.StatusCode)
	assert.Contains(t, a.text, "switched off")
	assert.Equal(t, pathAuthorize, a.Request.URL.Path, "at once")

	b.change(&c, func(c *Client) { c.Active = true })
	assert.False(t, b.live(c, access), "switching on does not bring them back")
	b.refused(b.renew(c, reply["refresh_token"].(string)), http.StatusBadRequest, "invalid_grant")
	b.refused(b.as(c, pathToken, exchange(pending)), http.StatusBadRequest, "invalid_grant")
}

// The store ends the tokens of a client or a user that is switched off; where it did not,
// the endpoints do.
func TestAnInactiveClientIsRefusedWhateverTheStoreKept(t *testing.T) {
	b := start(t)
	c := b.newClient("off", nil)
	access, _ := b.grantFor(c)["access_token"].(string)
	code := b.code("client_id", c.ID, "scope", "reports.read")
	u := b.practiceUser()
	u.Active = false
	b.store.mu.Lock()
	b.store.users[u.ID] = u
	b.store.mu.Unlock()
	b.refused(b.as(c, pathToken, exchange(code)), http.StatusBadRequest, "invalid_grant")
	b.why("invalid_grant", "user who approved")
	c.Active = false
	b.store.mu.Lock()
	b.store.clients[c.ID] = c
	b.store.mu.Unlock()
	b.refused(b.userinfo(access), http.StatusUnauthorized, "invalid_token")
	b.why("invalid_token", "switched off")
}
