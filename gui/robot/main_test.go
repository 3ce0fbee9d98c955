//go:build e2e || bench

package robot

import (
	"os"
	"testing"

	"tokenwell/db/keyring"
)

// TestMain lets the keyring's helper, which re-executes this program, do its work.
func TestMain(m *testing.M) {
	keyring.RunHelperIfAsked()
	os.Exit(m.Run())
}
