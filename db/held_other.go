//go:build !linux

package db

// holderOf names the process that holds the write lock of a database; it is
// known on Linux alone.
func holderOf(string) string { return "" }
