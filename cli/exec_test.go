//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// T51: the program has the token in its environment, and nobody else has it
// anywhere: not the one that started us, not a command line.
func TestExecGivesTheTokenToTheProgramAlone(t *testing.T) {
	t.Setenv("ACCESS_TOKEN", "of the shell")
	got := ended(t, process(t, &script{}, "exec", "Graph mail", "--", "sh", "-c",
		`printf '%s\n' "$ACCESS_TOKEN"; tr '\0' '\n' </proc/$PPID/environ | grep -c `+sentinel+`; tr '\0' ' ' </proc/$$/cmdline | grep -c "$ACCESS_TOKEN"; env | grep -c ^ACCESS_TOKEN=`))
	assert.Equal(t, said{0, accessToken + "\n0\n0\n1\n", ""}, got)
	assert.NotContains(t, strings.Join(os.Environ(), " "), sentinel)

	got = ended(t, process(t, &script{}, "exec", "Graph mail", "--env", "API_TOKEN", "--", "sh", "-c", `echo "$ACCESS_TOKEN, $API_TOKEN"`))
	assert.Equal(t, "of the shell, "+accessToken+"\n", got.out)
}

// Nothing that was open here is open in the program.
func TestExecLeavesNothingOpen(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	read, write, err := os.Pipe()
	require.NoError(t, err)
	defer func() { _, _ = read.Close(), write.Close() }()
	list := []string{"sh", "-c", `ls /proc/$$/fd`}
	before := ended(t, exec.CommandContext(t.Context(), list[0], list[1:]...)) //nolint:gosec // as above
	c := process(t, &script{}, append([]string{"exec", "Graph mail", "--passphrase-fd", "3", "--"}, list...)...)
	c.ExtraFiles = []*os.File{read} // a passphrase that is not needed
	assert.Equal(t, before, ended(t, c))
}

func TestExecReturnsTheCodeOfTheProgram(t *testing.T) {
	dir := t.TempDir()
	plain, folder := filepath.Join(dir, "plain"), filepath.Join(dir, "folder")
	require.NoError(t, os.WriteFile(plain, []byte("#!/bin/sh\n"), 0o600))
	require.NoError(t, os.Mkdir(folder, 0o700))
	broken := filepath.Join(dir, "broken")
	require.NoError(t, os.WriteFile(broken, []byte("#!/no/such/interpreter\n"), 0o700)) //nolint:gosec // it has to be executable
	for _, c := range []struct {
		command []string
		code    int
	}{
		{[]string{"true"}, 0},
		{[]string{"sh", "-c", "exit 7"}, 7},
		{[]string{"sh", "-c", "exit 125"}, 125},
		{[]string{"no-such-program-anywhere"}, 127},
		{[]string{filepath.Join(dir, "missing")}, 127},
		{[]string{plain}, 126},
		{[]string{folder}, 126},
	} {
		s := &script{}
		got := ended(t, process(t, s, append([]string{"exec", "Graph mail", "--"}, c.command...)...))
		assert.Equal(t, c.code, got.code, "%v: %s", c.command, got.errOut)
		assert.Empty(t, got.out)
	}
	got := ended(t, process(t, &script{}, "exec", "Graph mail", "--", broken))
	assert.Contains(t, []int{126, 127}, got.code)

	killed := process(t, &script{}, "exec", "Graph mail", "--", "sh", "-c", "kill -TERM $$")
	ended(t, killed)
	status, ok := killed.ProcessState.Sys().(syscall.WaitStatus)
	require.True(t, ok)
	assert.Equal(t, syscall.SIGTERM, status.Signal(), "a signal is the program's own")
}

// Nobody is asked for a token that nothing can be done with.
func TestExecAsksOnlyForWhatCanRun(t *testing.T) {
	for _, args := range [][]string{
		{"exec", "Graph mail", "--", "no-such-program-anywhere"},
		{"exec", "Graph mail", "--env", "A=B", "--", "true"},
		{"curl", "Graph mail", "--", "http://api.example.com"},
	} {
		s := &script{}
		console(t, s, args...)
		assert.Empty(t, s.tokens, "%v", args)
	}
	s := failing(auth.EndDenied)
	assert.Equal(t, 125, console(t, s, "exec", "Graph mail", "--for", "evil.example.com", "--", "true").code)
}

func TestExecVariables(t *testing.T) {
	for _, good := range []string{"ACCESS_TOKEN", "t", "_x9", "GITHUB_TOKEN"} {
		assert.NoError(t, checkVariable(good), good)
	}
	for _, bad := range []string{"", "1A", "A B", "A=B", "A\x00", "é", "A-B", "A;id", "PATH", "path", "LD_PRELOAD", "DYLD_INSERT_LIBRARIES", "BASH_ENV"} {
		assert.Error(t, checkVariable(bad), "%q", bad)
	}
	assert.Equal(t, []string{"A=1", "AB=2", "X=new"}, withVariable([]string{"A=1", "X=old", "AB=2", "X=again"}, "X", "new"))
}

// A reader that goes away ends the command without a word.
func TestBrokenPipe(t *testing.T) {
	read, write, err := os.Pipe()
	require.NoError(t, err)
	require.NoError(t, read.Close())
	defer func() { _ = write.Close() }()
	c := process(t, &script{}, "token", "Graph mail")
	var complaint strings.Builder
	c.Stdout, c.Stderr = write, &complaint
	var exited *exec.ExitError
	require.ErrorAs(t, c.Run(), &exited)
	assert.Empty(t, complaint.String())
}

func TestFullOutput(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full here")
	}
	defer func() { _ = full.Close() }()
	c := process(t, &script{}, "token", "Graph mail")
	var complaint strings.Builder
	c.Stdout, c.Stderr = full, &complaint
	var exited *exec.ExitError
	require.ErrorAs(t, c.Run(), &exited)
	assert.Equal(t, 1, exited.ExitCode())
	assert.Contains(t, complaint.String(), "Standard output can't be written")
	assert.NotContains(t, complaint.String(), sentinel)
}

// A program that a shell has put into the background does not end when what runs
// in front is interrupted: the shell has told it to ignore that.
func TestExecInTheBackgroundIgnoresInterrupts(t *testing.T) {
	c := process(t, &script{}, "exec", "Graph mail", "--", "sh", "-c", "kill -INT $$; echo on")
	c.Args = append([]string{"sh", "-c", `trap "" INT; exec "$0" "$@"`}, append([]string{c.Path}, c.Args[1:]...)...)
	shell, err := exec.LookPath("sh")
	require.NoError(t, err)
	c.Path = shell
	assert.Equal(t, said{0, "on\n", ""}, ended(t, c))
}
