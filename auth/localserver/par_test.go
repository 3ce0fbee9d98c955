package localserver

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// push sends an authorization request from the client itself.
func (b *bench) push(c Client, change ...string) answer {
	b.Helper()
	v := b.params(append([]string{"client_id", c.ID, "scope", "openid reports.read"}, change...)...)
	return b.as(c, pathPushed, v)
}

// pushedURI is the request_uri of a good one.
func (b *bench) pushedURI(c Client) string {
	b.Helper()
	a := b.push(c)
	require.Equal(b, http.StatusCreated, a.StatusCode, a.text)
	require.InEpsilon(b, 60, a.json(b.T)["expires_in"], 0)
	uri, _ := a.json(b.T)["request_uri"].(string)
	require.Contains(b, uri, "urn:ietf:params:oauth:request_uri:")
	return uri
}

func (b *bench) byURI(client, uri string, more ...string) answer {
	b.Helper()
	return b.get(pathAuthorize + "?" + pairs(append([]string{"client_id", client, "request_uri", uri}, more...)...).Encode())
}

func TestAPushedRequestLeadsToACode(t *testing.T) {
	b := start(t)
	for _, c := range []Client{b.newClient("pusher", nil), b.newClient("open", func(c *Client) { c.Public = true })} {
		// what stands beside request_uri in the address counts for nothing
		page := b.byURI(c.ID, b.pushedURI(c), "scope", "reports.write", "redirect_uri", "https://evil.example/", "state", "other")
		if page.Request.URL.Path == pathSignIn {
			page = b.signIn(page, b.info.Password.Reveal())
		}
		require.Equal(t, pathApprove, page.Request.URL.Path, page.text)
		assert.NotContains(t, page.text, "reports.write")
		back := b.back(b.grant(page))
		assert.Equal(t, "st&te=1", back.Get("state"))
		b.reply(b.as(c, pathToken, exchange(back.Get("code"))))
	}
}

func TestAPushedRequestCountsOnceForAMinuteForItsClient(t *testing.T) {
	b := start(t)
	c, other := b.newClient("pusher", nil), b.newClient("other", nil)
	gone := func(client, uri string) {
		t.Helper()
		a := b.byURI(client, uri)
		require.Equal(t, http.StatusBadRequest, a.StatusCode, a.text)
		require.Empty(t, a.Header.Get("Location"))
		b.why("invalid_request_uri", "RFC 9126")
	}
	uri := b.pushedURI(c)
	gone(other.ID, uri)
	assert.Equal(t, pathSignIn, b.byURI(c.ID, uri).Request.URL.Path, "the stranger's attempt did not use it up")
	gone(c.ID, uri)
	uri = b.pushedURI(c)
	b.clock.forward(pushedLifetime)
	gone(c.ID, uri)
	gone(c.ID, requestURIPrefix+"guessed")
}

func TestAPushedRequestIsCheckedAtOnce(t *testing.T) {
	b := start(t)
	c := b.newClient("pusher", nil)
	for name, bad := range map[string]struct {
		change []string
		code   string
	}{
		"redirect":      {[]string{"redirect_uri", "https://evil.example/"}, "invalid_request"},
		"no redirect":   {[]string{"redirect_uri", ""}, "invalid_request"},
		"scope":         {[]string{"scope", "nonsense"}, "invalid_scope"},
		"plain":         {[]string{"code_challenge_method", "plain"}, "invalid_request"},
		"response type": {[]string{"response_type", "id_token"}, "unsupported_response_type"},
		"implicit":      {[]string{"response_type", "token"}, "unauthorized_client"},
		"another push":  {[]string{"request_uri", requestURIPrefix + "x"}, "invalid_request"},
		"object":        {[]string{"request", "e30.e30."}, "request_not_supported"},
	} {
		a := b.push(c, bad.change...)
		require.Equal(t, http.StatusBadRequest, a.StatusCode, name)
		require.Equal(t, bad.code, a.json(t)["error"], name)
		require.NotEmpty(t, b.last().Why, name)
	}
	b.refused(b.as(Client{ID: c.ID, Secret: auth.NewSecret("wrong")}, pathPushed, b.params("client_id", c.ID)), http.StatusUnauthorized, "invalid_client")
	b.refused(b.as(c, pathPushed, b.params()), http.StatusBadRequest, "invalid_request") // client_id is another one's
	assert.Equal(t, http.StatusMethodNotAllowed, b.get(pathPushed).StatusCode)
}

