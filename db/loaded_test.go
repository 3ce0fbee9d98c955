package db_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db"
	"tokenwell/db/dbtest"
)

// T58: that a row was loaded before does not hide what was changed since.
func TestLoadedRowChangedOutside(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	d := p.create(t)
	raw := p.raw(t)
	for _, edit := range []string{
		"UPDATE authorization_configs SET endpoints = replace(endpoints, 'login.example.com', 'login.evil.com') WHERE id = ?",
		"UPDATE authorization_configs SET handout = '{}' WHERE id = ?",
		"UPDATE authorizations SET expires_at = expires_at + 1 WHERE id = ?",
		"UPDATE authorizations SET purge_at = 1 WHERE id = ?",
		"UPDATE authorization_status SET hand_out = 1 - hand_out WHERE id = ?",
		"UPDATE tokens SET sealed = (SELECT sealed FROM tokens AS other WHERE other.id <> tokens.id) WHERE id = ?",
		"DELETE FROM tokens WHERE id = ?",
	} {
		t.Run(edit, func(t *testing.T) {
			dbtest.CreateActive(t, d)
			a, _ := dbtest.CreateActive(t, d)
			for range 3 {
				_, err := d.Load(ctx, a.ID)
				require.NoError(t, err)
			}
			_, err := raw.Exec(edit, a.ID)
			require.NoError(t, err)
			_, err = d.Load(ctx, a.ID)
			require.ErrorIs(t, err, auth.ErrChangedOutside)

			a, _ = dbtest.CreateActive(t, d)
			for range 3 {
				_, err := d.Peek(ctx, a.ID)
				require.NoError(t, err)
			}
			_, err = raw.Exec(edit, a.ID)
			require.NoError(t, err)
			require.Eventually(t, func() bool { // what another has done a moment ago need not be seen
				_, err = d.Peek(ctx, a.ID)
				return err != nil
			}, time.Second, time.Millisecond)
			require.ErrorIs(t, err, auth.ErrChangedOutside)
		})
	}
}

// A row that is loaded again is the row as it is now, whoever changed it, and
// nobody gets what another caller made of it.
func TestLoadedRowIsTheRow(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	d := p.create(t)
	other := p.reopen(t)
	a, g := dbtest.CreateActive(t, d)
	require.NoError(t, d.SetHandOutRule(ctx, a.ID, someRule()))
	first, err := d.Load(ctx, a.ID)
	require.NoError(t, err)
	read, err := d.Read(ctx, a.ID)
	require.NoError(t, err)
	assert.Equal(t, first, read)
	again, err := d.Load(ctx, a.ID)
	require.NoError(t, err)
	require.Equal(t, first, again)
	assert.True(t, again.Tokens.Access.Equal(g.Tokens.Access))
	assert.True(t, again.Authorization.ClientSecret.Equal(a.ClientSecret))

	again.Authorization.Params["tenant"], again.Authorization.Scopes[0] = "evil", "evil"
	again.Rule.Hosts[0], again.Rule.Programs[0].Path, again.Status.Granted[0] = "evil", "evil", "evil"
	third, err := d.Load(ctx, a.ID)
	require.NoError(t, err)
	require.Equal(t, first, third)

	require.NoError(t, d.SetState(ctx, a.ID, 1, auth.Ending{State: auth.StatePaused, Outcome: auth.OutcomeOK}))
	now, err := d.Load(ctx, a.ID)
	require.NoError(t, err)
	assert.Equal(t, auth.StatePaused, now.Status.State)
	require.NoError(t, other.CommitGrant(ctx, a.ID, 1, dbtest.Grantee()))
	now, err = d.Load(ctx, a.ID)
	require.NoError(t, err)
	assert.EqualValues(t, 2, now.Status.Generation)
	assert.False(t, now.Tokens.Access.Equal(g.Tokens.Access))

	// What was loaded serves the steps of a refresh.
	_, err = d.Load(ctx, a.ID)
	require.NoError(t, err)
	require.NoError(t, d.BeginAttempt(ctx, a.ID, 2, auth.Attempt{ID: "a", Kind: auth.AttemptRefresh, StartedAt: time.Now(), Presented: 1}))
	require.NoError(t, d.CommitGrant(ctx, a.ID, 2, dbtest.Grantee()))
	now, err = d.Load(ctx, a.ID)
	require.NoError(t, err)
	assert.EqualValues(t, 3, now.Status.Generation)

	d.Vault().Lock()
	_, err = d.Load(ctx, a.ID)
	require.ErrorIs(t, err, auth.ErrVaultLocked)
	require.NoError(t, d.Vault().Unlock(ctx, auth.Secret{}))
	_, err = d.Load(ctx, a.ID)
	require.NoError(t, err)
	require.NoError(t, d.Delete(ctx, a.ID, false, time.Now()))
	_, err = d.Load(ctx, a.ID)
	require.ErrorIs(t, err, auth.ErrNotFound)
}

