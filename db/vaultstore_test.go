package db_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db"
	"tokenwell/db/dbtest"
	"tokenwell/db/keyring"
)

func TestVaultLifeWithKeyring(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	d := dbtest.OpenIn(t, p.dir, p.keyring)
	v := d.Vault()
	require.ErrorIs(t, v.Unlock(ctx, auth.Secret{}), auth.ErrVaultMissing)
	require.ErrorIs(t, d.Create(ctx, dbtest.Authorization(), auth.StateWaiting), auth.ErrVaultLocked)
	require.NoError(t, v.Create(ctx, auth.Secret{}))
	s, err := v.Status(ctx)
	require.NoError(t, err)
	assert.Equal(t, auth.VaultStatus{Exists: true, Open: true, HasKeyring: true}, s)
	require.Error(t, v.Create(ctx, auth.Secret{}), "never a new key over an existing vault")
	require.Len(t, p.keyring.Names(), 1)

	a, _ := dbtest.CreateActive(t, d)
	v.Lock()
	_, err = d.Load(ctx, a.ID)
	require.ErrorIs(t, err, auth.ErrVaultLocked)
	page, err := d.List(ctx, auth.Query{})
	require.NoError(t, err, "the list works while the vault is locked")
	require.Len(t, page.Rows, 1)
	n, err := d.Verify(ctx)
	require.ErrorIs(t, err, auth.ErrVaultLocked)
	require.Zero(t, n, "a locked vault is no reason to mark a row")
	require.NoError(t, v.Unlock(ctx, auth.Secret{}))
	_, err = d.Load(ctx, a.ID)
	require.NoError(t, err)
}

func TestVaultLifeWithPassphrase(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.keyring.Fault = func(op string) error { return errors.New("asked the keyring: " + op) }
	d := dbtest.OpenIn(t, p.dir, p.keyring)
	v := d.Vault()
	require.Error(t, v.Create(ctx, auth.NewSecret("too short")))
	require.NoError(t, v.Create(ctx, auth.NewSecret("schöne lange Nächte")))
	a, _ := dbtest.CreateActive(t, d)
	require.NoError(t, d.Close())

	d = dbtest.OpenIn(t, p.dir, p.keyring)
	v = d.Vault()
	s, err := v.Status(ctx)
	require.NoError(t, err)
	assert.Equal(t, auth.VaultStatus{Exists: true, HasPassphrase: true}, s)
	require.ErrorIs(t, v.Unlock(ctx, auth.NewSecret("schoene lange Naechte")), auth.ErrVaultKey)
	require.ErrorIs(t, v.Unlock(ctx, auth.Secret{}), auth.ErrVaultKey)
	require.NoError(t, v.Unlock(ctx, auth.NewSecret("scho\u0308ne lange Na\u0308chte")), "typed on another keyboard")
	_, err = d.Load(ctx, a.ID)
	require.NoError(t, err)
}

// T69: a key that is gone, changed or another vault's opens nothing and
// changes nothing.
func TestWrongKeyLeavesTheDatabaseAlone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(t *testing.T, p place)
		want   error
	}{
		"absent":    {func(t *testing.T, p place) { require.NoError(t, p.keyring.Delete(ctx, p.keyring.Names()[0])) }, auth.ErrVaultKey},
		"garbage":   {func(_ *testing.T, p place) { p.keyring.Put(p.keyring.Names()[0], "garbage") }, auth.ErrVaultKey},
		"another's": {func(t *testing.T, p place) { p.keyring.Put(p.keyring.Names()[0], keyOfAnotherVault(t)) }, auth.ErrVaultKey},
		"denied": {func(_ *testing.T, p place) {
			p.keyring.Fault = func(string) error { return keyring.ErrDenied }
		}, keyring.ErrDenied},
		"locked, and nobody to ask": {func(_ *testing.T, p place) {
			p.keyring.Fault = func(string) error { return keyring.ErrLocked }
		}, auth.ErrVaultLocked},
		"timed out": {func(_ *testing.T, p place) {
			p.keyring.Fault = func(string) error { return keyring.ErrTimeout }
		}, keyring.ErrTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			d := p.create(t)
			dbtest.CreateActive(t, d)
			require.NoError(t, d.Close())
			c.change(t, p)
			before, err := os.ReadFile(db.File(p.dir))
			require.NoError(t, err)
			d = dbtest.OpenIn(t, p.dir, p.keyring)
			require.ErrorIs(t, d.Vault().Unlock(ctx, auth.Secret{}), c.want)
			require.Error(t, d.Vault().Create(ctx, auth.Secret{}))
			require.Error(t, d.Vault().Create(ctx, auth.NewSecret("another passphrase")))
			require.NoError(t, d.Close())
			after, err := os.ReadFile(db.File(p.dir))
			require.NoError(t, err)
			assert.Equal(t, before, after)
		})
	}
}

