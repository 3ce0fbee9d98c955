package gui

import (
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"

	"tokenwell/gui/widgets"
)

// dataColumn is one column of a dataTable.
type dataColumn struct {
	title string  // English, the key of the translation
	sort  string  // what it sorts by; "": it does not
	least float32 // width, its gap at the right included
	grow  float32 // share of the width that is left over
	right bool
	mono  bool
	// leaves: the higher, the earlier the column goes where the table is narrow;
	// 0: it stays.
	leaves int
}

// dataCell is what stands in a cell: a text, or a pill where look has a word.
type dataCell struct {
	text, tooltip string
	ink           fyne.ThemeColorName
	dot           bool // one in the text's colour stands before it
	look          widgets.PillLook
}

// dataTable draws the rows that are in view, as the table of authorizations does;
// what stands in them is for the page that has it to say.
type dataTable struct {
	rowScroll
	icons   Icons
	columns []dataColumn
	// cell gives what stands in a cell; ok is false while the row has not been read.
	cell     func(i, column int) (cell dataCell, ok bool)
	onSelect func(i int)
	onOpen   func(i int)                   // Enter
	onMenu   func(i int, at fyne.Position) // at is absolute
	onRows   func()                        // other rows have come into view; nil: nobody asks
	onSort   func(by string)
	// heading is what stands over the rows that row i is one of, see setHeads;
	// nil: nothing does.
	heading func(i int) string

	header    *fyne.Container
	headCells []fyne.CanvasObject // one for each of columns
	views     []*dataRow
	titles    []*dataHeading // drawn headings, used again for others
	pin       *dataHeading   // that of the rows in view, once it is out of it
	at        []dataPlace    // one for each of columns
	width     float32
	all       bool // the theme or the columns have changed: paint everything
}

// dataPlace is where a column stands; width 0: it has left.
type dataPlace struct{ x, width float32 }

var (
	_ fyne.Tappable          = (*dataTable)(nil)
	_ fyne.SecondaryTappable = (*dataTable)(nil)
	_ fyne.Focusable         = (*dataTable)(nil)
	_ desktop.Hoverable      = (*dataTable)(nil)
)

// pageMargin is the space at the sides of such tables and of what stands over them.
const pageMargin float32 = 24

func newDataTable(icons Icons, columns []dataColumn, key func(*fyne.KeyEvent)) *dataTable {
	t := &dataTable{icons: icons, columns: columns, all: true, onSort: func(string) {}}
	t.init(t, t.redraw)
	t.pin = newDataHeading()
	t.onHover, t.onKey, t.tipAt = t.redraw, key, t.tooltipAt
	t.onEnter, t.onStep = t.open, t.goTo
	t.onScroll = func() {
		if t.onRows != nil {
			t.onRows()
		}
	}
	for _, c := range columns {
		var head fyne.CanvasObject = dataHeadText(c)
		if c.sort != "" {
			head = newHeadCell(icons, lang.L(c.title), c.right, func() { t.onSort(c.sort) })
		}
		t.headCells = append(t.headCells, head)
	}
	t.header = container.New(&dataHeaderLayout{t: t}, append(slices.Clone(t.headCells), widgets.NewRule(widgets.ColorNameBorder))...)
	t.ExtendBaseWidget(t)
	return t
}

func dataHeadText(c dataColumn) *widgets.Text {
	text := widgets.NewSmallText(lang.L(c.title)).Shrinking()
	if c.right {
		text.Right()
	}
	return text
}

// setSort shows which heading sorts, and how.
func (t *dataTable) setSort(by string, desc bool) {
	for i, c := range t.columns {
		if head, ok := t.headCells[i].(*headCell); ok {
			head.setSort(c.sort == by, desc)
		}
	}
}

// dataHeaderLayout places the headings over their columns and a line below.
type dataHeaderLayout struct{ t *dataTable }

// MinSize implements fyne.Layout.
func (*dataHeaderLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(200, headerHeight)
}

// Layout implements fyne.Layout.
func (l *dataHeaderLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for i, at := range placeData(l.t.columns, size.Width) {
		head := objects[i]
		setVisible(head, at.width > 0)
		if _, sorts := head.(*headCell); sorts {
			put(head, fyne.NewPos(at.x-6, 2), fyne.NewSize(at.width+12, headerHeight-4))
			continue
		}
		height := head.MinSize().Height
		put(head, fyne.NewPos(at.x, (headerHeight-height)/2), fyne.NewSize(at.width, height))
	}
	put(objects[len(objects)-1], fyne.NewPos(0, size.Height-1), fyne.NewSize(size.Width, 1))
}

