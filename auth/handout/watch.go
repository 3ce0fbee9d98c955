package handout

import (
	"errors"
	"os"
	"sync"
	"time"
)

// lookAfter is how long an answer may take before its program is watched: most
// are there at once.
const lookAfter = 20 * time.Millisecond

// watch ends the context of a conversation whose program goes while it waits for
// an answer.
type watch struct {
	of    *conversation
	timer *time.Timer   // nil before the first answer
	ended chan struct{} // holds one when the timer's function is over

	mu   sync.Mutex
	over bool // the answer is there
}

// begin is called before an answer is made.
func (w *watch) begin() {
	w.over = false // nobody else looks before the timer runs
	if w.timer == nil {
		w.ended = make(chan struct{}, 1)
		w.timer = time.AfterFunc(lookAfter, w.look)
		return
	}
	w.timer.Reset(lookAfter)
}

// look waits until the program says something or goes.
func (w *watch) look() {
	defer func() { w.ended <- struct{}{} }()
	w.mu.Lock()
	if w.over {
		w.mu.Unlock()
		return
	}
	_ = w.of.conn.SetReadDeadline(time.Time{})
	w.mu.Unlock()
	// What comes now is the next request and stays where it is.
	if _, err := w.of.in.Peek(1); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		w.of.cancel()
	}
}

// end is called when the answer is there; then nobody else reads the connection.
func (w *watch) end() {
	if w.timer.Stop() {
		return
	}
	w.mu.Lock()
	w.over = true
	_ = w.of.conn.SetReadDeadline(time.Unix(1, 0))
	w.mu.Unlock()
	<-w.ended
}
