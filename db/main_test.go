package db_test

import (
	"log/slog"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(holdEnv); path != "" {
		os.Exit(holdFile(path))
	}
	if dir := os.Getenv(ownEnv); dir != "" {
		os.Exit(ownFolder(dir))
	}
	slog.SetDefault(slog.New(slog.DiscardHandler)) // the local server's library logs there
	os.Exit(m.Run())
}
