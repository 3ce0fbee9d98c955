package gui

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// localClientsPage lists the clients and edits the chosen one.
type localClientsPage struct {
	s      *localScreen
	u      *ui
	root   *fyne.Container
	search *widgets.Input
	list   *clientList
	none   *fyne.Container
	noneBy *widgets.Text
	right  *fyne.Container
	hint   fyne.CanvasObject // said while nothing is chosen

	sort   string // a key of clientSorts
	chosen string
	editor *clientEditor // nil while nothing is chosen
}

// clientSorts are the orders of the list.
var clientSorts = []struct{ id, label string }{
	{"name", "Sort by name"},
	{"tokens", "Most tokens first"},
	{"created", "Newest first"},
}

func newLocalClients(s *localScreen) *localClientsPage {
	u := s.u
	p := &localClientsPage{s: s, u: u, sort: clientSorts[0].id}
	p.search = widgets.NewInput(lang.L("Search"), false)
	p.search.SetLeading(widgets.NewGlyph(u.icons.Icon("search"), widgets.ColorNameMuted, 16))
	p.search.Entry().OnChanged = func(string) { p.find(true) }
	p.search.OnKey = p.searchKey
	p.list = newClientList(p.chooseLine, p.openMenu, s.typedKey)
	p.noneBy = widgets.NewText("").Colored(widgets.ColorNameMuted)
	clear := widgets.NewQuietButton(lang.L("Show all"), nil, func() { p.search.SetText("") })
	p.none = container.NewCenter(widgets.NewColumn(4, p.noneBy, container.NewCenter(clear)))
	p.none.Hide()
	create := widgets.NewButton(lang.L("New client"), u.icons.Icon("plus"), u.newLocalClient)
	create.Small = true
	more := widgets.NewIconButton(u.icons.Icon("more"), lang.L("Sort, import and export"), nil)
	more.OnTapped = func() {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(more)
		p.openListMenu(at.AddXY(0, 30))
	}
	bar := widgets.NewInset(12, 8, 8, 16, container.New(&clientBarLayout{create}, p.search, create, more))
	left := container.New(belowLayout{}, bar, container.NewStack(p.list, p.none))
	first := widgets.NewPrimaryButton(lang.L("New client"), u.icons.Icon("plus"), u.newLocalClient)
	p.hint = widgets.NewCentered(widgets.NewColumn(12,
		widgets.NewText(lang.L("A client is an app that may ask this server for tokens.")).Colored(widgets.ColorNameMuted), container.NewCenter(first)))
	p.right = container.NewStack(p.hint)
	p.root = container.New(servicesLayout{}, left, widgets.NewPanel(widgets.ColorNameBorder, "", 0), p.right)
	return p
}

// clientBarLayout gives the search what the buttons leave; where that is little
// the first button says less.
type clientBarLayout struct{ create *widgets.Button }

// MinSize implements fyne.Layout.
func (*clientBarLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(180, 36) }

// Layout implements fyne.Layout.
func (l *clientBarLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	label, tooltip := lang.L("New client"), ""
	if size.Width < 240 {
		label, tooltip = lang.L("New"), label
	}
	l.create.SetText(label)
	l.create.SetToolTip(tooltip)
	right := size.Width
	for _, button := range []fyne.CanvasObject{objects[2], objects[1]} {
		least := button.MinSize()
		right -= least.Width
		put(button, fyne.NewPos(right, (size.Height-least.Height)/2), least)
	}
	put(objects[0], fyne.Position{}, fyne.NewSize(right-4, size.Height))
}

func (p *localClientsPage) object() fyne.CanvasObject { return p.root }

func (p *localClientsPage) tick() {}

// reload shows the clients that the screen has read.
func (p *localClientsPage) reload() {
	first := len(p.list.lines) == 0 && len(p.s.clients) > 0
	p.find(false)
	switch c, found := p.client(p.chosen); {
	case p.editor != nil:
		p.editor.follow(c, found)
	case first && p.search.Text() == "":
		p.edit(*p.list.lines[0].client)
	}
}

// client returns the client of that ID.
func (p *localClientsPage) client(id string) (auth.LocalClient, bool) {
	i := slices.IndexFunc(p.s.clients, func(c auth.LocalClient) bool { return id != "" && c.ID == id })
	if i < 0 {
		return auth.LocalClient{}, false
	}
	return p.s.clients[i], true
}

// find lists the clients that have all the words of the search.
func (p *localClientsPage) find(top bool) {
	words := strings.Fields(auth.FoldName(p.search.Text()))
	clients := slices.Clone(p.s.clients)
	slices.SortStableFunc(clients, func(a, b auth.LocalClient) int {
		switch p.sort {
		case "tokens":
			return cmp.Compare(b.Tokens, a.Tokens)
		case "created":
			return b.Created.Compare(a.Created)
		}
		return 0 // as they come
	})
	var lines []clientLine
	for i := range clients {
		c := &clients[i]
		text := auth.FoldName(strings.Join([]string{clientTitle(*c), c.Description, c.ID}, " "))
		if !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) }) {
			lines = append(lines, clientLine{client: c, about: clientAbout(*c)})
		}
	}
	p.list.setLines(lines, p.lineOf(lines), top)
	p.noneBy.SetText(lang.L("No client matches."))
	setVisible(p.none, len(lines) == 0 && len(clients) > 0)
}

