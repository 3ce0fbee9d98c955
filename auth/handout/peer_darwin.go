package handout

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// peerOf tells which process is at the other end of a connected socket, as the
// kernel noted it when that process connected or listened, and whether it is
// this user's.
func peerOf(c syscall.RawConn) (pid int, mine bool, err error) {
	var cred *unix.Xucred
	controlled := c.Control(func(fd uintptr) {
		if cred, err = unix.GetsockoptXucred(int(fd), unix.SOL_LOCAL, unix.LOCAL_PEERCRED); err == nil {
			pid, err = unix.GetsockoptInt(int(fd), unix.SOL_LOCAL, unix.LOCAL_PEERPID)
		}
	})
	if controlled != nil {
		return 0, false, controlled
	}
	if err != nil {
		return 0, false, err
	}
	return pid, int64(cred.Uid) == int64(os.Geteuid()), nil
}
