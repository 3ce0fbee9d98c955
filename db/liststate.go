package db

import (
	"context"
	"strings"
	"time"

	"tokenwell/auth"
)

// stateOrder is the order of the table's state column: what needs the user
// first.
var stateOrder = []auth.State{
	auth.StateNeedsSignIn, auth.StateNeedsAttention, auth.StateChangedOutside, auth.StateUnknown,
	auth.StateExpired, auth.StateExpiring, auth.StateRefreshing, auth.StateWaiting,
	auth.StateActive, auth.StatePaused, auth.StateNeverAuthorized, auth.StateRevoked,
}

// stateIs selects the rows whose effective state at now is s; the same rule as
// auth.Status.Effective, for times in milliseconds.
func stateIs(s auth.State, now time.Time) condition {
	ended, soon := now.UnixMilli(), soonAfter(now) // an expiry e is not after now when e <= floor(now)
	switch s {
	case auth.StateChangedOutside:
		return condition{sql: "changed_outside = 1"}
	case auth.StateExpired:
		return condition{"changed_outside = 0 AND state = ? AND expires_at > 0 AND expires_at <= ?", []any{auth.StateActive, ended}}
	case auth.StateExpiring:
		return condition{"changed_outside = 0 AND state = ? AND expires_at > ? AND expires_at < ?", []any{auth.StateActive, ended, soon}}
	case auth.StateActive:
		return condition{"changed_outside = 0 AND state = ? AND (expires_at = 0 OR expires_at >= ?)", []any{auth.StateActive, soon}}
	}
	return condition{"changed_outside = 0 AND state = ?", []any{s}}
}

// soonAfter is the end of what is about to expire: an expiry e in milliseconds is
// less than the margin away when e < ceil(now + margin).
func soonAfter(now time.Time) int64 {
	return now.Add(auth.ExpiringBefore + time.Millisecond - time.Nanosecond).UnixMilli()
}

// stateRuns is stateIs in parts, each a run of an index over changed_outside,
// state and expires_at.
func stateRuns(s auth.State, now time.Time) []condition {
	if s != auth.StateActive {
		return []condition{stateIs(s, now)}
	}
	soon := soonAfter(now)
	return []condition{
		{"changed_outside = 0 AND state = ? AND expires_at = 0", []any{s}},
		{"changed_outside = 0 AND state = ? AND expires_at >= ?", []any{s, soon}},
	}
}

// anyState selects the rows in one of the states; all rows for none.
func anyState(states []auth.State, now time.Time) condition {
	if len(states) == 0 {
		return condition{}
	}
	var parts []string
	var args []any
	for _, s := range states {
		c := stateIs(s, now)
		parts = append(parts, "("+c.sql+")")
		args = append(args, c.args...)
	}
	return condition{"(" + strings.Join(parts, " OR ") + ")", args}
}

// CountStates implements auth.Lister.
func (d *DB) CountStates(ctx context.Context, now time.Time) (map[auth.State]int, error) {
	counts := map[auth.State]int{}
	for _, s := range stateOrder {
		n, err := d.countRuns(ctx, runsOf(auth.Query{States: []auth.State{s}, Now: now}))
		if err != nil {
			return nil, err
		}
		if n > 0 {
			counts[s] = n
		}
	}
	return counts, nil
}

// UsedServices implements auth.Lister.
func (d *DB) UsedServices(ctx context.Context) (map[string]int, error) {
	found, err := d.reader.QueryContext(ctx, "SELECT service_id, count(*) FROM authorizations WHERE purge_at = 0 GROUP BY service_id")
	if err != nil {
		return nil, storageError(err)
	}
	defer func() { _ = found.Close() }()
	used := map[string]int{}
	for found.Next() {
		var id string
		var n int
		if err := found.Scan(&id, &n); err != nil {
			return nil, storageError(err)
		}
		used[id] = n
	}
	return used, storageError(found.Err())
}

// NameTaken implements auth.Lister.
func (d *DB) NameTaken(ctx context.Context, name, exceptID string) (bool, error) {
	var taken bool
	err := d.reader.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM authorizations WHERE name_key = ? AND id <> ?)",
		auth.FoldName(name), exceptID).Scan(&taken)
	return taken, storageError(err)
}
