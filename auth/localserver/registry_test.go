package localserver

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

func TestTheRegistryIsThereBeforeTheServerHasRun(t *testing.T) {
	r, _, _ := newRegistry(t)
	ctx := t.Context()
	clients, err := r.Clients(ctx)
	require.NoError(t, err)
	require.Len(t, clients, 1)
	assert.True(t, clients[0].Practice)
	assert.True(t, clients[0].Active)
	assert.Equal(t, "1.0", clients[0].Version)
	users, err := r.Users(ctx)
	require.NoError(t, err)
	require.Len(t, users, 1)
	assert.True(t, users[0].Practice)
	assert.True(t, users[0].Active)
	assert.True(t, users[0].Password.Empty(), "never read out")
	scopes, err := r.Scopes(ctx)
	require.NoError(t, err)
	require.Len(t, scopes, len(Scopes()))
	for i, s := range Scopes() {
		assert.Equal(t, s.Name, scopes[i].Name)
		assert.Equal(t, 1, scopes[i].Clients, s.Name)
		assert.NotEmpty(t, scopes[i].Description)
	}
	assert.True(t, scopes[0].Builtin)
	again, err := r.Clients(ctx)
	require.NoError(t, err)
	assert.Equal(t, clients, again)
}

func TestTheRegistryStartsAndStopsTheServer(t *testing.T) {
	r, _, at := newRegistry(t)
	require.NoError(t, r.Start(t.Context()))
	info := r.Info()
	assert.Equal(t, info.Issuer+"/.well-known/openid-configuration", info.Discovery)
	assert.Equal(t, at.now(), info.Since)
	require.NoError(t, r.Stop())
	info = r.Info()
	assert.False(t, info.Running)
	assert.True(t, info.Since.IsZero())
}

func TestScopesOfTheRegistry(t *testing.T) {
	r, store, at := newRegistry(t)
	ctx := t.Context()
	for _, name := range []string{"", "two words", `say"`, `back\slash`, "späte", "tab\t", string(make([]byte, 65))} {
		onlyFault(t, r.SaveScope(ctx, auth.LocalScope{Name: name + "x"[:min(1, len(name))]}, true), "scope.name")
	}
	onlyFault(t, r.SaveScope(ctx, auth.LocalScope{Name: "x", Description: "a\nb"}, true), "scope.description")
	require.NoError(t, r.SaveScope(ctx, auth.LocalScope{Name: " Sales.Read ", Description: "D", Builtin: true}, true))
	onlyFault(t, r.SaveScope(ctx, auth.LocalScope{Name: "sales.READ"}, true), "scope.name")
	require.NoError(t, r.SaveScope(ctx, auth.LocalScope{Name: "sales.read", Description: "E", Default: true}, false))
	require.ErrorIs(t, r.SaveScope(ctx, auth.LocalScope{Name: "none"}, false), ErrNotFound)
	require.NoError(t, r.SaveScope(ctx, auth.LocalScope{Name: "openid", Description: "changed"}, false))
	scopes, err := r.Scopes(ctx)
	require.NoError(t, err)
	assert.Equal(t, auth.LocalScope{Name: "Sales.Read", Description: "E", Default: true}, scopes[len(scopes)-1], "nobody else can be built in")
	assert.Equal(t, auth.LocalScope{Name: "openid", Description: "changed", Builtin: true, Clients: 1}, scopes[0])

	require.ErrorContains(t, r.DeleteScope(ctx, "OpenID"), "can't be deleted")
	c := r.named("Sales")
	c.Scopes = []string{"SALES.read"}
	c, err = r.SaveClient(ctx, c)
	require.NoError(t, err)
	assert.Equal(t, []string{"Sales.Read"}, c.Scopes, "as the scope is written")
	require.NoError(t, store.Issue(ctx, Grant{ID: "g", ClientID: "gone", Scopes: []string{"Sales.Read"}},
		[]Token{{Hash: "t", Kind: AccessToken, GrantID: "g", Expires: at.now().Add(time.Hour)}}))
	var inUse *auth.LocalScopeInUse
	require.ErrorAs(t, r.DeleteScope(ctx, "sales.read"), &inUse)
	assert.Equal(t, []string{"Sales 1.0"}, inUse.Clients)
	assert.Equal(t, 1, inUse.Tokens)
	require.NoError(t, r.DeleteClient(ctx, c.ID))
	at.forward(time.Hour)
	require.NoError(t, r.DeleteScope(ctx, "sales.read"))
}

