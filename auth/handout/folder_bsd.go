//go:build unix && !linux

package handout

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// folderFlags opens the folder for reading: there is no other way here.
const folderFlags = unix.O_RDONLY

// path is the socket's path.
func (f *folder) path() string { return filepath.Join(f.dir, f.name) }

// listen makes the socket. Until its mode is set the folder keeps others out,
// which was checked.
func (f *folder) listen() (*net.UnixListener, error) {
	var config net.ListenConfig
	l, err := unixListener(config.Listen(context.Background(), "unix", f.path()))
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(f.path(), 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}
