//go:build unix

package main

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// socketsLookOdd: a socket is told by its type here.
const socketsLookOdd = false

// ownerOf names the user whose file it is, and tells whether that is who runs
// the program.
func ownerOf(info fs.FileInfo) (name string, mine bool) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "somebody", false
	}
	return fmt.Sprintf("user %d", stat.Uid), int64(stat.Uid) == int64(os.Geteuid())
}

// openTo is what the mode lets whom do.
func openTo(info fs.FileInfo) fs.FileMode { return info.Mode().Perm() }

// namesOf counts the names of the file.
func namesOf(info fs.FileInfo) uint64 {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 1
	}
	return uint64(stat.Nlink) //nolint:unconvert // its type differs between systems
}
