package gui

import (
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	ttwidget "github.com/dweymouth/fyne-tooltip/widget"

	"tokenwell/gui/widgets"
)

// rowScroll is what the tables of drawn rows share: which rows are in view, which
// one is under the pointer and which one is the keyboard's. The table that embeds
// it draws its rows and sets the hooks.
type rowScroll struct {
	ttwidget.ToolTipWidget
	scroll *container.Scroll
	body   *fyne.Container

	length  int
	tops    []float32 // where each row begins, and the end of all; nil: each is rowHeight high
	heads   []int     // rows that have a heading above them, headHeight high, in order
	pitch   float32   // the usual height of a row, for the page keys
	current int       // row of the keyboard; -1: none
	hovered int       // row under the pointer; -1: none
	pointer fyne.Position
	focused bool
	ring    bool // the focus is shown: it came by the keyboard
	tapped  bool // the focus is coming by the pointer
	tip     string

	self     fyne.Focusable
	draw     func()                        // draws what has come into view
	onHover  func()                        // another row is under the pointer
	onScroll func()                        // the rows have moved
	tipAt    func(i int, x float32) string // the tooltip at a place of row i
	skips    func(i int) bool              // row i is a heading; nil: none is
	onEnter  func(i int)                   // Enter, or the menu key, on the keyboard's row
	onStep   func(to int)                  // a key leads to another row
	onKey    func(*fyne.KeyEvent)          // keys that are not the table's own
}

// init makes the parts; self is the table, draw draws the rows in view.
func (s *rowScroll) init(self fyne.Focusable, draw func()) {
	s.self, s.draw, s.pitch, s.current, s.hovered = self, draw, rowHeight, -1, -1
	s.body = container.New(&rowsLayout{s: s})
	s.scroll = container.NewVScroll(s.body)
	s.scroll.OnScrolled = func(fyne.Position) {
		s.hover(s.pointer)
		s.draw()
		if s.onScroll != nil {
			s.onScroll()
		}
	}
}

// rowsLayout gives the body the height of all rows.
type rowsLayout struct{ s *rowScroll }

// MinSize implements fyne.Layout.
func (l *rowsLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(200, l.s.top(l.s.length))
}

// Layout implements fyne.Layout.
func (l *rowsLayout) Layout([]fyne.CanvasObject, fyne.Size) { l.s.draw() }

// headHeight is the height of a heading above a row.
const headHeight float32 = 32

// top is where row i begins, with the heading above it; that of the length is
// where the last one ends.
func (s *rowScroll) top(i int) float32 {
	if s.tops != nil {
		return s.tops[min(i, len(s.tops)-1)]
	}
	return float32(i)*rowHeight + float32(sort.SearchInts(s.heads, i))*headHeight
}

// lead is the height of the heading above row i, 0 for none.
func (s *rowScroll) lead(i int) float32 {
	if at := sort.SearchInts(s.heads, i); at < len(s.heads) && s.heads[at] == i {
		return headHeight
	}
	return 0
}

// rowAtY returns the row at a height of the body, which may be beyond the last.
func (s *rowScroll) rowAtY(y float32) int {
	if s.tops == nil && len(s.heads) == 0 {
		return int(y / rowHeight)
	}
	return sort.Search(s.length, func(i int) bool { return s.top(i+1) > y })
}

// pinned returns the first row in view when its heading is out of view and has to
// stand over it; the next heading takes its place as soon as the two would touch.
func (s *rowScroll) pinned() (row int, ok bool) {
	offset := s.scroll.Offset.Y
	if len(s.heads) == 0 || s.length == 0 || offset <= 0 {
		return 0, false
	}
	row = min(s.rowAtY(offset), s.length-1)
	next := sort.SearchInts(s.heads, row+1)
	return row, next == len(s.heads) || s.top(s.heads[next]) >= offset+headHeight
}

// visible returns the first and the last visible row.
func (s *rowScroll) visible() (first, last int) {
	height := s.scroll.Size().Height
	if height <= 0 || s.length == 0 {
		return 0, 0
	}
	return max(s.rowAtY(s.scroll.Offset.Y), 0), min(s.rowAtY(s.scroll.Offset.Y+height), s.length-1)
}

// rowAt returns the row at a position within the table, -1 for none.
func (s *rowScroll) rowAt(at fyne.Position) int {
	if at.Y < 0 || at.Y > s.scroll.Size().Height || at.X < 0 || at.X > s.scroll.Size().Width {
		return -1
	}
	if _, ok := s.pinned(); ok && at.Y < headHeight {
		return -1
	}
	y := at.Y + s.scroll.Offset.Y
	if i := s.rowAtY(y); i < s.length && !s.heading(i) && y >= s.top(i)+s.lead(i) {
		return i
	}
	return -1
}

