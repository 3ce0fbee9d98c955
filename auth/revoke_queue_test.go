package auth_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// T39: only 200 counts as revoked. What is not confirmed is queued, and the
// tokens are taken as alive; what the service refuses is not asked for again.
func TestRevokeThatIsNotConfirmed(t *testing.T) {
	down := authtest.Answer{Status: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"600"}}}
	for name, test := range map[string]struct {
		answer authtest.Answer
		queued bool
		pause  time.Duration
	}{
		"503":                    {down, true, 599 * time.Second},
		"500":                    {authtest.JSON(500, ""), true, 0},
		"429":                    {authtest.JSON(429, ""), true, 0},
		"202":                    {authtest.JSON(202, "{}"), true, 0},
		"204":                    {authtest.Answer{Status: 204}, true, 0},
		"a redirect":             {authtest.Redirect(302, "/elsewhere"), true, 0},
		"a page with an error":   {authtest.Answer{Status: 502, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<html>"}, true, 0},
		"nothing":                {authtest.Answer{NoAnswer: true}, true, 0},
		"a wrong secret":         {authtest.JSON(401, `{"error":"invalid_client"}`), false, 0},
		"a type it does not end": {authtest.JSON(400, `{"error":"unsupported_token_type"}`), false, 0},
		"a wrong address":        {authtest.JSON(404, ""), false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{})
			before := r.stored(nil)
			id := before.Authorization.ID
			r.server.Script(authtest.PathRevoke, test.answer)
			outcome, err := r.engine.Revoke(background(), id)
			require.Len(t, r.server.Requests(authtest.PathRevoke), 1)
			after := r.row(id)
			assert.Equal(t, auth.StateActive, after.Status.State, "the tokens may still live")
			assert.Equal(t, before.Tokens, after.Tokens)
			if !test.queued {
				asFailure(t, err)
				assert.Empty(t, outcome)
				assert.Empty(t, r.store.Revocations())
				assert.Equal(t, before.Status, after.Status)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, auth.RevokeQueued, outcome)
			queue := r.store.Revocations()
			assert.Len(t, queue, 2)
			for _, one := range queue {
				assert.Greater(t, time.Until(one.NotBefore), max(test.pause, 3*time.Second))
			}
			assert.Equal(t, auth.CodeRevokeQueued, after.Status.LastOutcome)
		})
	}
}

// While a revocation waits, no new tokens are fetched: they would outlive it.
func TestNothingIsRefreshedWhileARevocationWaits(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
	id := r.stored(nil).Authorization.ID
	r.server.Script(authtest.PathRevoke, authtest.JSON(503, ""))
	_, err := r.engine.Revoke(background(), id)
	require.NoError(t, err)
	_, err = r.engine.Refresh(background(), id)
	assert.Equal(t, auth.CodeRevokeQueued, asFailure(t, err).Code)
	assert.Zero(t, r.posts())
	require.NoError(t, r.engine.SetRefreshRule(background(), id, true, 0))
	assert.True(t, r.row(id).Status.NextRefreshAt.IsZero())
	events, err := r.engine.History(background(), id)
	require.NoError(t, err)
	assert.Contains(t, undated(events), auth.HistoryEvent{Kind: auth.WordRevoke, Outcome: auth.CodeRevokeQueued})
	d, err := r.engine.Detail(background(), id)
	require.NoError(t, err)
	assert.False(t, d.CanRefresh)
	assert.False(t, d.CanRevoke)
	assert.Contains(t, d.WhyNotRevoke, "not confirmed")

	// Signing in again makes it a living authorization; the old tokens go.
	s, err := r.engine.Reauthorize(background(), id, auth.ReauthorizeOptions{})
	require.NoError(t, err)
	_, err = r.signIn(s)
	require.NoError(t, err)
	d, err = r.engine.Detail(background(), id)
	require.NoError(t, err)
	assert.True(t, d.CanRefresh)
	assert.True(t, d.CanRevoke)
}

