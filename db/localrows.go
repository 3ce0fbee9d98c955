package db

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"tokenwell/auth"
)

// What the token list counts, of g at :now. A grant has a row from its first
// access token on until that is over and can't be refreshed. An index holds all
// that is named here, so that no sealed value is read on the way.
const (
	grantOver    = `(g.access_expires_at <> 0 AND g.access_expires_at <= :now)`
	grantEnded   = `(g.revoked_at <> 0 OR g.refreshes_left IN (0, -2))`
	grantListed  = `(g.issued_at <> 0 AND NOT (` + grantOver + ` AND ` + grantEnded + `))`
	grantInForce = `(` + grantListed + ` AND g.revoked_at = 0)`
	grantOfOne   = ` AND g.client_id = :client`
	grantFound   = ` AND (instr(g.search, :search) > 0
		OR g.client_id IN (SELECT id FROM local_clients WHERE instr(replace(name_key, char(31), ' '), :search) > 0)
		OR g.user_id IN (SELECT id FROM local_users WHERE instr(name_key, :search) > 0))`
)

// localOrders are the keys of auth.LocalTokenQuery.Sort. What never ends comes
// after everything that does.
var localOrders = map[string]string{
	"client":  `ifnull((SELECT name_key FROM local_clients WHERE id = g.client_id), '')`,
	"user":    `ifnull((SELECT name_key FROM local_users WHERE id = g.user_id), '')`,
	"issued":  `g.issued_at`,
	"expires": `iif(g.access_expires_at = 0, 9223372036854775807, g.access_expires_at)`,
	"left":    `iif(g.refreshes_left = -1, 9223372036854775807, g.refreshes_left)`,
}

// TokenRows implements localserver.Store. No more rows are unsealed than the
// page has.
func (s LocalStore) TokenRows(ctx context.Context, q auth.LocalTokenQuery, now time.Time) (auth.LocalTokenPage, error) {
	var page auth.LocalTokenPage
	if err := s.ready(ctx); err != nil {
		return page, err
	}
	args := []any{sql.Named("now", millis(now))}
	row := s.db.Reader().QueryRowContext(ctx,
		`SELECT count(*), count(*) FILTER (WHERE `+grantOver+`) FROM local_grants g WHERE `+grantListed, args...)
	if err := row.Scan(&page.Total, &page.Expired); err != nil {
		return auth.LocalTokenPage{}, storageError(err)
	}
	page.Match = page.Total
	where := grantListed
	if q.ClientID != "" {
		where, args = where+grantOfOne, append(args, sql.Named("client", q.ClientID))
	}
	if search := auth.FoldName(q.Search); search != "" {
		where, args = where+grantFound, append(args, sql.Named("search", search))
	}
	if where != grantListed {
		if err := s.db.Reader().QueryRowContext(ctx, `SELECT count(*) FROM local_grants g WHERE `+where, args...).Scan(&page.Match); err != nil {
			return auth.LocalTokenPage{}, storageError(err)
		}
	}
	rows, err := s.pageRows(ctx, q, where, args, now)
	page.Rows = rows
	return page, err
}

// pageRows sorts IDs alone and then fetches what the page has.
func (s LocalStore) pageRows(ctx context.Context, q auth.LocalTokenQuery, where string, args []any, now time.Time) ([]auth.LocalToken, error) {
	key, ok := localOrders[q.Sort]
	if !ok {
		key = localOrders["issued"]
	}
	order := ` ORDER BY sort_key, sort_id`
	if q.Desc {
		order = ` ORDER BY sort_key DESC, sort_id`
	}
	args = append(args, sql.Named("limit", max(0, q.Limit)), sql.Named("offset", max(0, q.Offset)))
	return localRows(ctx, s, func(row scanner) (auth.LocalToken, error) { return s.scanLocalToken(row, now) },
		`WITH page AS MATERIALIZED (SELECT `+key+` AS sort_key, g.id AS sort_id FROM local_grants g WHERE `+where+order+` LIMIT :limit OFFSET :offset)
		SELECT ifnull(c.name, ''), ifnull(c.version, ''), ifnull(u.name, ''), g.* FROM page CROSS JOIN (`+selectLocalGrant+`) g ON g.id = sort_id
		LEFT JOIN local_clients c ON c.id = g.client_id LEFT JOIN local_users u ON u.id = g.user_id`+order, args...)
}

// named is a row with the names of client and user before its grant.
type named struct {
	scanner
	client, version, user string
}

// Scan implements scanner.
func (n *named) Scan(into ...any) error {
	return n.scanner.Scan(append([]any{&n.client, &n.version, &n.user}, into...)...)
}

func (s LocalStore) scanLocalToken(row scanner, now time.Time) (auth.LocalToken, error) {
	names := &named{scanner: row}
	g, err := s.scanGrant(names)
	if err != nil {
		return auth.LocalToken{}, err
	}
	t := auth.LocalToken{
		ID: g.ID, ClientID: g.ClientID, Client: strings.TrimSpace(names.client + " " + names.version), User: names.user, Grant: g.Kind,
		Scopes: g.Scopes, Issued: g.issued, Expires: g.expires, RefreshesLeft: g.RefreshesLeft, State: auth.LocalTokenActive,
	}
	switch {
	case !g.Revoked.IsZero():
		t.State = auth.LocalTokenRevoked
	case !g.expires.IsZero() && !g.expires.After(now):
		t.State = auth.LocalTokenExpired
	}
	return t, nil
}

// DeleteExpired implements localserver.Store. Those that no list shows any more
// go too and are not counted.
func (s LocalStore) DeleteExpired(ctx context.Context, now time.Time) (count int, err error) {
	if err := s.ready(ctx); err != nil {
		return 0, err
	}
	err = s.db.writeBeside(ctx, func(tx *sql.Tx) error {
		at := sql.Named("now", millis(now))
		row := tx.QueryRowContext(ctx, `SELECT count(*) FROM local_grants g WHERE `+grantOver+` AND `+grantListed, at)
		if err := row.Scan(&count); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM local_grants AS g WHERE `+grantOver, at)
		return err
	})
	return count, err
}
