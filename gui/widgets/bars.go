package widgets

import (
	"image/color"
	"math"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Bar is a horizontal bar, 6 high, filled from the left by a share.
type Bar struct {
	widget.BaseWidget
	share float64
	color fyne.ThemeColorName
}

// NewBar returns an empty bar.
func NewBar() *Bar {
	b := &Bar{color: ColorNameAccent}
	b.ExtendBaseWidget(b)
	return b
}

// Set changes the share (0 to 1) that is filled and its colour.
func (b *Bar) Set(share float64, name fyne.ThemeColorName) {
	share = min(max(share, 0), 1)
	if math.Abs(share-b.share) < 0.002 && b.color == name { // less than a pixel
		return
	}
	b.share, b.color = share, name
	b.Refresh()
}

// Share is the share that is filled.
func (b *Bar) Share() float64 { return b.share }

// CreateRenderer implements fyne.Widget.
func (b *Bar) CreateRenderer() fyne.WidgetRenderer {
	r := &barRenderer{b: b, track: canvas.NewRectangle(color.Transparent), fill: canvas.NewRectangle(color.Transparent)}
	r.track.CornerRadius, r.fill.CornerRadius = 3, 3
	r.Refresh()
	return r
}

type barRenderer struct {
	b           *Bar
	track, fill *canvas.Rectangle
}

func (r *barRenderer) Destroy() {}

func (r *barRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.track, r.fill} }

func (r *barRenderer) MinSize() fyne.Size { return fyne.NewSize(24, 6) }

func (r *barRenderer) Layout(size fyne.Size) {
	y := (size.Height - 6) / 2
	r.track.Move(fyne.NewPos(0, y))
	r.track.Resize(fyne.NewSize(size.Width, 6))
	r.fill.Move(fyne.NewPos(0, y))
	r.fill.Resize(fyne.NewSize(size.Width*float32(r.b.share), 6))
}

func (r *barRenderer) Refresh() {
	r.track.FillColor = Color(r.b, ColorNameTrack)
	r.fill.FillColor = Color(r.b, r.b.color)
	r.Layout(r.b.Size())
	r.track.Refresh()
	r.fill.Refresh()
}

// TimeScale places a length of time between now (0) and one year (1), by the
// logarithm, so that an hour and a month can be seen beside each other.
func TimeScale(left time.Duration) float32 {
	minutes := max(left.Minutes(), 0)
	return float32(min(math.Log(1+minutes/5)/math.Log(1+525600.0/5), 1))
}

// TimeMarks are where hairlines stand: one hour, one day, one month.
var TimeMarks = []time.Duration{time.Hour, 24 * time.Hour, 30 * 24 * time.Hour}
