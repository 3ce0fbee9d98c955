package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"

	"tokenwell/auth"
	"tokenwell/db/keyring"
	"tokenwell/db/vault"
)

// Vault is the sealed part of a database. It implements auth.Vault.
type Vault struct{ db *DB }

var _ auth.Vault = Vault{}

// Vault returns the database's vault.
func (d *DB) Vault() Vault { return Vault{db: d} }

// Status implements auth.Vault.
func (v Vault) Status(ctx context.Context) (auth.VaultStatus, error) {
	s := auth.VaultStatus{Open: v.db.open()}
	err := v.db.reader.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM vault),
		EXISTS (SELECT 1 FROM key_slots WHERE kind = ?), EXISTS (SELECT 1 FROM key_slots WHERE kind = ?)`,
		vault.KindKeyring, vault.KindPassphrase).Scan(&s.Exists, &s.HasKeyring, &s.HasPassphrase)
	return s, storageError(err)
}

// ProbeKeyring implements auth.Vault.
func (v Vault) ProbeKeyring(ctx context.Context) error { return v.db.keyring.Probe(ctx) }

// errExists says that there is a vault. A new key would make all that is
// sealed unreadable for ever.
var errExists = errors.New("there is a vault already; unlock it, or move the data folder away to begin anew")

// errShort is a passphrase that is too easy to guess.
var errShort = fmt.Errorf("use at least %d characters", auth.MinPassphrase)

// Create implements auth.Vault. The key is stored in the keyring and read back
// before anything is sealed with it.
func (v Vault) Create(ctx context.Context, passphrase auth.Secret) error {
	status, err := v.Status(ctx)
	if err != nil {
		return err
	}
	if status.Exists || status.HasKeyring || status.HasPassphrase {
		return errExists
	}
	key, err := vault.NewKey()
	if err != nil {
		return err
	}
	slot, err := v.newSlot(ctx, key, passphrase)
	if err == nil {
		err = v.store(ctx, key.Header(), slot)
		if err != nil && slot.Kind == vault.KindKeyring {
			v.dropItem(ctx, slot.ID)
		}
	}
	if err != nil {
		key.Wipe()
		return err
	}
	v.db.setKey(key)
	return nil
}

// newSlot wraps the key. The keyring's item has a random name of its own, so
// that it can't replace another vault's.
func (v Vault) newSlot(ctx context.Context, key *vault.Key, passphrase auth.Secret) (vault.Slot, error) {
	id := "kek-" + uuid.NewString()
	if !passphrase.Empty() {
		typed := normal(passphrase)
		defer clear(typed)
		if utf8.RuneCount(typed) < auth.MinPassphrase {
			return vault.Slot{}, errShort
		}
		return vault.NewPassphraseSlot(key, id, typed)
	}
	slot, item, err := vault.NewKeyringSlot(key, id)
	if err != nil {
		return vault.Slot{}, err
	}
	if err := v.db.keyring.Set(ctx, id, item); err != nil {
		return vault.Slot{}, err
	}
	back, err := v.db.keyring.Get(ctx, id)
	if err == nil && back != item {
		err = keyring.ErrDenied
	}
	if err != nil {
		v.dropItem(ctx, id)
		return vault.Slot{}, err
	}
	return slot, nil
}

// dropItem removes an item that no slot uses. One that stays opens nothing.
func (v Vault) dropItem(ctx context.Context, id string) {
	if err := v.db.keyring.Delete(ctx, id); err != nil {
		v.db.log.Warn("an unused key stays in the keyring", "item", id, "error", err)
	}
}

// normal is the passphrase in the form in which it is derived from, whatever
// keyboard it was typed on.
func normal(passphrase auth.Secret) []byte { return norm.NFC.Bytes([]byte(passphrase.Reveal())) }

// store commits the vault and its first slot together, unless another process
// was quicker.
func (v Vault) store(ctx context.Context, h vault.Header, s vault.Slot) error {
	return v.db.write(ctx, "create_vault", func(tx *sql.Tx) error {
		now := time.Now().UnixMilli()
		result, err := tx.ExecContext(ctx, `INSERT INTO vault (one, vault_id, key_id, key_check, created_at)
			VALUES (1, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, h.VaultID, h.KeyID, h.Check, now)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n != 1 {
			return errExists
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO key_slots (id, kind, kdf, kdf_time, kdf_memory, kdf_threads, salt, wrapped, created_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, s.ID, s.Kind, s.Derivation.Name, s.Derivation.Time, s.Derivation.Memory,
			s.Derivation.Threads, s.Salt, s.Wrapped, now)
		return err
	})
}

