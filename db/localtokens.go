package db

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"tokenwell/auth"
	"tokenwell/auth/localstore"
)

func boundLocalToken(t localstore.Token) []string {
	return []string{
		t.GrantID, text(int64(t.Kind)), text(millis(t.Issued)), text(millis(t.Expires)), text(millis(t.Spent)), text(millis(t.Revoked)),
	}
}

func (s LocalStore) addTokens(ctx context.Context, tx *sql.Tx, tokens []localstore.Token) error {
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

// Token implements localstore.Store.
func (s LocalStore) Token(ctx context.Context, hash string) (localstore.Token, localstore.Grant, error) {
	if err := s.ready(ctx); err != nil {
		return localstore.Token{}, localstore.Grant{}, err
	}
	t, g, err := s.token(ctx, s.db.Reader(), hash)
	return t, g.Grant, err
}

func (s LocalStore) token(ctx context.Context, q querier, hash string) (localstore.Token, localGrant, error) {
	var (
		t                               localstore.Token
		issued, expires, spent, revoked int64
		sealed                          []byte
	)
	row := q.QueryRowContext(ctx, `SELECT hash, grant_id, kind, issued_at, expires_at, spent_at, revoked_at, sealed
		FROM local_tokens WHERE hash = ?`, hash)
	if err := row.Scan(&t.Hash, &t.GrantID, &t.Kind, &issued, &expires, &spent, &revoked, &sealed); err != nil {
		return localstore.Token{}, localGrant{}, localError(err)
	}
	t.Issued, t.Expires, t.Spent, t.Revoked = fromMillis(issued), fromMillis(expires), fromMillis(spent), fromMillis(revoked)
	if err := s.unsealJSON(tableLocalTokens, t.Hash, sealed, &t.Scopes, boundLocalToken(t)); err != nil {
		return localstore.Token{}, localGrant{}, err
	}
	g, err := s.grant(ctx, q, `WHERE g.id = ?`, t.GrantID)
	if err != nil {
		return localstore.Token{}, localGrant{}, err
	}
	return t, g, nil
}

// updateToken writes what may change of a token, sealed anew.
func (s LocalStore) updateToken(ctx context.Context, tx *sql.Tx, t localstore.Token) error {
	sealed, err := s.sealJSON(tableLocalTokens, t.Hash, t.Scopes, boundLocalToken(t))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE local_tokens SET spent_at = ?, revoked_at = ?, sealed = ? WHERE hash = ?`,
		millis(t.Spent), millis(t.Revoked), sealed, t.Hash)
	return err
}

// Rotate implements localstore.Store.
func (s LocalStore) Rotate(ctx context.Context, oldHash string, at time.Time, successors []localstore.Token) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	return s.db.writeBeside(ctx, func(tx *sql.Tx) error {
		t, g, err := s.token(ctx, tx, oldHash)
		if err != nil {
			return err
		}
		if !t.Spent.IsZero() || !t.Revoked.IsZero() || !g.Revoked.IsZero() || g.RefreshesLeft == 0 || g.RefreshesLeft == auth.LocalNoRefresh {
			return localstore.ErrSpent
		}
		t.Spent = at
		if err := s.updateToken(ctx, tx, t); err != nil {
			return err
		}
		if g.RefreshesLeft > 0 {
			g.RefreshesLeft--
		}
		g.RefreshesLeft = localstore.LeftWith(successors, g.RefreshesLeft)
		g.take(successors)
		if err := s.updateGrant(ctx, tx, g); err != nil {
			return err
		}
		return s.addTokens(ctx, tx, successors)
	})
}

// RevokeToken implements localstore.Store. In the token list the newest access
// token is over from then on.
func (s LocalStore) RevokeToken(ctx context.Context, hash string, at time.Time) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	return s.db.writeBeside(ctx, func(tx *sql.Tx) error {
		t, g, err := s.token(ctx, tx, hash)
		if errors.Is(err, localstore.ErrNotFound) {
			return nil
		}
		if err != nil || !t.Revoked.IsZero() {
			return err
		}
		t.Revoked = at
		if err := s.updateToken(ctx, tx, t); err != nil {
			return err
		}
		if t.Kind != localstore.AccessToken || !t.Issued.Equal(g.issued) {
			return nil
		}
		g.expires = at
		return s.updateGrant(ctx, tx, g)
	})
}

// UseAssertion implements localstore.Store.
func (s LocalStore) UseAssertion(ctx context.Context, hash string, until time.Time) error {
	err := s.exec(ctx, statement{`INSERT INTO local_assertions (hash, expires_at) VALUES (?, ?)`, []any{hash, millis(until)}})
	if errors.Is(err, localstore.ErrTaken) {
		return localstore.ErrSpent
	}
	return err
}

// Purge implements localstore.Store. It needs no open vault.
func (s LocalStore) Purge(ctx context.Context, before time.Time) error {
	at := millis(before)
	return s.exec(ctx,
		statement{`DELETE FROM local_tokens WHERE expires_at <> 0 AND expires_at < ?`, []any{at}},
		statement{`DELETE FROM local_grants WHERE created_at < ?
			AND (revoked_at <> 0 OR NOT EXISTS (SELECT 1 FROM local_tokens t WHERE t.grant_id = local_grants.id))`, []any{at}},
		statement{`DELETE FROM local_assertions WHERE expires_at < ?`, []any{at}})
}
