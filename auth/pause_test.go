package auth_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// What is paused hands out and refreshes nothing, in the next start of the
// program too, and is as before when it is resumed.
func TestPauseHandsOutAndRefreshesNothing(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
	before := r.stored(nil)
	id := before.Authorization.ID
	require.NoError(t, r.engine.Pause(background(), id))
	require.NoError(t, r.engine.Pause(background(), id), "pausing twice")
	r.engine.Close()

	e := r.another(authtest.BrowserIgnore)
	require.NoError(t, e.Start(background()))
	refusals := map[string]error{}
	_, refusals["access token"] = e.AccessToken(background(), id)
	_, refusals["refresh"] = e.Refresh(background(), id)
	_, refusals["test"] = e.Test(background(), id, "")
	_, refusals["sign in again"] = e.Reauthorize(background(), id, auth.ReauthorizeOptions{})
	for what, err := range refusals {
		f := asFailure(t, err)
		assert.Equal(t, auth.CodePaused, f.Code, what)
		assert.Equal(t, auth.ActionResume, f.Action, what)
		assert.Equal(t, auth.StatePaused, f.State, what)
	}
	d, err := e.Detail(background(), id)
	require.NoError(t, err)
	assert.False(t, d.CanRefresh)
	assert.False(t, d.CanPause)
	assert.NotEmpty(t, d.WhyNotRefresh)
	assert.Empty(t, r.server.Requests(""), "something was sent for a paused authorization")
	assert.Equal(t, before.Tokens, r.row(id).Tokens)

	require.NoError(t, e.Resume(background(), id))
	require.NoError(t, e.Resume(background(), id), "resuming twice")
	assert.Equal(t, auth.StateActive, r.row(id).Status.State)
	token, err := e.AccessToken(background(), id)
	require.NoError(t, err)
	assert.Equal(t, before.Tokens.Access, token)
	_, err = e.Refresh(background(), id)
	require.NoError(t, err)
}

// The state that comes back is the one that the last attempt left.
func TestResumeBringsTheStateOfTheLastOutcomeBack(t *testing.T) {
	for outcome, state := range map[string]auth.State{
		"ok":                   auth.StateActive,
		"network_unreachable":  auth.StateActive,
		"invalid_grant":        auth.StateNeedsSignIn,
		"refused_twice":        auth.StateNeedsSignIn,
		"invalid_client":       auth.StateNeedsAttention,
		auth.CodeRevokeQueued:  auth.StateActive,
		auth.CodeRevokeRefused: auth.StateActive,
	} {
		t.Run(outcome, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{})
			id := r.stored(func(rec *auth.Record) {
				rec.Status.State, rec.Status.LastOutcome, rec.Status.Failures = state, outcome, 3
			}).Authorization.ID
			require.NoError(t, r.engine.Pause(background(), id))
			require.NoError(t, r.engine.Resume(background(), id))
			after := r.row(id).Status
			assert.Equal(t, state, after.State)
			assert.Equal(t, outcome, after.LastOutcome)
			assert.Equal(t, 3, after.Failures, "a pause is no success")
			assert.Empty(t, r.server.Requests(""))
		})
	}
}

// A refresh whose end is not known stays so over a pause: the token counts as
// presented when it is resumed.
func TestPauseKeepsAnUnknownOutcome(t *testing.T) {
	for _, state := range []auth.State{auth.StateUnknown, auth.StateRefreshing} {
		r := newRig(t, authtest.EvilasParams{Rotation: authtest.RotateGrace, Grace: time.Hour})
		id := r.stored(func(rec *auth.Record) { rec.Status.State, rec.Status.LastOutcome = state, "cut_off" }).Authorization.ID
		r.store.PutAttempt(id, auth.Attempt{Kind: auth.AttemptRefresh, Presented: 1})
		require.NoError(t, r.engine.Pause(background(), id))
		e := r.another(authtest.BrowserIgnore)
		interrupted, err := r.store.Interrupted(background())
		require.NoError(t, err)
		require.Empty(t, interrupted, "the next start would go on with it")
		_, err = e.Refresh(background(), id)
		require.Error(t, err)
		require.Zero(t, r.posts())
		open, unfinished, err := r.store.OpenAttempt(background(), id)
		require.NoError(t, err)
		require.True(t, unfinished)
		require.Equal(t, 1, open.Presented)

		r.server.Script(authtest.PathToken, authtest.Answer{NoAnswer: true})
		ended := r.calls("EndAttempt")
		require.NoError(t, e.Resume(background(), id))
		<-ended // of the one more try
		e.Close()
		assert.Equal(t, 1, r.posts())
		assert.Equal(t, auth.StateNeedsSignIn, r.row(id).Status.State, "the token was presented twice in vain")
	}
}