// placeData shares the width among the columns.
func placeData(columns []dataColumn, width float32) []dataPlace {
	space := width - pageMargin - moreWidth
	least, grow := float32(0), float32(0)
	gone := make([]bool, len(columns))
	for _, c := range columns {
		least += c.least
	}
	for least > space {
		leaver := -1
		for i, c := range columns {
			if !gone[i] && c.leaves > 0 && (leaver < 0 || c.leaves > columns[leaver].leaves) {
				leaver = i
			}
		}
		if leaver < 0 {
			break
		}
		gone[leaver] = true
		least -= columns[leaver].least
	}
	for i, c := range columns {
		if !gone[i] {
			grow += c.grow
		}
	}
	out := make([]dataPlace, len(columns))
	x, spare := pageMargin, max(space-least, 0)
	for i, c := range columns {
		if gone[i] {
			continue
		}
		own := c.least
		if grow > 0 {
			own += spare * c.grow / grow
		}
		own = float32(int(own))
		out[i] = dataPlace{x: x, width: own - columnGap}
		x += own
	}
	return out
}

// setLength changes how many rows there are and which is selected, -1 for none.
func (t *dataTable) setLength(n, current int, top bool) {
	t.length, t.current = n, current
	if top {
		t.scroll.Offset = fyne.Position{}
	}
	t.scroll.Refresh()
	t.redraw()
}

// redraw draws the rows in view. Where nothing changes nothing is painted.
func (t *dataTable) redraw() {
	size := t.scroll.Size()
	if size.Height <= 0 || size.Width <= 0 {
		return // nothing is known before the first layout
	}
	if t.width != size.Width {
		t.width, t.all = size.Width, true
	}
	if t.all {
		t.at = placeData(t.columns, t.width)
	}
	first, last := t.visible()
	count := last - first + 1
	if t.length == 0 {
		count = 0
	}
	objects, moved := t.drawHeadings(t.body.Objects[:0], first, first+count)
	moved = moved || t.all || len(t.body.Objects) != len(objects)+count
	for i := first; i < first+count; i++ {
		if len(t.views) <= i-first {
			t.views = append(t.views, newDataRow(t))
			moved = true
		}
		v := t.views[i-first]
		moved = v.show(t, i) || moved
		objects = append(objects, v.box)
	}
	t.body.Objects = objects
	t.drawPin()
	t.all = false
	if moved {
		canvas.Refresh(t.body)
	}
}

// selectRow marks a row and tells about it.
func (t *dataTable) selectRow(i int) {
	t.current = i
	t.reveal(i)
	t.redraw()
	t.onSelect(i)
}

// enter takes the focus and selects a row when none is.
func (t *dataTable) enter() {
	t.takeFocus()
	if t.current < 0 && t.length > 0 {
		t.selectRow(0)
	}
}

// Tapped implements fyne.Tappable: it selects the row; on its ⋯ it opens the menu.
func (t *dataTable) Tapped(e *fyne.PointEvent) {
	t.takeFocus()
	i := t.rowAt(e.Position)
	if i < 0 {
		return
	}
	t.selectRow(i)
	if t.onMenu != nil && e.Position.X >= t.width-moreWidth {
		t.onMenu(i, e.AbsolutePosition)
	}
}

// TappedSecondary implements fyne.SecondaryTappable: the menu of the row.
func (t *dataTable) TappedSecondary(e *fyne.PointEvent) {
	t.takeFocus()
	if i := t.rowAt(e.Position); i >= 0 {
		t.selectRow(i)
		if t.onMenu != nil {
			t.onMenu(i, e.AbsolutePosition)
		}
	}
}

func (t *dataTable) tooltipAt(i int, x float32) string {
	for _, v := range t.views {
		if v.index == i {
			return v.tooltipAt(t, x)
		}
	}
	return ""
}

// goTo selects the row that a key leads to.
func (t *dataTable) goTo(i int) {
	t.selectRow(i)
	if t.onRows != nil {
		t.onRows()
	}
}

// open opens a row, or its menu below its first column.
func (t *dataTable) open(i int) {
	switch {
	case t.onOpen != nil:
		t.onOpen(i)
	case t.onMenu != nil:
		t.onMenu(i, t.below(i, pageMargin+24))
	}
}

// CreateRenderer implements fyne.Widget.
func (t *dataTable) CreateRenderer() fyne.WidgetRenderer {
	t.ExtendBaseWidget(t)
	return &dataTableRenderer{t: t, scroll: withoutShadows(t.scroll), ring: canvas.NewRectangle(color.Transparent)}
}

type dataTableRenderer struct {
	t      *dataTable
	scroll fyne.CanvasObject
	ring   *canvas.Rectangle // around all rows while none is the keyboard's
}

func (r *dataTableRenderer) Destroy() {}

func (r *dataTableRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.scroll, r.t.pin.box, r.ring}
}

func (r *dataTableRenderer) MinSize() fyne.Size { return fyne.NewSize(200, 2*rowHeight) }

func (r *dataTableRenderer) Layout(size fyne.Size) {
	r.scroll.Resize(size)
	r.ring.Resize(size)
	r.t.redraw()
}

// Refresh repaints everything: the theme or the focus has changed.
func (r *dataTableRenderer) Refresh() {
	r.ring.StrokeColor, r.ring.StrokeWidth = widgets.Color(r.t, widgets.ColorNameAccent), 2
	r.ring.Hidden = !r.t.focused || !r.t.ring || r.t.current >= 0
	r.ring.Refresh()
	r.t.all = true
	r.t.redraw()
}
