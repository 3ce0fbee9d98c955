package db

import (
	"log/slog"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/assets"
	"tokenwell/auth"
	"tokenwell/auth/localserver"
)

func TestLocalStoreKeepsEveryField(t *testing.T) {
	b := newLocalBench(t)
	ctx, store := t.Context(), b.db.LocalServer()
	user, client, grant := someUser(), someClient(), someGrant()
	for _, one := range []any{user, client, grant, client.Misbehave} {
		set := reflect.ValueOf(one)
		for i := range set.NumField() {
			name := set.Type().Field(i).Name
			assert.Equal(t, slices.Contains([]string{"Tokens", "CodeUsed", "Revoked"}, name), set.Field(i).IsZero(), name)
		}
	}
	token := someToken("access", localserver.AccessToken)
	require.NoError(t, store.SetSetting(ctx, "key", auth.NewSecret("TWSENT-setting")))
	require.NoError(t, store.AddUser(ctx, user))
	require.NoError(t, store.AddClient(ctx, client))
	require.NoError(t, store.AddGrant(ctx, grant))
	require.NoError(t, store.RedeemCode(ctx, grant.CodeHash, localTime, []localserver.Token{token, someToken("refresh", localserver.RefreshToken)}))

	store = b.reopen()
	value, err := store.Setting(ctx, "key")
	require.NoError(t, err)
	assert.Equal(t, "TWSENT-setting", value.Reveal())
	gotUser, err := store.UserByName(ctx, " ANALYST")
	require.NoError(t, err)
	assert.Equal(t, user, gotUser)
	gotUser, err = store.User(ctx, "u")
	require.NoError(t, err)
	assert.Equal(t, user, gotUser)
	gotClient, err := store.Client(ctx, "c")
	require.NoError(t, err)
	assert.Equal(t, client, gotClient)
	gotClient, err = store.PracticeClient(ctx)
	require.NoError(t, err)
	assert.Equal(t, client, gotClient)
	grant.CodeUsed = localTime
	gotToken, gotGrant, err := store.Token(ctx, token.Hash)
	require.NoError(t, err)
	assert.Equal(t, token, gotToken)
	assert.Equal(t, grant, gotGrant)

	require.NoError(t, b.db.Close())
	b.scan("TWSENT", "127.0.0.1:1")
	b.open()
}

func TestLocalStoreKnowsWhatIsMissing(t *testing.T) {
	b := newLocalBench(t)
	ctx, store := t.Context(), b.db.LocalServer()
	for name, call := range map[string]func() error{
		"setting":  func() error { _, err := store.Setting(ctx, "x"); return err },
		"user":     func() error { _, err := store.User(ctx, "x"); return err },
		"name":     func() error { _, err := store.UserByName(ctx, "x"); return err },
		"client":   func() error { _, err := store.Client(ctx, "x"); return err },
		"practice": func() error { _, err := store.PracticeClient(ctx); return err },
		"code":     func() error { _, err := store.GrantByCode(ctx, "x"); return err },
		"token":    func() error { _, _, err := store.Token(ctx, "x"); return err },
		"redeem":   func() error { return store.RedeemCode(ctx, "x", localTime, nil) },
		"rotate":   func() error { return store.Rotate(ctx, "x", localTime, nil) },
		"consent":  func() error { _, err := store.Consent(ctx, "x", "x"); return err },
		"client 2": func() error { return store.UpdateClient(ctx, someClient(), localTime) },
		"user 2":   func() error { return store.UpdateUser(ctx, someUser(), localTime) },
		"scope":    func() error { return store.SaveScope(ctx, localserver.Scope{Name: "x"}, false) },
	} {
		assert.ErrorIs(t, call(), localserver.ErrNotFound, name)
	}
	assert.NoError(t, store.RevokeGrant(ctx, "x", localTime))
	assert.NoError(t, store.RevokeToken(ctx, "x", localTime))
	assert.NoError(t, store.DeleteClient(ctx, "x"))
	assert.NoError(t, store.DeleteUser(ctx, "x"))
	assert.NoError(t, store.DeleteGrant(ctx, "x"))
	assert.NoError(t, store.DeleteConsent(ctx, "x"))
	assert.NoError(t, store.DeleteScope(ctx, "x", localTime))
}

