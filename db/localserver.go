package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	sqlite3 "modernc.org/sqlite/lib"

	"tokenwell/auth"
	"tokenwell/auth/localstore"
)

// Tables of the local server, as places of sealed values. Part of the file format.
const (
	tableLocalSettings = "local_settings"
	tableLocalUsers    = "local_users"
	tableLocalClients  = "local_clients"
	tableLocalScopes   = "local_scopes"
	tableLocalGrants   = "local_grants"
	tableLocalTokens   = "local_tokens"
	tableLocalConsents = "local_consents"
)

// LocalStore keeps the local server's state in the same file: see
// localstore.Store for the contract. Its methods return auth.ErrVaultLocked
// while the vault is locked and auth.ErrChangedOutside for a row that does not
// match its seal. Safe for concurrent use.
type LocalStore struct{ db *DB }

var _ localstore.Store = LocalStore{}

// LocalServer returns the store of the local server.
func (d *DB) LocalServer() LocalStore { return LocalStore{d} }

// localError turns "no such row" into the local server's word for it.
func localError(err error) error {
	err = storageError(err)
	if errors.Is(err, auth.ErrNotFound) {
		return localstore.ErrNotFound
	}
	return err
}

// takenError turns a key that is there already into the local server's word.
func takenError(err error) error {
	if hasCode(err, sqlite3.SQLITE_CONSTRAINT_UNIQUE) || hasCode(err, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY) {
		return localstore.ErrTaken
	}
	return err
}

// sealJSON seals value for a row, bound to the row's plain columns.
func (s LocalStore) sealJSON(table, id string, value any, bound []string) ([]byte, error) {
	plain, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	return s.db.Seal(table, "sealed", id, 0, plain, bound...)
}

func (s LocalStore) unsealJSON(table, id string, sealed []byte, into any, bound []string) error {
	plain, err := s.db.Unseal(table, "sealed", id, 0, sealed, bound...)
	if err != nil {
		return err
	}
	defer clear(plain)
	if err := json.Unmarshal(plain, into); err != nil {
		return fmt.Errorf("%w: %s", auth.ErrChangedOutside, table)
	}
	return nil
}

// statement is one statement with its arguments.
type statement struct {
	query string
	args  []any
}

// exec writes all of the statements or none.
func (s LocalStore) exec(ctx context.Context, all ...statement) error {
	return s.db.writeBeside(ctx, func(tx *sql.Tx) error {
		for _, one := range all {
			if _, err := tx.ExecContext(ctx, one.query, one.args...); err != nil {
				return takenError(err)
			}
		}
		return nil
	})
}

// scanner is a row, alone or among others.
type scanner interface{ Scan(into ...any) error }

// localRows reads every row of a query.
func localRows[T any](ctx context.Context, s LocalStore, read func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := s.db.Reader().QueryContext(ctx, query, args...)
	if err != nil {
		return nil, storageError(err)
	}
	defer func() { _ = rows.Close() }()
	var out []T
	for rows.Next() {
		one, err := read(rows)
		if err != nil {
			return nil, storageError(err)
		}
		out = append(out, one)
	}
	return out, storageError(rows.Err())
}

// Setting implements localstore.Store.
func (s LocalStore) Setting(ctx context.Context, name string) (auth.Secret, error) {
	var sealed []byte
	row := s.db.Reader().QueryRowContext(ctx, `SELECT sealed FROM local_settings WHERE name = ?`, name)
	if err := row.Scan(&sealed); err != nil {
		return auth.Secret{}, localError(err)
	}
	var value string
	if err := s.unsealJSON(tableLocalSettings, name, sealed, &value, nil); err != nil {
		return auth.Secret{}, err
	}
	return auth.NewSecret(value), nil
}

// SetSetting implements localstore.Store.
func (s LocalStore) SetSetting(ctx context.Context, name string, value auth.Secret) error {
	sealed, err := s.sealJSON(tableLocalSettings, name, value.Reveal(), nil)
	if err != nil {
		return err
	}
	return s.exec(ctx, statement{`INSERT INTO local_settings (name, sealed) VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed`, []any{name, sealed}})
}
