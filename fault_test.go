//go:build e2e && linux

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// A fault is a system call that fails at its first, second, third … time in a
// thread of the program.
var faults = []struct {
	call, name string
	more       int // how many times it fails from there on
}{
	{"fsync", "EIO", 1},
	{"fsync", "EIO", 6},
	{"pwrite64", "EIO", 1},
	{"pwrite64", "ENOSPC", 1},
	{"pwrite64", "ENOSPC", 6}, // the disk stays full for a while
}

// maxFaults is far beyond the calls of one run: reaching it means that the
// faults are not where they should be.
const maxFaults = 2000

// TestFaultsDuringRefresh lets the program refresh on real SQLite while one
// write or sync after the other fails, until a run meets no fault. No token is
// lost, nothing is said to be saved that is not, and without the intent on disk
// nothing is sent (R07, R08).
func TestFaultsDuringRefresh(t *testing.T) {
	_, err := exec.LookPath("strace")
	require.NoError(t, err)
	binary := killBinary(t)
	for _, fault := range faults {
		t.Run(fmt.Sprintf("%s %s %d", fault.call, fault.name, fault.more), func(t *testing.T) {
			t.Parallel()
			k := newKiller(t, binary, authtest.EvilasParams{Rotation: authtest.RotateStrict})
			met, said := 0, 0
			for n := 1; ; n++ {
				require.Less(t, n, maxFaults)
				injected, refreshed := k.refreshWithFault(fault.call, fault.name, n, fault.more)
				if refreshed {
					said++
				}
				k.checkFile()
				rows := k.settle() // everything acknowledged is there
				require.Equal(t, auth.StateActive, rows[k.row].State, "fault %d: a token is lost", n)
				k.mustRun(killRefresh, k.row) // and in force
				require.Equal(t, 1, k.server.MostShown("refresh"), "fault %d: a refresh token was presented twice", n)
				if !injected {
					require.True(t, refreshed, "a run without a fault")
					break
				}
				met++
			}
			assert.Positive(t, met, "the program makes no such call")
			t.Logf("%d faults met, %d runs refreshed all the same", met, said)
		})
	}
}

// refreshWithFault runs one refresh in which a system call fails from its nth
// time on. It reports whether the run came so far, and whether the program says
// that it has new tokens.
func (k *killer) refreshWithFault(call, name string, n, more int) (injected, refreshed bool) {
	k.Helper()
	trace := filepath.Join(k.TempDir(), "trace")
	when := strconv.Itoa(n)
	if more > 1 {
		when = fmt.Sprintf("%d..%d", n, n+more-1)
	}
	program := exec.CommandContext(k.Context(), "strace", "-f", "-qq", "-o", trace, "-e", "trace="+call, //nolint:gosec // built above
		"-e", fmt.Sprintf("inject=%s:error=%s:when=%s", call, name, when), k.binary)
	program.Env = append(os.Environ(),
		killJobEnv+"="+string(killRefresh), killDirEnv+"="+k.dir, killIssuerEnv+"="+k.server.URL(),
		killPortEnv+"="+strconv.Itoa(k.port), killRowEnv+"="+k.row)
	var out bytes.Buffer
	program.Stdout = &out
	_ = program.Run() // whether it ends well is what the lines say
	text, err := os.ReadFile(trace)
	require.NoError(k, err, "strace did not run")
	var lines []killLine
	for scanner := bufio.NewScanner(&out); scanner.Scan(); {
		var line killLine
		require.NoError(k, json.Unmarshal(scanner.Bytes(), &line))
		lines = append(lines, line)
		refreshed = refreshed || line.Event == "refreshed"
	}
	k.acknowledge(lines)
	return strings.Contains(string(text), "(INJECTED)"), refreshed
}
