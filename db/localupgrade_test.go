package db

import (
	"database/sql"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/localserver"
)

// old stores a row as the version before the registry did.
func (b *localBench) old(table, id, columns string, bound []string, rest map[string]any, args ...any) {
	b.Helper()
	sealed, err := b.db.LocalServer().sealJSON(table, id, rest, bound)
	require.NoError(b, err)
	marks := "?, ?"
	for range args {
		marks += ", ?"
	}
	b.run("INSERT INTO "+table+" (id, "+columns+", sealed) VALUES ("+marks+")", append(append([]any{id}, args...), sealed)...)
}

func TestLocalRowsFromBeforeTheRegistryGoOnWorking(t *testing.T) {
	b := newLocalBench(t)
	at := millis(localTime)
	b.old("local_users", "u", "name, created_at", []string{"analyst", text(at)},
		map[string]any{"full_name": "F", "email": "E", "password": "P"}, "analyst", at)
	b.old("local_clients", "c", "name, practice, created_at", []string{"Practice client", "1", text(at)},
		map[string]any{"public": false, "secret": "S", "redirect_uris": []string{"http://127.0.0.1/callback"}, "scopes": []string{"openid", "offline_access"}},
		"Practice client", 1, at)
	for id, scope := range map[string]string{"g": "offline_access", "short": "openid", "foul": "openid"} {
		hash := localserver.Hash(id)
		b.old("local_grants", id, "code_hash, created_at, code_used_at, revoked_at", []string{hash, text(at), text(at), "0"},
			map[string]any{
				"client_id": "c", "user_id": "u", "scopes": []string{scope}, "redirect_uri": "http://127.0.0.1:1/callback", "nonce": "n",
				"code_challenge": "ch", "code_expires": at, "auth_time": at,
			}, hash, at, at, 0)
	}
	access, refresh := someToken("a", localserver.AccessToken), someToken("r", localserver.RefreshToken)
	require.NoError(t, b.db.writeBeside(t.Context(), func(tx *sql.Tx) error {
		return b.db.LocalServer().addTokens(t.Context(), tx, []localserver.Token{access, refresh})
	}))
	b.run(`UPDATE local_grants SET created_at = 1 WHERE id = 'foul'`)

	store := b.reopen()
	ctx := t.Context()
	user, err := store.UserByName(ctx, "Analyst")
	require.NoError(t, err)
	assert.Equal(t, localserver.User{
		ID: "u", Name: "analyst", FullName: "F", Email: "E", Password: auth.NewSecret("P"), Active: true, Created: localTime,
	}, user)
	client, err := store.PracticeClient(ctx)
	require.NoError(t, err)
	assert.Equal(t, localserver.Client{
		ID: "c", Name: "Practice client", Version: "1.0", Secret: auth.NewSecret("S"), RedirectURIs: []string{"http://127.0.0.1/callback"},
		Grants: []auth.LocalGrant{auth.LocalGrantCode}, AccessSeconds: 900, RefreshCount: auth.LocalUnlimited,
		Scopes: []string{"openid", "offline_access"}, Active: true, Practice: true, Created: localTime,
	}, client)
	_, got, err := store.Token(ctx, access.Hash)
	require.NoError(t, err)
	want := localserver.Grant{
		ID: "g", Kind: auth.LocalGrantCode, ClientID: "c", UserID: "u", Scopes: []string{"offline_access"}, RefreshesLeft: auth.LocalUnlimited,
		RedirectURI: "http://127.0.0.1:1/callback", Nonce: "n", CodeChallenge: "ch", CodeHash: localserver.Hash("g"), CodeExpires: localTime,
		AuthTime: localTime, Created: localTime, CodeUsed: localTime,
	}
	assert.Equal(t, want, got)
	short, err := store.GrantByCode(ctx, localserver.Hash("short"))
	require.NoError(t, err)
	assert.Equal(t, auth.LocalNoRefresh, short.RefreshesLeft)
	_, err = store.GrantByCode(ctx, localserver.Hash("foul"))
	require.ErrorIs(t, err, auth.ErrChangedOutside)

	_, page := b.listed(auth.LocalTokenQuery{Search: "practice client 1.0", Limit: 9}, localTime)
	require.Len(t, page.Rows, 1, "only one has tokens")
	assert.Equal(t, localTime.Add(time.Hour), page.Rows[0].Expires)
	next := someToken("r2", localserver.RefreshToken)
	require.NoError(t, store.Rotate(ctx, refresh.Hash, localTime, []localserver.Token{next}))
	client.Active = false
	require.NoError(t, store.UpdateClient(ctx, client, localTime))
	_, got, err = store.Token(ctx, next.Hash)
	require.NoError(t, err)
	assert.Equal(t, localTime, got.Revoked)
}
