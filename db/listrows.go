package db

import (
	"context"
	"strings"
	"time"

	"tokenwell/auth"
)

// listedRows reads the rows of a page.
func (d *DB) listedRows(ctx context.Context, seqs []int64, now time.Time) ([]auth.Row, error) {
	numbers := make([]string, len(seqs))
	for i, seq := range seqs {
		numbers[i] = text(seq)
	}
	c := among(strings.Join(numbers, ","))
	//nolint:gosec // the condition is our own text over numbers
	found, err := d.reader.QueryContext(ctx, `SELECT seq, id, name, service_id, service_name, grant_type, state, expiry_rule,
		expires_at, lifetime, scope_count, has_refresh, refreshes_left, changed_outside, last_used_at, created_at, signin_ends_at, secret_ends_at
		FROM authorizations WHERE `+c.sql, c.args...)
	if err != nil {
		return nil, storageError(err)
	}
	defer func() { _ = found.Close() }()
	bySeq := make(map[int64]auth.Row, len(seqs))
	for found.Next() {
		var r row
		if err := found.Scan(&r.seq, &r.id, &r.name, &r.serviceID, &r.serviceName, &r.grant, &r.state, &r.expiryRule,
			&r.expiresAt, &r.lifetime, &r.scopeCount, &r.hasRefresh, &r.refreshesLeft, &r.changed, &r.lastUsedAt, &r.createdAt, &r.signInEndsAt, &r.secretEndsAt); err != nil {
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
		State: state, Expiry: r.expiry(), ScopeCount: int(r.scopeCount), HasRefresh: r.hasRefresh != 0, RefreshesLeft: int(r.refreshesLeft),
		LastUsedAt: fromMillis(r.lastUsedAt), CreatedAt: fromMillis(r.createdAt),
		SignInEnds: fromMillis(r.signInEndsAt), SecretEnds: secretEndOf(r.secretEndsAt),
	}
}
