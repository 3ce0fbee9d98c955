package localserver

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

func TestTheRefreshCountRunsDown(t *testing.T) {
	b := start(t)
	c := b.newClient("limited", func(c *Client) { c.RefreshCount = 2 })
	reply := b.grantFor(c)
	first, _ := reply["refresh_token"].(string)
	reply = b.reply(b.renew(c, first))
	second, _ := reply["refresh_token"].(string)
	require.NotEmpty(t, second)
	reply = b.reply(b.renew(c, second))
	assert.NotContains(t, reply, "refresh_token", "none is left")
	assert.True(t, b.live(c, reply["access_token"]))
	for _, g := range b.store.grants {
		assert.Zero(t, g.RefreshesLeft)
	}

	c = b.newClient("none", func(c *Client) { c.RefreshCount = 0 })
	assert.NotContains(t, b.grantFor(c), "refresh_token", "0: no refresh token")
}

func TestARefreshCountOfZeroStopsWhatRuns(t *testing.T) {
	b := start(t)
	c := b.newClient("stopped", nil)
	refresh, _ := b.grantFor(c)["refresh_token"].(string)
	b.change(&c, func(c *Client) { c.RefreshCount = 0 })
	assert.NotContains(t, b.reply(b.renew(c, refresh)), "refresh_token")
}

func TestOfflineAccessDecidesWhereItCanBeAskedFor(t *testing.T) {
	b := start(t)
	plain := b.newClient("plain", nil)
	assert.Contains(t, b.grantFor(plain), "refresh_token", "the scope is not among the client's")
	openID := b.newClient("openid", func(c *Client) { c.Scopes = append(c.Scopes, "offline_access") })
	assert.NotContains(t, b.grantFor(openID), "refresh_token")
	assert.Contains(t, b.grantFor(openID, "scope", "reports.read offline_access"), "refresh_token")
}

func TestALifetimeOfZeroIsForEver(t *testing.T) {
	b := start(t)
	c := b.newClient("eternal", func(c *Client) { c.AccessSeconds = 0 })
	page := b.approval("client_id", c.ID, "scope", "reports.read")
	assert.Contains(t, page.text, "Until it is revoked")
	reply := b.grantFor(c)
	assert.NotContains(t, reply, "expires_in", "nothing is said that is not so")
	access, _ := reply["access_token"].(string)
	b.clock.forward(10 * 365 * 24 * time.Hour)
	state := b.reply(b.as(c, pathIntrospect, pairs("token", access)))
	assert.Equal(t, true, state["active"])
	assert.NotContains(t, state, "exp")
	assert.Equal(t, http.StatusOK, b.userinfo(access).StatusCode)
	assert.NoError(t, b.store.Purge(t.Context(), b.clock.now()))
	assert.True(t, b.live(c, access), "tidying leaves it")
}

func TestAccessTokensLastAsLongAsTheClientSays(t *testing.T) {
	b := start(t)
	c := b.newClient("short", func(c *Client) { c.AccessSeconds = 5 })
	assert.Contains(t, b.approval("client_id", c.ID, "scope", "reports.read").text, "5 seconds, renewed without asking you")
	reply := b.grantFor(c)
	assert.InEpsilon(t, 5, reply["expires_in"], 0)
	b.clock.forward(5*time.Second - 1)
	assert.True(t, b.live(c, reply["access_token"]))
	b.clock.forward(1)
	assert.False(t, b.live(c, reply["access_token"]))
}

func TestARefreshLosesWhatTheClientLost(t *testing.T) {
	b := start(t)
	c := b.newClient("narrowed", nil)
	refresh, _ := b.grantFor(c, "scope", "openid reports.read mail.read")["refresh_token"].(string)
	b.change(&c, func(c *Client) { c.Scopes = []string{"mail.read"} })
	reply := b.reply(b.renew(c, refresh))
	assert.Equal(t, "mail.read", reply["scope"])
	b.change(&c, func(c *Client) { c.Scopes = []string{"profile"} })
	b.refused(b.renew(c, reply["refresh_token"].(string)), http.StatusBadRequest, "invalid_scope")
}

func TestTheApprovalPageSaysForHowLong(t *testing.T) {
	for want, c := range map[string]Client{
		"1 hour, then 5 refreshes":             {AccessSeconds: 3600, RefreshCount: 5},
		"2 days, then 1 refresh":               {AccessSeconds: 172800, RefreshCount: 1},
		"15 minutes":                           {AccessSeconds: 900},
		"90 seconds":                           {AccessSeconds: 90},
		"1 minute, renewed without asking you": {AccessSeconds: 60, RefreshCount: auth.LocalUnlimited},
		"Until it is revoked":                  {RefreshCount: 3},
	} {
		assert.Equal(t, want, lasts(c, refreshesOf(c, auth.LocalGrantCode, nil)))
	}
}
