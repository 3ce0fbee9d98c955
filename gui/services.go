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

// servicesScreen lists the services and shows the chosen one: the editor for one
// of the user's own, what is known of it for one of the catalog.
type servicesScreen struct {
	u      *ui
	root   *fyne.Container
	search *widgets.Input
	list   *serviceList
	none   *fyne.Container
	right  *fyne.Container
	hint   fyne.CanvasObject // said while nothing is chosen

	all    []serviceWords
	reads  int    // number of the last reading; an older answer is dropped
	then   func() // runs after the next answer; nil: nothing waits for it
	chosen string
	editor *serviceEditor // nil while a catalog entry is shown
	view   *serviceView   // nil while the editor is shown
}

// serviceWords is an entry with all that the search looks through, folded.
type serviceWords struct {
	auth.ServiceEntry
	words string
	about string
}

func newServicesScreen(u *ui) *servicesScreen {
	s := &servicesScreen{u: u}
	s.search = widgets.NewInput(lang.L("Search services"), false)
	s.search.SetLeading(widgets.NewGlyph(u.icons.Icon("search"), widgets.ColorNameMuted, 16))
	s.search.Entry().OnChanged = func(string) { s.find(true) }
	s.search.OnKey = s.searchKey
	s.list = newServiceList(s.chooseLine, s.openMenu, s.typedKey)
	nothing := widgets.NewText(lang.L("No service matches.")).Colored(widgets.ColorNameMuted)
	clear := widgets.NewQuietButton(lang.L("Show all"), nil, func() { s.search.SetText("") })
	s.none = container.NewCenter(widgets.NewColumn(4, nothing, container.NewCenter(clear)))
	s.none.Hide()
	create := widgets.NewButton(lang.L("New service"), u.icons.Icon("plus"), func() { s.leave(func() { s.edit(u.engine.SampleService("")) }) })
	create.Small = true
	head := widgets.NewColumn(0,
		widgets.NewInset(14, 12, 8, 16, widgets.NewRow(8, 0, true, widgets.NewTitle(lang.L("Services")).Shrinking(), create)),
		widgets.NewInset(8, 12, 2, 16, s.search))
	left := container.New(belowLayout{}, head, container.NewStack(s.list, s.none))
	s.hint = widgets.NewCentered(widgets.NewText(lang.L("Choose a service, or make one of your own.")).Colored(widgets.ColorNameMuted))
	s.right = container.NewStack(s.hint)
	s.root = container.New(servicesLayout{}, left, widgets.NewPanel(widgets.ColorNameBorder, "", 0), s.right)
	return s
}

// servicesLayout: the list, a line, and what is chosen.
type servicesLayout struct{}

// MinSize implements fyne.Layout.
func (servicesLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(640, 300) }

// Layout implements fyne.Layout.
func (servicesLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	width := float32(280)
	if size.Width < narrowWindow-railNarrow {
		width = 236
	}
	put(objects[0], fyne.Position{}, fyne.NewSize(width, size.Height))
	put(objects[1], fyne.NewPos(width, 0), fyne.NewSize(1, size.Height))
	put(objects[2], fyne.NewPos(width+1, 0), fyne.NewSize(size.Width-width-1, size.Height))
}

// reload reads the services anew.
func (s *servicesScreen) reload() {
	s.reads++
	n := s.reads
	async(s.u.run, s.u.engine.ServiceEntries, func(entries []auth.ServiceEntry, err error) {
		switch {
		case n != s.reads:
			return
		case err != nil:
			s.u.fail(err, "")
			return
		}
		s.take(entries)
		if then := s.then; then != nil {
			s.then = nil
			then()
		}
	})
}

// take shows entries that were read.
func (s *servicesScreen) take(entries []auth.ServiceEntry) {
	names := map[string]string{}
	for _, e := range entries {
		names[e.Service.ID] = e.Service.Name
	}
	s.all = make([]serviceWords, len(entries))
	for i, e := range entries {
		svc := e.Service
		from := svc.Provider
		if base := names[svc.BasedOn]; e.Own && base != "" {
			from = base
		} else if from == "" {
			from = lang.L("your own")
		}
		s.all[i] = serviceWords{
			ServiceEntry: e, about: grantsText(usedText(from, e.Used), svc.Grants),
			words: auth.FoldName(strings.Join([]string{svc.Name, svc.Provider, svc.Category, svc.Description, from, grantWords(svc.Grants)}, " ")),
		}
	}
	s.search.SetPlaceHolder(lang.L("Search {{.N}} services", number{len(entries)}))
	s.find(false)
	if s.editor != nil {
		s.editor.foot.readUsers()
	}
	if s.view != nil { // the counts, or the app's own data, may be others now
		if e := s.entry(s.chosen); e != nil && (e.Used != s.view.entry.Used || s.u.engine.LocalServer().Issuer != s.view.local) {
			page := s.view.tabs.Current()
			s.show(*e)
			s.view.tabs.Choose(page)
		}
	}
}

// find lists the services that have all the words of the search.
func (s *servicesScreen) find(top bool) {
	words := strings.Fields(auth.FoldName(s.search.Text()))
	var groups [3][]serviceLine
	for i := range s.all {
		e := &s.all[i]
		if slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(e.words, word) }) {
			continue
		}
		group := 2
		switch {
		case e.Own:
			group = 0
		case e.Used > 0:
			group = 1
		}
		groups[group] = append(groups[group], serviceLine{entry: &e.ServiceEntry, about: e.about})
	}
	titles := [3]string{lang.L("Yours"), lang.L("Built in, used"), lang.L("Built in")}
	var lines []serviceLine
	for i, group := range groups {
		if len(group) > 0 {
			lines = append(append(lines, serviceLine{heading: titles[i]}), group...)
		}
	}
	s.list.setLines(lines, s.lineOf(lines, s.chosen), top)
	setVisible(s.none, len(lines) == 0 && len(s.all) > 0)
}

