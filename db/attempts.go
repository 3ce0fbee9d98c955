package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"tokenwell/auth"
)

// The pad of an attempt takes at least this much, and with stored tokens as
// much as these and some more.
const (
	padLeast = 4 << 10
	padMore  = 1 << 10
)

// The statements that write attempts and tokens. The row of an attempt that has
// ended, which the status names no more, stays for the next one: written over, it
// costs the commits a third of the pages that deleting it and making it anew does.
const (
	updateAttempt = `UPDATE refresh_attempts SET kind = ?2, started_at = ?3, presented = ?4, pad = ?5 WHERE authorization_id = ?1`
	takeAttempt   = `UPDATE refresh_attempts SET authorization_id = ?1, kind = ?2, started_at = ?3, presented = ?4, pad = ?5
		WHERE authorization_id = ?6 AND EXISTS (SELECT 1 FROM authorization_status WHERE id = ?6 AND attempt_id = '')`
	insertAttempt = `INSERT INTO refresh_attempts (authorization_id, kind, started_at, presented, pad) VALUES (?, ?, ?, ?, ?)`
	deleteAttempt = `DELETE FROM refresh_attempts WHERE authorization_id = ?`
	attemptKind   = `SELECT kind FROM refresh_attempts WHERE authorization_id = ?`
	endedAttempts = `SELECT coalesce(group_concat(id), '') FROM (SELECT s.id FROM refresh_attempts AS a
		JOIN authorization_status AS s ON s.id = a.authorization_id WHERE s.attempt_id = '' LIMIT ?)`
	upsertTokens = `INSERT INTO tokens (id, sealed) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed`
)

// sparesKept is how many rows of attempts that have ended stay: as many as there
// are refreshes at a time.
const sparesKept = 16

// BeginAttempt implements auth.AttemptStore. An attempt that is open already is
// replaced.
func (d *DB) BeginAttempt(ctx context.Context, id string, gen int64, a auth.Attempt) error {
	return d.update(ctx, "begin_attempt", id, gen, func(_ querier, r *row) error {
		if a.Kind != auth.AttemptExchange || gen > 0 {
			r.state = string(auth.StateRefreshing)
		}
		r.attemptID = a.ID
		if err := d.saveAttemptID(r); err != nil {
			return err
		}
		pad, err := d.Seal(tableAttempts, "pad", r.id, r.generation,
			make([]byte, max(padLeast, len(r.tokensSealed)+padMore)), boundAttempt(a)...)
		if err != nil {
			return err
		}
		r.attemptKind = string(a.Kind)
		return d.writeAttempt(r.id, a.Kind, millis(a.StartedAt), a.Presented, pad)
	})
}

// writeAttempt writes the row of an attempt: over the last one of the same
// authorization, else over one that another left behind.
func (d *DB) writeAttempt(id string, columns ...any) error {
	args := append([]any{id}, columns...)
	if n, err := d.change(updateAttempt, args...); n > 0 || err != nil {
		return err
	}
	if err := d.findSpares(); err != nil {
		return err
	}
	if last := len(d.spares) - 1; last >= 0 {
		spare := d.spares[last]
		d.spares = d.spares[:last]
		if n, err := d.change(takeAttempt, append(args, spare)...); n > 0 || err != nil {
			return err
		}
	}
	return d.exec(insertAttempt, args...)
}

func boundAttempt(a auth.Attempt) []string {
	return []string{a.ID, string(a.Kind), text(millis(a.StartedAt)), text(int64(a.Presented))}
}

// OpenAttempt implements auth.AttemptStore.
func (d *DB) OpenAttempt(ctx context.Context, id string) (a auth.Attempt, ok bool, err error) {
	a, ok, err = d.openAttempt(ctx, id)
	if errors.Is(err, auth.ErrChangedOutside) {
		d.rememberChanged(ctx, id)
	}
	return a, ok, err
}

func (d *DB) openAttempt(ctx context.Context, id string) (auth.Attempt, bool, error) {
	// One snapshot: between two reads the attempt could end.
	tx, err := d.loader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return auth.Attempt{}, false, storageError(err)
	}
	defer func() { _ = tx.Rollback() }()
	r, _, err := d.verified(scanRow(ctx, tx.StmtContext(ctx, d.stmts.selectRow), id))
	if err != nil || r.attemptID == "" {
		return auth.Attempt{}, false, err
	}
	a := auth.Attempt{ID: r.attemptID}
	var started int64
	var pad []byte
	err = tx.QueryRowContext(ctx, "SELECT kind, started_at, presented, pad FROM refresh_attempts WHERE authorization_id = ?", id).
		Scan(&a.Kind, &started, &a.Presented, &pad)
	if errors.Is(err, sql.ErrNoRows) {
		return auth.Attempt{}, false, auth.ErrChangedOutside
	}
	if err != nil {
		return auth.Attempt{}, false, storageError(err)
	}
	a.StartedAt = fromMillis(started)
	if _, err := d.Unseal(tableAttempts, "pad", id, r.generation, pad, boundAttempt(a)...); err != nil {
		return auth.Attempt{}, false, err
	}
	return a, true, nil
}

