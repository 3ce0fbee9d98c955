package db

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"tokenwell/auth/localserver"
)

// sealedLocalGrant is what is sealed of a grant.
type sealedLocalGrant struct {
	ClientID      string   `json:"client_id"`
	UserID        string   `json:"user_id"`
	Scopes        []string `json:"scopes"`
	RedirectURI   string   `json:"redirect_uri"`
	Nonce         string   `json:"nonce"`
	CodeChallenge string   `json:"code_challenge"`
	CodeExpires   int64    `json:"code_expires"`
	AuthTime      int64    `json:"auth_time"`
}

func boundLocalGrant(g localserver.Grant) []string {
	return []string{g.CodeHash, text(millis(g.Created)), text(millis(g.CodeUsed)), text(millis(g.Revoked))}
}

func (s LocalStore) sealGrant(g localserver.Grant) ([]byte, error) {
	return s.sealJSON(tableLocalGrants, g.ID, sealedLocalGrant{
		ClientID: g.ClientID, UserID: g.UserID, Scopes: g.Scopes, RedirectURI: g.RedirectURI, Nonce: g.Nonce,
		CodeChallenge: g.CodeChallenge, CodeExpires: millis(g.CodeExpires), AuthTime: millis(g.AuthTime),
	}, boundLocalGrant(g))
}

// AddGrant implements localserver.Store.
func (s LocalStore) AddGrant(ctx context.Context, g localserver.Grant) error {
	sealed, err := s.sealGrant(g)
	if err != nil {
		return err
	}
	return s.exec(ctx, `INSERT INTO local_grants (id, code_hash, created_at, code_used_at, revoked_at, sealed) VALUES (?, ?, ?, ?, ?, ?)`,
		g.ID, g.CodeHash, millis(g.Created), millis(g.CodeUsed), millis(g.Revoked), sealed)
}

// GrantByCode implements localserver.Store.
func (s LocalStore) GrantByCode(ctx context.Context, codeHash string) (localserver.Grant, error) {
	return s.grant(ctx, s.db.Reader(), `code_hash = ?`, codeHash)
}

func (s LocalStore) grant(ctx context.Context, q querier, where, key string) (localserver.Grant, error) {
	var (
		g                      localserver.Grant
		created, used, revoked int64
		sealed                 []byte
		rest                   sealedLocalGrant
	)
	row := q.QueryRowContext(ctx, `SELECT id, code_hash, created_at, code_used_at, revoked_at, sealed FROM local_grants WHERE `+where, key)
	if err := row.Scan(&g.ID, &g.CodeHash, &created, &used, &revoked, &sealed); err != nil {
		return localserver.Grant{}, localError(err)
	}
	g.Created, g.CodeUsed, g.Revoked = fromMillis(created), fromMillis(used), fromMillis(revoked)
	if err := s.unsealJSON(tableLocalGrants, g.ID, sealed, &rest, boundLocalGrant(g)); err != nil {
		return localserver.Grant{}, err
	}
	g.ClientID, g.UserID, g.Scopes, g.RedirectURI, g.Nonce = rest.ClientID, rest.UserID, rest.Scopes, rest.RedirectURI, rest.Nonce
	g.CodeChallenge, g.CodeExpires, g.AuthTime = rest.CodeChallenge, fromMillis(rest.CodeExpires), fromMillis(rest.AuthTime)
	return g, nil
}

