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
	index string // the index that counts best
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
	f := filter{where: condition{sql: visible}, index: "authorizations_by_state", match: total, total: total}
	term := strings.ReplaceAll(auth.FoldName(q.Search), "\x00", "")
	narrowed := len(q.States) > 0 || q.ServiceID != ""
	if term == "" && !narrowed {
		return f, nil
	}
	service := anyService
	if q.ServiceID != "" {
		service = condition{"service_id = ?", []any{q.ServiceID}}
		f.where = f.where.and(service)
		f.index = "authorizations_filter"
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
			return d.fewFilter(ctx, f.where.and(among(some.seqs)))
		}
		if !narrowed {
			all, err := d.counted(ctx, "SELECT count(*), '' FROM authorization_search WHERE authorization_search MATCH ?", words)
			f.where, f.match = f.where.and(contains(term)), all.n
			f.set = condition{"seq IN (SELECT rowid FROM authorization_search WHERE authorization_search MATCH ?)", []any{words}}
			return f, err
		}
	}
	rows := condition{"SELECT seq FROM authorizations INDEXED BY " + f.index + " WHERE " + f.where.sql, f.where.args}
	if term != "" {
		f.where = f.where.and(contains(term))
		f.index = "authorizations_filter"
		rows = matching(service, q, contains(term))
	}
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
		return d.fewFilter(ctx, condition{sql: visible}.and(among(all.seqs)))
	}
	f.match = all.n
	switch {
	case short:
		f.match, err = d.count(ctx, f)
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

// matching is the query for the rows of a service that are in one of the states
// asked for and hold a term: one part for each state, for SQLite jumps to the
// rows of one, not of several.
func matching(service condition, q auth.Query, term condition) condition {
	const from = "SELECT seq FROM authorizations INDEXED BY authorizations_filter WHERE "
	if len(q.States) == 0 {
		where := condition{sql: visible}.and(term)
		if q.ServiceID != "" {
			where = where.and(service)
		}
		return condition{from + where.sql, where.args}
	}
	var parts []string
	var args []any
	for _, s := range q.States {
		where := condition{sql: visible}.and(service).and(stateIs(s, q.Now)).and(term)
		parts = append(parts, from+where.sql)
		args = append(args, where.args...)
	}
	return condition{strings.Join(parts, " UNION ALL "), args}
}

// fewFilter is a filter whose condition names the rows one by one.
func (d *DB) fewFilter(ctx context.Context, where condition) (filter, error) {
	f := filter{where: where, few: true}
	var err error
	f.match, err = d.count(ctx, f)
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

// pageSeqs reads the row numbers of one page in order.
func (d *DB) pageSeqs(ctx context.Context, q auth.Query, f filter) ([]int64, error) {
	runs := segments(q)
	offset, limit := q.Offset, min(q.Limit, f.match-q.Offset)
	var seqs []int64
	for _, s := range runs {
		if limit <= 0 {
			break
		}
		part := filter{where: f.where.and(s.where), index: s.index, few: f.few, total: f.total, set: f.set}
		length := f.match
		if len(runs) > 1 && (offset > 0 || f.few) {
			var err error
			if length, err = d.count(ctx, part); err != nil {
				return nil, err
			}
			if length <= offset {
				offset -= length
				continue
			}
		}
		some, err := d.runSeqs(ctx, s, part, offset, min(limit, length-offset), length)
		if err != nil {
			return nil, err
		}
		seqs = append(seqs, some...)
		offset, limit = 0, limit-len(some)
	}
	return seqs, nil
}

// longestWalk is how many rows a walk along a sort index looks at before a set
// of row numbers is made instead, which costs as much. A variable for the tests.
var longestWalk = 8000

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
		// Where matches lie evenly, four times the way to the last one is enough;
		// where they stand together, the walk could pass every other row.
		walk := 4 * (offset + limit) * f.total / max(length, 1)
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
