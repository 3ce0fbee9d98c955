package db

import (
	"errors"

	"tokenwell/auth"
	"tokenwell/db/vault"
)

// Seal encrypts plain for one place: table, column, row and generation, and
// the plain values beside it that must not change, in a fixed order.
// auth.ErrVaultLocked while the vault is not open.
func (d *DB) Seal(table, column, rowID string, generation int64, plain []byte, bound ...string) ([]byte, error) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.key == nil {
		return nil, auth.ErrVaultLocked
	}
	return d.key.Seal(vault.Place{Table: table, Column: column, RowID: rowID, Generation: generation, Bound: bound}, plain)
}

// Unseal opens what Seal made for the same place with the same bound values.
// auth.ErrChangedOutside when anything differs, auth.ErrVaultLocked while the
// vault is not open.
func (d *DB) Unseal(table, column, rowID string, generation int64, sealed []byte, bound ...string) ([]byte, error) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.key == nil {
		return nil, auth.ErrVaultLocked
	}
	plain, err := d.key.Open(vault.Place{Table: table, Column: column, RowID: rowID, Generation: generation, Bound: bound}, sealed)
	if errors.Is(err, vault.ErrSeal) {
		return nil, auth.ErrChangedOutside
	}
	return plain, err
}

// setKey replaces the data key and wipes the old one; nil locks the vault.
func (d *DB) setKey(key *vault.Key) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.key != nil {
		d.key.Wipe()
	}
	d.rows.forgetAll()
	d.loads.forgetAll()
	d.key = key
}

// open tells whether the vault is open.
func (d *DB) open() bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.key != nil
}
