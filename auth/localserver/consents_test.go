package localserver

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// remember grants with the tick "Remember for this client".
func (b *bench) remember(page answer) answer {
	b.Helper()
	f := forms(b.T, page.text)[1]
	require.Contains(b, page.text, `name="remember"`)
	require.NotContains(b, f.values, "remember", "not ticked at first")
	f.values.Set("decision", "grant")
	f.values.Set("remember", "yes")
	return b.post(f.action, f.values)
}

// asks tells whether the approval page is shown. Where it is not needed, the same
// address leads back to the client.
func asks(a answer) bool {
	return a.Request.URL.Path == pathApprove && a.StatusCode == http.StatusOK
}

func TestARememberedConsentShowsNoPage(t *testing.T) {
	b := start(t)
	c := b.newClient("app", nil)
	asked := []string{"client_id", c.ID, "scope", "openid reports.read mail.read"}
	b.back(b.remember(b.approval(asked...)))
	back := b.back(b.authorize(asked...))
	reply := b.reply(b.as(c, pathToken, exchange(back.Get("code"))))
	assert.Equal(t, "mail.read openid reports.read", reply["scope"])
	assert.NotEmpty(t, b.back(b.authorize("client_id", c.ID, "scope", "reports.read")).Get("code"), "less is fine too")

	for name, change := range map[string][]string{
		"prompt=consent": append(asked, "prompt", "consent"),
		"a new scope":    {"client_id", c.ID, "scope", "openid reports.read reports.write"},
		"another client": {"scope", "openid reports.read"},
	} {
		assert.True(t, asks(b.authorize(change...)), name)
	}
	assert.Equal(t, pathSignIn, b.authorize(append(asked, "prompt", "login")...).Request.URL.Path)
	assert.Equal(t, pathSignIn, newSession(b).authorize(asked...).Request.URL.Path, "nobody is signed in there")
}

func TestWhatWasUntickedIsAskedAgain(t *testing.T) {
	b := start(t)
	c := b.newClient("app", nil)
	asked := []string{"client_id", c.ID, "scope", "openid reports.read reports.write"}
	b.back(b.remember(b.approval(asked...))) // reports.write is not ticked
	assert.True(t, asks(b.authorize(asked...)))
	assert.NotEmpty(t, b.back(b.authorize("client_id", c.ID, "scope", "openid reports.read")).Get("code"))
	b.back(b.remember(b.approval("client_id", c.ID, "scope", "mail.read")))
	assert.NotEmpty(t, b.back(b.authorize("client_id", c.ID, "scope", "mail.read reports.read")).Get("code"), "what was allowed before stays")
	b.back(b.grant(b.approval("client_id", c.ID, "scope", "reports.write mail.read")))
	assert.True(t, asks(b.authorize("client_id", c.ID, "scope", "reports.write mail.read")), "granted once is not remembered")
}

// Nobody can tell which program a public client is (RFC 8252 8.6).
func TestAPublicClientIsAskedForEachTime(t *testing.T) {
	b := start(t)
	c := b.newClient("open", func(c *Client) { c.Public = true })
	asked := []string{"client_id", c.ID, "scope", "reports.read"}
	page := b.approval(asked...)
	assert.NotContains(t, page.text, `name="remember"`)
	f := forms(t, page.text)[1]
	f.values.Set("decision", "grant")
	f.values.Set("remember", "yes")
	b.back(b.post(f.action, f.values))
	assert.Empty(t, b.store.consents)
	require.NoError(t, b.store.SetConsent(t.Context(), Consent{ID: "x", ClientID: c.ID, UserID: b.practiceUser().ID, Scopes: []string{"reports.read"}}))
	assert.True(t, asks(b.authorize(asked...)))
}

