//go:build e2e && unix

package main

import (
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db"
)

// The key of db/testdata/version2.db.gz, and the rows in it.
const (
	oldItem = "kek-519eee92-0f55-4492-b463-0d18ade7421f"
	oldKey  = "URK2ctXNj3LSNrz/eP95+Of1WedJISVtW/+LULB3cok="
)

var oldRows = map[string]auth.State{
	"0": auth.StateNeverAuthorized, "1": auth.StateActive, "2": auth.StateRefreshing, "3": auth.StateNeedsAttention,
	"5": auth.StateChangedOutside,
}

// TestKillMigration kills the program while it brings an old database up to
// date, at named points and at any time: the next start completes it, with
// every row, and a copy of what was there before (R05).
func TestKillMigration(t *testing.T) {
	binary := killBinary(t)
	took := openOld(t, binary, oldFolder(t), "", time.Minute)
	cut := 0
	for i := range killCount(t) {
		dir := oldFolder(t)
		point := []string{"", "migrate.copy_unnamed", "migrate.copied", "migrate.step"}[i%4]
		if point == "" {
			openOld(t, binary, dir, "", rand.N(took)) //nolint:gosec // any time will do
		} else {
			require.Less(t, openOld(t, binary, dir, point, time.Minute), time.Minute)
		}
		version := versionOf(t, dir)
		switch point {
		case "migrate.copy_unnamed", "migrate.copied":
			require.EqualValues(t, 2, version)
		case "migrate.step":
			require.EqualValues(t, 3, version)
		}
		if version > 2 {
			cut++
		}
		requireOldRows(t, binary, dir)
	}
	t.Logf("the undisturbed start takes %v; %d kills after a step", took, cut)
}

// oldFolder lays out a data folder of version 2.
func oldFolder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	require.NoError(t, os.MkdirAll(dir, 0o700))
	f, err := os.Open(filepath.Join("db", "testdata", "version2.db.gz"))
	require.NoError(t, err)
	defer func() { _ = f.Close() }()
	packed, err := gzip.NewReader(f)
	require.NoError(t, err)
	data, err := io.ReadAll(packed)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(db.File(dir), data, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, oldItem+".key"), []byte(oldKey), 0o600))
	return dir
}

// openOld starts the program, which dies at the point or after a time, and
// returns how long it has run.
func openOld(t *testing.T, binary, dir, point string, after time.Duration) time.Duration {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), after) // ends it by SIGKILL
	defer cancel()
	program := exec.CommandContext(ctx, binary) //nolint:gosec // built above
	program.Env = append(os.Environ(), killJobEnv+"="+string(killOpen), killDirEnv+"="+dir, "TOKENWELL_CRASH_AT="+point)
	begun := time.Now()
	err := program.Run()
	took := time.Since(begun)
	if ctx.Err() == nil {
		require.Equal(t, point != "", err != nil, "%v", err)
	}
	return took
}

// versionOf is the schema's version, as SQLite finds it after the kill.
func versionOf(t *testing.T, dir string) (version int64) {
	t.Helper()
	file, err := sql.Open("sqlite", "file:"+db.File(dir))
	require.NoError(t, err)
	var verdict string
	err = errors.Join(
		file.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&verdict),
		file.QueryRowContext(t.Context(), "SELECT max(version_id) FROM goose_db_version WHERE is_applied").Scan(&version),
		file.Close(),
	)
	require.NoError(t, err)
	require.Equal(t, "ok", verdict)
	return version
}

// requireOldRows starts the program once more: everything that version 2
// stored is there.
func requireOldRows(t *testing.T, binary, dir string) {
	t.Helper()
	program := exec.CommandContext(t.Context(), binary) //nolint:gosec // built above
	program.Env = append(os.Environ(), killJobEnv+"="+string(killOpen), killDirEnv+"="+dir)
	program.Stderr = os.Stderr
	out, err := program.Output()
	require.NoError(t, err)
	var line killLine
	require.NoError(t, json.Unmarshal(out, &line))
	require.Len(t, line.Rows, len(oldRows))
	for row, state := range oldRows {
		require.Equal(t, state, line.Rows["00000000-0000-4000-8000-00000000000"+row].State, row)
	}
	migrations, err := os.ReadDir(filepath.Join("db", "migrations"))
	require.NoError(t, err)
	require.EqualValues(t, len(migrations), versionOf(t, dir), "the newest")
	copies, err := os.ReadDir(db.BackupDir(dir))
	require.NoError(t, err)
	require.NotEmpty(t, copies)
	require.Equal(t, "tokenwell-version-2.db", copies[0].Name())
	for _, one := range copies {
		require.False(t, strings.HasSuffix(one.Name(), ".part"), "a copy that was not finished stays")
	}
}
