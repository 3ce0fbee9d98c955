package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"tokenwell/auth"
	"tokenwell/auth/localserver"
)

// Tables of the local server, as places of sealed values. Part of the file format.
const (
	tableLocalSettings = "local_settings"
	tableLocalUsers    = "local_users"
	tableLocalClients  = "local_clients"
	tableLocalGrants   = "local_grants"
	tableLocalTokens   = "local_tokens"
)

// LocalStore keeps the local server's state in the same file: see
// localserver.Store for the contract. Its methods return auth.ErrVaultLocked
// while the vault is locked and auth.ErrChangedOutside for a row that does not
// match its seal. Safe for concurrent use.
type LocalStore struct{ db *DB }

var _ localserver.Store = LocalStore{}

// LocalServer returns the store of the local server.
func (d *DB) LocalServer() LocalStore { return LocalStore{d} }

// localError turns "no such row" into the local server's word for it.
func localError(err error) error {
	err = storageError(err)
	if errors.Is(err, auth.ErrNotFound) {
		return localserver.ErrNotFound
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

// exec is a write of one statement.
func (s LocalStore) exec(ctx context.Context, query string, args ...any) error {
	return s.db.writeBeside(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
}

// Setting implements localserver.Store.
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

// SetSetting implements localserver.Store.
func (s LocalStore) SetSetting(ctx context.Context, name string, value auth.Secret) error {
	sealed, err := s.sealJSON(tableLocalSettings, name, value.Reveal(), nil)
	if err != nil {
		return err
	}
	return s.exec(ctx, `INSERT INTO local_settings (name, sealed) VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed`, name, sealed)
}

// sealedLocalUser is what is sealed of a user.
type sealedLocalUser struct {
	FullName string `json:"full_name"`
	Email    string `json:"email"`
	Password string `json:"password"`
}

func boundLocalUser(u localserver.User) []string {
	return []string{u.Name, text(millis(u.Created))}
}

// AddUser implements localserver.Store.
func (s LocalStore) AddUser(ctx context.Context, u localserver.User) error {
	sealed, err := s.sealJSON(tableLocalUsers, u.ID,
		sealedLocalUser{FullName: u.FullName, Email: u.Email, Password: u.Password.Reveal()}, boundLocalUser(u))
	if err != nil {
		return err
	}
	return s.exec(ctx, `INSERT INTO local_users (id, name, created_at, sealed) VALUES (?, ?, ?, ?)`,
		u.ID, u.Name, millis(u.Created), sealed)
}

// User implements localserver.Store.
func (s LocalStore) User(ctx context.Context, id string) (localserver.User, error) {
	return s.user(ctx, `SELECT id, name, created_at, sealed FROM local_users WHERE id = ?`, id)
}

// UserByName implements localserver.Store.
func (s LocalStore) UserByName(ctx context.Context, name string) (localserver.User, error) {
	return s.user(ctx, `SELECT id, name, created_at, sealed FROM local_users WHERE name = ?`, name)
}

func (s LocalStore) user(ctx context.Context, query, key string) (localserver.User, error) {
	var (
		u       localserver.User
		created int64
		sealed  []byte
		secret  sealedLocalUser
	)
	if err := s.db.Reader().QueryRowContext(ctx, query, key).Scan(&u.ID, &u.Name, &created, &sealed); err != nil {
		return localserver.User{}, localError(err)
	}
	u.Created = fromMillis(created)
	if err := s.unsealJSON(tableLocalUsers, u.ID, sealed, &secret, boundLocalUser(u)); err != nil {
		return localserver.User{}, err
	}
	u.FullName, u.Email, u.Password = secret.FullName, secret.Email, auth.NewSecret(secret.Password)
	return u, nil
}

// sealedLocalClient is what is sealed of a client.
type sealedLocalClient struct {
	Public       bool     `json:"public"`
	Secret       string   `json:"secret"`
	RedirectURIs []string `json:"redirect_uris"`
	Scopes       []string `json:"scopes"`
}

func boundLocalClient(c localserver.Client) []string {
	return []string{c.Name, text(flag(c.Practice)), text(millis(c.Created))}
}

// AddClient implements localserver.Store.
func (s LocalStore) AddClient(ctx context.Context, c localserver.Client) error {
	sealed, err := s.sealJSON(tableLocalClients, c.ID,
		sealedLocalClient{Public: c.Public, Secret: c.Secret.Reveal(), RedirectURIs: c.RedirectURIs, Scopes: c.Scopes}, boundLocalClient(c))
	if err != nil {
		return err
	}
	return s.exec(ctx, `INSERT INTO local_clients (id, name, practice, created_at, sealed) VALUES (?, ?, ?, ?, ?)`,
		c.ID, c.Name, flag(c.Practice), millis(c.Created), sealed)
}

// Client implements localserver.Store.
func (s LocalStore) Client(ctx context.Context, id string) (localserver.Client, error) {
	return s.client(ctx, `SELECT id, name, practice, created_at, sealed FROM local_clients WHERE id = ?`, id)
}

// PracticeClient implements localserver.Store.
func (s LocalStore) PracticeClient(ctx context.Context) (localserver.Client, error) {
	return s.client(ctx, `SELECT id, name, practice, created_at, sealed FROM local_clients WHERE practice = ?`, 1)
}

func (s LocalStore) client(ctx context.Context, query string, key any) (localserver.Client, error) {
	var (
		c       localserver.Client
		created int64
		sealed  []byte
		rest    sealedLocalClient
	)
	row := s.db.Reader().QueryRowContext(ctx, query, key)
	if err := row.Scan(&c.ID, &c.Name, &c.Practice, &created, &sealed); err != nil {
		return localserver.Client{}, localError(err)
	}
	c.Created = fromMillis(created)
	if err := s.unsealJSON(tableLocalClients, c.ID, sealed, &rest, boundLocalClient(c)); err != nil {
		return localserver.Client{}, err
	}
	c.Public, c.Secret, c.RedirectURIs, c.Scopes = rest.Public, auth.NewSecret(rest.Secret), rest.RedirectURIs, rest.Scopes
	return c, nil
}
