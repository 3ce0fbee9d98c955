package handout

import (
	"context"
	"net"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// folderFlags: the folder is only a place to start from, it is not read.
const folderFlags = unix.O_PATH

// path is the socket's path through the open folder: it can't be swapped, and is
// short whatever the folder's own path is.
func (f *folder) path() string { return "/proc/self/fd/" + strconv.Itoa(f.fd) + "/" + f.name }

// listen makes the socket, for this user alone from its first moment (T43): the
// kernel gives the file the mode of the socket that is bound.
func (f *folder) listen() (*net.UnixListener, error) {
	var refused error
	config := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		err := c.Control(func(fd uintptr) { refused = unix.Fchmod(int(fd), 0o600) })
		if refused != nil {
			return refused
		}
		return err
	}}
	return unixListener(config.Listen(context.Background(), "unix", f.path()))
}
