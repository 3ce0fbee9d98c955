package db_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db"
	"tokenwell/db/dbtest"
)

// assertFound compares a search, alone and with filters, with a plain loop over
// what is in view.
func assertFound(t *testing.T, d *db.DB, inView map[string]auth.Record, search string, now time.Time) {
	t.Helper()
	var records []auth.Record
	for _, r := range inView {
		records = append(records, r)
	}
	for _, q := range []auth.Query{
		{},
		{ServiceID: "service-1"},
		{States: []auth.State{auth.StateActive, auth.StatePaused}},
		{States: []auth.State{auth.StateExpired}, ServiceID: "service-2", Desc: true},
	} {
		q.Search, q.Limit, q.Now, q.Sort = search, 20, now, auth.ColumnCreated
		assertSameList(t, d, records, q)
	}
}

// Whoever creates, renames, deletes or brings back, in this process or another,
// is seen by the next search in each.
func TestSearchSeesEveryChange(t *testing.T) {
	before := db.SetFewMatches(100)
	t.Cleanup(func() { db.SetFewMatches(before) })
	p := newPlace(t)
	stores := []*db.DB{p.create(t), p.reopen(t)}
	now := time.Now().UTC().Truncate(time.Millisecond)
	records := dbtest.Records(260, 3, now)
	inView, deleted := map[string]auth.Record{}, map[string]auth.Record{}
	rnd := rand.New(rand.NewPCG(8, 1)) //nolint:gosec // the same each time
	some := func(from map[string]auth.Record) auth.Record {
		for _, r := range records { // in a fixed order, from a place by chance
			if _, ok := from[r.Authorization.ID]; ok && rnd.IntN(30) == 0 {
				return from[r.Authorization.ID]
			}
		}
		return auth.Record{}
	}
	require.NoError(t, stores[0].Restore(ctx, records[:150]))
	for _, r := range records[:150] {
		inView[r.Authorization.ID] = r
	}
	left := records[150:]
	terms := []string{"contoso", "re", "0", "renamed", "1", "graph", "a"}
	for i := range 60 {
		d := stores[rnd.IntN(2)]
		r := some(inView)
		id := r.Authorization.ID
		switch i % 5 {
		case 0:
			require.NoError(t, d.Restore(ctx, left[:2]))
			for _, r := range left[:2] {
				inView[r.Authorization.ID] = r
			}
			left = left[2:]
		case 1:
			if id != "" {
				r.Authorization.Name = fmt.Sprintf("Renamed %d", i)
				require.NoError(t, d.Rename(ctx, id, r.Authorization.Name, ""))
				inView[id] = r
			}
		case 2:
			if id != "" {
				require.NoError(t, d.Delete(ctx, id, false, now.Add(time.Hour)))
				deleted[id] = r
				delete(inView, id)
			}
		case 3:
			r = some(deleted)
			if id = r.Authorization.ID; id != "" {
				require.NoError(t, d.Undelete(ctx, id))
				inView[id] = r
				delete(deleted, id)
			}
		case 4:
			if id != "" {
				require.NoError(t, d.SetState(ctx, id, r.Status.Generation, auth.Ending{State: auth.StatePaused, Outcome: auth.OutcomeOK}))
				r.Status.State = auth.StatePaused
				inView[id] = r
			}
		}
		if i == 40 {
			_, err := d.Purge(ctx, now.Add(2*time.Hour))
			require.NoError(t, err)
			clear(deleted)
		}
		for _, d := range stores {
			assertFound(t, d, inView, terms[i%len(terms)], now)
		}
	}
	for _, d := range stores { // and when everything is gone
		for id := range inView {
			require.NoError(t, d.Delete(ctx, id, false, now))
		}
		clear(inView)
		assertFound(t, d, inView, "a", now)
	}
}

// A row that was changed outside is found as before, and as such.
func TestSearchFindsRowsChangedOutside(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	d := p.create(t)
	a, _ := dbtest.CreateActive(t, d)
	dbtest.CreateActive(t, d)
	_, err := p.raw(t).Exec("UPDATE authorization_status SET hand_out = 1 - hand_out WHERE id = ?", a.ID)
	require.NoError(t, err)
	_, err = d.Load(ctx, a.ID)
	require.ErrorIs(t, err, auth.ErrChangedOutside)
	for match, states := range map[int][]auth.State{2: nil, 1: {auth.StateChangedOutside}} {
		page, err := d.List(ctx, auth.Query{Search: "authorization", States: states, Now: time.Now()})
		require.NoError(t, err)
		assert.Equal(t, match, page.Match)
		assert.Len(t, page.Rows, match)
	}
}

