package gui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"
	ttwidget "github.com/dweymouth/fyne-tooltip/widget"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// tableHeader is the row of headings; a tap on one sorts by it, a second tap
// turns the order round, a right click chooses columns.
type tableHeader struct {
	ttwidget.ToolTipWidget
	heads     []*headCell
	line      *canvas.Rectangle
	onSort    func(auth.Column)
	onColumns func(at fyne.Position)
}

func newTableHeader(icons Icons) *tableHeader {
	h := &tableHeader{line: canvas.NewRectangle(color.Transparent)}
	for i := range columns {
		c := &columns[i]
		head := newHeadCell(icons, c.columnTitle(), c.right, func() { h.onSort(c.sort) })
		head.onColumns = func(at fyne.Position) { h.onColumns(at) }
		h.heads = append(h.heads, head)
	}
	h.ExtendBaseWidget(h)
	return h
}

// place shows the headings of the columns that the table shows.
func (h *tableHeader) place(columns []placed) {
	for _, head := range h.heads {
		head.Hide()
	}
	for _, c := range columns {
		head := h.heads[columnIndex(c.id)]
		head.Move(fyne.NewPos(c.x-6, 2))
		head.Resize(fyne.NewSize(c.width+columnGap, headerHeight-4))
		head.Show()
	}
	h.Refresh()
}

// setSort shows which heading sorts, and how.
func (h *tableHeader) setSort(by auth.Column, desc bool) {
	for i, head := range h.heads {
		head.setSort(columns[i].sort == by && columns[i].kind != cellLane, desc)
	}
}

// TappedSecondary implements fyne.SecondaryTappable.
func (h *tableHeader) TappedSecondary(e *fyne.PointEvent) { h.onColumns(e.AbsolutePosition) }

// CreateRenderer implements fyne.Widget.
func (h *tableHeader) CreateRenderer() fyne.WidgetRenderer {
	h.ExtendBaseWidget(h)
	return &headerRenderer{h: h}
}

type headerRenderer struct{ h *tableHeader }

func (r *headerRenderer) Destroy() {}

func (r *headerRenderer) Objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{r.h.line}
	for _, head := range r.h.heads {
		objects = append(objects, head)
	}
	return objects
}

func (r *headerRenderer) MinSize() fyne.Size { return fyne.NewSize(200, headerHeight) }

func (r *headerRenderer) Layout(size fyne.Size) {
	r.h.line.FillColor = widgets.Color(r.h, widgets.ColorNameBorder)
	r.h.line.Move(fyne.NewPos(0, size.Height-1))
	r.h.line.Resize(fyne.NewSize(size.Width, 1))
}

func (r *headerRenderer) Refresh() {
	r.Layout(r.h.Size())
	r.h.line.Refresh()
	canvas.Refresh(r.h)
}

// headCell is one heading.
type headCell struct {
	ttwidget.ToolTipWidget
	title       string
	right       bool
	icons       Icons
	onSort      func()
	onColumns   func(at fyne.Position) // a right click; nil: nothing
	sorts, desc bool
	hovered     bool
	focused     bool
}

var (
	_ fyne.Tappable          = (*headCell)(nil)
	_ fyne.SecondaryTappable = (*headCell)(nil)
	_ fyne.Focusable         = (*headCell)(nil)
)

func newHeadCell(icons Icons, title string, right bool, sort func()) *headCell {
	cell := &headCell{title: title, right: right, icons: icons, onSort: sort}
	cell.SetToolTip(lang.L("Sort by {{.Column}}", map[string]any{"Column": title}))
	cell.ExtendBaseWidget(cell)
	return cell
}

// setSort tells whether the table is sorted by this heading, and which way round.
func (c *headCell) setSort(sorts, desc bool) {
	c.sorts, c.desc = sorts, desc
	c.Refresh()
}

// Tapped implements fyne.Tappable.
func (c *headCell) Tapped(*fyne.PointEvent) { c.onSort() }

// TappedSecondary implements fyne.SecondaryTappable.
func (c *headCell) TappedSecondary(e *fyne.PointEvent) {
	if c.onColumns != nil {
		c.onColumns(e.AbsolutePosition)
	}
}

// MouseIn implements desktop.Hoverable.
func (c *headCell) MouseIn(e *desktop.MouseEvent) {
	c.ToolTipWidget.MouseIn(e)
	c.hovered = true
	c.Refresh()
}

// MouseOut implements desktop.Hoverable.
func (c *headCell) MouseOut() {
	c.ToolTipWidget.MouseOut()
	c.hovered = false
	c.Refresh()
}

// FocusGained implements fyne.Focusable.
func (c *headCell) FocusGained() {
	c.focused = true
	c.Refresh()
	widgets.RevealFocused(c)
}

// FocusLost implements fyne.Focusable.
func (c *headCell) FocusLost() { c.focused = false; c.Refresh() }

// TypedRune implements fyne.Focusable.
func (c *headCell) TypedRune(rune) {}

// TypedKey implements fyne.Focusable: Space and Enter sort.
func (c *headCell) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		c.Tapped(nil)
	default:
		widgets.PassKey(c, e)
	}
}

// CreateRenderer implements fyne.Widget.
func (c *headCell) CreateRenderer() fyne.WidgetRenderer {
	c.ExtendBaseWidget(c)
	r := &headCellRenderer{c: c, ring: canvas.NewRectangle(color.Transparent), text: canvas.NewText("", color.Transparent), arrow: canvas.NewImageFromResource(nil)}
	r.ring.StrokeWidth, r.ring.CornerRadius = 2, 5
	r.text.TextSize = 12
	r.Refresh()
	return r
}

type headCellRenderer struct {
	c     *headCell
	ring  *canvas.Rectangle
	text  *canvas.Text
	arrow *canvas.Image
}

func (r *headCellRenderer) Destroy() {}

func (r *headCellRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ring, r.text, r.arrow}
}

func (r *headCellRenderer) MinSize() fyne.Size { return fyne.NewSize(24, headerHeight-4) }

func (r *headCellRenderer) Layout(size fyne.Size) {
	const side, arrow float32 = 6, 14
	r.ring.Resize(size)
	space := size.Width - 2*side
	if r.c.sorts {
		space -= arrow
	}
	shown := widgets.Ellipsize(r.c.title, space, 12, fyne.TextStyle{})
	if r.text.Text != shown {
		r.text.Text = shown
		r.text.Refresh()
	}
	text := r.text.MinSize()
	x := side
	if r.c.right {
		x = size.Width - side - text.Width
		if r.c.sorts {
			x -= arrow
		}
	}
	r.text.Resize(text)
	r.text.Move(fyne.NewPos(x, (size.Height-text.Height)/2))
	r.arrow.Resize(fyne.NewSquareSize(arrow))
	r.arrow.Move(fyne.NewPos(x+text.Width+2, (size.Height-arrow)/2))
}

func (r *headCellRenderer) Refresh() {
	c := r.c
	ink := widgets.ColorNameMuted
	if c.sorts || c.hovered {
		ink = widgets.ColorNameText
	}
	r.text.Color = widgets.Color(c, ink)
	r.ring.StrokeColor = widgets.Color(c, widgets.ColorNameAccent)
	r.ring.Hidden = !c.focused
	icon := "up"
	if c.desc {
		icon = "down"
	}
	r.arrow.Hidden = !c.sorts
	r.arrow.Resource = theme.NewColoredResource(c.icons.Icon(icon), widgets.ColorNameText)
	r.Layout(c.Size())
	r.text.Refresh()
	r.ring.Refresh()
	r.arrow.Refresh()
}
