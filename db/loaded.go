package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"tokenwell/auth"
)

// loadedRows keeps rows that were read and found to match their seals, and the
// IDs of names, for as long as SQLite says that nobody has written to the
// database: this process included. What is secret stays sealed in it. Many
// programs that ask for the same few tokens are what it is for. It is safe for
// concurrent use.
type loadedRows struct {
	watch   watch
	written atomic.Int64 // commits of this process

	mu      sync.Mutex
	version int64     // of the data that all here was read from
	asked   time.Time // when the version was asked for last
	before  int64     // written at that time
	rows    map[string]*loadedRow
	size    int               // of the rows
	ids     map[string]string // by name as it was asked for
}

// loadedRow is a row with what its plain columns say. It is never changed.
type loadedRow struct {
	row    row
	config auth.Authorization // without its secrets
	rule   auth.HandOutRule
	status auth.Status
}

// loadedKept bounds how many rows and names are kept, loadedSize the bytes that
// the rows take: a thousand with tokens of a kilobyte each.
const (
	loadedKept = 1024
	loadedSize = 4 << 20
)

// loadedLeast is about what a row takes without its sealed parts.
const loadedLeast = 1 << 10

// size is about how many bytes the row takes.
func (l *loadedRow) size() int {
	return loadedLeast + len(l.row.configSealed) + len(l.row.statusSeal) + len(l.row.tokensSealed)
}

// now returns the version of the data and forgets what was read before it;
// noVersion, under which nothing is kept, when SQLite does not tell it.
func (l *loadedRows) now() int64 {
	asked, before := time.Now(), l.written.Load()
	version, err := l.watch.now()
	if err != nil {
		return noVersion // whoever reads the row says why
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if version > l.version {
		l.version, l.rows, l.ids = version, nil, nil
	}
	if version == l.version {
		l.asked, l.before = asked, before
	}
	return version
}

// lately is for how long a version counts where it need not be exact.
const lately = time.Millisecond

// recent is what now has returned a moment ago, unless this process has written
// since: what another process has written within the moment is not seen.
func (l *loadedRows) recent() int64 {
	l.mu.Lock()
	version, before, asked := l.version, l.before, l.asked
	l.mu.Unlock()
	if before == l.written.Load() && time.Since(asked) < lately {
		return version
	}
	return l.now()
}

func (l *loadedRows) row(version int64, id string) *loadedRow {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.version != version {
		return nil
	}
	return l.rows[id]
}

// keepRow keeps a row that was read after the version was.
func (l *loadedRows) keepRow(version int64, id string, r *loadedRow) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.version != version {
		return
	}
	if l.rows == nil || len(l.rows) >= loadedKept || l.size+r.size() > loadedSize {
		l.rows, l.size = map[string]*loadedRow{}, 0
	}
	if was := l.rows[id]; was != nil { // another goroutine was as quick
		l.size -= was.size()
	}
	l.rows[id] = r
	l.size += r.size()
}

func (l *loadedRows) id(version int64, name string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.version != version {
		return ""
	}
	return l.ids[name]
}

// keepID keeps an ID that was read after the version was.
func (l *loadedRows) keepID(version int64, name, id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.version != version {
		return
	}
	if l.ids == nil || len(l.ids) >= loadedKept {
		l.ids = map[string]string{}
	}
	l.ids[name] = id
}

// forgetAll drops everything.
func (l *loadedRows) forgetAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rows, l.ids = nil, nil
}

// watch asks a connection whether anybody has written since it last looked. It
// goes around database/sql, which takes longer than the answer. Nothing else is
// asked on the connection: while another statement is open on it, it goes on
// seeing the data, and the version, of that statement's beginning. It is safe for
// concurrent use.
type watch struct {
	conn *sql.Conn // nil: none
	stmt driver.StmtQueryContext
}

// start takes a connection for good from those that only read.
func (w *watch) start(ctx context.Context, from *sql.DB) (err error) {
	if w.conn, err = from.Conn(ctx); err != nil {
		return storageError(err)
	}
	return w.conn.Raw(func(c any) error {
		prepares, ok := c.(driver.ConnPrepareContext)
		if !ok {
			return fmt.Errorf("%w: the driver is another one", auth.ErrStorage)
		}
		stmt, err := prepares.PrepareContext(ctx, selectVersion)
		if err != nil {
			return storageError(err)
		}
		w.stmt, ok = stmt.(driver.StmtQueryContext)
		if !ok {
			return fmt.Errorf("%w: the driver is another one", auth.ErrStorage)
		}
		return nil
	})
}

// now returns the version, which grows with every commit of any connection but
// this one, of any process.
func (w *watch) now() (version int64, err error) {
	err = w.conn.Raw(func(any) (err error) { // under the connection's lock
		found, err := w.stmt.QueryContext(context.Background(), nil)
		if err != nil {
			return err
		}
		value := make([]driver.Value, 1)
		err = found.Next(value)
		if closeErr := found.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			return err
		}
		version, _ = value[0].(int64)
		return nil
	})
	return version, err
}

// stop gives the connection back.
func (w *watch) stop() error {
	if w.conn == nil {
		return nil
	}
	if w.stmt != nil {
		_ = w.conn.Raw(func(any) error { return w.stmt.(driver.Stmt).Close() })
	}
	return w.conn.Close()
}

// loaded is what a row says that was just read as record.
func loaded(r *row, record auth.Record) *loadedRow {
	l := &loadedRow{row: *r, config: record.Authorization, rule: record.Rule, status: record.Status}
	sealedConfig{}.into(&l.config)
	own := l.record() // whoever read the row may change what he got
	l.config, l.rule, l.status = own.Authorization, own.Rule, own.Status
	return l
}

// record is what the row says, without its secrets. The caller may change what it gets.
func (l *loadedRow) record() auth.Record {
	r := auth.Record{Authorization: l.config, Rule: l.rule, Status: l.status}
	r.Authorization.Params = maps.Clone(l.config.Params)
	r.Authorization.Scopes = slices.Clone(l.config.Scopes)
	r.Rule.Programs, r.Rule.Hosts = slices.Clone(l.rule.Programs), slices.Clone(l.rule.Hosts)
	r.Status.Granted = slices.Clone(l.status.Granted)
	return r
}

// loadedRecord opens the secrets of a row that was verified before and has not
// changed since.
func (d *DB) loadedRecord(l *loadedRow) (auth.Record, error) {
	r, err := d.peekedRecord(l)
	if err != nil {
		return auth.Record{}, err
	}
	var config sealedConfig
	if err := d.unsealJSON(tableConfigs, "sealed", l.row.id, 0, l.row.configSealed, &config, l.row.boundConfig()...); err != nil {
		return auth.Record{}, err
	}
	config.into(&r.Authorization)
	return r, nil
}

// peekedRecord opens the tokens alone.
func (d *DB) peekedRecord(l *loadedRow) (auth.Record, error) {
	r := l.record()
	if l.row.generation == 0 {
		return r, nil
	}
	var tokens sealedTokens
	if err := d.unsealJSON(tableTokens, "sealed", l.row.id, l.row.generation, l.row.tokensSealed, &tokens); err != nil {
		return auth.Record{}, err
	}
	r.Tokens = tokens.tokens()
	return r, nil
}