func (p *localClientsPage) lineOf(lines []clientLine) int {
	return slices.IndexFunc(lines, func(l clientLine) bool { return l.client.ID == p.chosen })
}

// clientAbout is what the list says below the name.
func clientAbout(c auth.LocalClient) string {
	kind := lang.L("confidential")
	if c.Public {
		kind = lang.L("public")
	}
	return kind + ", " + tokensText(c.Tokens)
}

// tokensText says how many tokens.
func tokensText(n int) string {
	if n == 1 {
		return lang.L("1 token")
	}
	return lang.L("{{.N}} tokens", map[string]any{"N": grouped(n)})
}

// chooseLine goes to a line of the list, unless something would be lost.
func (p *localClientsPage) chooseLine(i int) {
	c := *p.list.lines[i].client
	if c.ID == p.chosen {
		return
	}
	p.leave(func() { p.edit(c) })
}

// edit opens the editor. Whoever calls it has asked about what was there before.
func (p *localClientsPage) edit(c auth.LocalClient) {
	before := p.chosen
	p.chosen = c.ID
	if p.editor != nil {
		p.editor.close()
	}
	p.editor = newClientEditor(p, c, func() {
		if c.ID != "" {
			before = c.ID
		}
		p.reopen(before)
	})
	p.place(p.editor.object)
}

// create opens the editor for a new client with these values.
func (p *localClientsPage) create(c auth.LocalClient) {
	p.leave(func() {
		p.edit(c)
		p.editor.focus("client.name")
	})
}

// place puts a pane at the right and marks its line.
func (p *localClientsPage) place(pane fyne.CanvasObject) {
	p.right.Objects = []fyne.CanvasObject{pane}
	p.right.Refresh()
	p.mark()
	p.u.refreshMenus()
}

// mark marks the chosen client's line.
func (p *localClientsPage) mark() {
	p.list.current = p.lineOf(p.list.lines)
	p.list.redraw()
}

// reopen shows a client as it is stored; without one nothing is chosen.
func (p *localClientsPage) reopen(id string) {
	if c, found := p.client(id); found {
		p.edit(c)
		return
	}
	if p.editor != nil {
		p.editor.close()
	}
	p.editor, p.chosen = nil, ""
	p.place(p.hint)
}

// again shows a client anew in the editor that it stands in; cursor and scroll stay.
func (p *localClientsPage) again(id string) {
	if p.editor == nil {
		p.reopen(id)
		return
	}
	field, offset := p.editor.cursor(), p.editor.scroll.Offset
	had, isObject := p.u.window.Canvas().Focused().(fyne.CanvasObject)
	p.reopen(id)
	if p.editor == nil {
		return
	}
	switch {
	case field != "":
		p.editor.takeCursor(field)
	case isObject && fyne.CurrentApp().Driver().AbsolutePositionForObject(had).IsZero():
		p.u.window.Canvas().Focus(p.editor.foot.save) // it went with the editor; Tab is not to begin at the rail
	}
	p.editor.scroll.ScrollToOffset(offset)
}

// leave does next, asking first when something would be lost.
func (p *localClientsPage) leave(next func()) {
	if p.editor == nil {
		next()
		return
	}
	p.editor.leave(next)
	p.mark() // while it is asked, the line stays that of what is shown
}

// rest does next, asking first when something would be lost; what is chosen
// stays, as it is stored.
func (p *localClientsPage) rest(next func()) {
	p.leave(func() {
		if p.editor != nil {
			p.reopen(p.chosen)
		}
		next()
	})
}

// changed reads the clients anew after a change of one, then does next.
func (p *localClientsPage) changed(next func()) {
	async(p.u.run, func(ctx context.Context) ([]auth.LocalClient, error) { return p.u.local.Clients(ctx) },
		func(clients []auth.LocalClient, err error) {
			if err == nil {
				p.s.clients = clients
				p.find(false)
			}
			next()
			p.s.reload()
		})
}

// focusSearch puts the cursor into the search box.
func (p *localClientsPage) focusSearch() {
	p.search.FocusAll(p.u.window.Canvas())
}

// searchKey lets the list be moved through while the search has the focus.
func (p *localClientsPage) searchKey(name fyne.KeyName) bool {
	switch name {
	case fyne.KeyUp, fyne.KeyDown, fyne.KeyPageUp, fyne.KeyPageDown:
		p.list.TypedKey(&fyne.KeyEvent{Name: name})
	case fyne.KeyReturn, fyne.KeyEnter:
		p.list.takeFocus()
		if p.list.current < 0 {
			p.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
		}
	case fyne.KeyEscape:
		p.escape()
	default:
		return false
	}
	return true
}

// escape clears the search, or cancels what is edited.
func (p *localClientsPage) escape() {
	switch {
	case p.search.Text() != "":
		p.search.SetText("")
	case p.editor != nil:
		p.editor.cancel()
	}
}

// key deletes the client of the list's line.
func (p *localClientsPage) key(e *fyne.KeyEvent) {
	if c, found := p.client(p.chosen); found && e.Name == fyne.KeyDelete && p.list.focused {
		p.u.askDeleteClient(c)
	}
}
