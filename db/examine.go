package db

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"tokenwell/auth"
	"tokenwell/db/keyring"
	"tokenwell/db/vault"
)

// Examined is a data folder that is only looked at: nothing in it is made, changed
// or brought up to date, and the process that owns it goes on meanwhile.
type Examined struct {
	// Schema is the version of the database, Newest the one of this program.
	Schema, Newest int64
	db             *DB // with readers only
}

// Examine opens the database for reading. fs.ErrNotExist when there is none;
// ErrForeign, ErrNewer and auth.ErrStorage as Open. Of an older schema only the
// versions are told: Current. The caller has to Close it.
func Examine(ctx context.Context, p Params) (_ *Examined, err error) {
	path := File(p.Dir)
	if _, err := os.Lstat(path); err != nil {
		return nil, err
	}
	if p.Keyring == nil {
		p.Keyring = keyring.Quiet() // who only looks asks nobody
	}
	if err := prepareDriver(); err != nil {
		return nil, err
	}
	x := &Examined{db: &DB{dir: p.Dir, keyring: p.Keyring, rows: verifiedRows{version: noVersion}}}
	x.Newest = newestVersion()
	if x.Schema, err = checkSchema(ctx, path); err != nil {
		return nil, err
	}
	if x.db.reader, err = openPool(path, dsnRead+"&mode=ro", 2); err != nil { // one watches
		return nil, err
	}
	if err := x.db.watch(ctx); err != nil {
		_ = x.Close()
		return nil, err
	}
	return x, nil
}

// Current tells whether the schema is this program's, so that the rest can be read.
func (x *Examined) Current() bool { return x.Schema == x.Newest }

// Close closes the database and drops the key of the vault.
func (x *Examined) Close() error { return x.db.Close() }

// Whole lets SQLite read the whole file; the error is an auth.ErrStorage that says
// what is wrong.
func (x *Examined) Whole(ctx context.Context) error {
	var verdict string
	if err := x.db.reader.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return storageError(err)
	}
	if verdict != "ok" {
		return fmt.Errorf("%w: the file is damaged; restore a backup copy of the data folder", auth.ErrStorage)
	}
	return nil
}

// VaultStatus tells what the vault needs. It is never open but after Unlock.
func (x *Examined) VaultStatus(ctx context.Context) (auth.VaultStatus, error) {
	return x.db.Vault().Status(ctx)
}

// Unlock opens the vault, see auth.Vault, to see whether it can be opened.
func (x *Examined) Unlock(ctx context.Context, passphrase auth.Secret) error {
	return x.db.Vault().Unlock(ctx, passphrase)
}

// TakeKey gives the key of the vault, after Unlock, to the caller: for a process
// that will own the data folder later and must not lose time then, see Vault.Use.
// nil while the vault is locked.
func (x *Examined) TakeKey() *vault.Key {
	x.db.mu.Lock()
	defer x.db.mu.Unlock()
	key := x.db.key
	x.db.key = nil
	return key
}

// Use opens the vault with its key, which belongs to the vault from then on.
// auth.ErrVaultKey when it is another vault's; then it is wiped.
func (v Vault) Use(ctx context.Context, key *vault.Key) error {
	h, _, err := v.slots(ctx, vault.KindPassphrase)
	if err != nil {
		return err
	}
	mine := key.Header()
	if !bytes.Equal(mine.VaultID, h.VaultID) || !bytes.Equal(mine.KeyID, h.KeyID) || !bytes.Equal(mine.Check, h.Check) {
		key.Wipe()
		return fmt.Errorf("%w: it is another vault's", auth.ErrVaultKey)
	}
	v.db.setKey(key)
	return nil
}

// CountStates counts the authorizations by effective state.
func (x *Examined) CountStates(ctx context.Context, now time.Time) (map[auth.State]int, error) {
	return x.db.CountStates(ctx, now)
}

// TokenEndpoints returns the token endpoints of the authorizations in view, each
// once, those used last first. Plain columns, not verified.
func (x *Examined) TokenEndpoints(ctx context.Context) ([]string, error) {
	found, err := x.db.reader.QueryContext(ctx, `SELECT c.endpoints FROM authorizations a JOIN authorization_configs c USING (id)
		WHERE a.purge_at = 0 ORDER BY a.last_used_at DESC, a.name_key`)
	if err != nil {
		return nil, storageError(err)
	}
	all, err := readTexts(found)
	if err != nil {
		return nil, storageError(err)
	}
	var addresses []string
	for _, text := range all {
		var endpoints auth.Endpoints
		if err := json.Unmarshal([]byte(text), &endpoints); err != nil || endpoints.Token == "" || slices.Contains(addresses, endpoints.Token) {
			continue // a row that was changed from outside is told elsewhere
		}
		addresses = append(addresses, endpoints.Token)
	}
	return addresses, nil
}

// ownerLock is the file that whoever owns a data folder has locked.
const ownerLock = "owner.lock"

// Owner tells whether a process owns the data folder, and its number where the
// system tells it; 0: not known. It makes nothing and waits for nobody.
func Owner(dir string) (owned bool, pid int, err error) {
	f, err := os.OpenFile(filepath.Join(dir, ownerLock), os.O_RDWR|noFollow, 0) //nolint:gosec // the path is ours
	if errors.Is(err, fs.ErrNotExist) {
		return false, 0, nil
	}
	if err != nil {
		return false, 0, err
	}
	defer func() { _ = f.Close() }()
	err = tryLock(f)
	if errors.Is(err, errLocked) {
		return true, flockHolder(f), nil
	}
	return false, 0, err
}
