package db

import (
	"context"
	"database/sql"
	"fmt"
)

// statements are compiled once for each connection: compiling takes SQLite
// several times as long as running one of them.
type statements struct {
	selectRow   *sql.Stmt // on the loaders' connections
	selectOwn   *sql.Stmt // the same, on the writer's
	selectID    *sql.Stmt
	version     *sql.Stmt
	saveState   *sql.Stmt
	savePlan    *sql.Stmt
	saveExpiry  *sql.Stmt
	saveListed  *sql.Stmt
	saveStatus  *sql.Stmt
	saveTokens  *sql.Stmt
	openAttempt *sql.Stmt
	endAttempt  *sql.Stmt
	addEvent    *sql.Stmt
	dropEvents  *sql.Stmt
	growHead    *sql.Stmt
	addActivity *sql.Stmt
}

// prepare compiles the statements that every refresh needs.
func (d *DB) prepare(ctx context.Context) error {
	for _, s := range []struct {
		into **sql.Stmt
		pool *sql.DB
		text string
	}{
		{&d.stmts.selectRow, d.loader, selectRow},
		{&d.stmts.selectOwn, d.writer, selectRow},
		{&d.stmts.selectID, d.loader, selectID},
		{&d.stmts.version, d.writer, selectVersion},
		{&d.stmts.saveState, d.writer, updateState},
		{&d.stmts.savePlan, d.writer, updatePlan},
		{&d.stmts.saveExpiry, d.writer, updateExpiry},
		{&d.stmts.saveListed, d.writer, updateListed},
		{&d.stmts.saveStatus, d.writer, updateStatus},
		{&d.stmts.saveTokens, d.writer, upsertTokens},
		{&d.stmts.openAttempt, d.writer, replaceAttempt},
		{&d.stmts.endAttempt, d.writer, deleteAttempt},
		{&d.stmts.addEvent, d.writer, insertEvent},
		{&d.stmts.dropEvents, d.writer, deleteEvents},
		{&d.stmts.growHead, d.writer, upsertHead},
		{&d.stmts.addActivity, d.writer, insertActivity},
	} {
		var err error
		if *s.into, err = s.pool.PrepareContext(ctx, s.text); err != nil { //nolint:sqlclosecheck // closed with its pool
			return fmt.Errorf("the database can't be used: %w", storageError(err))
		}
	}
	return nil
}

// exec runs a compiled statement in a transaction of Write. It does not end
// with ctx: it takes less time than the driver needs to watch a context, and a
// transaction that has begun is to be committed or rolled back by its error.
func exec(ctx context.Context, tx *sql.Tx, s *sql.Stmt, args ...any) error {
	ctx = context.WithoutCancel(ctx)
	_, err := tx.StmtContext(ctx, s).ExecContext(ctx, args...) //nolint:sqlclosecheck // tx closes it
	return err
}

// queryRow is exec for a statement that returns a row.
func queryRow(ctx context.Context, tx *sql.Tx, s *sql.Stmt, args ...any) *sql.Row {
	ctx = context.WithoutCancel(ctx)
	return tx.StmtContext(ctx, s).QueryRowContext(ctx, args...) //nolint:sqlclosecheck // tx closes it
}

// readRow reads one row as it stands, checked against nothing.
func (d *DB) readRow(ctx context.Context, id string) (*row, error) {
	return scanRow(ctx, d.stmts.selectRow, id)
}

// readRowIn is readRow in a transaction of Write.
func (d *DB) readRowIn(ctx context.Context, tx *sql.Tx, id string) (*row, error) {
	return scanRow(ctx, tx.StmtContext(ctx, d.stmts.selectOwn), id)
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
