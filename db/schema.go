package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/pressly/goose/v3"

	"tokenwell/auth"
	"tokenwell/auth/killpoint"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// ErrNewer says that the database belongs to a newer version of the program.
var ErrNewer = errors.New("the database was written by a newer version of Tokenwell; install that version, or choose another data folder")

// ErrForeign says that the file is not a database of this program.
var ErrForeign = errors.New("the database file is not Tokenwell's, or its tables were changed; move it away or restore a backup copy")

func newMigrations(pool *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, pool, files, goose.WithDisableGlobalRegistry(true))
}

// newestVersion is the version that the migrations lead to: the number of the
// last file.
var newestVersion = sync.OnceValue(func() (newest int64) {
	files, err := fs.ReadDir(migrationFiles, "migrations")
	if err != nil {
		panic(err) // it is embedded
	}
	for _, f := range files {
		number, _, _ := strings.Cut(f.Name(), "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			panic(err)
		}
		newest = max(newest, version)
	}
	return newest
})

// schemaHash is the hash of the schema of newestVersion, so that nobody waits
// for it to be made at each start. A test says what it has to be.
const schemaHash = "62355522e5fc3591a5d6a451770c3268883e61abc6df02113f6789b26d3cc42a"

// hashOf is what schemaHash is compared with.
func hashOf(schema []string) string {
	sum := sha256.Sum256([]byte(strings.Join(schema, "\x00")))
	return hex.EncodeToString(sum[:])
}

// migrate brings the schema up to date, each step in a transaction of its own.
// What has a version already is copied before.
func migrate(ctx context.Context, pool *sql.DB, dir string, version int64) error {
	if version == newestVersion() {
		return nil
	}
	p, err := newMigrations(pool)
	if err != nil {
		return err
	}
	pending, err := p.HasPending(ctx)
	if err != nil {
		return storageError(err)
	}
	if !pending {
		return nil
	}
	if version > 0 {
		if err := backUp(ctx, pool, dir, version); err != nil {
			return fmt.Errorf("the database is not brought up to date, for it could not be copied before: %w", err)
		}
	}
	killpoint.At("migrate.copied")
	for {
		switch _, err := p.UpByOne(ctx); {
		case errors.Is(err, goose.ErrNoNextVersion):
			return nil
		case err != nil:
			return fmt.Errorf("the database can't be brought up to date: %w", storageError(err))
		}
		killpoint.At("migrate.step")
	}
}

// checkSchema reads the file without writing to it and compares its schema
// with the one that its version should have: a planted trigger or view would
// run inside our own statements. It returns the version; 0: the file is empty.
func checkSchema(ctx context.Context, path string) (version int64, err error) {
	pool, err := openPool(path, "?mode=ro&_defensive=1&_pragma=busy_timeout(5000)&_pragma=trusted_schema(OFF)&_pragma=mmap_size(0)", 1)
	if err != nil {
		return 0, err
	}
	defer func() { _ = pool.Close() }()
	found, err := readSchema(ctx, pool)
	if err != nil {
		return 0, storageError(err)
	}
	if len(found) == 0 {
		return 0, nil
	}
	if version, err = schemaVersion(ctx, pool); err != nil {
		return 0, err
	}
	if version == newestVersion() && hashOf(found) == schemaHash {
		return version, nil
	}
	expected, err := expectedSchema(ctx, version)
	if err != nil {
		return 0, err
	}
	if !slices.Equal(found, expected) {
		return 0, ErrForeign
	}
	return version, nil
}

func schemaVersion(ctx context.Context, pool *sql.DB) (int64, error) {
	var version sql.NullInt64
	err := pool.QueryRowContext(ctx, "SELECT max(version_id) FROM goose_db_version WHERE is_applied").Scan(&version)
	if err != nil {
		if err = storageError(err); errors.Is(err, auth.ErrStorage) && !isDiskError(err) {
			return 0, ErrForeign
		}
		return 0, err
	}
	return version.Int64, nil
}

// expectedSchema makes the schema of a version in memory.
func expectedSchema(ctx context.Context, version int64) ([]string, error) {
	pool, err := sql.Open("sqlite", "file::memory:?_dqs=0")
	if err != nil {
		return nil, err
	}
	defer func() { _ = pool.Close() }()
	pool.SetMaxOpenConns(1) // each connection has a memory of its own
	p, err := newMigrations(pool)
	if err != nil {
		return nil, err
	}
	if version > newestVersion() {
		return nil, ErrNewer
	}
	if _, err := p.UpTo(ctx, version); err != nil {
		return nil, storageError(err)
	}
	return readSchema(ctx, pool)
}

// readSchema lists every object with its definition.
func readSchema(ctx context.Context, pool *sql.DB) ([]string, error) {
	rows, err := pool.QueryContext(ctx, "SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1")
	if err != nil {
		return nil, err
	}
	return readTexts(rows)
}

// readTexts reads rows of one text each.
func readTexts(rows *sql.Rows) ([]string, error) {
	defer func() { _ = rows.Close() }()
	var all []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}