func keyOfAnotherVault(t *testing.T) string {
	p := newPlace(t)
	p.create(t)
	key, err := p.keyring.Get(ctx, p.keyring.Names()[0])
	require.NoError(t, err)
	return key
}

// Every column of the vault's own tables, changed from outside, keeps it shut;
// what makes the derivation expensive is refused before it is run.
func TestVaultTablesChangedOutside(t *testing.T) {
	t.Parallel()
	free := map[string]bool{"vault.created_at": true, "key_slots.created_at": true}
	for _, table := range []string{"vault", "key_slots"} {
		p := newPlace(t)
		first := dbtest.OpenIn(t, p.dir, p.keyring)
		require.NoError(t, first.Vault().Create(ctx, auth.NewSecret("correct horse battery")))
		columns := columnsOf(t, p.raw(t), table)
		require.NoError(t, first.Close())
		original, err := os.ReadFile(db.File(p.dir))
		require.NoError(t, err)
		for column, kind := range columns {
			if column == "one" { // the schema allows no other value
				continue
			}
			t.Run(table+"."+column, func(t *testing.T) {
				require.NoError(t, os.WriteFile(db.File(p.dir), original, 0o600))
				raw := p.raw(t)
				value := mutation(column, kind)
				if kind == "BLOB" {
					value = "CAST(" + value + " AS BLOB)"
				}
				_, err := raw.Exec("UPDATE " + table + " SET " + column + " = " + value)
				require.NoError(t, err)
				require.NoError(t, raw.Close())
				d := dbtest.OpenIn(t, p.dir, p.keyring)
				err = d.Vault().Unlock(ctx, auth.NewSecret("correct horse battery"))
				if free[table+"."+column] {
					require.NoError(t, err)
				} else {
					require.ErrorIs(t, err, auth.ErrVaultKey)
				}
				require.NoError(t, d.Close())
			})
		}
	}
}

// The slot is committed only after the keyring has proved that it keeps the key.
func TestNoVaultOnAKeyringThatDoesNotKeep(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func(op string) error{
		"set fails": func(op string) error {
			if op == "set" {
				return keyring.ErrDenied
			}
			return nil
		},
		"get fails": func(op string) error {
			if op == "get" {
				return keyring.ErrDenied
			}
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			p.keyring.Fault = fault
			d := dbtest.OpenIn(t, p.dir, p.keyring)
			require.ErrorIs(t, d.Vault().Create(ctx, auth.Secret{}), keyring.ErrDenied)
			s, err := d.Vault().Status(ctx)
			require.NoError(t, err)
			assert.Equal(t, auth.VaultStatus{}, s)
			assert.Empty(t, p.keyring.Names(), "nothing is left in the keyring")
		})
	}
	t.Run("another text comes back", func(t *testing.T) {
		p := newPlace(t)
		d := dbtest.OpenIn(t, p.dir, alteringKeyring{p.keyring})
		require.ErrorIs(t, d.Vault().Create(ctx, auth.Secret{}), keyring.ErrDenied)
		s, err := d.Vault().Status(ctx)
		require.NoError(t, err)
		assert.False(t, s.Exists)
	})
}

func TestSealedValuesOfAnotherVaultDoNotOpen(t *testing.T) {
	one, two := dbtest.Open(t), dbtest.Open(t)
	sealed, err := one.Seal("table", "column", "row", 1, []byte("plain"), "a", "b")
	require.NoError(t, err)
	plain, err := one.Unseal("table", "column", "row", 1, sealed, "a", "b")
	require.NoError(t, err)
	require.Equal(t, "plain", string(plain))
	_, err = two.Unseal("table", "column", "row", 1, sealed, "a", "b")
	require.ErrorIs(t, err, auth.ErrChangedOutside)
	_, err = one.Unseal("table", "column", "row", 1, sealed, "ab", "")
	require.ErrorIs(t, err, auth.ErrChangedOutside, "bound values do not run into each other")
	var n int
	require.NoError(t, one.Write(ctx, func(tx *sql.Tx) error { return tx.QueryRow("SELECT count(*) FROM vault").Scan(&n) }))
	assert.Equal(t, 1, n)
}

// alteringKeyring gives back something else than it was given.
type alteringKeyring struct{ *dbtest.Keyring }

func (k alteringKeyring) Get(ctx context.Context, name string) (string, error) {
	text, err := k.Keyring.Get(ctx, name)
	return text + "=", err
}
