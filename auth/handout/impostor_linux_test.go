package handout

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// somebody is a user who is not the one of the tests.
const somebody = 65534

// asSomebody is a helper that another user runs; the test is skipped when this
// user can't become another.
func asSomebody(t *testing.T, verb, socket string) *exec.Cmd {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can act as another user")
	}
	cmd := asHelper(t, verb, socket)
	cmd.Path = "/proc/self/exe" // the folders above the file are closed to others
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: somebody, Gid: somebody}}
	return cmd
}

// reachable is a folder that every user can get to.
func reachable(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "handout")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, os.RemoveAll(dir)) })
	require.NoError(t, os.Chmod(dir, 0o755))
	return dir
}

// Another user gets no token: not through the folder, and not when folder and
// socket have been opened to all (T43).
func TestAnotherUserIsRefused(t *testing.T) {
	var dir string
	r := newRig(t, func(p *ServerParams) {
		dir = filepath.Join(reachable(t), "run")
		require.NoError(t, os.Mkdir(dir, 0o700))
		p.Socket = filepath.Join(dir, "handout.sock")
	})
	socket := r.params.Socket
	out, err := asSomebody(t, "raw", socket).CombinedOutput()
	require.NoError(t, err)
	assert.Contains(t, string(out), "permission denied")

	require.NoError(t, os.Chmod(dir, 0o777))
	require.NoError(t, os.Chmod(socket, 0o666))
	out, err = asSomebody(t, "raw", socket).CombinedOutput()
	require.NoError(t, err)
	assert.Equal(t, "closed\n", string(out))
	assert.Empty(t, r.seen(), "no request of another user's is looked at")
	assert.Contains(t, r.log.String(), "refused")
	out, err = asHelper(t, "raw", socket).CombinedOutput()
	require.NoError(t, err)
	assert.Contains(t, string(out), "heard HTTP/1.1 200", "this user's program is heard")
}

// serving runs an impostor and returns what it hears.
func serving(t *testing.T, cmd *exec.Cmd) (heard func() string) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(out)
	require.True(t, lines.Scan())
	require.Equal(t, "ready", lines.Text())
	return func() string {
		require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
		var all []string
		for lines.Scan() {
			all = append(all, lines.Text())
		}
		require.NoError(t, cmd.Wait())
		return strings.Join(all, "\n")
	}
}

// The folder and even the file are this user's, but another user's process
// listens: nothing is sent to it (T44).
func TestImpostorInOurFolder(t *testing.T) {
	dir := filepath.Join(reachable(t), "run")
	require.NoError(t, os.Mkdir(dir, 0o700))
	require.NoError(t, os.Chmod(dir, 0o777))
	socket := filepath.Join(dir, "handout.sock")
	heard := serving(t, asSomebody(t, "serve", socket))
	require.NoError(t, os.Chmod(dir, 0o700))
	_, err := Dial(t.Context(), socket)
	require.ErrorIs(t, err, ErrUntrusted, "the file is another user's")
	require.NoError(t, os.Chown(socket, 0, 0))
	_, err = Dial(t.Context(), socket)
	require.ErrorIs(t, err, ErrUntrusted, "the process is another user's")
	assert.Empty(t, heard())
}

// The folder is swapped for an impostor's again and again while a client dials:
// it speaks to the right one or to none (T44). The impostor is of the same user,
// so that only the folder tells it apart.
func TestSwappedFolder(t *testing.T) {
	const swaps = 10_000
	r := newRig(t, nil)
	ours := filepath.Dir(r.socket)
	theirs := ours + "-theirs"
	require.NoError(t, os.Mkdir(theirs, 0o755))
	heard := serving(t, asHelper(t, "serve", filepath.Join(theirs, "handout.sock")))

	var swapping sync.WaitGroup
	var over atomic.Bool
	swapping.Go(func() {
		defer over.Store(true)
		for range swaps {
			if !assert.NoError(t, unix.Renameat2(unix.AT_FDCWD, ours, unix.AT_FDCWD, theirs, unix.RENAME_EXCHANGE)) {
				return
			}
		}
	})
	answered, refused := 0, 0
	for !over.Load() {
		c, err := Dial(r.ctx(), r.socket)
		if errors.Is(err, ErrUntrusted) {
			refused++
			continue
		}
		require.NoError(t, err)
		token, err := c.Token(r.ctx(), TokenRequest{Name: "Sales"})
		require.NoError(t, err)
		require.Equal(t, "at-Sales", token.AccessToken.Reveal())
		require.NoError(t, c.Close())
		answered++
	}
	swapping.Wait()
	t.Logf("%d answered, %d refused", answered, refused)
	assert.NotZero(t, answered)
	assert.NotZero(t, refused)
	assert.Empty(t, heard())
}

// The same for the socket's place in a folder that another process of this user
// changes: a link put there is not followed when it is seen, and what is
// removed at a start is never what was not looked at.
func TestServerStartsAgainstSwaps(t *testing.T) {
	ours := runDir(t)
	theirs := ours + "-theirs"
	require.NoError(t, os.Mkdir(theirs, 0o755))
	precious := filepath.Join(theirs, "handout.sock")
	require.NoError(t, os.WriteFile(precious, []byte("mine"), 0o600))
	var swapping sync.WaitGroup
	var over atomic.Bool
	swapping.Go(func() {
		defer over.Store(true)
		for range 2000 { // an even number: each is at its own place in the end
			_ = unix.Renameat2(unix.AT_FDCWD, ours, unix.AT_FDCWD, theirs, unix.RENAME_EXCHANGE)
		}
	})
	started := 0
	for !over.Load() {
		s := serverAt(filepath.Join(ours, "handout.sock"))
		if err := s.Start(); err == nil {
			started++
		} else {
			require.ErrorIs(t, err, ErrUntrusted)
		}
		require.NoError(t, s.Close())
	}
	swapping.Wait()
	content, err := os.ReadFile(precious)
	require.NoError(t, err)
	assert.Equal(t, "mine", string(content))
	assert.NotZero(t, started)
}
