//go:build e2e && unix

package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth/handout"
	"tokenwell/db"
)

// agentOf starts the console command's agent on the same data folder and gives
// the lines that it says; the channel is closed when it ends.
func (s *served) agentOf(change ...func(*exec.Cmd)) (agent *exec.Cmd, said <-chan string) {
	s.Helper()
	binary, err := filepath.Abs("bin/tokenwell")
	require.NoError(s, err)
	agent = exec.CommandContext(s.Context(), binary, "agent", "--data-dir", s.dir, "--passphrase-fd", "3") //nolint:gosec // built by make
	read, write, err := os.Pipe()
	require.NoError(s, err)
	s.Cleanup(func() { _ = read.Close() })
	_, err = io.WriteString(write, servePassphrase+"\n")
	require.NoError(s, errors.Join(err, write.Close()))
	agent.ExtraFiles, agent.Env = []*os.File{read}, os.Environ()
	for _, f := range change {
		f(agent)
	}
	out, err := agent.StderrPipe()
	require.NoError(s, err)
	require.NoError(s, agent.Start())
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		for in := bufio.NewScanner(out); in.Scan(); {
			lines <- in.Text()
		}
	}()
	return agent, lines
}

// hear waits until something is said with part in it.
func hear(t *testing.T, said <-chan string, part string) {
	t.Helper()
	for late := time.After(30 * time.Second); ; {
		select {
		case line, more := <-said:
			require.True(t, more, "it has ended without saying %q", part)
			if strings.Contains(line, part) {
				return
			}
		case <-late:
			t.Fatalf("it does not say %q", part)
		}
	}
}

// TestFolderComesFromTheAgentAndGoesBack starts the program while the agent has
// the data folder: the agent steps back, and takes over when the program ends (R18).
func TestFolderComesFromTheAgentAndGoesBack(t *testing.T) {
	s := newServed(t)
	first, _ := s.start() // makes the vault
	require.NoError(t, first.Process.Signal(syscall.SIGTERM))
	require.NoError(t, first.Wait())
	agent, said := s.agentOf()
	hear(t, said, "serving at")
	for range 2 {
		begun := time.Now()
		program, _ := s.start()
		t.Logf("from the start to an open data folder: %v", time.Since(begun))
		hear(t, said, "standing by")
		require.NoError(t, program.Process.Kill()) // any way of dying
		killed := time.Now()
		_ = program.Wait()
		hear(t, said, "serving at")
		assert.Less(t, time.Since(killed), takeOver)
	}
	require.NoError(t, agent.Process.Signal(syscall.SIGTERM))
	require.NoError(t, agent.Wait())
}

// opened is a program that has a data folder open, without a window.
func opened(t *testing.T, place db.Place) *program {
	t.Helper()
	p := &program{}
	t.Cleanup(p.Close)
	require.NoError(t, p.open(options{place: place}))
	require.NoError(t, p.wire("test"))
	return p
}

// TestSecondStartFindsAWindow brings it to the front, unless it has no use for one.
func TestSecondStartFindsAWindow(t *testing.T) {
	place := shortPlace(t)
	raised := make(chan struct{}, 1)
	stop, err := opened(t, place).serveSocket(place, "test", func() { raised <- struct{}{} })
	require.NoError(t, err)
	defer stop()

	_, err = ownFolder(t.Context(), place, true, io.Discard)
	require.ErrorIs(t, err, errRaised)
	<-raised
	var out strings.Builder
	require.NoError(t, run([]string{"--data-dir", place.Data}, &out), "it is no failure")
	assert.Equal(t, errRaised.Error()+"\n", out.String())
	<-raised

	_, err = ownFolder(t.Context(), place, false, io.Discard)
	require.ErrorIs(t, err, db.ErrOwned)
	assert.Contains(t, err.Error(), "process "+strconv.Itoa(os.Getpid()))
	assert.Empty(t, raised)
}

// TestSecondStartFindsTheAgent gets the data folder from it.
func TestSecondStartFindsTheAgent(t *testing.T) {
	place := shortPlace(t)
	agent := opened(t, place)
	require.NoError(t, db.MakeRunDir(place.Run))
	server := handout.NewServer(handout.ServerParams{
		Engine: agent.engine, Socket: place.Socket(), Status: handout.Status{Program: handout.ProgramAgent}, Yield: sync.OnceFunc(agent.Close),
	})
	require.NoError(t, server.Start())
	defer server.Close()
	var says strings.Builder
	release, err := ownFolder(t.Context(), place, true, &says)
	require.NoError(t, err)
	release()
	assert.Contains(t, says.String(), "the agent gives the data folder")
}

// TestSecondStartFindsTwoAgents asks each of them: one that stood by may be faster
// than the program when the other gives the data folder up.
func TestSecondStartFindsTwoAgents(t *testing.T) {
	place := shortPlace(t)
	owner := opened(t, place)
	require.NoError(t, db.MakeRunDir(place.Run))
	agent := func(yield func()) *handout.Server {
		return handout.NewServer(handout.ServerParams{
			Engine: owner.engine, Socket: place.Socket(), Status: handout.Status{Program: handout.ProgramAgent}, Yield: sync.OnceFunc(yield),
		})
	}
	second := agent(owner.Close)
	var first *handout.Server
	first = agent(func() {
		assert.NoError(t, first.Close())
		assert.NoError(t, second.Start())
	})
	require.NoError(t, first.Start())
	defer second.Close()
	var says strings.Builder
	release, err := ownFolder(t.Context(), place, true, &says)
	require.NoError(t, err)
	release()
	assert.Equal(t, 1, strings.Count(says.String(), "the agent gives"), "it is said once")
}

// TestOwnFolderOfASilentOwner is refused in the end: who has it may be starting.
func TestOwnFolderOfASilentOwner(t *testing.T) {
	place := shortPlace(t)
	release, err := db.Own(place.Data)
	require.NoError(t, err)
	begun := time.Now()
	_, err = ownFolder(t.Context(), place, true, io.Discard)
	require.ErrorIs(t, err, db.ErrOwned)
	assert.GreaterOrEqual(t, time.Since(begun), ownPatience)

	go func() {
		<-time.After(ownPatience / 4)
		release()
	}()
	ours, err := ownFolder(t.Context(), place, true, io.Discard)
	require.NoError(t, err, "it has ended meanwhile")
	ours()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	release, err = db.Own(place.Data)
	require.NoError(t, err)
	defer release()
	_, err = ownFolder(ended, place, true, io.Discard)
	require.ErrorIs(t, err, context.Canceled)
}

// shortPlace is a data folder whose socket's path is not too long.
func shortPlace(t *testing.T) db.Place {
	t.Helper()
	dir, err := os.MkdirTemp("", "tw-own-")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return db.PlaceIn(dir)
}
