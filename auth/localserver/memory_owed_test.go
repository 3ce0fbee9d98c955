package localserver

import (
	"context"
	"errors"
	"time"

	"tokenwell/auth"
)

var errLocal = errors.New("not stored yet")

func (m *memoryStore) Users(ctx context.Context) ([]User, error) { return nil, errLocal }

func (m *memoryStore) UpdateUser(ctx context.Context, u User, at time.Time) error { return errLocal }

func (m *memoryStore) DeleteUser(ctx context.Context, id string) error { return errLocal }

func (m *memoryStore) Clients(ctx context.Context, now time.Time) ([]Client, error) {
	return nil, errLocal
}

func (m *memoryStore) UpdateClient(ctx context.Context, c Client, at time.Time) error {
	return errLocal
}

func (m *memoryStore) DeleteClient(ctx context.Context, id string) error { return errLocal }

func (m *memoryStore) Scopes(ctx context.Context) ([]Scope, error) { return nil, errLocal }

func (m *memoryStore) SaveScope(ctx context.Context, s Scope, isNew bool) error { return errLocal }

func (m *memoryStore) DeleteScope(ctx context.Context, name string, now time.Time) error {
	return errLocal
}

func (m *memoryStore) Issue(ctx context.Context, g Grant, tokens []Token) error { return errLocal }

func (m *memoryStore) TokenRows(ctx context.Context, q auth.LocalTokenQuery, now time.Time) (auth.LocalTokenPage, error) {
	return auth.LocalTokenPage{}, errLocal
}

func (m *memoryStore) DeleteGrant(ctx context.Context, id string) error { return errLocal }

func (m *memoryStore) DeleteExpired(ctx context.Context, now time.Time) (int, error) {
	return 0, errLocal
}

func (m *memoryStore) Consents(ctx context.Context) ([]Consent, error) { return nil, errLocal }

func (m *memoryStore) Consent(ctx context.Context, clientID, userID string) (Consent, error) {
	return Consent{}, errLocal
}

func (m *memoryStore) SetConsent(ctx context.Context, c Consent) error { return errLocal }

func (m *memoryStore) DeleteConsent(ctx context.Context, id string) error { return errLocal }

func (m *memoryStore) UseAssertion(ctx context.Context, hash string, until time.Time) error {
	return errLocal
}

func (m *memoryStore) AppendLog(ctx context.Context, entries []auth.LocalLogEntry) error {
	return errLocal
}

func (m *memoryStore) Log(ctx context.Context, search string, limit int) ([]auth.LocalLogEntry, error) {
	return nil, errLocal
}

func (m *memoryStore) ClearLog(ctx context.Context) error { return errLocal }
