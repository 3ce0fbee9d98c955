package gui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// serviceLine is one line of the list: a heading, or a service.
type serviceLine struct {
	heading string
	entry   *auth.ServiceEntry // nil for a heading
	about   string             // said below the name
}

// serviceList draws the lines that are in view, as the tables do.
type serviceList struct {
	rowScroll
	lines  []serviceLine
	views  []*serviceLineView
	choose func(i int)
	onMenu func(i int, at fyne.Position) // at is absolute
}

var (
	_ fyne.Tappable          = (*serviceList)(nil)
	_ fyne.SecondaryTappable = (*serviceList)(nil)
	_ fyne.Focusable         = (*serviceList)(nil)
	_ desktop.Hoverable      = (*serviceList)(nil)
)

const (
	serviceLineHeight    float32 = 51
	serviceHeadingHeight float32 = 34
	serviceLineInset     float32 = 8 // around a line's ground
	serviceLineText      float32 = 16
)

func newServiceList(choose func(int), menu func(int, fyne.Position), key func(*fyne.KeyEvent)) *serviceList {
	l := &serviceList{choose: choose, onMenu: menu}
	l.init(l, l.redraw)
	l.pitch = serviceLineHeight
	l.onHover, l.tipAt, l.onKey = l.redraw, l.tooltipAt, key
	l.skips = func(i int) bool { return l.lines[i].entry == nil }
	l.ExtendBaseWidget(l)
	return l
}

// setLines changes what there is and which line is chosen, -1 for none; top
// scrolls to the beginning.
func (l *serviceList) setLines(lines []serviceLine, current int, top bool) {
	l.lines, l.length, l.current, l.hovered = lines, len(lines), current, -1
	l.tops = make([]float32, 1, len(lines)+1)
	y := float32(0)
	for _, line := range lines {
		if y += serviceLineHeight; line.entry == nil {
			y += serviceHeadingHeight - serviceLineHeight
		}
		l.tops = append(l.tops, y)
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
func (l *serviceList) redraw() {
	size := l.scroll.Size()
	if size.Height <= 0 || size.Width <= 0 {
		return // nothing is known before the first layout
	}
	objects := l.body.Objects[:0]
	if l.length > 0 {
		first, last := l.visible()
		for i := first; i <= last; i++ {
			if len(l.views) <= i-first {
				l.views = append(l.views, newServiceLineView())
			}
			v := l.views[i-first]
			v.show(l, i, size.Width)
			objects = append(objects, v.box)
		}
	}
	l.body.Objects = objects
	canvas.Refresh(l.body)
}

func (l *serviceList) tooltipAt(i int, _ float32) string {
	for _, v := range l.views {
		if v.index == i && l.lines[i].entry != nil && v.name.Text != l.lines[i].entry.Service.Name {
			return l.lines[i].entry.Service.Name
		}
	}
	return ""
}

// selectLine marks a line and chooses it.
func (l *serviceList) selectLine(i int) {
	l.reveal(i)
	l.redraw()
	l.choose(i)
}

// Tapped implements fyne.Tappable.
func (l *serviceList) Tapped(e *fyne.PointEvent) {
	l.takeFocus()
	if i := l.rowAt(e.Position); i >= 0 {
		l.selectLine(i)
	}
}

// TappedSecondary implements fyne.SecondaryTappable: the menu of the line.
func (l *serviceList) TappedSecondary(e *fyne.PointEvent) {
	l.takeFocus()
	if i := l.rowAt(e.Position); i >= 0 {
		l.onMenu(i, e.AbsolutePosition)
	}
}

// TypedKey implements fyne.Focusable: the arrows, Home, End and the page keys
// move the choice, Enter opens the menu.
func (l *serviceList) TypedKey(e *fyne.KeyEvent) {
	l.ring = true
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		if l.current >= 0 && l.current < l.length {
			at := fyne.CurrentApp().Driver().AbsolutePositionForObject(l)
			l.onMenu(l.current, at.AddXY(serviceLineText+24, l.top(l.current+1)-l.scroll.Offset.Y))
		}
		return
	}
	to, ok := l.step(e.Name)
	switch {
	case !ok:
		l.onKey(e)
	case to >= 0:
		l.selectLine(to)
	}
}

// CreateRenderer implements fyne.Widget.
func (l *serviceList) CreateRenderer() fyne.WidgetRenderer {
	l.ExtendBaseWidget(l)
	return &serviceListRenderer{l: l, scroll: withoutShadows(l.scroll)}
}

type serviceListRenderer struct {
	l      *serviceList
	scroll fyne.CanvasObject
}

func (r *serviceListRenderer) Destroy() {}

func (r *serviceListRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.scroll} }

