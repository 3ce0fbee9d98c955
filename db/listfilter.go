package db

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"tokenwell/auth"
)

// filter selects rows of the list.
type filter struct {
	where condition
	index string // the one to walk along
	// few: the rows are named one by one. Looking them up is quicker than
	// walking the sort index until a page is full.
	few   bool
	match int // how many rows match
	total int // of how many
	// found selects those that were found, where that is known; empty: all.
	found condition
	// set selects the same rows by number alone, so that a walk along a sort
	// index need not look at each row; empty: where does so itself.
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

// fewInSet is fewOf where the walk looks at the index alone and at a rowSet.
func fewInSet(total int) int { return fewOf(total) / 5 }

func (d *DB) newFilter(ctx context.Context, q auth.Query, total int) (filter, error) {
	term := strings.ReplaceAll(auth.FoldName(q.Search), textEnd, "")
	narrowed := len(q.States) > 0 || q.ServiceID != ""
	switch {
	case term == "" && !narrowed:
		return filter{where: condition{sql: visible}, match: total, total: total}, nil
	case term == "" && q.Offset == 0:
		return d.columnFilter(ctx, q, total)
	}
	var set *rowSet
	if term != "" {
		found, err := d.texts.find(ctx, d.reader, term)
		if err != nil {
			return filter{}, err
		}
		set = &found
	}
	if narrowed {
		found, err := d.narrow(ctx, q, set, total)
		if err != nil {
			return filter{}, err
		}
		set = &found
	}
	if set.n <= fewInSet(total) {
		return fewFilter(found{n: set.n, seqs: set.seqs()}), nil
	}
	return filter{where: condition{sql: visible}.and(set.contains()), match: set.n, total: total, found: set.contains()}, nil
}

// columnFilter selects rows by state and service, for the first page: it counts
// them, but does not ask which they are.
func (d *DB) columnFilter(ctx context.Context, q auth.Query, total int) (filter, error) {
	few, parts := fewOf(total), runsOf(q)
	rows := union(parts)
	// They are many, as a look at the first few tells.
	some, err := d.counted(ctx, countSeqs(rows.sql+" LIMIT "+strconv.Itoa(few+1)), rows.args...)
	if err != nil {
		return filter{}, err
	}
	if some.n <= few {
		return fewFilter(some), nil
	}
	f := filter{where: condition{sql: visible}.and(ofColumns(q)), total: total, set: condition{"seq IN (" + rows.sql + ")", rows.args}}
	f.match, err = d.countRuns(ctx, parts)
	return f, err
}

// narrow gives the rows of a set that are of the service and in the states asked
// for; nil: of all rows. SQLite names those that are, whatever set they are in:
// looking into the set for each of them would take it as long.
func (d *DB) narrow(ctx context.Context, q auth.Query, set *rowSet, total int) (rowSet, error) {
	key := fmt.Sprintf("%q %q %d", q.ServiceID, q.States, q.Now.UnixNano())
	rows := union(runsOf(q))
	if set != nil {
		key += " " + set.name
		if set.n <= fewInSet(total) {
			rows = condition{sql: "SELECT seq FROM authorizations NOT INDEXED WHERE " + visible}.and(among(set.seqs())).and(ofColumns(q))
		}
	}
	f, err := d.counts.of(key, func() (f found, err error) {
		err = d.reader.QueryRowContext(ctx, countSeqs(rows.sql), rows.args...).Scan(&f.n, &f.seqs)
		return found{set: rowSetOf(d.counts.newName(), f.seqs, set)}, storageError(err)
	})
	return f.set, err
}

// ofColumns selects the rows of the service and in the states asked for.
func ofColumns(q auth.Query) condition {
	c := anyState(q.States, q.Now)
	if q.ServiceID != "" {
		c = condition{"service_id = ?", []any{q.ServiceID}}.and(c)
	}
	return c
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

// runsOf is ofColumns for the rows in view: one part for each run of
// authorizations_filter, for SQLite jumps to one, not to several.
func runsOf(q auth.Query) []condition {
	service := anyService
	if q.ServiceID != "" {
		service = condition{"service_id = ?", []any{q.ServiceID}}
	}
	service = condition{sql: visible}.and(service)
	if len(q.States) == 0 {
		return []condition{service}
	}
	var parts []condition
	for _, s := range q.States {
		for _, run := range stateRuns(s, q.Now) {
			parts = append(parts, service.and(run))
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

// fewFilter is a filter that names the rows one by one.
func fewFilter(rows found) filter {
	return filter{where: condition{sql: visible}.and(among(rows.seqs)), few: true, match: rows.n}
}

// among selects rows by number. seqs are divided by commas.
func among(seqs string) condition {
	return condition{"seq IN (SELECT value FROM json_each(?))", []any{"[" + seqs + "]"}}
}
