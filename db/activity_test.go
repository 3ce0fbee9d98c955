package db_test

import (
	"database/sql"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db"
	"tokenwell/db/dbtest"
)

// activityStart is when the entries of these tests begin.
var activityStart = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

// handedOut is the entry of a hand-out, n minutes after activityStart.
func handedOut(n int, change ...func(*auth.ActivityEntry)) auth.ActivityEntry {
	e := auth.ActivityEntry{
		At: activityStart.Add(time.Duration(n) * time.Minute), Kind: auth.WordHandOut, AuthorizationID: "one", Name: "Sales",
		Asker:   auth.Asker{PID: 100 + n, User: "ana", Path: "/usr/bin/python3", Script: "/home/ana/etl.py", Parent: "bash"},
		Purpose: auth.PurposeToken, Outcome: auth.OutcomeOK, Detail: auth.ActivityDetailStored, Left: 5 * time.Minute,
		Host: "api.example.com", Scopes: []string{"reports.read", "openid"}, Count: 1,
	}
	for _, c := range change {
		c(&e)
	}
	return e
}

func activityOf(t *testing.T, d *db.DB, q auth.ActivityQuery) auth.ActivityPage {
	t.Helper()
	page, err := d.Activity(ctx, q)
	require.NoError(t, err)
	return page
}

// An entry comes back as it was written, and nothing is needed but the file:
// not the vault, and not the authorization.
func TestActivityComesBack(t *testing.T) {
	t.Parallel()
	d := dbtest.OpenIn(t, t.TempDir(), dbtest.NewKeyring())
	bare := auth.ActivityEntry{At: activityStart.Add(-time.Hour), Kind: auth.WordVault, Outcome: auth.OutcomeOK, Asker: auth.Asker{Own: true}, Count: 3}
	first, second := handedOut(0), handedOut(1)
	require.NoError(t, d.AddActivity(ctx, []auth.ActivityEntry{bare, second, first}))
	require.NoError(t, d.AddActivity(ctx, nil))

	page := activityOf(t, d, auth.ActivityQuery{})
	require.Len(t, page.Entries, 3)
	assert.Equal(t, 3, page.Match)
	assert.Equal(t, 3, page.Total)
	for i, want := range []auth.ActivityEntry{second, first, bare} {
		got := page.Entries[i]
		assert.NotZero(t, got.ID)
		got.ID = 0
		assert.Equal(t, want, got)
	}
}

func TestActivityFilters(t *testing.T) {
	t.Parallel()
	d := dbtest.OpenIn(t, t.TempDir(), dbtest.NewKeyring())
	curl := func(e *auth.ActivityEntry) { e.Asker.Path, e.Asker.Script = "/usr/bin/curl", "" }
	refused := func(e *auth.ActivityEntry) { e.Outcome, e.Detail = "program_denied", auth.ActivityDetailListed }
	other := func(e *auth.ActivityEntry) { e.AuthorizationID, e.Name = "two", "Größe 100%" }
	refresh := func(e *auth.ActivityEntry) { e.Kind, e.Asker, e.Detail = auth.WordRefresh, auth.Asker{Own: true}, "" }
	require.NoError(t, d.AddActivity(ctx, []auth.ActivityEntry{
		handedOut(0), handedOut(1, curl), handedOut(2, refused), handedOut(3, other), handedOut(4, other, refresh), handedOut(5, other, curl, refused),
	}))
	all := activityOf(t, d, auth.ActivityQuery{})
	yes, no := true, false
	for name, c := range map[string]struct {
		q    auth.ActivityQuery
		want []int // by minute
	}{
		"all":               {auth.ActivityQuery{}, []int{5, 4, 3, 2, 1, 0}},
		"name":              {auth.ActivityQuery{Search: "GRÖSSE"}, []int{5, 4, 3}},
		"a character":       {auth.ActivityQuery{Search: "%"}, []int{5, 4, 3}},
		"no pattern":        {auth.ActivityQuery{Search: "s_les"}, nil},
		"program":           {auth.ActivityQuery{Search: " Curl "}, []int{5, 1}},
		"script":            {auth.ActivityQuery{Search: "etl.py"}, []int{3, 2, 0}},
		"outcome":           {auth.ActivityQuery{Search: "denied"}, []int{5, 2}},
		"detail":            {auth.ActivityQuery{Search: "listed"}, []int{5, 2}},
		"none":              {auth.ActivityQuery{Search: "nobody"}, nil},
		"no line of two":    {auth.ActivityQuery{Search: "sales/usr"}, nil},
		"kinds":             {auth.ActivityQuery{Kinds: []auth.EventWord{auth.WordRefresh, auth.WordCopy}}, []int{4}},
		"failed":            {auth.ActivityQuery{Failed: &yes}, []int{5, 2}},
		"went well":         {auth.ActivityQuery{Failed: &no}, []int{4, 3, 1, 0}},
		"authorization":     {auth.ActivityQuery{AuthorizationID: "two"}, []int{5, 4, 3}},
		"since":             {auth.ActivityQuery{Since: activityStart.Add(4 * time.Minute)}, []int{5, 4}},
		"since and program": {auth.ActivityQuery{Since: activityStart.Add(2 * time.Minute), Search: "curl"}, []int{5}},
		"all of it": {auth.ActivityQuery{
			Search: "curl", Since: activityStart, Kinds: []auth.EventWord{auth.WordHandOut}, Failed: &yes, AuthorizationID: "two",
		}, []int{5}},
		"up to":               {auth.ActivityQuery{UpTo: all.Entries[2].ID}, []int{3, 2, 1, 0}},
		"up to, of a program": {auth.ActivityQuery{UpTo: all.Entries[2].ID, Search: "curl"}, []int{1}},
		"up to, since":        {auth.ActivityQuery{UpTo: all.Entries[2].ID, Since: activityStart.Add(3 * time.Minute)}, []int{3}},
	} {
		t.Run(name, func(t *testing.T) {
			page := activityOf(t, d, c.q)
			var got []int
			for _, e := range page.Entries {
				got = append(got, int(e.At.Sub(activityStart).Minutes()))
			}
			assert.Equal(t, c.want, got)
			assert.Equal(t, len(c.want), page.Match)
			assert.Equal(t, 6, page.Total)
			if len(c.want) == 0 {
				return
			}
			c.q.Offset, c.q.Limit = len(c.want)-1, 1
			last := activityOf(t, d, c.q)
			require.Len(t, last.Entries, 1)
			assert.Equal(t, page.Entries[len(c.want)-1], last.Entries[0])
			assert.Equal(t, len(c.want), last.Match)
			c.q.Offset = len(c.want)
			assert.Empty(t, activityOf(t, d, c.q).Entries)
		})
	}
}

