package db

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
)

// counts remembers how many rows match while nobody writes to the database, so
// that scrolling counts once. It is safe for concurrent use.
type counts struct {
	mu      sync.Mutex
	conn    *sql.Conn // on which data_version is read: it is comparable on one connection only
	version int64
	known   map[string]int
}

// countsKept bounds the memory that counts takes.
const countsKept = 64

// current returns the version of the data and forgets what was counted before it.
func (c *counts) current(ctx context.Context) (int64, error) {
	var version int64
	if err := c.conn.QueryRowContext(ctx, "PRAGMA data_version").Scan(&version); err != nil {
		return 0, storageError(err)
	}
	if version != c.version || len(c.known) >= countsKept {
		c.version, c.known = version, map[string]int{}
	}
	return version, nil
}

// of returns the remembered count under key, or what counting gives.
func (c *counts) of(ctx context.Context, key string, counting func() (int, error)) (int, error) {
	c.mu.Lock()
	version, err := c.current(ctx)
	n, ok := c.known[key]
	c.mu.Unlock()
	if err != nil || ok {
		return n, err
	}
	if n, err = counting(); err != nil {
		return 0, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.version == version {
		c.known[key] = n
	}
	return n, nil
}

// count counts the rows that match a filter.
func (d *DB) count(ctx context.Context, f filter) (int, error) {
	switch {
	case f.match != "":
		return d.counted(ctx, "SELECT count(*) FROM authorization_search WHERE authorization_search MATCH ?", f.match)
	case f.few:
		return d.counted(ctx, "SELECT count(*) FROM authorizations NOT INDEXED WHERE "+f.where.sql, f.where.args...)
	case f.where.sql == visible:
		return d.total(ctx)
	}
	return d.counted(ctx, "SELECT count(*) FROM authorizations INDEXED BY "+f.index+" WHERE "+f.where.sql, f.where.args...)
}

// total counts all rows that are not deleted. Counting a whole table and taking
// away the few is quicker than counting with a condition.
func (d *DB) total(ctx context.Context) (int, error) {
	return d.counted(ctx, `SELECT (SELECT count(*) FROM authorizations) -
		(SELECT count(*) FROM authorizations WHERE purge_at <> 0)`)
}

func (d *DB) counted(ctx context.Context, query string, args ...any) (int, error) {
	var key strings.Builder
	key.WriteString(query)
	for _, a := range args {
		fmt.Fprintf(&key, "\x00%v", a)
	}
	return d.counts.of(ctx, key.String(), func() (int, error) {
		var n int
		err := d.reader.QueryRowContext(ctx, query, args...).Scan(&n)
		return n, storageError(err)
	})
}
