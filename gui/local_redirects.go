package gui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/gui/widgets"
)

// redirectRows is a list of redirect URLs, a row for each. It is the control of a
// Field.
type redirectRows struct {
	*fyne.Container
	onChanged func(uris []string)
	onHeight  func()

	canvas fyne.Canvas // the driver knows that of what it has drawn, not of a row that is new
	icons  Icons
	watch  func(*widgets.Input)
	rows   *fyne.Container
	inputs []*widgets.Input
	add    *widgets.Link
}

func newRedirectRows(canvas fyne.Canvas, icons Icons, uris []string, watch func(*widgets.Input)) *redirectRows {
	r := &redirectRows{canvas: canvas, icons: icons, watch: watch, rows: widgets.NewColumn(6), onHeight: func() {}}
	r.add = widgets.NewSmallLink(lang.L("Add a redirect URL"), icons.Icon("plus"), func() {
		r.inputs = append(r.inputs, r.newRow(""))
		r.show()
		r.changed()
		r.focus(len(r.inputs) - 1)
	})
	r.Container = widgets.NewColumn(6, r.rows, widgets.NewRow(0, -1, true, r.add))
	if len(uris) == 0 {
		uris = []string{""}
	}
	for _, uri := range uris {
		r.inputs = append(r.inputs, r.newRow(uri))
	}
	r.show()
	return r
}

func (r *redirectRows) newRow(uri string) *widgets.Input {
	in := widgets.NewInput("http://127.0.0.1/callback", true)
	in.SetText(uri)
	in.Entry().OnChanged = func(string) { r.changed() }
	r.watch(in)
	return in
}

// show places the rows.
func (r *redirectRows) show() {
	r.rows.Objects = nil
	for i, in := range r.inputs {
		remove := widgets.NewIconButton(r.icons.Icon("minus"), lang.L("Remove this redirect URL"), func() { r.remove(i) })
		r.rows.Add(widgets.NewRow(8, 0, true, in, remove))
	}
	r.Refresh()
	r.onHeight()
}

// remove takes a row away; of the last one the text.
func (r *redirectRows) remove(i int) {
	if len(r.inputs) == 1 {
		r.inputs[0].SetText("")
	} else {
		r.inputs = slices.Delete(r.inputs, i, i+1)
		r.show()
	}
	r.changed()
	r.focus(min(i, len(r.inputs)-1))
}

func (r *redirectRows) changed() {
	uris := make([]string, 0, len(r.inputs))
	for _, in := range r.inputs {
		uris = append(uris, in.Text())
	}
	r.onChanged(uris)
}

func (r *redirectRows) focus(i int) { r.inputs[i].FocusIn(r.canvas) }

// SetInvalid implements widgets.Control.
func (r *redirectRows) SetInvalid(invalid bool) {
	for _, in := range r.inputs {
		in.SetInvalid(invalid)
	}
}

// Focusable implements widgets.Control.
func (r *redirectRows) Focusable() fyne.Focusable { return r.inputs[0].Focusable() }
