package widgets

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Dim darkens all of a window. It is painted as a picture of one pixel: where no
// graphics card helps, the toolkit's rectangle of this size takes half of the
// time of a frame.
type Dim struct {
	widget.BaseWidget
	canvas fyne.Canvas
}

// ShowDim darkens what the canvas shows by now, until Close.
func ShowDim(c fyne.Canvas) *Dim {
	d := &Dim{canvas: c}
	d.ExtendBaseWidget(d)
	c.Overlays().Add(d)
	d.Resize(c.Size())
	return d
}

// Close takes it away.
func (d *Dim) Close() { d.canvas.Overlays().Remove(d) }

// CreateRenderer implements fyne.Widget.
func (d *Dim) CreateRenderer() fyne.WidgetRenderer {
	pixel := canvas.NewRaster(func(int, int) image.Image {
		picture := image.NewRGBA(image.Rect(0, 0, 1, 1))
		picture.Set(0, 0, color.NRGBAModel.Convert(Color(d, ColorNameDim)))
		return picture
	})
	pixel.ScaleMode = canvas.ImageScalePixels
	return widget.NewSimpleRenderer(pixel)
}
