//go:build e2e && unix

package main

import (
	"bufio"
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"modernc.org/sqlite"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
	"tokenwell/db"
)

// The tests look into database files by themselves. What db sets for the whole
// process has to be set before the first file is locked (see db.Open).
func init() { _, _ = sqlite.OFDLocking(true) }

// killCount is how often the program is killed at each point; `make soak` sets
// TOKENWELL_KILLS.
func killCount(t *testing.T) int {
	count := 20
	if text := os.Getenv("TOKENWELL_KILLS"); text != "" {
		var err error
		count, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	return count
}

// absent is the state of an authorization that was never saved.
const absent auth.State = "absent"

// killPoint is a place at which the program is killed while it does a job, and
// what has to be found at the next start.
type killPoint struct {
	job   killJob
	point string
	after auth.State
	// reissued: the server has ended the old refresh token, and the new one was
	// not stored. Where it grants no second use, only a new sign-in helps (R28).
	reissued bool
}

var killPoints = []killPoint{
	{killSave, "save.before_tx", absent, false},
	{killSave, "store.create.before_commit", absent, false},
	{killSave, "store.create.after_commit", auth.StateNeverAuthorized, false},
	{killSave, "save.after_commit", auth.StateNeverAuthorized, false},

	{killAuthorize, "authorize.listener_open", absent, false},
	{killAuthorize, "authorize.browser_opened", auth.StateNeverAuthorized, false},
	{killAuthorize, "authorize.code_received", auth.StateNeverAuthorized, false},
	{killAuthorize, "store.begin_attempt.before_commit", auth.StateNeverAuthorized, false},
	{killAuthorize, "exchange.after_intent", auth.StateNeverAuthorized, false},
	{killAuthorize, "exchange.after_response", auth.StateNeverAuthorized, false},
	{killAuthorize, "store.commit_grant.before_commit", auth.StateNeverAuthorized, false},
	{killAuthorize, "store.commit_grant.after_commit", auth.StateActive, false},
	{killAuthorize, "exchange.after_commit", auth.StateActive, false},

	// An authorization that has tokens keeps them, or has the new ones.
	{killReauthorize, "authorize.listener_open", auth.StateActive, false},
	{killReauthorize, "authorize.code_received", auth.StateActive, false},
	{killReauthorize, "exchange.after_intent", auth.StateActive, false},
	{killReauthorize, "exchange.after_response", auth.StateActive, false},
	{killReauthorize, "store.commit_grant.before_commit", auth.StateActive, false},
	{killReauthorize, "exchange.after_commit", auth.StateActive, false},

	{killRefresh, "refresh.after_lock", auth.StateActive, false},
	{killRefresh, "store.begin_attempt.before_commit", auth.StateActive, false},
	{killRefresh, "refresh.after_intent", auth.StateActive, false},
	{killRefresh, "refresh.before_post", auth.StateActive, false},
	{killRefresh, "refresh.after_response", auth.StateActive, true},
	{killRefresh, "refresh.before_commit", auth.StateActive, true},
	{killRefresh, "store.commit_grant.before_commit", auth.StateActive, true},
	{killRefresh, "store.commit_grant.after_commit", auth.StateActive, false},
	{killRefresh, "refresh.after_commit", auth.StateActive, false},
}

// TestKillPoints kills the real program, on real SQLite, at every named point,
// again and again. The server's own count is the oracle (R01-R03).
func TestKillPoints(t *testing.T) {
	binary := killBinary(t)
	for name, p := range map[string]authtest.EvilasParams{
		"no rotation": {},
		"strict":      {Rotation: authtest.RotateStrict},
		"grace":       {Rotation: authtest.RotateGrace, Grace: time.Hour},
	} {
		for _, point := range killPoints {
			if point.job != killRefresh && p.Rotation != authtest.RotateStrict {
				continue // rotation plays no part in it
			}
			t.Run(fmt.Sprintf("%s/%s %s", name, point.job, point.point), func(t *testing.T) {
				t.Parallel()
				k := newKiller(t, binary, p)
				for i := range killCount(t) {
					k.kill(point, i)
				}
				assert.LessOrEqual(t, k.server.MostShown("code"), 1, "a code was presented twice")
				t.Logf("%d kills, %d starts", k.kills, k.starts)
			})
		}
	}
}

// killBinary builds the program with its kill points, unless
// TOKENWELL_KILL_BINARY names one that was built so.
func killBinary(t *testing.T) string {
	if ready := os.Getenv("TOKENWELL_KILL_BINARY"); ready != "" {
		return ready
	}
	binary := filepath.Join(t.TempDir(), "tokenwell-desktop")
	build := exec.CommandContext(t.Context(), "go", "build", "-tags", "killpoints migrated_fynedo", "-o", binary, ".") //nolint:gosec // our own go
	output, err := build.CombinedOutput()
	require.NoError(t, err, string(output))
	return binary
}

// killer drives the program on one data folder.
type killer struct {
	*testing.T
	binary, dir   string
	server        *authtest.Evilas
	strict        bool // a used refresh token that comes again ends the family
	reused        bool // one refresh token is used for ever
	port          int
	row           string           // the authorization that is refreshed
	saved         map[string]int64 // acknowledged: the least generation by ID
	serial        int
	kills, starts int
}

func newKiller(t *testing.T, binary string, p authtest.EvilasParams) *killer {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // only asks for a free port
	require.NoError(t, err)
	port := listener.Addr().(*net.TCPAddr).Port
	require.NoError(t, listener.Close())
	k := &killer{
		T: t, binary: binary, dir: t.TempDir(), server: authtest.NewEvilas(t, p), strict: p.Rotation == authtest.RotateStrict,
		reused: p.Rotation == authtest.RotateNever, port: port, saved: map[string]int64{},
	}
	lines := k.mustRun(killAuthorize, "Refreshed")
	k.row = lines[len(lines)-1].ID
	return k
}

// kill lets the program die at a point of a job and looks at what the next
// start makes of it.
func (k *killer) kill(point killPoint, i int) {
	k.Helper()
	row := k.row
	if point.job == killSave || point.job == killAuthorize {
		k.serial++
		row = fmt.Sprintf("New %d", k.serial)
	}
	shown := 0
	if k.reused { // else a token is only ever used in one attempt
		shown = k.server.MostShown("refresh")
	}
	k.dieAt(point, row)
	again := point.job == killRefresh && i%4 == 3
	if again { // once more while it recovers; a sign-in that is over does not reach the point
		lines, _, _ := k.run(point.job, row, point.point)
		k.acknowledge(lines)
	}
	k.checkFile()
	rows := k.settle()
	require.LessOrEqual(k, k.server.MostShown("refresh")-shown, 2, "an old refresh token was presented more than twice")

	found := absent
	for id, r := range rows {
		if id == row || r.Name == row {
			found = r.State
		}
	}
	switch {
	case again:
		require.Contains(k, []auth.State{auth.StateActive, auth.StateNeedsSignIn}, found)
	case point.reissued && k.strict:
		require.Equal(k, auth.StateNeedsSignIn, found)
	default:
		require.Equal(k, point.after, found)
	}
	switch rows[k.row].State {
	case auth.StateActive: // the tokens that are stored are in force
		k.mustRun(killRefresh, k.row)
	default:
		k.mustRun(killReauthorize, k.row)
	}
}

// dieAt runs a job that must end with the kill, not before and not after.
func (k *killer) dieAt(point killPoint, row string) {
	k.Helper()
	k.kills++
	lines, stderr, err := k.run(point.job, row, point.point)
	var exit *exec.ExitError
	require.ErrorAs(k, err, &exit, "it was not killed")
	status, ok := exit.Sys().(syscall.WaitStatus)
	require.True(k, ok && status.Signaled() && status.Signal() == syscall.SIGKILL, "it ended by itself: %v %s", err, stderr)
	k.acknowledge(lines)
}

// settle starts the program, which must come to rest with everything kept that
// was acknowledged and every row in a state with a next step.
func (k *killer) settle() map[string]killRow {
	k.Helper()
	rows := k.mustRun(killSettle, "")[0].Rows
	for id, generation := range k.saved {
		row, there := rows[id]
		require.True(k, there, "an acknowledged write is lost")
		require.GreaterOrEqual(k, row.Generation, generation, "acknowledged tokens are lost")
	}
	for _, row := range rows {
		require.Contains(k, []auth.State{auth.StateActive, auth.StateNeverAuthorized, auth.StateNeedsSignIn}, row.State, "%s has no next step", row.Name)
	}
	return rows
}

func (k *killer) mustRun(job killJob, row string) []killLine {
	k.Helper()
	lines, stderr, err := k.run(job, row, "")
	require.NoError(k, err, stderr)
	k.acknowledge(lines)
	return lines
}

func (k *killer) acknowledge(lines []killLine) {
	for _, line := range lines {
		if line.ID != "" {
			k.saved[line.ID] = max(k.saved[line.ID], line.Generation)
		}
	}
}

// run starts the program for one job and returns what it said.
func (k *killer) run(job killJob, row, crashAt string) (lines []killLine, stderr string, err error) {
	k.Helper()
	k.starts++
	var out, errs bytes.Buffer
	program := exec.CommandContext(k.Context(), k.binary) //nolint:gosec // built above
	program.Env = append(os.Environ(),
		killJobEnv+"="+string(job), killDirEnv+"="+k.dir, killIssuerEnv+"="+k.server.URL(),
		killPortEnv+"="+strconv.Itoa(k.port), killRowEnv+"="+row, "TOKENWELL_CRASH_AT="+crashAt)
	program.Stdout, program.Stderr = &out, &errs
	err = program.Run()
	for scanner := bufio.NewScanner(&out); scanner.Scan(); {
		var line killLine
		require.NoError(k, json.Unmarshal(scanner.Bytes(), &line))
		lines = append(lines, line)
	}
	return lines, errs.String(), err
}

// checkFile asks SQLite whether the file is whole.
func (k *killer) checkFile() {
	k.Helper()
	file, err := sql.Open("sqlite", "file:"+db.File(k.dir))
	require.NoError(k, err)
	var verdict string
	err = errors.Join(file.QueryRowContext(k.Context(), "PRAGMA integrity_check").Scan(&verdict), file.Close())
	require.NoError(k, err)
	require.Equal(k, "ok", verdict)
}
