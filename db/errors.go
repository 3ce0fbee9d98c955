package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"tokenwell/auth"
)

// storageError maps an error of the driver, by its code, to what the engine
// knows. Errors that are not the driver's come back as they are.
func storageError(err error) error {
	var e *sqlite.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, auth.ErrStorage), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, sql.ErrNoRows):
		return auth.ErrNotFound
	case errors.As(err, &e) && (e.Code()&0xff == sqlite3.SQLITE_BUSY || e.Code()&0xff == sqlite3.SQLITE_LOCKED):
		return &auth.HeldError{}
	case errors.As(err, &e):
		return fmt.Errorf("%w: %s (%d)", auth.ErrStorage, advice(e.Code()), e.Code())
	case errors.Is(err, sql.ErrConnDone), errors.Is(err, sql.ErrTxDone):
		return fmt.Errorf("%w: it is closed", auth.ErrStorage)
	}
	return err
}

// advice says in a few words what a code of the driver means. The driver's own
// text could hold values.
func advice(code int) string {
	switch code & 0xff {
	case sqlite3.SQLITE_FULL:
		return "the disk is full; make room and try again"
	case sqlite3.SQLITE_IOERR:
		return "the disk reported an error; check it and try again"
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN:
		return "the file can't be written; check the rights of the data folder"
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return "the file is damaged; restore a backup copy of the data folder"
	case sqlite3.SQLITE_INTERRUPT:
		return "the work was interrupted"
	}
	return "unexpected answer of the database"
}

func hasCode(err error, code int) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code() == code
}

// isDiskError tells whether the connection's view of the file may be off.
func isDiskError(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CANTOPEN:
		return true
	}
	return false
}
