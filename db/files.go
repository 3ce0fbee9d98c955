package db

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// File is the database file of a data folder.
func File(dir string) string { return filepath.Join(dir, "tokenwell.db") }

// LockDir is the folder of the lock files, one per authorization.
func LockDir(dir string) string { return filepath.Join(dir, "state", "locks") }

// SpillDir is the folder of what could not be written to the database.
func SpillDir(dir string) string { return filepath.Join(dir, "state", "spill") }

const (
	dirMode  fs.FileMode = 0o700
	fileMode fs.FileMode = 0o600
)

// errPlanted is the reason why a file or a folder is not used.
var errPlanted = errors.New("not used for secrets")

// makePrivateDir makes dir, or takes the one that is there when it is ours, and
// closes it to others. A folder that holds files and in which others could
// write is refused: they may have planted something.
func makePrivateDir(dir string) error {
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return fmt.Errorf("the data folder can't be made: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("the data folder: %w", err)
	}
	if !info.IsDir() || !ours(info) {
		return fmt.Errorf("%s: %w: it is not a folder of yours; choose another data folder", dir, errPlanted)
	}
	if wider(info, dirMode) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return fmt.Errorf("the data folder: %w", err)
		}
		if len(entries) > 0 && info.Mode().Perm()&0o022 != 0 {
			return fmt.Errorf("%s: %w: others can write in it; look through it, then run: chmod 700 '%s'", dir, errPlanted, dir)
		}
		if err := os.Chmod(dir, dirMode); err != nil {
			return fmt.Errorf("the data folder can't be closed to others: %w", err)
		}
	}
	return nil
}

// makePrivateFile makes an empty file at path, or checks the one that is there,
// so that SQLite gives its companions the same narrow mode.
func makePrivateFile(path string) error {
	f, err := createPrivate(path)
	if err == nil {
		if err := errors.Join(f.Close(), syncDir(filepath.Dir(path))); err != nil {
			return fmt.Errorf("%s can't be made: %w", path, err)
		}
		return nil
	}
	if !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s can't be made: %w", path, err)
	}
	for _, p := range []string{path, path + "-wal", path + "-shm", path + "-journal"} {
		if err := checkPrivate(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// createPrivate makes a new file; fs.ErrExist when anything stands there.
func createPrivate(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL|noFollow, fileMode) //nolint:gosec // the path is ours
	if err != nil {
		return nil, err
	}
	return f, nil
}

// checkPrivate looks at an existing file without opening it: closing a
// database file that SQLite has open could drop its locks.
func checkPrivate(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() || !ours(info) || links(info) != 1 {
		return fmt.Errorf("%s: %w: it is a link, or belongs to someone else; move it away and start again", path, errPlanted)
	}
	if wider(info, fileMode) {
		if err := os.Chmod(path, fileMode); err != nil {
			return fmt.Errorf("%s can't be closed to others: %w", path, err)
		}
	}
	return nil
}
