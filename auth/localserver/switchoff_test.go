package localserver

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

func TestSwitchingAClientOnBringsNoApprovalOfADeviceBack(t *testing.T) {
	b := start(t)
	c := b.newClient("tv", nil)
	started := b.device(c)
	b.grant(b.confirm(started))
	r := b.server.Registry()
	require.NoError(t, r.SetClientActive(t.Context(), c.ID, false))
	require.NoError(t, r.SetClientActive(t.Context(), c.ID, true))
	b.refused(b.poll(c, started), http.StatusBadRequest, "invalid_grant")
}

func TestAnotherPasswordSignsTheUserOut(t *testing.T) {
	b := start(t)
	page := b.approval()
	r := b.server.Registry()
	user := shownUser(b.practiceUser())
	user.FullName = "Another Name"
	user, err := r.SaveUser(t.Context(), user)
	require.NoError(t, err)
	assert.Equal(t, pathApprove, b.get(page.Request.URL.RequestURI()).Request.URL.Path, "a name changes nothing")

	user.Password = auth.NewSecret("another password")
	_, err = r.SaveUser(t.Context(), user)
	require.NoError(t, err)
	assert.Equal(t, pathSignIn, b.get(page.Request.URL.RequestURI()).Request.URL.Path)
}

func TestAUserWhoIsSwitchedOnAgainHasToSignInAnew(t *testing.T) {
	b := start(t)
	c := b.newClient("tv", nil)
	started := b.device(c)
	b.grant(b.confirm(started))
	page := b.authorize("prompt", "consent")
	require.Equal(t, pathApprove, page.Request.URL.Path)
	r := b.server.Registry()
	user := shownUser(b.practiceUser())
	for _, active := range []bool{false, true} {
		user.Active = active
		_, err := r.SaveUser(t.Context(), user)
		require.NoError(t, err)
	}
	assert.Equal(t, pathSignIn, b.get(page.Request.URL.RequestURI()).Request.URL.Path)
	b.refused(b.poll(c, started), http.StatusBadRequest, "invalid_grant")
}

// offMeanwhile switches a client off while a user is looked up.
type offMeanwhile struct {
	*memoryStore
	off func()
}

func (s offMeanwhile) UserByName(ctx context.Context, name string) (User, error) {
	s.off()
	return s.memoryStore.UserByName(ctx, name)
}

func TestAClientThatIsSwitchedOffWhileAPasswordWaitsGetsNothing(t *testing.T) {
	b := start(t)
	c := b.newClient("app", nil)
	b.server.provider.store = offMeanwhile{b.store, func() { b.change(&c, func(c *Client) { c.Active = false }) }}
	b.refused(b.as(c, pathToken, pairs("grant_type", "password", "username", b.info.User, "password", b.info.Password.Reveal(), "scope", "reports.read")),
		http.StatusUnauthorized, "invalid_client")
	b.why("invalid_client", "switched off")
}
