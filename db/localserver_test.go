package db

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"tokenwell/assets"
	"tokenwell/auth"
	"tokenwell/auth/localserver"
	"tokenwell/db/vault"
)

// localBench is a data folder that can be closed and opened again with the
// same data key, as after a restart of the program.
type localBench struct {
	*testing.T
	dir    string
	header vault.Header
	slot   vault.Slot
	item   string
	db     *DB
}

func newLocalBench(t *testing.T) *localBench {
	key, err := vault.NewKey()
	require.NoError(t, err)
	slot, item, err := vault.NewKeyringSlot(key, "slot")
	require.NoError(t, err)
	b := &localBench{T: t, dir: t.TempDir(), header: key.Header(), slot: slot, item: item}
	b.open()
	t.Cleanup(func() { require.NoError(t, b.db.Close()) })
	return b
}

func (b *localBench) open() LocalStore {
	b.Helper()
	key, err := b.slot.OpenWithItem(b.header, b.item)
	require.NoError(b, err)
	b.db, err = Open(b.Context(), Params{Dir: b.dir})
	require.NoError(b, err)
	b.db.setKey(key)
	return b.db.LocalServer()
}

func (b *localBench) reopen() LocalStore {
	b.Helper()
	require.NoError(b, b.db.Close())
	return b.open()
}

var localTime = time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)

// someGrant has every field set, so that one that is not stored shows.
func someGrant() localserver.Grant {
	return localserver.Grant{
		ID: "g", ClientID: "c", UserID: "u", Scopes: []string{"openid", "reports.read"}, RedirectURI: "http://127.0.0.1:1/callback",
		Nonce: "n", CodeChallenge: "ch", CodeHash: localserver.Hash("code"), CodeExpires: localTime.Add(time.Minute),
		AuthTime: localTime.Add(-time.Hour), Created: localTime,
	}
}

func someToken(value string, kind localserver.TokenKind) localserver.Token {
	return localserver.Token{
		Hash: localserver.Hash(value), Kind: kind, GrantID: "g", Scopes: []string{"openid"},
		Issued: localTime, Expires: localTime.Add(time.Hour),
	}
}

func TestLocalStoreKeepsEveryField(t *testing.T) {
	b := newLocalBench(t)
	ctx, store := t.Context(), b.db.LocalServer()
	user := localserver.User{ID: "u", Name: "analyst", FullName: "A", Email: "a@b", Password: auth.NewSecret("TWSENT-password"), Created: localTime}
	client := localserver.Client{
		ID: "c", Name: "C", Public: true, Secret: auth.NewSecret("TWSENT-secret"), RedirectURIs: []string{"http://127.0.0.1/callback"},
		Scopes: []string{"openid"}, Practice: true, Created: localTime,
	}
	token := someToken("access", localserver.AccessToken)
	require.NoError(t, store.SetSetting(ctx, "key", auth.NewSecret("TWSENT-setting")))
	require.NoError(t, store.AddUser(ctx, user))
	require.NoError(t, store.AddClient(ctx, client))
	require.NoError(t, store.AddGrant(ctx, someGrant()))
	require.NoError(t, store.RedeemCode(ctx, someGrant().CodeHash, localTime, []localserver.Token{token}))

	store = b.reopen()
	value, err := store.Setting(ctx, "key")
	require.NoError(t, err)
	assert.Equal(t, "TWSENT-setting", value.Reveal())
	gotUser, err := store.UserByName(ctx, "analyst")
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
	want := someGrant()
	want.CodeUsed = localTime
	gotToken, gotGrant, err := store.Token(ctx, token.Hash)
	require.NoError(t, err)
	assert.Equal(t, token, gotToken)
	assert.Equal(t, want, gotGrant)
	require.Error(t, store.AddUser(ctx, user), "IDs and names are unique")
	require.Error(t, store.AddClient(ctx, client))

	require.NoError(t, b.db.Close())
	b.scan("TWSENT", "reports.read", "127.0.0.1:1")
	b.open()
}

