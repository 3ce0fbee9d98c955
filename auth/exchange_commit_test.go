package auth_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// heldRefresh begins a refresh whose reply is held back, and lets meanwhile
// happen before it comes.
func heldRefresh(r *rig, e *auth.Engine, id string, meanwhile func()) error {
	r.Helper()
	reply := make(chan struct{})
	r.server.Script(authtest.PathToken, authtest.Answer{Apply: true, Hold: reply})
	begun := r.events(e, auth.EventRefreshing, id)
	failed := make(chan error, 1)
	go func() {
		_, err := e.Refresh(background(), id)
		failed <- err
	}()
	<-begun
	meanwhile()
	close(reply)
	return <-failed
}

// Tokens that come late while newer ones of what may be the same grant are in
// use are left alone: to revoke them would end both at most services.
func TestLateTokensSpareNewerOnesOfTheirGrant(t *testing.T) {
	newer := func(refreshes int, state auth.State) func(*auth.Record) {
		return func(r *auth.Record) {
			r.Status.Generation, r.Status.Refreshes, r.Status.State = 2, refreshes, state
			r.Tokens.Access, r.Tokens.Refresh = auth.NewSecret("TWSENT-newer-access"), auth.NewSecret("TWSENT-newer-refresh")
		}
	}
	perSignIn := quirkOf(auth.QuirkGrantPerSignIn)
	for name, test := range map[string]struct {
		quirks []auth.Quirk
		now    func(*auth.Record)
		queued int
	}{
		"a grant for all sign-ins":       {nil, newer(0, auth.StateActive), 0},
		"a refresh of the same sign-in":  {[]auth.Quirk{perSignIn}, newer(3, auth.StateActive), 0},
		"another sign-in, its own grant": {[]auth.Quirk{perSignIn}, newer(0, auth.StateActive), 2},
		"what is there is revoked":       {nil, newer(0, auth.StateRevoked), 2},
		"what is there is over":          {nil, newer(3, auth.StateNeedsSignIn), 2},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{})
			before := r.stored(nil)
			e := r.another(authtest.BrowserIgnore, test.quirks...)
			err := heldRefresh(r, e, before.Authorization.ID, func() {
				now := before
				test.now(&now)
				r.store.Put(now)
			})
			require.ErrorIs(t, err, auth.ErrStale)
			assert.Len(t, r.store.Revocations(), test.queued)
			assert.Equal(t, "TWSENT-newer-refresh", r.row(before.Authorization.ID).Tokens.Refresh.Reveal())
		})
	}
}

// A row that was changed outside takes no tokens, but the refresh token that the
// service gave up for them is gone: they wait until the row is in order again.
func TestTokensForARowThatWasChangedOutsideWait(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
	before := r.stored(nil)
	id := before.Authorization.ID
	err := heldRefresh(r, r.engine, id, func() { r.store.ChangeOutside(id) })
	require.ErrorIs(t, err, auth.ErrChangedOutside)
	assert.Empty(t, r.store.Revocations())
	require.Equal(t, 1, r.store.Spills())
	_, err = r.store.DrainSpills(background())
	require.NoError(t, err)
	require.Equal(t, 1, r.store.Spills(), "still changed")

	r.store.Put(before)
	require.NoError(t, r.another(authtest.BrowserIgnore).Start(background()))
	assert.Zero(t, r.store.Spills())
	assert.True(t, r.server.Alive(r.row(id).Tokens.Refresh.Reveal()))
}

// A commit whose answer was lost, but which was done, is no late one.
func TestCommitThatWasDoneAfterAllIsNoLateOne(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
	before := r.stored(nil)
	id := before.Authorization.ID
	store := &lossyStore{MemStore: r.store}
	catalog, err := authtest.Catalog()
	require.NoError(t, err)
	e, err := auth.New(auth.Params{
		Store: store, Vault: r.store.Vault(), Catalog: catalog, Wire: auth.NewWire(auth.WireParams{}),
		Browser: authtest.NewBrowser(t, authtest.BrowserIgnore, nil), Now: time.Now,
	})
	require.NoError(t, err)
	t.Cleanup(e.Close)
	_, err = e.Refresh(background(), id)
	require.NoError(t, err)
	assert.Empty(t, r.store.Revocations())
	assert.True(t, r.server.Alive(r.row(id).Tokens.Refresh.Reveal()))
}

// A sign-in that the user gave up is no failure in a row.
func TestCancelledSignInIsNoFailure(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	s, err := r.engine.Authorize(background(), r.draft("Sales"))
	require.NoError(t, err)
	s.Cancel()
	after := r.row(s.ID()).Status
	assert.Equal(t, auth.StateNeverAuthorized, after.State)
	assert.Zero(t, after.Failures)
	assert.Equal(t, auth.CodeCancelled, after.LastOutcome)
}

// lossyStore does the first commit and reports that the disk failed.
type lossyStore struct {
	*authtest.MemStore
	lost bool
}

func (s *lossyStore) CommitGrant(ctx context.Context, id string, gen int64, g auth.Grantee) error {
	err := s.MemStore.CommitGrant(ctx, id, gen, g)
	if err == nil && !s.lost {
		s.lost = true
		return auth.ErrStorage
	}
	return err
}
