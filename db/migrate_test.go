package db_test

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db"
)

// The data folder of testdata/version2.db.gz was written by the program of that
// version: row 0 never authorized, 2 with an open attempt, 3 in need of
// attention, 4 deleted, 5 changed outside.
const (
	versionTwoItem = "kek-519eee92-0f55-4492-b463-0d18ade7421f"
	versionTwoKey  = "URK2ctXNj3LSNrz/eP95+Of1WedJISVtW/+LULB3cok="
)

func versionTwoID(row string) string { return "00000000-0000-4000-8000-00000000000" + row }

// versionTwo lays the folder out.
func versionTwo(t *testing.T) place {
	t.Helper()
	p := newPlace(t)
	p.keyring.Put(versionTwoItem, versionTwoKey)
	require.NoError(t, os.MkdirAll(p.dir, 0o700))
	f, err := os.Open(filepath.Join("testdata", "version2.db.gz"))
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	packed, err := gzip.NewReader(f)
	require.NoError(t, err)
	data, err := io.ReadAll(packed)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(db.File(p.dir), data, 0o600))
	return p
}

// A database of the version before opens with everything in it. The vault is
// locked while it is brought up to date: the seals of then hold.
func TestMigrationKeepsEverySeal(t *testing.T) {
	t.Parallel()
	p := versionTwo(t)
	d := p.reopen(t)
	marked, err := d.Verify(ctx)
	require.NoError(t, err)
	assert.Equal(t, 1, marked, "the row that was changed outside, and no other")
	for _, row := range []string{"0", "1", "2", "3"} {
		r, err := d.Load(ctx, versionTwoID(row))
		require.NoError(t, err, row)
		assert.Equal(t, "TWSENT-secret-"+row, r.Authorization.ClientSecret.Reveal())
		assert.Equal(t, map[string]string{"prompt": "login"}, r.Authorization.AuthParams)
		assert.False(t, r.Authorization.AutoRefresh)
		assert.Equal(t, auth.Unlimited, r.RefreshesLeft())
		if row != "0" {
			assert.Equal(t, "TWSENT-refresh-"+row, r.Tokens.Refresh.Reveal())
		}
	}
	_, err = d.Load(ctx, versionTwoID("5"))
	require.ErrorIs(t, err, auth.ErrChangedOutside)
	require.NoError(t, d.Undelete(ctx, versionTwoID("4")))
	open, ok, err := d.OpenAttempt(ctx, versionTwoID("2"))
	require.NoError(t, err)
	assert.True(t, ok)
	assert.Equal(t, auth.AttemptRefresh, open.Kind)
	page, err := d.List(ctx, auth.Query{Sort: auth.ColumnLeft, Now: time.Now()})
	require.NoError(t, err)
	assert.Len(t, page.Rows, 6)
	due, err := d.DueRefreshes(ctx, time.Now().AddDate(200, 0, 0), 100)
	require.NoError(t, err)
	assert.Empty(t, due)

	next := time.UnixMilli(1_800_000_000_000).UTC()
	require.NoError(t, d.SetRefreshRule(ctx, versionTwoID("1"), 1, true, 3, next))
	require.NoError(t, d.Close())
	r, err := p.reopen(t).Load(ctx, versionTwoID("1"))
	require.NoError(t, err)
	assert.True(t, r.Authorization.AutoRefresh)
	assert.Equal(t, 3, r.RefreshesLeft())
	assert.Equal(t, next, r.Status.NextRefreshAt)
}

// R05: before a database is changed there is a copy of it that opens.
func TestMigrationLeavesACopy(t *testing.T) {
	t.Parallel()
	p := versionTwo(t)
	require.NoError(t, p.reopen(t).Close())
	path := filepath.Join(db.BackupDir(p.dir), "tokenwell-version-2.db")
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	entries, err := os.ReadDir(db.BackupDir(p.dir))
	require.NoError(t, err)
	assert.Len(t, entries, 1, "nothing half-finished")

	again := newPlace(t) // the copy in a folder of its own
	again.keyring = p.keyring
	require.NoError(t, os.MkdirAll(again.dir, 0o700))
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(db.File(again.dir), data, 0o600))
	raw := again.raw(t)
	var version int64
	require.NoError(t, raw.QueryRow("SELECT max(version_id) FROM goose_db_version").Scan(&version))
	assert.EqualValues(t, 2, version)
	require.NoError(t, raw.Close())
	_, err = again.reopen(t).Load(ctx, versionTwoID("1"))
	require.NoError(t, err)

	require.NoError(t, p.reopen(t).Close())
	after, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, info.ModTime(), after.ModTime(), "no copy without a migration")
	fresh := newPlace(t)
	require.NoError(t, fresh.create(t).Close())
	assert.NoDirExists(t, db.BackupDir(fresh.dir), "there was nothing to copy")
}

// R05: without a copy nothing is changed.
func TestNoMigrationWithoutACopy(t *testing.T) {
	t.Parallel()
	p := versionTwo(t)
	require.NoError(t, os.WriteFile(db.BackupDir(p.dir), nil, 0o600)) // in the way
	_, err := db.Open(ctx, db.Params{Dir: p.dir, Keyring: p.keyring})
	require.Error(t, err)
	raw := p.raw(t)
	var version int64
	require.NoError(t, raw.QueryRow("SELECT max(version_id) FROM goose_db_version").Scan(&version))
	assert.EqualValues(t, 2, version)
	require.NoError(t, raw.Close())
	require.NoError(t, os.Remove(db.BackupDir(p.dir)))
	d := p.reopen(t)
	_, err = d.Load(ctx, versionTwoID("1"))
	require.NoError(t, err)
}
