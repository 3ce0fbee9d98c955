package localserver

import (
	"sync"
	"time"
)

// watchers tells who subscribed that something has changed. What happens within
// coalesce is told once: a load test must not redraw a screen for each request.
type watchers struct {
	mu      sync.Mutex
	all     map[int]func()
	next    int
	pending bool
}

const coalesce = 100 * time.Millisecond

// subscribe has f called, from a goroutine of its own, after each change.
func (w *watchers) subscribe(f func()) (cancel func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.all == nil {
		w.all = map[int]func(){}
	}
	id := w.next
	w.next++
	w.all[id] = f
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.all, id)
	}
}

// changed tells everybody before long. Quick.
func (w *watchers) changed() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.pending || len(w.all) == 0 {
		return
	}
	w.pending = true
	time.AfterFunc(coalesce, w.tell)
}

func (w *watchers) tell() {
	w.mu.Lock()
	w.pending = false
	all := make([]func(), 0, len(w.all))
	for _, f := range w.all {
		all = append(all, f)
	}
	w.mu.Unlock()
	for _, f := range all {
		f()
	}
}
