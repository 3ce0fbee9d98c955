package gui

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	ttwidget "github.com/dweymouth/fyne-tooltip/widget"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// place is one screen that the rail leads to. A new screen is an entry of places.
type place struct {
	label string // English, the key of the translation
	icon  string
	last  bool // stands at the bottom
	local bool // is there only with a local server, and shows whether it runs
	open  func(u *ui)
	of    func(f *frame) screen
}

// here tells whether the place is what is shown. Forms belong to the first one.
func (p *place) here(f *frame) bool {
	return f.shown == p.of(f) || f.shown == nil && p == &places[0]
}

var places = []place{
	{
		label: "Authorizations", icon: "key",
		open: func(u *ui) { u.leaveFor(func() { u.showAuthorizations("") }) },
		of:   func(f *frame) screen { return f.home },
	},
	{
		label: "Services", icon: "grid",
		open: func(u *ui) { u.leaveFor(u.showServices) },
		of:   func(f *frame) screen { return f.services },
	},
	{
		label: "Local server", icon: "server", local: true,
		open: func(u *ui) { u.leaveFor(u.showLocal) },
		of:   func(f *frame) screen { return f.local },
	},
	{
		label: "Activity", icon: "activity",
		open: func(u *ui) { u.leaveFor(u.showActivity) },
		of:   func(f *frame) screen { return f.activity },
	},
	{
		label: "Help", icon: "help", last: true,
		open: func(u *ui) { u.leaveFor(u.showHelp) },
		of:   func(f *frame) screen { return f.help },
	},
}

// rail is the list of screens at the left.
type rail struct {
	widget.BaseWidget
	items  []*railItem
	narrow bool
}

func newRail(u *ui) *rail {
	r := &rail{}
	for i := range places {
		if !places[i].local || u.local != nil {
			r.items = append(r.items, newRailItem(u, &places[i]))
		}
	}
	r.ExtendBaseWidget(r)
	return r
}

// setBadge shows how many rows need the user; 0 shows nothing.
func (r *rail) setBadge(n int) {
	item := r.items[0]
	if item.badge != n {
		item.badge = n
		item.Refresh()
	}
}

// showLocal shows whether the local server runs: a dot, a ring, or a sign when
// it could not be started.
func (r *rail) showLocal(info auth.LocalInfo) {
	for _, item := range r.items {
		if item.place.local && item.state != localLook(info) {
			item.state = localLook(info)
			item.showTip()
			item.Refresh()
		}
	}
}

func (r *rail) setNarrow(narrow bool) {
	if r.narrow == narrow {
		return
	}
	r.narrow = narrow
	for _, item := range r.items {
		item.narrow = narrow
		item.showTip()
		item.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (r *rail) CreateRenderer() fyne.WidgetRenderer { return &railRenderer{r: r} }

type railRenderer struct{ r *rail }

func (r *railRenderer) Destroy() {}

func (r *railRenderer) Objects() []fyne.CanvasObject {
	objects := make([]fyne.CanvasObject, 0, len(r.r.items))
	for _, item := range r.r.items {
		objects = append(objects, item)
	}
	return objects
}

func (r *railRenderer) MinSize() fyne.Size { return fyne.NewSize(railNarrow, 100) }

func (r *railRenderer) Layout(size fyne.Size) {
	y, below := float32(8), size.Height-8
	for _, item := range r.r.items {
		item.Resize(fyne.NewSize(size.Width-16, 36))
		if item.place.last {
			below -= 38
			item.Move(fyne.NewPos(8, below))
			continue
		}
		item.Move(fyne.NewPos(8, y))
		y += 38
	}
}

func (r *railRenderer) Refresh() {
	for _, item := range r.r.items {
		item.Refresh()
	}
}

// railItem leads to one screen.
type railItem struct {
	ttwidget.ToolTipWidget
	u      *ui
	place  *place
	badge  int
	narrow bool
	state  widgets.PillLook // of the local server

	hovered, focused bool
}

var (
	_ fyne.Tappable     = (*railItem)(nil)
	_ fyne.Focusable    = (*railItem)(nil)
	_ desktop.Hoverable = (*railItem)(nil)
)

func newRailItem(u *ui, p *place) *railItem {
	item := &railItem{u: u, place: p}
	item.ExtendBaseWidget(item)
	return item
}

// showTip says what the icon alone does not.
func (i *railItem) showTip() {
	tip := i.state.Word
	if i.narrow {
		tip = lang.L(i.place.label)
		if i.state.Word != "" {
			tip += ": " + inSentence(i.state.Word)
		}
	}
	i.SetToolTip(tip)
}

// Tapped implements fyne.Tappable.
func (i *railItem) Tapped(*fyne.PointEvent) { i.place.open(i.u) }

// MouseIn implements desktop.Hoverable.
func (i *railItem) MouseIn(e *desktop.MouseEvent) {
	i.ToolTipWidget.MouseIn(e)
	i.hovered = true
	i.Refresh()
}

// MouseOut implements desktop.Hoverable.
func (i *railItem) MouseOut() {
	i.ToolTipWidget.MouseOut()
	i.hovered = false
	i.Refresh()
}

// FocusGained implements fyne.Focusable.
func (i *railItem) FocusGained() {
	i.focused = true
	i.Refresh()
	widgets.RevealFocused(i)
}

// FocusLost implements fyne.Focusable.
func (i *railItem) FocusLost() { i.focused = false; i.Refresh() }

// TypedRune implements fyne.Focusable.
func (i *railItem) TypedRune(rune) {}

// TypedKey implements fyne.Focusable: Space and Enter go there.
func (i *railItem) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		i.Tapped(nil)
	default:
		widgets.PassKey(i, e)
	}
}

