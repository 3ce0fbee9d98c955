package handout

import (
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// hardened tells whether Harden was called.
var hardened atomic.Bool

// Harden keeps other processes of this user from reading this one's memory, and
// the memory out of core files, as far as the system can (T62).
func Harden() {
	hardened.Store(true)
	// What the kernel refuses stays as it was: the token is handed out all the same.
	_ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
	leaveNoCore()
}

// showSelf lets the server see which program this is, after Harden has hidden
// that together with the memory. Whoever calls it hardens again as soon as the
// answer is there.
func showSelf() {
	if hardened.Load() {
		_ = unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0)
	}
}

// hideSelf undoes showSelf.
func hideSelf() {
	if hardened.Load() {
		Harden()
	}
}
