package db

import (
	"context"
	"database/sql"
	"errors"

	sqlite3 "modernc.org/sqlite/lib"

	"tokenwell/auth"
	"tokenwell/auth/killpoint"
)

// write is Write with the kill points of an operation around the commit.
func (d *DB) write(ctx context.Context, op string, fn func(*sql.Tx) error) error {
	err := d.Write(ctx, func(tx *sql.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		killpoint.At("store." + op + ".before_commit")
		return nil
	})
	if err == nil {
		killpoint.At("store." + op + ".after_commit")
	}
	return err
}

// anyGeneration is for operations that do not depend on the tokens.
const anyGeneration = -1

// update lets fn change one row that is not deleted and matches its seals.
// With a generation, a row that is gone or has another one gives auth.ErrStale.
func (d *DB) update(ctx context.Context, op, id string, gen int64, fn func(conn querier, r *row) error) error {
	var r *row
	err := d.transactBare(ctx, func(conn *sql.Conn) (err error) {
		r, err = d.checkedRow(id)
		if err == nil && r.purgeAt != 0 {
			err = auth.ErrNotFound
		}
		if gen != anyGeneration && (errors.Is(err, auth.ErrNotFound) || (err == nil && r.generation != gen)) {
			return auth.ErrStale
		}
		if err == nil {
			err = fn(conn, r)
		}
		if err == nil {
			killpoint.At("store." + op + ".before_commit")
		}
		return err
	}, func(err error) {
		if err == nil {
			d.rows.wrote(r)
		} else {
			d.rows.forget(id)
		}
	})
	if err == nil {
		killpoint.At("store." + op + ".after_commit")
	}
	if errors.Is(err, auth.ErrChangedOutside) {
		d.rememberChanged(ctx, id)
	}
	return err
}

// verified checks a row that was read, and is not deleted, against its seals.
func (d *DB) verified(r *row, err error) (*row, auth.Record, error) {
	if err != nil {
		return nil, auth.Record{}, err
	}
	record, err := d.record(r)
	if err != nil {
		return r, auth.Record{}, err
	}
	if r.purgeAt != 0 {
		return r, auth.Record{}, auth.ErrNotFound
	}
	return r, record, nil
}

// rememberChanged checks a row once more and marks it when its seals do not
// match, or takes the mark away when they do. A mark that can't be written
// costs nothing but the word in the list.
func (d *DB) rememberChanged(ctx context.Context, id string) {
	changed := false
	err := d.Write(ctx, func(tx *sql.Tx) error {
		r, err := d.readRowIn(id)
		if err != nil {
			return err
		}
		_, err = d.record(r)
		changed = errors.Is(err, auth.ErrChangedOutside)
		if err != nil && !changed {
			return err
		}
		return d.markChanged(ctx, tx, r, changed)
	})
	switch {
	case err != nil:
		d.log.Warn("a row that was changed outside the app could not be marked", "authorization", id, "error", err)
	case changed:
		d.log.Warn("a row was changed outside the app and is not used", "authorization", id)
	}
}

