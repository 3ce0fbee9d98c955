package gui

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// early holds back what is for the UI thread until the toolkit's loop runs, so
// that what is read while the window is being made is in its first frame.
type early struct {
	loop    func(func()) // queues for the loop
	mu      sync.Mutex
	over    bool
	waiting []func()
	come    chan struct{} // something waits
}

func newEarly(loop func(func())) *early { return &early{loop: loop, come: make(chan struct{}, 1)} }

// ui runs f on the UI thread: by settle while that is not over, later by the loop.
func (e *early) ui(f func()) {
	if !e.waits(f) {
		e.loop(f) // not under the mutex: once the loop has ended it runs f at once
	}
}

// waits puts f to what waits; false: nothing does any more.
func (e *early) waits(f func()) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.over {
		return false
	}
	e.waiting = append(e.waiting, f)
	select {
	case e.come <- struct{}{}:
	default:
	}
	return true
}

// settle runs what has come and what comes, until enough says so or d has passed.
// The main goroutine calls it once, before the loop.
func (e *early) settle(d time.Duration, enough func() bool) {
	late := time.After(d)
	for waits := true; waits && !enough(); {
		select {
		case <-e.come:
			e.run(false)
		case <-late:
			waits = false
		}
	}
	e.run(true)
}

// run runs what waits. Over: what comes later is for the loop.
func (e *early) run(over bool) {
	for {
		e.mu.Lock()
		some := e.waiting
		e.waiting = nil
		e.over = over && len(some) == 0
		e.mu.Unlock()
		if len(some) == 0 {
			return
		}
		for _, f := range some {
			f()
		}
	}
}

// ahead begins work off the UI thread. The first call of take waits for its result;
// for later ones there is none. Do not call take on the UI thread.
func ahead[T any](r *runner, work func(context.Context) (T, error)) (take func() (got T, ok bool, err error)) {
	var got T
	var err error
	var taken atomic.Bool
	done := make(chan struct{})
	r.spawn(func() {
		got, err = work(r.ctx)
		close(done)
	})
	return func() (T, bool, error) {
		if taken.Swap(true) {
			var none T
			return none, false, nil
		}
		<-done
		return got, true, err
	}
}