// Whoever asks after a commit has returned gets what it stored, whichever process
// it was that committed.
func TestLoadedRowsAreNeverOld(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	d := p.create(t)
	stores := []*db.DB{d, p.reopen(t)}
	a, _ := dbtest.CreateActive(t, d)
	var committed atomic.Int64
	committed.Store(1)
	done := make(chan struct{})
	var readers sync.WaitGroup
	for i := range 6 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				least := committed.Load()
				r, err := stores[i%2].Load(ctx, a.ID)
				if !assert.NoError(t, err) || !assert.GreaterOrEqual(t, r.Status.Generation, least) {
					return
				}
				id, err := stores[i%2].IDOf(ctx, a.Name)
				if !assert.NoError(t, err) || !assert.Equal(t, a.ID, id) {
					return
				}
			}
		})
	}
	defer readers.Wait()
	defer close(done)
	for gen := int64(1); gen <= 100; gen++ {
		require.NoError(t, stores[gen/7%2].CommitGrant(ctx, a.ID, gen, dbtest.Grantee()))
		committed.Store(gen + 1)
	}
}

// Nor does who counts rows meanwhile make anybody see old ones.
func TestLoadedRowsWhileOthersCount(t *testing.T) {
	t.Parallel()
	d := newPlace(t).create(t)
	a, _ := dbtest.CreateActive(t, d)
	done := make(chan struct{})
	var counting sync.WaitGroup
	for range 3 {
		counting.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if _, err := d.Activity(ctx, auth.ActivityQuery{}); !assert.NoError(t, err) {
					return
				}
			}
		})
	}
	defer counting.Wait()
	defer close(done)
	for gen := int64(1); gen <= 200; gen++ {
		_, err := d.Load(ctx, a.ID)
		require.NoError(t, err)
		require.NoError(t, d.CommitGrant(ctx, a.ID, gen, dbtest.Grantee()))
		r, err := d.Load(ctx, a.ID)
		require.NoError(t, err)
		require.Equal(t, gen+1, r.Status.Generation)
	}
}

// What hands tokens out sees the row without its other secrets, what this process
// has committed at once, and what another has committed very soon.
func TestPeek(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	d := p.create(t)
	other := p.reopen(t)
	a, g := dbtest.CreateActive(t, d)
	whole, err := d.Load(ctx, a.ID)
	require.NoError(t, err)
	require.False(t, whole.Authorization.ClientSecret.Empty())
	d.Vault().Lock() // forgets what was loaded
	require.NoError(t, d.Vault().Unlock(ctx, auth.Secret{}))
	for range 3 { // read, then kept
		peeked, err := d.Peek(ctx, a.ID)
		require.NoError(t, err)
		assert.True(t, peeked.Tokens.Access.Equal(g.Tokens.Access))
		assert.True(t, peeked.Authorization.ClientSecret.Empty())
		assert.Empty(t, peeked.Authorization.Values)
		assert.Equal(t, whole.Status, peeked.Status)
		assert.Equal(t, whole.Rule, peeked.Rule)
		assert.Equal(t, whole.Authorization.Scopes, peeked.Authorization.Scopes)
		peeked.Authorization.Scopes[0] = "changed by who got it"
	}

	for generation := int64(1); generation < 50; generation++ {
		require.NoError(t, d.CommitGrant(ctx, a.ID, generation, dbtest.Grantee()))
		peeked, err := d.Peek(ctx, a.ID)
		require.NoError(t, err)
		require.Equal(t, generation+1, peeked.Status.Generation, "of this process")
	}
	require.NoError(t, other.SetState(ctx, a.ID, 50, auth.Ending{State: auth.StatePaused, Outcome: auth.OutcomeOK}))
	require.Eventually(t, func() bool {
		peeked, err := d.Peek(ctx, a.ID)
		return assert.NoError(t, err) && peeked.Status.State == auth.StatePaused
	}, time.Second, 5*time.Millisecond)

	d.Vault().Lock()
	_, err = d.Peek(ctx, a.ID)
	require.ErrorIs(t, err, auth.ErrVaultLocked)
	require.NoError(t, d.Vault().Unlock(ctx, auth.Secret{}))
	require.NoError(t, d.Delete(ctx, a.ID, false, time.Now()))
	_, err = d.Peek(ctx, a.ID)
	require.ErrorIs(t, err, auth.ErrNotFound)
}
