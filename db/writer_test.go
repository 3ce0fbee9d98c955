package db_test

import (
	"database/sql"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db"
	"tokenwell/db/dbtest"
)

func TestACommitThatFailsLeavesNoTransactionOpen(t *testing.T) {
	t.Parallel()
	d := newPlace(t).create(t)
	a, _ := dbtest.CreateActive(t, d)
	err := d.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "PRAGMA defer_foreign_keys = ON"); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "UPDATE tokens SET id = 'nobody' WHERE id = ?", a.ID)
		return err
	})
	require.ErrorIs(t, err, auth.ErrStorage)
	require.NoError(t, d.Rename(ctx, a.ID, "renamed", ""))
	r, err := d.Load(ctx, a.ID)
	require.NoError(t, err)
	assert.Equal(t, "renamed", r.Authorization.Name)
	assert.False(t, r.Tokens.Access.Empty())
}

// A statement that stays compiled would keep the file open, and the write-ahead
// log with it.
func TestCloseLeavesNoLogBehind(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	d := p.create(t)
	a, _ := dbtest.CreateActive(t, d)
	require.NoError(t, d.BeginAttempt(ctx, a.ID, 1, auth.Attempt{ID: "one", Kind: auth.AttemptRefresh, StartedAt: time.Now(), Presented: 1}))
	require.FileExists(t, db.File(p.dir)+"-wal")
	require.NoError(t, d.Close())
	assert.NoFileExists(t, db.File(p.dir)+"-wal")
}
