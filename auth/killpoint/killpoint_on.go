//go:build killpoints && unix

// Package killpoint ends the program at named places: the build that the kill
// tests drive.
package killpoint

import (
	"os"
	"syscall"
)

// At kills the process, without any clean-up, when TOKENWELL_CRASH_AT names
// this point.
func At(name string) {
	if os.Getenv("TOKENWELL_CRASH_AT") == name {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // the signal is asynchronous: nothing after this point may run
	}
}
