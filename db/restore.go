package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"tokenwell/auth"
)

// Restore stores whole records, with their tokens and their running state, in
// one transaction: all of them or none. auth.ErrNameTaken when one of the names
// is taken.
func (d *DB) Restore(ctx context.Context, records []auth.Record) error {
	return d.write(ctx, "restore", func(tx *sql.Tx) error {
		for _, record := range records {
			if err := d.restore(ctx, tx, record); err != nil {
				return fmt.Errorf("%s: %w", record.Authorization.ID, err)
			}
		}
		return nil
	})
}

func (d *DB) restore(ctx context.Context, tx *sql.Tx, record auth.Record) error {
	a, s := record.Authorization, record.Status
	r := &row{id: a.ID, createdAt: millis(a.CreatedAt), lastUsedAt: millis(s.LastUsedAt)}
	if err := r.setConfig(a); err != nil {
		return err
	}
	if err := r.setRule(record.Rule); err != nil {
		return err
	}
	granted, err := json.Marshal(s.Granted)
	if err != nil {
		return err
	}
	r.state, r.generation, r.hasRefresh = string(s.State), s.Generation, flag(!record.Tokens.Refresh.Empty())
	r.tokenType, r.granted, r.issuedAt = s.TokenType, string(granted), millis(s.IssuedAt)
	r.handOut, r.signedInAs = flag(s.HandOut), s.SignedInAs
	r.lastOutcome, r.lastOutcomeAt, r.fails = s.LastOutcome, millis(s.LastOutcomeAt), int64(s.Failures)
	r.refreshes, r.nextRefreshAt = int64(s.Refreshes), millis(s.NextRefreshAt)
	r.refreshesLeft, r.signInEndsAt = r.left(), millis(s.SignInEnds)
	r.setExpiry(s.Expiry)
	if err := d.sealConfig(r, configToSeal(a)); err != nil {
		return err
	}
	if err := d.sealStatus(r); err != nil {
		return err
	}
	if err := insertRow(ctx, tx, r); err != nil {
		return err
	}
	if s.Generation == 0 {
		return nil
	}
	if err := d.sealTokens(r, tokensToSeal(record.Tokens)); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO tokens (id, sealed) VALUES (?, ?)", r.id, r.tokensSealed)
	return err
}
