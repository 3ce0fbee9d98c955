package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"sync"
	"time"

	"modernc.org/sqlite"

	"tokenwell/db/keyring"
	"tokenwell/db/vault"
)

// Keyring keeps short texts in the operating system's keyring. Calls may take
// as long as a person needs to answer a prompt, unless ctx ends sooner. The
// errors are those of package keyring.
type Keyring interface {
	// Probe tells within a second whether a keyring can be reached.
	Probe(ctx context.Context) error
	// Set stores text under name and reads it back.
	Set(ctx context.Context, name, text string) error
	Get(ctx context.Context, name string) (string, error)
	Delete(ctx context.Context, name string) error
}

// Params are what Open needs.
type Params struct {
	Dir string // the data folder; made when it is missing
	// optional
	Log     *slog.Logger // default: nothing is logged
	Keyring Keyring      // default: the operating system's
	// NoPrompt: the operating system's keyring opens no prompt to unlock itself;
	// while it is locked, so is the vault (auth.ErrVaultLocked).
	NoPrompt bool
}

// DB is an open data folder: it implements auth.Store and, through Vault,
// auth.Vault. It is safe for concurrent use; see the package's documentation
// for what holds between processes.
type DB struct {
	dir     string
	log     *slog.Logger
	keyring Keyring
	writer  *sql.DB     // one connection
	reader  *sql.DB     // query_only
	loader  *sql.DB     // query_only, for single rows
	writing *writerConn // the writer's connection, for who holds it
	spares  []string    // whose attempts have ended and left a row, nil: not known; for who holds the connection
	files   []openFile

	mu  sync.RWMutex // over key
	key *vault.Key   // nil while the vault is locked

	stmts    statements
	rows     verifiedRows
	loads    loadedRows
	counts   counts
	texts    searchTexts
	draining sync.Mutex // one DrainSpills at a time
	held     heldUp
	local    localReady
}

// readers is how many connections read; one of them only watches for writes.
const readers = 4

// loaders is how many connections read single rows.
const loaders = 2

// dsn is what every connection is opened with, dsnWrite or dsnRead after it. The path alone varies, and it
// is escaped.
const dsn = "?_txlock=immediate&_defensive=1&_dqs=0" +
	"&_pragma=busy_timeout(5000)" +
	"&_pragma=journal_mode(WAL)" +
	"&_pragma=synchronous(FULL)" +
	"&_pragma=foreign_keys(ON)" +
	"&_pragma=secure_delete(ON)" +
	"&_pragma=trusted_schema(OFF)" +
	"&_pragma=cell_size_check(ON)" +
	"&_pragma=mmap_size(0)" +
	"&_pragma=temp_store(MEMORY)"

const (
	dsnWrite = dsn + "&_pragma=cache_size(-8000)"
	// What the list walks over stays in memory: 100,000 rows take about 30 MB,
	// and nothing is taken for rows that are not there.
	dsnRead = dsn + "&_pragma=cache_size(-40000)&_query_only=1"
	// Single rows are kept by loadedRows; were they kept once more on each of
	// the connections that read, a server would hold the whole file several times.
	dsnLoad = dsn + "&_pragma=cache_size(-1000)&_query_only=1"
)

// Open opens the data folder's database, makes it when there is none and
// brings its schema up to date. A file that is not ours, or of a newer version
// of the program, is refused and left as it is. The caller has to Close it.
func Open(ctx context.Context, p Params) (_ *DB, err error) {
	if p.Dir == "" {
		return nil, errors.New("db: no data folder given")
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	switch {
	case p.Keyring != nil:
	case p.NoPrompt:
		p.Keyring = keyring.Quiet()
	default:
		p.Keyring = keyring.New()
	}
	if err := prepareDriver(); err != nil {
		return nil, err
	}
	for _, dir := range []string{p.Dir, LockDir(p.Dir), SpillDir(p.Dir)} {
		if err := makePrivateDir(dir); err != nil {
			return nil, err
		}
	}
	path := File(p.Dir)
	if err := makePrivateFile(path); err != nil {
		return nil, err
	}
	version, err := checkSchema(ctx, path)
	if err != nil {
		return nil, err
	}

	d := &DB{dir: p.Dir, log: p.Log, keyring: p.Keyring, rows: verifiedRows{version: noVersion}}
	defer func() {
		if err != nil {
			_ = d.Close()
		}
	}()
	if d.writer, err = openWriter(path); err != nil {
		return nil, err
	}
	if err := migrate(ctx, d.writer, p.Dir, version); err != nil {
		return nil, err
	}
	if d.reader, err = openPool(path, dsnRead, readers); err != nil {
		return nil, err
	}
	if d.loader, err = openPool(path, dsnLoad, loaders); err != nil {
		return nil, err
	}
	if err := d.watch(ctx); err != nil {
		return nil, err
	}
	if err := d.prepare(ctx); err != nil {
		return nil, err
	}
	if err := d.watchFiles(); err != nil {
		return nil, err
	}
	return d, nil
}

// watch takes one of the readers' connections to watch for writes.
func (d *DB) watch(ctx context.Context) error {
	d.counts.watch = &d.loads.watch
	return d.loads.watch.start(ctx, d.reader)
}

// prepareDriver sets what the driver keeps for the whole process.
var prepareDriver = sync.OnceValue(func() error {
	sqlite.StrictPragmas(true)
	// Without this any other open and close of the database file in this
	// process would silently drop SQLite's locks. Linux only.
	if _, err := sqlite.OFDLocking(true); err != nil && !errors.Is(err, sqlite.ErrOFDLockingUnavailable) {
		return fmt.Errorf("db: %w", err)
	}
	return nil
})

func openPool(path, query string, conns int) (*sql.DB, error) {
	pool, err := sql.Open("sqlite", dataSource(path, query))
	if err != nil {
		return nil, storageError(err)
	}
	return poolOf(pool, conns), nil
}

// poolOf bounds a pool to so many connections, which stay.
func poolOf(pool *sql.DB, conns int) *sql.DB {
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	return pool
}

// dataSource names a file and its settings to the driver.
func dataSource(path, query string) string {
	uri := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path)}
	return uri.String() + query
}

