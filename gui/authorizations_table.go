package gui

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	ttwidget "github.com/dweymouth/fyne-tooltip/widget"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// rowTable draws the rows of the authorizations table. It has views for the
// visible rows only and no separators of the toolkit, so that a hundred
// thousand rows cost what twenty cost. widget.List redraws all of a row when
// its highlight moves, has a gap of its own between rows and no keys for pages;
// widget.Table selects cells.
type rowTable struct {
	ttwidget.ToolTipWidget
	icons Icons
	now   func() time.Time

	length     int
	row        func(i int) *auth.Row // nil while it is not there
	isSelected func(r *auth.Row) bool
	onSelect   func(i int)
	onMenu     func(i int, at fyne.Position) // at is absolute
	onKey      func(*fyne.KeyEvent)          // keys that are not the table's own
	onScroll   func()
	hidden     map[string]bool // columns that the user has put away
	onColumns  func([]placed)

	scroll   *container.Scroll
	body     *fyne.Container
	moveRing func()
	views    []*rowView
	columns  []placed
	width    float32
	repaint  bool
	focused  bool
	ring     bool // the focus is shown: it came by the keyboard
	tapped   bool // the focus is coming by the pointer
	hovered  int  // row under the pointer; -1: none
	pointer  fyne.Position
	current  int // row of the keyboard
	tip      string
}

var (
	_ fyne.Tappable          = (*rowTable)(nil)
	_ fyne.SecondaryTappable = (*rowTable)(nil)
	_ fyne.Focusable         = (*rowTable)(nil)
	_ desktop.Hoverable      = (*rowTable)(nil)
)

func newRowTable(icons Icons, now func() time.Time) *rowTable {
	t := &rowTable{icons: icons, now: now, hovered: -1, current: -1, repaint: true}
	t.body = container.New(&rowsLayout{t: t})
	t.scroll = container.NewVScroll(t.body)
	t.scroll.OnScrolled = func(fyne.Position) {
		t.hover(t.pointer)
		t.update()
		t.onScroll()
		if t.ring && t.focused {
			t.moveRing()
		}
	}
	t.ExtendBaseWidget(t)
	return t
}

// rowsLayout gives the body the height of all rows.
type rowsLayout struct{ t *rowTable }

// MinSize implements fyne.Layout.
func (l *rowsLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(200, float32(l.t.length)*rowHeight)
}

// Layout implements fyne.Layout.
func (l *rowsLayout) Layout([]fyne.CanvasObject, fyne.Size) { l.t.update() }

// setLength changes how many rows there are and draws all visible ones anew.
func (t *rowTable) setLength(n int, top bool) {
	t.length = n
	if top {
		t.scroll.Offset = fyne.Position{}
	}
	t.scroll.Refresh()
	t.redraw()
}

// visible returns the first and the last visible row.
func (t *rowTable) visible() (first, last int) {
	height := t.scroll.Size().Height
	if height <= 0 || t.length == 0 {
		return 0, 0
	}
	first = int(t.scroll.Offset.Y / rowHeight)
	last = int((t.scroll.Offset.Y + height) / rowHeight)
	return max(first, 0), min(last, t.length-1)
}

// update draws the rows that have come into view.
func (t *rowTable) update() { t.draw(false) }

// redraw draws all visible rows, because their content may have changed.
func (t *rowTable) redraw() { t.draw(true) }

func (t *rowTable) draw(all bool) {
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
	moved := t.repaint || len(t.body.Objects) != count
	objects := t.body.Objects[:0]
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
	height, y := t.scroll.Size().Height, float32(i)*rowHeight
	offset := t.scroll.Offset.Y
	switch {
	case y < offset:
		offset = y
	case y+rowHeight > offset+height:
		offset = y + rowHeight - height
	}
	if offset != t.scroll.Offset.Y {
		t.scroll.ScrollToOffset(fyne.NewPos(0, offset))
		t.onScroll()
	}
	t.redraw()
}

