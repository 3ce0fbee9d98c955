package gui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// serviceSlot is where one field of a service stands in the editor.
type serviceSlot struct {
	show  func(message, fix string) // what is wrong; "": nothing
	focus func() fyne.Focusable
	fold  *widgets.FoldHead // it stands in; nil: in sight
}

// servicePart is one page of the editor with its scroll.
type servicePart struct {
	e      *serviceEditor
	object fyne.CanvasObject
	column *fyne.Container
	scroll *container.Scroll
	fold   *widgets.FoldHead // that the fields which are made now stand in
	styled int               // what it knows of the changes of theme, see restyle
}

func newServicePart(e *serviceEditor, fill func(*servicePart)) *servicePart {
	p := &servicePart{e: e, column: widgets.NewColumn(12), styled: e.u.themes.changes}
	box, scroll := widgets.NewTallScroll(widgets.NewInset(16, 24, 24, 24, p.column), nil)
	p.scroll, p.object = scroll, withoutShadows(box)
	fill(p)
	return p
}

// add puts objects below what is there.
func (p *servicePart) add(objects ...fyne.CanvasObject) {
	for _, o := range objects {
		p.column.Add(o)
	}
}

// section begins a group with a heading.
func (p *servicePart) section(title string) {
	if len(p.column.Objects) > 0 {
		p.add(widgets.NewInset(4, 0, 0, 0, widgets.NewRule(widgets.ColorNameLine)))
	}
	p.add(widgets.NewText(title).Bold())
}

// slot keeps a field to be found by its JSON name.
func (p *servicePart) slot(name string, w *widgets.Field) *widgets.Field {
	w.OnHeight = p.e.relayout
	fault := faultOf(w)
	p.e.slots[auth.ServiceField(name)] = &serviceSlot{
		show: func(message, fix string) {
			in, ok := w.Control.(*widgets.Input)
			if fix == "" || !ok {
				fault(message, "", nil)
				return
			}
			fault(message, useText(fix), func() { in.SetText(fix) })
		},
		focus: w.Control.Focusable, fold: p.fold,
	}
	return w
}

// faultOf returns what shows an error at a field, with a link that mends it where
// label is not empty. A note of the field's own stays.
func faultOf(w *widgets.Field) func(message, label string, mend func()) {
	offered := false
	return func(message, label string, mend func()) {
		w.SetError(message)
		switch {
		case label != "":
			w.SetFix(label, mend)
			offered = true
		case offered:
			w.SetNote("")
			offered = false
		}
	}
}

// textKind says how a text field looks.
type textKind struct {
	required    bool
	mono        bool
	rows        int // 0: one line
	placeholder string
	hint        string
}

// text makes the field of a text of the service.
func (p *servicePart) text(name, label string, kind textKind, of func(*auth.Service) *string) *widgets.Field {
	in := widgets.NewInput(kind.placeholder, kind.mono)
	if kind.rows > 1 {
		in = widgets.NewTextArea(kind.placeholder, kind.rows)
	}
	in.SetText(*of(&p.e.m.draft))
	in.Entry().OnChanged = func(v string) {
		p.e.edit(name, func(s *auth.Service) { *of(s) = strings.TrimSpace(v) })
	}
	in.SetWheel(p.scroll.Scrolled)
	w := p.slot(name, widgets.NewField(p.e.u.icons, label, kind.required, in))
	w.SetHint(kind.hint)
	return w
}

// lines makes the field of a list of texts, one a line.
func (p *servicePart) lines(name, label, hint string, rows int, of func(*auth.Service) *[]string) *widgets.Field {
	in := widgets.NewTextArea("", rows)
	in.SetText(strings.Join(*of(&p.e.m.draft), "\n"))
	in.Entry().OnChanged = func(v string) {
		p.e.edit(name, func(s *auth.Service) { *of(s) = splitLines(v) })
	}
	in.SetWheel(p.scroll.Scrolled)
	w := p.slot(name, widgets.NewField(p.e.u.icons, label, false, in))
	w.SetHint(hint)
	return w
}

// splitLines returns the lines that say something.
func splitLines(text string) []string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// choice makes the field of one of several words.
func (p *servicePart) choice(name, label, hint string, options []widgets.Option, get func(*auth.Service) *string) *widgets.Field {
	sel := widgets.NewSelect(p.e.u.icons, options, *get(&p.e.m.draft), func(id string) {
		p.e.edit(name, func(s *auth.Service) { *get(s) = id })
	})
	w := widgets.NewField(p.e.u.icons, label, false, sel)
	w.SetHint(hint)
	if _, taken := p.e.slots[auth.ServiceField(name)]; !taken { // the first of several controls shows what is wrong
		p.slot(name, w)
	}
	return w
}
