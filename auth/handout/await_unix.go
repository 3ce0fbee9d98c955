//go:build unix

package handout

import (
	"errors"
	"net"

	"golang.org/x/sys/unix"
)

// awaitBytes waits until there is something to read, or the end of the
// connection, and reads nothing: what is to be read is not in this process yet.
func awaitBytes(conn *net.UnixConn) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var got error
	err = raw.Read(func(fd uintptr) bool {
		var one [1]byte
		_, _, got = unix.Recvfrom(int(fd), one[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
		return !errors.Is(got, unix.EAGAIN) && !errors.Is(got, unix.EINTR)
	})
	return errors.Join(err, got)
}