func (s *servicesScreen) lineOf(lines []serviceLine, id string) int {
	return slices.IndexFunc(lines, func(l serviceLine) bool { return id != "" && l.entry != nil && l.entry.Service.ID == id })
}

// entry returns the service of that ID; nil when there is none.
func (s *servicesScreen) entry(id string) *auth.ServiceEntry {
	for i := range s.all {
		if s.all[i].Service.ID == id {
			return &s.all[i].ServiceEntry
		}
	}
	return nil
}

// chooseLine goes to a line of the list, unless something would be lost.
func (s *servicesScreen) chooseLine(i int) {
	entry := *s.list.lines[i].entry
	if entry.Service.ID == s.chosen {
		return
	}
	s.leave(func() { s.show(entry) })
}

// openMenu shows the menu of a line.
func (s *servicesScreen) openMenu(i int, at fyne.Position) {
	s.u.openServiceMenu(*s.list.lines[i].entry, at)
}

// show shows a service at the right.
func (s *servicesScreen) show(entry auth.ServiceEntry) {
	if entry.Own {
		s.chosen = entry.Service.ID
		s.edit(entry.Service)
		return
	}
	s.editor, s.view = nil, newServiceView(s.u, entry)
	s.place(entry.Service.ID, s.view.object)
}

// edit opens the editor, for a service of the user's own or a new one. Whoever
// calls it has asked about what was there before.
func (s *servicesScreen) edit(svc auth.Service) {
	before := s.chosen
	s.view = nil
	s.editor = newServiceEditor(s.u, svc, s.saved, func() {
		if id := s.editor.m.start.ID; id != "" { // it may have been saved meanwhile
			before = id
		}
		s.reopen(before)
	})
	s.place(svc.ID, s.editor.object)
	if svc.ID == "" { // what is typed next is about the new service
		s.editor.focusName()
	}
}

// place puts a service's pane at the right and marks its line.
func (s *servicesScreen) place(id string, pane fyne.CanvasObject) {
	s.chosen = id
	s.right.Objects = []fyne.CanvasObject{pane}
	s.right.Refresh()
	s.mark()
	s.u.refreshMenus()
}

// mark marks the chosen service's line.
func (s *servicesScreen) mark() {
	s.list.current = s.lineOf(s.list.lines, s.chosen)
	s.list.redraw()
}

// reopen shows a service as it is stored; without one nothing is chosen.
func (s *servicesScreen) reopen(id string) {
	if e := s.entry(id); e != nil {
		s.show(*e)
		return
	}
	s.editor, s.view = nil, nil
	s.place("", s.hint)
}

// saved goes on with a service that was saved, where the user is in it.
func (s *servicesScreen) saved(svc auth.Service) {
	s.chosen = svc.ID
	s.editor.stored(svc)
	s.mark()
	s.u.refreshMenus()
	s.then = func() {
		if s.lineOf(s.list.lines, s.chosen) < 0 { // the search would hide what was just made
			s.search.SetText("")
		}
	}
	s.reload()
}

// deleted shows nothing in place of a service that is gone.
func (s *servicesScreen) deleted(id string) {
	if s.chosen == id {
		if s.editor != nil {
			s.editor.close()
		}
		s.chosen = ""
		s.reopen("")
	}
	s.reload()
}

// leave does next, asking first when something would be lost.
func (s *servicesScreen) leave(next func()) {
	if s.editor == nil {
		next()
		return
	}
	s.editor.leave(next)
	s.mark() // while it is asked, the line stays that of what is shown
}

// rest does next, asking first when something would be lost; what is chosen stays,
// as it is stored.
func (s *servicesScreen) rest(next func()) {
	s.leave(func() {
		if s.editor != nil {
			s.reopen(s.chosen)
		}
		next()
	})
}

// searchKey lets the list be moved through while the search has the focus.
func (s *servicesScreen) searchKey(name fyne.KeyName) bool {
	switch name {
	case fyne.KeyUp, fyne.KeyDown, fyne.KeyPageUp, fyne.KeyPageDown:
		s.list.TypedKey(&fyne.KeyEvent{Name: name})
	case fyne.KeyReturn, fyne.KeyEnter:
		s.list.takeFocus()
		if s.list.current < 0 {
			s.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
		}
	case fyne.KeyEscape:
		s.escape()
	default:
		return false
	}
	return true
}

// typedKey handles the keys that no widget has a use for.
func (s *servicesScreen) typedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape && s.u.window.Canvas().Overlays().Top() == nil {
		s.escape()
	}
}

// escape clears the search, or cancels what is edited.
func (s *servicesScreen) escape() {
	switch {
	case s.search.Text() != "":
		s.search.SetText("")
	case s.editor != nil:
		s.editor.cancel()
	}
}

// focusSearch puts the cursor into the search box.
func (s *servicesScreen) focusSearch() {
	s.search.FocusAll(s.u.window.Canvas())
}

// content implements screen.
func (s *servicesScreen) content() fyne.CanvasObject { return s.root }