// CommitGrant implements auth.AttemptStore.
func (d *DB) CommitGrant(ctx context.Context, id string, gen int64, g auth.Grantee) error {
	return d.update(ctx, "commit_grant", id, gen, func(conn querier, r *row) error {
		tokens := g.Tokens
		keeps := tokens.Refresh.Empty() && !g.DropRefresh // the stored one stays in force
		if keeps || tokens.Facts == nil {
			was, err := d.record(r)
			if err != nil {
				return err
			}
			if keeps {
				tokens.Refresh = was.Tokens.Refresh
			}
			if tokens.Facts == nil {
				tokens.Facts = was.Tokens.Facts
			}
		}
		if g.Config != nil {
			if err := r.setConfig(*g.Config); err != nil {
				return err
			}
			if err := d.sealConfig(r, configToSeal(*g.Config)); err != nil {
				return err
			}
			if err := d.saveConfig(ctx, conn, r); err != nil {
				return err
			}
		}
		if err := r.setGrant(g.Status, gen+1, !tokens.Refresh.Empty()); err != nil {
			return err
		}
		if err := d.sealTokens(r, tokensToSeal(tokens)); err != nil {
			return err
		}
		if err := d.exec(upsertTokens, r.id, r.tokensSealed); err != nil {
			return err
		}
		kind, err := d.endAttempt(r)
		if err != nil {
			return err
		}
		return d.happened(r, wordOfAttempt(kind), auth.OutcomeOK)
	})
}

// setGrant fills the columns that come with new tokens.
func (r *row) setGrant(s auth.Status, generation int64, hasRefresh bool) error {
	granted, err := json.Marshal(s.Granted)
	if err != nil {
		return err
	}
	r.generation, r.hasRefresh = generation, flag(hasRefresh)
	r.tokenType, r.granted, r.issuedAt = s.TokenType, string(granted), millis(s.IssuedAt)
	r.handOut, r.signedInAs = flag(s.HandOut), s.SignedInAs
	r.refreshes, r.signInEndsAt = int64(s.Refreshes), millis(s.SignInEnds)
	r.setExpiry(s.Expiry)
	r.settle(auth.Ending{State: s.State, Outcome: auth.OutcomeOK, Next: s.NextRefreshAt})
	return nil
}

// EndAttempt implements auth.AttemptStore.
func (d *DB) EndAttempt(ctx context.Context, id string, gen int64, end auth.Ending) error {
	return d.update(ctx, "end_attempt", id, gen, func(_ querier, r *row) error {
		was, at := auth.State(r.state), r.lastOutcomeAt
		r.settle(end)
		if end.Outcome == auth.OutcomeOK { // brought no tokens: it is the last one that stays
			r.lastOutcomeAt = at
		}
		var kind auth.AttemptKind
		var err error
		if end.State == auth.StateUnknown {
			kind, err = d.openKind(r)
			if err == nil {
				err = d.saveStatus(r)
			}
		} else {
			kind, err = d.endAttempt(r)
		}
		if err != nil {
			return err
		}
		return d.ended(r, was, kind, end)
	})
}

// openKind is the kind of the open attempt; "" when there is none.
func (d *DB) openKind(r *row) (auth.AttemptKind, error) {
	if r.attemptID != "" && r.attemptKind == "" {
		kind, err := d.writing.query(attemptKind, r.id)
		if err != nil {
			return "", err
		}
		r.attemptKind, _ = kind.(string)
	}
	return auth.AttemptKind(r.attemptKind), nil
}

// endAttempt saves the status with no attempt open and returns the kind of the
// one that was; "" when there was none.
func (d *DB) endAttempt(r *row) (kind auth.AttemptKind, err error) {
	if r.attemptID != "" {
		if kind, err = d.openKind(r); err != nil {
			return "", err
		}
		if err := d.leaveAttempt(r.id); err != nil {
			return "", err
		}
	}
	r.attemptID, r.attemptKind = "", ""
	return kind, d.saveStatus(r)
}

// findSpares finds, once, the rows that earlier runs of the program have left.
func (d *DB) findSpares() error {
	if d.spares != nil {
		return nil
	}
	ended, err := d.writing.query(endedAttempts, sparesKept)
	if err != nil {
		return err
	}
	ids, _ := ended.(string)
	d.spares = strings.FieldsFunc(ids, func(r rune) bool { return r == ',' })
	return nil
}

// leaveAttempt leaves the row of an attempt that ends to the next one, unless
// there are enough of them.
func (d *DB) leaveAttempt(id string) error {
	if err := d.findSpares(); err != nil {
		return err
	}
	if slices.Contains(d.spares, id) {
		return nil
	}
	if len(d.spares) < sparesKept {
		d.spares = append(d.spares, id)
		return nil
	}
	return d.exec(deleteAttempt, id)
}