func TestScopesThatWereDeletedStayAway(t *testing.T) {
	r, _, _ := newRegistry(t)
	ctx := t.Context()
	clients, err := r.Clients(ctx)
	require.NoError(t, err)
	practice := clients[0]
	practice.Scopes = []string{"openid"}
	_, err = r.SaveClient(ctx, practice)
	require.NoError(t, err)
	require.NoError(t, r.DeleteScope(ctx, "reports.write"))
	require.NoError(t, r.Start(ctx))
	scopes, err := r.Scopes(ctx)
	require.NoError(t, err)
	assert.Negative(t, indexScope(scopes, "reports.write"))
}

func TestTokensOfTheRegistry(t *testing.T) {
	r, store, at := newRegistry(t)
	ctx := t.Context()
	for _, id := range []string{"1", "2", "3"} {
		require.NoError(t, store.Issue(ctx, Grant{ID: id, RefreshesLeft: auth.LocalUnlimited},
			[]Token{{Hash: id, Kind: AccessToken, GrantID: id, Issued: at.now(), Expires: at.now().Add(time.Minute)}}))
	}
	require.NoError(t, r.RevokeToken(ctx, "1"))
	require.NoError(t, r.DeleteToken(ctx, "2"))
	page, err := r.Tokens(ctx, auth.LocalTokenQuery{})
	require.NoError(t, err)
	require.Len(t, page.Rows, 2)
	assert.Equal(t, auth.LocalTokenRevoked, page.Rows[0].State)
	assert.Equal(t, auth.LocalTokenActive, page.Rows[1].State)
	at.forward(time.Minute)
	page, err = r.Tokens(ctx, auth.LocalTokenQuery{Limit: maxRows + 1})
	require.NoError(t, err)
	assert.Equal(t, 1, page.Expired)
	count, err := r.RemoveExpired(ctx)
	require.NoError(t, err)
	assert.Equal(t, 1, count)
}

func TestWhatIsGoneIsSaidInPlainWords(t *testing.T) {
	r, _, _ := newRegistry(t)
	err := r.SetClientActive(t.Context(), "twl_ci_gone", false)
	require.ErrorIs(t, err, ErrNotFound)
	assert.EqualError(t, err, "This client is not there any more")
}

func TestConsentsAreListedWithNames(t *testing.T) {
	r, store, at := newRegistry(t)
	ctx := t.Context()
	clients, err := r.Clients(ctx)
	require.NoError(t, err)
	users, err := r.Users(ctx)
	require.NoError(t, err)
	require.NoError(t, store.SetConsent(ctx, Consent{ID: "k", ClientID: clients[0].ID, UserID: users[0].ID, Scopes: []string{"openid"}, Given: at.now()}))
	consents, err := r.Consents(ctx)
	require.NoError(t, err)
	assert.Equal(t, []auth.LocalConsent{{
		ID: "k", ClientID: clients[0].ID, Client: "Practice client 1.0", User: "analyst", Scopes: []string{"openid"}, Given: at.now(),
	}}, consents)
	require.NoError(t, r.WithdrawConsent(ctx, "k"))
	consents, err = r.Consents(ctx)
	require.NoError(t, err)
	assert.Empty(t, consents)
}

func TestTheLogIsReadWithWhatWaits(t *testing.T) {
	r, store, _ := newRegistry(t)
	ctx := t.Context()
	r.server.requests.add(auth.LocalLogEntry{Endpoint: "token"})
	entries, err := r.Log(ctx, "", 9)
	require.NoError(t, err)
	assert.Len(t, entries, 1)
	r.server.requests.add(auth.LocalLogEntry{Endpoint: "device"})
	require.NoError(t, r.ClearLog(ctx))
	assert.Empty(t, store.log)
}

func TestALockedVaultIsSaid(t *testing.T) {
	r, store, _ := newRegistry(t)
	store.fail = auth.ErrVaultLocked
	ctx := t.Context()
	for name, call := range map[string]func() error{
		"clients":  func() error { _, err := r.Clients(ctx); return err },
		"save":     func() error { _, err := r.SaveClient(ctx, r.named("x")); return err },
		"active":   func() error { return r.SetClientActive(ctx, "x", true) },
		"secret":   func() error { _, err := r.NewSecret(ctx, "x", 0); return err },
		"delete":   func() error { return r.DeleteClient(ctx, "x") },
		"export":   func() error { _, err := r.ExportClients(ctx); return err },
		"scopes":   func() error { _, err := r.Scopes(ctx); return err },
		"users":    func() error { _, err := r.Users(ctx); return err },
		"user":     func() error { return r.DeleteUser(ctx, "x") },
		"tokens":   func() error { _, err := r.Tokens(ctx, auth.LocalTokenQuery{}); return err },
		"expired":  func() error { _, err := r.RemoveExpired(ctx); return err },
		"consents": func() error { _, err := r.Consents(ctx); return err },
	} {
		assert.ErrorIs(t, call(), auth.ErrVaultLocked, name)
	}
}
