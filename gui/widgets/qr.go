package widgets

import (
	"fmt"
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	"rsc.io/qr"
)

// QRCode shows a text as a QR code (ISO/IEC 18004). It is dark on white in both
// themes: many readers do not find a light one on a dark ground.
type QRCode struct {
	widget.BaseWidget
	side    float32
	modules int // along one side, without the margin
	picture *image.Paletted
}

// quietModules is the white margin that the standard asks for.
const quietModules = 4

// The colours of a code; they belong to the picture, not to the theme.
var (
	qrGround = color.NRGBA{R: 0xFF, G: 0xFF, B: 0xFF, A: 0xFF}
	qrInk    = color.NRGBA{R: 0x1B, G: 0x24, B: 0x30, A: 0xFF}
)

// NewQRCode returns a code of side × side. The error tells that the text is too
// long for a code of that size.
func NewQRCode(text string, side float32) (*QRCode, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return nil, err
	}
	c := &QRCode{side: side, modules: code.Size}
	if c.moduleSide() < 2 {
		return nil, fmt.Errorf("%d modules do not fit into %.0f pixels", code.Size, side)
	}
	c.picture = image.NewPaletted(image.Rect(0, 0, code.Size, code.Size), color.Palette{qrGround, qrInk})
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				c.picture.SetColorIndex(x, y, 1)
			}
		}
	}
	c.ExtendBaseWidget(c)
	return c, nil
}

// moduleSide is how wide one module is: whole pixels, so that its edges are sharp.
func (c *QRCode) moduleSide() float32 {
	return float32(int(c.side) / (c.modules + 2*quietModules))
}

// CreateRenderer implements fyne.Widget.
func (c *QRCode) CreateRenderer() fyne.WidgetRenderer {
	r := &qrRenderer{c: c, ground: canvas.NewRectangle(qrGround), picture: canvas.NewImageFromImage(c.picture)}
	r.ground.CornerRadius = theme.Size(theme.SizeNameInputRadius)
	r.picture.ScaleMode, r.picture.FillMode = canvas.ImageScalePixels, canvas.ImageFillStretch
	return r
}

type qrRenderer struct {
	c       *QRCode
	ground  *canvas.Rectangle
	picture *canvas.Image
}

func (r *qrRenderer) Destroy() {}

func (r *qrRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.picture}
}

func (r *qrRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(r.c.side) }

func (r *qrRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	side := r.c.moduleSide() * float32(r.c.modules)
	r.picture.Resize(fyne.NewSquareSize(side))
	r.picture.Move(fyne.NewPos(float32(int((size.Width-side)/2)), float32(int((size.Height-side)/2))))
}

func (r *qrRenderer) Refresh() {
	r.ground.Refresh()
	r.picture.Refresh()
}