// CreateRenderer implements fyne.Widget.
func (i *railItem) CreateRenderer() fyne.WidgetRenderer {
	i.ExtendBaseWidget(i)
	r := &railItemRenderer{
		i: i, ground: canvas.NewRectangle(color.Transparent), icon: canvas.NewImageFromResource(nil),
		label: canvas.NewText(lang.L(i.place.label), color.Transparent),
		dot:   canvas.NewCircle(color.Transparent),
		badge: canvas.NewRectangle(color.Transparent), count: canvas.NewText("", color.Transparent),
	}
	r.ground.CornerRadius = 6
	r.label.TextSize, r.count.TextSize = 14, 12
	r.Refresh()
	return r
}

type railItemRenderer struct {
	i             *railItem
	ground, badge *canvas.Rectangle
	icon          *canvas.Image
	dot           *canvas.Circle
	label, count  *canvas.Text
}

func (r *railItemRenderer) Destroy() {}

func (r *railItemRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.icon, r.label, r.dot, r.badge, r.count}
}

func (r *railItemRenderer) MinSize() fyne.Size { return fyne.NewSize(40, 36) }

func (r *railItemRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	x := float32(8)
	if r.i.narrow {
		x = 10
	}
	r.icon.Move(fyne.NewPos(x, 8))
	r.icon.Resize(fyne.NewSquareSize(20))
	label, count := r.label.MinSize(), r.count.MinSize()
	r.label.Move(fyne.NewPos(x+28, (size.Height-label.Height)/2))
	r.label.Resize(label)
	width, height := max(count.Width+9, 20), float32(18) // "99+" has to stand beside the longest label
	at := fyne.NewPos(size.Width-6-width, (size.Height-height)/2)
	if r.i.narrow {
		width, height = max(count.Width+8, 16), 16
		at = fyne.NewPos(24, 0)
	}
	r.dot.Resize(fyne.NewSquareSize(8))
	r.dot.Move(fyne.NewPos(size.Width-12-8, (size.Height-8)/2))
	if r.i.narrow {
		r.dot.Move(fyne.NewPos(28, 4))
	}
	r.badge.CornerRadius = height / 2
	r.badge.Move(at)
	r.badge.Resize(fyne.NewSize(width, height))
	r.count.Move(at.AddXY((width-count.Width)/2, (height-count.Height)/2))
	r.count.Resize(count)
}

func (r *railItemRenderer) Refresh() {
	i := r.i
	here := i.place.here(i.u.frame)
	r.ground.FillColor = color.Transparent
	icon := widgets.ColorNameMuted
	switch {
	case here:
		r.ground.FillColor = widgets.Color(i, widgets.ColorNameSelect)
		icon = widgets.ColorNameAccent
	case i.hovered:
		r.ground.FillColor = widgets.Color(i, widgets.ColorNameHover)
	}
	r.ground.StrokeWidth = 0
	if i.focused {
		r.ground.StrokeColor, r.ground.StrokeWidth = widgets.Color(i, widgets.ColorNameAccent), 2
	}
	r.icon.Resource = theme.NewColoredResource(i.u.icons.Icon(i.place.icon), icon)
	r.label.Color = widgets.Color(i, widgets.ColorNameText)
	r.label.Hidden = i.narrow
	failed := i.state.Ink == widgets.ColorNameBad
	r.badge.Hidden, r.count.Hidden = i.badge == 0 && !failed, i.badge == 0 && !failed
	r.dot.Hidden = i.state.Word == "" || failed
	r.paintDot()
	r.badge.FillColor = widgets.Color(i, widgets.ColorNameBadTint)
	r.count.Color = widgets.Color(i, widgets.ColorNameBad)
	if i.narrow {
		r.badge.FillColor = widgets.Color(i, widgets.ColorNameBad)
		r.count.Color = widgets.Color(i, widgets.ColorNameOnBad)
	}
	r.count.Text = strconv.Itoa(i.badge)
	if i.badge > 99 {
		r.count.Text = "99+"
	}
	if failed {
		r.count.Text = "!"
	}
	r.Layout(i.Size())
	for _, o := range []fyne.CanvasObject{r.ground, r.icon, r.label, r.dot, r.badge, r.count} {
		o.Refresh()
	}
}

// paintDot paints the sign of the local server's state: filled while it runs, a
// ring while it does not.
func (r *railItemRenderer) paintDot() {
	if r.dot.Hidden {
		return
	}
	ink := widgets.Color(r.i, r.i.state.Ink)
	r.dot.FillColor, r.dot.StrokeColor, r.dot.StrokeWidth = ink, color.Transparent, 0
	if r.i.state.Hollow {
		r.dot.FillColor, r.dot.StrokeColor, r.dot.StrokeWidth = color.Transparent, ink, 1.5
	}
}
