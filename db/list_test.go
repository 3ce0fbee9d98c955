package db_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db"
	"tokenwell/db/dbtest"
)

// expectedList is the list as a plain loop over all records finds it.
func expectedList(records []auth.Record, q auth.Query) (ids []string) {
	var all []auth.Record
	for _, r := range records {
		a := r.Authorization
		words := strings.ToLower(a.Name + "\n" + a.ServiceName + "\n" + strings.Join(a.Scopes, " "))
		if strings.Contains(words, strings.ToLower(q.Search)) && (q.ServiceID == "" || a.ServiceID == q.ServiceID) &&
			(len(q.States) == 0 || slices.Contains(q.States, r.Status.Effective(q.Now))) {
			all = append(all, r)
		}
	}
	order := []auth.State{
		auth.StateNeedsSignIn, auth.StateNeedsAttention, auth.StateChangedOutside, auth.StateUnknown, auth.StateExpired, auth.StateExpiring,
		auth.StateRefreshing, auth.StateWaiting, auth.StateActive, auth.StatePaused, auth.StateNeverAuthorized, auth.StateRevoked,
	}
	dir := 1
	if q.Desc {
		dir = -1
	}
	slices.SortFunc(all, func(x, y auth.Record) int {
		c := 0
		switch q.Sort {
		case auth.ColumnService:
			c = cmp.Compare(strings.ToLower(x.Authorization.ServiceName), strings.ToLower(y.Authorization.ServiceName))
		case auth.ColumnGrant:
			c = cmp.Compare(x.Authorization.Grant, y.Authorization.Grant)
		case auth.ColumnState:
			c = cmp.Compare(slices.Index(order, x.Status.Effective(q.Now)), slices.Index(order, y.Status.Effective(q.Now)))
		case auth.ColumnExpires:
			if x, y := x.Status.Expiry.At.IsZero(), y.Status.Expiry.At.IsZero(); x != y { // last, whichever the direction
				if x {
					return 1
				}
				return -1
			}
			c = x.Status.Expiry.At.Compare(y.Status.Expiry.At)
		case auth.ColumnScopes:
			c = cmp.Compare(len(x.Authorization.Scopes), len(y.Authorization.Scopes))
		case auth.ColumnLastUsed:
			c = x.Status.LastUsedAt.Compare(y.Status.LastUsedAt)
		case auth.ColumnCreated:
			c = x.Authorization.CreatedAt.Compare(y.Authorization.CreatedAt)
		case auth.ColumnSignIn:
			if x, y := x.Status.SignInEnds.IsZero(), y.Status.SignInEnds.IsZero(); x != y { // last, whichever the direction
				return map[bool]int{true: 1, false: -1}[x]
			}
			c = x.Status.SignInEnds.Compare(y.Status.SignInEnds)
		case auth.ColumnLeft:
			x, y := x.RefreshesLeft(), y.RefreshesLeft()
			if (x == auth.Unlimited) != (y == auth.Unlimited) { // last, whichever the direction
				return cmp.Compare(y, x)
			}
			c = cmp.Compare(x, y)
		}
		return dir * cmp.Or(c, cmp.Compare(strings.ToLower(x.Authorization.Name), strings.ToLower(y.Authorization.Name)))
	})
	for _, r := range all {
		ids = append(ids, r.Authorization.ID)
	}
	return ids
}

