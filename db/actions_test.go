package db_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
	"tokenwell/db/dbtest"
)

// A pause is kept on the disk, and with it when and how the last attempt ended.
func TestPauseSurvivesAReopen(t *testing.T) {
	t.Parallel()
	r := newProtocolRig(t)
	store := r.open()
	e := r.engine(store, store.Vault())
	ctx := t.Context()
	a := dbtest.Create(t, store)
	require.NoError(t, store.CommitGrant(ctx, a.ID, 0, dbtest.Grantee()))
	before, err := store.Load(ctx, a.ID)
	require.NoError(t, err)
	require.NoError(t, e.Pause(ctx, a.ID))
	e.Close()
	require.NoError(t, store.Close())

	again := r.open()
	e = r.engine(again, again.Vault())
	_, err = e.AccessToken(ctx, a.ID)
	require.Error(t, err)
	counts, err := again.CountStates(ctx, time.Now())
	require.NoError(t, err)
	assert.Equal(t, 1, counts[auth.StatePaused])
	require.NoError(t, e.Resume(ctx, a.ID))
	after, err := again.Load(ctx, a.ID)
	require.NoError(t, err)
	assert.Equal(t, before.Status, after.Status, "a pause leaves no trace but in the history")
	events, err := again.History(ctx, a.ID)
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(events), 2)
	assert.Equal(t, auth.WordResume, events[0].Kind)
	assert.Equal(t, auth.WordPause, events[1].Kind)
}

// T39: what could not be revoked is sent after a restart, with all that the
// client needs for it, and the row says so.
func TestAQueuedRevocationSurvivesAReopen(t *testing.T) {
	t.Parallel()
	r := newProtocolRig(t)
	server := authtest.NewEvilas(t, authtest.EvilasParams{})
	store := r.open()
	e := r.engine(store, store.Vault())
	ctx := t.Context()
	refresh := server.Grant("read")
	a := dbtest.Create(t, store, func(a *auth.Authorization) {
		a.Endpoints, a.Headers = server.Endpoints(), map[string]string{"X-Tenant": "contoso"}
	})
	require.NoError(t, store.CommitGrant(ctx, a.ID, 0, dbtest.Grantee(func(g *auth.Grantee) { g.Tokens.Refresh = auth.NewSecret(refresh) })))
	server.Script(authtest.PathRevoke, authtest.JSON(503, ""))
	outcome, err := e.Revoke(ctx, a.ID)
	require.NoError(t, err)
	assert.Equal(t, auth.RevokeQueued, outcome)
	e.Close()
	due, err := store.DueRevocations(ctx, time.Now().Add(time.Hour))
	require.NoError(t, err)
	require.Len(t, due, 2)
	for _, one := range due { // as if the pause were over
		one.NotBefore = time.Now().Add(-time.Second)
		require.NoError(t, store.QueueRevocation(ctx, one))
	}
	require.NoError(t, store.Close())

	again := r.open()
	e = r.engine(again, again.Vault())
	revoked := make(chan struct{}, 100)
	t.Cleanup(e.Subscribe(func(event auth.Event) {
		if record, err := again.Load(ctx, a.ID); err == nil && record.Status.State == auth.StateRevoked {
			revoked <- struct{}{}
		}
	}))
	require.NoError(t, e.Start(ctx))
	<-revoked
	assert.False(t, server.Alive(refresh))
	requests := server.Requests(authtest.PathRevoke)
	require.GreaterOrEqual(t, len(requests), 2)
	assert.Equal(t, "contoso", requests[1].Header.Get("X-Tenant"))
	assert.NotEmpty(t, requests[1].Header.Get("Authorization"))
}

// Who signed in is learnt after the tokens are stored: it takes nothing from
// them and is sealed with the rest.
func TestWhoSignedInIsStoredBesideTheTokens(t *testing.T) {
	t.Parallel()
	store := newProtocolRig(t).open()
	ctx := t.Context()
	a := dbtest.Create(t, store)
	require.NoError(t, store.CommitGrant(ctx, a.ID, 0, dbtest.Grantee()))
	before, err := store.Load(ctx, a.ID)
	require.NoError(t, err)
	require.ErrorIs(t, store.SetSignedInAs(ctx, a.ID, 0, "ana@example.test"), auth.ErrStale)
	require.NoError(t, store.SetSignedInAs(ctx, a.ID, 1, "ana@example.test"))
	after, err := store.Load(ctx, a.ID)
	require.NoError(t, err)
	before.Status.SignedInAs = "ana@example.test"
	assert.Equal(t, before, after)
}

// A sign-in that brought no tokens is not the last time that the stored ones
// were obtained.
func TestAFailedSignInKeepsTheTimeOfTheLastOutcome(t *testing.T) {
	t.Parallel()
	r := newProtocolRig(t)
	store := r.open()
	ctx := t.Context()
	a := dbtest.Create(t, store)
	require.NoError(t, store.CommitGrant(ctx, a.ID, 0, dbtest.Grantee()))
	before, err := store.Load(ctx, a.ID)
	require.NoError(t, err)
	for time.Now().UnixMilli() == before.Status.LastOutcomeAt.UnixMilli() { // times are stored in milliseconds
		runtime.Gosched()
	}
	require.NoError(t, store.BeginAttempt(ctx, a.ID, 1, auth.Attempt{ID: uuid.NewString(), Kind: auth.AttemptExchange, StartedAt: time.Now().UTC(), Presented: 1}))
	require.NoError(t, store.EndAttempt(ctx, a.ID, 1, auth.Ending{State: auth.StateActive, Outcome: auth.OutcomeOK}))
	after, err := store.Load(ctx, a.ID)
	require.NoError(t, err)
	assert.Equal(t, before.Status.LastOutcomeAt, after.Status.LastOutcomeAt)
}
