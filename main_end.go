package main

import (
	"log/slog"
	"os"
	"runtime"
	"sync"
	"time"
)

// How long the program may take to end once its window has closed.
const (
	// toolkitPatience is for the toolkit, which has nothing to store.
	toolkitPatience = 5 * time.Second
	// endPatience is for all else: tokens that are under way are stored first, which
	// takes 30 s at most.
	endPatience = 45 * time.Second
)

// ending sees to it that the program ends when its window has closed: one that
// hangs then would keep the data folder for itself, and nobody would see it.
type ending struct {
	log   *slog.Logger
	close func()    // ends what the program has begun
	exit  func(int) // os.Exit

	begun, done sync.Once
	toolkit     *time.Timer
	over        chan struct{} // closed when close has returned
}

func newEnding(log *slog.Logger, closeAll func()) *ending {
	return &ending{log: log, close: closeAll, exit: os.Exit, over: make(chan struct{})}
}

// begin is called when the window closes, before the toolkit ends.
func (e *ending) begin() {
	e.begun.Do(func() {
		e.toolkit = time.AfterFunc(toolkitPatience, func() {
			e.note("the toolkit does not end")
			e.finish()
			e.exit(0)
		})
		go func() {
			select {
			case <-e.over:
			case <-time.After(endPatience):
				e.note("the program does not end")
				e.exit(0)
			}
		}()
	})
}

// finish ends what the program has begun, once: the toolkit has ended, or hangs.
func (e *ending) finish() {
	if e.toolkit != nil {
		e.toolkit.Stop()
	}
	e.done.Do(func() {
		e.close()
		close(e.over)
	})
}

// maxStacks is the length in bytes of what is noted of a program that hangs.
const maxStacks = 256 << 10

// note remembers what the program was doing. Stacks hold no texts, so no secret.
func (e *ending) note(what string) {
	stacks := make([]byte, maxStacks)
	e.log.Error(what, "stacks", string(stacks[:runtime.Stack(stacks, true)]))
}