// T58: whatever somebody writes to the texts, the list shows rows that there are,
// and goes on.
func TestSearchTextsChangedOutside(t *testing.T) {
	t.Parallel()
	for _, edit := range []string{
		"DELETE FROM search_texts",
		"UPDATE search_texts SET texts = '', version = version + 1",
		"UPDATE search_texts SET texts = 'authorization', version = version + 1",
		"UPDATE search_texts SET texts = replace(texts, char(31), char(31) || char(31)), version = version + 1",
		"UPDATE search_texts SET texts = replace(hex(zeroblob(500)), '0', 'authorization' || char(31)), version = 9223372036854775806",
		"UPDATE search_texts SET block = -1, version = version + 1",
		"INSERT INTO search_texts VALUES (9223372036854775807, 7, 'authorization')",
		"UPDATE authorizations SET seq = -7 WHERE seq = 2",
		"UPDATE authorizations SET seq = 9223372036854775807 WHERE seq = 2",
		"UPDATE authorizations SET purge_at = 1 WHERE seq = 2",
	} {
		t.Run(edit, func(t *testing.T) {
			p := newPlace(t)
			d := p.create(t)
			known := map[string]bool{}
			for range 3 {
				a, _ := dbtest.CreateActive(t, d)
				known[a.ID] = true
			}
			search := func() {
				for _, q := range []auth.Query{{}, {States: []auth.State{auth.StateActive}}} {
					q.Search, q.Now = "authorization", time.Now()
					page, err := d.List(ctx, q)
					require.NoError(t, err)
					for _, row := range page.Rows {
						require.True(t, known[row.ID])
					}
				}
			}
			search()
			_, err := p.raw(t).Exec(edit)
			require.NoError(t, err)
			search()
			d = p.reopen(t)
			search()
			for id := range known { // the others can be used, and this one too, or it says why not
				if err := d.Rename(ctx, id, "Authorization "+strings.ToUpper(id[:4]), ""); err != nil {
					require.ErrorIs(t, err, auth.ErrChangedOutside)
				}
			}
			search()
		})
	}
}

// What was there before the texts stood in a table of their own is found.
func TestMigrationKeepsTheSearch(t *testing.T) {
	t.Parallel()
	d := versionTwo(t).reopen(t)
	all, err := d.List(ctx, auth.Query{Now: time.Now()})
	require.NoError(t, err)
	require.NotEmpty(t, all.Rows)
	for _, row := range all.Rows {
		page, err := d.List(ctx, auth.Query{Search: row.Name, Now: time.Now()})
		require.NoError(t, err)
		require.Equal(t, 1, page.Match, row.Name)
		require.Equal(t, row.ID, page.Rows[0].ID)
	}
	for range 2 { // one that was deleted then is not, until it is brought back
		page, err := d.List(ctx, auth.Query{Search: all.Rows[0].ServiceName, Now: time.Now()})
		require.NoError(t, err)
		require.Equal(t, all.Total, page.Match)
		if err := d.Undelete(ctx, versionTwoID("4")); err == nil {
			all.Total++
		}
	}
}

// Many may search while somebody writes: each finds what was there before or after.
func TestSearchWhileOthersWrite(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	d := p.create(t)
	stores := []*db.DB{d, p.reopen(t)}
	require.NoError(t, d.Restore(ctx, dbtest.Records(100, 5, time.Now())))
	a := dbtest.Create(t, d)
	done := make(chan struct{})
	var searching sync.WaitGroup
	for i := range 4 {
		searching.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				page, err := stores[i%2].List(ctx, auth.Query{Search: "changing", States: []auth.State{auth.StateNeverAuthorized}, Now: time.Now()})
				if !assert.NoError(t, err) || !assert.LessOrEqual(t, page.Match, 1) {
					return
				}
			}
		})
	}
	for i := range 40 {
		require.NoError(t, stores[i%2].Rename(ctx, a.ID, fmt.Sprint([]string{"changing ", "other "}[i%2], i), ""))
		for _, d := range stores {
			page, err := d.List(ctx, auth.Query{Search: "changing", Now: time.Now()})
			require.NoError(t, err)
			require.Equal(t, 1-i%2, page.Match)
		}
	}
	close(done)
	searching.Wait()
}