func TestLocalStoreSpendsOnce(t *testing.T) {
	b := newLocalBench(t)
	ctx, store := t.Context(), b.db.LocalServer()
	first, second := someToken("r1", localserver.RefreshToken), someToken("r2", localserver.RefreshToken)
	require.NoError(t, store.AddGrant(ctx, someGrant()))
	code := someGrant().CodeHash
	require.NoError(t, store.RedeemCode(ctx, code, localTime, []localserver.Token{first}))
	assert.ErrorIs(t, store.RedeemCode(ctx, code, localTime, []localserver.Token{second}), localserver.ErrSpent)
	_, _, err := store.Token(ctx, second.Hash)
	assert.ErrorIs(t, err, localserver.ErrNotFound, "neither or both")

	require.NoError(t, store.Rotate(ctx, first.Hash, localTime, []localserver.Token{second}))
	third := someToken("r3", localserver.RefreshToken)
	assert.ErrorIs(t, store.Rotate(ctx, first.Hash, localTime, []localserver.Token{third}), localserver.ErrSpent)
	spent, _, err := store.Token(ctx, first.Hash)
	require.NoError(t, err)
	assert.Equal(t, localTime, spent.Spent)

	require.NoError(t, store.RevokeGrant(ctx, "g", localTime))
	assert.ErrorIs(t, store.Rotate(ctx, second.Hash, localTime, []localserver.Token{third}), localserver.ErrSpent)
	_, g, err := store.Token(ctx, second.Hash)
	require.NoError(t, err)
	assert.Equal(t, localTime, g.Revoked)
	require.NoError(t, store.RevokeToken(ctx, second.Hash, localTime))
	got, _, err := store.Token(ctx, second.Hash)
	require.NoError(t, err)
	assert.Equal(t, localTime, got.Revoked)
}

func TestLocalStorePurges(t *testing.T) {
	b := newLocalBench(t)
	ctx, store := t.Context(), b.db.LocalServer()
	dead, live, idle := someGrant(), someGrant(), someGrant()
	dead.ID, dead.CodeHash = "dead", "1"
	idle.ID, idle.CodeHash = "idle", "2"
	for _, g := range []localserver.Grant{dead, live, idle} {
		require.NoError(t, store.AddGrant(ctx, g))
	}
	old, kept, gone := someToken("old", localserver.AccessToken), someToken("kept", localserver.RefreshToken), someToken("gone", localserver.RefreshToken)
	kept.Expires = localTime.AddDate(0, 1, 0)
	gone.GrantID, gone.Expires = "dead", kept.Expires
	require.NoError(t, store.RedeemCode(ctx, live.CodeHash, localTime, []localserver.Token{old, kept}))
	require.NoError(t, store.RedeemCode(ctx, "1", localTime, []localserver.Token{gone}))
	require.NoError(t, store.RevokeGrant(ctx, "dead", localTime))
	require.NoError(t, store.Purge(ctx, localTime.AddDate(0, 0, 1)))

	for hash, want := range map[string]error{old.Hash: localserver.ErrNotFound, gone.Hash: localserver.ErrNotFound, kept.Hash: nil} {
		_, _, err := store.Token(ctx, hash)
		assert.ErrorIs(t, err, want)
	}
	_, err := store.GrantByCode(ctx, "2")
	assert.ErrorIs(t, err, localserver.ErrNotFound)
}

func TestLocalStoreNeedsTheOpenVault(t *testing.T) {
	b := newLocalBench(t)
	b.db.setKey(nil)
	store := b.db.LocalServer()
	require.ErrorIs(t, store.SetSetting(t.Context(), "key", auth.NewSecret("x")), auth.ErrVaultLocked)
	require.ErrorIs(t, store.AddGrant(t.Context(), someGrant()), auth.ErrVaultLocked)
	server := localserver.New(localserver.Params{Store: store, Pages: assets.Pages, Addr: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler)})
	require.ErrorIs(t, server.Start(t.Context()), auth.ErrVaultLocked)
}
