package gui

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
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

// frame is what stands around every screen: the rail at the left and the status
// line at the bottom.
type frame struct {
	root   *fyne.Container
	ground *surround
	rail   *rail
	status *statusLine
	screen *fyne.Container // holds the one screen that is shown
	toasts *toasts
	shown  screen          // nil: a form or an editor stands there
	styled map[screen]int  // what each knows of the changes of theme, see restyle
	home   *authorizations // the others are nil until they are shown

	help     *helpScreen
	services *servicesScreen
	borrowed *serviceEditor // the editor over another screen; nil: none
	local    *localScreen
	activity *activityScreen
}

func newFrame(u *ui) *frame {
	f := &frame{ground: newSurround(), rail: newRail(u), status: newStatusLine(u), screen: container.NewStack(), toasts: newToasts(u.run), styled: map[screen]int{}}
	f.home = newAuthorizations(u)
	f.root = container.New(&frameLayout{f: f}, f.ground, f.rail, f.screen, f.status.root, f.toasts.root)
	return f
}

// frameLayout places the ground, rail, screen, status line and toasts.
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
	l.f.ground.rail = rail
	place(objects[0], 0, 0, size.Width, size.Height)
	place(objects[1], 0, 0, rail, height)
	place(objects[2], rail+1, 1, size.Width-rail-1, height-2)
	place(objects[3], 0, height, size.Width, statusHeight)
	place(objects[4], rail, 0, size.Width-rail, height)
}

// surround is the ground of rail and status line, and the edge of the screen
// between them, which has a round corner; the window itself has the colour of
// the screen. The fill is pictures of one pixel: where no graphics card helps,
// large rectangles take as long to paint as all the rest of the window.
type surround struct {
	widget.BaseWidget
	rail float32 // width
}

// cornerRadius is the round corner's at the top left of the screen.
const cornerRadius float32 = 8

func newSurround() *surround {
	s := &surround{}
	s.ExtendBaseWidget(s)
	return s
}

// CreateRenderer implements fyne.Widget.
func (s *surround) CreateRenderer() fyne.WidgetRenderer {
	r := &surroundRenderer{s: s, left: newStretched(), bottom: newStretched()}
	for range 6 {
		r.parts = append(r.parts, canvas.NewRectangle(color.Transparent))
	}
	r.parts[cornerEdge].TopLeftCornerRadius = cornerRadius
	r.parts[cornerGround].TopLeftCornerRadius = cornerRadius - 1
	r.Refresh()
	return r
}

// newStretched returns a picture of one pixel that fills its size.
func newStretched() *canvas.Image {
	fill := canvas.NewImageFromImage(nil)
	fill.ScaleMode, fill.FillMode = canvas.ImageScalePixels, canvas.ImageFillStretch
	return fill
}

// The parts of the screen's edge, in drawing order.
const (
	leftEdge = iota
	topEdge
	bottomEdge
	cornerBack // takes the square corner away
	cornerEdge
	cornerGround
)

type surroundRenderer struct {
	s            *surround
	left, bottom *canvas.Image
	parts        []*canvas.Rectangle
}

func (r *surroundRenderer) Destroy() {}

func (r *surroundRenderer) Objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{r.left, r.bottom}
	for _, part := range r.parts {
		objects = append(objects, part)
	}
	return objects
}

func (r *surroundRenderer) MinSize() fyne.Size { return fyne.Size{} }

func (r *surroundRenderer) Layout(size fyne.Size) {
	place := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	}
	rail, width, height := r.s.rail, size.Width-r.s.rail, size.Height-statusHeight
	place(r.left, 0, 0, rail, size.Height)
	place(r.bottom, rail, height, width, statusHeight)
	place(r.parts[leftEdge], rail, 0, 1, height)
	place(r.parts[topEdge], rail, 0, width, 1)
	place(r.parts[bottomEdge], rail, height-1, width, 1)
	place(r.parts[cornerBack], rail, 0, cornerRadius, cornerRadius)
	place(r.parts[cornerEdge], rail, 0, cornerRadius, cornerRadius)
	place(r.parts[cornerGround], rail+1, 1, cornerRadius+1, cornerRadius+1) // beyond the edge's own soft ends
}

func (r *surroundRenderer) Refresh() {
	around, edge := widgets.Color(r.s, widgets.ColorNameFrame), widgets.Color(r.s, widgets.ColorNameBorder)
	pixel := image.NewNRGBA(image.Rect(0, 0, 1, 1))
	pixel.Set(0, 0, around)
	for _, fill := range []*canvas.Image{r.left, r.bottom} {
		fill.Image = pixel
		fill.Refresh()
	}
	for i, fill := range []color.Color{
		leftEdge: edge, topEdge: edge, bottomEdge: edge,
		cornerBack: around, cornerEdge: edge, cornerGround: widgets.Color(r.s, widgets.ColorNameSurface),
	} {
		r.parts[i].FillColor = fill
		r.parts[i].Refresh()
	}
}

// withoutShadows wraps what scrolls, so that the toolkit draws no shadow at its
// ends: rules stand there.
func withoutShadows(o fyne.CanvasObject) fyne.CanvasObject { return widgets.NewShadowless(o) }
