//go:build e2e && unix

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth/authtest"
)

// flightSize is how many callers each of the processes has, and how many rounds
// there are; `make soak` sets TOKENWELL_FLIGHT.
func flightSize(t *testing.T) (callers, rounds int) {
	size := os.Getenv("TOKENWELL_FLIGHT")
	if size == "" {
		return 50, 20
	}
	_, err := fmt.Sscanf(size, "%dx%d", &callers, &rounds)
	require.NoError(t, err)
	return callers, rounds
}

// TestSingleFlight refreshes one rotating token from many callers in eight
// processes on one data folder, round after round. The server ends the family
// when a used token comes again (T54).
func TestSingleFlight(t *testing.T) {
	const processes = 8
	callers, rounds := flightSize(t)
	k := newKiller(t, killBinary(t), authtest.EvilasParams{Rotation: authtest.RotateStrict})
	all := make([]*flyer, processes)
	for i := range all {
		all[i] = newFlyer(k, callers)
	}
	for _, f := range all {
		require.Equal(t, "recovered", f.line().Event)
	}
	before := len(k.server.Requests(authtest.PathToken))
	for round := range rounds {
		// The answer comes when every caller of every process has asked.
		reply := make(chan struct{})
		k.server.Script(authtest.PathToken, authtest.Answer{Apply: true, Hold: reply})
		for _, f := range all {
			f.begin()
		}
		for _, f := range all {
			require.Equal(t, "asked", f.line().Event)
		}
		// The store keeps milliseconds: tokens of the same one as the question
		// would not count as newer.
		<-time.After(2 * time.Millisecond)
		close(reply)
		generation := int64(round + 2)
		for _, f := range all {
			line := f.line()
			require.Empty(t, line.Errors)
			require.Equal(t, generation, line.Generation, "not all callers got the same token")
		}
		require.Len(t, k.server.Requests(authtest.PathToken), before+round+1, "more than one refresh")
	}
	assert.Equal(t, 1, k.server.MostShown("refresh"), "a refresh token was presented twice")
	for _, f := range all {
		f.end()
	}
	// The family is alive: the stored token still works.
	lines := k.mustRun(killRefresh, k.row)
	assert.Equal(t, int64(rounds+2), lines[len(lines)-1].Generation)
	t.Logf("%d processes, %d callers each, %d rounds", processes, callers, rounds)
}

// flyer is one process of TestSingleFlight.
type flyer struct {
	*testing.T
	program *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
}

func newFlyer(k *killer, callers int) *flyer {
	k.Helper()
	program := exec.CommandContext(k.Context(), k.binary) //nolint:gosec // built above
	program.Env = append(os.Environ(),
		killJobEnv+"="+string(killFlight), killDirEnv+"="+k.dir, killRowEnv+"="+k.row, killCallsEnv+"="+strconv.Itoa(callers))
	program.Stderr = os.Stderr
	return startFlyer(k, program)
}

// startFlyer starts a program that talks over its input and output.
func startFlyer(k *killer, program *exec.Cmd) *flyer {
	k.Helper()
	in, err := program.StdinPipe()
	require.NoError(k, err)
	out, err := program.StdoutPipe()
	require.NoError(k, err)
	require.NoError(k, program.Start())
	return &flyer{k.T, program, in, bufio.NewScanner(out)}
}

func (f *flyer) begin() {
	f.Helper()
	_, err := io.WriteString(f.in, "go\n")
	require.NoError(f, err)
}

// line is the next line that the process says.
func (f *flyer) line() (line killLine) {
	f.Helper()
	require.True(f, f.out.Scan(), "the process has ended: %v", f.out.Err())
	return f.said()
}

// said is the line that was read last.
func (f *flyer) said() (line killLine) {
	f.Helper()
	require.NoError(f, json.Unmarshal(f.out.Bytes(), &line))
	return line
}

func (f *flyer) end() {
	f.Helper()
	require.NoError(f, f.in.Close())
	require.NoError(f, f.program.Wait())
}
