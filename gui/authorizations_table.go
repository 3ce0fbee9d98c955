package gui

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// rowTable draws the rows of the authorizations table. It has views for the
// visible rows only and no separators of the toolkit, so that a hundred
// thousand rows cost what twenty cost. widget.List redraws all of a row when
// its highlight moves, has a gap of its own between rows and no keys for pages;
// widget.Table selects cells.
type rowTable struct {
	rowScroll
	icons Icons
	now   func() time.Time

	row        func(i int) *auth.Row // nil while it is not there
	isSelected func(r *auth.Row) bool
	onSelect   func(i int)
	onMenu     func(i int, at fyne.Position) // at is absolute
	onRows     func()                        // other rows have come into view
	hidden     map[string]bool               // columns that the user has put away
	onColumns  func([]placed)

	moveRing func()
	views    []*rowView
	marks    []*canvas.Rectangle // behind all rows
	columns  []placed
	width    float32
	repaint  bool
}

var (
	_ fyne.Tappable          = (*rowTable)(nil)
	_ fyne.SecondaryTappable = (*rowTable)(nil)
	_ fyne.Focusable         = (*rowTable)(nil)
	_ desktop.Hoverable      = (*rowTable)(nil)
)

func newRowTable(icons Icons, now func() time.Time) *rowTable {
	t := &rowTable{icons: icons, now: now, repaint: true, marks: newTimeMarks()}
	t.init(t, t.update)
	t.onHover, t.tipAt = t.markRows, t.tooltipAt
	t.onEnter, t.onStep = t.openMenu, t.goTo
	t.onScroll = func() {
		t.onRows()
		if t.ring && t.focused {
			t.moveRing()
		}
	}
	t.ExtendBaseWidget(t)
	return t
}

// setLength changes how many rows there are and draws all visible ones anew.
func (t *rowTable) setLength(n int, top bool) {
	t.length = n
	if top {
		t.scroll.Offset = fyne.Position{}
	}
	t.scroll.Refresh()
	t.redraw()
}

// update draws the rows that have come into view.
func (t *rowTable) update() { t.drawRows(false) }

// redraw draws all visible rows, because their content may have changed.
func (t *rowTable) redraw() {
	t.drawRows(true)
	if t.moveRing != nil && t.focused && t.ring { // another row may be the keyboard's
		t.moveRing()
	}
}

func (t *rowTable) drawRows(all bool) {
	size := t.scroll.Size()
	if size.Height <= 0 || size.Width <= 0 {
		return // nothing is known before the first layout
	}
	if t.width != size.Width || t.repaint {
		t.width = size.Width
		t.columns = placeColumns(t.width, t.hidden)
		t.repaint, all = true, true
		t.onColumns(t.columns)
	}
	first, last := t.visible()
	count := last - first + 1
	if t.length == 0 {
		count = 0
	}
	for len(t.views) < count {
		t.views = append(t.views, newRowView(t.icons.Icon("more")))
		all, t.repaint = true, true
	}
	lookup := t.lookup()
	moved := t.repaint || len(t.body.Objects) != count+len(t.marks)
	objects := t.body.Objects[:0]
	for _, mark := range t.marks {
		objects = append(objects, mark)
	}
	showTimeMarks(t.marks, count > 0, float32(first)*rowHeight, float32(count)*rowHeight, widgets.ColorNameLine, lookup)
	for i := first; i < first+count; i++ {
		v := t.views[i%len(t.views)]
		if all || v.index != i {
			moved = moved || v.index != i
			v.index = i
			r := t.row(i)
			v.show(r, r != nil && t.isSelected(r), i == t.hovered, lookup)
			v.box.Resize(fyne.NewSize(t.width, rowHeight))
		}
		if at := fyne.NewPos(0, float32(i)*rowHeight); v.box.Position() != at {
			v.box.Move(at)
		}
		objects = append(objects, v.box)
	}
	t.body.Objects = objects
	t.repaint = false
	if moved {
		canvas.Refresh(t.body)
	}
}

func (t *rowTable) lookup() rowLookup {
	return rowLookup{
		columns: t.columns, width: t.width, now: t.now(), repaint: t.repaint,
		color: func(name fyne.ThemeColorName) color.Color { return widgets.Color(t, name) },
	}
}

