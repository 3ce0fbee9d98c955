package gui

import (
	"context"
	"maps"
	"slices"

	"tokenwell/auth"
)

// foundRows is what one read of a rowCache brings: its rows, how many there are
// that match, and how many in all. More is a further count of the reader's own.
type foundRows[R any] struct {
	rows               []R
	match, total, more int
}

// readAuthorizations returns the cache of the authorizations table. The page that
// it is asked for first is read at once, while the window is being made.
func readAuthorizations(u *ui, asked auth.Query) *rowCache[auth.Query, auth.Row] {
	asked.Limit = pageRows
	takeFirst := ahead(u.run, func(ctx context.Context) (auth.Page, error) { return u.engine.List(ctx, asked) })
	return &rowCache[auth.Query, auth.Row]{
		run: u.run, same: sameQuery, id: func(r *auth.Row) string { return r.ID },
		read: func(ctx context.Context, q auth.Query, offset, limit int) (foundRows[auth.Row], error) {
			found, ok, err := takeFirst()
			if !ok || offset != 0 || limit != pageRows || !sameQuery(q, asked) {
				q.Offset, q.Limit = offset, limit
				found, err = u.engine.List(ctx, q)
			}
			return foundRows[auth.Row]{rows: found.Rows, match: found.Match, total: found.Total}, err
		},
	}
}

const (
	pageRows   = 100 // rows of one read
	pagesKept  = 24
	rowsAround = 50 // rows above and below the visible ones that are read ahead
)

// page is a stretch of rows as one read brought it.
type page[R any] struct {
	rows []R
	seq  int // the read-out that it belongs to
	used int // when it was last looked at, for the oldest to go
}

// rowCache holds the rows R around the visible ones of the answer to a query Q,
// read page by page off the UI thread, one read at a time. Use it on the UI thread.
type rowCache[Q, R any] struct {
	run  *runner
	read func(ctx context.Context, q Q, offset, limit int) (foundRows[R], error)
	same func(a, b Q) bool // ask for the same rows, whenever that is
	id   func(*R) string
	// visible tells which rows are on the screen, changed is called when there
	// are new ones, failed when a read has failed.
	visible func() (first, last int)
	changed func(fresh bool)
	failed  func(error)

	query   Q
	seq     int
	fresh   bool // the query is another one: rows of the old one must not be shown with it
	pages   map[int]*page[R]
	clock   int
	match   int // rows that match
	total   int // rows there are
	more    int // as the reader counts
	known   bool
	loading bool
}

// ask starts a new read-out. The rows of the last one stay until others come.
func (c *rowCache[Q, R]) ask(q Q) {
	c.fresh = c.fresh || !c.known || !c.same(c.query, q)
	c.query = q
	c.seq++
	c.load()
}

func sameQuery(a, b auth.Query) bool {
	if len(a.States) != len(b.States) {
		return false
	}
	for i := range a.States {
		if a.States[i] != b.States[i] {
			return false
		}
	}
	return a.Search == b.Search && a.ServiceID == b.ServiceID && a.Sort == b.Sort && a.Desc == b.Desc
}

// row returns row i, or nil while it is not there yet.
func (c *rowCache[Q, R]) row(i int) *R {
	p := c.pages[i/pageRows]
	if p == nil || i%pageRows >= len(p.rows) {
		return nil
	}
	c.clock++
	p.used = c.clock
	return &p.rows[i%pageRows]
}

// load reads the next page that is wanted and not there, if there is one.
func (c *rowCache[Q, R]) load() {
	if c.loading {
		return
	}
	n, ok := c.missing()
	if !ok {
		return
	}
	c.loading = true
	seq, q := c.seq, c.query
	async(c.run, func(ctx context.Context) (foundRows[R], error) { return c.read(ctx, q, n*pageRows, pageRows) },
		func(found foundRows[R], err error) {
			c.loading = false
			switch {
			case seq != c.seq: // another read-out was asked for meanwhile
				c.load()
			case err != nil:
				c.failed(err)
			default:
				c.store(n, found)
				c.load()
			}
		})
}

// missing returns the first page around the visible rows that has to be read.
func (c *rowCache[Q, R]) missing() (n int, ok bool) {
	if c.fresh || !c.known {
		return 0, true
	}
	first, last := c.visible()
	first, last = max(first-rowsAround, 0), min(last+rowsAround, c.match-1)
	middle := (first + last) / 2 / pageRows // what is seen comes first
	for _, n := range append([]int{middle}, pagesBetween(first, last)...) {
		if p := c.pages[n]; n*pageRows < max(c.match, 1) && (p == nil || p.seq != c.seq) {
			return n, true
		}
	}
	return 0, false
}

func pagesBetween(first, last int) []int {
	var out []int
	for n := first / pageRows; n <= last/pageRows; n++ {
		out = append(out, n)
	}
	return out
}

func (c *rowCache[Q, R]) store(n int, found foundRows[R]) {
	fresh := c.fresh
	if fresh || c.pages == nil {
		c.pages = map[int]*page[R]{}
	}
	c.fresh, c.known = false, true
	c.clock++
	c.pages[n] = &page[R]{rows: found.rows, seq: c.seq, used: c.clock}
	c.match, c.total, c.more = found.match, found.total, found.more
	for len(c.pages) > pagesKept {
		oldest := -1
		for k, p := range c.pages {
			if oldest < 0 || p.used < c.pages[oldest].used {
				oldest = k
			}
		}
		delete(c.pages, oldest)
	}
	c.changed(fresh)
}

// each calls f for all rows in memory, in their order.
func (c *rowCache[Q, R]) each(f func(i int, r *R)) {
	for _, n := range slices.Sorted(maps.Keys(c.pages)) {
		rows := c.pages[n].rows
		for i := range rows {
			f(n*pageRows+i, &rows[i])
		}
	}
}

// indexOf returns where the row of that ID stands, -1 when it is not in memory.
func (c *rowCache[Q, R]) indexOf(id string) int {
	for n, p := range c.pages {
		for i := range p.rows {
			if c.id(&p.rows[i]) == id {
				return n*pageRows + i
			}
		}
	}
	return -1
}

// Bounds of find: it gives up rather than read a hundred thousand rows.
const (
	findRows  = 1000
	findReads = 20
)

// find looks the row up beyond what is in memory and gives its index to done,
// -1 when it is not among the first 20,000 that match.
func (c *rowCache[Q, R]) find(id string, done func(index int)) {
	q := c.query
	async(c.run, func(ctx context.Context) (int, error) {
		for n := range findReads {
			found, err := c.read(ctx, q, n*findRows, findRows)
			if err != nil {
				return -1, err
			}
			for i := range found.rows {
				if c.id(&found.rows[i]) == id {
					return n*findRows + i, nil
				}
			}
			if (n+1)*findRows >= found.match {
				break
			}
		}
		return -1, nil
	}, func(index int, err error) {
		if err != nil {
			index = -1
		}
		done(index)
	})
}
