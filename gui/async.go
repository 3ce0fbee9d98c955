package gui

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
)

// runner moves work off the UI thread and its results back onto it. It holds
// the only go statement and the only fyne.Do of this package, so that tests can
// run everything inline and nothing ever waits on the UI thread.
type runner struct {
	ctx   context.Context // ends with the window
	spawn func(func())    // runs work elsewhere
	ui    func(func())    // runs a change of the screen on the UI thread
	// timers keeps timers that fire at the same moment apart where ui runs at
	// once; where it only queues, nobody waits for it.
	timers sync.Mutex
}

// newRunner returns the runner of the real program. What comes to the UI thread
// after the window has gone is dropped: a toolkit whose loop has ended would run it
// at once, wherever that is.
func newRunner(ctx context.Context) *runner {
	return &runner{ctx: ctx, spawn: func(f func()) { go f() }, ui: func(f func()) {
		if ctx.Err() != nil {
			return
		}
		fyne.Do(func() {
			if ctx.Err() == nil {
				f()
			}
		})
	}}
}

// inlineRunner runs everything at once on the caller's goroutine, for tests.
func inlineRunner(ctx context.Context) *runner {
	call := func(f func()) { f() }
	return &runner{ctx: ctx, spawn: call, ui: call}
}

// async runs work off the UI thread with the window's context and gives its
// result to done on the UI thread, unless the window has gone meanwhile.
func async[T any](r *runner, work func(context.Context) (T, error), done func(T, error)) {
	r.spawn(func() {
		value, err := work(r.ctx)
		if r.ctx.Err() != nil {
			return
		}
		r.ui(func() { done(value, err) })
	})
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

// after runs f on the UI thread once d has passed, unless the window has gone
// or stop was called before. Call after and stop on the UI thread.
func (r *runner) after(d time.Duration, f func()) (stop func()) {
	stopped := false
	timer := time.AfterFunc(d, func() {
		r.fire(func() {
			if !stopped {
				f()
			}
		})
	})
	return func() {
		stopped = true
		timer.Stop()
	}
}

// every runs f on the UI thread each time d has passed, until the window has
// gone. Call it on the UI thread.
func (r *runner) every(d time.Duration, f func()) {
	r.after(d, func() {
		f()
		r.every(d, f)
	})
}

// coalesce returns a function, for any goroutine, that runs f on the UI thread
// after d; calls that come meanwhile are one with it.
func (r *runner) coalesce(d time.Duration, f func()) func() {
	var pending atomic.Bool
	return func() {
		if pending.Swap(true) {
			return
		}
		time.AfterFunc(d, func() {
			r.fire(func() {
				pending.Store(false)
				f()
			})
		})
	}
}

// fire runs what a timer was set for, unless the window has gone.
func (r *runner) fire(f func()) {
	r.timers.Lock()
	defer r.timers.Unlock()
	if r.ctx.Err() == nil {
		r.ui(f)
	}
}

// debouncer puts an action off until d has passed without another call.
type debouncer struct {
	run  *runner
	d    time.Duration
	stop func()
}

// call puts f off; an earlier f that has not run yet never does. On the UI thread.
func (b *debouncer) call(f func()) {
	b.cancel()
	b.stop = b.run.after(b.d, f)
}

// cancel drops what was put off. On the UI thread.
func (b *debouncer) cancel() {
	if b.stop != nil {
		b.stop()
		b.stop = nil
	}
}
