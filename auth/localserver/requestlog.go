package localserver

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"tokenwell/auth"
)

// requestLog writes what the endpoints note, some of it at a time: a request
// does not wait for the disk because of its log entry.
type requestLog struct {
	store   Store
	log     *slog.Logger
	changes *watchers

	mu      sync.Mutex
	pending []auth.LocalLogEntry
	timer   *time.Timer // nil while nothing is pending

	writing sync.Mutex // one flush at a time, so that the order stays
}

// logDelay is how long an entry may wait to be written.
const logDelay = 250 * time.Millisecond

// add notes a request. Quick. Never give it a secret.
func (l *requestLog) add(e auth.LocalLogEntry) {
	l.mu.Lock()
	l.pending = append(l.pending, e)
	l.pending = l.pending[max(0, len(l.pending)-LogLength):]
	if l.timer == nil {
		l.timer = time.AfterFunc(logDelay, func() {
			if err := l.flush(context.Background()); err != nil {
				l.log.Warn("local server: its log could not be written", "error", err)
			}
		})
	}
	l.mu.Unlock()
	l.changes.changed()
}

// flush writes what is pending. What could not be written is dropped: the log
// is for reading along, and must not grow while the disk is full.
func (l *requestLog) flush(ctx context.Context) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.mu.Lock()
	entries := l.pending
	l.pending = nil
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
	l.mu.Unlock()
	if len(entries) == 0 {
		return nil
	}
	// A screen that is left must not take the entries of others along.
	return l.store.AppendLog(context.WithoutCancel(ctx), entries)
}
