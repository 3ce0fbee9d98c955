package db

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/localserver"
	"tokenwell/db/vault"
)

// BenchmarkLocalStore measures the local server's store with 10,000 grants: the
// token list, the commits of the token endpoint, and switching off the client
// that has them all.
func BenchmarkLocalStore(b *testing.B) {
	const grants = 10_000
	ctx := context.Background()
	key, err := vault.NewKey()
	require.NoError(b, err)
	d, err := Open(ctx, Params{Dir: b.TempDir()})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, d.Close()) })
	d.setKey(key)
	store := d.LocalServer()
	client := someClient()
	require.NoError(b, store.AddClient(ctx, client))
	require.NoError(b, store.AddUser(ctx, someUser()))
	require.NoError(b, d.writeBeside(ctx, func(tx *sql.Tx) error {
		for i := range grants {
			g := localGrant{Grant: localserver.Grant{
				ID: fmt.Sprint("g", i), Kind: auth.LocalGrantCode, ClientID: "c", UserID: "u", Scopes: []string{"openid", fmt.Sprint("s", i)},
				RefreshesLeft: auth.LocalUnlimited, Created: localTime,
			}}
			if err := addLocalGrant(ctx, store, tx, g, i); err != nil {
				return err
			}
		}
		return nil
	}))

	for _, q := range []auth.LocalTokenQuery{
		{Sort: "issued", Desc: true}, {Sort: "client"}, {Sort: "expires"}, {Search: "s999"}, {Search: "reports 2.0", Offset: 9900},
	} {
		q.Limit = 100
		b.Run(fmt.Sprintf("list sort=%s search=%s", q.Sort, q.Search), func(b *testing.B) {
			for b.Loop() {
				_, err := store.TokenRows(ctx, q, localTime)
				require.NoError(b, err)
			}
		})
	}
	n := 0
	b.Run("issue", func(b *testing.B) {
		for b.Loop() {
			n++
			t := someToken(fmt.Sprint("issued", n), localserver.AccessToken)
			t.GrantID = fmt.Sprint("i", n)
			require.NoError(b, store.Issue(ctx, localserver.Grant{ID: t.GrantID, ClientID: "c2"}, []localserver.Token{t}))
		}
	})
	last := localserver.Hash("r0")
	b.Run("refresh", func(b *testing.B) {
		for b.Loop() {
			n++
			access, refresh := someToken(fmt.Sprint("access", n), localserver.AccessToken), someToken(fmt.Sprint("refresh", n), localserver.RefreshToken)
			access.GrantID, refresh.GrantID = "g0", "g0"
			require.NoError(b, store.Rotate(ctx, last, localTime, []localserver.Token{access, refresh}))
			last = refresh.Hash
		}
	})
	client.Active = false
	start := time.Now()
	require.NoError(b, store.UpdateClient(ctx, client, localTime))
	b.Logf("switched off a client with %d grants in %v", grants, time.Since(start).Round(time.Millisecond))
}

func addLocalGrant(ctx context.Context, s LocalStore, tx *sql.Tx, g localGrant, i int) error {
	access, refresh := someToken(fmt.Sprint("a", i), localserver.AccessToken), someToken(fmt.Sprint("r", i), localserver.RefreshToken)
	access.GrantID, refresh.GrantID = g.ID, g.ID
	tokens := []localserver.Token{access, refresh}
	g.take(tokens)
	if err := s.insertGrant(ctx, tx, g); err != nil {
		return err
	}
	return s.addTokens(ctx, tx, tokens)
}
