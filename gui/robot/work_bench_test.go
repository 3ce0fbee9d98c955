//go:build bench

package robot

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db"
	"tokenwell/db/dbtest"
)

// The work that goes on behind the window while it is used.
const (
	workRows     = 100
	workDelay    = 200 * time.Millisecond // of the service
	stormRows    = 10_000
	stormDelay   = 5 * time.Millisecond
	stormLeast   = 2_000 // must be refreshed while the window is looked at
	stormLongest = 90 * time.Second
	// dueAfter is when they become due: after the first report of the frames,
	// which holds the start.
	dueAfter = 25 * time.Second
)

// measureWork uses the window while authorizations are refreshed behind it.
func measureWork(b *testing.B, d *desktop, binary string) {
	w := startWork(b, d, binary, workRows, workDelay)
	byHand := 0
	for started := time.Now(); w.refreshed() < workRows || byHand < 6; byHand++ {
		require.Less(b, time.Since(started), benchPatience, "%d of %d authorizations are fresh", w.refreshed(), workRows)
		w.use("key", "Down", "sleep", "0.5", "key", "F2", "sleep", "0.4", "key", "ctrl+a", "type", "--delay", "12", fmt.Sprintf("Renamed %d", byHand))
		w.use("key", "Return", "sleep", "0.4", "key", "--delay", "30", "ctrl+r", "Down", "Down")
		w.use("click", "--repeat", "20", "--delay", "12", "5", "click", "--repeat", "20", "--delay", "12", "4")
	}
	longest := w.end()
	require.GreaterOrEqual(b, w.count("SELECT count(*) FROM authorizations WHERE name LIKE 'Renamed %'"), byHand/2, "nothing was saved by hand")
	require.GreaterOrEqual(b, w.count("SELECT count(*) FROM authorization_status WHERE generation > 2"), 1, "nothing was refreshed by hand")
	fmt.Printf("longest gap between frames while %d authorizations are saved and refreshed, %d of them by hand: %s (bar %s)\n", workRows, byHand, longest, frameBar)
	b.ReportMetric(float64(longest.Milliseconds()), "work-gap-ms")
	if longest > frameBar {
		b.Errorf("the window stood still for %s while authorizations were refreshed", longest)
	}
}

// measureStorm scrolls while the scheduler refreshes many that expired together.
func measureStorm(b *testing.B, d *desktop, binary string) {
	w := startWork(b, d, binary, stormRows, stormDelay)
	begun := time.Now()
	for w.answered.Load() < stormRows && time.Since(begun) < stormLongest {
		w.use("click", "--repeat", "80", "--delay", "12", "5")
		w.use("key", "--delay", "30", "Down", "Down", "End", "Prior", "Home", "Next", "Next")
		w.use("click", "--repeat", "80", "--delay", "12", "4")
	}
	took, seen := time.Since(begun), w.answered.Load()
	longest := w.end()
	require.GreaterOrEqual(b, seen, int64(stormLeast), "refreshed during the measurement")
	fmt.Printf("longest gap between frames while %d authorizations that expired together are refreshed: %s (bar %s); %d were within %.0f s\n",
		stormRows, longest, frameBar, seen, took.Seconds())
	b.ReportMetric(float64(longest.Milliseconds()), "storm-gap-ms")
	if longest > frameBar {
		b.Errorf("the window stood still for %s while many authorizations were refreshed", longest)
	}
}

// work is the program at work: a service that answers, and a window to use.
type work struct {
	*testing.B
	d        *desktop
	folder   string
	delay    time.Duration // of the service
	answered atomic.Int64  // tokens that the service has given
}

// startWork starts the program with rows that become due together after
// dueAfter, and returns when the first has been refreshed.
func startWork(b *testing.B, d *desktop, binary string, rows int, delay time.Duration) *work {
	b.Helper()
	w := &work{B: b, d: d, delay: delay, folder: filepath.Join(d.home, fmt.Sprintf("work-%d", rows))}
	server := httptest.NewServer(http.HandlerFunc(w.answer))
	b.Cleanup(server.Close)
	w.fill(server.URL, rows)
	require.NoError(b, d.start(d.command(context.Background(), binary, "--data-dir", w.folder, "--log-level", "debug")))
	require.NoError(b, d.waitWindow("Tokenwell", benchPatience))
	_, err := d.settle(nil, benchPatience)
	require.NoError(b, err)
	require.NoError(b, d.click(placeFirstRow))
	require.NoError(b, d.until("the first report of the frames", benchPatience, func() bool { return len(frameReports(b, w.folder)) > 0 }))
	require.Zero(b, w.answered.Load(), "refreshed before the start was over")
	require.NoError(b, d.until("a refresh", benchPatience, func() bool { return w.answered.Load() > 0 }))
	return w
}

// fill stores rows with a refresh token for the service.
func (w *work) fill(service string, rows int) {
	w.Helper()
	store := dbtest.OpenIn(w.B, w.folder, nil)
	require.NoError(w, store.Vault().Create(context.Background(), auth.Secret{}))
	due := time.Now().Add(dueAfter).UTC().Truncate(time.Millisecond)
	records := make([]auth.Record, rows)
	for i := range records {
		g := dbtest.Grantee(func(g *auth.Grantee) {
			g.Status.Generation, g.Status.LastOutcome, g.Status.HasRefresh = 1, auth.OutcomeOK, true
			g.Status.IssuedAt, g.Status.Expiry.At, g.Status.NextRefreshAt = due.Add(-time.Hour), due, due
		})
		records[i] = auth.Record{Tokens: g.Tokens, Status: g.Status, Authorization: dbtest.Authorization(func(a *auth.Authorization) {
			a.Name, a.ServiceID, a.ServiceName, a.Params = fmt.Sprintf("Report %05d", i), auth.OtherServiceID, "Other service", nil
			a.Endpoints = auth.Endpoints{Authorization: service + "/authorize", Token: service + "/token"}
			a.AutoRefresh = true
		})}
	}
	for some := range slices.Chunk(records, 5000) {
		require.NoError(w, store.Restore(context.Background(), some))
	}
	require.NoError(w, store.Close())
}

// answer is the service's token endpoint.
func (w *work) answer(reply http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	time.Sleep(w.delay)
	n := w.answered.Add(1)
	reply.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprintf(reply, `{"access_token":"access-%032d","token_type":"Bearer","expires_in":3600,"refresh_token":"refresh-%032d"}`, n, n)
}

// use acts on the window.
func (w *work) use(args ...string) {
	w.Helper()
	_, err := w.d.output("xdotool", args...)
	require.NoError(w, err)
}

// refreshed is how many authorizations have tokens newer than the first.
func (w *work) refreshed() int {
	return w.count("SELECT count(*) FROM authorization_status WHERE generation > 1")
}

// count asks the database through a process of its own.
func (w *work) count(query string) int {
	w.Helper()
	said, err := w.d.output("sqlite3", "-readonly", "-cmd", ".timeout 5000", db.File(w.folder), query)
	require.NoError(w, err)
	n, err := strconv.Atoi(strings.TrimSpace(said))
	require.NoError(w, err)
	return n
}

// end waits for one more report, closes the window and returns the longest gap.
func (w *work) end() time.Duration {
	w.Helper()
	before := len(frameReports(w.B, w.folder))
	require.NoError(w, w.d.until("a report of the frames", benchPatience, func() bool { return len(frameReports(w.B, w.folder)) > before }))
	w.d.closeWindow(w.B, "Tokenwell")
	return slices.Max(frameReports(w.B, w.folder)[1:]) // the first holds the start
}
