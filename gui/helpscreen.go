package gui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// helpScreen says what each error means, and lists the shortcuts.
type helpScreen struct {
	u      *ui
	root   *fyne.Container
	tabs   *widgets.Tabs
	errors fyne.CanvasObject
	keys   fyne.CanvasObject // made when it is first shown

	search    *widgets.Input
	searching debouncer
	count     *widgets.Text
	table     *dataTable
	none      *fyne.Container
	split     *splitPane
	detail    *fyne.Container

	all   []helpEntry
	found []int // numbers of the entries that match, in the table's order
}

// helpEntry is one error as the screen shows and finds it.
type helpEntry struct {
	auth.Explanation
	service string
	words   string // all that the search looks through, in lower case
}

// showHelp opens the Help screen as it was left.
func (u *ui) showHelp() {
	f := u.frame
	if f.help == nil {
		f.help = newHelpScreen(u)
	}
	u.enter(f.help, func() {}) // what it says does not change
}

func newHelpScreen(u *ui) *helpScreen {
	h := &helpScreen{u: u, searching: debouncer{run: u.run, d: searchPause}}
	for _, x := range u.engine.Explanations() {
		h.all = append(h.all, newHelpEntry(x))
	}
	h.makeErrors()
	h.tabs = widgets.NewTabs([]string{lang.L("What an error means"), lang.L("Shortcuts")}, h.showTab)
	head := widgets.NewColumn(0,
		widgets.NewInset(12, pageMargin, 4, pageMargin, widgets.NewTitle(lang.L("Help"))),
		widgets.NewInset(0, pageMargin, 0, pageMargin-4, h.tabs),
		widgets.NewRule(widgets.ColorNameBorder))
	h.root = container.New(belowLayout{}, head, container.NewStack(h.errors))
	h.find()
	return h
}

func newHelpEntry(x auth.Explanation) helpEntry {
	e := helpEntry{Explanation: x, service: x.Provider}
	switch {
	case x.Grant != "":
		info, _ := x.Grant.Info()
		e.service = info.Label
	case x.Provider == "":
		e.service = lang.L("All")
	}
	e.words = strings.ToLower(strings.Join(append([]string{x.Code, e.service, told(x.Title), told(x.Happened)}, x.Steps...), " "))
	return e
}

// makeErrors makes the part with search, table and detail.
func (h *helpScreen) makeErrors() {
	u := h.u
	h.search = widgets.NewInput(lang.L("Search code, service, words"), false)
	h.search.SetLeading(widgets.NewGlyph(u.icons.Icon("search"), widgets.ColorNameMuted, 16))
	h.search.Entry().OnChanged = func(string) { h.searching.call(h.find) }
	h.search.OnKey = h.searchKey
	h.count = widgets.NewSmallText("").Right()
	h.table = newDataTable(u.icons, errorColumns, h.typedKey)
	h.table.cell, h.table.onSelect = h.cell, h.choose
	h.none = container.NewCenter(widgets.NewText(lang.L("No error matches the search.")).Colored(widgets.ColorNameMuted))
	h.none.Hide()
	bar := widgets.NewRow(8, 0, true, h.search, widgets.NewFixed(72, 0, h.count))
	h.detail = container.NewStack()
	h.split = newSplitPane(container.New(belowLayout{},
		widgets.NewColumn(0, widgets.NewInset(12, pageMargin, 12, pageMargin, bar), h.table.header),
		container.NewStack(h.table, h.none)), h.detail, helpShare, func(float64) {})
	h.errors = h.split
}

// errorColumns are those of the table of errors.
var errorColumns = []dataColumn{
	{title: "Code", least: 188, grow: 1, mono: true},
	{title: "Service", least: 100, grow: 0.3},
	{title: "What happened", least: 200, grow: 3},
}

// cell is what stands in the table.
func (h *helpScreen) cell(i, column int) (dataCell, bool) {
	e := h.entryAt(i)
	if e == nil {
		return dataCell{}, false
	}
	return [...]dataCell{
		{text: e.Code, ink: widgets.ColorNameText},
		{text: e.service, ink: widgets.ColorNameMuted},
		{text: told(e.Title), ink: widgets.ColorNameText},
	}[column], true
}

// helpShare is the table's part of the width.
const helpShare = 0.6

func (h *helpScreen) entryAt(i int) *helpEntry {
	if i < 0 || i >= len(h.found) {
		return nil
	}
	return &h.all[h.found[i]]
}

// find shows the entries that have all the words of the search.
func (h *helpScreen) find() {
	h.searching.cancel()
	chosen := h.entryAt(h.table.current)
	words := strings.Fields(strings.ToLower(h.search.Text()))
	h.found = h.found[:0]
	for i, e := range h.all {
		if !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(e.words, word) }) {
			h.found = append(h.found, i)
		}
	}
	h.count.SetText(lang.L("{{.Match}} of {{.Total}}", map[string]any{"Match": grouped(len(h.found)), "Total": grouped(len(h.all))}))
	setVisible(h.none, len(h.found) == 0)
	current := slices.IndexFunc(h.found, func(i int) bool { return chosen == &h.all[i] })
	h.table.setLength(len(h.found), current, true)
	if current < 0 {
		h.choose(-1)
		return
	}
	h.table.reveal(current)
	h.table.redraw()
}

// choose shows what an entry says; -1 closes the pane.
func (h *helpScreen) choose(i int) {
	e := h.entryAt(i)
	h.split.show(e != nil)
	if e == nil {
		return
	}
	h.detail.Objects = []fyne.CanvasObject{h.u.helpDetail(e)}
	h.detail.Refresh()
}

// showTab changes between the errors and the shortcuts.
func (h *helpScreen) showTab(i int) {
	part := h.errors
	if i > 0 {
		if h.keys == nil {
			h.keys = h.u.helpShortcuts()
		}
		part = h.keys
	}
	h.root.Objects[1] = container.NewStack(part)
	h.root.Refresh()
}

// focusSearch puts the cursor into the search box.
func (h *helpScreen) focusSearch() {
	h.tabs.Choose(0)
	h.search.FocusAll(h.u.window.Canvas())
}

// searchKey lets the table be moved through while the search has the focus.
func (h *helpScreen) searchKey(name fyne.KeyName) bool {
	switch name {
	case fyne.KeyUp, fyne.KeyDown, fyne.KeyPageUp, fyne.KeyPageDown:
		h.find()
		h.table.TypedKey(&fyne.KeyEvent{Name: name})
	case fyne.KeyReturn, fyne.KeyEnter:
		h.find()
		h.table.enter()
	case fyne.KeyEscape:
		h.escape()
	default:
		return false
	}
	return true
}

// typedKey handles the keys that no widget has a use for.
func (h *helpScreen) typedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape && h.u.window.Canvas().Overlays().Top() == nil {
		h.escape()
	}
}

// escape clears the search, or closes the pane.
func (h *helpScreen) escape() {
	if h.search.Text() != "" {
		h.search.SetText("")
		h.find()
		return
	}
	h.table.current = -1
	h.table.redraw()
	h.choose(-1)
}

// content implements screen.
func (h *helpScreen) content() fyne.CanvasObject { return h.root }

// rest implements screen.
func (h *helpScreen) rest(next func()) { next() }
