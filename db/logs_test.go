package db_test

import (
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/db"
)

func TestLibrariesLogWithoutWhatTheyQuote(t *testing.T) {
	before, flags := slog.Default(), log.Flags()
	t.Cleanup(func() {
		slog.SetDefault(before)
		log.SetOutput(os.Stderr)
		log.SetFlags(flags)
	})
	place := db.PlaceIn(t.TempDir())
	logger, closeFile, err := place.OpenLog("test.log", slog.LevelInfo)
	require.NoError(t, err)
	logger.Info("ours", "host", "example.com")
	slog.Info("a library's")
	// As net/http says it of a server that answers before it is asked.
	log.Printf("Unsolicited response received on idle HTTP channel starting with %q; err=%v", `{"access_token":"TWSENT"}`, nil) //nolint:forbidigo // as a library does
	closeFile()

	text, err := os.ReadFile(filepath.Join(place.Logs, "test.log"))
	require.NoError(t, err)
	assert.Contains(t, string(text), `"msg":"ours","host":"example.com"`)
	assert.Contains(t, string(text), "a library's")
	assert.Contains(t, string(text), "Unsolicited response received on idle HTTP channel")
	assert.NotContains(t, string(text), "TWSENT")
	assert.NotContains(t, string(text), "access_token")
}