// rowAt returns the row at a position within the table, -1 for none.
func (t *rowTable) rowAt(at fyne.Position) int {
	if at.Y < 0 || at.Y > t.scroll.Size().Height || at.X < 0 || at.X > t.width {
		return -1
	}
	if i := int((at.Y + t.scroll.Offset.Y) / rowHeight); i < t.length {
		return i
	}
	return -1
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

func (t *rowTable) takeFocus() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(t); c != nil {
		t.tapped = true
		c.Focus(t)
		t.tapped = false
	}
}

func (t *rowTable) choose(i int) {
	t.current = i
	t.onSelect(i)
	t.redraw()
}

// MouseIn implements desktop.Hoverable.
func (t *rowTable) MouseIn(e *desktop.MouseEvent) { t.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (t *rowTable) MouseMoved(e *desktop.MouseEvent) {
	t.hover(e.Position)
	t.ToolTipWidget.MouseMoved(e)
	tip := ""
	if t.hovered >= 0 {
		if v := t.views[t.hovered%len(t.views)]; v.index == t.hovered {
			tip = v.tooltipAt(e.Position.X, t.lookup())
		}
	}
	if tip != t.tip {
		t.tip = tip
		t.ToolTipWidget.MouseOut()
		t.SetToolTip(tip)
		t.ToolTipWidget.MouseIn(e)
	}
}

// MouseOut implements desktop.Hoverable.
func (t *rowTable) MouseOut() {
	t.ToolTipWidget.MouseOut()
	t.tip = ""
	t.hover(fyne.NewPos(-1, -1))
}

// hover marks the row at the position and takes the mark from the last one.
func (t *rowTable) hover(at fyne.Position) {
	t.pointer = at
	i := t.rowAt(at)
	if i == t.hovered {
		return
	}
	t.hovered = i
	for _, v := range t.views {
		if r := t.rowOf(v); r != nil {
			v.mark(t.isSelected(r), v.index == i, t.lookup())
		}
	}
}

func (t *rowTable) rowOf(v *rowView) *auth.Row {
	if v.index < 0 || v.index >= t.length {
		return nil
	}
	return t.row(v.index)
}

// FocusGained implements fyne.Focusable.
func (t *rowTable) FocusGained() { t.focused, t.ring = true, !t.tapped; t.Refresh() }

// FocusLost implements fyne.Focusable.
func (t *rowTable) FocusLost() { t.focused = false; t.Refresh() }

// TypedRune implements fyne.Focusable.
func (t *rowTable) TypedRune(rune) {}

// TypedKey implements fyne.Focusable: the arrows, Home, End and the page keys
// move the selection, Enter opens the row menu.
func (t *rowTable) TypedKey(e *fyne.KeyEvent) {
	perPage := max(int(t.scroll.Size().Height/rowHeight)-1, 1)
	to := t.current
	t.ring = true
	switch e.Name {
	case fyne.KeyDown:
		to++
	case fyne.KeyUp:
		to = max(to, 1) - 1
	case fyne.KeyPageDown:
		to += perPage
	case fyne.KeyPageUp:
		to -= perPage
	case fyne.KeyHome:
		to = 0
	case fyne.KeyEnd:
		to = t.length - 1
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		t.openMenu()
		return
	default:
		t.onKey(e)
		return
	}
	if t.length == 0 {
		return
	}
	to = min(max(to, 0), t.length-1)
	t.current = to
	t.show(to)
	t.choose(to)
	t.Refresh()
}

// openMenu opens the menu of the keyboard's row, below its name.
func (t *rowTable) openMenu() {
	if t.current < 0 || t.current >= t.length {
		return
	}
	t.show(t.current)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(t)
	y := float32(t.current)*rowHeight - t.scroll.Offset.Y + rowHeight
	t.onMenu(t.current, at.AddXY(tableMargin+24, y))
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
