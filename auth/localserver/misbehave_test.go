package localserver

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// spoilt is a client that is treated badly from now on, with a grant from before.
func (b *bench) spoilt(id string, how auth.LocalMisbehaviour) (c Client, access, refresh string) {
	b.Helper()
	c = b.newClient(id, nil)
	reply := b.grantFor(c)
	access, _ = reply["access_token"].(string)
	refresh, _ = reply["refresh_token"].(string)
	b.change(&c, func(c *Client) { c.Misbehave = how })
	return c, access, refresh
}

func TestTooManyRequests(t *testing.T) {
	b := start(t)
	c, access, refresh := b.spoilt("busy", auth.LocalMisbehaviour{TooMany: 7})
	a := b.renew(c, refresh)
	b.refused(a, http.StatusTooManyRequests, "too_many_requests")
	assert.Equal(t, "7", a.Header.Get("Retry-After"))
	b.why("too_many_requests", "7 seconds")
	assert.Equal(t, http.StatusOK, b.userinfo(access).StatusCode, "at the token endpoint only")
	b.refused(b.as(Client{ID: c.ID, Secret: auth.NewSecret("x")}, pathToken, pairs(byItself...)), http.StatusUnauthorized, "invalid_client")
	b.change(&c, func(c *Client) { c.Misbehave = auth.LocalMisbehaviour{} })
	b.reply(b.renew(c, refresh)) // it was not used up
}

func TestUnavailable(t *testing.T) {
	b := start(t)
	c, access, refresh := b.spoilt("away", auth.LocalMisbehaviour{Unavailable: true})
	for _, v := range []string{"refresh_token", "client_credentials", "password"} {
		a := b.as(c, pathToken, pairs("grant_type", v, "refresh_token", refresh, "username", "x", "password", "x"))
		b.refused(a, http.StatusServiceUnavailable, "temporarily_unavailable")
		b.why("temporarily_unavailable", "503")
	}
	b.refused(b.userinfo(access), http.StatusServiceUnavailable, "temporarily_unavailable")
	assert.True(t, b.live(c, access), "introspection answers")
	b.change(&c, func(c *Client) { c.Misbehave = auth.LocalMisbehaviour{} })
	b.reply(b.renew(c, refresh))
}

func TestExpireAtOnce(t *testing.T) {
	b := start(t)
	c, _, refresh := b.spoilt("fleeting", auth.LocalMisbehaviour{ExpireAtOnce: true})
	reply := b.reply(b.renew(c, refresh))
	assert.InEpsilon(t, 900, reply["expires_in"], 0, "whatever it says")
	assert.False(t, b.live(c, reply["access_token"]))
	b.refused(b.userinfo(reply["access_token"].(string)), http.StatusUnauthorized, "invalid_token")
	assert.True(t, b.live(c, reply["refresh_token"]))
}

func TestDropRefresh(t *testing.T) {
	b := start(t)
	c, _, refresh := b.spoilt("dropping", auth.LocalMisbehaviour{DropRefresh: true})
	assert.NotContains(t, b.reply(b.renew(c, refresh)), "refresh_token")
	assert.NotContains(t, b.grantFor(c), "refresh_token")
	// approved before, exchanged after the switch
	b.change(&c, func(c *Client) { c.Misbehave = auth.LocalMisbehaviour{} })
	code := b.code("client_id", c.ID, "scope", "reports.read")
	b.change(&c, func(c *Client) { c.Misbehave.DropRefresh = true })
	assert.NotContains(t, b.reply(b.as(c, pathToken, exchange(code))), "refresh_token")
}

func TestLieAboutScopes(t *testing.T) {
	b := start(t)
	c, _, _ := b.spoilt("lying", auth.LocalMisbehaviour{LieScopes: true})
	reply := b.grantFor(c, "scope", "openid reports.read mail.read")
	assert.Len(t, strings.Fields(reply["scope"].(string)), 2)
	access, _ := reply["access_token"].(string)
	assert.Equal(t, "mail.read openid reports.read", b.reply(b.as(c, pathIntrospect, pairs("token", access)))["scope"], "what is granted stays")
}

// The answer comes as late as the switch says; an end of the server does not
// wait for it.
func TestSlowAnswersEndWithTheServer(t *testing.T) {
	b := start(t)
	c, _, refresh := b.spoilt("slow", auth.LocalMisbehaviour{Slow: 60})
	r := b.request(http.MethodPost, pathToken, pairs("grant_type", "refresh_token", "refresh_token", refresh))
	r.SetBasicAuth(c.ID, c.Secret.Reveal())
	answered := make(chan int, 1)
	go func() {
		response, err := b.browser.Do(r)
		if err != nil {
			answered <- 0
			return
		}
		_ = response.Body.Close()
		answered <- response.StatusCode
	}()
	// the old token is spent before the answer is held back
	require.Eventually(t, func() bool {
		stored, _, err := b.store.Token(t.Context(), Hash(refresh))
		return err == nil && !stored.Spent.IsZero()
	}, 10*time.Second, time.Millisecond)
	select {
	case status := <-answered:
		t.Fatalf("answered at once with %d", status)
	default:
	}
	began := time.Now()
	require.NoError(t, b.server.Close())
	assert.Equal(t, http.StatusOK, <-answered)
	assert.Less(t, time.Since(began), 20*time.Second)
}
