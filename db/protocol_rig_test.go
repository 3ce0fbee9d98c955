package db_test

import (
	"context"
	"database/sql"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
	"tokenwell/db"
	"tokenwell/db/dbtest"
)

// protocolRig runs engines on real SQLite.
type protocolRig struct {
	testing.TB
	dir     string
	keyring *dbtest.Keyring
}

func newProtocolRig(t testing.TB) *protocolRig {
	return &protocolRig{TB: t, dir: t.TempDir(), keyring: dbtest.NewKeyring()}
}

// open opens the folder once more, as another process does, and its vault.
func (r *protocolRig) open() *db.DB {
	r.Helper()
	ctx := context.Background()
	store := dbtest.OpenIn(r.TB, r.dir, r.keyring)
	status, err := store.Vault().Status(ctx)
	require.NoError(r, err)
	if status.Exists {
		require.NoError(r, store.Vault().Unlock(ctx, auth.Secret{}))
	} else {
		require.NoError(r, store.Vault().Create(ctx, auth.Secret{}))
	}
	return store
}

// engine makes an engine on a handle.
func (r *protocolRig) engine(store auth.Store, vault auth.Vault) *auth.Engine {
	r.Helper()
	catalog, err := authtest.Catalog()
	require.NoError(r, err)
	e, err := auth.New(auth.Params{
		Store: store, Vault: vault, Catalog: catalog, Wire: auth.NewWire(auth.WireParams{}),
		Browser: authtest.NewBrowser(r.TB, authtest.BrowserFollow, nil), Log: slog.New(slog.DiscardHandler),
	})
	require.NoError(r, err)
	r.Cleanup(e.Close)
	return e
}

// put stores a record with its tokens, as a sign-in does.
func (r *protocolRig) put(store auth.Store, record auth.Record) {
	r.Helper()
	ctx := context.Background()
	require.NoError(r, store.Create(ctx, record.Authorization, auth.StateNeverAuthorized))
	require.NoError(r, store.CommitGrant(ctx, record.Authorization.ID, 0, auth.Grantee{Tokens: record.Tokens, Status: record.Status}))
}

// rawDB is a handle without any of the program's rules.
func (r *protocolRig) rawDB() *sql.DB {
	r.Helper()
	pool, err := sql.Open("sqlite", "file:"+db.File(r.dir)+"?_pragma=busy_timeout(5000)")
	require.NoError(r, err)
	r.Cleanup(func() { _ = pool.Close() })
	return pool
}
