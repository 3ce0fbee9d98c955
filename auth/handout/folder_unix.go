//go:build unix

package handout

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// folder is the socket's folder, held open: whatever becomes of its path, what is
// done through it happens in the folder that was checked, where only this user
// can put anything (T44).
type folder struct {
	fd  int
	dir string
	// name is the socket's in it.
	name string
}

// openFolder opens and checks the folder of a socket's path. The error wraps
// fs.ErrNotExist when there is none, ErrUntrusted when it is not this user's alone.
func openFolder(socket string) (*folder, error) {
	dir, name := filepath.Split(socket)
	fd, err := unix.Open(filepath.Clean(dir), folderFlags|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	switch {
	case errors.Is(err, unix.ELOOP), errors.Is(err, unix.ENOTDIR):
		return nil, fmt.Errorf("%w: %s is not a folder", ErrUntrusted, filepath.Clean(dir))
	case err != nil:
		return nil, &fs.PathError{Op: "open", Path: dir, Err: err}
	}
	f := &folder{fd: fd, dir: filepath.Clean(dir), name: name}
	var stat unix.Stat_t
	if err := unix.Fstat(fd, &stat); err != nil {
		f.close()
		return nil, &fs.PathError{Op: "stat", Path: dir, Err: err}
	}
	if int64(stat.Uid) != int64(os.Geteuid()) || stat.Mode&0o077 != 0 {
		f.close()
		return nil, fmt.Errorf("%w: others than this user can reach into %s", ErrUntrusted, f.dir)
	}
	return f, nil
}

// close gives the folder back.
func (f *folder) close() { _ = unix.Close(f.fd) }

// entry is a file as the system tells it apart from others.
type entry struct{ device, inode uint64 }

// socket looks at what lies at the socket's place. The error wraps fs.ErrNotExist
// when nothing does, ErrUntrusted when it is not a socket of this user's.
func (f *folder) socket() (entry, error) {
	var stat unix.Stat_t
	if err := unix.Fstatat(f.fd, f.name, &stat, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return entry{}, &fs.PathError{Op: "stat", Path: filepath.Join(f.dir, f.name), Err: err}
	}
	if stat.Mode&unix.S_IFMT != unix.S_IFSOCK || int64(stat.Uid) != int64(os.Geteuid()) {
		return entry{}, fmt.Errorf("%w: %s is not a socket of this user's", ErrUntrusted, filepath.Join(f.dir, f.name))
	}
	return entry{uint64(stat.Dev), stat.Ino}, nil //nolint:unconvert // its type differs between systems
}

// remove takes the socket away if it is still the one that is meant.
func (f *folder) remove(what entry) error {
	now, err := f.socket()
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, ErrUntrusted), err == nil && now != what:
		return nil // not ours
	case err != nil:
		return err
	}
	return unix.Unlinkat(f.fd, f.name, 0)
}

// connect connects to the socket.
func (f *folder) connect(ctx context.Context) (*net.UnixConn, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", f.path())
	if err != nil {
		return nil, err
	}
	u, ok := conn.(*net.UnixConn)
	if !ok {
		return nil, errors.Join(errors.ErrUnsupported, conn.Close())
	}
	return u, nil
}

// absent tells whether an error means that nobody listens.
func absent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ECONNREFUSED)
}

// busy tells whether so many wait to be let in that one more has to come again.
func busy(err error) bool { return errors.Is(err, unix.EAGAIN) }
