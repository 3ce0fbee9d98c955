package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"modernc.org/sqlite"

	"tokenwell/auth"
)

// writerConn is the connection that writes. What every refresh runs stays
// compiled on it, BEGIN and COMMIT too, and goes around database/sql: both take
// longer than most of these statements themselves.
type writerConn struct {
	sqliteConn
	kept map[string]keptStmt // by text
}

// sqliteConn is what database/sql uses of the driver's connections.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// keptStmt is a compiled statement.
type keptStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// writerConnector opens the connections of the pool that writes.
type writerConnector struct{ driver.Connector }

// Connect implements driver.Connector.
func (w writerConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := w.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	known, ok := conn.(sqliteConn)
	if !ok {
		_ = conn.Close()
		return nil, errOtherDriver
	}
	return &writerConn{sqliteConn: known, kept: map[string]keptStmt{}}, nil
}

var errOtherDriver = fmt.Errorf("%w: the driver is another one", auth.ErrStorage)

// openWriter opens the pool of the one connection that writes.
func openWriter(path string) (*sql.DB, error) {
	connector, err := sqlite.NewConnector(dataSource(path, dsnWrite))
	if err != nil {
		return nil, storageError(err)
	}
	return poolOf(sql.OpenDB(writerConnector{connector}), 1), nil
}

// Close implements driver.Conn. SQLite keeps the file open as long as there are
// compiled statements.
func (c *writerConn) Close() error {
	var errs []error
	for _, s := range c.kept {
		errs = append(errs, s.Close())
	}
	clear(c.kept)
	return errors.Join(append(errs, c.sqliteConn.Close())...)
}

// BeginTx implements driver.ConnBeginTx.
func (c *writerConn) BeginTx(context.Context, driver.TxOptions) (driver.Tx, error) {
	return c.begin()
}

// begin opens a transaction. One of database/sql would start a goroutine, to
// watch a context.
func (c *writerConn) begin() (driver.Tx, error) {
	return writerTx{c}, c.exec("BEGIN IMMEDIATE")
}

// writerTx is the open transaction of a connection.
type writerTx struct{ conn *writerConn }

// Commit implements driver.Tx.
func (t writerTx) Commit() error {
	err := t.conn.exec("COMMIT")
	if err != nil {
		_ = t.Rollback() // else the next transaction would begin within this one
	}
	return err
}

// Rollback implements driver.Tx.
func (t writerTx) Rollback() error { return t.conn.exec("ROLLBACK") }

// stmt compiles a statement, once.
func (c *writerConn) stmt(text string) (keptStmt, error) {
	if s := c.kept[text]; s != nil {
		return s, nil
	}
	compiled, err := c.PrepareContext(context.Background(), text)
	if err != nil {
		return nil, err
	}
	s, ok := compiled.(keptStmt)
	if !ok {
		_ = compiled.Close()
		return nil, errOtherDriver
	}
	c.kept[text] = s
	return s, nil
}

// exec runs a statement. It watches no context: it takes less time than that,
// and what has begun is to be committed or rolled back by its error.
func (c *writerConn) exec(text string, args ...any) error {
	_, err := c.run(text, args...)
	return err
}

// run is exec that says what it did.
func (c *writerConn) run(text string, args ...any) (driver.Result, error) {
	s, err := c.stmt(text)
	if err != nil {
		return nil, err
	}
	named, err := namedValues(args)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(context.Background(), named)
}

// query is exec for a statement that returns one value; nil when there is no row.
func (c *writerConn) query(text string, args ...any) (driver.Value, error) {
	values, err := c.queryRow(text, args...)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return values[0], nil
}

// queryRow is exec for a statement that returns one row; sql.ErrNoRows when there is none.
func (c *writerConn) queryRow(text string, args ...any) (rowValues, error) {
	s, err := c.stmt(text)
	if err != nil {
		return nil, err
	}
	named, err := namedValues(args)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(context.Background(), named)
	if err != nil {
		return nil, err
	}
	values := make(rowValues, len(rows.Columns()))
	err = rows.Next(values)
	if errors.Is(err, io.EOF) {
		err = sql.ErrNoRows
	}
	return values, errors.Join(err, rows.Close())
}

// rowValues are the values of one row.
type rowValues []driver.Value

// Scan takes the values out, as sql.Row does.
func (v rowValues) Scan(into ...any) error {
	for i, to := range into {
		ok := false
		switch to := to.(type) {
		case *int64:
			*to, ok = v[i].(int64)
		case *string:
			*to, ok = v[i].(string)
		case *[]byte:
			*to, ok = v[i].([]byte)
			ok = ok || v[i] == nil
		}
		if !ok {
			return fmt.Errorf("column %d: %w: %T is another type", i, auth.ErrStorage, v[i])
		}
	}
	return nil
}

// namedValues are the arguments as a driver wants them.
func namedValues(args []any) ([]driver.NamedValue, error) {
	named := make([]driver.NamedValue, len(args))
	for i, arg := range args {
		value, err := driver.DefaultParameterConverter.ConvertValue(arg)
		if err != nil {
			return nil, err
		}
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: value}
	}
	return named, nil
}

// exec runs a statement in the transaction of Write that is open.
func (d *DB) exec(text string, args ...any) error { return d.writing.exec(text, args...) }

// change is exec that tells how many rows it changed.
func (d *DB) change(text string, args ...any) (int64, error) {
	result, err := d.writing.run(text, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// queryInt is exec for a statement that returns a whole number.
func (d *DB) queryInt(text string, args ...any) (int64, error) {
	value, err := d.writing.query(text, args...)
	n, ok := value.(int64)
	if err == nil && !ok {
		err = sql.ErrNoRows
	}
	return n, err
}
