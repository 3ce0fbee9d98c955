package handout

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// folder is the socket's folder.
type folder struct{ dir, name string }

// openFolder checks the folder of a socket's path. The error wraps fs.ErrNotExist
// when there is none, ErrUntrusted when it is not this user's.
func openFolder(socket string) (*folder, error) {
	f := &folder{dir: filepath.Dir(socket), name: filepath.Base(socket)}
	info, err := os.Lstat(f.dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() { // a link or a junction is none either
		return nil, fmt.Errorf("%w: %s is not a folder", ErrUntrusted, f.dir)
	}
	if mine, err := ownedByUs(f.dir); err != nil || !mine {
		return nil, fmt.Errorf("%w: %s is not this user's", ErrUntrusted, f.dir)
	}
	return f, nil
}

// ownedByUs tells whether a file belongs to this user, or to the administrators,
// to whom the files of an elevated process belong.
func ownedByUs(path string) (bool, error) {
	security, err := windows.GetNamedSecurityInfo(path, windows.SE_FILE_OBJECT, windows.OWNER_SECURITY_INFORMATION)
	if err != nil {
		return false, err
	}
	owner, _, err := security.Owner()
	if err != nil {
		return false, err
	}
	us, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return false, err
	}
	return owner.Equals(us.User.Sid) || owner.IsWellKnown(windows.WinBuiltinAdministratorsSid), nil
}

func (f *folder) close() {}

func (f *folder) path() string { return filepath.Join(f.dir, f.name) }

// entry is a file as the system tells it apart from others.
type entry struct{ written int64 }

// socket looks at what lies at the socket's place. The error wraps fs.ErrNotExist
// when nothing does, ErrUntrusted when it is not a socket.
func (f *folder) socket() (entry, error) {
	info, err := os.Lstat(f.path())
	if err != nil {
		return entry{}, err
	}
	// A socket is a reparse point, which is irregular or a socket to Go, but never
	// a folder or a file with content.
	if info.IsDir() || info.Mode().IsRegular() || info.Mode()&fs.ModeSymlink != 0 {
		return entry{}, fmt.Errorf("%w: %s is not a socket", ErrUntrusted, f.path())
	}
	return entry{info.ModTime().UnixNano()}, nil
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
	return os.Remove(f.path())
}

// listen makes the socket; who may reach it follows from the folder.
func (f *folder) listen() (*net.UnixListener, error) {
	var config net.ListenConfig
	return unixListener(config.Listen(context.Background(), "unix", f.path()))
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
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, windows.WSAECONNREFUSED)
}

// busy tells whether so many wait to be let in that one more has to come again.
func busy(error) bool { return false }
