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
	"tokenwell/db/dbtest"
)

// T56: whatever the umask, nobody else can read or list anything.
func TestModesUnderAnyUmask(t *testing.T) {
	for _, umask := range []int{0o000, 0o022, 0o077} {
		base := t.TempDir()
		old := syscall.Umask(umask)
		p := place{dir: filepath.Join(base, "a", "data"), keyring: dbtest.NewKeyring()}
		release, err := db.Own(p.dir)
		require.NoError(t, err)
		d := p.create(t)
		a, g := dbtest.CreateActive(t, d)
		unlock, err := d.Lock(ctx, a.ID)
		require.NoError(t, err)
		require.NoError(t, d.Spill(ctx, a.ID, 1, g))
		syscall.Umask(old)

		seen := 0
		require.NoError(t, filepath.WalkDir(p.dir, func(path string, e fs.DirEntry, err error) error {
			require.NoError(t, err)
			info, err := e.Info()
			require.NoError(t, err)
			want := fs.FileMode(0o600)
			if e.IsDir() {
				want = 0o700
			}
			assert.Equal(t, want, info.Mode().Perm(), "%s under umask %o", path, umask)
			seen++
			return nil
		}))
		assert.GreaterOrEqual(t, seen, 9, "data, database, -wal, -shm, owner.lock, state, two folders, lock and spill")
		unlock()
		release()
	}
}

// T57: a link planted at our path is refused and its target stays as it is.
func TestPlantedFilesAreRefused(t *testing.T) {
	plant := map[string]func(target, at string) error{"symbolic link": os.Symlink, "hard link": os.Link}
	for how, link := range plant {
		for _, name := range []string{"tokenwell.db", "tokenwell.db-wal", "owner.lock"} {
			t.Run(how+" at "+name, func(t *testing.T) {
				p := newPlace(t)
				require.NoError(t, os.Mkdir(p.dir, 0o700))
				if name == "tokenwell.db-wal" {
					require.NoError(t, p.create(t).Close())
				}
				target := filepath.Join(t.TempDir(), "target")
				require.NoError(t, os.WriteFile(target, []byte("precious"), 0o644))
				require.NoError(t, link(target, filepath.Join(p.dir, name)))
				if name == "owner.lock" {
					_, err := db.Own(p.dir)
					require.Error(t, err)
				} else {
					_, err := db.Open(ctx, db.Params{Dir: p.dir, Keyring: p.keyring})
					require.Error(t, err)
				}
				content, err := os.ReadFile(target)
				require.NoError(t, err)
				assert.Equal(t, "precious", string(content))
				info, err := os.Stat(target)
				require.NoError(t, err)
				assert.Equal(t, fs.FileMode(0o644), info.Mode().Perm())
			})
		}
	}
	t.Run("a folder that others can write in", func(t *testing.T) {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "something"), nil, 0o600))
		require.NoError(t, os.Chmod(dir, 0o777))
		_, err := db.Open(ctx, db.Params{Dir: dir})
		require.Error(t, err)
	})
	t.Run("a database that was readable is closed to others", func(t *testing.T) {
		p := newPlace(t)
		require.NoError(t, p.create(t).Close())
		require.NoError(t, os.Chmod(db.File(p.dir), 0o644))
		p.reopen(t)
		info, err := os.Stat(db.File(p.dir))
		require.NoError(t, err)
		assert.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	})
}
