package main

import (
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTheCollectorComesBackAsTheUserHadIt(t *testing.T) {
	percent, limit := debug.SetGCPercent(70), debug.SetMemoryLimit(3<<30)
	t.Cleanup(func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	})
	shown := collectLater()
	assert.EqualValues(t, startMemory, debug.SetMemoryLimit(-1), "a start is bounded")
	shown()
	assert.EqualValues(t, 3<<30, debug.SetMemoryLimit(-1))
	assert.Equal(t, 70, debug.SetGCPercent(70))
}
