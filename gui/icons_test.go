package gui

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/assets"
	"tokenwell/gui/guitest"
)

// A window's icon is a picture of the logo, which has to be made anew with it.
func TestWindowIconIsTheLogo(t *testing.T) {
	guitest.NewApp(t)
	icons := NewIcons(assets.Icons)
	icon, err := png.Decode(bytes.NewReader(icons.WindowIcon().Content()))
	require.NoError(t, err)
	require.Equal(t, image.Rect(0, 0, 256, 256), icon.Bounds(), "what the toolkit would make of the drawing")

	logo := canvas.NewImageFromResource(icons.Logo())
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	c.SetContent(logo)
	c.Resize(fyne.NewSquareSize(256))
	want := c.Capture()
	far := 0
	for y := range 256 {
		for x := range 256 {
			if !near(icon.At(x, y), want.At(x, y)) {
				far++
			}
		}
	}
	assert.Zero(t, far, "app-icon/window.png has to be made anew from app-icon/tokenwell-light.svg: that many of its pixels are others")
}

// near tells whether two colours are the same but for what smoothing an edge makes of them.
func near(a, b color.Color) bool {
	const much = 0x3000
	ar, ag, ab, aa := a.RGBA()
	br, bg, bb, ba := b.RGBA()
	for _, d := range []int{int(ar) - int(br), int(ag) - int(bg), int(ab) - int(bb), int(aa) - int(ba)} {
		if max(d, -d) > much {
			return false
		}
	}
	return true
}