func TestPromptNone(t *testing.T) {
	b := start(t)
	c := b.newClient("app", nil)
	silent := []string{"client_id", c.ID, "scope", "openid reports.read", "prompt", "none"}
	assert.Equal(t, "login_required", b.back(b.authorize(silent...)).Get("error"))
	b.back(b.grant(b.approval("client_id", c.ID, "scope", "openid reports.read")))
	assert.Equal(t, "consent_required", b.back(b.authorize(silent...)).Get("error"))
	b.back(b.remember(b.approval("client_id", c.ID, "scope", "openid reports.read")))
	assert.NotEmpty(t, b.back(b.authorize(silent...)).Get("code"))
	assert.Equal(t, "login_required", b.back(b.authorize(append(silent, "max_age", "0")...)).Get("error"))
}

func TestConsentsAreListedAndWithdrawn(t *testing.T) {
	b := start(t)
	c, other := b.newClient("app", nil), b.newClient("other", nil)
	page := b.get(pathConsents)
	require.Equal(t, pathSignIn, page.Request.URL.Path)
	assert.Contains(t, page.text, "what you let programs have")
	page = b.signIn(page, b.info.Password.Reveal())
	require.Equal(t, pathConsentsPage, page.Request.URL.Path)
	assert.Contains(t, page.text, "Every client asks you each time")

	access, _ := b.reply(b.as(c, pathToken, exchange(b.back(b.remember(b.approval("client_id", c.ID, "scope", "openid reports.read"))).Get("code"))))["access_token"].(string)
	b.back(b.remember(b.approval("client_id", other.ID, "scope", "mail.read")))
	page = b.get(pathConsents)
	assert.Contains(t, page.text, "app 1")
	assert.Contains(t, page.text, "openid reports.read")
	all := forms(t, page.text)
	require.Len(t, all, 3, "sign out, and one for each consent")
	for _, f := range all[1:] {
		if b.store.consents[f.values.Get("consent")].ClientID == c.ID {
			page = b.post(f.action, f.values)
		}
	}
	assert.NotContains(t, page.text, "app 1")
	assert.Contains(t, page.text, "other 1")
	assert.True(t, asks(b.authorize("client_id", c.ID, "scope", "openid reports.read")), "it has to ask again")
	assert.True(t, b.live(c, access), "tokens stay")

	out := forms(t, page.text)[0]
	out.values.Set("sign-out", "yes")
	assert.Equal(t, pathSignIn, b.post(out.action, out.values).Request.URL.Path)
	assert.Equal(t, pathSignIn, b.authorize().Request.URL.Path, "the session is over")
}

func TestAConsentIsItsUsersOwn(t *testing.T) {
	b := start(t)
	c := b.newClient("app", nil)
	mara := b.newUser("mara", "hunter2")
	theirs := Consent{ID: "theirs", ClientID: c.ID, UserID: mara.ID, Scopes: []string{"reports.read"}}
	require.NoError(t, b.store.SetConsent(t.Context(), theirs))
	b.signIn(b.get(pathConsents), b.info.Password.Reveal())
	page := b.get(pathConsents)
	assert.NotContains(t, page.text, "app 1", "another user's is not shown")
	f := forms(t, page.text)[0]
	forged := cloned(f.values)
	forged.Set("consent", "theirs")
	b.post(pathConsentsPage, forged)
	assert.Contains(t, b.store.consents, "theirs")
	assert.True(t, asks(b.authorize("client_id", c.ID, "scope", "reports.read")), "nor does it count for this user")

	// without the token of this browser's form nothing is withdrawn
	b.back(b.remember(b.approval("client_id", c.ID, "scope", "mail.read")))
	for id := range b.store.consents {
		for _, v := range []string{"", "x", newSession(b).get(pathDevicePage).text} {
			a := b.post(pathConsentsPage, pairs("request", aboutConsents, "token", v, "consent", id))
			assert.Equal(t, http.StatusForbidden, a.StatusCode)
		}
		// a form of another page is not one of this page
		device := forms(t, b.get(pathDevicePage).text)[0]
		device.values.Set("consent", id)
		assert.Equal(t, http.StatusBadRequest, b.post(pathConsentsPage, device.values).StatusCode)
	}
	assert.Len(t, b.store.consents, 2)
}
