package auth

import "syscall"

// exclusivePort keeps another program from binding the same port with
// SO_REUSEADDR and taking the answers.
func exclusivePort(_, _ string, raw syscall.RawConn) error {
	const exclusiveAddrUse = ^syscall.SO_REUSEADDR // SO_EXCLUSIVEADDRUSE of winsock2.h
	var option error
	if err := raw.Control(func(fd uintptr) {
		option = syscall.SetsockoptInt(syscall.Handle(fd), syscall.SOL_SOCKET, exclusiveAddrUse, 1)
	}); err != nil {
		return err
	}
	return option
}