func TestPushedRequestsAreBoundedAndHoldNoSecret(t *testing.T) {
	b := start(t)
	c := b.newClient("pusher", nil)
	v := b.params("client_id", c.ID, "scope", "reports.read", "client_secret", c.Secret.Reveal())
	require.Equal(t, http.StatusCreated, b.post(pathPushed, v).StatusCode)
	for range maxPushed {
		b.pushedURI(c)
	}
	waiting := b.server.provider.pushed.waiting.entries
	assert.Len(t, waiting, maxPushed)
	for _, e := range waiting {
		assert.NotContains(t, e.value.form, "client_secret")
	}
}

func TestTheImplicitGrant(t *testing.T) {
	b := start(t)
	c := b.newClient("spa", func(c *Client) {
		c.Public, c.RefreshForAll, c.Grants = true, true, []auth.LocalGrant{auth.LocalGrantImplicit}
		c.Scopes = append(c.Scopes, "offline_access")
	})
	asked := []string{"client_id", c.ID, "response_type", "token", "code_challenge", "", "code_challenge_method", "", "scope", "openid reports.read offline_access"}
	fragment := func(a answer) url.Values {
		t.Helper()
		require.Equal(t, http.StatusSeeOther, a.StatusCode, a.text)
		target, err := url.Parse(a.Header.Get("Location"))
		require.NoError(t, err)
		require.Empty(t, target.RawQuery, "nothing stands in the query")
		v, err := url.ParseQuery(target.EscapedFragment())
		require.NoError(t, err)
		require.Equal(t, b.info.Issuer, v.Get("iss"))
		require.Equal(t, "st&te=1", v.Get("state"))
		return v
	}
	v := fragment(b.grant(b.approval(asked...)))
	assert.Equal(t, "Bearer", v.Get("token_type"))
	assert.Equal(t, "900", v.Get("expires_in"))
	assert.Equal(t, "offline_access openid reports.read", v.Get("scope"))
	assert.NotContains(t, v, "refresh_token", "RFC 6749 4.2.2")
	assert.NotContains(t, v, "code")
	assert.Equal(t, http.StatusOK, b.userinfo(v.Get("access_token")).StatusCode)
	for _, token := range b.store.tokens {
		assert.Equal(t, AccessToken, token.Kind)
	}

	f := forms(t, b.approval(asked...).text)[2]
	assert.Equal(t, "access_denied", fragment(b.post(f.action, f.values)).Get("error"))
	assert.Equal(t, "invalid_scope", fragment(b.authorize(append(asked, "scope", "nonsense")...)).Get("error"))
	assert.Equal(t, "invalid_request", fragment(b.authorize(append(asked, "response_mode", "query")...)).Get("error"), "never in the query")
	assert.Equal(t, "unauthorized_client", fragment(b.authorize("response_type", "token")).Get("error"), "the practice client does not have it")
	assert.Equal(t, "unauthorized_client", b.back(b.authorize("client_id", c.ID, "scope", "reports.read")).Get("error"), "and this one has no code")
}

func TestACodeMayComeInTheFragment(t *testing.T) {
	b := start(t)
	a := b.grant(b.approval("response_mode", "fragment"))
	target, err := url.Parse(a.Header.Get("Location"))
	require.NoError(t, err)
	v, err := url.ParseQuery(target.EscapedFragment())
	require.NoError(t, err)
	assert.Empty(t, target.RawQuery)
	b.reply(b.api(pathToken, exchange(v.Get("code"))))
}
