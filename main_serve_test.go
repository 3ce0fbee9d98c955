//go:build e2e && unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const servePassphrase = "correct horse battery"

// served is the program with --serve on one data folder.
type served struct {
	*testing.T
	binary, dir string
	port        int
}

func newServed(t *testing.T) *served {
	binary, err := filepath.Abs("bin/tokenwell-desktop")
	require.NoError(t, err)
	listener, err := net.Listen("tcp4", "127.0.0.1:0") //nolint:noctx // only asks for a free port
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	return &served{T: t, binary: binary, dir: t.TempDir(), port: listener.Addr().(*net.TCPAddr).Port}
}

// command is the program with a passphrase on file descriptor 3, unless it is
// empty. No keyring can be reached, so that nothing of the user's is touched.
func (s *served) command(ctx context.Context, passphrase string, args ...string) *exec.Cmd {
	s.Helper()
	args = append([]string{"--data-dir", s.dir, "--serve", "--local-port", strconv.Itoa(s.port)}, args...)
	if passphrase != "" {
		args = append(args, "--passphrase-fd", "3")
	}
	program := exec.CommandContext(ctx, s.binary, args...) //nolint:gosec // built by make
	program.Env = append(os.Environ(), "DBUS_SESSION_BUS_ADDRESS=disabled:", "DISPLAY=", "WAYLAND_DISPLAY=")
	if passphrase != "" {
		read, write, err := os.Pipe()
		require.NoError(s, err)
		s.Cleanup(func() { _ = read.Close() })
		_, err = io.WriteString(write, passphrase+"\n")
		require.NoError(s, err)
		require.NoError(s, write.Close())
		program.ExtraFiles = []*os.File{read}
	}
	return program
}

// refused runs the program, which has to end at once, and returns what it said.
func (s *served) refused(passphrase string, args ...string) string {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), 30*time.Second)
	defer cancel()
	program := s.command(ctx, passphrase, args...)
	var out bytes.Buffer
	program.Stdout = &out
	var complaint bytes.Buffer
	program.Stderr = &complaint
	require.Error(s, program.Run())
	require.NoError(s, ctx.Err(), "it goes on running")
	assert.Empty(s, out.String())
	return complaint.String()
}

// start returns the running program and the address that it printed.
func (s *served) start() (program *exec.Cmd, address string) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), time.Minute)
	s.Cleanup(cancel)
	program = s.command(ctx, servePassphrase)
	out, err := program.StdoutPipe()
	require.NoError(s, err)
	program.Stderr = os.Stderr
	require.NoError(s, program.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(s, err)
	return program, strings.TrimSpace(line)
}

func (s *served) discovery(address string) (issuer string) {
	s.Helper()
	request, err := http.NewRequestWithContext(s.Context(), http.MethodGet, address, nil)
	require.NoError(s, err)
	response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
	require.NoError(s, err)
	defer func() { _ = response.Body.Close() }()
	var document struct{ Issuer string }
	require.NoError(s, json.NewDecoder(response.Body).Decode(&document))
	return document.Issuer
}

func TestServeRunsTheLocalServerUntilInterrupted(t *testing.T) {
	s := newServed(t)
	issuer := "http://127.0.0.1:" + strconv.Itoa(s.port)
	for _, end := range []os.Signal{os.Interrupt, syscall.SIGTERM} { // the vault is made, then opened
		program, address := s.start()
		assert.Equal(t, issuer+"/.well-known/openid-configuration", address)
		assert.Equal(t, issuer, s.discovery(address))
		assert.Contains(t, s.refused(servePassphrase), "has this data folder open", "one program on one data folder")
		require.NoError(t, program.Process.Signal(end))
		require.NoError(t, program.Wait(), "an interrupt is no failure")
	}
	assert.Contains(t, s.refused("not the passphrase"), "the vault can't be opened")
	assert.Contains(t, s.refused(""), "--passphrase-fd")
}

func TestServeSaysWhatIsInItsWay(t *testing.T) {
	s := newServed(t)
	assert.Contains(t, s.refused("", "--passphrase-fd", "7"), "file descriptor 7")
	assert.Contains(t, s.refused("", "--passphrase-fd", "1"), "file descriptor 1")
	assert.Contains(t, s.refused("", "--passphrase-fd", "0"), "gives no passphrase")
	assert.Contains(t, s.refused("short"), "at least 12 characters")
	assert.Contains(t, s.refused(""), "keyring")

	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp4", "127.0.0.1:"+strconv.Itoa(s.port))
	require.NoError(t, err)
	defer func() { _ = taken.Close() }()
	assert.Contains(t, s.refused(servePassphrase), "another program uses port "+strconv.Itoa(s.port))
}
