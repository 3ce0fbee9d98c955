package db

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"tokenwell/auth"
	"tokenwell/auth/localstore"
)

// sealedLocalScope is what is sealed of a scope.
type sealedLocalScope struct {
	Description string `json:"description"`
	Default     bool   `json:"default"`
	Builtin     bool   `json:"builtin"`
}

func boundLocalScope(name string, position int64) []string { return []string{name, text(position)} }

// Scopes implements localstore.Store.
func (s LocalStore) Scopes(ctx context.Context) ([]localstore.Scope, error) {
	if err := s.ready(ctx); err != nil {
		return nil, err
	}
	return localRows(ctx, s, s.scanScope, `SELECT name_key, name, position, sealed FROM local_scopes ORDER BY position, name_key`)
}

func (s LocalStore) scanScope(row scanner) (localstore.Scope, error) {
	var (
		scope    localstore.Scope
		key      string
		position int64
		sealed   []byte
		rest     sealedLocalScope
	)
	if err := row.Scan(&key, &scope.Name, &position, &sealed); err != nil {
		return localstore.Scope{}, localError(err)
	}
	if err := s.unsealJSON(tableLocalScopes, key, sealed, &rest, boundLocalScope(scope.Name, position)); err != nil {
		return localstore.Scope{}, err
	}
	scope.Description, scope.Default, scope.Builtin = rest.Description, rest.Default, rest.Builtin
	return scope, nil
}

// SaveScope implements localstore.Store. One that is replaced keeps its name
// and its place.
func (s LocalStore) SaveScope(ctx context.Context, scope localstore.Scope, isNew bool) error {
	key := auth.FoldName(scope.Name)
	return s.db.writeBeside(ctx, func(tx *sql.Tx) error {
		name, position := scope.Name, int64(0)
		query := `INSERT INTO local_scopes (name, position, sealed, name_key) VALUES (?, ?, ?, ?)`
		row := tx.QueryRowContext(ctx, `SELECT ifnull(max(position), 0) + 1 FROM local_scopes`)
		into := []any{&position}
		if !isNew {
			query = `UPDATE local_scopes SET name = ?, position = ?, sealed = ? WHERE name_key = ?`
			row = tx.QueryRowContext(ctx, `SELECT name, position FROM local_scopes WHERE name_key = ?`, key)
			into = []any{&name, &position}
		}
		if err := row.Scan(into...); err != nil {
			return localError(err)
		}
		sealed, err := s.sealJSON(tableLocalScopes, key,
			sealedLocalScope{Description: scope.Description, Default: scope.Default, Builtin: scope.Builtin}, boundLocalScope(name, position))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, query, name, position, sealed, key)
		return takenError(err)
	})
}

// DeleteScope implements localstore.Store.
func (s LocalStore) DeleteScope(ctx context.Context, name string, now time.Time) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	key := auth.FoldName(name)
	return s.db.writeBeside(ctx, func(tx *sql.Tx) error {
		inUse := &auth.LocalScopeInUse{Scope: name}
		ids, err := column(ctx, tx, `SELECT id FROM local_clients ORDER BY name_key, id`)
		if err != nil {
			return err
		}
		for _, id := range ids {
			c, err := s.scanClient(tx.QueryRowContext(ctx, selectLocalClient+`WHERE id = ?`, id))
			if err != nil {
				return err
			}
			if slices.ContainsFunc(c.Scopes, func(scope string) bool { return auth.FoldName(scope) == key }) {
				inUse.Clients = append(inUse.Clients, strings.TrimSpace(c.Name+" "+c.Version))
			}
		}
		row := tx.QueryRowContext(ctx, `SELECT count(*) FROM local_grants g WHERE instr(g.search, :scope) > 0 AND `+grantInForce,
			sql.Named("scope", " "+key+" "), sql.Named("now", millis(now)))
		if err := row.Scan(&inUse.Tokens); err != nil {
			return err
		}
		if len(inUse.Clients) > 0 || inUse.Tokens > 0 {
			return inUse
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM local_scopes WHERE name_key = ?`, key)
		return err
	})
}
