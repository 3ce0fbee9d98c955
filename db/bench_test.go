package db_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db/dbtest"
)

// listBars are the 95th percentiles that a query of the table may take.
var listBars = map[int]time.Duration{10_000: 16 * time.Millisecond, 100_000: 50 * time.Millisecond}

// listQueries is what a user does with the table: every column in both
// directions, every kind of filter, searches that many, some and no rows match,
// and long jumps.
func listQueries(rows int, now time.Time) map[string]auth.Query {
	queries := map[string]auth.Query{}
	columns := []auth.Column{
		auth.ColumnName, auth.ColumnService, auth.ColumnGrant, auth.ColumnState,
		auth.ColumnExpires, auth.ColumnScopes, auth.ColumnLastUsed, auth.ColumnCreated, auth.ColumnLeft,
	}
	filters := map[string]auth.Query{
		"all": {}, "service": {ServiceID: "service-1"},
		"active": {States: []auth.State{auth.StateActive}}, "trouble": {States: []auth.State{auth.StateExpired, auth.StateNeedsSignIn}},
	}
	for i, term := range []string{"", "contoso", "mail", "1234", "zzzz", "Microsoft Graph", "payroll 00", "read", "a", "xq", "00"} {
		for name, f := range filters {
			f.Search, f.Sort, f.Desc = term, columns[i%len(columns)], i%2 == 1
			queries[fmt.Sprintf("%s/%q/%s", name, term, f.Sort)] = f
		}
	}
	for _, c := range columns {
		for _, desc := range []bool{false, true} {
			queries[fmt.Sprintf("sort/%s/%v", c, desc)] = auth.Query{Sort: c, Desc: desc}
			queries[fmt.Sprintf("jump/%s/%v", c, desc)] = auth.Query{Sort: c, Desc: desc, Offset: rows * 9 / 10}
		}
	}
	// Matches that stand together in the sort order, far from its beginning.
	for _, desc := range []bool{false, true} {
		queries[fmt.Sprintf("together/name/%v", desc)] = auth.Query{Search: "wingtip", Sort: auth.ColumnName, Desc: desc}
		queries[fmt.Sprintf("together/service/%v", desc)] = auth.Query{Search: "microsoft graph", Sort: auth.ColumnService, Desc: desc}
	}
	// Many matches in the orders that are made of several runs, and pages far into them.
	for _, c := range []auth.Column{auth.ColumnState, auth.ColumnExpires, auth.ColumnLeft} {
		queries[fmt.Sprintf("found/read/%s", c)] = auth.Query{Search: "read", Sort: c, Desc: true}
		queries[fmt.Sprintf("found/contoso/%s", c)] = auth.Query{Search: "contoso", Sort: c, Offset: rows / 16}
		queries[fmt.Sprintf("active/jump/%s", c)] = auth.Query{States: []auth.State{auth.StateActive}, Sort: c, Offset: rows / 5}
		queries[fmt.Sprintf("service/jump/%s", c)] = auth.Query{ServiceID: "service-1", Sort: c, Offset: rows / 8}
	}
	for name, q := range queries {
		q.Limit, q.Now = 100, now
		queries[name] = q
	}
	return queries
}

// BenchmarkList prints the 95th percentile of filter, sort, first page and
// count, and its ratio to the bar.
func BenchmarkList(b *testing.B) {
	for _, rows := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("rows=%d", rows), func(b *testing.B) {
			now := time.Now().UTC()
			d := dbtest.Open(b)
			dbtest.Fill(b, d, rows, now)
			queries := listQueries(rows, now)
			names := make([]string, 0, len(queries))
			for name := range queries {
				names = append(names, name)
			}
			slices.Sort(names)
			a := dbtest.Create(b, d)
			var all []time.Duration
			worst := map[string]time.Duration{}
			b.ResetTimer()
			for n := 0; b.Loop(); n++ {
				// After a write nothing that was counted before is remembered, and
				// after this one the texts are others too.
				require.NoError(b, d.Touch(context.Background(), a.ID, now))
				require.NoError(b, d.Rename(context.Background(), a.ID, fmt.Sprintf("%s %d", a.Name, n), ""))
				for _, name := range names {
					start := time.Now()
					_, err := d.List(context.Background(), queries[name])
					took := time.Since(start)
					require.NoError(b, err)
					all = append(all, took)
					worst[name] = max(worst[name], took)
				}
			}
			b.StopTimer()
			slices.Sort(all)
			p95 := all[len(all)*95/100]
			b.ReportMetric(float64(p95.Microseconds())/1000, "p95-ms")
			b.ReportMetric(float64(all[len(all)-1].Microseconds())/1000, "max-ms")
			b.ReportMetric(float64(p95)/float64(listBars[rows]), "of-bar")
			slices.SortFunc(names, func(x, y string) int { return int(worst[y] - worst[x]) })
			for _, name := range names[:8] {
				b.Logf("%8.2f ms at most: %s", float64(worst[name].Microseconds())/1000, name)
			}
		})
	}
}
