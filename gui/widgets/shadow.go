package widgets

import (
	"image"
	"image/color"
	"math"
)

// Measures of a shadow, at scale 1.
const (
	shadowBlur  = 14
	shadowDrop  = 4                             // how much lower it lies
	shadowReach = shadowBlur/2 + shadowDrop + 1 // how far it is seen
)

// drawShadow draws the shadow of a rectangle with round corners around it. The
// rectangle is drawn already; measures are in pixels.
func drawShadow(picture *image.RGBA, rect image.Rectangle, radius, scale float64, ink color.Color) {
	drop, blur := shadowDrop*scale, shadowBlur*scale
	reach := int(math.Ceil(radius + blur))
	for y := range picture.Rect.Dy() {
		if y > rect.Min.Y+reach && y < rect.Max.Y-reach {
			for x := range rect.Min.X {
				right := picture.Rect.Dx() - 1 - x
				picture.SetRGBA(x, y, picture.RGBAAt(x, y-1))
				picture.SetRGBA(right, y, picture.RGBAAt(right, y-1))
			}
			continue // as the row above it
		}
		for x := range picture.Rect.Dx() {
			over := picture.RGBAAt(x, y)
			if over.A == 0xFF {
				continue
			}
			depth := depthWithin(float64(x-rect.Min.X)+0.5, float64(y-rect.Min.Y)+0.5-drop, float64(rect.Dx()), float64(rect.Dy()), radius)
			shade := color.RGBAModel.Convert(faded(ink, smooth(depth/blur+0.5))).(color.RGBA)
			picture.SetRGBA(x, y, above(over, shade))
		}
	}
}

// smooth rises from 0 to 1 between 0 and 1, gently at both ends.
func smooth(t float64) float64 {
	t = max(0, min(t, 1))
	return t * t * (3 - 2*t)
}

// above lays one colour over another.
func above(over, under color.RGBA) color.RGBA {
	rest := 0xFF - uint32(over.A)
	part := func(o, u uint8) uint8 { return o + uint8(uint32(u)*rest/0xFF) } //nolint:gosec // the part is at most u
	return color.RGBA{part(over.R, under.R), part(over.G, under.G), part(over.B, under.B), part(over.A, under.A)}
}
