package gui

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"tokenwell/gui/widgets"
)

// Sizes of the frame. Below narrowWindow the rail keeps its icons only and the
// status line its short words.
const (
	railWide     float32 = 184
	railNarrow   float32 = 56
	statusHeight float32 = 28
	narrowWindow float32 = 1000
)

// frame is what stands around every screen: the rail at the left, the status
// line at the bottom and the surface between them.
type frame struct {
	root   *fyne.Container
	rail   *rail
	status *statusLine
	screen *fyne.Container // holds the one screen that is shown
	toasts *toasts
	home   *authorizations
	onHome bool // the authorizations are the screen
	help   *helpScreen
	onHelp bool // the Help screen is

	services   *servicesScreen
	onServices bool           // the Services screen is
	borrowed   *serviceEditor // the editor over another screen; nil: none

	local   *localScreen
	onLocal bool // the Local server screen is

	activity   *activityScreen
	onActivity bool // the Activity screen is
}

func newFrame(u *ui) *frame {
	f := &frame{rail: newRail(u), status: newStatusLine(u), screen: container.NewStack(), toasts: newToasts(u.run)}
	f.home = newAuthorizations(u)
	f.root = container.New(&frameLayout{f: f}, f.rail, newSurface(), f.screen, f.status.root, f.toasts.root)
	return f
}

// frameLayout places rail, surface, screen, status line and toasts.
type frameLayout struct{ f *frame }

// MinSize implements fyne.Layout.
func (l *frameLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(leastWidth, leastHeight-menuBarHeight)
}

// Layout implements fyne.Layout.
func (l *frameLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	rail := railWide
	if size.Width < narrowWindow {
		rail = railNarrow
	}
	l.f.rail.setNarrow(rail == railNarrow)
	l.f.status.setNarrow(rail == railNarrow)
	height := size.Height - statusHeight
	place := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	}
	place(objects[0], 0, 0, rail, height)
	place(objects[1], rail, 0, size.Width-rail, height)
	place(objects[2], rail+1, 1, size.Width-rail-1, height-2)
	place(objects[3], 0, height, size.Width, statusHeight)
	place(objects[4], rail, 0, size.Width-rail, height)
}

// showScreen puts a screen right of the rail.
func (u *ui) showScreen(content fyne.CanvasObject) {
	u.frame.leave()
	u.putScreen(content)
}

// leave forgets which screen is shown.
func (f *frame) leave() {
	f.onHome, f.onHelp, f.onServices, f.onLocal, f.onActivity, f.borrowed = false, false, false, false, false, nil
}

func (u *ui) putScreen(content fyne.CanvasObject) {
	u.window.Canvas().Unfocus()
	u.frame.home.table.MouseOut() // the toolkit tells only when the mouse moves: a tooltip would stay, over the next screen
	u.frame.screen.Objects = []fyne.CanvasObject{content}
	u.frame.screen.Refresh()
	u.frame.rail.Refresh()
	u.refreshMenus()
}

// showAuthorizations goes back to the table and selects selectID; "" leaves
// the selection as it was.
func (u *ui) showAuthorizations(selectID string) {
	u.frame.leave()
	u.frame.onHome = true
	u.window.Canvas().SetOnTypedKey(u.typedKey)
	u.putScreen(u.frame.home.root)
	u.frame.home.reveal(selectID)
}

// surface is the ground of the screens: one edge at the left, above and below,
// and a round corner. Its fill is a picture of one pixel: where no graphics card
// helps, a rectangle of this size takes as long to paint as all the rest of the
// window, a stretched picture a quarter of that.
type surface struct {
	widget.BaseWidget
}

// cornerRadius is the round corner's at the top left of the surface.
const cornerRadius float32 = 8

func newSurface() *surface {
	s := &surface{}
	s.ExtendBaseWidget(s)
	return s
}

// CreateRenderer implements fyne.Widget.
func (s *surface) CreateRenderer() fyne.WidgetRenderer {
	r := &surfaceRenderer{s: s, fill: canvas.NewImageFromImage(nil)}
	r.fill.ScaleMode, r.fill.FillMode = canvas.ImageScalePixels, canvas.ImageFillStretch
	for range 6 {
		r.parts = append(r.parts, canvas.NewRectangle(color.Transparent))
	}
	r.parts[cornerEdge].TopLeftCornerRadius = cornerRadius
	r.parts[cornerGround].TopLeftCornerRadius = cornerRadius - 1
	r.Refresh()
	return r
}

// The parts of a surface, in drawing order.
const (
	leftEdge = iota
	topEdge
	bottomEdge
	cornerBack // takes the square corner away
	cornerEdge
	cornerGround
)

type surfaceRenderer struct {
	s     *surface
	fill  *canvas.Image
	parts []*canvas.Rectangle
}

func (r *surfaceRenderer) Destroy() {}

func (r *surfaceRenderer) Objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{r.fill}
	for _, part := range r.parts {
		objects = append(objects, part)
	}
	return objects
}

func (r *surfaceRenderer) MinSize() fyne.Size { return fyne.Size{} }

func (r *surfaceRenderer) Layout(size fyne.Size) {
	place := func(part int, x, y, w, h float32) {
		r.parts[part].Move(fyne.NewPos(x, y))
		r.parts[part].Resize(fyne.NewSize(w, h))
	}
	r.fill.Resize(size)
	place(leftEdge, 0, 0, 1, size.Height)
	place(topEdge, 0, 0, size.Width, 1)
	place(bottomEdge, 0, size.Height-1, size.Width, 1)
	place(cornerBack, 0, 0, cornerRadius, cornerRadius)
	place(cornerEdge, 0, 0, cornerRadius, cornerRadius)
	place(cornerGround, 1, 1, cornerRadius-1, cornerRadius-1)
}

func (r *surfaceRenderer) Refresh() {
	ground, edge := widgets.Color(r.s, widgets.ColorNameSurface), widgets.Color(r.s, widgets.ColorNameBorder)
	pixel := image.NewNRGBA(image.Rect(0, 0, 1, 1))
	pixel.Set(0, 0, ground)
	r.fill.Image = pixel
	r.fill.Refresh()
	for i, fill := range []color.Color{
		leftEdge: edge, topEdge: edge, bottomEdge: edge,
		cornerBack: widgets.Color(r.s, theme.ColorNameBackground), cornerEdge: edge, cornerGround: ground,
	} {
		r.parts[i].FillColor = fill
		r.parts[i].Refresh()
	}
}

// withoutShadows wraps what scrolls, so that the toolkit draws no shadow at its
// ends: shadows have the colour of the dim behind sheets, too dark for that.
func withoutShadows(o fyne.CanvasObject) fyne.CanvasObject { return widgets.NewShadowless(o) }
