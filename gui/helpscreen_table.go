package gui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"

	"tokenwell/gui/widgets"
)

// helpTable draws the errors that match: code, service and title. As the table
// of authorizations it has views for the visible rows only, and a row is
// selected, not a cell.
type helpTable struct {
	rowScroll
	header *fyne.Container
	entry  func(i int) *helpEntry
	choose func(i int)
	views  []*helpRow
}

var (
	_ fyne.Tappable     = (*helpTable)(nil)
	_ fyne.Focusable    = (*helpTable)(nil)
	_ desktop.Hoverable = (*helpTable)(nil)
)

// helpTableColumns are the headings, the keys of their translations.
var helpTableColumns = []string{"Code", "Service", "What happened"}

func newHelpTable(entry func(int) *helpEntry, choose func(int), key func(*fyne.KeyEvent)) *helpTable {
	t := &helpTable{entry: entry, choose: choose}
	t.init(t, t.redraw)
	t.onKey, t.onHover, t.tipAt = key, t.redraw, t.tooltipAt
	var heads []fyne.CanvasObject
	for _, title := range helpTableColumns {
		heads = append(heads, widgets.NewText(lang.L(title)).Sized(12).Colored(widgets.ColorNameMuted).Shrinking())
	}
	t.header = container.New(helpHeaderLayout{}, append(heads, widgets.NewRule(widgets.ColorNameBorder))...)
	t.ExtendBaseWidget(t)
	return t
}

// helpTableWidths returns where each column begins and how wide it is.
func helpTableWidths(width float32) (at, widths [3]float32) {
	code, service := float32(236), float32(108)
	if width < 640 {
		code, service = 176, 88
	}
	at = [3]float32{tableMargin, tableMargin + code + 12, tableMargin + code + service + 24}
	return at, [3]float32{code, service, max(width-at[2]-8, 0)}
}

// helpHeaderLayout places the headings over their columns and a line below.
type helpHeaderLayout struct{}

// MinSize implements fyne.Layout.
func (helpHeaderLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(200, 32) }

// Layout implements fyne.Layout.
func (helpHeaderLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	at, widths := helpTableWidths(size.Width)
	for i := range at {
		height := objects[i].MinSize().Height
		objects[i].Move(fyne.NewPos(at[i], (size.Height-height)/2))
		objects[i].Resize(fyne.NewSize(widths[i], height))
	}
	objects[3].Move(fyne.NewPos(0, size.Height-1))
	objects[3].Resize(fyne.NewSize(size.Width, 1))
}

// setLength changes how many rows there are and which is selected, -1 for none.
func (t *helpTable) setLength(n, current int) {
	t.length, t.current = n, current
	t.scroll.Offset = fyne.Position{}
	t.scroll.Refresh()
	if current >= 0 {
		t.reveal(current)
	}
	t.redraw()
}

// redraw draws the visible rows.
func (t *helpTable) redraw() {
	size := t.scroll.Size()
	if size.Height <= 0 || size.Width <= 0 {
		return // nothing is known before the first layout
	}
	first := max(int(t.scroll.Offset.Y/rowHeight), 0)
	last := min(int((t.scroll.Offset.Y+size.Height)/rowHeight), t.length-1)
	objects := t.body.Objects[:0]
	for i := first; i <= last; i++ {
		if len(t.views) <= i-first {
			t.views = append(t.views, newHelpRow())
		}
		v := t.views[i-first]
		v.show(t, t.entry(i), i, size.Width)
		objects = append(objects, v.box)
	}
	t.body.Objects = objects
	canvas.Refresh(t.body)
}

func (t *helpTable) selectRow(i int) {
	t.current = i
	t.reveal(i)
	t.redraw()
	t.choose(i)
}

// enter takes the focus and chooses a row when none is.
func (t *helpTable) enter() {
	t.takeFocus()
	if t.current < 0 && t.length > 0 {
		t.selectRow(0)
	}
}

// Tapped implements fyne.Tappable: it selects the row.
func (t *helpTable) Tapped(e *fyne.PointEvent) {
	i := t.rowAt(e.Position)
	if i < 0 {
		return
	}
	t.selectRow(i)
	t.takeFocus()
}

// tooltipAt is what is said about the place of a row.
func (t *helpTable) tooltipAt(i int, x float32) string {
	for _, v := range t.views {
		if v.index == i {
			return v.tooltipAt(x)
		}
	}
	return ""
}