func (s *rowScroll) heading(i int) bool { return s.skips != nil && s.skips(i) }

// reveal scrolls until the row is visible and tells whether it had to.
func (s *rowScroll) reveal(i int) bool {
	height, offset := s.scroll.Size().Height, s.scroll.Offset.Y
	top, bottom := s.top(i), s.top(i+1)
	if i == 1 && s.heading(0) {
		top = 0
	}
	if len(s.heads) > 0 && s.lead(i) == 0 {
		top = max(top-headHeight, 0) // below the pinned heading
	}
	switch {
	case height <= 0:
		return false
	case top < offset:
		offset = top
	case bottom > offset+height:
		offset = bottom - height
	default:
		return false
	}
	s.scroll.ScrollToOffset(fyne.NewPos(0, offset))
	return true
}

// takeFocus takes the focus as a click does.
func (s *rowScroll) takeFocus() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(s.self.(fyne.CanvasObject)); c != nil {
		s.focusOn(c)
	}
}

// focusOn is takeFocus on a canvas that may not have drawn the table yet.
func (s *rowScroll) focusOn(c fyne.Canvas) {
	s.tapped = true
	c.Focus(s.self)
	s.tapped = false
}

// step returns where a key leads from the present row; ok is false for keys that
// move nothing.
func (s *rowScroll) step(key fyne.KeyName) (to int, ok bool) {
	page := max(int(s.scroll.Size().Height/s.pitch)-1, 1)
	to, by := s.current, 1
	switch key {
	case fyne.KeyDown:
		to++
	case fyne.KeyUp:
		to, by = to-1, -1
	case fyne.KeyPageDown:
		to += page
	case fyne.KeyPageUp:
		to, by = to-page, -1
	case fyne.KeyHome:
		to = 0
	case fyne.KeyEnd:
		to = s.length - 1
	default:
		return 0, false
	}
	if s.length == 0 {
		return -1, true
	}
	to = min(max(to, 0), s.length-1)
	for to > 0 && to < s.length-1 && s.heading(to) {
		to += by
	}
	if s.heading(to) { // nothing to choose beyond it
		to = min(to+1, s.length-1)
	}
	return to, true
}

// TypedKey implements fyne.Focusable: the arrows, Home, End and the page keys move
// the choice, Enter opens what is chosen.
func (s *rowScroll) TypedKey(e *fyne.KeyEvent) {
	s.ring = true
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace, desktop.KeyMenu:
		if s.current >= 0 && s.current < s.length {
			s.onEnter(s.current)
		}
		return
	}
	switch to, ok := s.step(e.Name); {
	case !ok:
		s.onKey(e)
	case to >= 0:
		s.onStep(to)
	}
}

// below is the place on the window below row i, at x in the table.
func (s *rowScroll) below(i int, x float32) fyne.Position {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(s.self.(fyne.CanvasObject))
	return at.AddXY(x, s.top(i+1)-s.scroll.Offset.Y)
}

// MouseIn implements desktop.Hoverable.
func (s *rowScroll) MouseIn(e *desktop.MouseEvent) { s.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (s *rowScroll) MouseMoved(e *desktop.MouseEvent) {
	s.hover(e.Position)
	s.ToolTipWidget.MouseMoved(e)
	tip := ""
	if s.hovered >= 0 {
		tip = s.tipAt(s.hovered, e.Position.X)
	}
	if tip != s.tip {
		s.tip = tip
		s.ToolTipWidget.MouseOut()
		s.SetToolTip(tip)
		s.ToolTipWidget.MouseIn(e)
	}
}

// MouseOut implements desktop.Hoverable.
func (s *rowScroll) MouseOut() {
	s.ToolTipWidget.MouseOut()
	s.tip = ""
	s.hover(fyne.NewPos(-1, -1))
}

// hover notes which row is under the pointer.
func (s *rowScroll) hover(at fyne.Position) {
	s.pointer = at
	if i := s.rowAt(at); i != s.hovered {
		s.hovered = i
		s.onHover()
	}
}

// FocusGained implements fyne.Focusable.
func (s *rowScroll) FocusGained() {
	s.focused, s.ring = true, !s.tapped
	s.Refresh()
	if !s.tapped { // the row that was clicked on stays under the pointer
		widgets.RevealFocused(s.self.(fyne.CanvasObject))
	}
}

// FocusLost implements fyne.Focusable.
func (s *rowScroll) FocusLost() { s.focused = false; s.Refresh() }

// TypedRune implements fyne.Focusable.
func (s *rowScroll) TypedRune(rune) {}
