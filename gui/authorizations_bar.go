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

// tableSide is everything left of the detail pane.
func (a *authorizations) tableSide() *fyne.Container {
	u := a.u
	create := widgets.NewPrimaryButton(lang.L("New authorization"), u.icons.Icon("plus"), u.newAuthorization)
	title := widgets.NewRow(8, 0, true, widgets.NewTitle(lang.L("Authorizations")).Shrinking(), create)
	a.search = widgets.NewInput(lang.L("Search name, service, scope"), false)
	a.search.SetLeading(widgets.NewGlyph(u.icons.Icon("search"), widgets.ColorNameMuted, 16))
	a.search.Entry().OnChanged = func(string) { a.searching.call(a.applySearch) }
	a.search.Entry().OnSubmitted = func(string) {
		a.applySearch()
		a.table.takeFocus()
	}
	a.states = widgets.NewSelect(u.icons, stateOptions(), string(u.prefs.state), func(id string) {
		u.changePrefs(func(p *prefs) { p.state = auth.State(id) })
		a.reload()
	})
	a.used = widgets.NewSelect(u.icons, a.serviceOptions(nil), u.prefs.service, func(id string) {
		u.changePrefs(func(p *prefs) { p.service = id })
		a.reload()
	})
	a.count = widgets.NewSmallText("").Right()
	a.bar = container.New(&barLayout{a: a}, a.search, a.states, a.used, a.count)
	a.noneBy = widgets.NewText("").Colored(widgets.ColorNameMuted)
	clearAll := widgets.NewQuietButton(lang.L("Show all"), nil, a.clearFilters)
	a.none = container.NewCenter(widgets.NewColumn(4, a.noneBy, container.NewCenter(clearAll)))
	a.none.Hide()
	head := widgets.NewColumn(0,
		widgets.NewInset(12, 16, 8, 16, title),
		widgets.NewInset(4, 16, 12, 16, a.bar),
		a.header)
	a.legend = container.New(&legendLayout{t: a.table}, endsLegend())
	return container.New(belowLayout{}, head, container.NewStack(a.table, a.legend, a.none))
}

// belowLayout puts the second object right below the first.
type belowLayout struct{}

// MinSize implements fyne.Layout.
func (belowLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	head, body := objects[0].MinSize(), objects[1].MinSize()
	return fyne.NewSize(max(head.Width, body.Width), head.Height+body.Height)
}

// Layout implements fyne.Layout.
func (belowLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	height := objects[0].MinSize().Height
	objects[0].Resize(fyne.NewSize(size.Width, height))
	objects[1].Move(fyne.NewPos(0, height))
	objects[1].Resize(fyne.NewSize(size.Width, size.Height-height))
}

// barLayout shares the width of the tool bar: the search takes what is left.
type barLayout struct{ a *authorizations }

// MinSize implements fyne.Layout.
func (*barLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(380, 36) }

// Layout implements fyne.Layout.
func (l *barLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	const gap float32 = 8
	states, services := float32(160), float32(180)
	switch {
	case size.Width < 560:
		states, services = 112, 120
	case size.Width < 800:
		states, services = 132, 140
	}
	count := max(objects[3].MinSize().Width+gap, 56)
	search := size.Width - states - services - count - 3*gap
	hint := lang.L("Search name, service, scope")
	if search < 250 {
		hint = lang.L("Search")
	}
	if l.a.search.PlaceHolder() != hint {
		l.a.search.SetPlaceHolder(hint)
	}
	x := float32(0)
	for i, width := range []float32{search, states, services, count} {
		objects[i].Move(fyne.NewPos(x, 0))
		objects[i].Resize(fyne.NewSize(width, size.Height))
		x += width + gap
	}
}

func stateOptions() []widgets.Option {
	out := []widgets.Option{{ID: "", Label: lang.L("All states")}}
	for _, s := range states {
		out = append(out, widgets.Option{ID: string(s), Label: stateWord(s)})
	}
	return out
}

// serviceOptions lists the services that are used.
func (a *authorizations) serviceOptions(used map[string]int) []widgets.Option {
	out := []widgets.Option{{ID: "", Label: lang.L("All services")}}
	known := map[string]bool{}
	for _, svc := range a.u.engine.Services() {
		known[svc.ID] = true
		if used[svc.ID] > 0 || svc.ID == a.u.prefs.service {
			out = append(out, widgets.Option{ID: svc.ID, Label: svc.Name})
		}
	}
	for id := range used {
		if !known[id] {
			out = append(out, widgets.Option{ID: id, Label: id})
		}
	}
	slices.SortFunc(out[1:], func(x, y widgets.Option) int { return strings.Compare(x.Label, y.Label) })
	return out
}

// openColumnMenu lets the user choose columns.
func (a *authorizations) openColumnMenu(at fyne.Position) {
	var items []widgets.MenuItem
	for i := range columns {
		c := &columns[i]
		if c.fixed {
			continue
		}
		item := widgets.MenuItem{Label: c.columnTitle(), Action: func() { a.toggleColumn(c.id) }}
		if !a.u.prefs.hidden[c.id] {
			item.Icon = a.u.icons.Icon("check")
		}
		items = append(items, item)
	}
	widgets.ShowMenu(a.u.window.Canvas(), at, items)
}

// toggleColumn puts a column away or back.
func (a *authorizations) toggleColumn(id string) {
	hidden := map[string]bool{}
	for k, v := range a.u.prefs.hidden {
		hidden[k] = v
	}
	hidden[id] = !hidden[id]
	a.u.changePrefs(func(p *prefs) { p.hidden = hidden })
	a.table.setHidden(hidden)
	a.u.refreshMenus()
}
