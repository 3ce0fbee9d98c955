//go:build bench

package robot

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
	"tokenwell/db"
	"tokenwell/db/dbtest"
)

// workRows is how many authorizations are saved and refreshed in a row.
const workRows = 100

// measureWork renames and refreshes one authorization after the other from the
// keyboard, against a server on the loopback interface, and reads the longest
// gap between frames.
func measureWork(b *testing.B, d *desktop, binary string) {
	server := authtest.NewEvilas(b, authtest.EvilasParams{})
	folder := filepath.Join(d.home, "work")
	store := dbtest.OpenIn(b, folder, nil)
	require.NoError(b, store.Vault().Create(context.Background(), auth.Secret{}))
	records := make([]auth.Record, workRows)
	for i := range records {
		records[i] = server.Stored(fmt.Sprintf("Report %03d", i), time.Now())
	}
	require.NoError(b, store.Restore(context.Background(), records))
	require.NoError(b, store.Close())

	require.NoError(b, d.start(d.command(context.Background(), binary, "--data-dir", folder, "--log-level", "debug")))
	require.NoError(b, d.waitWindow("Tokenwell", benchPatience))
	_, err := d.settle(nil, benchPatience)
	require.NoError(b, err)
	require.NoError(b, d.click(placeFirstRow))
	before := len(frameReports(b, folder))
	for range workRows {
		_, err := d.output("xdotool", "key", "--delay", "60", "F2", "End", "x", "Return", "ctrl+r", "Down")
		require.NoError(b, err)
	}
	require.NoError(b, d.until("all refreshes", benchPatience, func() bool { return len(server.Requests("/token")) >= workRows }))
	said, err := d.output("sqlite3", "-readonly", db.File(folder), "SELECT count(*) FROM authorizations WHERE name LIKE '%x'")
	require.NoError(b, err)
	require.Equal(b, fmt.Sprint(workRows), strings.TrimSpace(said), "all were saved")
	reported := len(frameReports(b, folder))
	require.NoError(b, d.until("a report of the frames", benchPatience, func() bool { return len(frameReports(b, folder)) > reported }))

	var longest time.Duration
	for _, gap := range frameReports(b, folder)[max(before, 1):] { // the first holds the start
		longest = max(longest, gap)
	}
	fmt.Printf("longest gap between frames while %d authorizations are saved and refreshed: %s (bar %s)\n", workRows, longest, frameBar)
	b.ReportMetric(float64(longest.Milliseconds()), "work-gap-ms")
	if longest > frameBar {
		b.Errorf("the window stood still for %s", longest)
	}
	d.closeWindow(b, "Tokenwell")
}
