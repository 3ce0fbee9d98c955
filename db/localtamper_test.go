package db

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/localserver"
)

// Whatever is changed in the file, the server does not act on that row.
func TestLocalStoreFindsChangesFromOutside(t *testing.T) {
	b := newLocalBench(t)
	ctx, store := t.Context(), b.db.LocalServer()
	token := someToken("a1", localserver.AccessToken)
	require.NoError(t, store.SetSetting(ctx, "key", auth.NewSecret("x")))
	require.NoError(t, store.AddUser(ctx, someUser()))
	require.NoError(t, store.AddClient(ctx, someClient()))
	require.NoError(t, store.SaveScope(ctx, localserver.Scope{Name: "Reports"}, true))
	require.NoError(t, store.SetConsent(ctx, localserver.Consent{ID: "k", ClientID: "c", UserID: "u", Given: localTime}))
	grant := someGrant()
	grant.CodeUsed = localTime
	require.NoError(t, store.Issue(ctx, grant, []localserver.Token{token}))

	read := map[string]func() error{
		"local_settings": func() error { _, err := store.Setting(ctx, "key"); return err },
		"local_users":    func() error { _, err := store.Users(ctx); return err },
		"local_clients":  func() error { _, err := store.Clients(ctx, localTime); return err },
		"local_grants":   func() error { _, err := store.TokenRows(ctx, auth.LocalTokenQuery{Limit: 9}, localTime); return err },
		"local_scopes":   func() error { _, err := store.Scopes(ctx); return err },
		"local_consents": func() error { _, err := store.Consents(ctx); return err },
		"local_tokens":   func() error { _, _, err := store.Token(ctx, token.Hash); return err },
	}
	for _, change := range []struct{ table, set string }{
		{"local_settings", "sealed = zeroblob(length(sealed))"},
		{"local_users", "created_at = created_at + 1"},
		{"local_users", "id = 'other'"},
		{"local_users", "name = 'other'"},
		{"local_users", "name_key = 'other'"},
		{"local_users", "active = 0"},
		{"local_clients", "name = 'Bank'"},
		{"local_clients", "name_key = 'bank'"},
		{"local_clients", "version = '3'"},
		{"local_clients", "active = 0"},
		{"local_clients", "practice = 0"},
		{"local_clients", "created_at = 0"},
		{"local_grants", "code_used_at = 0"},
		{"local_grants", "revoked_at = 1"},
		{"local_grants", "created_at = 1"},
		{"local_grants", "code_hash = 'none:g'"},
		{"local_grants", "kind = 'implicit'"},
		{"local_grants", "client_id = 'other'"},
		{"local_grants", "client_id = ''"},
		{"local_grants", "user_id = 'other'"},
		{"local_grants", "refreshes_left = -1"},
		{"local_grants", "access_expires_at = 1"},
		{"local_grants", "issued_at = 1"},
		{"local_scopes", "name = 'reports'"},
		{"local_scopes", "name_key = 'other'"},
		{"local_scopes", "position = 2"},
		{"local_scopes", "sealed = zeroblob(length(sealed))"},
		{"local_consents", "client_id = 'other'"},
		{"local_consents", "user_id = 'other'"},
		{"local_consents", "given_at = 1"},
		{"local_tokens", "kind = 2"},
		{"local_tokens", "issued_at = 1"},
		{"local_tokens", "expires_at = expires_at + 86400000"},
		{"local_tokens", "spent_at = 1"},
		{"local_tokens", "revoked_at = 1"},
	} {
		require.NoError(t, read[change.table](), change)
		b.run("CREATE TEMP TABLE kept AS SELECT * FROM " + change.table)
		b.run("UPDATE " + change.table + " SET " + change.set)
		assert.ErrorIs(t, read[change.table](), auth.ErrChangedOutside, change)
		columns := b.columns(change.table)
		b.run("UPDATE " + change.table + " SET (" + columns + ") = (SELECT " + columns + " FROM temp.kept)")
		b.run("DROP TABLE temp.kept")
	}
}
