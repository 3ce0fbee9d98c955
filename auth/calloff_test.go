package auth_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// A revocation that still waits when the user signs in again is called off: at
// most services it would end the new tokens with the old ones (RFC 7009 section
// 2.1). Where every sign-in is a grant of its own it is sent.
func TestASignInCallsQueuedRevocationsOff(t *testing.T) {
	apart := []auth.Quirk{{ID: auth.QuirkGrantPerSignIn}}
	for name, test := range map[string]struct {
		quirks []auth.Quirk
		waits  int
	}{
		"a grant per user":    {nil, 0},
		"a grant per sign-in": {apart, 2},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{})
			r.engine.Close()
			r.engine = r.another(authtest.BrowserFollow, test.quirks...)
			id := r.stored(nil).Authorization.ID
			other := r.stored(func(o *auth.Record) { o.Authorization.Name = "Other" })
			for _, one := range auth.RevocationsOf(other, r.now().AddDate(0, 0, 1)) {
				require.NoError(t, r.store.QueueRevocation(background(), one))
			}
			r.server.Script(authtest.PathRevoke, authtest.JSON(503, ""))
			outcome, err := r.engine.Revoke(background(), id)
			require.NoError(t, err)
			require.Equal(t, auth.RevokeQueued, outcome)

			s, err := r.engine.Reauthorize(background(), id, auth.ReauthorizeOptions{})
			require.NoError(t, err)
			_, err = r.signIn(s)
			require.NoError(t, err)
			waiting := map[string]int{}
			for _, one := range r.store.Revocations() {
				waiting[one.AuthorizationID]++
			}
			assert.GreaterOrEqual(t, waiting[id], test.waits)
			if test.waits == 0 {
				assert.Zero(t, waiting[id])
			}
			assert.Equal(t, 2, waiting[other.Authorization.ID], "another authorization's stay")
		})
	}
}

// A sign-in that brings nothing calls nothing off.
func TestAFailedSignInCallsNothingOff(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	id := r.stored(nil).Authorization.ID
	r.server.Script(authtest.PathRevoke, authtest.JSON(503, ""))
	_, err := r.engine.Revoke(background(), id)
	require.NoError(t, err)
	r.server.Script(authtest.PathToken, authtest.JSON(400, `{"error":"invalid_grant"}`))
	s, err := r.engine.Reauthorize(background(), id, auth.ReauthorizeOptions{})
	require.NoError(t, err)
	_, err = r.signIn(s)
	require.Error(t, err)
	assert.Len(t, r.store.Revocations(), 2)
}

// What the janitor has read already and not sent yet is called off too.
func TestASignInCallsOffWhatTheJanitorHolds(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	first := r.stored(func(o *auth.Record) { o.Authorization.Name = "First" })
	second := r.stored(nil)
	old := auth.RevocationsOf(second, r.now().Add(-1))[0]
	require.NoError(t, r.store.QueueRevocation(background(), auth.RevocationsOf(first, r.now().Add(-1))[0]))
	require.NoError(t, r.store.QueueRevocation(background(), old))
	hold := make(chan struct{})
	r.server.Script(authtest.PathRevoke, authtest.Answer{Status: 200, Hold: hold}, authtest.Answer{Status: 200, Hold: hold})
	dropped := r.calls("DropRevocation")
	require.NoError(t, r.engine.Start(background()))
	require.Eventually(t, func() bool { return len(r.server.Requests(authtest.PathRevoke)) == 1 }, 10*time.Second, time.Millisecond)
	sent := r.server.Requests(authtest.PathRevoke)[0].Form.Get("token")
	victim := second
	if sent == old.Token.Reveal() { // the order is not promised
		victim = first
	}
	s, err := r.engine.Reauthorize(background(), victim.Authorization.ID, auth.ReauthorizeOptions{})
	require.NoError(t, err)
	_, err = r.signIn(s)
	require.NoError(t, err)
	close(hold)
	<-dropped
	r.engine.Close()
	for _, request := range r.server.Requests(authtest.PathRevoke) {
		assert.NotEqual(t, victim.Tokens.Refresh.Reveal(), request.Form.Get("token"))
	}
}
