package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Overlay shows content above everything else on a canvas and tells of clicks
// beside it. The toolkit's PopUp hides itself at such a click without telling.
type Overlay struct {
	widget.BaseWidget
	canvas  fyne.Canvas
	content fyne.CanvasObject
	at      fyne.Position
	size    fyne.Size
	beside  func()
}

var (
	_ fyne.Tappable          = (*Overlay)(nil)
	_ fyne.SecondaryTappable = (*Overlay)(nil)
	_ desktop.Hoverable      = (*Overlay)(nil)
)

// ShowOverlay shows content at a position of the canvas until Close; beside is
// called when the user clicks elsewhere.
func ShowOverlay(c fyne.Canvas, content fyne.CanvasObject, at fyne.Position, size fyne.Size, beside func()) *Overlay {
	o := &Overlay{canvas: c, content: content, at: at, size: size, beside: beside}
	o.ExtendBaseWidget(o)
	c.Overlays().Add(o)
	o.Resize(c.Size())
	return o
}

// Close takes the content away.
func (o *Overlay) Close() { o.canvas.Overlays().Remove(o) }

// Tapped implements fyne.Tappable.
func (o *Overlay) Tapped(*fyne.PointEvent) { o.beside() }

// TappedSecondary implements fyne.SecondaryTappable, as Tapped.
func (o *Overlay) TappedSecondary(*fyne.PointEvent) { o.beside() }

// MouseIn implements desktop.Hoverable, so that nothing below is hovered.
func (o *Overlay) MouseIn(*desktop.MouseEvent) {}

// MouseMoved implements desktop.Hoverable.
func (o *Overlay) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (o *Overlay) MouseOut() {}

// CreateRenderer implements fyne.Widget.
func (o *Overlay) CreateRenderer() fyne.WidgetRenderer { return overlayRenderer{o} }

type overlayRenderer struct{ o *Overlay }

func (r overlayRenderer) Destroy() {}

func (r overlayRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.o.content} }

func (r overlayRenderer) MinSize() fyne.Size { return fyne.Size{} }

func (r overlayRenderer) Layout(fyne.Size) {
	r.o.content.Move(r.o.at)
	r.o.content.Resize(r.o.size)
}

func (r overlayRenderer) Refresh() { r.o.content.Refresh() }
