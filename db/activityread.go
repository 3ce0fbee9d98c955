package db

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"tokenwell/auth"
)

// headCondition is the part of a query that heads answer; empty: all of them match.
func headCondition(q auth.ActivityQuery) condition {
	var c condition
	if term := strings.ReplaceAll(auth.FoldName(q.Search), "\x00", ""); term != "" {
		c = c.and(condition{"instr(search, ?) > 0", []any{term}})
	}
	if len(q.Kinds) > 0 {
		kinds := make([]any, len(q.Kinds))
		for i, kind := range q.Kinds {
			kinds[i] = string(kind)
		}
		c = c.and(condition{"kind IN (?" + strings.Repeat(", ?", len(kinds)-1) + ")", kinds})
	}
	if q.Failed != nil {
		compare := "outcome = ?"
		if *q.Failed {
			compare = "outcome <> ?"
		}
		c = c.and(condition{compare, []any{auth.OutcomeOK}})
	}
	if q.AuthorizationID != "" {
		c = c.and(condition{"auth_id = ? AND auth_id <> ''", []any{q.AuthorizationID}})
	}
	return c
}

// activityFilter selects entries.
type activityFilter struct {
	where        condition // over columns that both indexes hold
	byHead       bool      // there is a condition on the head
	match, total int
}

// The indexes of the entries.
const (
	activityByTime = "activity_by_time"
	activityByHead = "activity_by_head"
)

func (d *DB) newActivityFilter(ctx context.Context, q auth.ActivityQuery) (f activityFilter, err error) {
	if f.total, err = d.countEntries(ctx, condition{}); err != nil {
		return f, err
	}
	heads := headCondition(q)
	f.match = f.total
	if heads.sql != "" {
		if f.match, err = d.countEntries(ctx, heads); err != nil {
			return f, err
		}
		f.byHead = true
		f.where = condition{"head IN (SELECT id FROM activity_heads WHERE " + heads.sql + ")", heads.args}
	}
	if q.UpTo > 0 { // those above are few: the newest
		above := condition{"id > ?", []any{q.UpTo}}.and(f.where)
		newer, err := d.counted(ctx, "SELECT count(*), '' FROM activity NOT INDEXED WHERE "+above.sql, above.args...)
		if err != nil {
			return f, err
		}
		f.match -= newer.n
		f.where = f.where.and(condition{"id <= ?", []any{q.UpTo}})
	}
	if q.Since.IsZero() || f.match == 0 {
		return f, nil
	}
	f.where = f.where.and(condition{"at >= ?", []any{millis(q.Since)}})
	index := activityByTime
	if f.byHead {
		index = activityByHead
	}
	since, err := d.counted(ctx, "SELECT count(*), '' FROM activity INDEXED BY "+index+" WHERE "+f.where.sql, f.where.args...)
	f.match = since.n
	return f, err
}

// countEntries counts the entries of the heads that match.
func (d *DB) countEntries(ctx context.Context, heads condition) (int, error) {
	query := "SELECT coalesce(sum(entries), 0), '' FROM activity_heads"
	if heads.sql != "" {
		query += " WHERE " + heads.sql
	}
	c, err := d.counted(ctx, query, heads.args...)
	return c.n, err
}

// index is the one that finds the first rows, the newest first, with the least
// steps: along the times until enough were found, or head by head, sorted after.
func (f activityFilter) index(rows int) string {
	if f.byHead && float64(f.match) < math.Sqrt(float64(rows)*float64(f.total)) {
		return activityByHead
	}
	return activityByTime
}

// Activity implements auth.ActivityStore.
func (d *DB) Activity(ctx context.Context, q auth.ActivityQuery) (auth.ActivityPage, error) {
	if q.Limit <= 0 {
		q.Limit = defaultLimit
	}
	q.Offset = max(q.Offset, 0)
	f, err := d.newActivityFilter(ctx, q)
	if err != nil {
		return auth.ActivityPage{}, err
	}
	page := auth.ActivityPage{Match: f.match, Total: f.total}
	if q.Offset >= f.match {
		return page, nil
	}
	page.Entries, err = d.activityEntries(ctx, q, f)
	return page, err
}

// The rows of a page come after their numbers, which come from an index alone.
const (
	selectPage = `SELECT a.id, a.at, a.pid, a.time_left, a.count, h.auth_id, h.name, h.kind, h.own, h.user, h.path, h.script, h.parent,
		h.purpose, h.outcome, h.detail, h.host, h.scopes
		FROM (SELECT id FROM activity INDEXED BY `
	orderPage = ` ORDER BY at DESC, head DESC, id DESC LIMIT ? OFFSET ?) p
		JOIN activity a ON a.id = p.id JOIN activity_heads h ON h.id = a.head ORDER BY a.at DESC, a.head DESC, a.id DESC`
)

func (d *DB) activityEntries(ctx context.Context, q auth.ActivityQuery, f activityFilter) ([]auth.ActivityEntry, error) {
	query := selectPage + f.index(q.Offset+q.Limit)
	if f.where.sql != "" {
		query += " WHERE " + f.where.sql
	}
	found, err := d.reader.QueryContext(ctx, query+orderPage, slices.Concat(f.where.args, []any{q.Limit, q.Offset})...)
	if err != nil {
		return nil, storageError(err)
	}
	defer func() { _ = found.Close() }()
	var entries []auth.ActivityEntry
	for found.Next() {
		var e auth.ActivityEntry
		var at, left int64
		var scopes string
		if err := found.Scan(&e.ID, &at, &e.Asker.PID, &left, &e.Count, &e.AuthorizationID, &e.Name, &e.Kind, &e.Asker.Own, &e.Asker.User,
			&e.Asker.Path, &e.Asker.Script, &e.Asker.Parent, &e.Purpose, &e.Outcome, &e.Detail, &e.Host, &scopes); err != nil {
			return nil, storageError(err)
		}
		e.At, e.Left = fromMillis(at), time.Duration(left)*time.Millisecond
		if scopes != "" {
			e.Scopes = strings.Split(scopes, " ")
		}
		entries = append(entries, e)
	}
	return entries, storageError(found.Err())
}

// UsedBy implements auth.ActivityStore.
func (d *DB) UsedBy(ctx context.Context, id string) ([]auth.UsedBy, error) {
	found, err := d.reader.QueryContext(ctx, `SELECT user, path, script, parent, own, outcome, uses, last_at, last_pid
		FROM activity_heads WHERE auth_id = ? AND auth_id <> '' AND kind = ? ORDER BY last_at DESC, id DESC`, id, auth.WordHandOut)
	if err != nil {
		return nil, storageError(err)
	}
	defer func() { _ = found.Close() }()
	type program struct{ path, script string }
	at := map[program]int{}
	var all []auth.UsedBy
	for found.Next() {
		var u auth.UsedBy
		var outcome string
		var last int64
		if err := found.Scan(&u.Asker.User, &u.Asker.Path, &u.Asker.Script, &u.Asker.Parent, &u.Asker.Own, &outcome, &u.Count, &last, &u.Asker.PID); err != nil {
			return nil, storageError(err)
		}
		p := program{u.Asker.Path, u.Asker.Script}
		if i, ok := at[p]; ok {
			all[i].Count += u.Count
			continue
		}
		at[p] = len(all)
		u.Last, u.Allowed = fromMillis(last), outcome == auth.OutcomeOK
		all = append(all, u)
	}
	return all, storageError(found.Err())
}