// updateGrant writes what may change of a grant, sealed anew.
func (s LocalStore) updateGrant(ctx context.Context, tx *sql.Tx, g localserver.Grant) error {
	sealed, err := s.sealGrant(g)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE local_grants SET code_used_at = ?, revoked_at = ?, sealed = ? WHERE id = ?`,
		millis(g.CodeUsed), millis(g.Revoked), sealed, g.ID)
	return err
}

// RedeemCode implements localserver.Store.
func (s LocalStore) RedeemCode(ctx context.Context, codeHash string, at time.Time, tokens []localserver.Token) error {
	return s.db.writeBeside(ctx, func(tx *sql.Tx) error {
		g, err := s.grant(ctx, tx, `code_hash = ?`, codeHash)
		if err != nil {
			return err
		}
		if !g.CodeUsed.IsZero() || !g.Revoked.IsZero() {
			return localserver.ErrSpent
		}
		g.CodeUsed = at
		if err := s.updateGrant(ctx, tx, g); err != nil {
			return err
		}
		return s.addTokens(ctx, tx, tokens)
	})
}

// RevokeGrant implements localserver.Store.
func (s LocalStore) RevokeGrant(ctx context.Context, id string, at time.Time) error {
	return s.db.writeBeside(ctx, func(tx *sql.Tx) error {
		g, err := s.grant(ctx, tx, `id = ?`, id)
		if errors.Is(err, localserver.ErrNotFound) {
			return nil
		}
		if err != nil || !g.Revoked.IsZero() {
			return err
		}
		g.Revoked = at
		return s.updateGrant(ctx, tx, g)
	})
}

func boundLocalToken(t localserver.Token) []string {
	return []string{
		t.GrantID, text(int64(t.Kind)), text(millis(t.Issued)), text(millis(t.Expires)), text(millis(t.Spent)), text(millis(t.Revoked)),
	}
}

func (s LocalStore) addTokens(ctx context.Context, tx *sql.Tx, tokens []localserver.Token) error {
	for _, t := range tokens {
		sealed, err := s.sealJSON(tableLocalTokens, t.Hash, t.Scopes, boundLocalToken(t))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO local_tokens (hash, grant_id, kind, issued_at, expires_at, spent_at, revoked_at, sealed)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			t.Hash, t.GrantID, int64(t.Kind), millis(t.Issued), millis(t.Expires), millis(t.Spent), millis(t.Revoked), sealed)
		if err != nil {
			return err
		}
	}
	return nil
}

// Token implements localserver.Store.
func (s LocalStore) Token(ctx context.Context, hash string) (localserver.Token, localserver.Grant, error) {
	return s.token(ctx, s.db.Reader(), hash)
}

func (s LocalStore) token(ctx context.Context, q querier, hash string) (localserver.Token, localserver.Grant, error) {
	var (
		t                               localserver.Token
		issued, expires, spent, revoked int64
		sealed                          []byte
	)
	row := q.QueryRowContext(ctx, `SELECT hash, grant_id, kind, issued_at, expires_at, spent_at, revoked_at, sealed
		FROM local_tokens WHERE hash = ?`, hash)
	if err := row.Scan(&t.Hash, &t.GrantID, &t.Kind, &issued, &expires, &spent, &revoked, &sealed); err != nil {
		return localserver.Token{}, localserver.Grant{}, localError(err)
	}
	t.Issued, t.Expires, t.Spent, t.Revoked = fromMillis(issued), fromMillis(expires), fromMillis(spent), fromMillis(revoked)
	if err := s.unsealJSON(tableLocalTokens, t.Hash, sealed, &t.Scopes, boundLocalToken(t)); err != nil {
		return localserver.Token{}, localserver.Grant{}, err
	}
	g, err := s.grant(ctx, q, `id = ?`, t.GrantID)
	if err != nil {
		return localserver.Token{}, localserver.Grant{}, err
	}
	return t, g, nil
}

// updateToken writes what may change of a token, sealed anew.
func (s LocalStore) updateToken(ctx context.Context, tx *sql.Tx, t localserver.Token) error {
	sealed, err := s.sealJSON(tableLocalTokens, t.Hash, t.Scopes, boundLocalToken(t))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE local_tokens SET spent_at = ?, revoked_at = ?, sealed = ? WHERE hash = ?`,
		millis(t.Spent), millis(t.Revoked), sealed, t.Hash)
	return err
}

// Rotate implements localserver.Store.
func (s LocalStore) Rotate(ctx context.Context, oldHash string, at time.Time, successors []localserver.Token) error {
	return s.db.writeBeside(ctx, func(tx *sql.Tx) error {
		t, g, err := s.token(ctx, tx, oldHash)
		if err != nil {
			return err
		}
		if !t.Spent.IsZero() || !t.Revoked.IsZero() || !g.Revoked.IsZero() {
			return localserver.ErrSpent
		}
		t.Spent = at
		if err := s.updateToken(ctx, tx, t); err != nil {
			return err
		}
		return s.addTokens(ctx, tx, successors)
	})
}

// RevokeToken implements localserver.Store.
func (s LocalStore) RevokeToken(ctx context.Context, hash string, at time.Time) error {
	return s.db.writeBeside(ctx, func(tx *sql.Tx) error {
		t, _, err := s.token(ctx, tx, hash)
		if errors.Is(err, localserver.ErrNotFound) {
			return nil
		}
		if err != nil || !t.Revoked.IsZero() {
			return err
		}
		t.Revoked = at
		return s.updateToken(ctx, tx, t)
	})
}

// Purge implements localserver.Store. It needs no open vault.
func (s LocalStore) Purge(ctx context.Context, before time.Time) error {
	return s.db.writeBeside(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM local_tokens WHERE expires_at < ?`, millis(before)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM local_grants WHERE created_at < ?
			AND (revoked_at <> 0 OR NOT EXISTS (SELECT 1 FROM local_tokens t WHERE t.grant_id = local_grants.id))`, millis(before))
		return err
	})
}
