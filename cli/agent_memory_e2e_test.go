//go:build e2e && linux

package main

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// plainUser is a user without rights of its own: root may read every memory.
const plainUser = 65534

// asPlainUser lets a program run as one; without root everybody is one already.
func asPlainUser(c *exec.Cmd) {
	if os.Geteuid() == 0 {
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: plainUser, Gid: plainUser}}
	}
}

// plainHome is a home of the plain user's, with a copy of the console command
// that this user can reach.
func plainHome(t *testing.T) (h *home, command string) {
	t.Helper()
	h = newHome(t)
	command = filepath.Join(h.dir, "tokenwell")
	from, err := os.Open(binary())
	require.NoError(t, err)
	defer from.Close()
	to, err := os.OpenFile(command, os.O_CREATE|os.O_WRONLY, 0o755)
	require.NoError(t, err)
	_, err = io.Copy(to, from)
	require.NoError(t, errors.Join(err, to.Close()))
	return h, command
}

// giveAway makes everything in the home the plain user's.
func (h *home) giveAway() {
	h.Helper()
	if os.Geteuid() != 0 {
		return
	}
	// The folders above it belong to the test.
	for dir := h.dir; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		require.NoError(h, os.Chmod(dir, 0o711))
	}
	require.NoError(h, filepath.Walk(h.dir, func(path string, _ os.FileInfo, err error) error {
		return errors.Join(err, os.Lchown(path, plainUser, plainUser))
	}))
	require.NoError(h, os.Chmod(h.dir, 0o700))
}

// probe reads what the kernel tells of another process of the same user: its
// environment, and what is in its memory.
const probe = `
cat "/proc/$1/environ" >/dev/null && echo environment
cut -d' ' -f1 "/proc/$1/maps" | head -1 | { IFS=- read -r from to && [ -n "$from" ] &&
	dd if="/proc/$1/mem" bs=4096 skip=$((0x$from / 4096)) count=1 of=/dev/null status=none && echo memory; }
`

// seen is what a program of the same user can read of a process.
func seen(t *testing.T, pid int) []string {
	t.Helper()
	c := exec.CommandContext(t.Context(), "sh", "-c", probe, "probe", strconv.Itoa(pid))
	c.Dir = "/"
	asPlainUser(c)
	text, _ := c.Output() // refusals are what is looked for
	return strings.Fields(string(text))
}

// TestAgentMemoryIsItsOwn: another program of the same user reads nothing of
// the agent's memory, as it reads that of any other program (T62).
func TestAgentMemoryIsItsOwn(t *testing.T) {
	h, command := plainHome(t)
	h.keep("Sales", auth.HandOutRule{Mode: auth.HandOutAnyone})
	h.giveAway()
	agent := h.startAgent(homePassphrase, asPlainUser, func(c *exec.Cmd) { c.Path = command })
	h.heard(agent, "serving at")

	other := exec.CommandContext(t.Context(), "sleep", "60")
	asPlainUser(other)
	require.NoError(t, other.Start())
	defer func() { _ = other.Process.Kill(); _ = other.Wait() }()
	require.Equal(t, []string{"environment", "memory"}, seen(t, other.Process.Pid), "the probe has to see an unguarded program")
	assert.Empty(t, seen(t, agent.Process.Pid))
}
