package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"tokenwell/auth"
)

// defaultLimit is the page size of a query without a limit.
const defaultLimit = 100

// List implements auth.Lister. IDs come first, over the index of the sort
// column; the rows of the page are read after.
func (d *DB) List(ctx context.Context, q auth.Query) (auth.Page, error) {
	if q.Limit <= 0 {
		q.Limit = defaultLimit
	}
	q.Offset = max(q.Offset, 0)
	f, err := d.newFilter(ctx, q)
	if err != nil {
		return auth.Page{}, err
	}
	var page auth.Page
	if page.Total, err = d.total(ctx); err != nil {
		return auth.Page{}, err
	}
	if page.Match, err = d.count(ctx, f); err != nil {
		return auth.Page{}, err
	}
	ids, err := d.pageIDs(ctx, q, f)
	if err != nil {
		return auth.Page{}, err
	}
	page.Rows, err = d.listedRows(ctx, ids, q.Now)
	return page, err
}

// condition is a part of WHERE with its arguments.
type condition struct {
	sql  string
	args []any
}

func (c condition) and(other condition) condition {
	switch {
	case other.sql == "":
		return c
	case c.sql == "":
		return other
	}
	return condition{sql: c.sql + " AND " + other.sql, args: append(append([]any{}, c.args...), other.args...)}
}

// filter selects rows of the list.
type filter struct {
	where condition
	// fts is the condition for the search index when the search is all there
	// is: counting there reads no row. Empty: not so.
	fts string
}

// fewMatches is up to how many hits of a search are looked up one by one. More
// are found soon enough by walking the sort index.
const fewMatches = 2000

func (d *DB) newFilter(ctx context.Context, q auth.Query) (filter, error) {
	f := filter{where: condition{sql: "purge_at = 0"}}
	narrowed := q.ServiceID != "" || len(q.States) > 0
	if q.ServiceID != "" {
		f.where = f.where.and(condition{"service_id = ?", []any{q.ServiceID}})
	}
	f.where = f.where.and(anyState(q.States, q.Now))
	term := strings.ReplaceAll(auth.FoldName(q.Search), "\x00", "")
	if term == "" {
		return f, nil
	}
	if utf8.RuneCountInString(term) >= 3 {
		match := `"` + strings.ReplaceAll(term, `"`, `""`) + `"`
		few, err := d.firstMatches(ctx, match)
		if err != nil {
			return filter{}, err
		}
		if len(few) <= fewMatches {
			f.where = f.where.and(among(few))
			return f, nil
		}
		if !narrowed {
			f.fts = match
		}
	}
	f.where = f.where.and(condition{"instr(search, ?) > 0", []any{term}})
	return f, nil
}

// among selects rows by number.
func among(seqs []int64) condition {
	list, _ := json.Marshal(seqs) //nolint:errchkjson // numbers always marshal
	return condition{"seq IN (SELECT value FROM json_each(?))", []any{string(list)}}
}

// firstMatches looks up a search, up to one more than fewMatches.
func (d *DB) firstMatches(ctx context.Context, match string) ([]int64, error) {
	found, err := d.reader.QueryContext(ctx, "SELECT rowid FROM authorization_search WHERE authorization_search MATCH ? LIMIT ?", match, fewMatches+1)
	if err != nil {
		return nil, storageError(err)
	}
	return readSeqs(found)
}

func readSeqs(found *sql.Rows) ([]int64, error) {
	defer func() { _ = found.Close() }()
	seqs := []int64{}
	for found.Next() {
		var seq int64
		if err := found.Scan(&seq); err != nil {
			return nil, storageError(err)
		}
		seqs = append(seqs, seq)
	}
	return seqs, storageError(found.Err())
}

// segment is a run of rows that stand together in a sort order.
type segment struct {
	where condition
	order string
}

// plainOrders are the columns that are sorted by as they are.
var plainOrders = map[auth.Column]string{
	auth.ColumnService:  "service_key",
	auth.ColumnGrant:    "grant_type",
	auth.ColumnScopes:   "scope_count",
	auth.ColumnLastUsed: "last_used_at",
	auth.ColumnCreated:  "created_at",
}

