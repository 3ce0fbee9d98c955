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

// listed returns the IDs of a page's rows.
func (b *localBench) listed(q auth.LocalTokenQuery, now time.Time) (ids []string, page auth.LocalTokenPage) {
	b.Helper()
	page, err := b.db.LocalServer().TokenRows(b.Context(), q, now)
	require.NoError(b, err)
	for _, row := range page.Rows {
		ids = append(ids, row.ID)
	}
	return ids, page
}

func TestLocalTokenRowsFollowTheirTokens(t *testing.T) {
	b := newLocalBench(t)
	ctx, store := t.Context(), b.db.LocalServer()
	require.NoError(t, store.AddUser(ctx, someUser()))
	require.NoError(t, store.AddClient(ctx, someClient()))
	grant := someGrant()
	require.NoError(t, store.AddGrant(ctx, grant))
	query := auth.LocalTokenQuery{Limit: 9}
	ids, page := b.listed(query, localTime)
	assert.Empty(t, ids, "a code is no token")
	assert.Zero(t, page.Total)

	access, refresh := someToken("a", localserver.AccessToken), someToken("r", localserver.RefreshToken)
	require.NoError(t, store.RedeemCode(ctx, grant.CodeHash, localTime, []localserver.Token{access, refresh}))
	row := auth.LocalToken{
		ID: "g", ClientID: "c", Client: "Reports 2.0 b", User: "Analyst", Grant: auth.LocalGrantCode, Scopes: grant.Scopes,
		Issued: localTime, Expires: localTime.Add(time.Hour), RefreshesLeft: 3, State: auth.LocalTokenActive,
	}
	_, page = b.listed(query, localTime)
	assert.Equal(t, auth.LocalTokenPage{Rows: []auth.LocalToken{row}, Match: 1, Total: 1}, page)

	row.State = auth.LocalTokenExpired
	_, page = b.listed(query, localTime.Add(time.Hour))
	assert.Equal(t, auth.LocalTokenPage{Rows: []auth.LocalToken{row}, Match: 1, Total: 1, Expired: 1}, page)

	// Three refreshes are left: each gives a later access token, the last of
	// them no end.
	for left := 2; left >= 0; left-- {
		next, last := someToken(fmt.Sprint("a", left), localserver.AccessToken), refresh.Hash
		next.Issued, next.Expires = localTime.Add(time.Hour), time.Time{}
		refresh = someToken(fmt.Sprint("next r", left), localserver.RefreshToken)
		require.NoError(t, store.Rotate(ctx, last, localTime.Add(time.Hour), []localserver.Token{next, refresh}))
		_, page = b.listed(query, localTime.AddDate(1, 0, 0))
		row.Issued, row.Expires, row.RefreshesLeft, row.State = next.Issued, next.Expires, left, auth.LocalTokenActive
		assert.Equal(t, []auth.LocalToken{row}, page.Rows)
		access = next
	}
	require.ErrorIs(t, store.Rotate(ctx, refresh.Hash, localTime, nil), localserver.ErrSpent, "no refresh is left")
	require.NoError(t, store.Purge(ctx, localTime.AddDate(1, 0, 0)))
	_, _, err := store.Token(ctx, access.Hash)
	require.NoError(t, err, "one that never expires is not purged")

	require.NoError(t, store.RevokeToken(ctx, access.Hash, localTime.Add(2*time.Hour)))
	ids, _ = b.listed(query, localTime.Add(3*time.Hour))
	assert.Empty(t, ids, "over, with no refresh left: the row is gone by itself")
}

func TestLocalTokenRowsOfRevokedAndEndlessGrants(t *testing.T) {
	b := newLocalBench(t)
	ctx, store := t.Context(), b.db.LocalServer()
	b.issue(localserver.Grant{ID: "unlimited", RefreshesLeft: auth.LocalUnlimited})
	b.issue(localserver.Grant{ID: "none", RefreshesLeft: auth.LocalNoRefresh})
	b.issue(localserver.Grant{ID: "zero"})
	b.issue(localserver.Grant{ID: "revoked", RefreshesLeft: auth.LocalUnlimited})
	require.NoError(t, store.RevokeGrant(ctx, "revoked", localTime))
	assert.Equal(t, map[string]auth.LocalTokenState{
		"unlimited": auth.LocalTokenActive, "none": auth.LocalTokenActive, "zero": auth.LocalTokenActive, "revoked": auth.LocalTokenRevoked,
	}, b.states())
	later := localTime.Add(time.Hour)
	ids, page := b.listed(auth.LocalTokenQuery{Limit: 9}, later)
	assert.Equal(t, []string{"unlimited"}, ids)
	assert.Equal(t, 1, page.Expired)
	count, err := store.DeleteExpired(ctx, later.Add(-time.Second))
	require.NoError(t, err)
	assert.Zero(t, count)
	count, err = store.DeleteExpired(ctx, later)
	require.NoError(t, err)
	assert.Equal(t, 1, count, "as many as the list had")
	ids, _ = b.listed(auth.LocalTokenQuery{Limit: 9}, localTime)
	assert.Empty(t, ids)

	b.issue(localserver.Grant{ID: "1"})
	b.issue(localserver.Grant{ID: "2"})
	require.NoError(t, store.DeleteGrant(ctx, "1"))
	ids, _ = b.listed(auth.LocalTokenQuery{Limit: 9}, localTime)
	assert.Equal(t, []string{"2"}, ids)
	_, _, err = store.Token(ctx, localserver.Hash("access 1"))
	require.ErrorIs(t, err, localserver.ErrNotFound)
}

