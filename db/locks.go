package db

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/uuid"

	"tokenwell/auth"
)

// ErrOwned says that another process has the data folder.
var ErrOwned = errors.New("another Tokenwell has this data folder open; use its window, or end it first")

// errLocked is what tryLock gives while someone else holds the file's lock.
var errLocked = errors.New("locked")

// Own takes the data folder for this process and returns its release. It does
// not wait: ErrOwned when another Tokenwell has it. The kernel frees the lock
// of a killed process.
func Own(dir string) (release func(), err error) {
	if err := makePrivateDir(dir); err != nil {
		return nil, err
	}
	f, err := openLockFile(filepath.Join(dir, ownerLock))
	if err != nil {
		return nil, err
	}
	if err := tryLock(f); err != nil {
		_ = f.Close()
		if errors.Is(err, errLocked) {
			return nil, fmt.Errorf("%s: %w", dir, ErrOwned)
		}
		return nil, fmt.Errorf("the data folder can't be locked: %w", err)
	}
	return releaseOf(f), nil
}

// ownPause is how long a waiting OwnWhenFree sleeps between tries: what the
// owner served is served again within a fraction of a second.
const ownPause = 100 * time.Millisecond

// OwnWhenFree is Own that waits until the folder is free, or ctx ends.
func OwnWhenFree(ctx context.Context, dir string) (release func(), err error) {
	for {
		release, err := Own(dir)
		if !errors.Is(err, ErrOwned) {
			return release, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(ownPause):
		}
	}
}

// lockPause is how long a waiting Lock sleeps between tries: short against a
// token request, long against a system call.
const lockPause = 5 * time.Millisecond

// Lock implements auth.AttemptStore. Two locks of one authorization exclude
// each other within this process too.
func (d *DB) Lock(ctx context.Context, id string) (release func(), err error) {
	if _, err := uuid.Parse(id); err != nil {
		return nil, auth.ErrNotFound // an ID becomes a file name: nothing else may
	}
	path := filepath.Join(LockDir(d.dir), id+".lock")
	for {
		f, err := openLockFile(path)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", auth.ErrStorage, err)
		}
		err = tryLock(f)
		if err == nil && stands(f, path) {
			return releaseOf(f), nil
		}
		_ = f.Close()
		if err != nil && !errors.Is(err, errLocked) {
			return nil, fmt.Errorf("%w: the lock file: %w", auth.ErrStorage, err)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(lockPause):
		}
	}
}

// stands tells whether f is still the file at path. A purge removes the lock
// file of an authorization that is gone, and a lock on a removed file would
// exclude nobody.
func stands(f *os.File, path string) bool {
	mine, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Lstat(path)
	return err == nil && os.SameFile(mine, there)
}

// openLockFile opens a lock file, which is made when it is missing.
func openLockFile(path string) (*os.File, error) {
	for {
		err := checkPrivate(path)
		if errors.Is(err, fs.ErrNotExist) {
			f, err := createPrivate(path)
			if errors.Is(err, fs.ErrExist) {
				continue
			}
			if err != nil {
				return nil, fmt.Errorf("the lock file can't be made: %w", err)
			}
			return f, nil
		}
		if err != nil {
			return nil, err
		}
		f, err := os.OpenFile(path, os.O_RDWR|noFollow, fileMode) //nolint:gosec // the path is ours
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("the lock file can't be opened: %w", err)
		}
		return f, nil
	}
}

// releaseOf frees the lock by closing the file, once.
func releaseOf(f *os.File) func() {
	return sync.OnceFunc(func() { _ = f.Close() })
}
