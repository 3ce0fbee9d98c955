package db_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// refreshBars are what one refresh may cost, as a multiple of the baseline.
var refreshBars = []struct {
	name    string
	delay   time.Duration // of the server
	commits int           // of the baseline
	bar     float64
}{
	{"loopback", 0, 2, 1.6},
	{"5ms", 5 * time.Millisecond, 1, 1.25},
}

// BenchmarkRefresh measures one refresh by the whole protocol against the
// baseline. Both run in turns, so that what else the machine does meets both.
func BenchmarkRefresh(b *testing.B) {
	for _, bar := range refreshBars {
		b.Run(bar.name, func(b *testing.B) {
			server := httptest.NewServer(refreshServer(bar.delay))
			b.Cleanup(server.Close)
			whole := newWhole(b, server.URL) // first: the driver takes its settings before any file is open
			plain := newBaseline(b)
			// The logs come round once: a file that grows is slower to sync.
			plain.refresh(b, server.URL, 1200)
			for range 80 {
				awaitMillisecond()
				whole(b)
			}
			var ours, theirs []time.Duration
			for b.Loop() {
				start := time.Now()
				plain.refresh(b, server.URL, bar.commits)
				theirs = append(theirs, time.Since(start))
				awaitMillisecond()
				start = time.Now()
				whole(b)
				ours = append(ours, time.Since(start))
			}
			b.ReportMetric(0, "ns/op") // of both together: means nothing
			b.ReportMetric(float64(median(ours).Microseconds()), "ours-µs")
			b.ReportMetric(float64(median(theirs).Microseconds()), "baseline-µs")
			b.ReportMetric(float64(median(ours))/float64(median(theirs)), fmt.Sprintf("ratio(<=%g)", bar.bar))
		})
	}
}

// median is what a refresh takes when nothing else gets in between.
func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

// newWhole returns one refresh by the engine on real SQLite.
func newWhole(b *testing.B, endpoint string) func(*testing.B) {
	r := newProtocolRig(b)
	store := r.open()
	record := authtest.NewEvilas(b, authtest.EvilasParams{}).Stored("Sales", time.Now())
	record.Authorization.Endpoints.Token = endpoint
	r.put(store, record)
	e := r.engine(store, store.Vault())
	done := record.Status.Refreshes
	return func(b *testing.B) {
		d, err := e.Refresh(b.Context(), record.Authorization.ID)
		require.NoError(b, err)
		require.Equal(b, auth.StateActive, d.Status.State)
		done++
		require.Equal(b, done, d.Status.Refreshes)
	}
}

// awaitMillisecond waits for the next one: a refresh that is asked for in that in
// which the last tokens came may be answered with those.
func awaitMillisecond() {
	for now := time.Now().UnixMilli(); time.Now().UnixMilli() == now; {
		runtime.Gosched()
	}
}

// refreshServer answers every POST with new tokens after the delay.
func refreshServer(delay time.Duration) http.Handler {
	var count atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		time.Sleep(delay)
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"access_token":"access-%032d","token_type":"Bearer","expires_in":3600,"refresh_token":"refresh-%032d"}`, count.Add(1), count.Load())
	})
}