func TestLocalTokenRowsAreFoundSortedAndPaged(t *testing.T) {
	b := newLocalBench(t)
	ctx, store := t.Context(), b.db.LocalServer()
	beta, alpha, user := someClient(), someClient(), someUser()
	beta.Name, alpha.ID, alpha.Name, alpha.Practice = "beta", "d", "Alpha", false
	require.NoError(t, store.AddClient(ctx, beta))
	require.NoError(t, store.AddClient(ctx, alpha))
	require.NoError(t, store.AddUser(ctx, user))
	add := func(id, client, user string, issued, lasts time.Duration, left int, scope string) {
		access := someToken(id, localserver.AccessToken)
		access.GrantID, access.Issued, access.Expires = id, localTime.Add(issued), localTime.Add(lasts)
		if lasts == 0 {
			access.Expires = time.Time{}
		}
		g := localserver.Grant{ID: id, ClientID: client, UserID: user, RefreshesLeft: left, Scopes: []string{scope}}
		require.NoError(t, store.Issue(ctx, g, []localserver.Token{access}))
	}
	add("1", "c", "u", 3*time.Second, time.Hour, 5, "Reports.read")
	add("2", "d", "", 2*time.Second, 0, auth.LocalUnlimited, "mail")
	add("3", "c", "u", time.Second, time.Minute, auth.LocalNoRefresh, "mail")

	for _, c := range []struct {
		query auth.LocalTokenQuery
		want  []string
	}{
		{auth.LocalTokenQuery{Sort: "client"}, []string{"2", "1", "3"}},
		{auth.LocalTokenQuery{Sort: "client", Desc: true}, []string{"1", "3", "2"}},
		{auth.LocalTokenQuery{Sort: "user"}, []string{"2", "1", "3"}},
		{auth.LocalTokenQuery{Sort: "issued"}, []string{"3", "2", "1"}},
		{auth.LocalTokenQuery{Sort: "expires"}, []string{"3", "1", "2"}},
		{auth.LocalTokenQuery{Sort: "left", Desc: true}, []string{"2", "1", "3"}},
		{auth.LocalTokenQuery{Sort: "; DROP TABLE local_grants"}, []string{"3", "2", "1"}},
		{auth.LocalTokenQuery{Search: "REPORTS.r"}, []string{"1"}},
		{auth.LocalTokenQuery{Search: "alpha 2.0"}, []string{"2"}},
		{auth.LocalTokenQuery{Search: "analyst"}, []string{"3", "1"}},
		{auth.LocalTokenQuery{Search: "%"}, nil},
		{auth.LocalTokenQuery{ClientID: "c", Search: "mail"}, []string{"3"}},
		{auth.LocalTokenQuery{Offset: 1}, []string{"2", "1"}},
	} {
		c.query.Limit = 9
		ids, page := b.listed(c.query, localTime)
		assert.Equal(t, c.want, ids, c.query)
		assert.Equal(t, 3, page.Total)
		assert.Equal(t, len(c.want)+c.query.Offset, page.Match, c.query)
	}
	ids, page := b.listed(auth.LocalTokenQuery{Limit: 1, Offset: 2}, localTime)
	assert.Equal(t, []string{"1"}, ids)
	assert.Equal(t, 3, page.Match)
}

// A page of 10,000 rows unseals its own rows alone: with any other changed from
// outside it is still there.
func TestLocalTokenRowsUnsealTheirPageAlone(t *testing.T) {
	b := newLocalBench(t)
	for i := range 4 {
		b.issue(localserver.Grant{ID: fmt.Sprint(i)})
	}
	b.run(`UPDATE local_grants SET sealed = zeroblob(100) WHERE id = '3'`)
	ids, page := b.listed(auth.LocalTokenQuery{Limit: 2, Offset: 1}, localTime)
	assert.Equal(t, []string{"1", "2"}, ids)
	assert.Equal(t, 4, page.Match)
	_, err := b.db.LocalServer().TokenRows(t.Context(), auth.LocalTokenQuery{Limit: 4}, localTime)
	require.ErrorIs(t, err, auth.ErrChangedOutside)
}