// TypedKey implements fyne.Focusable: the arrows, Home, End and the page keys
// move the selection.
func (t *helpTable) TypedKey(e *fyne.KeyEvent) {
	to, ok := t.step(e.Name)
	switch {
	case !ok:
		t.onKey(e)
	case to >= 0:
		t.selectRow(to)
	}
}

// CreateRenderer implements fyne.Widget.
func (t *helpTable) CreateRenderer() fyne.WidgetRenderer {
	t.ExtendBaseWidget(t)
	return &helpTableRenderer{t: t, scroll: withoutShadows(t.scroll)}
}

type helpTableRenderer struct {
	t      *helpTable
	scroll fyne.CanvasObject
}

func (r *helpTableRenderer) Destroy() {}

func (r *helpTableRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.scroll} }

func (r *helpTableRenderer) MinSize() fyne.Size { return fyne.NewSize(200, 3*rowHeight) }

func (r *helpTableRenderer) Layout(size fyne.Size) {
	r.scroll.Resize(size)
	r.t.redraw()
}

func (r *helpTableRenderer) Refresh() { r.t.redraw() }

// helpRow is one drawn row, used again for other entries.
type helpRow struct {
	box                *fyne.Container
	index              int
	ground, edge, line *canvas.Rectangle
	cells              [3]*canvas.Text
	whole              [3]string // the texts before they were cut to the width
	at                 [3]float32
}

func newHelpRow() *helpRow {
	rect := func() *canvas.Rectangle { return canvas.NewRectangle(color.Transparent) }
	v := &helpRow{index: -1, ground: rect(), edge: rect(), line: rect()}
	v.box = container.NewWithoutLayout(v.ground, v.edge, v.line)
	for i := range v.cells {
		v.cells[i] = canvas.NewText("", color.Transparent)
		v.cells[i].TextSize = 14
		v.box.Add(v.cells[i])
	}
	v.cells[0].TextSize, v.cells[0].TextStyle.Monospace = 13, true
	return v
}

// show draws an entry as row i.
func (v *helpRow) show(t *helpTable, e *helpEntry, i int, width float32) {
	v.index = i
	v.box.Move(fyne.NewPos(0, float32(i)*rowHeight))
	v.box.Resize(fyne.NewSize(width, rowHeight))
	v.ground.Resize(fyne.NewSize(width, rowHeight))
	v.edge.Resize(fyne.NewSize(3, rowHeight))
	v.line.Move(fyne.NewPos(0, rowHeight-1))
	v.line.Resize(fyne.NewSize(width, 1))
	selected := i == t.current
	v.ground.FillColor, v.ground.StrokeWidth = color.Transparent, 0
	switch {
	case selected:
		v.ground.FillColor = widgets.Color(t, widgets.ColorNameSelect)
		if t.focused {
			v.ground.StrokeColor, v.ground.StrokeWidth = widgets.Color(t, widgets.ColorNameAccent), 2
		}
	case i == t.hovered:
		v.ground.FillColor = widgets.Color(t, widgets.ColorNameHover)
	}
	v.edge.FillColor, v.edge.Hidden = widgets.Color(t, widgets.ColorNameAccent), !selected
	v.line.FillColor, v.line.Hidden = widgets.Color(t, widgets.ColorNameLine), selected
	var widths [3]float32
	v.at, widths = helpTableWidths(width)
	v.whole = [3]string{e.Code, e.service, told(e.Title)}
	inks := [3]fyne.ThemeColorName{widgets.ColorNameText, widgets.ColorNameMuted, widgets.ColorNameText}
	for n, cell := range v.cells {
		cell.Text = widgets.Ellipsize(v.whole[n], widths[n], cell.TextSize, cell.TextStyle)
		cell.Color = widgets.Color(t, inks[n])
		height := cell.MinSize().Height
		cell.Move(fyne.NewPos(v.at[n], (rowHeight-height)/2))
		cell.Resize(fyne.NewSize(widths[n], height))
		cell.Refresh()
	}
	v.ground.Refresh()
	v.edge.Refresh()
	v.line.Refresh()
}

// tooltipAt returns the whole of a text that was cut off.
func (v *helpRow) tooltipAt(x float32) string {
	for n := len(v.at) - 1; n >= 0; n-- {
		if x >= v.at[n] {
			if v.cells[n].Text == v.whole[n] {
				return ""
			}
			return v.whole[n]
		}
	}
	return ""
}