// scan looks for text in every file of the data folder.
func (b *localBench) scan(texts ...string) {
	b.Helper()
	err := filepath.WalkDir(b.dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path) //nolint:gosec // the test's own folder
		for _, text := range texts {
			assert.False(b, bytes.Contains(content, []byte(text)), "%s in %s", text, path)
		}
		return err
	})
	require.NoError(b, err)
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
	} {
		assert.ErrorIs(t, call(), localserver.ErrNotFound, name)
	}
	assert.NoError(t, store.RevokeGrant(ctx, "x", localTime))
	assert.NoError(t, store.RevokeToken(ctx, "x", localTime))
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

// Whatever is changed in the file, the server does not act on that row.
func TestLocalStoreFindsChangesFromOutside(t *testing.T) {
	b := newLocalBench(t)
	ctx, store := t.Context(), b.db.LocalServer()
	token := someToken("r1", localserver.RefreshToken)
	require.NoError(t, store.SetSetting(ctx, "key", auth.NewSecret("x")))
	require.NoError(t, store.AddUser(ctx, localserver.User{ID: "u", Name: "n", Password: auth.NewSecret("p"), Created: localTime}))
	require.NoError(t, store.AddClient(ctx, localserver.Client{ID: "c", Name: "C", Practice: true, Created: localTime}))
	require.NoError(t, store.AddGrant(ctx, someGrant()))
	require.NoError(t, store.RedeemCode(ctx, someGrant().CodeHash, localTime, []localserver.Token{token}))

	read := map[string]func() error{
		"local_settings": func() error { _, err := store.Setting(ctx, "key"); return err },
		"local_users":    func() error { _, err := store.UserByName(ctx, "n"); return err },
		"local_clients":  func() error { _, err := store.Client(ctx, "c"); return err },
		"local_grants":   func() error { _, err := store.GrantByCode(ctx, someGrant().CodeHash); return err },
		"local_tokens":   func() error { _, _, err := store.Token(ctx, token.Hash); return err },
	}
	columns := map[string]string{
		"local_settings": "name, sealed",
		"local_users":    "id, name, created_at, sealed",
		"local_clients":  "id, name, practice, created_at, sealed",
		"local_grants":   "id, code_hash, created_at, code_used_at, revoked_at, sealed",
		"local_tokens":   "hash, grant_id, kind, issued_at, expires_at, spent_at, revoked_at, sealed",
	}
	for _, change := range []struct{ table, set string }{
		{"local_settings", "sealed = zeroblob(length(sealed))"},
		{"local_users", "created_at = created_at + 1"},
		{"local_users", "id = 'other'"},
		{"local_clients", "name = 'Bank'"},
		{"local_clients", "practice = 0"},
		{"local_clients", "created_at = 0"},
		{"local_grants", "code_used_at = 0"},
		{"local_grants", "revoked_at = 1"},
		{"local_grants", "created_at = 1"},
		{"local_tokens", "kind = 1"},
		{"local_tokens", "issued_at = 1"},
		{"local_tokens", "expires_at = expires_at + 86400000"},
		{"local_tokens", "spent_at = 1"},
		{"local_tokens", "revoked_at = 1"},
	} {
		require.NoError(t, read[change.table](), change)
		exec := b.db.LocalServer().exec
		require.NoError(t, exec(ctx, "CREATE TEMP TABLE kept AS SELECT * FROM "+change.table))
		require.NoError(t, exec(ctx, "UPDATE "+change.table+" SET "+change.set))
		assert.ErrorIs(t, read[change.table](), auth.ErrChangedOutside, change)
		require.NoError(t, exec(ctx, "UPDATE "+change.table+" SET ("+columns[change.table]+") = (SELECT "+columns[change.table]+" FROM temp.kept)"))
		require.NoError(t, exec(ctx, "DROP TABLE temp.kept"))
	}
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

// The server over the real store: a sign-in, a restart of the program, a
// refresh with the tokens of before.
func TestLocalServerSurvivesARestart(t *testing.T) {
	b := newLocalBench(t)
	run := func(store localserver.Store) *localserver.Server {
		s := localserver.New(localserver.Params{Store: store, Pages: assets.Pages, Addr: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler)})
		require.NoError(t, s.Start(t.Context()))
		t.Cleanup(func() { require.NoError(t, s.Close()) })
		return s
	}
	server := run(b.db.LocalServer())
	before := server.Info()
	code := localSignIn(t, before)
	first := localPost(t, before, url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {localCallback}}, http.StatusOK)
	require.NoError(t, server.Close())

	server = run(b.reopen())
	after := server.Info()
	assert.Equal(t, before.Issuer, after.Issuer)
	assert.Equal(t, before.ClientID, after.ClientID)
	assert.True(t, before.ClientSecret.Equal(after.ClientSecret))
	assert.True(t, before.Password.Equal(after.Password))
	refresh := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {first["refresh_token"].(string)}}
	second := localPost(t, after, refresh, http.StatusOK)
	assert.Equal(t, "invalid_grant", localPost(t, after, refresh, http.StatusBadRequest)["error"])
	refresh.Set("refresh_token", second["refresh_token"].(string))
	localPost(t, after, refresh, http.StatusBadRequest)

	require.NoError(t, server.Close())
	require.NoError(t, b.db.Close())
	b.scan(before.Password.Reveal(), before.ClientSecret.Reveal(), code,
		first["access_token"].(string), first["refresh_token"].(string), second["access_token"].(string), second["refresh_token"].(string))
	b.open()
}

