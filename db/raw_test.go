package db_test

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db"
	"tokenwell/db/dbtest"
)

// place is a data folder that outlives its database handles.
type place struct {
	dir     string
	keyring *dbtest.Keyring
}

func newPlace(t *testing.T) place {
	return place{dir: filepath.Join(t.TempDir(), "data"), keyring: dbtest.NewKeyring()}
}

// create opens a new folder and makes its vault.
func (p place) create(t *testing.T) *db.DB {
	t.Helper()
	d := dbtest.OpenIn(t, p.dir, p.keyring)
	require.NoError(t, d.Vault().Create(context.Background(), auth.Secret{}))
	return d
}

// reopen opens the folder again and unlocks it.
func (p place) reopen(t *testing.T) *db.DB {
	t.Helper()
	d := dbtest.OpenIn(t, p.dir, p.keyring)
	require.NoError(t, d.Vault().Unlock(context.Background(), auth.Secret{}))
	return d
}

// raw is the database as someone else's program opens it.
func (p place) raw(t *testing.T) *sql.DB {
	t.Helper()
	pool, err := sql.Open("sqlite", "file:"+db.File(p.dir)+"?_pragma=busy_timeout(5000)")
	require.NoError(t, err)
	t.Cleanup(func() { _ = pool.Close() })
	return pool
}

// bytes is everything in the folder, file after file.
func (p place) bytes(t *testing.T) []byte {
	t.Helper()
	var all bytes.Buffer
	require.NoError(t, filepath.Walk(p.dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		all.Write(data)
		return err
	}))
	return all.Bytes()
}
