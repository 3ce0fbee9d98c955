//go:build e2e || bench

package conformance

import (
	"context"
	"log/slog"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"tokenwell/assets"
	"tokenwell/auth"
	"tokenwell/auth/localserver"
	"tokenwell/db"
	"tokenwell/db/dbtest"
)

const (
	localUser     = "alice"
	localPassword = "wonderland-wonderland"
	localScope    = "read"
)

// localGrants are the grants of clients with a secret or a key.
var localGrants = []auth.LocalGrant{
	auth.LocalGrantCode, auth.LocalGrantClientCredentials, auth.LocalGrantDevice, auth.LocalGrantPassword,
}

// local is the program's own server, as the program runs it: over its database,
// on a port of its own. Only the keyring is in memory.
type local struct {
	testing.TB
	store    db.LocalStore
	registry localserver.Registry
	issuer   string
}

// startLocal starts a server with one user and one scope of its own.
func startLocal(t testing.TB) *local {
	t.Helper()
	// The library of the server logs every refusal to the default.
	before := slog.Default()
	slog.SetDefault(slog.New(slog.DiscardHandler))
	t.Cleanup(func() { slog.SetDefault(before) })
	ctx := context.Background()
	l := &local{TB: t, store: dbtest.Open(t).LocalServer()}
	server := localserver.New(localserver.Params{
		Store: l.store, Pages: assets.Pages, Addr: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, server.Start(ctx))
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	l.registry, l.issuer = server.Registry(), server.Info().Issuer
	t.Cleanup(l.tellOnFailure)
	require.NoError(t, l.registry.SaveScope(ctx, auth.LocalScope{Name: localScope, Description: "Read it all"}, true))
	_, err := l.registry.SaveUser(ctx, auth.LocalUser{
		Name: localUser, FullName: "Alice Liddell", Email: "alice@example.test", Active: true, Password: auth.NewSecret(localPassword),
	})
	require.NoError(t, err)
	return l
}

// tellOnFailure shows what the server's own log says, for whoever looks for the
// reason of a failure.
func (l *local) tellOnFailure() {
	if !l.Failed() {
		return
	}
	entries, err := l.registry.Log(context.Background(), "", 40)
	require.NoError(l, err)
	for _, e := range entries {
		l.Logf("%s %s %s: %d %s %s", e.At.Format("15:04:05.000"), e.Client, e.Endpoint, e.Status, e.Outcome, e.Why)
	}
}

// client registers a client that may use every grant of its type, and refresh
// whatever a user stands behind.
func (l *local) client(name string, edit func(*auth.LocalClient)) auth.LocalClient {
	l.Helper()
	c := l.registry.NewClient()
	c.Name, c.Grants, c.RefreshForAll = name, localGrants, true
	c.Scopes = append(c.Scopes, localScope)
	if edit != nil {
		edit(&c)
	}
	c, err := l.registry.SaveClient(context.Background(), c)
	require.NoError(l, err)
	return c
}

// keyClient registers one that proves itself with its key, and may vouch for
// users with it.
func (l *local) keyClient(name string, keys clientKeys) auth.LocalClient {
	l.Helper()
	public, err := os.ReadFile(keys.jwks)
	require.NoError(l, err)
	return l.client(name, func(c *auth.LocalClient) {
		c.ClientAuth, c.Keys = auth.ClientAuthPrivateKeyJWT, string(public)
		c.Grants = append(c.Grants, auth.LocalGrantJWTBearer)
	})
}

// publicClient registers one that has no secret.
func (l *local) publicClient(name string) auth.LocalClient {
	l.Helper()
	return l.client(name, func(c *auth.LocalClient) {
		c.Public, c.Grants = true, []auth.LocalGrant{auth.LocalGrantCode, auth.LocalGrantDevice}
	})
}

// worthless tells whether a token counts no more, whoever asks.
func (l *local) worthless(token auth.Secret) bool {
	l.Helper()
	t, g, err := l.store.Token(context.Background(), localserver.Hash(token.Reveal()))
	require.NoError(l, err)
	return !t.Revoked.IsZero() || !g.Revoked.IsZero()
}
