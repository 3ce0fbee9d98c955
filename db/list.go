package db

import (
	"context"
	"database/sql"
	"slices"
	"strconv"

	"tokenwell/auth"
)

// defaultLimit is the page size of a query without a limit.
const defaultLimit = 100

// List implements auth.Lister. Row numbers come first, over the index of the
// sort column; the rows of the page are read after.
func (d *DB) List(ctx context.Context, q auth.Query) (auth.Page, error) {
	if q.Limit <= 0 {
		q.Limit = defaultLimit
	}
	q.Offset = max(q.Offset, 0)
	var page auth.Page
	var err error
	if page.Total, err = d.total(ctx); err != nil {
		return auth.Page{}, err
	}
	f, err := d.newFilter(ctx, q, page.Total)
	if err != nil {
		return auth.Page{}, err
	}
	page.Match = f.match
	seqs, err := d.pageSeqs(ctx, q, f)
	if err != nil {
		return auth.Page{}, err
	}
	page.Rows, err = d.listedRows(ctx, seqs, q.Now)
	return page, err
}

// condition is a part of WHERE with its arguments.
type condition struct {
	sql  string
	args []any
}

func (c condition) and(other condition) condition {
	switch {
	case other.sql == "":
		return c
	case c.sql == "":
		return other
	}
	return condition{sql: c.sql + " AND " + other.sql, args: append(append([]any{}, c.args...), other.args...)}
}

func readSeqs(found *sql.Rows) ([]int64, error) {
	defer func() { _ = found.Close() }()
	seqs := []int64{}
	for found.Next() {
		var seq int64
		if err := found.Scan(&seq); err != nil {
			return nil, storageError(err)
		}
		seqs = append(seqs, seq)
	}
	return seqs, storageError(found.Err())
}

// pageSeqs reads the row numbers of one page in order, from whichever end of the
// list is nearer.
func (d *DB) pageSeqs(ctx context.Context, q auth.Query, f filter) ([]int64, error) {
	runs := segments(q)
	offset, limit := q.Offset, min(q.Limit, f.match-q.Offset)
	backwards := offset > f.match/2
	if backwards {
		slices.Reverse(runs)
		offset = f.match - offset - limit
	}
	left := f.match // in this run and those after it
	var seqs []int64
	for i, s := range runs {
		if limit <= 0 {
			break
		}
		s.desc = s.desc != backwards
		part := filter{where: f.where.and(s.where), index: s.index, few: f.few, total: f.total, found: f.found, set: f.set}
		length := left
		if i < len(runs)-1 && (offset > 0 || f.few) {
			var err error
			if length, err = d.runLength(ctx, q, s, part); err != nil {
				return nil, err
			}
			if length <= offset {
				offset, left = offset-length, left-length
				continue
			}
		}
		some, err := d.runSeqs(ctx, s, part, offset, min(limit, length-offset), length)
		if err != nil {
			return nil, err
		}
		seqs = append(seqs, some...)
		left -= offset + len(some) // a run that is followed by another has ended
		offset, limit = 0, limit-len(some)
	}
	if backwards {
		slices.Reverse(seqs)
	}
	return seqs, nil
}

// runLength counts the rows of a run that match.
func (d *DB) runLength(ctx context.Context, q auth.Query, s segment, f filter) (int, error) {
	if s.state == "" || f.few {
		return d.count(ctx, f)
	}
	// The filter's index has the rows of a state in fewer places than the sort's.
	parts := runsOf(auth.Query{States: []auth.State{s.state}, Now: q.Now})
	for i := range parts {
		parts[i] = parts[i].and(f.found)
	}
	return d.countRuns(ctx, parts)
}

// longestWalk is how many rows a walk along a sort index looks at before a set
// of row numbers is made instead, which costs as much. A variable for the tests.
var longestWalk = 4000

// runSeqs reads a part of a run that has length rows, from whichever end is
// nearer.
func (d *DB) runSeqs(ctx context.Context, s segment, f filter, offset, limit, length int) ([]int64, error) {
	backwards := offset > length/2
	if backwards {
		offset = length - offset - limit
	}
	order := s.order(backwards)
	from := "authorizations INDEXED BY " + s.index
	where := f.where
	if f.few {
		from = "authorizations NOT INDEXED" // but by row number
	}
	var seqs []int64
	if f.set.sql != "" {
		// Where matches lie evenly, twice the way to the last one is enough; where
		// they stand together, the walk could pass every other row.
		walk := 2 * (offset + limit) * f.total / max(length, 1)
		if walk <= longestWalk {
			some := "(SELECT * FROM " + from + " WHERE " + condition{sql: visible}.and(s.where).sql + order + " LIMIT " + strconv.Itoa(walk) + ")"
			var err error
			if seqs, err = d.seqs(ctx, some, s.where.args, where, order, limit, offset); err != nil {
				return nil, err
			}
		}
		if length < f.total/2 {
			where = condition{sql: visible}.and(s.where).and(f.set)
		}
	}
	if len(seqs) < limit {
		var err error
		if seqs, err = d.seqs(ctx, from, nil, where, order, limit, offset); err != nil {
			return nil, err
		}
	}
	if backwards {
		slices.Reverse(seqs)
	}
	return seqs, nil
}

// seqs reads row numbers; fromArgs are the arguments of from.
func (d *DB) seqs(ctx context.Context, from string, fromArgs []any, where condition, order string, limit, offset int) ([]int64, error) {
	args := slices.Concat(fromArgs, where.args, []any{limit, offset})
	found, err := d.reader.QueryContext(ctx, "SELECT seq FROM "+from+" WHERE "+where.sql+order+" LIMIT ? OFFSET ?", args...) //nolint:gosec // all parts are our own texts
	if err != nil {
		return nil, storageError(err)
	}
	return readSeqs(found)
}
