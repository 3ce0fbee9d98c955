package db

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"

	"tokenwell/auth"
)

// sealedRevocation is what a revocation request needs.
type sealedRevocation struct {
	ServiceID    string                `json:"service_id,omitempty"`
	Style        auth.RevocationStyle  `json:"style,omitzero"`
	Endpoint     string                `json:"endpoint"`
	ClientID     string                `json:"client_id"`
	ClientAuth   string                `json:"client_auth"`
	ClientSecret string                `json:"client_secret,omitempty"`
	Issuer       string                `json:"issuer,omitempty"`
	Values       map[auth.Field]string `json:"values,omitempty"`
	Headers      map[string]string     `json:"headers,omitempty"`
	OmitHeaders  []string              `json:"omit_headers,omitempty"`
	OmitFields   []string              `json:"omit_fields,omitempty"`
	Token        string                `json:"token"`
	Hint         string                `json:"hint"`
}

// hintRefreshToken is RFC 7009's word.
const hintRefreshToken = "refresh_token"

// QueueRevocation implements auth.RevocationStore.
func (d *DB) QueueRevocation(ctx context.Context, r auth.Revocation) error {
	return d.write(ctx, "queue_revocation", func(tx *sql.Tx) error { return d.insertRevocation(ctx, tx, r) })
}

func (d *DB) insertRevocation(ctx context.Context, tx *sql.Tx, r auth.Revocation) error {
	if r.ID == "" {
		r.ID = uuid.NewString()
	}
	sealed, err := d.sealRevocation(r)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT OR REPLACE INTO revoke_queue (id, authorization_id, not_before, tries, rank, sealed)
		VALUES (?, ?, ?, ?, ?, ?)`, r.ID, r.AuthorizationID, millis(r.NotBefore), r.Tries, revocationRank(r), sealed)
	return err
}

func (d *DB) sealRevocation(r auth.Revocation) ([]byte, error) {
	return d.sealJSON(tableRevoke, "sealed", r.ID, 0, sealedRevocation{
		ServiceID: r.ServiceID, Style: r.Style, Endpoint: r.Endpoint, ClientID: r.ClientID, ClientAuth: string(r.ClientAuth),
		ClientSecret: r.ClientSecret.Reveal(), Token: r.Token.Reveal(), Hint: r.Hint, Issuer: r.Issuer,
		Values: revealed(r.Values), Headers: r.Headers, OmitHeaders: r.OmitHeaders, OmitFields: r.OmitFields,
	}, boundRevocation(r)...)
}

func boundRevocation(r auth.Revocation) []string {
	return []string{r.AuthorizationID, text(millis(r.NotBefore)), text(int64(r.Tries))}
}

// revocationRank puts refresh tokens first: they live longest.
func revocationRank(r auth.Revocation) int {
	if r.Hint == hintRefreshToken {
		return 0
	}
	return 1
}

// DueRevocations implements auth.RevocationStore. Entries that were changed
// outside are left out.
func (d *DB) DueRevocations(ctx context.Context, now time.Time) ([]auth.Revocation, error) {
	if !d.open() {
		return nil, auth.ErrVaultLocked
	}
	found, err := d.reader.QueryContext(ctx, `SELECT id, authorization_id, not_before, tries, sealed FROM revoke_queue
		WHERE not_before <= ? ORDER BY rank, not_before`, millis(now))
	if err != nil {
		return nil, storageError(err)
	}
	defer func() { _ = found.Close() }()
	var due []auth.Revocation
	for found.Next() {
		r, err := d.scanRevocation(found)
		if errors.Is(err, auth.ErrChangedOutside) {
			d.log.Warn("a queued revocation was changed outside the app and is not sent", "revocation", r.ID)
			continue
		}
		if err != nil {
			return nil, err
		}
		due = append(due, r)
	}
	return due, storageError(found.Err())
}

func (d *DB) scanRevocation(from interface{ Scan(...any) error }) (auth.Revocation, error) {
	var r auth.Revocation
	var notBefore int64
	var sealed []byte
	if err := from.Scan(&r.ID, &r.AuthorizationID, &notBefore, &r.Tries, &sealed); err != nil {
		return r, storageError(err)
	}
	r.NotBefore = fromMillis(notBefore)
	var s sealedRevocation
	if err := d.unsealJSON(tableRevoke, "sealed", r.ID, 0, sealed, &s, boundRevocation(r)...); err != nil {
		return r, err
	}
	r.ServiceID, r.Style = s.ServiceID, s.Style
	r.Endpoint, r.ClientID, r.ClientAuth, r.Hint = s.Endpoint, s.ClientID, auth.ClientAuth(s.ClientAuth), s.Hint
	r.ClientSecret, r.Token, r.Issuer = auth.NewSecret(s.ClientSecret), auth.NewSecret(s.Token), s.Issuer
	r.Values, r.Headers, r.OmitHeaders, r.OmitFields = hidden(s.Values), s.Headers, s.OmitHeaders, s.OmitFields
	return r, nil
}

// PostponeRevocation implements auth.RevocationStore. An entry that is gone
// needs no more tries.
func (d *DB) PostponeRevocation(ctx context.Context, id string, notBefore time.Time) error {
	return d.write(ctx, "postpone_revocation", func(tx *sql.Tx) error {
		r, err := d.scanRevocation(tx.QueryRowContext(ctx,
			"SELECT id, authorization_id, not_before, tries, sealed FROM revoke_queue WHERE id = ?", id))
		if errors.Is(err, auth.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		r.NotBefore, r.Tries = notBefore, r.Tries+1
		return d.insertRevocation(ctx, tx, r)
	})
}

// DropRevocation implements auth.RevocationStore.
func (d *DB) DropRevocation(ctx context.Context, id string) error {
	return d.write(ctx, "drop_revocation", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM revoke_queue WHERE id = ?", id)
		return err
	})
}

// DropRevocationsOf implements auth.RevocationStore. Without any, which is the
// rule, nothing is written.
func (d *DB) DropRevocationsOf(ctx context.Context, authorizationID string) (dropped int, err error) {
	var waiting int
	err = d.reader.QueryRowContext(ctx, "SELECT count(*) FROM revoke_queue WHERE authorization_id = ?", authorizationID).Scan(&waiting)
	if err != nil || waiting == 0 {
		return 0, storageError(err)
	}
	err = d.write(ctx, "drop_revocations_of", func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, "DELETE FROM revoke_queue WHERE authorization_id = ?", authorizationID)
		if err != nil {
			return err
		}
		rows, err := done.RowsAffected()
		dropped = int(rows)
		return err
	})
	return dropped, err
}
