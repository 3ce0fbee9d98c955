package db

import (
	"context"
	"database/sql"
	"fmt"
)

// statements are compiled once for each connection: compiling takes SQLite
// several times as long as running one of them.
type statements struct {
	selectRow *sql.Stmt // on the loaders' connections
	selectID  *sql.Stmt
}

// prepare compiles the statements that every refresh needs.
func (d *DB) prepare(ctx context.Context) error {
	for _, s := range []struct {
		into **sql.Stmt
		pool *sql.DB
		text string
	}{
		{&d.stmts.selectRow, d.loader, selectRow},
		{&d.stmts.selectID, d.loader, selectID},
	} {
		var err error
		if *s.into, err = s.pool.PrepareContext(ctx, s.text); err != nil { //nolint:sqlclosecheck // closed with its pool
			return fmt.Errorf("the database can't be used: %w", storageError(err))
		}
	}
	return nil
}

// readRow reads one row as it stands, checked against nothing.
func (d *DB) readRow(ctx context.Context, id string) (*row, error) {
	return scanRow(ctx, d.stmts.selectRow, id)
}

// readRowIn is readRow in the transaction that is open.
func (d *DB) readRowIn(id string) (*row, error) {
	values, err := d.writing.queryRow(selectRow, id)
	if err != nil {
		return nil, storageError(err)
	}
	r := &row{}
	return r, r.scan(values)
}

// scanRow reads a row by its ID. Like exec it does not watch the context.
func scanRow(ctx context.Context, s *sql.Stmt, id string) (*row, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r := &row{}
	if err := r.scan(s.QueryRowContext(context.WithoutCancel(ctx), id)); err != nil {
		return nil, storageError(err)
	}
	return r, nil
}
