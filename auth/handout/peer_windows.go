package handout

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// getPeerPID is SIO_AF_UNIX_GETPEERPID.
const getPeerPID = 0x58000100

// peerOf tells which process is at the other end of a connected socket, and
// whether it runs under this user's account.
func peerOf(c syscall.RawConn) (pid int, mine bool, err error) {
	var id, size uint32
	controlled := c.Control(func(fd uintptr) {
		out := (*byte)(unsafe.Pointer(&id)) //nolint:gosec // the call's own way to return a number
		err = windows.WSAIoctl(windows.Handle(fd), getPeerPID, nil, 0, out, uint32(unsafe.Sizeof(id)), &size, nil, 0)
	})
	if controlled != nil {
		return 0, false, controlled
	}
	if err != nil {
		return 0, false, err
	}
	theirs, err := userOf(id)
	if err != nil {
		return 0, false, err
	}
	ours, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return 0, false, err
	}
	return int(id), theirs.Equals(ours.User.Sid), nil
}

// userOf is the account that a process runs under.
func userOf(pid uint32) (*windows.SID, error) {
	process, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, pid)
	if err != nil {
		return nil, err
	}
	defer func() { _ = windows.CloseHandle(process) }()
	var token windows.Token
	if err := windows.OpenProcessToken(process, windows.TOKEN_QUERY, &token); err != nil {
		return nil, err
	}
	defer func() { _ = token.Close() }()
	user, err := token.GetTokenUser()
	if err != nil {
		return nil, err
	}
	return user.User.Sid, nil
}
