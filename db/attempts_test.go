package db_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db"
	"tokenwell/db/dbtest"
)

// The row of an attempt that has ended serves the next one; what is open is left
// alone, whoever opened it, and counts as open alone.
func TestRowsOfEndedAttemptsAreUsedAgain(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	d, other := p.create(t), p.reopen(t)
	raw := p.raw(t)
	rows := func() (n int) {
		t.Helper()
		require.NoError(t, raw.QueryRow("SELECT count(*) FROM refresh_attempts WHERE length(pad) > 4096").Scan(&n))
		return n
	}
	begin := func(d *db.DB, id string, gen int64) {
		t.Helper()
		require.NoError(t, d.BeginAttempt(ctx, id, gen, auth.Attempt{ID: "of " + id, Kind: auth.AttemptRefresh, StartedAt: time.Now(), Presented: 1}))
	}
	isOpen := func(id string) bool {
		t.Helper()
		a, open, err := d.OpenAttempt(ctx, id)
		require.NoError(t, err)
		assert.Equal(t, open, a.ID == "of "+id)
		return open
	}
	first, _ := dbtest.CreateActive(t, d)
	second, _ := dbtest.CreateActive(t, d)

	for gen := range int64(3) {
		begin(d, first.ID, gen+1)
		assert.True(t, isOpen(first.ID))
		require.NoError(t, d.CommitGrant(ctx, first.ID, gen+1, dbtest.Grantee()))
		assert.False(t, isOpen(first.ID))
		assert.Equal(t, 1, rows(), "written over by the same authorization")
	}
	begin(d, second.ID, 1)
	assert.True(t, isOpen(second.ID))
	assert.False(t, isOpen(first.ID))
	assert.Equal(t, 1, rows(), "taken by another")
	require.NoError(t, d.EndAttempt(ctx, second.ID, 1, auth.Ending{State: auth.StateActive, Outcome: "timeout"}))

	begin(other, second.ID, 1) // a row that d would hand on
	begin(d, first.ID, 4)
	assert.True(t, isOpen(first.ID))
	assert.True(t, isOpen(second.ID), "what another process has opened meanwhile is not taken")
	assert.Equal(t, 2, rows())
	require.NoError(t, d.EndAttempt(ctx, first.ID, 4, auth.Ending{State: auth.StateUnknown, Outcome: "timeout"}))
	third, _ := dbtest.CreateActive(t, d)
	begin(d, third.ID, 1)
	assert.True(t, isOpen(first.ID), "nor one whose end is not known")
	assert.Equal(t, 3, rows())
}

// However many attempts there are at a time, few rows stay.
func TestFewRowsOfEndedAttemptsStay(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	d := p.create(t)
	raw := p.raw(t)
	var ids []string
	for range 20 {
		a, _ := dbtest.CreateActive(t, d)
		ids = append(ids, a.ID)
		require.NoError(t, d.BeginAttempt(ctx, a.ID, 1, auth.Attempt{ID: "x", Kind: auth.AttemptRefresh, StartedAt: time.Now(), Presented: 1}))
	}
	for _, id := range ids {
		require.NoError(t, d.CommitGrant(ctx, id, 1, dbtest.Grantee()))
	}
	rows := func() (n int) {
		t.Helper()
		require.NoError(t, raw.QueryRow("SELECT count(*) FROM refresh_attempts").Scan(&n))
		return n
	}
	assert.Equal(t, 16, rows())

	d = p.reopen(t)
	a, _ := dbtest.CreateActive(t, d)
	require.NoError(t, d.BeginAttempt(ctx, a.ID, 1, auth.Attempt{ID: "x", Kind: auth.AttemptRefresh, StartedAt: time.Now(), Presented: 1}))
	assert.Equal(t, 16, rows(), "the next start of the program uses them too")
}
