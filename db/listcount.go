package db

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// counts remembers how many rows match, and which when they are few, while
// nobody writes to the database, so that scrolling counts once. It is safe for
// concurrent use.
type counts struct {
	mu      sync.Mutex
	watch   *watch
	version int64
	known   map[string]found
	names   int64 // given so far
}

// found is the answer to a count: how many rows, and which where the query gave
// that: their numbers divided by commas, or a set.
type found struct {
	n    int
	seqs string
	set  rowSet
}

// countsKept bounds the memory that counts takes.
const countsKept = 64

// current returns the version of the data and forgets what was counted before it.
func (c *counts) current() (int64, error) {
	version, err := c.watch.now()
	if err != nil {
		return 0, storageError(err)
	}
	if version != c.version || len(c.known) >= countsKept {
		c.version, c.known = version, map[string]found{}
	}
	return version, nil
}

// of returns the remembered count under key, or what counting gives.
func (c *counts) of(key string, counting func() (found, error)) (found, error) {
	c.mu.Lock()
	version, err := c.current()
	f, ok := c.known[key]
	c.mu.Unlock()
	if err != nil || ok {
		return f, err
	}
	if f, err = counting(); err != nil {
		return found{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.version == version {
		c.known[key] = f
	}
	return f, nil
}

// newName names a set that was made of the data as it is now. The same rows of
// other data have another one, so that what was counted in one set is never taken
// for the other's.
func (c *counts) newName() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.names++
	return "set " + strconv.FormatInt(c.names, 10)
}

// count counts the rows that match a filter, over its index.
func (d *DB) count(ctx context.Context, f filter) (int, error) {
	from := "INDEXED BY " + f.index
	if f.few {
		from = "NOT INDEXED" // but by row number
	}
	c, err := d.counted(ctx, "SELECT count(*), '' FROM authorizations "+from+" WHERE "+f.where.sql, f.where.args...)
	return c.n, err
}

// countRuns counts the rows of all runs.
func (d *DB) countRuns(ctx context.Context, parts []condition) (int, error) {
	sums := make([]string, len(parts))
	var args []any
	for i, part := range parts {
		sums[i] = "(SELECT count(*) " + fromFilter + part.sql + ")"
		args = append(args, part.args...)
	}
	c, err := d.counted(ctx, "SELECT "+strings.Join(sums, " + ")+", ''", args...)
	return c.n, err
}

// total counts all rows that are not deleted. Counting a whole table and taking
// away the few is quicker than counting with a condition.
func (d *DB) total(ctx context.Context) (int, error) {
	c, err := d.counted(ctx, `SELECT (SELECT count(*) FROM authorizations) -
		(SELECT count(*) FROM authorizations WHERE purge_at <> 0), ''`)
	return c.n, err
}

// countSeqs is the query that counts the rows whose numbers another gives, and
// gives them too.
func countSeqs(rows string) string {
	return "SELECT count(*), coalesce(group_concat(seq), '') FROM (" + rows + ")"
}

// counted runs a query that gives a count and row numbers, or remembers what it gave.
func (d *DB) counted(ctx context.Context, query string, args ...any) (found, error) {
	var key strings.Builder
	key.WriteString(query)
	for _, a := range args {
		fmt.Fprintf(&key, "\x00%v", a)
	}
	return d.counts.of(key.String(), func() (found, error) {
		var f found
		err := d.reader.QueryRowContext(ctx, query, args...).Scan(&f.n, &f.seqs)
		return f, storageError(err)
	})
}
