//go:build !linux

package db

import "os"

// holderOf names the process that holds the write lock of a database; it is
// known on Linux alone.
func holderOf(string) string { return "" }

// flockHolder is the process that has the lock of tryLock on a file; it is known
// on Linux alone.
func flockHolder(*os.File) int { return 0 }
