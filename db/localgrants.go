package db

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"tokenwell/auth"
	"tokenwell/auth/localstore"
)

// localGrant is a grant as its row has it.
type localGrant struct {
	localstore.Grant
	issued  time.Time // of the newest access token; zero: there is none yet
	expires time.Time // of the same; zero: never
}

// sealedLocalGrant is what is sealed of a grant.
type sealedLocalGrant struct {
	Scopes        []string `json:"scopes"`
	RedirectURI   string   `json:"redirect_uri"`
	Nonce         string   `json:"nonce"`
	CodeChallenge string   `json:"code_challenge"`
	CodeExpires   int64    `json:"code_expires"`
	AuthTime      int64    `json:"auth_time"`
}

const selectLocalGrant = `SELECT g.id, g.code_hash, g.created_at, g.code_used_at, g.revoked_at, g.kind, g.client_id, g.user_id,
	g.refreshes_left, g.access_expires_at, g.issued_at, g.sealed FROM local_grants g `

// noCode stands in place of a code's hash, before the grant's ID.
const noCode = "none:"

func codeColumn(g localstore.Grant) string {
	if g.CodeHash == "" {
		return noCode + g.ID
	}
	return g.CodeHash
}

// searchedScopes is how the scopes of a grant are found.
func searchedScopes(scopes []string) string {
	return " " + auth.FoldName(strings.Join(scopes, " ")) + " "
}

func boundLocalGrant(g localGrant) []string {
	return []string{
		g.CodeHash, text(millis(g.Created)), text(millis(g.CodeUsed)), text(millis(g.Revoked)), string(g.Kind), g.ClientID, g.UserID,
		text(int64(g.RefreshesLeft)), text(millis(g.expires)), text(millis(g.issued)),
	}
}

func (s LocalStore) sealGrant(g localGrant) ([]byte, error) {
	return s.sealJSON(tableLocalGrants, g.ID, sealedLocalGrant{
		Scopes: g.Scopes, RedirectURI: g.RedirectURI, Nonce: g.Nonce,
		CodeChallenge: g.CodeChallenge, CodeExpires: millis(g.CodeExpires), AuthTime: millis(g.AuthTime),
	}, boundLocalGrant(g))
}

func (s LocalStore) scanGrant(row scanner) (localGrant, error) {
	var (
		g                                       localGrant
		created, used, revoked, expires, issued int64
		sealed                                  []byte
		rest                                    sealedLocalGrant
	)
	err := row.Scan(&g.ID, &g.CodeHash, &created, &used, &revoked, &g.Kind, &g.ClientID, &g.UserID, &g.RefreshesLeft, &expires, &issued, &sealed)
	if err != nil {
		return localGrant{}, localError(err)
	}
	if strings.HasPrefix(g.CodeHash, noCode) {
		g.CodeHash = ""
	}
	g.Created, g.CodeUsed, g.Revoked = fromMillis(created), fromMillis(used), fromMillis(revoked)
	g.expires, g.issued = fromMillis(expires), fromMillis(issued)
	if err := s.unsealJSON(tableLocalGrants, g.ID, sealed, &rest, boundLocalGrant(g)); err != nil {
		return localGrant{}, err
	}
	g.Scopes, g.RedirectURI, g.Nonce, g.CodeChallenge = rest.Scopes, rest.RedirectURI, rest.Nonce, rest.CodeChallenge
	g.CodeExpires, g.AuthTime = fromMillis(rest.CodeExpires), fromMillis(rest.AuthTime)
	return g, nil
}

func (s LocalStore) grant(ctx context.Context, q querier, where, key string) (localGrant, error) {
	return s.scanGrant(q.QueryRowContext(ctx, selectLocalGrant+where, key))
}

// AddGrant implements localstore.Store.
func (s LocalStore) AddGrant(ctx context.Context, g localstore.Grant) error {
	return s.Issue(ctx, g, nil)
}

// Issue implements localstore.Store.
func (s LocalStore) Issue(ctx context.Context, g localstore.Grant, tokens []localstore.Token) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	made := localGrant{Grant: g}
	made.take(tokens)
	return s.db.writeBeside(ctx, func(tx *sql.Tx) error {
		if err := s.insertGrant(ctx, tx, made); err != nil {
			return err
		}
		return s.addTokens(ctx, tx, tokens)
	})
}

