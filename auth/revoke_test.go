package auth_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

func TestRevokeEndsTheRefreshTokenFirst(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
	before := r.stored(nil)
	id := before.Authorization.ID

	outcome, err := r.engine.Revoke(background(), id)
	require.NoError(t, err)
	assert.Equal(t, auth.Revoked, outcome)

	requests := r.server.Requests(authtest.PathRevoke)
	require.Len(t, requests, 2)
	assert.Equal(t, "refresh_token", requests[0].Form.Get("token_type_hint"))
	assert.Equal(t, "access_token", requests[1].Form.Get("token_type_hint"))
	assert.False(t, r.server.Alive(before.Tokens.Refresh.Reveal()))
	assert.Equal(t, auth.StateRevoked, r.row(id).Status.State)
	d, err := r.engine.Detail(background(), id)
	require.NoError(t, err)
	assert.False(t, d.CanRevoke)
	assert.False(t, d.CanRefresh)
	_, err = r.engine.AccessToken(background(), id)
	asFailure(t, err)
}

func TestRevokeOfTheAccessTokenIsQueuedWhenItFails(t *testing.T) {
	for status, queued := range map[int]int{503: 1, 400: 0} {
		r := newRig(t, authtest.EvilasParams{})
		before := r.stored(nil)
		r.server.Script(authtest.PathRevoke, authtest.JSON(200, ""), authtest.JSON(status, ""))
		outcome, err := r.engine.Revoke(background(), before.Authorization.ID)
		require.NoError(t, err)
		assert.Equal(t, auth.Revoked, outcome, "the access token ends with its refresh token")
		assert.Len(t, r.store.Revocations(), queued)
	}
}

func TestRevokeWithoutAnEndpointSaysWhatToDoInstead(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	before := r.stored(func(rec *auth.Record) { rec.Authorization.Endpoints.Revocation = "" })
	d, err := r.engine.Detail(background(), before.Authorization.ID)
	require.NoError(t, err)
	assert.False(t, d.CanRevoke)
	assert.Contains(t, d.WhyNotRevoke, "Withdraw the consent")
	outcome, err := r.engine.Revoke(background(), before.Authorization.ID)
	require.ErrorIs(t, err, auth.ErrNotSupported)
	assert.Equal(t, d.WhyNotRevoke, asFailure(t, err).Happened)
	assert.Empty(t, outcome)
	until, err := r.engine.Delete(background(), before.Authorization.ID, true)
	require.NoError(t, err)
	assert.True(t, until.After(time.Now()))
	assert.Empty(t, r.store.Revocations())
}

func TestDeleteCanBeUndoneAndRevokesOnlyAfterwards(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	before := r.stored(nil)
	id := before.Authorization.ID
	require.NoError(t, r.engine.Start(background()))

	_, err := r.engine.Delete(background(), id, true)
	require.NoError(t, err)
	page, err := r.engine.List(background(), auth.Query{})
	require.NoError(t, err)
	assert.Empty(t, page.Rows)
	assert.Len(t, r.store.Revocations(), 2)

	require.NoError(t, r.engine.Undelete(background(), id))
	r.engine.Close()
	assert.Empty(t, r.store.Revocations())
	assert.Empty(t, r.server.Requests(authtest.PathRevoke))
	assert.Equal(t, before, r.row(id))
}

// The end of the program does not lose the revocation.
func TestDeletedTokensAreRevokedByTheNextStart(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	before := r.stored(nil)
	id := before.Authorization.ID
	_, err := r.engine.Delete(background(), id, true)
	require.NoError(t, err)
	r.engine.Close()

	later := time.Now().Add(auth.UndoTime + time.Second)
	r.now = func() time.Time { return later }
	dropped := r.calls("DropRevocation")
	require.NoError(t, r.another(authtest.BrowserIgnore).Start(background()))
	<-dropped
	<-dropped
	assert.False(t, r.server.Alive(before.Tokens.Refresh.Reveal()))
	_, there := r.store.Record(id)
	assert.False(t, there, "the row was not purged")
}

func TestRevocationsAreTriedAgain(t *testing.T) {
	for name, test := range map[string]struct {
		answer authtest.Answer
		method string
	}{
		"the service is down":    {authtest.Answer{Status: 503, Header: map[string][]string{"Retry-After": {"600"}}}, "PostponeRevocation"},
		"no answer":              {authtest.Answer{NoAnswer: true}, "PostponeRevocation"},
		"it will never take it":  {authtest.JSON(400, `{"error":"unsupported_token_type"}`), "DropRevocation"},
		"the client is unwanted": {authtest.JSON(401, `{"error":"invalid_client"}`), "DropRevocation"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{})
			before := r.stored(nil)
			revocation := auth.RevocationsOf(before, time.Now().Add(-time.Second))[0]
			require.NoError(t, r.store.QueueRevocation(background(), revocation))
			r.server.Script(authtest.PathRevoke, test.answer)
			done := r.calls(test.method)
			e := r.another(authtest.BrowserIgnore)
			require.NoError(t, e.Start(background()))
			<-done
			e.Close()
			for _, left := range r.store.Revocations() {
				assert.Equal(t, 1, left.Tries)
				pause := time.Until(left.NotBefore)
				assert.Greater(t, pause, 3*time.Second)
				if name == "the service is down" {
					assert.Greater(t, pause, 590*time.Second, "Retry-After was not honoured")
				}
			}
			assert.Len(t, r.server.Requests(authtest.PathRevoke), 1)
		})
	}
}