// The same rows in the same order as a plain loop, for every column, both
// directions, few and many matches, and pages anywhere.
func TestListAgainstAPlainLoop(t *testing.T) {
	now := time.Now().UTC().Truncate(time.Millisecond)
	d := dbtest.Open(t)
	before := db.SetFewMatches(60) // above and below it are two ways to a page
	t.Cleanup(func() { db.SetFewMatches(before) })
	longest := db.SetLongestWalk(400) // and two more to a page of many matches
	t.Cleanup(func() { db.SetLongestWalk(longest) })
	records := dbtest.Records(600, 7, now)
	require.NoError(t, d.Restore(ctx, records))
	states := [][]auth.State{
		nil,
		{auth.StateActive},
		{auth.StateExpired, auth.StateExpiring, auth.StateRevoked},
		{auth.StateActive, auth.StateExpired, auth.StateNeedsSignIn, auth.StateExpiring},
	}
	columns := []auth.Column{
		auth.ColumnName, auth.ColumnService, auth.ColumnGrant, auth.ColumnState,
		auth.ColumnExpires, auth.ColumnScopes, auth.ColumnLastUsed, auth.ColumnCreated, auth.ColumnLeft, auth.ColumnSignIn, "",
	}
	inState := map[auth.State]int{}
	for _, r := range records {
		inState[r.Status.Effective(now)]++
	}
	counted, err := d.CountStates(ctx, now)
	require.NoError(t, err)
	require.Equal(t, inState, counted)
	n := 0
	for _, search := range []string{"", "MAIL", "contoso", "08", "a", "graph", "000123", "nothing like it"} {
		for _, service := range []string{"", "service-2"} {
			for _, wanted := range states {
				for range 2 { // the columns take turns
					q := auth.Query{
						Search: search, ServiceID: service, States: wanted, Sort: columns[n%len(columns)], Desc: n%2 == 1, Limit: 20, Now: now,
					}
					n++
					assertSameList(t, d, records, q)
				}
			}
		}
	}
	for _, desc := range []bool{false, true} { // all rows in the orders that are made of several runs
		for _, column := range []auth.Column{auth.ColumnState, auth.ColumnExpires, auth.ColumnLeft, auth.ColumnSignIn} {
			assertSameList(t, d, records, auth.Query{Sort: column, Desc: desc, Limit: 20, Now: now})
		}
	}
	for _, desc := range []bool{false, true} { // matches that stand together at one end of the order
		assertSameList(t, d, records, auth.Query{Search: "graph", Sort: auth.ColumnService, Desc: desc, Limit: 10, Now: now})
	}
}

func assertSameList(t *testing.T, d *db.DB, records []auth.Record, q auth.Query) {
	t.Helper()
	all := expectedList(records, q)
	match := len(all)
	for _, offset := range []int{0, match / 3, match*3/4 + 1, max(0, match-7), match + 5} {
		q.Offset = offset
		name := fmt.Sprintf("%+v", q)
		page, err := d.List(ctx, q)
		require.NoError(t, err, name)
		got := []string{}
		for _, row := range page.Rows {
			got = append(got, row.ID)
		}
		from := min(offset, match)
		want := append([]string{}, all[from:min(from+q.Limit, match)]...)
		require.Equal(t, want, got, name)
		require.Equal(t, match, page.Match, name)
		require.Equal(t, len(records), page.Total)
	}
}

func TestListShowsWhatIsStored(t *testing.T) {
	d := dbtest.Open(t)
	a, g := dbtest.CreateActive(t, d)
	now := time.Now()
	page, err := d.List(ctx, auth.Query{Now: now})
	require.NoError(t, err)
	assert.Equal(t, []auth.Row{{
		ID: a.ID, Name: a.Name, ServiceID: a.ServiceID, ServiceName: a.ServiceName, Grant: a.Grant, State: auth.StateActive,
		Expiry: g.Status.Expiry, ScopeCount: 3, HasRefresh: true, RefreshesLeft: auth.Unlimited, CreatedAt: a.CreatedAt,
	}}, page.Rows)
	for at, want := range map[time.Duration]auth.State{
		0: auth.StateExpired, time.Millisecond: auth.StateExpired, -time.Nanosecond: auth.StateExpiring,
		-auth.ExpiringBefore: auth.StateActive, -auth.ExpiringBefore + time.Nanosecond: auth.StateExpiring,
	} {
		now := g.Status.Expiry.At.Add(at)
		page, err := d.List(ctx, auth.Query{Now: now, States: []auth.State{want}})
		require.NoError(t, err)
		require.Len(t, page.Rows, 1, "%v after the end", at)
		assert.Equal(t, want, page.Rows[0].State)
		counted, err := d.CountStates(ctx, now)
		require.NoError(t, err)
		assert.Equal(t, map[auth.State]int{want: 1}, counted)
	}
}

// A count that was remembered is forgotten at the next write, here or elsewhere.
func TestListSeesEveryWrite(t *testing.T) {
	p := newPlace(t)
	d, other := p.create(t), p.reopen(t)
	for i := range 3 {
		a := dbtest.Create(t, d)
		dbtest.Create(t, other)
		page, err := d.List(ctx, auth.Query{})
		require.NoError(t, err)
		require.Equal(t, i+2, page.Match)
		require.NoError(t, other.Delete(ctx, a.ID, false, time.Now().Add(time.Minute)))
		page, err = d.List(ctx, auth.Query{})
		require.NoError(t, err)
		require.Equal(t, i+1, page.Match)
		used, err := d.UsedServices(ctx)
		require.NoError(t, err)
		require.Equal(t, map[string]int{"example": i + 1}, used)
	}
}
