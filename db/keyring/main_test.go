package keyring

import (
	"os"
	"testing"
)

// The helper is a re-exec of the running program, which is this one.
func TestMain(m *testing.M) {
	RunHelperIfAsked()
	runFakeIfAsked()
	os.Exit(m.Run())
}