func (s LocalStore) insertGrant(ctx context.Context, tx *sql.Tx, g localGrant) error {
	sealed, err := s.sealGrant(g)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO local_grants (id, code_hash, created_at, code_used_at, revoked_at, kind, client_id, user_id,
		refreshes_left, access_expires_at, issued_at, search, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		g.ID, codeColumn(g.Grant), millis(g.Created), millis(g.CodeUsed), millis(g.Revoked), string(g.Kind), g.ClientID, g.UserID,
		g.RefreshesLeft, millis(g.expires), millis(g.issued), searchedScopes(g.Scopes), sealed)
	return err
}

// take notes the newest access token.
func (g *localGrant) take(tokens []localstore.Token) {
	for _, t := range tokens {
		if t.Kind == localstore.AccessToken {
			g.issued, g.expires = t.Issued, t.Expires
		}
	}
}

// GrantByCode implements localstore.Store.
func (s LocalStore) GrantByCode(ctx context.Context, codeHash string) (localstore.Grant, error) {
	if err := s.ready(ctx); err != nil {
		return localstore.Grant{}, err
	}
	g, err := s.grant(ctx, s.db.Reader(), `WHERE g.code_hash = ?`, codeHash)
	return g.Grant, err
}

// updateGrant writes what may change of a grant, sealed anew.
func (s LocalStore) updateGrant(ctx context.Context, tx *sql.Tx, g localGrant) error {
	sealed, err := s.sealGrant(g)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE local_grants
		SET code_used_at = ?, revoked_at = ?, refreshes_left = ?, access_expires_at = ?, issued_at = ?, sealed = ? WHERE id = ?`,
		millis(g.CodeUsed), millis(g.Revoked), g.RefreshesLeft, millis(g.expires), millis(g.issued), sealed, g.ID)
	return err
}

// RedeemCode implements localstore.Store.
func (s LocalStore) RedeemCode(ctx context.Context, codeHash string, at time.Time, tokens []localstore.Token) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	return s.db.writeBeside(ctx, func(tx *sql.Tx) error {
		g, err := s.grant(ctx, tx, `WHERE g.code_hash = ?`, codeHash)
		if err != nil {
			return err
		}
		if !g.CodeUsed.IsZero() || !g.Revoked.IsZero() {
			return localstore.ErrSpent
		}
		g.CodeUsed, g.RefreshesLeft = at, localstore.LeftWith(tokens, g.RefreshesLeft)
		g.take(tokens)
		if err := s.updateGrant(ctx, tx, g); err != nil {
			return err
		}
		return s.addTokens(ctx, tx, tokens)
	})
}

// RevokeGrant implements localstore.Store.
func (s LocalStore) RevokeGrant(ctx context.Context, id string, at time.Time) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	return s.db.writeBeside(ctx, func(tx *sql.Tx) error {
		g, err := s.grant(ctx, tx, `WHERE g.id = ?`, id)
		if errors.Is(err, localstore.ErrNotFound) {
			return nil
		}
		if err != nil || !g.Revoked.IsZero() {
			return err
		}
		g.Revoked = at
		return s.updateGrant(ctx, tx, g)
	})
}

// revokeGrants ends all that where finds. One that was changed outside is worth
// nothing as it is, and must not keep the others alive.
func (s LocalStore) revokeGrants(ctx context.Context, tx *sql.Tx, at time.Time, where, key string) error {
	ids, err := column(ctx, tx, `SELECT g.id FROM local_grants g `+where+` AND g.revoked_at = 0`, key)
	if err != nil {
		return err
	}
	for _, id := range ids {
		g, err := s.grant(ctx, tx, `WHERE g.id = ?`, id)
		if errors.Is(err, auth.ErrChangedOutside) {
			s.db.log.Warn("a grant of the local server was changed outside the app and is not used", "grant", id)
			continue
		}
		if err != nil {
			return err
		}
		g.Revoked = at
		if err := s.updateGrant(ctx, tx, g); err != nil {
			return err
		}
	}
	return nil
}

// column reads a query's only column.
func column(ctx context.Context, tx *sql.Tx, query string, args ...any) ([]string, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, rows.Err()
}

// DeleteGrant implements localstore.Store.
func (s LocalStore) DeleteGrant(ctx context.Context, id string) error {
	return s.exec(ctx, statement{`DELETE FROM local_grants WHERE id = ?`, []any{id}})
}
