//go:build unix

package main

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// become puts the program in the place of this one: signals, terminal and exit
// code are its own. It returns only when that failed.
func (e *env) become(p program) error {
	if e.passphraseFD > 2 {
		unix.CloseOnExec(e.passphraseFD) // a passphrase that was not needed is not the program's
	}
	if p.inherit != nil {
		if _, err := unix.FcntlInt(p.inherit.Fd(), unix.F_SETFD, 0); err != nil {
			return e.notStarted(p.args[0], err)
		}
	}
	err := syscall.Exec(p.file, p.args, p.environ) //nolint:gosec // what the user wants to run
	return e.notStarted(p.args[0], err)
}