// Both ways along the indexes give the same pages.
func TestActivityPagesHangTogether(t *testing.T) {
	t.Parallel()
	d := dbtest.OpenIn(t, t.TempDir(), dbtest.NewKeyring())
	var entries []auth.ActivityEntry
	for i := range 1000 {
		entries = append(entries, handedOut(i/3, func(e *auth.ActivityEntry) { e.Name = fmt.Sprintf("Name %02d", i*7%50) }))
	}
	require.NoError(t, d.AddActivity(ctx, entries))
	for _, search := range []string{"", "name 1", "name 11"} {
		var ids []int64
		q := auth.ActivityQuery{Search: search, Limit: 7}
		for {
			page := activityOf(t, d, q)
			if len(page.Entries) == 0 {
				assert.Equal(t, page.Match, len(ids), search)
				break
			}
			for _, e := range page.Entries {
				ids = append(ids, e.ID)
			}
			q.Offset += q.Limit
		}
		assert.Len(t, slices.Compact(slices.Sorted(slices.Values(ids))), len(ids), "an entry stands on two pages")
	}
}

// A hand-out that went well is the last use of its authorization.
func TestHandOutIsTheLastUse(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	a, _ := dbtest.CreateActive(t, d)
	b, _ := dbtest.CreateActive(t, d)
	of := func(id string) func(*auth.ActivityEntry) {
		return func(e *auth.ActivityEntry) { e.AuthorizationID = id }
	}
	failed := func(e *auth.ActivityEntry) { e.Outcome = "program_denied" }
	copied := func(e *auth.ActivityEntry) { e.Kind = auth.WordCopy }
	d.Vault().Lock()
	require.NoError(t, d.AddActivity(ctx, []auth.ActivityEntry{
		handedOut(2, of(a.ID)), handedOut(1, of(a.ID)), handedOut(9, of(a.ID), failed), handedOut(9, of(a.ID), copied), handedOut(5, of(b.ID), failed),
	}))
	require.NoError(t, d.AddActivity(ctx, []auth.ActivityEntry{handedOut(0, of(a.ID))}), "one that comes late")
	require.NoError(t, d.Vault().Unlock(ctx, auth.Secret{}))
	r, err := d.Load(ctx, a.ID)
	require.NoError(t, err)
	assert.Equal(t, activityStart.Add(2*time.Minute), r.Status.LastUsedAt)
	r, err = d.Load(ctx, b.ID)
	require.NoError(t, err)
	assert.Zero(t, r.Status.LastUsedAt)
}

func TestUsedBy(t *testing.T) {
	t.Parallel()
	d := dbtest.OpenIn(t, t.TempDir(), dbtest.NewKeyring())
	curl := func(e *auth.ActivityEntry) { e.Asker.Path, e.Asker.Script, e.Count = "/usr/bin/curl", "", 20 }
	denied := func(e *auth.ActivityEntry) { e.Outcome, e.Asker.Parent = "program_denied", "cron" }
	require.NoError(t, d.AddActivity(ctx, []auth.ActivityEntry{
		handedOut(0), handedOut(3), handedOut(7, denied), handedOut(4, curl, denied), handedOut(5, curl),
		handedOut(8, func(e *auth.ActivityEntry) { e.AuthorizationID = "two" }),
		handedOut(9, func(e *auth.ActivityEntry) { e.Kind = auth.WordRefresh }),
	}))
	used, err := d.UsedBy(ctx, "one")
	require.NoError(t, err)
	require.Len(t, used, 2)
	assert.Equal(t, auth.UsedBy{
		Asker: auth.Asker{PID: 107, User: "ana", Path: "/usr/bin/python3", Script: "/home/ana/etl.py", Parent: "cron"},
		Last:  activityStart.Add(7 * time.Minute), Count: 3, Allowed: false,
	}, used[0])
	assert.Equal(t, "curl", used[1].Asker.Name())
	assert.Equal(t, 40, used[1].Count)
	assert.True(t, used[1].Allowed)
	none, err := d.UsedBy(ctx, "")
	require.NoError(t, err)
	assert.Empty(t, none)
}

