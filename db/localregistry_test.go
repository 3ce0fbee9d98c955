package db

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/localserver"
)

func TestLocalNamesAreTakenWhateverTheirCapitals(t *testing.T) {
	b := newLocalBench(t)
	ctx, store := t.Context(), b.db.LocalServer()
	user, client, scope := someUser(), someClient(), localserver.Scope{Name: "Reports.Read"}
	require.NoError(t, store.AddUser(ctx, user))
	require.NoError(t, store.AddClient(ctx, client))
	require.NoError(t, store.SaveScope(ctx, scope, true))

	user.ID, user.Name = "u2", "aNALYST"
	require.ErrorIs(t, store.AddUser(ctx, user), localserver.ErrTaken)
	user.Name = "other"
	require.NoError(t, store.AddUser(ctx, user))
	user.Name = "ANALYST"
	require.ErrorIs(t, store.UpdateUser(ctx, user, localTime), localserver.ErrTaken)

	client.ID, client.Practice, client.Name, client.Version = "c2", false, "REPORTS", "2.0 B"
	require.ErrorIs(t, store.AddClient(ctx, client), localserver.ErrTaken)
	client.Version = "2.1"
	require.NoError(t, store.AddClient(ctx, client), "another version of it")
	client.Version = "2.0 B"
	require.ErrorIs(t, store.UpdateClient(ctx, client, localTime), localserver.ErrTaken)

	scope.Name = "reports.READ"
	require.ErrorIs(t, store.SaveScope(ctx, scope, true), localserver.ErrTaken)
	scope.Description = "changed"
	require.NoError(t, store.SaveScope(ctx, scope, false))
	scopes, err := store.Scopes(ctx)
	require.NoError(t, err)
	assert.Equal(t, []localserver.Scope{{Name: "Reports.Read", Description: "changed"}}, scopes, "a scope keeps its name")
}

// issue stores a grant with an access token that lasts an hour.
func (b *localBench) issue(g localserver.Grant) {
	b.Helper()
	access := someToken("access "+g.ID, localserver.AccessToken)
	access.GrantID, g.CodeHash = g.ID, ""
	require.NoError(b, b.db.LocalServer().Issue(b.Context(), g, []localserver.Token{access}))
}

func (b *localBench) states() map[string]auth.LocalTokenState {
	b.Helper()
	page, err := b.db.LocalServer().TokenRows(b.Context(), auth.LocalTokenQuery{Limit: 99}, localTime)
	require.NoError(b, err)
	out := map[string]auth.LocalTokenState{}
	for _, row := range page.Rows {
		out[row.ID] = row.State
	}
	return out
}

// An inactive client or user has nothing that works, and being switched on
// again brings nothing back.
func TestLocalStoreEndsWhatIsSwitchedOff(t *testing.T) {
	b := newLocalBench(t)
	ctx, store := t.Context(), b.db.LocalServer()
	user, client := someUser(), someClient()
	require.NoError(t, store.AddUser(ctx, user))
	require.NoError(t, store.AddClient(ctx, client))
	for _, g := range []localserver.Grant{
		{ID: "1", ClientID: "c", UserID: "u"},
		{ID: "2", ClientID: "c", UserID: "u2"},
		{ID: "3", ClientID: "c2", UserID: "u"},
		{ID: "4", ClientID: "c2"},
		{ID: "5", ClientID: "c"},
	} {
		b.issue(g)
	}
	b.run(`UPDATE local_grants SET kind = 'implicit' WHERE id = '5'`) // changed outside: in nobody's way
	require.NoError(t, store.SetConsent(ctx, localserver.Consent{ID: "k", ClientID: "c2", UserID: "u", Given: localTime}))
	clients, err := store.Clients(ctx, localTime)
	require.NoError(t, err)
	assert.Equal(t, 3, clients[0].Tokens)

	client.Active, user.Active = false, false
	require.NoError(t, store.UpdateClient(ctx, client, localTime))
	b.run(`DELETE FROM local_grants WHERE id = '5'`)
	active, revoked := auth.LocalTokenActive, auth.LocalTokenRevoked
	assert.Equal(t, map[string]auth.LocalTokenState{"1": revoked, "2": revoked, "3": active, "4": active}, b.states())
	require.NoError(t, store.UpdateUser(ctx, user, localTime))
	assert.Equal(t, map[string]auth.LocalTokenState{"1": revoked, "2": revoked, "3": revoked, "4": active}, b.states())
	_, err = store.Consent(ctx, "c2", "u")
	require.ErrorIs(t, err, localserver.ErrNotFound)
	client.Active, user.Active = true, true
	require.NoError(t, store.UpdateClient(ctx, client, localTime))
	require.NoError(t, store.UpdateUser(ctx, user, localTime))
	_, g, err := store.Token(ctx, localserver.Hash("access 1"))
	require.NoError(t, err)
	assert.Equal(t, localTime, g.Revoked)
	clients, err = store.Clients(ctx, localTime)
	require.NoError(t, err)
	assert.Zero(t, clients[0].Tokens)

	require.NoError(t, store.SetConsent(ctx, localserver.Consent{ID: "k", ClientID: "c2", UserID: "u", Given: localTime}))
	require.NoError(t, store.DeleteClient(ctx, "c"))
	assert.Equal(t, map[string]auth.LocalTokenState{"3": revoked, "4": active}, b.states())
	require.NoError(t, store.DeleteUser(ctx, "u"))
	assert.Equal(t, map[string]auth.LocalTokenState{"4": active}, b.states())
	_, _, err = store.Token(ctx, localserver.Hash("access 1"))
	require.ErrorIs(t, err, localserver.ErrNotFound)
	consents, err := store.Consents(ctx)
	require.NoError(t, err)
	assert.Empty(t, consents)
	_, err = store.User(ctx, "u")
	require.ErrorIs(t, err, localserver.ErrNotFound)
	_, err = store.Client(ctx, "c")
	require.ErrorIs(t, err, localserver.ErrNotFound)
}