// Unlock implements auth.Vault. It changes nothing on the disk.
func (v Vault) Unlock(ctx context.Context, passphrase auth.Secret) error {
	kind := vault.KindKeyring
	if !passphrase.Empty() {
		kind = vault.KindPassphrase
	}
	h, slots, err := v.slots(ctx, kind)
	if err != nil {
		return err
	}
	if len(slots) == 0 {
		return fmt.Errorf("%w: it has no such key slot", auth.ErrVaultKey)
	}
	var failures []error
	for _, s := range slots {
		key, err := v.openSlot(ctx, h, s, passphrase)
		if err == nil {
			v.db.setKey(key)
			return nil
		}
		failures = append(failures, err)
	}
	return errors.Join(failures...)
}

func (v Vault) openSlot(ctx context.Context, h vault.Header, s vault.Slot, passphrase auth.Secret) (*vault.Key, error) {
	var key *vault.Key
	var err error
	if s.Kind == vault.KindPassphrase {
		typed := normal(passphrase)
		defer clear(typed)
		key, err = s.OpenWithPassphrase(h, typed)
	} else {
		var item string
		if item, err = v.db.keyring.Get(ctx, s.ID); err == nil {
			key, err = s.OpenWithItem(h, item)
		}
	}
	switch {
	case errors.Is(err, keyring.ErrMissing), errors.Is(err, vault.ErrKey), errors.Is(err, vault.ErrDerivation):
		return nil, fmt.Errorf("%w: %w", auth.ErrVaultKey, err)
	case errors.Is(err, keyring.ErrLocked):
		return nil, fmt.Errorf("%w: %w", auth.ErrVaultLocked, err)
	}
	return key, err
}

// slots reads the vault's header and its slots of a kind.
func (v Vault) slots(ctx context.Context, kind vault.Kind) (vault.Header, []vault.Slot, error) {
	var h vault.Header
	err := v.db.reader.QueryRowContext(ctx, "SELECT vault_id, key_id, key_check FROM vault").Scan(&h.VaultID, &h.KeyID, &h.Check)
	if errors.Is(err, sql.ErrNoRows) {
		return h, nil, auth.ErrVaultMissing
	}
	if err != nil {
		return h, nil, storageError(err)
	}
	found, err := v.db.reader.QueryContext(ctx, `SELECT id, kind, kdf, kdf_time, kdf_memory, kdf_threads, salt, wrapped
		FROM key_slots WHERE kind = ? ORDER BY created_at`, kind)
	if err != nil {
		return h, nil, storageError(err)
	}
	defer func() { _ = found.Close() }()
	var all []vault.Slot
	for found.Next() {
		var s vault.Slot
		if err := found.Scan(&s.ID, &s.Kind, &s.Derivation.Name, &s.Derivation.Time, &s.Derivation.Memory,
			&s.Derivation.Threads, &s.Salt, &s.Wrapped); err != nil {
			return h, nil, fmt.Errorf("%w: a key slot is not understood", auth.ErrVaultKey)
		}
		all = append(all, s)
	}
	return h, all, storageError(found.Err())
}

// Lock implements auth.Vault.
func (v Vault) Lock() { v.db.setKey(nil) }
