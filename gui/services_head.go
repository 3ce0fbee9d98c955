package gui

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// serviceHead is the top of the editor: name, who uses it, and the sample.
type serviceHead struct {
	e      *serviceEditor
	object *fyne.Container
	title  *widgets.Text
	about  *widgets.Text
	sample *widgets.Select
	more   *widgets.IconButton
	name   *widgets.Field
}

func newServiceHead(e *serviceEditor) *serviceHead {
	h := &serviceHead{e: e, title: widgets.NewTitle("").Shrinking(), about: widgets.NewSmallText("").Shrinking()}
	h.sample = widgets.NewSelect(e.u.icons, e.samples(), e.m.draft.BasedOn, h.start)
	h.sample.Filter = lang.L("Find a service")
	h.sample.Nothing = lang.L("No service has this name.")
	h.more = widgets.NewIconButton(e.u.icons.Icon("more"), lang.L("More commands"), nil)
	h.more.OnTapped = func() {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(h.more)
		e.u.openServiceMenu(auth.ServiceEntry{Service: e.m.start, Own: true, Used: e.foot.used}, at.AddXY(28-menuRoom, 30))
	}
	row := widgets.NewRow(8, 0, true, widgets.NewColumn(1, h.title, h.about),
		widgets.NewSmallText(lang.L("Start from")), widgets.NewFixed(180, 0, h.sample), h.more)
	h.object = widgets.NewInset(12, 20, 8, 24, row)
	return h
}

// menuRoom is about the width of a menu, which opens to the left of its button.
const menuRoom = 272

// samples are what a service can start from.
func (e *serviceEditor) samples() []widgets.Option {
	services := slices.DeleteFunc(slices.Clone(e.u.engine.Services()), func(s auth.Service) bool {
		return s.ID == auth.LocalServiceID || s.IsOwn()
	})
	options := serviceOptions(services, nil)
	for i := range options {
		options[i].Note = "" // the list is narrow
	}
	return append([]widgets.Option{{ID: "", Label: lang.L("An empty service")}}, options...)
}

// start begins anew from a sample. What was typed is replaced only after a question.
func (h *serviceHead) start(id string) {
	e := h.e
	begin := func() {
		before, named := e.m.draft, e.m.draft.ID != "" || e.m.imported || e.m.touched[auth.ServiceField("name")]
		stored := e.m.start
		e.m.reset(e.u.engine.SampleService(id))
		if before.ID != "" { // what is stored is not changed before it is saved
			e.m.start, e.m.draft.ID = stored, before.ID
		}
		if named {
			e.m.draft.Name = before.Name
			e.m.touched[auth.ServiceField("name")] = true
		}
		h.sample.SetSelected(id)
		e.rebuild()
	}
	if !e.m.dirty() && e.m.draft.ID == "" {
		begin()
		return
	}
	h.sample.SetSelected(e.m.draft.BasedOn)
	name := lang.L("an empty service")
	for _, option := range e.samples() {
		if option.ID == id && id != "" {
			name = "“" + option.Label + "”"
		}
	}
	e.u.askFirst(lang.L("Start anew from {{.Sample}}?", map[string]any{"Sample": name}),
		lang.L("Everything but the name is replaced by the sample's. Nothing is stored until you save."),
		lang.L("Keep what is here"), lang.L("Start anew"), begin)
}

// show brings the title up to date.
func (h *serviceHead) show() {
	title := h.e.m.draft.Name
	if title == "" {
		title = lang.L("New service")
	}
	h.title.SetText(title)
	about := lang.L("not saved yet")
	if h.e.m.start.ID != "" && h.e.foot != nil {
		about = h.e.foot.usedBy()
	}
	h.about.SetText(about)
	setShown(h.more, h.e.m.start.ID != "")
}

// markName shows a tick at a name that is free.
func (h *serviceHead) markName(free bool) {
	mark := widgets.MarkNone
	if free {
		mark = widgets.MarkGood
	}
	if h.name != nil {
		h.name.SetMark(mark)
	}
}

// serviceFoot is the bottom of the editor.
type serviceFoot struct {
	e      *serviceEditor
	object *fyne.Container
	remove *widgets.Button
	indent *fyne.Container // in its place for a new service, so that what is said is in line with the fields
	about  *widgets.Text
	fault  *fyne.Container
	count  *widgets.Text
	save   *widgets.Button
	reads  int // number of the last reading; an older answer is dropped
	used   int
	names  []string // the first of the authorizations that use it
}