// A pause that meets a refresh under way waits for it: its tokens are kept.
func TestPauseWaitsForARefresh(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
	before := r.stored(nil)
	id := before.Authorization.ID
	hold := make(chan struct{})
	r.server.Script(authtest.PathToken, authtest.Answer{Apply: true, Hold: hold})
	calls := make(chan string, 100)
	r.store.Fault = func(method string) error {
		calls <- method
		return nil
	}
	refreshed, paused := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := r.engine.Refresh(background(), id)
		refreshed <- err
	}()
	for <-calls != "BeginAttempt" {
	}
	another := r.another(authtest.BrowserIgnore)
	go func() { paused <- another.Pause(background(), id) }()
	for <-calls != "Lock" {
	}
	assert.NotEqual(t, auth.StatePaused, r.row(id).Status.State)
	close(hold)
	require.NoError(t, <-refreshed)
	require.NoError(t, <-paused)
	after := r.row(id)
	assert.Equal(t, auth.StatePaused, after.Status.State)
	assert.NotEqual(t, before.Tokens.Refresh, after.Tokens.Refresh)
}

// A sign-in that was open when the pause began sends no code.
func TestPauseEndsAnOpenSignIn(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	id := r.stored(nil).Authorization.ID
	s, err := r.engine.Reauthorize(background(), id, auth.ReauthorizeOptions{})
	require.NoError(t, err)
	require.NoError(t, r.another(authtest.BrowserIgnore).Pause(background(), id), "another process knows nothing of the sign-in")
	_, err = r.signIn(s)
	assert.Equal(t, auth.CodePaused, asFailure(t, err).Code)
	assert.Zero(t, r.posts())
	assert.Equal(t, auth.StatePaused, r.row(id).Status.State)

	require.NoError(t, r.engine.Resume(background(), id))
	s, err = r.engine.Reauthorize(background(), id, auth.ReauthorizeOptions{})
	require.NoError(t, err)
	require.NoError(t, r.engine.Pause(background(), id))
	_, err = s.Wait(background())
	require.Error(t, err)
	assert.Equal(t, auth.StatePaused, r.row(id).Status.State)
}

// A sign-in whose answer comes during the pause is ended too: neither waits for
// the other.
func TestPauseMeetsAnAnswer(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	id := r.stored(nil).Authorization.ID
	s, err := r.engine.Reauthorize(background(), id, auth.ReauthorizeOptions{})
	require.NoError(t, err)
	asked := make(chan struct{}) // the sign-in has asked for the lock
	var answer, ask sync.Once
	var answered atomic.Bool
	r.store.Fault = func(method string) error {
		switch method {
		case "SetState": // the pause holds the lock
			answer.Do(func() {
				answered.Store(true)
				assert.NoError(t, s.OpenBrowser(background()))
				<-asked
			})
		case "Lock":
			if answered.Load() {
				ask.Do(func() { close(asked) })
			}
		}
		return nil
	}
	paused := make(chan error, 1)
	go func() { paused <- r.engine.Pause(background(), id) }()
	select {
	case err := <-paused:
		require.NoError(t, err)
	case <-time.After(20 * time.Second):
		require.Fail(t, "the pause waits for the sign-in, which waits for the pause")
	}
	_, err = s.Wait(background())
	require.Error(t, err)
	assert.Equal(t, auth.StatePaused, r.row(id).Status.State)
	assert.Zero(t, r.posts())
}

func TestThereIsNothingToPause(t *testing.T) {
	for name, edit := range map[string]func(*auth.Record){
		"never authorized": func(rec *auth.Record) {
			rec.Tokens, rec.Status = auth.Tokens{}, auth.Status{State: auth.StateNeverAuthorized}
		},
		"waiting": func(rec *auth.Record) { rec.Tokens, rec.Status = auth.Tokens{}, auth.Status{State: auth.StateWaiting} },
		"revoked": func(rec *auth.Record) { rec.Status.State, rec.Status.LastOutcome = auth.StateRevoked, "revoked" },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{})
			before := r.stored(edit)
			asFailure(t, r.engine.Pause(background(), before.Authorization.ID))
			assert.Equal(t, before, r.row(before.Authorization.ID))
			d, err := r.engine.Detail(background(), before.Authorization.ID)
			require.NoError(t, err)
			assert.False(t, d.CanPause)
		})
	}
	r := newRig(t, authtest.EvilasParams{})
	assert.Equal(t, auth.CodeNotFoundHere, asFailure(t, r.engine.Pause(background(), "gone")).Code)
}

// A pasted refresh token that has brought nothing yet can be paused too.
func TestResumeOfATokenThatWasNeverUsed(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	id := r.stored(func(rec *auth.Record) {
		rec.Authorization.Grant, rec.Tokens.Access = auth.GrantRefreshToken, auth.Secret{}
		rec.Status.State, rec.Status.LastOutcome = auth.StateNeverAuthorized, ""
	}).Authorization.ID
	require.NoError(t, r.engine.Pause(background(), id))
	require.NoError(t, r.engine.Resume(background(), id))
	assert.Equal(t, auth.StateNeverAuthorized, r.row(id).Status.State)
}

// Resuming plans the next refresh, pausing takes the plan away.
func TestResumePlans(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	id := r.stored(func(rec *auth.Record) {
		rec.Authorization.AutoRefresh = true
		rec.Status.NextRefreshAt = time.Now().Add(time.Minute)
	}).Authorization.ID
	require.NoError(t, r.engine.Pause(background(), id))
	assert.True(t, r.row(id).Status.NextRefreshAt.IsZero())
	require.NoError(t, r.engine.Resume(background(), id))
	assert.False(t, r.row(id).Status.NextRefreshAt.IsZero())
}