// The queue survives the end of the program, and its end shows in the row.
func TestAQueuedRevocationIsSentByTheNextStart(t *testing.T) {
	refused := authtest.JSON(400, `{"error":"unsupported_token_type"}`)
	for name, test := range map[string]struct {
		answer  *authtest.Answer
		paused  bool
		state   auth.State
		outcome string
	}{
		"confirmed":               {nil, false, auth.StateRevoked, "revoked"},
		"confirmed in the pause":  {nil, true, auth.StateRevoked, "revoked"},
		"refused in the end":      {&refused, false, auth.StateActive, auth.CodeRevokeRefused},
		"refused while it paused": {&refused, true, auth.StatePaused, auth.CodeRevokeRefused},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{})
			before := r.stored(nil)
			id := before.Authorization.ID
			r.server.Script(authtest.PathRevoke, authtest.JSON(503, ""))
			_, err := r.engine.Revoke(background(), id)
			require.NoError(t, err)
			if test.paused {
				require.NoError(t, r.engine.Pause(background(), id))
			}
			r.engine.Close()

			if test.answer != nil {
				r.server.Script(authtest.PathRevoke, *test.answer, *test.answer)
			}
			later := time.Now().Add(time.Minute)
			r.now = func() time.Time { return later }
			dropped := r.calls("DropRevocation")
			e := r.another(authtest.BrowserIgnore)
			require.NoError(t, e.Start(background()))
			<-dropped
			<-dropped
			e.Close()
			assert.Empty(t, r.store.Revocations())
			requests := r.server.Requests(authtest.PathRevoke)
			require.Len(t, requests, 3)
			assert.Equal(t, "refresh_token", requests[1].Form.Get("token_type_hint"), "the refresh token goes first")
			after := r.row(id)
			assert.Equal(t, test.state, after.Status.State)
			assert.Equal(t, test.outcome, after.Status.LastOutcome)
			assert.Equal(t, before.Tokens, after.Tokens, "nothing stored is erased")
			events, err := r.store.History(background(), id)
			require.NoError(t, err)
			want := auth.HistoryEvent{Kind: auth.WordRevoke, Outcome: auth.OutcomeOK}
			if test.answer != nil {
				want = auth.HistoryEvent{Kind: auth.WordRevokeOld, Outcome: auth.CodeNotSupported}
			}
			assert.Contains(t, undated(events), want)
		})
	}
}

// Undoing a deletion calls off what the deletion queued, not what was asked for before.
func TestUndeleteKeepsAnEarlierRevocation(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	before := r.stored(nil)
	id := before.Authorization.ID
	r.server.Script(authtest.PathRevoke, authtest.JSON(503, ""))
	_, err := r.engine.Revoke(background(), id)
	require.NoError(t, err)
	_, err = r.engine.Delete(background(), id, true)
	require.NoError(t, err)
	require.NoError(t, r.engine.Undelete(background(), id))
	assert.Len(t, r.store.Revocations(), 2)
}

// A revocation of tokens that were replaced meanwhile leaves the new ones alone.
func TestAQueuedRevocationOfOldTokensLeavesTheRowAlone(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	before := r.stored(nil)
	id := before.Authorization.ID
	old := auth.RevocationsOf(before, time.Now().Add(-time.Second))[0]
	require.NoError(t, r.store.QueueRevocation(background(), old))
	now := before
	now.Tokens.Refresh, now.Status.Generation = auth.NewSecret(r.server.Grant("read")), 2
	r.store.Put(now)
	dropped := r.calls("DropRevocation")
	e := r.another(authtest.BrowserIgnore)
	require.NoError(t, e.Start(background()))
	<-dropped
	e.Close()
	assert.Equal(t, now.Status, r.row(id).Status)
	events, err := r.store.History(background(), id)
	require.NoError(t, err)
	assert.Equal(t, []auth.HistoryEvent{{Kind: auth.WordRevokeOld, Outcome: auth.OutcomeOK}}, undated(events))
	assert.False(t, r.server.Alive(before.Tokens.Refresh.Reveal()))
	assert.True(t, r.server.Alive(now.Tokens.Refresh.Reveal()))
}

// A queue that can't be written is an error, not a promise.
func TestARevocationThatCannotBeQueuedFails(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	before := r.stored(nil)
	r.server.Script(authtest.PathRevoke, authtest.JSON(503, ""))
	r.store.Fault = func(method string) error {
		if method == "QueueRevocation" {
			return auth.ErrStorage
		}
		return nil
	}
	outcome, err := r.engine.Revoke(background(), before.Authorization.ID)
	assert.Equal(t, auth.CodeStorage, asFailure(t, err).Code)
	assert.Empty(t, outcome)
	assert.Equal(t, before.Status, r.row(before.Authorization.ID).Status)
}

// undated is a history without its times.
func undated(events []auth.HistoryEvent) []auth.HistoryEvent {
	all := make([]auth.HistoryEvent, 0, len(events))
	for _, event := range events {
		all = append(all, auth.HistoryEvent{Kind: event.Kind, Outcome: event.Outcome})
	}
	return all
}
