package main

import "runtime/debug"

// startMemory is how much, in bytes, a start may take without the collector of
// unused memory: it runs all the same from there on.
const startMemory = 256 << 20

// collectLater keeps the collector of unused memory out of the way of the start,
// of which it takes a tenth and finds little: what a start makes stays. shown gives
// the settings of before back, the user's own too.
func collectLater() (shown func()) {
	limit := debug.SetMemoryLimit(-1) // reads it
	percent := debug.SetGCPercent(-1)
	debug.SetMemoryLimit(min(limit, startMemory))
	return func() {
		debug.SetMemoryLimit(limit)
		debug.SetGCPercent(percent)
	}
}
