package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// openTerminal makes a pseudo terminal: what is written to screen is read from
// keeper.
func openTerminal(t *testing.T) (keeper, screen *os.File) {
	t.Helper()
	keeper, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = keeper.Close() })
	require.NoError(t, unix.IoctlSetPointerInt(int(keeper.Fd()), unix.TIOCSPTLCK, 0))
	number, err := unix.IoctlGetInt(int(keeper.Fd()), unix.TIOCGPTN)
	require.NoError(t, err)
	screen, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = screen.Close() })
	return keeper, screen
}

// onTerminal runs the command with standard output on a terminal, and standard
// error too when both is set; it returns what stood there, and the exit code.
func onTerminal(t *testing.T, both bool, args ...string) (shown, errOut string, code int) {
	t.Helper()
	keeper, screen := openTerminal(t)
	c := process(t, &script{}, args...)
	var complaint strings.Builder
	c.Stdin, c.Stdout, c.Stderr = screen, screen, &complaint
	if both {
		c.Stderr = screen
	}
	require.NoError(t, c.Start())
	require.NoError(t, screen.Close())
	all, _ := io.ReadAll(keeper) // EIO when the last writer has gone
	_ = c.Wait()
	return strings.ReplaceAll(string(all), "\r\n", "\n"), complaint.String(), c.ProcessState.ExitCode()
}

// T50: a token is not shown on a screen unless the user says so.
func TestTerminalGetsNoToken(t *testing.T) {
	for _, args := range []string{"token NAME", "header NAME", "token NAME --json", "--json header NAME"} {
		shown, errOut, code := onTerminal(t, false, strings.Fields(args)...)
		assert.Equal(t, 2, code, args)
		assert.Empty(t, shown, args)
		assert.Contains(t, errOut, "--show", args)
		assert.NotContains(t, errOut, sentinel, args)

		shown, _, code = onTerminal(t, true, strings.Fields(args)...)
		assert.Equal(t, 2, code, args)
		assert.NotContains(t, shown, sentinel, args)
	}
	shown, errOut, code := onTerminal(t, false, "token", "NAME", "--show")
	assert.Zero(t, code)
	assert.Equal(t, accessToken+"\n", shown)
	assert.Empty(t, errOut)
}

// The program that runs has the terminal, as if it had been started there.
func TestExecHandsTheTerminalOn(t *testing.T) {
	shown, _, code := onTerminal(t, true, "exec", "NAME", "--", "sh", "-c", "test -t 0 && test -t 1 && test -t 2 && echo terminal")
	assert.Zero(t, code)
	assert.Equal(t, "terminal\n", shown)
}
