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

// clientLine is one line of the list.
type clientLine struct {
	client *auth.LocalClient
	about  string // said below the name
}

// clientList draws the clients that are in view, as the list of services does.
type clientList struct {
	rowScroll
	lines  []clientLine
	views  []*clientLineView
	choose func(i int)
	onMenu func(i int, at fyne.Position) // at is absolute
}

var (
	_ fyne.Tappable          = (*clientList)(nil)
	_ fyne.SecondaryTappable = (*clientList)(nil)
	_ fyne.Focusable         = (*clientList)(nil)
	_ desktop.Hoverable      = (*clientList)(nil)
)

func newClientList(choose func(int), menu func(int, fyne.Position), key func(*fyne.KeyEvent)) *clientList {
	l := &clientList{choose: choose, onMenu: menu}
	l.init(l, l.redraw)
	l.pitch = serviceLineHeight
	l.onHover, l.tipAt, l.onKey = l.redraw, l.tooltipAt, key
	l.ExtendBaseWidget(l)
	return l
}

// setLines changes what there is and which line is chosen, -1 for none; top
// scrolls to the beginning.
func (l *clientList) setLines(lines []clientLine, current int, top bool) {
	l.lines, l.length, l.current, l.hovered = lines, len(lines), current, -1
	l.tops = make([]float32, 1, len(lines)+1)
	for i := range lines {
		l.tops = append(l.tops, float32(i+1)*serviceLineHeight)
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
func (l *clientList) redraw() {
	size := l.scroll.Size()
	if size.Height <= 0 || size.Width <= 0 {
		return // nothing is known before the first layout
	}
	objects := l.body.Objects[:0]
	if l.length > 0 {
		first, last := l.visible()
		for i := first; i <= last; i++ {
			if len(l.views) <= i-first {
				l.views = append(l.views, newClientLineView())
			}
			v := l.views[i-first]
			v.show(l, i, size.Width)
			objects = append(objects, v.box)
		}
	}
	l.body.Objects = objects
	canvas.Refresh(l.body)
}

func (l *clientList) tooltipAt(i int, _ float32) string {
	for _, v := range l.views {
		if title := clientTitle(*l.lines[i].client); v.index == i && v.name.Text+" "+v.version.Text != title {
			return title
		}
	}
	return ""
}

// selectLine marks a line and chooses it.
func (l *clientList) selectLine(i int) {
	l.reveal(i)
	l.redraw()
	l.choose(i)
}

// Tapped implements fyne.Tappable.
func (l *clientList) Tapped(e *fyne.PointEvent) {
	l.takeFocus()
	if i := l.rowAt(e.Position); i >= 0 {
		l.selectLine(i)
	}
}

// TappedSecondary implements fyne.SecondaryTappable: the menu of the line.
func (l *clientList) TappedSecondary(e *fyne.PointEvent) {
	l.takeFocus()
	if i := l.rowAt(e.Position); i >= 0 {
		l.onMenu(i, e.AbsolutePosition)
	}
}

// TypedKey implements fyne.Focusable: the arrows, Home, End and the page keys
// move the choice, Enter opens the menu.
func (l *clientList) TypedKey(e *fyne.KeyEvent) {
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
func (l *clientList) CreateRenderer() fyne.WidgetRenderer {
	l.ExtendBaseWidget(l)
	return &clientListRenderer{l: l, scroll: withoutShadows(l.scroll)}
}

type clientListRenderer struct {
	l      *clientList
	scroll fyne.CanvasObject
}

func (r *clientListRenderer) Destroy() {}

func (r *clientListRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.scroll} }

func (r *clientListRenderer) MinSize() fyne.Size { return fyne.NewSize(180, 3*serviceLineHeight) }

func (r *clientListRenderer) Layout(size fyne.Size) {
	r.scroll.Resize(size)
	r.l.redraw()
}

func (r *clientListRenderer) Refresh() { r.l.redraw() }

// clientLineView is one drawn line, used again for others.
type clientLineView struct {
	box          *fyne.Container
	index        int
	ground, edge *canvas.Rectangle
	name         *canvas.Text
	version      *canvas.Text
	about        *canvas.Text
	pill         *widgets.PillParts
}

// The looks of a client.
var (
	clientActive   = widgets.PillLook{Word: "Active", Ink: widgets.ColorNameOK, Tint: widgets.ColorNameOKTint}
	clientInactive = widgets.PillLook{Word: "Inactive", Ink: widgets.ColorNameIdle, Tint: widgets.ColorNameIdleTint, Hollow: true}
)

// activeLook is how something that can be switched off looks.
func activeLook(active bool) widgets.PillLook {
	look := clientInactive
	if active {
		look = clientActive
	}
	look.Word = lang.L(look.Word)
	return look
}

func newClientLineView() *clientLineView {
	text := func() *canvas.Text { return canvas.NewText("", color.Transparent) }
	v := &clientLineView{
		index: -1, ground: canvas.NewRectangle(color.Transparent), edge: canvas.NewRectangle(color.Transparent),
		name: text(), version: text(), about: text(), pill: widgets.NewPillParts(),
	}
	v.ground.CornerRadius, v.edge.CornerRadius = 4, 1.5
	v.name.TextSize, v.version.TextSize, v.about.TextSize = 14, 14, 12
	v.box = container.NewWithoutLayout(v.ground, v.edge, v.name, v.version, v.about)
	v.box.Objects = append(v.box.Objects, v.pill.Objects()...)
	return v
}

// show draws line i.
func (v *clientLineView) show(l *clientList, i int, width float32) {
	c, top := l.lines[i].client, l.top(i)
	v.index = i
	v.box.Move(fyne.NewPos(0, top))
	v.box.Resize(fyne.NewSize(width, serviceLineHeight))
	put(v.ground, fyne.NewPos(serviceLineInset, 0), fyne.NewSize(width-2*serviceLineInset, serviceLineHeight))
	selected := i == l.current
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
	v.edge.Hidden, v.edge.FillColor = !selected, widgets.Color(l, widgets.ColorNameAccent)
	put(v.edge, fyne.NewPos(serviceLineInset, 0), fyne.NewSize(3, serviceLineHeight))
	v.pill.Set(activeLook(c.Active), func(name fyne.ThemeColorName) color.Color { return widgets.Color(l, name) }, true)
	pill := v.pill.Width()
	v.pill.Place(width-serviceLineText-pill, (serviceLineHeight-widgets.PillHeight)/2, pill)
	v.words(l, c, i, width-2*serviceLineText-pill-8)
	for _, o := range []fyne.CanvasObject{v.ground, v.edge, v.name, v.version, v.about} {
		o.Refresh()
	}
}

// words draws name, version and what is said about the client.
func (v *clientLineView) words(l *clientList, c *auth.LocalClient, i int, room float32) {
	plain := fyne.TextStyle{}
	v.version.Text = widgets.Ellipsize(c.Version, room/3, 14, plain)
	version := v.version.MinSize()
	v.name.Text = widgets.Ellipsize(c.Name, room-version.Width-5, 14, plain)
	v.about.Text = widgets.Ellipsize(l.lines[i].about, room, 12, plain)
	v.name.Color = widgets.Color(l, widgets.ColorNameText)
	v.version.Color, v.about.Color = widgets.Color(l, widgets.ColorNameMuted), widgets.Color(l, widgets.ColorNameMuted)
	name, about := v.name.MinSize(), v.about.MinSize()
	top := (serviceLineHeight - name.Height - about.Height) / 2
	put(v.name, fyne.NewPos(serviceLineText, top), name)
	put(v.version, fyne.NewPos(serviceLineText+name.Width+5, top), version)
	put(v.about, fyne.NewPos(serviceLineText, top+name.Height), fyne.NewSize(room, about.Height))
}
