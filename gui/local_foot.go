package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"tokenwell/gui/widgets"
)

// clientFoot is the bottom of the editor.
type clientFoot struct {
	e      *clientEditor
	object *fyne.Container
	use    *widgets.Button
	remove *widgets.Button
	active *widgets.Check
	fault  *fyne.Container
	count  *widgets.Text
	save   *widgets.Button
}

func newClientFoot(e *clientEditor) *clientFoot {
	u := e.u
	f := &clientFoot{e: e}
	f.use = widgets.NewButton("", u.icons.Icon("key"), func() { u.useClient(e.m.start) })
	f.remove = widgets.NewButton(lang.L("Delete"), nil, func() { u.askDeleteClient(e.m.start) })
	f.remove.Importance = widgets.Danger
	if e.m.start.Practice {
		f.remove.Disable()
		f.remove.SetToolTip(practiceStays())
	}
	f.active = widgets.NewCheck(u.icons, lang.L("Active"), func(on bool) {
		f.active.SetChecked(e.m.start.Active)
		u.switchClient(e.m.start, on)
	})
	f.count = widgets.NewText("").Colored(widgets.ColorNameBad).Shrinking()
	f.fault = widgets.NewRow(6, 1, true, widgets.NewGlyph(u.icons.Icon("error"), widgets.ColorNameBad, 16), f.count)
	cancel := widgets.NewButton(lang.L("Cancel"), nil, e.cancel)
	f.save = widgets.NewPrimaryButton("", nil, e.submit)
	f.save.SetToolTip(lang.L("Ctrl+S"))
	row := container.New(&clientFootLayout{f: f}, f.use, f.remove, f.fault, f.active, cancel, f.save)
	f.object = widgets.NewStacked(widgets.NewPanel(widgets.ColorNameSurface, "", 0), widgets.NewColumn(0,
		widgets.NewRule(widgets.ColorNameLine), widgets.NewInset(12, pageMargin, 12, pageMargin, row)))
	return f
}

// practiceStays is why the first run's client and user can't be deleted.
func practiceStays() string {
	return lang.L("It stays: the form for the local server offers it. Switch it off instead.")
}

// clientFootLayout puts what is about the stored client at the left and what is
// about the edit at the right; where it is narrow the first button says less.
type clientFootLayout struct{ f *clientFoot }

// MinSize implements fyne.Layout.
func (*clientFootLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(420, 36) }

// Layout implements fyne.Layout.
func (l *clientFootLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	label := lang.L("Use in a new authorization")
	if size.Width < 620 {
		label = lang.L("Use it…")
	}
	l.f.use.SetText(label)
	right := size.Width
	for i := len(objects) - 1; i > 2; i-- {
		if o := objects[i]; o.Visible() {
			least := o.MinSize()
			if _, tick := o.(*widgets.Check); tick {
				least.Width = 28 + fyne.MeasureText(l.f.active.Label, 14, fyne.TextStyle{}).Width
			}
			right -= least.Width
			put(o, fyne.NewPos(right, (size.Height-least.Height)/2), least)
			right -= 8
		}
	}
	put(objects[2], fyne.NewPos(0, (size.Height-objects[2].MinSize().Height)/2), fyne.NewSize(right, objects[2].MinSize().Height))
	x := float32(0)
	for _, o := range objects[:2] {
		if o.Visible() {
			least := o.MinSize()
			put(o, fyne.NewPos(x, (size.Height-least.Height)/2), least)
			x += least.Width + 8
		}
	}
}

// show brings the foot to what the model says.
func (f *clientFoot) show(wrong int) {
	m := f.e.m
	count := lang.L("{{.N}} fields need a correction", number{wrong})
	if wrong == 1 {
		count = lang.L("1 field needs a correction")
	}
	f.count.SetText(count)
	setShown(f.fault, wrong > 0)
	setShown(f.use, !m.isNew() && wrong == 0)
	setShown(f.remove, !m.isNew() && wrong == 0)
	setShown(f.active, !m.isNew())
	f.active.SetChecked(m.start.Active)
	label := lang.L("Save client")
	if f.e.saving {
		label = lang.L("Saving…")
		f.save.Disable()
	} else {
		f.save.Enable()
	}
	f.save.SetText(label)
	widgets.Relayout(f.object)
}
