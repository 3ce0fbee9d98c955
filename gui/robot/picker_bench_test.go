//go:build bench

package robot

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db/dbtest"
)

const (
	pickerServices = 500 // of the user's own, beside the catalog
	pickerBar      = 50 * time.Millisecond
)

// BenchmarkWindowPicker measures the service picker of the form in the real window.
func BenchmarkWindowPicker(b *testing.B) {
	binary, d := benchDesktop(b)
	for range b.N {
		b.StopTimer()
		measurePicker(b, d, binary)
	}
}

// measurePicker types letters into the picker and reads the longest gap between
// frames.
func measurePicker(b *testing.B, d *desktop, binary string) {
	folder := filepath.Join(d.home, "services")
	fillServices(b, folder)
	require.NoError(b, d.start(d.command(context.Background(), binary, "--data-dir", folder, "--log-level", "debug")))
	require.NoError(b, d.waitWindow("Tokenwell", benchPatience))
	_, err := d.settle(nil, benchPatience)
	require.NoError(b, err)
	require.NoError(b, d.key("ctrl+n"))
	form, err := d.settle(nil, benchPatience)
	require.NoError(b, err)
	require.NoError(b, d.click(point{430, 250}))
	_, err = d.settle(form, benchPatience)
	require.NoError(b, err, "the picker does not open")
	// What opening took stands in the reports up to here.
	reports := func() int { return len(frameReports(b, folder)) }
	opened := reports()
	require.NoError(b, d.until("a report of the frames", benchPatience, func() bool { return reports() > opened }))
	before := reports()
	for range 6 {
		_, err := d.output("xdotool", "key", "--delay", "120", "n", "o", "r", "t", "BackSpace", "BackSpace", "BackSpace", "BackSpace", "g", "o", "BackSpace", "BackSpace")
		require.NoError(b, err)
	}
	typed := reports()
	require.NoError(b, d.until("a report of the frames", benchPatience, func() bool { return reports() > typed }))
	longest := slices.Max(frameReports(b, folder)[before:])
	fmt.Printf("longest gap between frames while typing into the picker of the catalog and %d services: %s (bar %s)\n", pickerServices, longest, pickerBar)
	b.ReportMetric(float64(longest.Milliseconds()), "picker-gap-ms")
	if longest > pickerBar {
		b.Errorf("the window stood still for %s while letters were typed", longest)
	}
	d.closeWindow(b, "Tokenwell")
}

// fillServices stores services of the user's own.
func fillServices(b *testing.B, folder string) {
	b.Helper()
	store := dbtest.OpenIn(b, folder, nil)
	require.NoError(b, store.Vault().Create(context.Background(), auth.Secret{}))
	for i := range pickerServices {
		name := fmt.Sprintf("Northwind system %03d", i)
		require.NoError(b, store.SaveService(context.Background(), auth.Service{
			Schema: 1, ID: auth.OwnServicePrefix + uuid.NewString(), Name: name, Provider: "Northwind", Category: "CRM", Description: "Sign-in for the " + name,
			Endpoints: auth.Endpoints{Authorization: "https://login.northwind.example/authorize", Token: "https://login.northwind.example/token"},
			Grants:    []auth.Grant{auth.GrantAuthorizationCode}, ClientAuth: []auth.ClientAuth{auth.ClientAuthPost}, PKCE: "supported", ScopeSeparator: " ",
			Redirect: auth.RedirectRule{Scheme: "http", Host: "127.0.0.1", Port: auth.PortFixed, Path: "/callback"},
			Refresh:  auth.RefreshRule{Needs: "nothing"},
		}))
	}
	require.NoError(b, store.Close())
}