const localCallback = "http://127.0.0.1:1/callback"

// localSignIn fills in the forms as a browser would and returns the code.
func localSignIn(t *testing.T, info auth.LocalInfo) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	location := ""
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Jar: jar, Transport: transport, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if location = r.URL.String(); strings.HasPrefix(location, localCallback) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	page := localSend(t, client, http.MethodGet, info.Issuer+"/authorize?"+url.Values{
		"response_type": {"code"}, "client_id": {info.ClientID}, "redirect_uri": {localCallback}, "scope": {"openid offline_access"},
	}.Encode(), nil)
	page = localSend(t, client, http.MethodPost, location, localFields(t, page, url.Values{"username": {info.User}, "password": {info.Password.Reveal()}}))
	localSend(t, client, http.MethodPost, info.Issuer+"/session/approve",
		localFields(t, page, url.Values{"decision": {"grant"}, "scope": {"offline_access"}}))
	target, err := url.Parse(location)
	require.NoError(t, err)
	require.NotEmpty(t, target.Query().Get("code"), location)
	return target.Query().Get("code")
}

// localFields adds the hidden fields of a page's form.
func localFields(t *testing.T, page []byte, values url.Values) url.Values {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(page))
	require.NoError(t, err)
	for n := range doc.Descendants() {
		attrs := map[string]string{}
		for _, a := range n.Attr {
			attrs[a.Key] = a.Val
		}
		if n.Data == "input" && (attrs["name"] == "request" || attrs["name"] == "token") {
			values.Set(attrs["name"], attrs["value"])
		}
	}
	return values
}

func localSend(t *testing.T, client *http.Client, method, target string, form url.Values) []byte {
	t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, target, strings.NewReader(form.Encode()))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := client.Do(r)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return body
}

func localPost(t *testing.T, info auth.LocalInfo, form url.Values, status int) map[string]any {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, info.Issuer+"/oauth/token", strings.NewReader(form.Encode()))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(info.ClientID, info.ClientSecret.Reveal())
	transport := &http.Transport{DisableKeepAlives: true}
	response, err := (&http.Client{Transport: transport}).Do(r)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	require.Equal(t, status, response.StatusCode)
	var reply map[string]any
	require.NoError(t, json.NewDecoder(response.Body).Decode(&reply))
	return reply
}
