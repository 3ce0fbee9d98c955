//go:build e2e && unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth/authtest"
	"tokenwell/db"
)

// takeOver is how long the folder may be without a program that works (R18).
const takeOver = 2 * time.Second

// TestKillOwner starts two programs at once on one data folder, in which an
// authorization is due, and kills the one that got it, again and again: one of
// them owns the folder and refreshes, the other one says so and ends, and the
// next two find the folder free (R18).
func TestKillOwner(t *testing.T) {
	k := newKiller(t, killBinary(t), authtest.EvilasParams{Rotation: authtest.RotateStrict})
	killed := time.Now()
	var slowest time.Duration
	for round := range killCount(t) {
		ahead := time.Duration(round+1) * 2 * time.Hour // what was fresh before is due now
		programs := []*owner{newOwner(k, ahead), newOwner(k, ahead)}
		first, second := race(programs)
		require.True(t, first.out.Scan(), "it does not refresh: %s", &first.complaint)
		line := first.said()
		require.Equal(t, "refreshed", line.Event)
		require.EqualValues(t, round+2, line.Generation, "more than one refresh")
		slowest = max(slowest, time.Since(killed))
		second.refused()
		require.NoError(t, first.program.Process.Kill())
		killed = time.Now()
		_ = first.program.Wait() // by the kill
	}
	assert.Less(t, slowest, takeOver)
	assert.Equal(t, 1, k.server.MostShown("refresh"), "a refresh token was presented twice")
	k.checkFile()
	t.Logf("slowest start until a token was fresh: %v", slowest)
}

// owner is one of two programs that want a data folder.
type owner struct {
	*flyer
	complaint bytes.Buffer
	heard     chan struct{} // closed when it has said something, or ended
	spoke     bool          // it has said something; known after heard
}

func newOwner(k *killer, ahead time.Duration) *owner {
	k.Helper()
	o := &owner{heard: make(chan struct{})}
	program := exec.CommandContext(k.Context(), k.binary) //nolint:gosec // built above
	program.Env = append(os.Environ(),
		killJobEnv+"="+string(killOwn), killDirEnv+"="+k.dir, killRowEnv+"="+k.row, fmt.Sprintf("%s=%v", killAheadEnv, ahead))
	program.Stderr = &o.complaint
	o.flyer = startFlyer(k, program)
	return o
}

// race tells which of two programs has got the folder.
func race(programs []*owner) (first, second *owner) {
	for _, o := range programs {
		o.Helper()
		go func() {
			defer close(o.heard)
			o.spoke = o.out.Scan()
		}()
	}
	first, second = programs[0], programs[1]
	if <-first.heard; !first.spoke {
		first, second = second, first
	}
	<-first.heard
	require.True(first, first.spoke, "none has the folder: %s %s", &first.complaint, &second.complaint)
	require.Equal(first, "recovered", first.said().Event)
	return first, second
}

// refused expects that the program has ended and said why.
func (o *owner) refused() {
	o.Helper()
	<-o.heard
	require.False(o, o.spoke, "two programs have the folder")
	require.Error(o, o.program.Wait())
	require.Contains(o, o.complaint.String(), db.ErrOwned.Error())
}
