package db

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/localserver"
)

// A row whose grant got no refresh token must not be listed as refreshable: it
// would never disappear.
func TestWithoutARefreshTokenNoRefreshIsLeft(t *testing.T) {
	b := newLocalBench(t)
	store, ctx := b.db.LocalServer(), t.Context()
	g := someGrant()
	g.RefreshesLeft = auth.LocalUnlimited
	require.NoError(t, store.AddGrant(ctx, g))
	access, refresh := someToken("a", localserver.AccessToken), someToken("r", localserver.RefreshToken)
	require.NoError(t, store.RedeemCode(ctx, g.CodeHash, localTime, []localserver.Token{access, refresh}))
	_, got, err := store.Token(ctx, access.Hash)
	require.NoError(t, err)
	assert.Equal(t, auth.LocalUnlimited, got.RefreshesLeft)
	next := someToken("a2", localserver.AccessToken)
	require.NoError(t, store.Rotate(ctx, refresh.Hash, localTime, []localserver.Token{next}))
	_, got, err = store.Token(ctx, next.Hash)
	require.NoError(t, err)
	assert.Equal(t, auth.LocalNoRefresh, got.RefreshesLeft)

	g.ID, g.CodeHash = "other", localserver.Hash("other code")
	require.NoError(t, store.AddGrant(ctx, g))
	alone := someToken("alone", localserver.AccessToken)
	alone.GrantID = g.ID
	require.NoError(t, store.RedeemCode(ctx, g.CodeHash, localTime, []localserver.Token{alone}))
	page, err := store.TokenRows(ctx, auth.LocalTokenQuery{Limit: 9}, alone.Expires)
	require.NoError(t, err)
	assert.Empty(t, page.Rows, "both are over, with nothing to refresh them")
}
