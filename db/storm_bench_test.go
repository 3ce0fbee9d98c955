//go:build bench && linux

package db_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
	"tokenwell/db"
)

// What a storm may cost: 10,000 authorizations of one service that expire
// together, four requests in flight, the service answers after 5 ms (R30).
const (
	stormRows    = 10_000
	stormDelay   = 5 * time.Millisecond
	stormBar     = 1.5 // times the baseline
	stormMemory  = 300 // MB resident, the service's end included
	idleTime     = 40 * time.Second
	idleBar      = 0.5 // per cent of one processor
	stormPatient = 15 * time.Minute
)

// BenchmarkStorm measures the scheduler on real SQLite. The baseline runs
// before and after, so that what else the machine does meets both.
func BenchmarkStorm(b *testing.B) {
	server := httptest.NewServer(refreshServer(stormDelay))
	b.Cleanup(server.Close)
	r := newProtocolRig(b)
	store := r.open()
	fillStorm(r, store, server.URL)
	for b.Loop() {
		plain := plainStorm(b, server.URL, stormRows, 4)
		ours := storm(r, store)
		plain = (plain + plainStorm(b, server.URL, stormRows, 4)) / 2
		ratio := float64(ours) / float64(plain)
		memory := mostResident(b)
		idle := idleCPU()
		fmt.Printf("storm of %d: %.1f s, baseline %.1f s: %.2f times (bar %.1f); %d MB resident at most (bar %d); idle scheduler with %d rows: %.2f %% of a processor (bar %.1f)\n",
			stormRows, ours.Seconds(), plain.Seconds(), ratio, stormBar, memory, stormMemory, stormRows, idle, idleBar)
		require.LessOrEqual(b, ratio, stormBar)
		require.LessOrEqual(b, memory, stormMemory)
		require.LessOrEqual(b, idle, idleBar)
	}
}

// fillStorm stores the authorizations, due a second ago.
func fillStorm(r *protocolRig, store *db.DB, endpoint string) {
	evilas := authtest.NewEvilas(r.TB, authtest.EvilasParams{})
	due := time.Now().Add(-time.Second).UTC()
	for i := range stormRows {
		record := evilas.Stored(fmt.Sprintf("Storm %05d", i), time.Now())
		record.Authorization.Endpoints.Token, record.Authorization.AutoRefresh = endpoint, true
		record.Status.NextRefreshAt = due
		r.put(store, record)
	}
}

// storm starts the engine and returns how long it took until nothing was due
// any more.
func storm(r *protocolRig, store *db.DB) time.Duration {
	ctx := context.Background()
	e := r.engine(store, store.Vault())
	begun := time.Now()
	require.NoError(r, e.Start(ctx))
	for {
		next, err := store.NextRefresh(ctx, time.Time{})
		require.NoError(r, err)
		if next.After(time.Now()) {
			break
		}
		require.Less(r, time.Since(begun), stormPatient)
		time.Sleep(10 * time.Millisecond)
	}
	took := time.Since(begun)
	states, err := store.CountStates(ctx, time.Now())
	require.NoError(r, err)
	require.Equal(r, stormRows, states[auth.StateActive], "not every authorization is fresh")
	return took
}

// mostResident is the most memory that the process had, in MB.
func mostResident(b *testing.B) int {
	status, err := os.ReadFile("/proc/self/status")
	require.NoError(b, err)
	_, line, found := strings.Cut(string(status), "VmHWM:")
	require.True(b, found)
	var kilobytes int
	_, err = fmt.Sscan(line, &kilobytes)
	require.NoError(b, err)
	return kilobytes / 1024
}

// idleCPU is what the process uses of one processor, in per cent, while nothing
// is due.
func idleCPU() float64 {
	used := func() time.Duration {
		var u syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	before, begun := used(), time.Now()
	time.Sleep(idleTime)
	return 100 * float64(used()-before) / float64(time.Since(begun))
}
