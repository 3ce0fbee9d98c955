//go:build e2e && linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// TestEarlyAnswer: a plain command line is answered before the libraries are
// initialized, and it makes no other difference.
func TestEarlyAnswer(t *testing.T) {
	h := newHome(t)
	record := h.keep("Sales", auth.HandOutRule{Mode: auth.HandOutAnyone})
	h.keep("Locked", auth.HandOutRule{Mode: auth.HandOutListed})
	h.keep("Odd", auth.HandOutRule{Mode: auth.HandOutAnyone}, func(r *auth.Record) { r.Tokens.Access = auth.NewSecret("a<b") })
	h.agent()
	access := record.Tokens.Access.Reveal()

	plain := h.command(binary(), "token", "Sales")
	plain.Env = append(plain.Env, "GODEBUG=inittrace=1")
	var trace strings.Builder
	plain.Stderr = &trace
	out, err := plain.Output()
	require.NoError(t, err)
	assert.Equal(t, access+"\n", string(out))
	assert.Contains(t, trace.String(), "init runtime ")
	for _, heavy := range []string{"init net/http ", "init modernc.org/sqlite/lib ", "init github.com/spf13/cobra ", "init tokenwell/auth "} {
		assert.NotContains(t, trace.String(), heavy)
	}

	// Under another name it is not called plainly.
	link := filepath.Join(t.TempDir(), "other")
	require.NoError(t, os.Symlink(binary(), link))
	for _, args := range [][]string{
		{"token", "Sales"},
		{"header", "Sales"},
		{"token", "sales"},
		{"token", "Odd"},
		{"header", "Odd"},
		{"token", "Locked"},
		{"header", "Locked"},
		{"token", "Nobody"},
	} {
		early, earlyErr, earlyCode := h.outcome(h.command(binary(), args...))
		late, lateErr, lateCode := h.outcome(h.command(link, args...))
		assert.Equal(t, late, early, args)
		assert.Equal(t, lateErr, earlyErr, args)
		assert.Equal(t, lateCode, earlyCode, args)
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	require.NoError(t, err)
	defer full.Close()
	c := h.command(binary(), "token", "Sales")
	c.Stdout = full
	_, said, code := h.outcome(c)
	assert.Equal(t, 1, code)
	assert.Contains(t, said, "Standard output can't be written")
}

// outcome runs a command to its end.
func (h *home) outcome(c *exec.Cmd) (out, said string, code int) {
	h.Helper()
	var stdout, stderr strings.Builder
	if c.Stdout == nil {
		c.Stdout = &stdout
	}
	c.Stderr = &stderr
	_ = c.Run()
	return stdout.String(), stderr.String(), c.ProcessState.ExitCode()
}
