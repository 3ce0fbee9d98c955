package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"tokenwell/auth"
	"tokenwell/auth/killpoint"
)

// BackupDir is the folder of the copies that are made before the database is
// brought up to date.
func BackupDir(dir string) string { return filepath.Join(dir, "backups") }

// backUp writes a checked copy of the database, which has the given version, to
// the folder of backups (R05). It is SQLite that copies: nobody else may open
// the file. One copy is kept for each version.
func backUp(ctx context.Context, pool *sql.DB, dir string, version int64) error {
	if err := makePrivateDir(BackupDir(dir)); err != nil {
		return err
	}
	path := filepath.Join(BackupDir(dir), fmt.Sprintf("tokenwell-version-%d.db", version))
	part := path + partEnd
	if err := os.Remove(part); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	f, err := createPrivate(part) // SQLite takes an empty file, with its mode
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(part) }() // when it was not finished
	if err := f.Close(); err != nil {
		return err
	}
	if _, err := pool.ExecContext(ctx, "VACUUM INTO ?", part); err != nil {
		return storageError(err)
	}
	if err := checkCopy(ctx, pool, part); err != nil {
		return err
	}
	if err := syncFile(part); err != nil {
		return err
	}
	killpoint.At("migrate.copy_unnamed")
	if err := os.Rename(part, path); err != nil {
		return err
	}
	return syncDir(BackupDir(dir))
}

// checkCopy compares a copy with what it was made of: the schema, how many rows
// each table holds, and that every page can be read.
func checkCopy(ctx context.Context, pool *sql.DB, path string) error {
	copied, err := openPool(path, "?mode=ro&_defensive=1&_pragma=trusted_schema(OFF)&_pragma=mmap_size(0)", 1)
	if err != nil {
		return err
	}
	defer func() { _ = copied.Close() }()
	var verdict string
	if err := copied.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict); err != nil {
		return storageError(err)
	}
	was, err := describe(ctx, pool)
	if err != nil {
		return err
	}
	is, err := describe(ctx, copied)
	if err != nil {
		return err
	}
	if verdict != "ok" || !slices.Equal(was, is) {
		return fmt.Errorf("%w: the copy is not like the file", auth.ErrStorage)
	}
	return nil
}

// describe lists the schema and how many rows each table holds.
func describe(ctx context.Context, pool *sql.DB) ([]string, error) {
	all, err := readSchema(ctx, pool)
	if err != nil {
		return nil, storageError(err)
	}
	tables, err := pool.QueryContext(ctx, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
	if err != nil {
		return nil, storageError(err)
	}
	names, err := readTexts(tables)
	if err != nil {
		return nil, storageError(err)
	}
	for _, name := range names {
		var n int64
		// The schema is the one that this program makes, or it would not be open.
		if err := pool.QueryRowContext(ctx, `SELECT count(*) FROM "`+name+`"`).Scan(&n); err != nil {
			return nil, storageError(err)
		}
		all = append(all, fmt.Sprintf("%s: %d", name, n))
	}
	return all, nil
}

// syncFile makes what a file holds durable.
func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|noFollow, fileMode) //nolint:gosec // the path is ours
	if err != nil {
		return err
	}
	err = f.Sync()
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}