// tick lets the times go on. Where nothing changes nothing is painted.
func (t *rowTable) tick() { t.redraw() }

// setHidden changes the columns that the user has put away.
func (t *rowTable) setHidden(hidden map[string]bool) {
	t.hidden, t.repaint = hidden, true
	t.redraw()
}

// show scrolls until the row is visible.
func (t *rowTable) show(i int) {
	if t.reveal(i) {
		t.onRows()
	}
	t.redraw()
}

// Tapped implements fyne.Tappable: it selects the row; on its ⋯ it opens the menu.
func (t *rowTable) Tapped(e *fyne.PointEvent) {
	t.takeFocus()
	i := t.rowAt(e.Position)
	if i < 0 {
		return
	}
	t.choose(i)
	if e.Position.X >= t.width-moreWidth {
		t.onMenu(i, e.AbsolutePosition)
	}
}

// TappedSecondary implements fyne.SecondaryTappable: the row menu.
func (t *rowTable) TappedSecondary(e *fyne.PointEvent) {
	t.takeFocus()
	if i := t.rowAt(e.Position); i >= 0 {
		t.choose(i)
		t.onMenu(i, e.AbsolutePosition)
	}
}

func (t *rowTable) choose(i int) {
	t.current = i
	t.onSelect(i)
	t.redraw()
}

// tooltipAt is what is said about the place of a row.
func (t *rowTable) tooltipAt(i int, x float32) string {
	if v := t.views[i%len(t.views)]; v.index == i {
		return v.tooltipAt(x, t.lookup())
	}
	return ""
}

// markRows marks the row under the pointer and takes the mark from the last one.
func (t *rowTable) markRows() {
	for _, v := range t.views {
		if r := t.rowOf(v); r != nil {
			v.mark(t.isSelected(r), v.index == t.hovered, t.lookup())
		}
	}
}

func (t *rowTable) rowOf(v *rowView) *auth.Row {
	if v.index < 0 || v.index >= t.length {
		return nil
	}
	return t.row(v.index)
}

// goTo selects the row that a key leads to.
func (t *rowTable) goTo(i int) {
	t.current = i
	t.show(i)
	t.choose(i)
	t.Refresh()
}

// openMenu opens the menu of a row, below its name.
func (t *rowTable) openMenu(i int) {
	t.show(i)
	t.onMenu(i, t.below(i, tableMargin+24))
}

// CreateRenderer implements fyne.Widget.
func (t *rowTable) CreateRenderer() fyne.WidgetRenderer {
	t.ExtendBaseWidget(t)
	r := &rowTableRenderer{t: t, scroll: withoutShadows(t.scroll), ring: canvas.NewRectangle(color.Transparent)}
	r.ring.StrokeWidth = 2
	t.moveRing = func() {
		r.paintRing()
		r.ring.Refresh()
	}
	r.paintRing()
	return r
}

type rowTableRenderer struct {
	t      *rowTable
	scroll fyne.CanvasObject
	ring   *canvas.Rectangle
}

func (r *rowTableRenderer) Destroy() {}

func (r *rowTableRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.scroll, r.ring}
}

func (r *rowTableRenderer) MinSize() fyne.Size { return fyne.NewSize(200, 3*rowHeight) }

func (r *rowTableRenderer) Layout(size fyne.Size) {
	r.scroll.Resize(size)
	r.t.update()
	r.paintRing()
}

// paintRing puts the ring of the focus around the keyboard's row, or around all
// rows while there is none.
func (r *rowTableRenderer) paintRing() {
	t := r.t
	r.ring.StrokeColor = widgets.Color(t, widgets.ColorNameAccent)
	at, size := fyne.Position{}, t.Size()
	if t.current >= 0 {
		at.Y = float32(t.current)*rowHeight - t.scroll.Offset.Y
		size.Height = rowHeight
	}
	r.ring.Hidden = !t.focused || !t.ring || at.Y < 0 || at.Y+size.Height > t.Size().Height
	r.ring.Move(at)
	r.ring.Resize(size)
}

// Refresh repaints everything: the theme or the focus has changed.
func (r *rowTableRenderer) Refresh() {
	r.paintRing()
	r.ring.Refresh()
	r.t.repaint = true
	r.t.redraw()
}
