package main

import (
	"bytes"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// endingRig is an ending whose exit is noted.
func endingRig(closeAll func()) (e *ending, log *bytes.Buffer, exits *[]int) {
	log, exits = &bytes.Buffer{}, &[]int{}
	e = newEnding(slog.New(slog.NewJSONHandler(log, nil)), closeAll)
	e.exit = func(code int) { *exits = append(*exits, code) }
	return e, log, exits
}

func TestProgramEndsInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		closed := 0
		e, log, exits := endingRig(func() { closed++; time.Sleep(30 * time.Second) }) // stores tokens that were under way
		e.begin()
		time.Sleep(4 * time.Second)
		e.finish()
		e.finish()
		time.Sleep(time.Hour)
		assert.Equal(t, 1, closed)
		assert.Empty(t, *exits)
		assert.Empty(t, log.String())
	})
}

// A toolkit that hangs keeps nobody from ending what has to be stored.
func TestProgramEndsWithoutTheToolkit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		closed := 0
		e, log, exits := endingRig(func() { closed++; time.Sleep(30 * time.Second) })
		e.begin()
		time.Sleep(34 * time.Second)
		assert.Empty(t, *exits)
		time.Sleep(2 * time.Second)
		assert.Equal(t, 1, closed)
		assert.Equal(t, []int{0}, *exits)
		assert.Contains(t, log.String(), "the toolkit does not end")
		assert.Contains(t, log.String(), "goroutine")
	})
}

func TestProgramThatHangsEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs := make(chan struct{})
		e, log, exits := endingRig(func() { <-hangs })
		e.begin()
		go e.finish()
		time.Sleep(44 * time.Second)
		assert.Empty(t, *exits)
		time.Sleep(2 * time.Second)
		assert.Equal(t, []int{0}, *exits)
		assert.Contains(t, log.String(), "the program does not end")
		close(hangs)
	})
}
