package db

import (
	"context"
	"encoding/json"
	"time"

	"tokenwell/auth"
)

var _ auth.PlanStore = (*DB)(nil)

// planned selects the rows that the scheduler looks after; authorizations_due
// holds them in the order of their times.
const planned = "purge_at = 0 AND next_refresh_at > 0 AND changed_outside = 0 AND state <> '" + string(auth.StatePaused) + "'"

// DueRefreshes implements auth.PlanStore. A row whose endpoints can't be read is
// due too: loading it tells why.
func (d *DB) DueRefreshes(ctx context.Context, at time.Time, limit int) ([]auth.Due, error) {
	found, err := d.reader.QueryContext(ctx, `SELECT a.id, a.next_refresh_at, a.last_used_at, a.grant_type, c.endpoints FROM
		(SELECT id, next_refresh_at, last_used_at, grant_type FROM authorizations INDEXED BY authorizations_due
			WHERE `+planned+` AND next_refresh_at <= ? ORDER BY last_used_at DESC, next_refresh_at LIMIT ?) a
		JOIN authorization_configs c ON c.id = a.id
		ORDER BY a.last_used_at DESC, a.next_refresh_at, a.id`, millis(at), limit)
	if err != nil {
		return nil, storageError(err)
	}
	defer func() { _ = found.Close() }()
	var due []auth.Due
	for found.Next() {
		var one auth.Due
		var next, used int64
		var grant auth.Grant
		var endpoints []byte
		if err := found.Scan(&one.ID, &next, &used, &grant, &endpoints); err != nil {
			return nil, storageError(err)
		}
		var known auth.Endpoints
		_ = json.Unmarshal(endpoints, &known)
		one.At, one.LastUsedAt, one.Endpoint = fromMillis(next), fromMillis(used), known.Renewal(grant)
		due = append(due, one)
	}
	return due, storageError(found.Err())
}

// NextRefresh implements auth.PlanStore.
func (d *DB) NextRefresh(ctx context.Context, after time.Time) (time.Time, error) {
	var next int64
	err := d.reader.QueryRowContext(ctx, `SELECT coalesce((SELECT next_refresh_at FROM authorizations INDEXED BY authorizations_due
		WHERE `+planned+` AND next_refresh_at > ? ORDER BY next_refresh_at LIMIT 1), 0)`, millis(after)).Scan(&next)
	return fromMillis(next), storageError(err)
}

// SetRefreshRule implements auth.PlanStore.
func (d *DB) SetRefreshRule(ctx context.Context, id string, gen int64, auto bool, limit int, next time.Time) error {
	return d.update(ctx, "set_refresh_rule", id, gen, func(_ querier, r *row) error {
		was, err := d.record(r)
		if err != nil {
			return err
		}
		r.autoRefresh, r.refreshLimit, r.nextRefreshAt = flag(auto), int64(limit), millis(next)
		if err := d.sealConfig(r, configToSeal(was.Authorization)); err != nil {
			return err
		}
		if err := d.exec("UPDATE authorization_configs SET auto_refresh = ?, refresh_limit = ?, sealed = ? WHERE id = ?",
			r.autoRefresh, r.refreshLimit, r.configSealed, r.id); err != nil {
			return err
		}
		if err := d.saveStatus(r); err != nil {
			return err
		}
		return d.happened(r, auth.WordRule, auth.OutcomeOK)
	})
}
