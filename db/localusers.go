package db

import (
	"context"
	"database/sql"
	"time"

	"tokenwell/auth"
	"tokenwell/auth/localstore"
)

// sealedLocalUser is what is sealed of a user.
type sealedLocalUser struct {
	FullName string `json:"full_name"`
	Email    string `json:"email"`
	Password string `json:"password,omitempty"`
	Hash     string `json:"hash,omitempty"`
}

const selectLocalUser = `SELECT id, name_key, name, active, created_at, sealed FROM local_users `

func boundLocalUser(u localstore.User, key string) []string {
	return []string{key, u.Name, text(flag(u.Active)), text(millis(u.Created))}
}

func (s LocalStore) sealUser(u localstore.User) ([]byte, error) {
	return s.sealJSON(tableLocalUsers, u.ID, sealedLocalUser{
		FullName: u.FullName, Email: u.Email, Password: u.Password.Reveal(), Hash: u.Hash,
	}, boundLocalUser(u, auth.FoldName(u.Name)))
}

func (s LocalStore) scanUser(row scanner) (localstore.User, error) {
	var (
		u       localstore.User
		key     string
		created int64
		sealed  []byte
		rest    sealedLocalUser
	)
	if err := row.Scan(&u.ID, &key, &u.Name, &u.Active, &created, &sealed); err != nil {
		return localstore.User{}, localError(err)
	}
	u.Created = fromMillis(created)
	if err := s.unsealJSON(tableLocalUsers, u.ID, sealed, &rest, boundLocalUser(u, key)); err != nil {
		return localstore.User{}, err
	}
	u.FullName, u.Email, u.Hash, u.Password = rest.FullName, rest.Email, rest.Hash, auth.NewSecret(rest.Password)
	return u, nil
}

// AddUser implements localstore.Store.
func (s LocalStore) AddUser(ctx context.Context, u localstore.User) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	sealed, err := s.sealUser(u)
	if err != nil {
		return err
	}
	return s.exec(ctx, statement{
		`INSERT INTO local_users (id, name_key, name, active, created_at, sealed) VALUES (?, ?, ?, ?, ?, ?)`,
		[]any{u.ID, auth.FoldName(u.Name), u.Name, flag(u.Active), millis(u.Created), sealed},
	})
}

// Users implements localstore.Store.
func (s LocalStore) Users(ctx context.Context) ([]localstore.User, error) {
	if err := s.ready(ctx); err != nil {
		return nil, err
	}
	return localRows(ctx, s, s.scanUser, selectLocalUser+`ORDER BY name_key, id`)
}

// User implements localstore.Store.
func (s LocalStore) User(ctx context.Context, id string) (localstore.User, error) {
	return s.user(ctx, `WHERE id = ?`, id)
}

// UserByName implements localstore.Store.
func (s LocalStore) UserByName(ctx context.Context, name string) (localstore.User, error) {
	return s.user(ctx, `WHERE name_key = ?`, auth.FoldName(name))
}

func (s LocalStore) user(ctx context.Context, where, key string) (localstore.User, error) {
	if err := s.ready(ctx); err != nil {
		return localstore.User{}, err
	}
	return s.scanUser(s.db.Reader().QueryRowContext(ctx, selectLocalUser+where, key))
}

// UpdateUser implements localstore.Store.
func (s LocalStore) UpdateUser(ctx context.Context, u localstore.User, at time.Time) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	sealed, err := s.sealUser(u)
	if err != nil {
		return err
	}
	return s.db.writeBeside(ctx, func(tx *sql.Tx) error {
		err := updateOne(ctx, tx, `UPDATE local_users SET name_key = ?, name = ?, active = ?, created_at = ?, sealed = ? WHERE id = ?`,
			auth.FoldName(u.Name), u.Name, flag(u.Active), millis(u.Created), sealed, u.ID)
		if err != nil || u.Active {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM local_consents WHERE user_id = ?`, u.ID); err != nil {
			return err
		}
		return s.revokeGrants(ctx, tx, at, `WHERE user_id = ?`, u.ID)
	})
}

// updateOne changes a row that has to be there.
func updateOne(ctx context.Context, tx *sql.Tx, query string, args ...any) error {
	result, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return takenError(err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return localstore.ErrNotFound
	}
	return nil
}

// DeleteUser implements localstore.Store.
func (s LocalStore) DeleteUser(ctx context.Context, id string) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	return s.exec(ctx,
		statement{`DELETE FROM local_grants WHERE user_id = ?`, []any{id}},
		statement{`DELETE FROM local_consents WHERE user_id = ?`, []any{id}},
		statement{`DELETE FROM local_users WHERE id = ?`, []any{id}})
}
