package db

import (
	"context"
	"database/sql"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

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

// filter selects rows of the list.
type filter struct {
	where condition
	index string // the one to walk along
	// few: the rows are named one by one. Looking them up is quicker than
	// walking the sort index until a page is full.
	few   bool
	match int // how many rows match
	total int // of how many
	// set selects the same rows by number alone, so that a walk along a sort
	// index need not look at each row; empty: not known, or of no use.
	set condition
}

const visible = "purge_at = 0"

// fewMatches bounds fewOf. A variable for the tests.
var fewMatches = 4000

// fewOf is up to how many rows are looked up one by one: about as many as a
// walk along the sort index passes before it has filled a page with them.
func fewOf(total int) int {
	return min(max(200, int(math.Sqrt(float64(defaultLimit*total)))), fewMatches)
}

func (d *DB) newFilter(ctx context.Context, q auth.Query, total int) (filter, error) {
	f := filter{where: condition{sql: visible}, match: total, total: total}
	term := strings.ReplaceAll(auth.FoldName(q.Search), "\x00", "")
	narrowed := len(q.States) > 0 || q.ServiceID != ""
	if term == "" && !narrowed {
		return f, nil
	}
	service := anyService
	if q.ServiceID != "" {
		service = condition{"service_id = ?", []any{q.ServiceID}}
		f.where = f.where.and(service)
	}
	f.where = f.where.and(anyState(q.States, q.Now))
	few := fewOf(total)
	if utf8.RuneCountInString(term) >= 3 { // the search index knows runs of three
		words := `"` + strings.ReplaceAll(term, `"`, `""`) + `"`
		some, err := d.counted(ctx, `SELECT count(*), coalesce(group_concat(rowid), '') FROM
			(SELECT rowid FROM authorization_search WHERE authorization_search MATCH ? LIMIT ?)`, words, few+1)
		if err != nil {
			return filter{}, err
		}
		if some.n <= few {
			return d.fewFilter(ctx, f.where.and(among(some.seqs)), narrowed, some.n)
		}
		if !narrowed {
			all, err := d.counted(ctx, "SELECT count(*), '' FROM authorization_search WHERE authorization_search MATCH ?", words)
			f.where, f.match = f.where.and(contains(term)), all.n
			f.set = condition{"seq IN (SELECT rowid FROM authorization_search WHERE authorization_search MATCH ?)", []any{words}}
			return f, err
		}
	}
	parts := runsOf(service, q)
	if term != "" {
		f.where = f.where.and(contains(term))
		for i := range parts {
			parts[i] = parts[i].and(contains(term))
		}
	}
	rows := union(parts)
	f.set = condition{"seq IN (" + rows.sql + ")", rows.args}
	// A state, a service or one or two characters are found in many rows, as a
	// look at the first few tells. Both a filter and a term: only a full look does.
	short := term == "" || !narrowed
	if short {
		rows.sql += " LIMIT " + strconv.Itoa(few+1)
	}
	all, err := d.counted(ctx, "SELECT count(*), coalesce(group_concat(seq), '') FROM ("+rows.sql+")", rows.args...)
	if err != nil {
		return filter{}, err
	}
	if all.n <= few {
		return filter{where: condition{sql: visible}.and(among(all.seqs)), few: true, match: all.n}, nil
	}
	f.match = all.n
	switch {
	case short:
		f.match, err = d.countRuns(ctx, parts)
	case all.seqs != "":
		f.set = among(all.seqs)
	}
	return f, err
}

// anyService names every service that is in use, each found by one step along
// the index. Given to an index that begins with the service, it lets SQLite jump
// to the rows of a state.
var anyService = condition{sql: `service_id IN (WITH RECURSIVE used (id) AS (
	SELECT min(service_id) FROM authorizations INDEXED BY authorizations_filter WHERE purge_at = 0
	UNION ALL
	SELECT (SELECT min(service_id) FROM authorizations INDEXED BY authorizations_filter WHERE purge_at = 0 AND service_id > used.id)
	FROM used WHERE used.id IS NOT NULL
) SELECT id FROM used WHERE id IS NOT NULL)`}

// runsOf selects the rows of a service that are in one of the states asked for:
// one part for each run of authorizations_filter, for SQLite jumps to one, not
// to several.
func runsOf(service condition, q auth.Query) []condition {
	if len(q.States) == 0 {
		if q.ServiceID == "" {
			return []condition{{sql: visible}}
		}
		return []condition{condition{sql: visible}.and(service)}
	}
	var parts []condition
	for _, s := range q.States {
		for _, run := range stateRuns(s, q.Now) {
			parts = append(parts, condition{sql: visible}.and(service).and(run))
		}
	}
	return parts
}

// fromFilter reads the index of every column that can be filtered by.
const fromFilter = "FROM authorizations INDEXED BY authorizations_filter WHERE "

// union is the query for the rows of all runs.
func union(parts []condition) condition {
	var all condition
	for i, part := range parts {
		if i > 0 {
			all.sql += " UNION ALL "
		}
		all.sql += "SELECT seq " + fromFilter + part.sql
		all.args = append(all.args, part.args...)
	}
	return all
}

// fewFilter is a filter whose condition names the rows one by one, n of them;
// narrowed: not all of those match.
func (d *DB) fewFilter(ctx context.Context, where condition, narrowed bool, n int) (filter, error) {
	f := filter{where: where, few: true, match: n}
	var err error
	if narrowed {
		f.match, err = d.count(ctx, f)
	}
	return f, err
}

// among selects rows by number. seqs are divided by commas.
func among(seqs string) condition {
	return condition{"seq IN (SELECT value FROM json_each(?))", []any{"[" + seqs + "]"}}
}

// contains selects rows by a substring. Of the ways to say it in SQL this is
// the quickest.
func contains(term string) condition {
	literal := strings.NewReplacer("[", "[[]", "*", "[*]", "?", "[?]").Replace(term)
	return condition{"search GLOB ?", []any{"*" + literal + "*"}}
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
		part := filter{where: f.where.and(s.where), index: s.index, few: f.few, total: f.total, set: f.set}
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
	if s.state == "" || f.set.sql != "" || f.few {
		return d.count(ctx, f)
	}
	return d.countRuns(ctx, runsOf(anyService, auth.Query{States: []auth.State{s.state}, Now: q.Now})) // all rows of the state
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
