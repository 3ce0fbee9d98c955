package db

import (
	"database/sql"
	"errors"
	"sync"
	"time"

	"tokenwell/auth"
)

// heldUp remembers when another process last kept a writer from the file until
// the busy timeout was over. It is safe for concurrent use.
type heldUp struct {
	mu  sync.Mutex
	at  time.Time
	err error
}

func (h *heldUp) note(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at, h.err = time.Now(), err
}

// since gives the error of a writer that gave up after begun. Those that stood
// behind it have waited as well: were each to wait once more, the last of many
// would wait for minutes.
func (h *heldUp) since(begun time.Time) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.err != nil && h.at.After(begun) {
		return h.err
	}
	return nil
}

// notBegun is afterFailure for a transaction that did not begin: it names the
// program that holds the file and lets nobody wait for it who did already.
func (d *DB) notBegun(conn *sql.Conn, err error) error {
	err = d.afterFailure(conn, err)
	if errors.Is(err, auth.ErrStorageHeld) {
		err = &auth.HeldError{Program: holderOf(File(d.dir))}
		d.held.note(err)
	}
	return err
}
