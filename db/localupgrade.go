package db

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"tokenwell/auth"
	"tokenwell/auth/localstore"
)

// localReady tells whether rows from before the registry were sealed anew.
type localReady struct {
	mu   sync.Mutex
	done atomic.Bool
}

// ready brings rows from before the registry (migration 0006) up to date, once:
// the new columns are part of their seals, which a migration can't make.
func (s LocalStore) ready(ctx context.Context) error {
	if s.db.local.done.Load() {
		return nil
	}
	s.db.local.mu.Lock()
	defer s.db.local.mu.Unlock()
	if s.db.local.done.Load() {
		return nil
	}
	if !s.db.open() {
		return auth.ErrVaultLocked
	}
	err := s.db.writeBeside(ctx, func(tx *sql.Tx) error {
		for _, table := range []struct {
			old     string
			upgrade func(context.Context, *sql.Tx, string) error
		}{
			{`SELECT id FROM local_users WHERE name_key = ''`, s.upgradeUser},
			{`SELECT id FROM local_clients WHERE name_key = ''`, s.upgradeClient},
			{`SELECT id FROM local_grants WHERE client_id = ''`, s.upgradeGrant},
		} {
			ids, err := column(ctx, tx, table.old)
			if err != nil {
				return err
			}
			for _, id := range ids {
				err := table.upgrade(ctx, tx, id)
				if errors.Is(err, auth.ErrChangedOutside) {
					s.db.log.Warn("a row of the local server was changed outside the app and is not used", "row", id)
					continue
				}
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
	s.db.local.done.Store(err == nil)
	return err
}

func (s LocalStore) upgradeUser(ctx context.Context, tx *sql.Tx, id string) error {
	u := localstore.User{ID: id, Active: true}
	var (
		created int64
		sealed  []byte
		rest    sealedLocalUser
	)
	row := tx.QueryRowContext(ctx, `SELECT name, created_at, sealed FROM local_users WHERE id = ?`, id)
	if err := row.Scan(&u.Name, &created, &sealed); err != nil {
		return err
	}
	if err := s.unsealJSON(tableLocalUsers, id, sealed, &rest, []string{u.Name, text(created)}); err != nil {
		return err
	}
	u.FullName, u.Email, u.Password, u.Created = rest.FullName, rest.Email, auth.NewSecret(rest.Password), fromMillis(created)
	sealed, err := s.sealUser(u)
	if err != nil {
		return err
	}
	return updateOne(ctx, tx, `UPDATE local_users SET name_key = ?, active = 1, sealed = ? WHERE id = ?`, auth.FoldName(u.Name), sealed, id)
}

// What clients from before the registry had, all alike.
const (
	oldLocalVersion = "1.0"
	oldLocalAccess  = 15 * time.Minute
	offlineAccess   = "offline_access"
)

func (s LocalStore) upgradeClient(ctx context.Context, tx *sql.Tx, id string) error {
	c := localstore.Client{
		ID: id, Version: oldLocalVersion, Active: true, Grants: []auth.LocalGrant{auth.LocalGrantCode},
		AccessSeconds: int64(oldLocalAccess / time.Second),
	}
	var (
		created int64
		sealed  []byte
		rest    sealedLocalClient
	)
	row := tx.QueryRowContext(ctx, `SELECT name, practice, created_at, sealed FROM local_clients WHERE id = ?`, id)
	if err := row.Scan(&c.Name, &c.Practice, &created, &sealed); err != nil {
		return err
	}
	if err := s.unsealJSON(tableLocalClients, id, sealed, &rest, []string{c.Name, text(flag(c.Practice)), text(created)}); err != nil {
		return err
	}
	c.Public, c.Secret, c.RedirectURIs, c.Scopes = rest.Public, auth.NewSecret(rest.Secret), rest.RedirectURIs, rest.Scopes
	c.Created = fromMillis(created)
	if slices.Contains(c.Scopes, offlineAccess) {
		c.RefreshCount = auth.LocalUnlimited
	}
	sealed, err := s.sealClient(c)
	if err != nil {
		return err
	}
	return updateOne(ctx, tx, `UPDATE local_clients SET name_key = ?, version = ?, active = 1, sealed = ? WHERE id = ?`,
		localClientKey(c), c.Version, sealed, id)
}

func (s LocalStore) upgradeGrant(ctx context.Context, tx *sql.Tx, id string) error {
	g := localGrant{Grant: localstore.Grant{ID: id, Kind: auth.LocalGrantCode, RefreshesLeft: auth.LocalNoRefresh}}
	var (
		created, used, revoked, issued, expires int64
		sealed                                  []byte
		rest                                    struct {
			sealedLocalGrant
			ClientID string `json:"client_id"`
			UserID   string `json:"user_id"`
		}
	)
	row := tx.QueryRowContext(ctx, `SELECT code_hash, created_at, code_used_at, revoked_at, sealed FROM local_grants WHERE id = ?`, id)
	if err := row.Scan(&g.CodeHash, &created, &used, &revoked, &sealed); err != nil {
		return err
	}
	if err := s.unsealJSON(tableLocalGrants, id, sealed, &rest, []string{g.CodeHash, text(created), text(used), text(revoked)}); err != nil {
		return err
	}
	row = tx.QueryRowContext(ctx, `SELECT ifnull(max(issued_at), 0), ifnull(expires_at, 0) FROM local_tokens WHERE grant_id = ? AND kind = ?`,
		id, int64(localstore.AccessToken))
	if err := row.Scan(&issued, &expires); err != nil {
		return err
	}
	g.Created, g.CodeUsed, g.Revoked = fromMillis(created), fromMillis(used), fromMillis(revoked)
	g.ClientID, g.UserID, g.issued, g.expires = rest.ClientID, rest.UserID, fromMillis(issued), fromMillis(expires)
	g.Scopes, g.RedirectURI, g.Nonce, g.CodeChallenge = rest.Scopes, rest.RedirectURI, rest.Nonce, rest.CodeChallenge
	g.CodeExpires, g.AuthTime = fromMillis(rest.CodeExpires), fromMillis(rest.AuthTime)
	if slices.Contains(g.Scopes, offlineAccess) {
		g.RefreshesLeft = auth.LocalUnlimited
	}
	_, err := tx.ExecContext(ctx, `UPDATE local_grants SET client_id = ?, user_id = ?, kind = ?, search = ? WHERE id = ?`,
		g.ClientID, g.UserID, string(g.Kind), searchedScopes(g.Scopes), id)
	if err != nil {
		return err
	}
	return s.updateGrant(ctx, tx, g)
}
