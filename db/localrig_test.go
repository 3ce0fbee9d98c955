package db

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/localserver"
	"tokenwell/db/vault"
)

// localBench is a data folder that can be closed and opened again with the
// same data key, as after a restart of the program.
type localBench struct {
	*testing.T
	dir    string
	header vault.Header
	slot   vault.Slot
	item   string
	db     *DB
}

func newLocalBench(t *testing.T) *localBench {
	key, err := vault.NewKey()
	require.NoError(t, err)
	slot, item, err := vault.NewKeyringSlot(key, "slot")
	require.NoError(t, err)
	b := &localBench{T: t, dir: t.TempDir(), header: key.Header(), slot: slot, item: item}
	b.open()
	t.Cleanup(func() { require.NoError(t, b.db.Close()) })
	return b
}

func (b *localBench) open() LocalStore {
	b.Helper()
	key, err := b.slot.OpenWithItem(b.header, b.item)
	require.NoError(b, err)
	b.db, err = Open(b.Context(), Params{Dir: b.dir})
	require.NoError(b, err)
	b.db.setKey(key)
	return b.db.LocalServer()
}

func (b *localBench) reopen() LocalStore {
	b.Helper()
	require.NoError(b, b.db.Close())
	return b.open()
}

var localTime = time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)

// someGrant has every field set, so that one that is not stored shows.
func someGrant() localserver.Grant {
	return localserver.Grant{
		ID: "g", Kind: auth.LocalGrantCode, ClientID: "c", UserID: "u", Scopes: []string{"openid", "reports.read"}, RefreshesLeft: 3,
		RedirectURI: "http://127.0.0.1:1/callback",
		Nonce:       "n", CodeChallenge: "ch", CodeHash: localserver.Hash("code"), CodeExpires: localTime.Add(time.Minute),
		AuthTime: localTime.Add(-time.Hour), Created: localTime,
	}
}

func someUser() localserver.User {
	return localserver.User{
		ID: "u", Name: "Analyst", FullName: "TWSENT A", Email: "TWSENT@b", Password: auth.NewSecret("TWSENT-password"), Hash: "TWSENT-hash",
		Active: true, Created: localTime,
	}
}

func someClient() localserver.Client {
	return localserver.Client{
		ID: "c", Name: "Reports", Version: "2.0 b", Description: "TWSENT-d", Public: true, Secret: auth.NewSecret("TWSENT-secret"),
		OldSecret: auth.NewSecret("TWSENT-old"), OldSecretEnds: localTime.Add(time.Hour), RedirectURIs: []string{"http://127.0.0.1:1/callback"},
		Grants: []auth.LocalGrant{auth.LocalGrantDevice}, AccessSeconds: 9, RefreshCount: auth.LocalUnlimited, RefreshForAll: true,
		Scopes: []string{"openid"}, ClientAuth: auth.ClientAuthPost, Keys: "TWSENT-keys", Active: true,
		Misbehave: auth.LocalMisbehaviour{Slow: 1, TooMany: 2, Unavailable: true, ExpireAtOnce: true, DropRefresh: true, LieScopes: true},
		Practice:  true, Created: localTime,
	}
}

func someToken(value string, kind localserver.TokenKind) localserver.Token {
	return localserver.Token{
		Hash: localserver.Hash(value), Kind: kind, GrantID: "g", Scopes: []string{"openid"},
		Issued: localTime, Expires: localTime.Add(time.Hour),
	}
}

// scan looks for text in every file of the data folder.
func (b *localBench) scan(texts ...string) {
	b.Helper()
	err := filepath.WalkDir(b.dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path) //nolint:gosec // the test's own folder
		for _, text := range texts {
			assert.False(b, bytes.Contains(content, []byte(text)), "%s in %s", text, path)
		}
		return err
	})
	require.NoError(b, err)
}

// run changes the file as another program could.
func (b *localBench) run(query string, args ...any) {
	b.Helper()
	require.NoError(b, b.db.LocalServer().exec(b.Context(), statement{query, args}))
}

func (b *localBench) columns(table string) (names string) {
	b.Helper()
	require.NoError(b, b.db.Reader().QueryRowContext(b.Context(), "SELECT group_concat(name) FROM pragma_table_info(?)", table).Scan(&names))
	return names
}