// What the store itself writes to a history stands in the activity too; notices
// do not.
func TestHistoryIsActivity(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	a, _ := dbtest.CreateActive(t, d)
	require.NoError(t, d.Rename(ctx, a.ID, "Other name", ""))
	require.NoError(t, d.Remember(ctx, a.ID, auth.HistoryEvent{At: time.Now(), Kind: auth.WordTest, Outcome: "http_500"}))
	require.NoError(t, d.Remember(ctx, a.ID, auth.HistoryEvent{At: time.Now(), Kind: auth.WordNotice, Outcome: string(auth.EndsSecret)}))
	page := activityOf(t, d, auth.ActivityQuery{AuthorizationID: a.ID})
	var got []string
	for _, e := range page.Entries {
		assert.True(t, e.Asker.Own)
		assert.WithinDuration(t, time.Now(), e.At, time.Minute)
		got = append(got, fmt.Sprintf("%s %s %s %d", e.Kind, e.Name, e.Outcome, e.Count))
	}
	slices.Sort(got)
	assert.Equal(t, []string{
		"created " + a.Name + " ok 1", "rename Other name ok 1", "sign_in " + a.Name + " ok 1", "test Other name http_500 1",
	}, got)

	require.ErrorIs(t, d.CommitGrant(ctx, a.ID, 0, dbtest.Grantee()), auth.ErrStale)
	assert.Equal(t, 4, activityOf(t, d, auth.ActivityQuery{AuthorizationID: a.ID}).Match, "what was not committed did not happen")
	require.NoError(t, d.Delete(ctx, a.ID, false, time.Now()))
	_, err := d.Purge(ctx, time.Now().Add(time.Second))
	require.NoError(t, err)
	assert.Equal(t, 4, activityOf(t, d, auth.ActivityQuery{AuthorizationID: a.ID}).Match, "it outlives its authorization")
}

func TestPruneActivity(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	d := p.create(t)
	var entries []auth.ActivityEntry
	const n = 2500 // more than one batch
	for i := range n {
		entries = append(entries, handedOut(i, func(e *auth.ActivityEntry) { e.Name = fmt.Sprint("Name ", i/1000) }))
	}
	require.NoError(t, d.AddActivity(ctx, entries))
	count := func() (rows, heads int) {
		t.Helper()
		require.NoError(t, p.raw(t).QueryRow("SELECT (SELECT count(*) FROM activity), (SELECT count(*) FROM activity_heads)").Scan(&rows, &heads))
		return rows, heads
	}
	pruned, err := d.PruneActivity(ctx, activityStart)
	require.NoError(t, err)
	assert.Zero(t, pruned)
	pruned, err = d.PruneActivity(ctx, activityStart.Add(2100*time.Minute))
	require.NoError(t, err)
	assert.Equal(t, 2100, pruned)
	rows, heads := count()
	assert.Equal(t, 400, rows)
	assert.Equal(t, 1, heads, "heads of nothing stay")
	page := activityOf(t, d, auth.ActivityQuery{Search: "name"})
	assert.Equal(t, 400, page.Match)
	assert.Equal(t, 400, page.Total)
	used, err := d.UsedBy(ctx, "one")
	require.NoError(t, err)
	assert.Equal(t, 400, used[0].Count)

	// The newest stay, whatever their age.
	pruned, err = db.PruneTo(ctx, d, activityStart, 150)
	require.NoError(t, err)
	assert.Equal(t, 250, pruned)
	page = activityOf(t, d, auth.ActivityQuery{Limit: 1000})
	require.Len(t, page.Entries, 150)
	assert.Equal(t, activityStart.Add((n-1)*time.Minute), page.Entries[0].At)
	assert.Equal(t, activityStart.Add((n-150)*time.Minute), page.Entries[149].At)
}

// Pruning lets other writers in between.
func TestPruningMakesNobodyWait(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	var entries []auth.ActivityEntry
	for i := range 5000 {
		entries = append(entries, handedOut(i))
	}
	require.NoError(t, d.AddActivity(ctx, entries))
	ended := make(chan error, 1)
	go func() {
		_, err := d.PruneActivity(ctx, activityStart.AddDate(1, 0, 0))
		ended <- err
	}()
	between := 0
	for {
		require.NoError(t, d.Write(ctx, func(*sql.Tx) error { return nil }))
		select {
		case err := <-ended:
			require.NoError(t, err)
			assert.Greater(t, between, 3, "it was one long transaction")
			return
		default:
			between++
		}
	}
}
