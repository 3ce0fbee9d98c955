package db

import (
	"context"
	"errors"
	"time"

	"tokenwell/auth"
	"tokenwell/auth/localserver"
)

var errLocal = errors.New("not stored yet")

// Users implements localserver.Store.
func (s LocalStore) Users(ctx context.Context) ([]localserver.User, error) { return nil, errLocal }

// UpdateUser implements localserver.Store.
func (s LocalStore) UpdateUser(ctx context.Context, u localserver.User, at time.Time) error {
	return errLocal
}

// DeleteUser implements localserver.Store.
func (s LocalStore) DeleteUser(ctx context.Context, id string) error { return errLocal }

// Clients implements localserver.Store.
func (s LocalStore) Clients(ctx context.Context, now time.Time) ([]localserver.Client, error) {
	return nil, errLocal
}

// UpdateClient implements localserver.Store.
func (s LocalStore) UpdateClient(ctx context.Context, c localserver.Client, at time.Time) error {
	return errLocal
}

// DeleteClient implements localserver.Store.
func (s LocalStore) DeleteClient(ctx context.Context, id string) error { return errLocal }

// Scopes implements localserver.Store.
func (s LocalStore) Scopes(ctx context.Context) ([]localserver.Scope, error) { return nil, errLocal }

// SaveScope implements localserver.Store.
func (s LocalStore) SaveScope(ctx context.Context, scope localserver.Scope, isNew bool) error {
	return errLocal
}

// DeleteScope implements localserver.Store.
func (s LocalStore) DeleteScope(ctx context.Context, name string, now time.Time) error {
	return errLocal
}

// Issue implements localserver.Store.
func (s LocalStore) Issue(ctx context.Context, g localserver.Grant, tokens []localserver.Token) error {
	return errLocal
}

// TokenRows implements localserver.Store.
func (s LocalStore) TokenRows(ctx context.Context, q auth.LocalTokenQuery, now time.Time) (auth.LocalTokenPage, error) {
	return auth.LocalTokenPage{}, errLocal
}

// DeleteGrant implements localserver.Store.
func (s LocalStore) DeleteGrant(ctx context.Context, id string) error { return errLocal }

// DeleteExpired implements localserver.Store.
func (s LocalStore) DeleteExpired(ctx context.Context, now time.Time) (int, error) {
	return 0, errLocal
}

// Consents implements localserver.Store.
func (s LocalStore) Consents(ctx context.Context) ([]localserver.Consent, error) {
	return nil, errLocal
}

// Consent implements localserver.Store.
func (s LocalStore) Consent(ctx context.Context, clientID, userID string) (localserver.Consent, error) {
	return localserver.Consent{}, errLocal
}

// SetConsent implements localserver.Store.
func (s LocalStore) SetConsent(ctx context.Context, c localserver.Consent) error { return errLocal }

// DeleteConsent implements localserver.Store.
func (s LocalStore) DeleteConsent(ctx context.Context, id string) error { return errLocal }

// UseAssertion implements localserver.Store.
func (s LocalStore) UseAssertion(ctx context.Context, hash string, until time.Time) error {
	return errLocal
}

// AppendLog implements localserver.Store.
func (s LocalStore) AppendLog(ctx context.Context, entries []auth.LocalLogEntry) error {
	return errLocal
}

// Log implements localserver.Store.
func (s LocalStore) Log(ctx context.Context, search string, limit int) ([]auth.LocalLogEntry, error) {
	return nil, errLocal
}

// ClearLog implements localserver.Store.
func (s LocalStore) ClearLog(ctx context.Context) error { return errLocal }
