package gui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// lineWords describe a list that is edited in sheets.
type lineWords struct {
	name   string // the field's JSON name
	add    string // the button
	remove string // tooltip of a line's cross
	none   string // said when there is no line
}

// lineList is a list of entries of a service, each edited in a sheet of its own.
type lineList[T any] struct {
	p     *servicePart
	words lineWords
	of    func(*auth.Service) *[]T
	// look makes a line, edit opens the sheet for an entry and gives what came of
	// it to take. group, when not nil, is the heading that a line stands under.
	look  func(T) *widgets.EditLine
	edit  func(entry T, fresh bool, take func(T))
	group func(T) string

	column *fyne.Container
	add    *widgets.Button
	fault  *widgets.Paragraph
	box    *fyne.Container
}

// show makes the list and puts it on the page.
func (l *lineList[T]) show() {
	icons := l.p.e.u.icons
	l.column = widgets.NewColumn(0)
	l.fault = widgets.NewCaption("").Colored(widgets.ColorNameBad)
	l.box = widgets.NewRow(5, 1, false, widgets.NewGlyph(icons.Icon("error"), widgets.ColorNameBad, 16), l.fault)
	l.box.Hide()
	l.add = widgets.NewButton(l.words.add, icons.Icon("plus"), func() {
		var empty T
		l.edit(empty, true, func(entry T) {
			l.change(func(entries []T) []T { return append(entries, entry) })
			l.p.e.u.window.Canvas().Focus(l.add)
		})
	})
	l.add.Small = true
	l.p.e.slots[auth.ServiceField(l.words.name)] = &serviceSlot{show: l.showFault, focus: func() fyne.Focusable { return l.add }}
	l.p.add(widgets.NewColumn(4, l.column, l.box, widgets.NewInset(4, 0, 0, 0, widgets.NewRow(0, -1, true, l.add))))
	l.fill()
}

func (l *lineList[T]) showFault(message, _ string) {
	if l.fault.Text() == message {
		return
	}
	l.fault.SetText(message)
	setShown(l.box, message != "")
	l.p.e.relayout()
}

// change changes the list and draws it anew.
func (l *lineList[T]) change(how func([]T) []T) {
	l.p.e.edit(l.words.name, func(s *auth.Service) { *l.of(s) = how(*l.of(s)) })
	l.fill()
	l.p.e.relayout()
}

// fill makes the lines.
func (l *lineList[T]) fill() {
	l.column.Objects = nil
	entries := *l.of(&l.p.e.m.draft)
	if len(entries) == 0 {
		l.column.Add(widgets.NewInset(2, 0, 6, 0, widgets.NewCaption(l.words.none)))
	}
	heading := ""
	for i, entry := range entries {
		if l.group != nil && (i == 0 || l.group(entry) != heading) {
			heading = l.group(entry)
			if heading != "" {
				l.column.Add(widgets.NewInset(10, 0, 2, 0, widgets.NewSmallText(heading).Bold()))
			}
		}
		line := l.look(entry)
		line.OnEdit = func() {
			l.edit(entry, false, func(changed T) {
				l.change(func(entries []T) []T {
					entries = slices.Clone(entries)
					entries[i] = changed
					return entries
				})
			})
		}
		line.OnRemove = func() {
			l.change(func(entries []T) []T { return slices.Delete(slices.Clone(entries), i, i+1) })
			l.p.e.u.window.Canvas().Focus(l.add)
		}
		l.column.Add(line)
	}
	l.column.Refresh()
}

// line makes a line for look.
func (p *servicePart) line(title, below, note, remove string, mono bool) *widgets.EditLine {
	line := widgets.NewEditLine(p.e.u.icons, title, below, note, remove)
	line.Mono = mono
	return line
}

// lineSheet is a sheet with the fields of one entry.
type lineSheet struct {
	u      *ui
	sheet  *sheet
	column *fyne.Container
	first  fyne.Focusable
	accept func() bool // takes the fields; false: something is wrong beside them
}

// openLineSheet opens a sheet whose fields fill makes; verb is its button.
func (u *ui) openLineSheet(title, verb string, fill func(*lineSheet)) {
	s := &lineSheet{u: u, column: widgets.NewColumn(12, sheetTitle(title))}
	fill(s)
	cancel := widgets.NewButton(lang.L("Cancel"), nil, func() { s.sheet.close() })
	ok := widgets.NewPrimaryButton(verb, nil, s.done)
	s.sheet = u.openSheet(520, widgets.NewInset(24, 28, 20, 28, s.column), sheetFoot(nil, cancel, ok), func() { s.sheet.close() })
	if s.first != nil {
		u.window.Canvas().Focus(s.first)
	}
}

func (s *lineSheet) done() {
	if s.accept() {
		s.sheet.close()
	}
}

// refit gives the sheet the height that its fields ask for; before it is open
// there is nothing to do.
func (s *lineSheet) refit() {
	if s.sheet != nil {
		s.sheet.refit()
	}
}

// input adds a field of one line.
func (s *lineSheet) input(label, value, hint string, kind textKind) *widgets.Field {
	in := widgets.NewInput(kind.placeholder, kind.mono)
	if kind.rows > 1 {
		in = widgets.NewTextArea(kind.placeholder, kind.rows)
	} else {
		in.Entry().OnSubmitted = func(string) { s.done() }
	}
	in.SetText(value)
	w := widgets.NewField(s.u.icons, label, kind.required, in)
	w.SetHint(hint)
	w.OnHeight = s.refit
	in.Entry().OnChanged = func(string) { w.SetError("") }
	if s.first == nil {
		s.first = in.Focusable()
	}
	s.column.Add(w.Object)
	return w
}
