package db_test

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db/dbtest"
)

// R07: on a full disk the intent can't be committed, so that nothing is sent;
// the error says what to do, the row is as before, and it works again as soon
// as there is room.
func TestFullDisk(t *testing.T) {
	d := dbtest.Open(t)
	a, _ := dbtest.CreateActive(t, d)
	before, err := d.Load(ctx, a.ID)
	require.NoError(t, err)
	attempt := auth.Attempt{ID: "one", Kind: auth.AttemptRefresh, StartedAt: time.Now(), Presented: 1}
	require.NoError(t, d.Write(ctx, func(tx *sql.Tx) error {
		// Pages that an earlier version used are used up first.
		_, err := tx.Exec("CREATE TABLE filling AS SELECT zeroblob(freelist_count * 4096) AS filling FROM pragma_freelist_count")
		if err != nil {
			return err
		}
		var pages int
		if err := tx.QueryRow("PRAGMA page_count").Scan(&pages); err != nil {
			return err
		}
		_, err = tx.Exec(fmt.Sprintf("PRAGMA max_page_count = %d", pages))
		return err
	}))

	err = d.BeginAttempt(ctx, a.ID, 1, attempt)
	require.ErrorIs(t, err, auth.ErrStorage)
	assert.Contains(t, err.Error(), "disk is full")
	after, err := d.Load(ctx, a.ID)
	require.NoError(t, err)
	assert.Equal(t, before.Status, after.Status)
	_, open, err := d.OpenAttempt(ctx, a.ID)
	require.NoError(t, err)
	assert.False(t, open)

	require.NoError(t, d.BeginAttempt(ctx, a.ID, 1, attempt), "a new connection has the room again")
	got, open, err := d.OpenAttempt(ctx, a.ID)
	require.NoError(t, err)
	assert.True(t, open)
	assert.Equal(t, 1, got.Presented)
	assert.Equal(t, attempt.StartedAt.UnixMilli(), got.StartedAt.UnixMilli())
	require.NoError(t, d.EndAttempt(ctx, a.ID, 1, auth.Ending{State: auth.StateUnknown, Outcome: "interrupted", Failures: 1}))
	_, open, err = d.OpenAttempt(ctx, a.ID)
	require.NoError(t, err)
	assert.True(t, open, "an unknown end stays open")
	ids, err := d.Interrupted(ctx)
	require.NoError(t, err)
	assert.Equal(t, []string{a.ID}, ids)
	require.NoError(t, d.CommitGrant(ctx, a.ID, 1, dbtest.Grantee(func(g *auth.Grantee) { g.Tokens.Refresh = auth.Secret{} })))
	r, err := d.Load(ctx, a.ID)
	require.NoError(t, err)
	assert.True(t, r.Tokens.Refresh.Equal(before.Tokens.Refresh), "an empty refresh token keeps the stored one")
	_, open, err = d.OpenAttempt(ctx, a.ID)
	require.NoError(t, err)
	assert.False(t, open)
	require.ErrorIs(t, d.CommitGrant(ctx, a.ID, 1, dbtest.Grantee()), auth.ErrStale)
	require.ErrorIs(t, d.BeginAttempt(ctx, a.ID, 1, attempt), auth.ErrStale)
}
