package gui

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// searchPause is how long after a key the search starts.
const searchPause = 200 * time.Millisecond

// eventPause gathers the engine's events, so that a hundred refreshes at once
// lead to a few reads.
const eventPause = 60 * time.Millisecond

// authorizations is the home screen: the table of authorizations with search
// and filters, and the detail pane of the selected one.
type authorizations struct {
	u      *ui
	root   *fyne.Container
	empty  fyne.CanvasObject
	split  *splitPane
	search *widgets.Input
	states *widgets.Select
	used   *widgets.Select
	count  *widgets.Text
	header *tableHeader
	table  *rowTable
	none   *fyne.Container // said in place of rows
	noneBy *widgets.Text
	bar    *fyne.Container
	legend *fyne.Container // explains the lanes
	detail *detailPane

	rows      *rowCache[auth.Query, auth.Row]
	searching debouncer
	text      string // the search that is applied
	chosen    target
	wanted    int // row that is to be selected once it has been read; -1: none
	loadSeq   int
	isEmpty   bool

	// What the table and the first-run screen know of the changes of theme, see restyle.
	splitStyled, emptyStyled int
}

func newAuthorizations(u *ui) *authorizations {
	a := &authorizations{u: u, wanted: -1, searching: debouncer{run: u.run, d: searchPause}}
	a.rows = readAuthorizations(u, a.query())
	a.rows.changed, a.rows.failed = a.rowsChanged, a.readFailed
	a.makeTable()
	a.rows.visible = a.table.visible
	a.detail = newDetailPane(u, func() { a.choose(target{}) })
	a.split = newSplitPane(a.tableSide(), a.detail.root, u.prefs.split, func(share float64) {
		u.changePrefs(func(p *prefs) { p.split = share })
	})
	a.root = container.NewStack(a.split)
	return a
}

func (a *authorizations) makeTable() {
	u := a.u
	a.header = newTableHeader(u.icons)
	a.header.onSort, a.header.onColumns = a.sortBy, a.openColumnMenu
	a.header.setSort(u.prefs.sort, u.prefs.desc)
	t := newRowTable(u.icons, u.now)
	t.row, t.onRows, t.onColumns = a.rows.row, a.rows.load, a.header.place
	t.isSelected = func(r *auth.Row) bool { return r.ID == a.chosen.row.ID }
	t.onSelect = func(i int) {
		a.wanted = i
		a.chooseWanted()
	}
	t.onMenu, t.onKey = a.openMenu, u.typedKey
	t.hidden = u.prefs.hidden
	a.table = t
}

// query is what the table shows now.
func (a *authorizations) query() auth.Query {
	p := a.u.prefs
	q := auth.Query{Search: a.text, ServiceID: p.service, Sort: p.sort, Desc: p.desc, Now: a.u.now()}
	if p.state != "" {
		q.States = []auth.State{p.state}
	}
	return q
}

// reload reads rows, detail and the used services anew.
func (a *authorizations) reload() {
	a.rows.ask(a.query())
	a.readDetail()
	async(a.u.run, a.u.engine.UsedServices, func(used map[string]int, err error) {
		if err == nil {
			a.used.SetOptions(a.serviceOptions(used), a.u.prefs.service)
		}
	})
}

func (a *authorizations) applySearch() {
	a.searching.cancel()
	if text := strings.TrimSpace(a.search.Text()); text != a.text {
		a.text = text
		a.rows.ask(a.query())
	}
}

func (a *authorizations) filtered() bool {
	return a.text != "" || a.u.prefs.state != "" || a.u.prefs.service != ""
}

// clearFilters shows all rows again.
func (a *authorizations) clearFilters() {
	a.search.SetText("")
	a.states.SetSelected("")
	a.used.SetSelected("")
	a.u.changePrefs(func(p *prefs) { p.state, p.service = "", "" })
	a.searching.cancel()
	a.text = ""
	a.reload()
}

// sortBy sorts by a column; by the same one again the other way round.
func (a *authorizations) sortBy(by auth.Column) {
	a.u.changePrefs(func(p *prefs) {
		p.desc = p.sort == by && !p.desc
		p.sort = by
	})
	a.header.setSort(by, a.u.prefs.desc)
	a.rows.ask(a.query())
}

// rowsChanged draws what a read has brought; fresh: the answer to another query.
func (a *authorizations) rowsChanged(fresh bool) {
	if fresh {
		a.wanted, a.table.current = -1, -1
	}
	a.chooseWanted()
	if i := a.rows.indexOf(a.chosen.row.ID); i >= 0 && a.wanted < 0 {
		a.table.current = i
	}
	a.table.setLength(a.rows.match, fresh)
	a.count.SetText(lang.L("{{.Match}} of {{.Total}}", map[string]any{"Match": grouped(a.rows.match), "Total": grouped(a.rows.total)}))
	a.bar.Layout.Layout(a.bar.Objects, a.bar.Size())
	a.none.Hidden = a.rows.match > 0 || !a.filtered()
	if !a.none.Hidden {
		a.noneBy.SetText(lang.L("No authorization matches the search and the filters."))
	}
	a.none.Refresh()
	a.legend.Refresh()
	a.showEmpty(a.rows.total == 0)
	if i := a.rows.indexOf(a.chosen.row.ID); i >= 0 {
		a.chosen.row = *a.rows.row(i)
		a.detail.set(a.chosen)
	}
}

// chooseWanted selects the row that the keyboard or the pointer went to, which
// may not have been read yet.
func (a *authorizations) chooseWanted() {
	if a.wanted < 0 {
		return
	}
	r := a.rows.row(a.wanted)
	if r == nil {
		return
	}
	a.wanted = -1
	if r.ID != a.chosen.row.ID {
		a.choose(target{row: *r})
	}
}