func insertRow(ctx context.Context, tx *sql.Tx, r *row) error {
	result, err := tx.ExecContext(ctx, `INSERT INTO authorizations (id, name, name_key, service_id, service_name, service_key,
		grant_type, state, expiry_rule, expires_at, lifetime, scope_count, has_refresh, last_used_at, created_at, search, next_refresh_at, refreshes_left,
		signin_ends_at, secret_ends_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.id, r.name, r.nameKey, r.serviceID, r.serviceName, r.serviceKey,
		r.grant, r.state, r.expiryRule, r.expiresAt, r.lifetime, r.scopeCount, r.hasRefresh, r.lastUsedAt, r.createdAt, r.search,
		r.nextRefreshAt, r.refreshesLeft, r.signInEndsAt, r.secretEndsAt)
	if err != nil {
		return nameTaken(err)
	}
	if r.seq, err = result.LastInsertId(); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO authorization_configs (id, notes, params, endpoints, client_id, client_auth,
		scopes, redirect_host, redirect_port, redirect_path, redirect_uri, auto_refresh, refresh_limit, handout, sealed)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.id, r.notes, r.params, r.endpoints, r.clientID, r.clientAuth,
		r.scopes, r.redirectHost, r.redirectPort, r.redirectPath, r.redirectURI, r.autoRefresh, r.refreshLimit, r.rule, r.configSealed); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO authorization_status (id, generation, token_type, granted, issued_at, hand_out,
		signed_in_as, last_outcome, last_outcome_at, failures, refreshes, attempt_id, seal)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.id, r.generation, r.tokenType, r.granted, r.issuedAt, r.handOut,
		r.signedInAs, r.lastOutcome, r.lastOutcomeAt, r.fails, r.refreshes, r.attemptID, r.statusSeal); err != nil {
		return err
	}
	return indexSearch(ctx, tx, r)
}

// The statements that write the configuration.
const (
	updateListedConfig = `UPDATE authorizations SET name = ?, name_key = ?, service_id = ?, service_name = ?,
		service_key = ?, grant_type = ?, scope_count = ?, search = ?, secret_ends_at = ? WHERE seq = ?`
	updateConfig = `UPDATE authorization_configs SET notes = ?, params = ?, endpoints = ?, client_id = ?,
		client_auth = ?, scopes = ?, redirect_host = ?, redirect_port = ?, redirect_path = ?, redirect_uri = ?,
		auto_refresh = ?, refresh_limit = ?, handout = ?, sealed = ? WHERE id = ?`
)

// saveConfig writes the columns of the configuration, sealed already.
func (d *DB) saveConfig(ctx context.Context, conn querier, r *row) error {
	if err := d.exec(updateListedConfig, r.name, r.nameKey, r.serviceID, r.serviceName, r.serviceKey, r.grant, r.scopeCount,
		r.search, r.secretEndsAt, r.seq); err != nil {
		return nameTaken(err)
	}
	if err := d.exec(updateConfig, r.notes, r.params, r.endpoints, r.clientID, r.clientAuth, r.scopes,
		r.redirectHost, r.redirectPort, r.redirectPath, r.redirectURI, r.autoRefresh, r.refreshLimit, r.rule, r.configSealed, r.id); err != nil {
		return err
	}
	return indexSearch(ctx, conn, r)
}

// The statements that write the running state. What an UPDATE names is
// rewritten in every index that holds it, changed or not.
const (
	updateState  = `UPDATE authorizations SET state = ?, changed_outside = 0 WHERE seq = ?`
	updatePlan   = `UPDATE authorizations SET state = ?, next_refresh_at = ?, changed_outside = 0 WHERE seq = ?`
	updateExpiry = `UPDATE authorizations SET state = ?, next_refresh_at = ?, expiry_rule = ?, expires_at = ?, lifetime = ?,
		has_refresh = ?, changed_outside = 0 WHERE seq = ?`
	updateListed = `UPDATE authorizations SET state = ?, next_refresh_at = ?, expiry_rule = ?, expires_at = ?, lifetime = ?,
		has_refresh = ?, refreshes_left = ?, signin_ends_at = ?, changed_outside = 0, purge_at = ? WHERE seq = ?`
	updateStatus = `UPDATE authorization_status SET generation = ?, token_type = ?, granted = ?, issued_at = ?,
		hand_out = ?, signed_in_as = ?, last_outcome = ?, last_outcome_at = ?, failures = ?, refreshes = ?,
		attempt_id = ?, seal = ? WHERE id = ?`
	updateAttemptID = `UPDATE authorization_status SET attempt_id = ?, seal = ? WHERE id = ?`
)

// saveListed writes the columns of the running state that the list shows, as
// far as they changed. The row was just verified: it is marked no more.
func (d *DB) saveListed(r *row) error {
	r.changed, r.refreshesLeft = 0, r.left()
	was, now := r.stored, r.listColumns
	r.stored = now
	if now == was {
		return nil
	}
	was.state, was.changed = now.state, now.changed
	if now == was {
		return d.exec(updateState, r.state, r.seq)
	}
	was.nextRefreshAt = now.nextRefreshAt
	if now == was {
		return d.exec(updatePlan, r.state, r.nextRefreshAt, r.seq)
	}
	if now.purgeAt == was.purgeAt && now.refreshesLeft == was.refreshesLeft && now.signInEndsAt == was.signInEndsAt {
		return d.exec(updateExpiry, r.state, r.nextRefreshAt, r.expiryRule, r.expiresAt, r.lifetime, r.hasRefresh, r.seq)
	}
	return d.exec(updateListed, r.state, r.nextRefreshAt, r.expiryRule, r.expiresAt, r.lifetime, r.hasRefresh,
		r.refreshesLeft, r.signInEndsAt, r.purgeAt, r.seq)
}

// saveStatus seals and writes the running state.
func (d *DB) saveStatus(r *row) error {
	if err := d.sealStatus(r); err != nil {
		return err
	}
	if err := d.saveListed(r); err != nil {
		return err
	}
	return d.exec(updateStatus, r.generation, r.tokenType, r.granted, r.issuedAt,
		r.handOut, r.signedInAs, r.lastOutcome, r.lastOutcomeAt, r.fails, r.refreshes, r.attemptID, r.statusSeal, r.id)
}

// saveAttemptID is saveStatus where of the status itself the attempt alone has changed.
func (d *DB) saveAttemptID(r *row) error {
	if err := d.sealStatus(r); err != nil {
		return err
	}
	if err := d.saveListed(r); err != nil {
		return err
	}
	return d.exec(updateAttemptID, r.attemptID, r.statusSeal, r.id)
}

// indexSearch brings the search index in line with a row that is in view.
func indexSearch(ctx context.Context, tx querier, r *row) error {
	return setText(ctx, tx, r.seq, r.search)
}

func unindexSearch(ctx context.Context, tx *sql.Tx, r *row) error {
	return setText(ctx, tx, r.seq, "")
}

// nameTaken tells the one uniqueness that a user can run into from the rest:
// IDs are random.
func nameTaken(err error) error {
	if hasCode(err, sqlite3.SQLITE_CONSTRAINT_UNIQUE) {
		return auth.ErrNameTaken
	}
	return err
}