// Close locks the vault, moves what is in the write-ahead log into the
// database file and closes it.
func (d *DB) Close() error {
	d.setKey(nil)
	errs := []error{d.loads.watch.stop()}
	for _, pool := range []*sql.DB{d.loader, d.reader} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	if d.writer != nil {
		// The connection that is closed last does this too, but would not say
		// when it fails; what it leaves behind is read at the next start.
		if _, err := d.writer.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil { //nolint:noctx // closing must not depend on a caller's context
			d.log.Warn("checkpoint", "error", err)
		}
		errs = append(errs, d.writer.Close())
	}
	if err := errors.Join(errs...); err != nil {
		return storageError(err)
	}
	return nil
}

// Reader is the pool for reading. It can't write.
func (d *DB) Reader() *sql.DB { return d.reader }

// Write runs fn in one immediate transaction and commits it durably, or rolls
// it back when fn fails. Inside fn use the transaction only. What fn returns
// comes back as it is, errors of the driver as auth.ErrStorage, and with
// auth.ErrFileReplaced when the file was moved meanwhile. ctx ends the
// waiting for other writers of this process; another process is waited for
// five seconds at most, then a *auth.HeldError names it (R09).
func (d *DB) Write(ctx context.Context, fn func(*sql.Tx) error) error {
	return d.transact(ctx, fn, func(error) { d.rows.forgetAll() })
}

// writeBeside is Write for tables that hold nothing of what is kept of verified rows.
func (d *DB) writeBeside(ctx context.Context, fn func(*sql.Tx) error) error {
	return d.transact(ctx, fn, func(error) {})
}

// transact is Write that tells ended how it ended, while the connection is
// still held: ended says which verified rows still are.
func (d *DB) transact(ctx context.Context, fn func(*sql.Tx) error, ended func(error)) error {
	return d.withWriter(ctx, func(conn *sql.Conn) error {
		var tx *sql.Tx
		return d.transactOn(conn, func() (_ driver.Tx, err error) {
			// A context that ends would roll the transaction back in the middle of
			// whatever fn does, and watching it costs more than a short transaction.
			tx, err = conn.BeginTx(context.WithoutCancel(ctx), nil)
			return tx, err
		}, func() error { return fn(tx) })
	}, ended)
}

// transactBare is transact without a transaction of database/sql.
func (d *DB) transactBare(ctx context.Context, fn func(*sql.Conn) error, ended func(error)) error {
	return d.withWriter(ctx, func(conn *sql.Conn) error {
		return d.transactOn(conn, d.writing.begin, func() error { return fn(conn) })
	}, ended)
}

// withWriter waits for the connection that writes and runs fn and then ended on it.
func (d *DB) withWriter(ctx context.Context, fn func(*sql.Conn) error, ended func(error)) error {
	begun := time.Now()
	conn, err := d.writer.Conn(ctx)
	if err != nil {
		return storageError(err)
	}
	defer func() { _ = conn.Close() }()
	if err := d.held.since(begun); err != nil {
		return err
	}
	if err := d.hold(conn); err != nil {
		return storageError(err)
	}
	err = fn(conn)
	ended(err)
	return err
}

// hold makes conn the connection of exec and queryInt.
func (d *DB) hold(conn *sql.Conn) error {
	return conn.Raw(func(c any) error {
		var ok bool
		if d.writing, ok = c.(*writerConn); !ok {
			return errOtherDriver
		}
		return nil
	})
}

// transactOn runs fn in a transaction on the connection that is held.
func (d *DB) transactOn(conn *sql.Conn, begin func() (driver.Tx, error), fn func() error) error {
	tx, err := begin()
	if err != nil {
		return d.notBegun(conn, err)
	}
	if err := fn(); err != nil {
		_ = tx.Rollback() // the first error is the one that counts
		return d.afterFailure(conn, err)
	}
	if err := d.unmoved(); err != nil {
		_ = tx.Rollback()
		return err
	}
	if err := tx.Commit(); err != nil {
		_ = tx.Rollback()
		return d.afterFailure(conn, err)
	}
	d.loads.written.Add(1)
	return nil
}

// afterFailure drops the connection after an error of the disk, so that the
// next transaction begins on one that has read the file anew.
func (d *DB) afterFailure(conn *sql.Conn, err error) error {
	if isDiskError(err) {
		d.rows.forgetAll() // another connection counts its versions anew
		_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	}
	return storageError(err)
}
