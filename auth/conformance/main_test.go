//go:build e2e

package conformance

import (
	"flag"
	"os"
	"testing"
)

// TestMain lets all parallel tests run at once, however few processors there are:
// they do little but wait.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "16"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