// usersShown is how many names of authorizations are told.
const usersShown = 2

func newServiceFoot(e *serviceEditor) *serviceFoot {
	u := e.u
	f := &serviceFoot{e: e}
	f.remove = widgets.NewButton(lang.L("Delete service"), u.icons.Icon("trash"), func() { u.askDeleteService(e.m.start) })
	f.remove.Importance = widgets.Danger
	f.about = widgets.NewSmallText("").Shrinking()
	f.count = widgets.NewText("").Colored(widgets.ColorNameBad).Shrinking()
	f.fault = widgets.NewRow(6, 1, true, widgets.NewGlyph(u.icons.Icon("error"), widgets.ColorNameBad, 16), f.count)
	f.fault.Hide()
	cancel := widgets.NewButton(lang.L("Cancel"), nil, e.cancel)
	f.save = widgets.NewPrimaryButton(lang.L("Save service"), nil, e.submit)
	f.save.SetToolTip(lang.L("Ctrl+S"))
	f.indent = widgets.NewFixed(2, 0, container.NewWithoutLayout())
	row := widgets.NewRow(8, 2, true, f.indent, f.remove, widgets.NewStacked(f.about, f.fault), cancel, f.save)
	foot := widgets.NewColumn(0, widgets.NewRule(widgets.ColorNameLine), widgets.NewInset(11, 24, 12, 14, row))
	f.object = widgets.NewStacked(widgets.NewPanel(widgets.ColorNameSurface, "", 0), foot)
	return f
}

// readUsers asks which authorizations use the service.
func (f *serviceFoot) readUsers() {
	id := f.e.m.start.ID
	if id == "" {
		return
	}
	f.reads++
	n := f.reads
	q := auth.Query{ServiceID: id, Sort: auth.ColumnName, Limit: usersShown, Now: f.e.u.now()}
	async(f.e.u.run, func(ctx context.Context) (auth.Page, error) { return f.e.u.engine.List(ctx, q) },
		func(page auth.Page, err error) {
			if err != nil || f.e.closed || n != f.reads {
				return // deleting says so again
			}
			f.used, f.names = page.Match, nil
			for _, row := range page.Rows {
				f.names = append(f.names, row.Name)
			}
			f.e.show()
		})
}

// usedBy says who uses the service.
func (f *serviceFoot) usedBy() string {
	if f.used == 0 {
		return lang.L("not used")
	}
	return lang.L("used by {{.Names}}", map[string]any{"Names": quotedNames(f.names, f.used-len(f.names))})
}

// quotedNames lists names in quotes, and how many more there are.
func quotedNames(names []string, more int) string {
	text := ""
	for i, name := range names {
		switch {
		case i == 0:
		case i == len(names)-1 && more <= 0:
			text += " " + lang.L("and") + " "
		default:
			text += ", "
		}
		text += "“" + briefly(name)["Name"].(string) + "”"
	}
	if more > 0 {
		text = lang.L("{{.Names}} and {{.N}} more", map[string]any{"Names": text, "N": more})
	}
	return text
}

// show brings the buttons to what the model says; stray is an error that no field
// of the page shows.
func (f *serviceFoot) show(wrong int, stray string) {
	stored := f.e.m.start.ID != ""
	setShown(f.remove, stored)
	setShown(f.indent, !stored)
	about := ""
	if f.used > 0 {
		f.remove.Disable()
		names := quotedNames(f.names, f.used-len(f.names))
		if f.used == 1 {
			about = lang.L("{{.Names}} uses it", map[string]any{"Names": names})
		} else {
			about = lang.L("{{.Names}} use it", map[string]any{"Names": names})
		}
	} else {
		f.remove.Enable()
	}
	f.about.SetText(about)
	switch {
	case stray != "":
		f.count.SetText(stray)
	case wrong == 1:
		f.count.SetText(lang.L("1 field needs a correction"))
	default:
		f.count.SetText(lang.L("{{.N}} fields need a correction", number{wrong}))
	}
	setShown(f.fault, wrong > 0)
	setShown(f.about, wrong == 0)
	label := lang.L("Save service")
	if f.e.saving {
		label = lang.L("Saving…")
		f.save.Disable()
	} else {
		f.save.Enable()
	}
	f.save.SetText(label)
}
