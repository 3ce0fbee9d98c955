package db_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db/dbtest"
)

// BenchmarkActivity measures the Activity screen over as many entries as are
// kept, after a write each time, and what writing costs.
func BenchmarkActivity(b *testing.B) {
	d := dbtest.Open(b)
	const entries, batch = 1_000_000, 20_000
	start := time.Now()
	for n := 0; n < entries; n += batch {
		some := make([]auth.ActivityEntry, batch)
		for i := range some {
			some[i] = handedOut((n+i)/100, func(e *auth.ActivityEntry) {
				e.Name, e.AuthorizationID = fmt.Sprintf("Authorization %03d", i*31%1000), fmt.Sprint("id-", i*31%1000)
				if i%3 == 0 {
					e.Asker.Script = fmt.Sprintf("/home/ana/job%d.py", i%5)
				}
				if i%50 == 0 {
					e.Outcome = "program_denied"
				}
			})
		}
		require.NoError(b, d.AddActivity(ctx, some))
	}
	b.Logf("wrote %d entries in %v", entries, time.Since(start).Round(time.Millisecond))
	one, failed := dbtest.Create(b, d), true
	week := activityStart.Add(5000 * time.Minute)
	for _, c := range []struct {
		name string
		q    auth.ActivityQuery
	}{
		{"first page", auth.ActivityQuery{}},
		{"middle", auth.ActivityQuery{Offset: entries / 2}},
		{"last page", auth.ActivityQuery{Offset: entries - 100}},
		{"search many", auth.ActivityQuery{Search: "python"}},
		{"search some", auth.ActivityQuery{Search: "job3"}},
		{"search few", auth.ActivityQuery{Search: "authorization 123"}},
		{"search none", auth.ActivityQuery{Search: "zzz"}},
		{"failed", auth.ActivityQuery{Failed: &failed}},
		{"since", auth.ActivityQuery{Since: week}},
		{"since and search", auth.ActivityQuery{Since: week, Search: "authorization"}},
		{"one authorization", auth.ActivityQuery{AuthorizationID: "id-7", Since: week}},
	} {
		b.Run(c.name, func(b *testing.B) {
			c.q.Limit = 100
			var all []time.Duration
			for b.Loop() {
				b.StopTimer()
				require.NoError(b, d.Touch(ctx, one.ID, time.Now()))
				b.StartTimer()
				start := time.Now()
				_, err := d.Activity(ctx, c.q)
				require.NoError(b, err)
				all = append(all, time.Since(start))
			}
			slices.Sort(all)
			b.ReportMetric(float64(all[len(all)-1].Microseconds())/1000, "max-ms")
		})
	}
	b.Run("used by", func(b *testing.B) {
		for b.Loop() {
			_, err := d.UsedBy(ctx, "id-7")
			require.NoError(b, err)
		}
	})
	for _, n := range []int{1, 100} {
		b.Run(fmt.Sprint("add ", n), func(b *testing.B) {
			some := make([]auth.ActivityEntry, n)
			for i := range some {
				some[i] = handedOut(i)
			}
			for b.Loop() {
				require.NoError(b, d.AddActivity(ctx, some))
			}
		})
	}
	b.Run("prune a batch", func(b *testing.B) {
		before := activityStart
		for b.Loop() {
			before = before.Add(10 * time.Minute)
			_, err := d.PruneActivity(ctx, before)
			require.NoError(b, err)
		}
	})
}
