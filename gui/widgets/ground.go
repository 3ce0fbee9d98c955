package widgets

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Ground is a large panel with an edge of one pixel and round corners that is
// drawn once and then painted as a picture. Where no graphics card helps, the
// toolkit's rounded rectangle of this size takes three times as long, in every
// frame.
type Ground struct {
	widget.BaseWidget
	fill, edge fyne.ThemeColorName
	radius     float32
	lifted     bool // with a shadow around it
}

// NewLiftedGround returns a ground that throws a shadow on what it lies above.
func NewLiftedGround(fill, edge fyne.ThemeColorName, radius float32) *Ground {
	g := NewGround(fill, edge, radius)
	g.lifted = true
	return g
}

// NewGround returns a ground in the theme's colours.
func NewGround(fill, edge fyne.ThemeColorName, radius float32) *Ground {
	g := &Ground{fill: fill, edge: edge, radius: radius}
	g.ExtendBaseWidget(g)
	return g
}

// CreateRenderer implements fyne.Widget.
func (g *Ground) CreateRenderer() fyne.WidgetRenderer {
	r := &groundRenderer{g: g}
	r.picture = canvas.NewRaster(r.draw)
	r.picture.ScaleMode = canvas.ImageScalePixels // it has the size of the screen's pixels
	return r
}

type groundRenderer struct {
	g       *Ground
	picture *canvas.Raster
}

func (r *groundRenderer) Destroy() {}

func (r *groundRenderer) MinSize() fyne.Size { return fyne.Size{} }

func (r *groundRenderer) Layout(size fyne.Size) {
	margin := r.margin()
	r.picture.Move(fyne.NewPos(-margin, -margin))
	r.picture.Resize(size.AddWidthHeight(2*margin, 2*margin))
}

// margin is how far the picture reaches beyond the ground.
func (r *groundRenderer) margin() float32 {
	if r.g.lifted {
		return shadowReach
	}
	return 0
}

func (r *groundRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.picture}
}

func (r *groundRenderer) Refresh() { r.picture.Refresh() }

// draw makes the picture, width and height being in pixels.
func (r *groundRenderer) draw(width, height int) image.Image {
	scale := float64(width) / float64(max(r.picture.Size().Width, 1))
	around := int(math.Round(float64(r.margin()) * scale))
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	inner := picture.SubImage(picture.Rect.Inset(around)).(*image.RGBA)
	drawRounded(inner, float64(r.g.radius)*scale, max(scale, 1), Color(r.g, r.g.fill), Color(r.g, r.g.edge))
	if r.g.lifted {
		drawShadow(picture, inner.Rect, float64(r.g.radius)*scale, scale, Color(r.g, ColorNameLift))
	}
	return picture
}

// drawRounded draws a rectangle with round corners and an edge that fills the
// picture. All measures are in pixels.
func drawRounded(picture *image.RGBA, radius, edge float64, fill, line color.Color) {
	width, height := picture.Rect.Dx(), picture.Rect.Dy()
	at := picture.Rect.Min
	corner := min(int(math.Ceil(radius)), width/2, height/2)
	for y := range height {
		if y > corner && y < height-corner {
			copyRow(picture, at.Y+y)
			continue // as the row above it
		}
		for x := range width {
			depth := depthWithin(float64(x)+0.5, float64(y)+0.5, float64(width), float64(height), radius)
			picture.Set(at.X+x, at.Y+y, faded(mix(line, fill, float32(share(depth-edge))), share(depth)))
		}
	}
}

// copyRow makes a row of the picture the same as the one above it.
func copyRow(picture *image.RGBA, y int) {
	from, to, end := picture.PixOffset(picture.Rect.Min.X, y-1), picture.PixOffset(picture.Rect.Min.X, y), 4*picture.Rect.Dx()
	copy(picture.Pix[to:to+end], picture.Pix[from:from+end])
}

// depthWithin returns how deep a point lies in a rectangle with round corners;
// it is negative outside.
func depthWithin(x, y, width, height, radius float64) float64 {
	dx, dy := min(x, width-x), min(y, height-y)
	if dx < radius && dy < radius {
		return radius - math.Hypot(radius-dx, radius-dy)
	}
	return min(dx, dy)
}

// share is the part of a pixel, from 0 to 1, that lies within a line at the
// depth of its middle.
func share(depth float64) float64 { return max(0, min(depth+0.5, 1)) }

// faded returns c with the share of its opacity.
func faded(c color.Color, share float64) color.Color {
	r, g, b, a := c.RGBA()
	part := func(v uint32) uint16 { return uint16(math.Round(float64(v) * share)) }
	return color.RGBA64{R: part(r), G: part(g), B: part(b), A: part(a)}
}