// showEmpty puts the first-run screen in place of the table, or takes it away.
func (a *authorizations) showEmpty(empty bool) {
	if a.isEmpty == empty {
		return
	}
	a.isEmpty = empty
	content, seen := fyne.CanvasObject(a.split), &a.splitStyled
	if empty {
		if a.empty == nil {
			a.empty, a.emptyStyled = newEmptyState(a.u), a.u.themes.changes
		}
		content, seen = a.empty, &a.emptyStyled
	}
	a.root.Objects = []fyne.CanvasObject{content}
	a.root.Refresh()
	a.u.restyle(seen)
}

func (a *authorizations) readFailed(err error) {
	a.u.log.Error("the authorizations could not be read", "error", err)
	a.noneBy.SetText(lang.L("The authorizations could not be read. The log says more."))
	a.none.Show()
}

// grouped writes a number with separators between the thousands.
func grouped(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// choose selects an authorization, or none.
func (a *authorizations) choose(t target) {
	a.chosen = t
	a.loadSeq++
	a.split.show(t.row.ID != "")
	a.detail.set(t)
	a.readDetail()
	if i := a.rows.indexOf(t.row.ID); i >= 0 {
		a.table.current = i
	}
	a.table.redraw()
	a.u.refreshMenus()
}

// readDetail reads the selected authorization, if there is one.
func (a *authorizations) readDetail() {
	a.loadSeq++
	seq, id := a.loadSeq, a.chosen.row.ID
	if id == "" {
		return
	}
	async(a.u.run, func(ctx context.Context) (auth.Detail, error) { return a.u.engine.Detail(ctx, id) },
		func(d auth.Detail, err error) {
			switch {
			case seq != a.loadSeq || a.chosen.row.ID != id: // another one was chosen meanwhile
				return
			case errors.Is(err, auth.ErrNotFound):
				a.choose(target{})
				return
			case err != nil:
				a.chosen.detail, a.chosen.err = nil, err
			default:
				a.chosen.detail, a.chosen.err = &d, nil
				a.fillRow(&d)
			}
			a.detail.set(a.chosen)
			a.u.refreshMenus()
		})
}

// fillRow makes up for a row that is selected but not among those in memory.
func (a *authorizations) fillRow(d *auth.Detail) {
	r := &a.chosen.row
	r.Name, r.ServiceID, r.ServiceName = d.Authorization.Name, d.Authorization.ServiceID, d.Authorization.ServiceName
	r.Grant = d.Authorization.Grant
}

// selection is the authorization that commands are for.
func (a *authorizations) selection() (target, bool) {
	return a.chosen, a.chosen.row.ID != "" && !a.isEmpty
}

// forget drops the selection when it is that authorization.
func (a *authorizations) forget(id string) {
	if a.chosen.row.ID == id {
		a.choose(target{})
	}
}

// reveal selects an authorization and scrolls to it; filters that hide it are
// cleared. "" keeps the selection.
func (a *authorizations) reveal(id string) {
	if id == "" {
		return
	}
	a.choose(target{row: auth.Row{ID: id}})
	a.reload()
	a.rows.find(id, func(i int) {
		if a.chosen.row.ID != id {
			return
		}
		if i < 0 && a.filtered() {
			a.clearFilters()
			a.rows.find(id, func(i int) { a.scrollTo(i) })
			return
		}
		a.scrollTo(i)
	})
}

func (a *authorizations) scrollTo(i int) {
	if i >= 0 && i < a.table.length {
		a.table.current = i
		a.table.show(i)
	}
}

// openMenu shows the row menu once the authorization's data is there, which
// takes a moment at most.
func (a *authorizations) openMenu(i int, at fyne.Position) {
	r := a.rows.row(i)
	if r == nil {
		return
	}
	if a.chosen.row.ID == r.ID && (a.chosen.detail != nil || a.chosen.err != nil) {
		a.u.openRowMenu(a.chosen, at)
		return
	}
	t := target{row: *r}
	async(a.u.run, func(ctx context.Context) (auth.Detail, error) { return a.u.engine.Detail(ctx, t.row.ID) },
		func(d auth.Detail, err error) {
			if t.err = err; err == nil {
				t.detail = &d
			}
			if a.u.listens() {
				a.u.openRowMenu(t, at)
			}
		})
}

// focusSearch puts the cursor into the search box.
func (a *authorizations) focusSearch() {
	if !a.isEmpty {
		a.search.FocusAll(a.u.window.Canvas())
	}
}

// focusTable gives the keys to the table, without its ring: that comes with the first
// key.
func (a *authorizations) focusTable() {
	if !a.isEmpty {
		a.table.focusOn(a.u.window.Canvas())
	}
}

// mouseOut is told when another screen comes: the toolkit tells only when the mouse
// moves, and a tooltip would stay, over the next screen.
func (a *authorizations) mouseOut() {
	a.table.MouseOut()
	for _, head := range a.header.heads {
		if head.hovered {
			head.MouseOut()
		}
	}
}

// escape clears the search, or closes the detail pane.
func (a *authorizations) escape() {
	if a.search.Text() != "" {
		a.search.SetText("")
		a.applySearch()
		return
	}
	a.choose(target{})
}

// tick lets the times go on, without a look into the database.
func (a *authorizations) tick() {
	if !a.isEmpty {
		a.table.tick()
		a.detail.tick()
	}
}

// content implements screen.
func (a *authorizations) content() fyne.CanvasObject { return a.root }

// typedKey implements screen.
func (a *authorizations) typedKey(e *fyne.KeyEvent) { a.u.typedKey(e) }

// rest implements screen.
func (a *authorizations) rest(next func()) { next() }
