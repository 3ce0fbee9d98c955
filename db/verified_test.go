package db_test

import (
	"database/sql"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db/dbtest"
)

// A row that was verified a moment ago is read again when anyone else has
// written since: T58 and T54 hold between any two steps of a refresh.
func TestVerifiedRowsEndWithAnyOtherWrite(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	d := p.create(t)
	raw := p.raw(t)
	other := p.reopen(t)
	attempt := auth.Attempt{ID: "one", Kind: auth.AttemptRefresh, StartedAt: time.Now(), Presented: 1}
	tamper := func(t *testing.T, id string) {
		t.Helper()
		_, err := raw.Exec("UPDATE authorization_configs SET endpoints = replace(endpoints, 'login.example.com', 'login.evil.com') WHERE id = ?", id)
		require.NoError(t, err)
	}
	for name, c := range map[string]struct {
		between func(t *testing.T, id string)
		want    error
	}{
		"changed outside": {tamper, auth.ErrChangedOutside},
		"refreshed by another process": {func(t *testing.T, id string) {
			t.Helper()
			require.NoError(t, other.CommitGrant(ctx, id, 1, dbtest.Grantee()))
		}, auth.ErrStale},
		"deleted by another process": {func(t *testing.T, id string) {
			t.Helper()
			require.NoError(t, other.Delete(ctx, id, false, time.Now()))
		}, auth.ErrStale},
		"deleted here": {func(t *testing.T, id string) {
			t.Helper()
			require.NoError(t, d.Delete(ctx, id, false, time.Now()))
		}, auth.ErrStale},
		"refreshed here": {func(t *testing.T, id string) {
			t.Helper()
			require.NoError(t, d.CommitGrant(ctx, id, 1, dbtest.Grantee()))
		}, auth.ErrStale},
	} {
		t.Run(name, func(t *testing.T) {
			a, _ := dbtest.CreateActive(t, d)
			_, err := d.Load(ctx, a.ID)
			require.NoError(t, err)
			c.between(t, a.ID)
			require.ErrorIs(t, d.BeginAttempt(ctx, a.ID, 1, attempt), c.want, "between reading and the intent")

			b, _ := dbtest.CreateActive(t, d)
			require.NoError(t, d.BeginAttempt(ctx, b.ID, 1, attempt))
			c.between(t, b.ID)
			require.ErrorIs(t, d.CommitGrant(ctx, b.ID, 1, dbtest.Grantee()), c.want, "between the intent and the tokens")
		})
	}
}

// What a write leaves verified is what it wrote: steps that follow each other
// give the same rows as when each reads anew.
func TestVerifiedRowsAreAsStored(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	a, _ := dbtest.CreateActive(t, d)
	next := time.UnixMilli(1_900_000_000_000).UTC()
	for _, step := range []func() error{
		func() error { return d.Rename(ctx, a.ID, "renamed", "notes") },
		func() error { return d.SetRefreshRule(ctx, a.ID, 1, true, 4, next) },
		func() error {
			return d.BeginAttempt(ctx, a.ID, 1, auth.Attempt{ID: "x", Kind: auth.AttemptRefresh, StartedAt: next, Presented: 1})
		},
		func() error {
			return d.EndAttempt(ctx, a.ID, 1, auth.Ending{State: auth.StateActive, Outcome: "timeout", Failures: 1, Next: next})
		},
		func() error {
			return d.BeginAttempt(ctx, a.ID, 1, auth.Attempt{ID: "y", Kind: auth.AttemptRefresh, StartedAt: next, Presented: 2})
		},
		func() error {
			return d.CommitGrant(ctx, a.ID, 1, dbtest.Grantee(func(g *auth.Grantee) { g.Tokens.Refresh, g.Status.Refreshes = auth.Secret{}, 1 }))
		},
		func() error {
			return d.SetState(ctx, a.ID, 2, auth.Ending{State: auth.StatePaused, Outcome: auth.OutcomeOK})
		},
	} {
		require.NoError(t, step())
		marked, err := d.Verify(ctx) // on another connection, which only reads
		require.NoError(t, err)
		require.Zero(t, marked)
	}
	r, err := d.Load(ctx, a.ID)
	require.NoError(t, err)
	assert.Equal(t, "renamed", r.Authorization.Name)
	assert.Equal(t, 3, r.RefreshesLeft())
	assert.Equal(t, auth.StatePaused, r.Status.State)
	assert.False(t, r.Tokens.Refresh.Empty())
}

// What is kept of a row is what a reader would get, the parts included that no
// seal covers.
func TestRowsThatAreKeptAreAsStored(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	d := p.create(t)
	other := p.reopen(t)
	a, _ := dbtest.CreateActive(t, d)
	for name, step := range map[string]func() error{
		"used": func() error { return d.Touch(ctx, a.ID, time.UnixMilli(1_800_000_000_000)) },
		"handed out": func() error {
			return d.AddActivity(ctx, []auth.ActivityEntry{{
				At: time.UnixMilli(1_900_000_000_000), Kind: auth.WordHandOut, AuthorizationID: a.ID, Outcome: auth.OutcomeOK, Count: 1,
			}})
		},
		"refreshed": func() error {
			r, err := d.Load(ctx, a.ID)
			require.NoError(t, err)
			return d.CommitGrant(ctx, a.ID, r.Status.Generation, dbtest.Grantee())
		},
		"renamed by another process": func() error { return other.Rename(ctx, a.ID, "renamed", "notes") },
		"nothing":                    func() error { return nil },
	} {
		require.NoError(t, step(), name)
		here, err := d.Load(ctx, a.ID)
		require.NoError(t, err)
		again, err := d.Load(ctx, a.ID)
		require.NoError(t, err)
		there, err := p.reopen(t).Load(ctx, a.ID)
		require.NoError(t, err)
		assert.Equal(t, there, here, name)
		assert.Equal(t, there, again, name)
		// Whoever read the row may change what he got.
		again.Authorization.Params["tenant"], again.Authorization.Scopes[0] = "evil", "evil"
	}
}

func TestLoadDoesNotWaitForAWriter(t *testing.T) {
	t.Parallel()
	d := newPlace(t).create(t)
	a, _ := dbtest.CreateActive(t, d)
	_, err := d.Load(ctx, a.ID)
	require.NoError(t, err)
	require.NoError(t, d.Write(ctx, func(*sql.Tx) error {
		_, err := d.Load(ctx, a.ID)
		return err
	}))
}
