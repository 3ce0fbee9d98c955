package gui

import (
	"context"

	"fyne.io/fyne/v2"
)

// runner moves work off the UI thread and its results back onto it. It holds
// the only go statement and the only fyne.Do of this package, so that tests can
// run everything inline and nothing ever waits on the UI thread.
type runner struct {
	ctx   context.Context // ends with the window
	spawn func(func())    // runs work elsewhere
	ui    func(func())    // runs a change of the screen on the UI thread
}

// newRunner returns the runner of the real program.
func newRunner(ctx context.Context) *runner {
	return &runner{ctx: ctx, spawn: func(f func()) { go f() }, ui: fyne.Do}
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