// segments splits a sort order into runs that an index holds in order. Equal
// rows follow by name, which is unique.
func segments(q auth.Query) []segment {
	dir := ""
	if q.Desc {
		dir = " DESC"
	}
	name := "name_key" + dir
	switch q.Sort {
	case auth.ColumnState:
		var all []segment
		for _, s := range stateOrder {
			if len(q.States) == 0 || containsState(q.States, s) {
				all = append(all, segment{stateIs(s, q.Now), name})
			}
		}
		if q.Desc {
			for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
				all[i], all[j] = all[j], all[i]
			}
		}
		return all
	case auth.ColumnExpires: // rows without an expiry last, whichever the direction
		return []segment{
			{condition{sql: "expires_at > 0"}, "expires_at" + dir + ", " + name},
			{condition{sql: "expires_at = 0"}, name},
		}
	}
	if column, ok := plainOrders[q.Sort]; ok {
		return []segment{{order: column + dir + ", " + name}}
	}
	return []segment{{order: name}}
}

// pageIDs reads the row numbers of one page in order.
func (d *DB) pageIDs(ctx context.Context, q auth.Query, f filter) ([]int64, error) {
	var ids []int64
	offset := q.Offset
	for _, s := range segments(q) {
		part := filter{where: f.where.and(s.where)}
		args := append(append([]any{}, part.where.args...), q.Limit-len(ids), offset)
		found, err := d.reader.QueryContext(ctx,
			"SELECT seq FROM authorizations WHERE "+part.where.sql+" ORDER BY "+s.order+" LIMIT ? OFFSET ?", args...)
		if err != nil {
			return nil, storageError(err)
		}
		some, err := readSeqs(found)
		if err != nil {
			return nil, err
		}
		ids = append(ids, some...)
		if len(ids) >= q.Limit {
			break
		}
		if len(some) > 0 {
			offset = 0
			continue
		}
		if offset > 0 { // the whole run was skipped: how long was it?
			n, err := d.count(ctx, part)
			if err != nil {
				return nil, err
			}
			offset -= min(n, offset)
		}
	}
	return ids, nil
}

// listedRows reads the rows of a page.
func (d *DB) listedRows(ctx context.Context, seqs []int64, now time.Time) ([]auth.Row, error) {
	c := among(seqs)
	found, err := d.reader.QueryContext(ctx, `SELECT seq, id, name, service_id, service_name, grant_type, state, expiry_rule,
		expires_at, lifetime, scope_count, has_refresh, changed_outside, last_used_at, created_at
		FROM authorizations WHERE `+c.sql, c.args...)
	if err != nil {
		return nil, storageError(err)
	}
	defer func() { _ = found.Close() }()
	bySeq := make(map[int64]auth.Row, len(seqs))
	for found.Next() {
		var r row
		if err := found.Scan(&r.seq, &r.id, &r.name, &r.serviceID, &r.serviceName, &r.grant, &r.state, &r.expiryRule,
			&r.expiresAt, &r.lifetime, &r.scopeCount, &r.hasRefresh, &r.changed, &r.lastUsedAt, &r.createdAt); err != nil {
			return nil, storageError(err)
		}
		bySeq[r.seq] = r.listed(now)
	}
	if err := found.Err(); err != nil {
		return nil, storageError(err)
	}
	rows := make([]auth.Row, 0, len(seqs))
	for _, seq := range seqs {
		if line, ok := bySeq[seq]; ok {
			rows = append(rows, line)
		}
	}
	return rows, nil
}

// listed is the row as the table shows it.
func (r *row) listed(now time.Time) auth.Row {
	state := auth.Status{State: auth.State(r.state), Expiry: r.expiry()}.Effective(now)
	if r.changed != 0 {
		state = auth.StateChangedOutside
	}
	return auth.Row{
		ID: r.id, Name: r.name, ServiceID: r.serviceID, ServiceName: r.serviceName, Grant: auth.Grant(r.grant),
		State: state, Expiry: r.expiry(), ScopeCount: int(r.scopeCount), HasRefresh: r.hasRefresh != 0,
		LastUsedAt: fromMillis(r.lastUsedAt), CreatedAt: fromMillis(r.createdAt),
	}
}