func (r *serviceListRenderer) MinSize() fyne.Size { return fyne.NewSize(180, 3*serviceLineHeight) }

func (r *serviceListRenderer) Layout(size fyne.Size) {
	r.scroll.Resize(size)
	r.l.redraw()
}

func (r *serviceListRenderer) Refresh() { r.l.redraw() }

// serviceLineView is one drawn line, used again for others.
type serviceLineView struct {
	box          *fyne.Container
	index        int
	ground, edge *canvas.Rectangle
	name, about  *canvas.Text
}

func newServiceLineView() *serviceLineView {
	v := &serviceLineView{
		index: -1, ground: canvas.NewRectangle(color.Transparent), edge: canvas.NewRectangle(color.Transparent),
		name: canvas.NewText("", color.Transparent), about: canvas.NewText("", color.Transparent),
	}
	v.ground.CornerRadius, v.edge.CornerRadius, v.about.TextSize = 4, 1.5, 12
	v.box = container.NewWithoutLayout(v.ground, v.edge, v.name, v.about)
	return v
}

// show draws line i.
func (v *serviceLineView) show(l *serviceList, i int, width float32) {
	line := l.lines[i]
	v.index = i
	height := l.top(i+1) - l.top(i)
	v.box.Move(fyne.NewPos(0, l.top(i)))
	v.box.Resize(fyne.NewSize(width, height))
	selected, room := i == l.current && line.entry != nil, width-2*serviceLineText
	v.ground.Move(fyne.NewPos(serviceLineInset, 0))
	v.ground.Resize(fyne.NewSize(width-2*serviceLineInset, height))
	v.ground.FillColor, v.ground.StrokeWidth = color.Transparent, 0
	switch {
	case selected:
		v.ground.FillColor = widgets.Color(l, widgets.ColorNameSelect)
		if l.focused && l.ring {
			v.ground.StrokeColor, v.ground.StrokeWidth = widgets.Color(l, widgets.ColorNameAccent), 2
		}
	case i == l.hovered:
		v.ground.FillColor = widgets.Color(l, widgets.ColorNameHover)
	}
	v.edge.Hidden = !selected
	v.edge.FillColor = widgets.Color(l, widgets.ColorNameAccent)
	v.edge.Move(fyne.NewPos(serviceLineInset, 0))
	v.edge.Resize(fyne.NewSize(3, height))
	text, style, size, ink := line.heading, fyne.TextStyle{Bold: true}, float32(12), widgets.ColorNameMuted
	if line.entry != nil {
		text, style, size, ink = line.entry.Service.Name, fyne.TextStyle{}, 14, widgets.ColorNameText
	}
	v.name.TextSize, v.name.TextStyle, v.name.Color = size, style, widgets.Color(l, ink)
	v.name.Text = widgets.Ellipsize(text, room, size, style)
	v.about.Text = widgets.Ellipsize(line.about, room, 12, fyne.TextStyle{})
	v.about.Color = widgets.Color(l, widgets.ColorNameMuted)
	nameHeight, aboutHeight := v.name.MinSize().Height, v.about.MinSize().Height
	top := (height - nameHeight - aboutHeight) / 2
	if line.entry == nil {
		top = height - nameHeight - 6
	}
	v.name.Move(fyne.NewPos(serviceLineText, top))
	v.name.Resize(fyne.NewSize(room, nameHeight))
	v.about.Move(fyne.NewPos(serviceLineText, top+nameHeight))
	v.about.Resize(fyne.NewSize(room, aboutHeight))
	for _, o := range []fyne.CanvasObject{v.ground, v.edge, v.name, v.about} {
		o.Refresh()
	}
}

// usedText says where a service comes from and how many authorizations use it.
func usedText(from string, used int) string {
	data := map[string]any{"From": from, "N": used}
	switch used {
	case 0:
		return lang.L("{{.From}}, not used", data)
	case 1:
		return lang.L("{{.From}}, 1 authorization", data)
	default:
		return lang.L("{{.From}}, {{.N}} authorizations", data)
	}
}
