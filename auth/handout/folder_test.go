//go:build unix

package handout

import (
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// The socket is this user's alone from its first moment, whatever the umask (T43).
func TestSocketMode(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	f, err := openFolder(filepath.Join(runDir(t), "handout.sock"))
	require.NoError(t, err)
	defer f.close()
	l, err := f.listen()
	require.NoError(t, err)
	defer l.Close()
	info, err := os.Lstat(filepath.Join(f.dir, f.name))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600)|os.ModeSocket, info.Mode())
}

// badPlaces are folders and files that others can reach into, or that are not
// what they should be (T43, T44). Each makes one and returns the socket's path.
var badPlaces = map[string]func(t *testing.T) string{
	"folder open to the group": func(t *testing.T) string {
		dir := runDir(t)
		require.NoError(t, os.Chmod(dir, 0o710))
		return live(t, filepath.Join(dir, "handout.sock"))
	},
	"folder open to all": func(t *testing.T) string {
		dir := runDir(t)
		require.NoError(t, os.Chmod(dir, 0o777|os.ModeSticky))
		return live(t, filepath.Join(dir, "handout.sock"))
	},
	"link to a folder": func(t *testing.T) string {
		dir := runDir(t)
		live(t, filepath.Join(dir, "handout.sock"))
		require.NoError(t, os.Symlink(dir, dir+"-link"))
		return filepath.Join(dir+"-link", "handout.sock")
	},
	"a file as folder": func(t *testing.T) string {
		dir := filepath.Join(t.TempDir(), "run")
		require.NoError(t, os.WriteFile(dir, nil, 0o600))
		return filepath.Join(dir, "handout.sock")
	},
	"link to a socket": func(t *testing.T) string {
		dir := runDir(t)
		live(t, filepath.Join(dir, "other.sock"))
		require.NoError(t, os.Symlink("other.sock", filepath.Join(dir, "handout.sock")))
		return filepath.Join(dir, "handout.sock")
	},
	"a file as socket": func(t *testing.T) string {
		path := filepath.Join(runDir(t), "handout.sock")
		require.NoError(t, os.WriteFile(path, []byte("mine"), 0o600))
		return path
	},
	"a folder as socket": func(t *testing.T) string {
		path := filepath.Join(runDir(t), "handout.sock")
		require.NoError(t, os.Mkdir(path, 0o700))
		return path
	},
	"a pipe as socket": func(t *testing.T) string {
		path := filepath.Join(runDir(t), "handout.sock")
		require.NoError(t, unix.Mkfifo(path, 0o600))
		return path
	},
}

// live is a socket that somebody of this user's listens at.
func live(t *testing.T, path string) string {
	t.Helper()
	l, err := net.Listen("unix", path)
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	return path
}

func TestBadPlaces(t *testing.T) {
	for name, place := range badPlaces {
		t.Run(name, func(t *testing.T) {
			socket := place(t)
			before, _ := os.Lstat(socket)
			_, err := Dial(t.Context(), socket)
			require.ErrorIs(t, err, ErrUntrusted, "the client")
			s := serverAt(socket)
			require.ErrorIs(t, s.Start(), ErrUntrusted, "the server")
			require.NoError(t, s.Close())
			after, _ := os.Lstat(socket)
			if before != nil {
				assert.True(t, os.SameFile(before, after), "what lay there is untouched")
			}
		})
	}
}

// A server that was killed leaves its socket: the next one replaces it.
func TestDeadSocketIsReplaced(t *testing.T) {
	socket := filepath.Join(runDir(t), "handout.sock")
	l, err := net.Listen("unix", socket)
	require.NoError(t, err)
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	require.NoError(t, l.Close())
	_, err = Dial(t.Context(), socket)
	require.ErrorIs(t, err, ErrNoServer, "nobody answers at it")
	s := serverAt(socket)
	require.NoError(t, s.Start())
	defer s.Close()
	c, err := Dial(t.Context(), socket)
	require.NoError(t, err)
	require.NoError(t, c.Close())
}

// A second server leaves the first one's socket alone.
func TestServedSocketIsLeft(t *testing.T) {
	r := newRig(t, nil)
	second := r.another()
	require.ErrorIs(t, second.Start(), ErrServed)
	require.NoError(t, second.Close())
	_, err := r.dial().Status(r.ctx())
	require.NoError(t, err)
}

// Close removes the socket that it made, and no other.
func TestCloseLeavesOthersSocket(t *testing.T) {
	r := newRig(t, nil)
	require.NoError(t, os.Rename(r.socket, r.socket+".old"))
	live(t, r.socket)
	require.NoError(t, r.server.Close())
	_, err := os.Lstat(r.socket)
	require.NoError(t, err)
}

// A path that is longer than an address of a socket can be.
func TestLongPath(t *testing.T) {
	if folderFlags == unix.O_RDONLY {
		t.Skip("this system has no other way to a socket than its path")
	}
	dir := filepath.Join(t.TempDir(), "a-folder-with-a-long-name-that-a-user-may-well-have-chosen",
		"another-folder-with-a-long-name-that-a-user-may-well-have-chosen", "run")
	require.NoError(t, os.MkdirAll(dir, 0o700))
	s := serverAt(filepath.Join(dir, "handout.sock"))
	require.NoError(t, s.Start())
	c, err := Dial(t.Context(), filepath.Join(dir, "handout.sock"))
	require.NoError(t, err)
	require.NoError(t, c.Close())
	require.NoError(t, s.Close())
}
