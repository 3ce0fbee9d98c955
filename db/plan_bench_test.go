package db_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db/dbtest"
)

// BenchmarkDue measures what a storm asks of the store, with few rows and with
// many that are all due: the first rows of the plan, and the commits of one refresh.
func BenchmarkDue(b *testing.B) {
	var few time.Duration
	for _, rows := range []int{10, 10_000} {
		b.Run(fmt.Sprintf("rows=%d", rows), func(b *testing.B) {
			ctx := context.Background()
			now := time.Now().UTC()
			d := dbtest.Open(b)
			records := dbtest.Records(rows, 1, now)
			for i := range records {
				records[i].Status.NextRefreshAt = now.Add(-time.Duration(i) * time.Millisecond)
				records[i].Status.State = auth.StateActive
			}
			require.NoError(b, d.Restore(ctx, records))
			var asked, commits []time.Duration
			i := 0
			for b.Loop() {
				start := time.Now()
				due, err := d.DueRefreshes(ctx, now, 64)
				asked = append(asked, time.Since(start))
				require.NoError(b, err)
				require.NotEmpty(b, due)
				for range 64 {
					a, gen := records[i%rows].Authorization, int64(0)
					start := time.Now()
					r, err := d.Load(ctx, a.ID)
					require.NoError(b, err)
					gen = r.Status.Generation
					require.NoError(b, d.BeginAttempt(ctx, a.ID, gen, auth.Attempt{ID: "a", Kind: auth.AttemptRefresh, StartedAt: now, Presented: 1}))
					require.NoError(b, d.CommitGrant(ctx, a.ID, gen, dbtest.Grantee(func(g *auth.Grantee) { g.Status.NextRefreshAt = now })))
					commits = append(commits, time.Since(start))
					i++
				}
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(median(asked).Microseconds()), "due-µs")
			refresh := median(commits)
			b.ReportMetric(float64(refresh.Microseconds()), "refresh-µs")
			if few == 0 {
				few = refresh
			}
			b.ReportMetric(float64(refresh)/float64(few), "of-few")
		})
	}
}
