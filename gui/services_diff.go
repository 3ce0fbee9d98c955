package gui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// serviceDiff says in what a customised copy differs from its catalog entry.
type serviceDiff struct {
	e      *serviceEditor
	object *fyne.Container
	head   *widgets.FoldHead
	rows   *fyne.Container
	shown  []auth.Difference
}

func newServiceDiff(p *servicePart) *serviceDiff {
	d := &serviceDiff{e: p.e, rows: widgets.NewColumn(10)}
	body := widgets.NewInset(0, 0, 0, 24, d.rows)
	body.Hide() // with its inset, which would keep the room of the rows
	d.head = widgets.NewFoldHead(p.e.u.icons, "", "", func(open bool) {
		setShown(body, open)
		p.e.relayout()
	})
	d.object = widgets.NewColumn(8, widgets.NewRule(widgets.ColorNameLine), d.head, body)
	d.object.Hide()
	return d
}

// set shows the differences; none for a service without a sample.
func (d *serviceDiff) set(differences []auth.Difference, sampleID string) {
	if sampleID == "" {
		differences = nil
	}
	if slices.Equal(d.shown, differences) {
		return
	}
	d.shown = differences
	name := sampleID
	for _, s := range d.e.u.engine.Services() {
		if s.ID == sampleID {
			name = s.Name
		}
	}
	d.head.Title = lang.L("Differs from {{.Name}}", named(name))
	if len(differences) == 1 {
		d.head.SetCaption(lang.L("in 1 field"))
	} else {
		d.head.SetCaption(lang.L("in {{.N}} fields", number{len(differences)}))
	}
	d.rows.Objects = nil
	for _, change := range differences {
		d.rows.Add(widgets.NewBeside(16, 0.3, besideLeast-40,
			widgets.NewCaption(told(change.Label)).Colored(widgets.ColorNameText),
			widgets.NewColumn(2, changeLine(lang.L("was"), change.Was), changeLine(lang.L("is"), change.Is))))
	}
	setShown(d.object, len(differences) > 0)
	d.e.relayout()
}

// changeLine shows one side of a difference.
func changeLine(side, value string) fyne.CanvasObject {
	if value == "" {
		value = lang.L("nothing")
	}
	return widgets.NewRow(8, 1, false, widgets.NewFixed(24, 0, widgets.NewCaption(side)),
		widgets.NewParagraph(value).Styled(fyne.TextStyle{Monospace: true}).Sized(12, 16))
}
