//go:build unix

package db_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/db"
)

// modeOf is a folder's mode.
func modeOf(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Lstat(path)
	require.NoError(t, err)
	return info.Mode()
}

// T43, T56: the socket's folder is closed to others whatever the umask, and
// taken as it is when it is closed already.
func TestRunDirIsPrivate(t *testing.T) {
	base := t.TempDir()
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	dir := db.PlaceIn(filepath.Join(base, "some", "data")).Run
	for range 2 {
		require.NoError(t, db.MakeRunDir(dir))
		assert.Equal(t, fs.ModeDir|0o700, modeOf(t, dir))
	}
	assert.Equal(t, fs.ModeDir|0o700, modeOf(t, filepath.Dir(dir)))

	require.NoError(t, os.Chmod(dir, 0o755)) //nolint:gosec // wider on purpose
	require.NoError(t, db.MakeRunDir(dir))
	assert.Equal(t, fs.ModeDir|0o700, modeOf(t, dir), "an empty one that is ours is closed")
}

// T43, T57: what others may have put in its place is refused and left alone.
func TestRunDirThatWasPlanted(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	for name, plant := range map[string]func(t *testing.T, parent, dir string){
		"a link": func(t *testing.T, parent, dir string) {
			require.NoError(t, os.Mkdir(filepath.Join(parent, "elsewhere"), 0o700))
			require.NoError(t, os.Symlink("elsewhere", dir))
		},
		"a link to nothing": func(t *testing.T, _, dir string) { require.NoError(t, os.Symlink("nothing", dir)) },
		"a file":            func(t *testing.T, _, dir string) { require.NoError(t, os.WriteFile(dir, nil, 0o600)) },
		"a folder of another user": func(t *testing.T, _, dir string) {
			require.NoError(t, os.Mkdir(dir, 0o700))
			needRoot(t, os.Lchown(dir, 4711, 4711))
		},
		"a folder in which others left something": func(t *testing.T, _, dir string) {
			require.NoError(t, os.Mkdir(dir, 0o777)) //nolint:gosec // wider on purpose
			require.NoError(t, os.WriteFile(filepath.Join(dir, "handout.sock"), nil, 0o600))
		},
		"a parent for everybody": func(t *testing.T, parent, _ string) {
			require.NoError(t, os.Chmod(parent, 0o777)) //nolint:gosec // wider on purpose
		},
		"a parent for a group": func(t *testing.T, parent, _ string) {
			require.NoError(t, os.Chmod(parent, 0o770)) //nolint:gosec // wider on purpose
		},
		"a parent of another user": func(t *testing.T, parent, _ string) { needRoot(t, os.Lchown(parent, 4711, 4711)) },
		"a parent that is another user's link": func(t *testing.T, parent, _ string) {
			require.NoError(t, os.Rename(parent, parent+"2"))
			require.NoError(t, os.Symlink(parent+"2", parent))
			needRoot(t, os.Lchown(parent, 4711, 4711))
		},
		"a link to another user's parent": func(t *testing.T, parent, _ string) {
			require.NoError(t, os.Rename(parent, parent+"2"))
			require.NoError(t, os.Symlink(parent+"2", parent))
			needRoot(t, os.Lchown(parent+"2", 4711, 4711))
		},
	} {
		t.Run(name, func(t *testing.T) {
			parent := filepath.Join(t.TempDir(), "parent")
			dir := filepath.Join(parent, "run")
			require.NoError(t, os.Mkdir(parent, 0o700))
			plant(t, parent, dir)
			before := treeOf(t, parent)
			require.Error(t, db.MakeRunDir(dir))
			assert.Equal(t, before, treeOf(t, parent))
		})
	}
	t.Run("a parent like /tmp", func(t *testing.T) {
		parent := filepath.Join(t.TempDir(), "parent")
		require.NoError(t, os.Mkdir(parent, 0o700))
		require.NoError(t, os.Chmod(parent, 0o777|fs.ModeSticky)) //nolint:gosec // wider on purpose
		require.NoError(t, db.MakeRunDir(filepath.Join(parent, "run")))
		assert.Equal(t, fs.ModeDir|0o700, modeOf(t, filepath.Join(parent, "run")))
	})
}

// needRoot skips what only root can set up.
func needRoot(t *testing.T, err error) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root gives files away")
	}
	require.NoError(t, err)
}

// treeOf is every name below a folder with its mode.
func treeOf(t *testing.T, dir string) map[string]fs.FileMode {
	t.Helper()
	tree := map[string]fs.FileMode{}
	require.NoError(t, filepath.Walk(dir, func(path string, info fs.FileInfo, err error) error {
		require.NoError(t, err)
		tree[path] = info.Mode()
		return nil
	}))
	return tree
}

// The default place is the user's own, and another folder holds everything.
func TestPlaces(t *testing.T) {
	p := db.PlaceIn("/somewhere")
	assert.Equal(t, "/somewhere/run/handout.sock", p.Socket())
	assert.Equal(t, "/somewhere", p.Data)
	p = db.DefaultPlace()
	for _, path := range []string{p.Data, p.Logs, p.Run} {
		assert.True(t, filepath.IsAbs(path), path)
	}
}
