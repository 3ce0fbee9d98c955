package db

import (
	"context"

	"tokenwell/auth/localstore"
)

const selectLocalConsent = `SELECT id, client_id, user_id, given_at, sealed FROM local_consents `

func boundLocalConsent(c localstore.Consent) []string {
	return []string{c.ClientID, c.UserID, text(millis(c.Given))}
}

func (s LocalStore) scanConsent(row scanner) (localstore.Consent, error) {
	var (
		c      localstore.Consent
		given  int64
		sealed []byte
	)
	if err := row.Scan(&c.ID, &c.ClientID, &c.UserID, &given, &sealed); err != nil {
		return localstore.Consent{}, localError(err)
	}
	c.Given = fromMillis(given)
	if err := s.unsealJSON(tableLocalConsents, c.ID, sealed, &c.Scopes, boundLocalConsent(c)); err != nil {
		return localstore.Consent{}, err
	}
	return c, nil
}

// Consents implements localstore.Store.
func (s LocalStore) Consents(ctx context.Context) ([]localstore.Consent, error) {
	return localRows(ctx, s, s.scanConsent, selectLocalConsent+`ORDER BY given_at DESC, id`)
}

// Consent implements localstore.Store.
func (s LocalStore) Consent(ctx context.Context, clientID, userID string) (localstore.Consent, error) {
	return s.scanConsent(s.db.Reader().QueryRowContext(ctx, selectLocalConsent+`WHERE client_id = ? AND user_id = ?`, clientID, userID))
}

// SetConsent implements localstore.Store.
func (s LocalStore) SetConsent(ctx context.Context, c localstore.Consent) error {
	sealed, err := s.sealJSON(tableLocalConsents, c.ID, c.Scopes, boundLocalConsent(c))
	if err != nil {
		return err
	}
	return s.exec(ctx,
		statement{`DELETE FROM local_consents WHERE client_id = ? AND user_id = ?`, []any{c.ClientID, c.UserID}},
		statement{
			`INSERT INTO local_consents (id, client_id, user_id, given_at, sealed) VALUES (?, ?, ?, ?, ?)`,
			[]any{c.ID, c.ClientID, c.UserID, millis(c.Given), sealed},
		})
}

// DeleteConsent implements localstore.Store.
func (s LocalStore) DeleteConsent(ctx context.Context, id string) error {
	return s.exec(ctx, statement{`DELETE FROM local_consents WHERE id = ?`, []any{id}})
}
