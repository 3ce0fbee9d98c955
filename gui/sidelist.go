package gui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"tokenwell/gui/widgets"
)

// sideList is the list at the left of a screen, of which one line is chosen. It
// draws the lines that are in view, as the tables do. What stands in a line is
// for the list that embeds it to say.
type sideList struct {
	rowScroll
	choose  func(i int)
	onMenu  func(i int, at fyne.Position) // at is absolute
	content func() sideContent            // makes what is used again for other lines
	views   []*sideLine
}

// sideContent is what stands in one drawn line.
type sideContent interface {
	objects() []fyne.CanvasObject
	// show draws line i into a box of that size.
	show(i int, size fyne.Size)
	// whole is the text of line i when it was cut, else "".
	whole(i int) string
}

const (
	sideLineHeight float32 = 51
	sideLineInset  float32 = 8 // around a line's ground
	sideLineText   float32 = 16
)

// start makes the list ready; self is the widget that embeds it.
func (l *sideList) start(self fyne.Focusable, content func() sideContent) {
	l.init(self, l.redraw)
	l.pitch, l.content = sideLineHeight, content
	l.onHover, l.tipAt = l.redraw, l.tooltipAt
	l.onEnter, l.onStep = l.openMenu, l.selectLine
	l.ExtendBaseWidget(self.(fyne.Widget))
}

// lay changes how many lines there are, how high each is and which one is
// chosen, -1 for none; top scrolls to the beginning.
func (l *sideList) lay(n int, height func(i int) float32, current int, top bool) {
	l.length, l.current, l.hovered = n, current, -1
	l.tops = make([]float32, 1, n+1)
	for i := range n {
		l.tops = append(l.tops, l.tops[i]+height(i))
	}
	if top {
		l.scroll.Offset = fyne.Position{}
	}
	l.scroll.Refresh()
	if current >= 0 {
		l.reveal(current)
	}
	l.redraw()
}

// redraw draws the lines in view.
func (l *sideList) redraw() {
	size := l.scroll.Size()
	if size.Height <= 0 || size.Width <= 0 {
		return // nothing is known before the first layout
	}
	objects := l.body.Objects[:0]
	if l.length > 0 {
		first, last := l.visible()
		for i := first; i <= last; i++ {
			if len(l.views) <= i-first {
				l.views = append(l.views, newSideLine(l.content()))
			}
			v := l.views[i-first]
			v.show(l, i, size.Width)
			objects = append(objects, v.box)
		}
	}
	l.body.Objects = objects
	canvas.Refresh(l.body)
}

func (l *sideList) tooltipAt(i int, _ float32) string {
	for _, v := range l.views {
		if v.index == i {
			return v.content.whole(i)
		}
	}
	return ""
}

// selectLine marks a line and chooses it.
func (l *sideList) selectLine(i int) {
	l.reveal(i)
	l.redraw()
	l.choose(i)
}

// Tapped implements fyne.Tappable.
func (l *sideList) Tapped(e *fyne.PointEvent) {
	l.takeFocus()
	if i := l.rowAt(e.Position); i >= 0 {
		l.selectLine(i)
	}
}

// TappedSecondary implements fyne.SecondaryTappable: the menu of the line.
func (l *sideList) TappedSecondary(e *fyne.PointEvent) {
	l.takeFocus()
	if i := l.rowAt(e.Position); i >= 0 {
		l.onMenu(i, e.AbsolutePosition)
	}
}

// openMenu opens the menu of a line, below its name.
func (l *sideList) openMenu(i int) { l.onMenu(i, l.below(i, sideLineText+24)) }

// CreateRenderer implements fyne.Widget.
func (l *sideList) CreateRenderer() fyne.WidgetRenderer {
	return &sideListRenderer{l: l, scroll: withoutShadows(l.scroll)}
}

// color is a colour of the theme in which the list stands.
func (l *sideList) color(name fyne.ThemeColorName) color.Color {
	return widgets.Color(l.self.(widgets.Themed), name)
}

type sideListRenderer struct {
	l      *sideList
	scroll fyne.CanvasObject
}

func (r *sideListRenderer) Destroy() {}

func (r *sideListRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.scroll} }

func (r *sideListRenderer) MinSize() fyne.Size { return fyne.NewSize(180, 3*sideLineHeight) }

func (r *sideListRenderer) Layout(size fyne.Size) {
	r.scroll.Resize(size)
	r.l.redraw()
}

func (r *sideListRenderer) Refresh() { r.l.redraw() }

// sideLine is one drawn line: its ground, the edge of the chosen one, and what
// stands in it.
type sideLine struct {
	box          *fyne.Container
	index        int
	ground, edge *canvas.Rectangle
	content      sideContent
}

func newSideLine(content sideContent) *sideLine {
	v := &sideLine{
		index: -1, ground: canvas.NewRectangle(color.Transparent), edge: canvas.NewRectangle(color.Transparent), content: content,
	}
	v.ground.CornerRadius, v.edge.CornerRadius = 4, 1.5
	v.box = container.NewWithoutLayout(v.ground, v.edge)
	v.box.Objects = append(v.box.Objects, content.objects()...)
	return v
}

// show draws line i.
func (v *sideLine) show(l *sideList, i int, width float32) {
	v.index = i
	size := fyne.NewSize(width, l.top(i+1)-l.top(i))
	put(v.box, fyne.NewPos(0, l.top(i)), size)
	put(v.ground, fyne.NewPos(sideLineInset, 0), fyne.NewSize(width-2*sideLineInset, size.Height))
	put(v.edge, fyne.NewPos(sideLineInset, 0), fyne.NewSize(3, size.Height))
	selected := i == l.current && !l.heading(i)
	v.ground.FillColor, v.ground.StrokeWidth = color.Transparent, 0
	switch {
	case selected:
		v.ground.FillColor = l.color(widgets.ColorNameSelect)
		if l.focused && l.ring {
			v.ground.StrokeColor, v.ground.StrokeWidth = l.color(widgets.ColorNameAccent), 2
		}
	case i == l.hovered:
		v.ground.FillColor = l.color(widgets.ColorNameHover)
	}
	v.edge.Hidden, v.edge.FillColor = !selected, l.color(widgets.ColorNameAccent)
	v.content.show(i, size)
	v.ground.Refresh()
	v.edge.Refresh()
}
