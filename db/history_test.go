package db_test

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db"
	"tokenwell/db/dbtest"
)

// historyOf returns the words and outcomes of a history.
func historyOf(t *testing.T, d *db.DB, id string) []string {
	t.Helper()
	events, err := d.History(ctx, id)
	require.NoError(t, err)
	var lines []string
	for _, e := range events {
		assert.WithinDuration(t, time.Now(), e.At, time.Minute)
		lines = append(lines, string(e.Kind)+" "+e.Outcome)
	}
	return lines
}

func TestHistory(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	d := p.create(t)
	a := dbtest.Create(t, d)
	begin := func(gen int64, kind auth.AttemptKind) {
		t.Helper()
		require.NoError(t, d.BeginAttempt(ctx, a.ID, gen, auth.Attempt{ID: "x", Kind: kind, StartedAt: time.Now(), Presented: 1}))
	}
	end := func(gen int64, state auth.State, outcome string) {
		t.Helper()
		require.NoError(t, d.EndAttempt(ctx, a.ID, gen, auth.Ending{State: state, Outcome: outcome}))
	}
	set := func(gen int64, state auth.State, outcome string) {
		t.Helper()
		require.NoError(t, d.SetState(ctx, a.ID, gen, auth.Ending{State: state, Outcome: outcome}))
	}
	set(0, auth.StateWaiting, "waiting")
	set(0, auth.StateNeverAuthorized, "access_denied")
	begin(0, auth.AttemptExchange)
	require.NoError(t, d.CommitGrant(ctx, a.ID, 0, dbtest.Grantee()))
	begin(1, auth.AttemptRefresh)
	end(1, auth.StateUnknown, "timeout")
	require.NoError(t, d.CommitGrant(ctx, a.ID, 1, dbtest.Grantee()))
	begin(2, auth.AttemptAsk)
	end(2, auth.StateActive, "invalid_grant")
	begin(2, auth.AttemptExchange)
	end(2, auth.StateActive, auth.OutcomeOK) // cut off: as it was before
	require.NoError(t, d.SetRefreshRule(ctx, a.ID, 2, true, 0, time.Time{}))
	set(2, auth.StatePaused, auth.OutcomeOK)
	set(2, auth.StateActive, auth.OutcomeOK)
	require.NoError(t, d.Rename(ctx, a.ID, "another name", ""))
	set(2, auth.StateRevoked, "revoked")
	require.NoError(t, d.Remember(ctx, a.ID, auth.HistoryEvent{At: time.Now(), Kind: auth.WordTest, Outcome: "forbidden"}))
	want := []string{
		"test forbidden", "revoke ok", "rename ok", "resume ok", "pause ok", "rule ok", "sign_in interrupted", "ask invalid_grant",
		"refresh ok", "refresh timeout", "sign_in ok", "sign_in access_denied", "created ok",
	}
	assert.Equal(t, want, historyOf(t, d, a.ID))
	require.ErrorIs(t, d.CommitGrant(ctx, a.ID, 1, dbtest.Grantee()), auth.ErrStale)
	assert.Equal(t, want, historyOf(t, d, a.ID), "what did not happen is not told")
	require.NoError(t, d.Close())
	assert.Equal(t, want, historyOf(t, p.reopen(t), a.ID))
}

func TestHistoryIsShortAndEndsWithItsRow(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	d := p.create(t)
	other := dbtest.Create(t, d)
	a := dbtest.Create(t, d)
	for i := range 3 * auth.HistoryLength {
		require.NoError(t, d.Remember(ctx, a.ID, auth.HistoryEvent{At: time.Now(), Kind: auth.WordTest, Outcome: fmt.Sprint(i)}))
	}
	lines := historyOf(t, d, a.ID)
	require.Len(t, lines, auth.HistoryLength)
	assert.Equal(t, fmt.Sprint("test ", 3*auth.HistoryLength-1), lines[0])
	count := func() (n int) {
		t.Helper()
		require.NoError(t, p.raw(t).QueryRow("SELECT count(*) FROM events").Scan(&n))
		return n
	}
	assert.LessOrEqual(t, count(), auth.HistoryLength+10+1)
	require.NoError(t, d.Delete(ctx, a.ID, false, time.Now()))
	_, err := d.History(ctx, a.ID)
	require.ErrorIs(t, err, auth.ErrNotFound)
	_, err = d.Purge(ctx, time.Now().Add(time.Second))
	require.NoError(t, err)
	assert.Equal(t, 1, count(), "only the other row's")
	assert.Len(t, historyOf(t, d, other.ID), 1)
	require.ErrorIs(t, d.Remember(ctx, a.ID, auth.HistoryEvent{}), auth.ErrNotFound)
	require.ErrorIs(t, d.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec("INSERT INTO events VALUES (999, 1, 0, '', '')")
		return err
	}), auth.ErrStorage, "no events without a row")
}