func TestLocalScopesAreInUseByClientsAndTokens(t *testing.T) {
	b := newLocalBench(t)
	ctx, store := t.Context(), b.db.LocalServer()
	client := someClient()
	client.Scopes = []string{"Two"}
	require.NoError(t, store.AddClient(ctx, client))
	for _, name := range []string{"One", "Two", "On"} {
		require.NoError(t, store.SaveScope(ctx, localserver.Scope{Name: name, Description: "D", Default: true, Builtin: true}, true))
	}
	b.issue(localserver.Grant{ID: "1", Scopes: []string{"One"}, RefreshesLeft: auth.LocalNoRefresh})
	scopes, err := b.reopen().Scopes(ctx)
	require.NoError(t, err)
	one := localserver.Scope{Name: "One", Description: "D", Default: true, Builtin: true}
	two, on := one, one
	two.Name, on.Name = "Two", "On"
	assert.Equal(t, []localserver.Scope{one, two, on}, scopes, "in the order in which they were made")

	store = b.db.LocalServer()
	var inUse *auth.LocalScopeInUse
	require.ErrorAs(t, store.DeleteScope(ctx, "One", localTime), &inUse)
	assert.Equal(t, auth.LocalScopeInUse{Scope: "One", Tokens: 1}, *inUse)
	require.ErrorAs(t, store.DeleteScope(ctx, "two", localTime), &inUse)
	assert.Equal(t, []string{"Reports 2.0 b"}, inUse.Clients)
	require.NoError(t, store.DeleteScope(ctx, "on", localTime))
	require.NoError(t, store.DeleteScope(ctx, "ONE", localTime.Add(time.Hour)), "its token is over")
	scopes, err = store.Scopes(ctx)
	require.NoError(t, err)
	assert.Equal(t, []localserver.Scope{two}, scopes)
}

func TestLocalConsents(t *testing.T) {
	b := newLocalBench(t)
	ctx, store := t.Context(), b.db.LocalServer()
	first := localserver.Consent{ID: "1", ClientID: "c", UserID: "u", Scopes: []string{"a"}, Given: localTime}
	second := localserver.Consent{ID: "2", ClientID: "c", UserID: "v", Scopes: []string{"TWSENT"}, Given: localTime.Add(time.Second)}
	again := localserver.Consent{ID: "3", ClientID: "c", UserID: "u", Scopes: []string{"b"}, Given: localTime.Add(time.Minute)}
	for _, c := range []localserver.Consent{first, second, again} {
		require.NoError(t, store.SetConsent(ctx, c))
	}
	store = b.reopen()
	all, err := store.Consents(ctx)
	require.NoError(t, err)
	assert.Equal(t, []localserver.Consent{again, second}, all, "newest first, one of each client and user")
	got, err := store.Consent(ctx, "c", "u")
	require.NoError(t, err)
	assert.Equal(t, again, got)
	require.NoError(t, store.DeleteConsent(ctx, "3"))
	_, err = store.Consent(ctx, "c", "u")
	require.ErrorIs(t, err, localserver.ErrNotFound)
	require.NoError(t, b.db.Close())
	b.scan("TWSENT")
	b.open()
}

func TestLocalAssertionsCountOnce(t *testing.T) {
	b := newLocalBench(t)
	ctx, store := t.Context(), b.db.LocalServer()
	require.NoError(t, store.UseAssertion(ctx, "h", localTime))
	require.ErrorIs(t, b.reopen().UseAssertion(ctx, "h", localTime), localserver.ErrSpent)
	store = b.db.LocalServer()
	require.NoError(t, store.Purge(ctx, localTime))
	require.ErrorIs(t, store.UseAssertion(ctx, "h", localTime), localserver.ErrSpent)
	require.NoError(t, store.Purge(ctx, localTime.Add(time.Second)))
	require.NoError(t, store.UseAssertion(ctx, "h", localTime), "it would be refused as over")
}

func TestLocalLogKeepsTheNewest(t *testing.T) {
	b := newLocalBench(t)
	b.db.setKey(nil) // it needs no vault
	ctx, store := t.Context(), b.db.LocalServer()
	var entries []auth.LocalLogEntry
	for i := range localserver.LogLength + 2 {
		entries = append(entries, auth.LocalLogEntry{
			At: localTime, Endpoint: "token", ClientID: "c", Client: fmt.Sprintf("Reports %d", i), Status: 400, Outcome: "invalid_grant", Why: "W",
		})
	}
	require.NoError(t, store.AppendLog(ctx, entries[:2]))
	require.NoError(t, store.AppendLog(ctx, entries[2:]))
	all, err := store.Log(ctx, "", len(entries))
	require.NoError(t, err)
	require.Len(t, all, localserver.LogLength)
	assert.Equal(t, entries[len(entries)-1], all[0])
	assert.Equal(t, entries[2], all[len(all)-1])
	for _, search := range []string{"REPORTS 77", "Token", "invalid_Grant"} {
		found, err := store.Log(ctx, search, 3)
		require.NoError(t, err)
		assert.Len(t, found, 3, search)
	}
	found, err := store.Log(ctx, "nothing", 3)
	require.NoError(t, err)
	assert.Empty(t, found)
	require.NoError(t, store.ClearLog(ctx))
	found, err = store.Log(ctx, "", 3)
	require.NoError(t, err)
	assert.Empty(t, found)
}
