//go:build !linux

package handout

// hidden is about Linux alone.
func hidden() bool { return false }
