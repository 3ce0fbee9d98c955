//go:build unix

package vault

import "golang.org/x/sys/unix"

// lockMemory keeps b out of the swap file. Best effort: without the right to
// do so the vault works all the same.
func lockMemory(b []byte) { _ = unix.Mlock(b) }

func unlockMemory(b []byte) { _ = unix.Munlock(b) }
