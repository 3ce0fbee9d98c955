package widgets

import (
	"image"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestGround_HasAnEdgeAndRoundCorners(t *testing.T) {
	fill, line := color.RGBA{R: 255, A: 255}, color.RGBA{B: 255, A: 255}
	picture := image.NewRGBA(image.Rect(0, 0, 60, 50))
	drawRounded(picture, 12, 1, fill, line)
	for _, corner := range [][2]int{{0, 0}, {59, 0}, {0, 49}, {59, 49}, {2, 2}} {
		assert.Zero(t, picture.RGBAAt(corner[0], corner[1]).A, "outside the corner at %v", corner)
	}
	for _, edge := range [][2]int{{30, 0}, {30, 49}, {0, 25}, {59, 25}} {
		assert.Equal(t, line, picture.RGBAAt(edge[0], edge[1]), "the edge at %v", edge)
	}
	for _, inside := range [][2]int{{30, 25}, {30, 1}, {1, 25}, {58, 25}, {30, 48}, {6, 6}} {
		assert.Equal(t, fill, picture.RGBAAt(inside[0], inside[1]), "inside at %v", inside)
	}
}

func TestGround_ThrowsAShadowAroundItself(t *testing.T) {
	fill := color.RGBA{R: 255, A: 255}
	picture := image.NewRGBA(image.Rect(0, 0, 124, 124))
	rect := picture.Rect.Inset(shadowReach)
	drawRounded(picture.SubImage(rect).(*image.RGBA), 12, 1, fill, fill)
	drawShadow(picture, rect, 12, 1, color.NRGBA{A: 128})
	alpha := func(x, y int) uint8 { return picture.RGBAAt(x, y).A }
	assert.Equal(t, fill, picture.RGBAAt(62, 62), "the ground itself stays")
	assert.Greater(t, alpha(62, rect.Max.Y), alpha(62, rect.Min.Y-1), "it lies lower")
	for _, beside := range []int{30, 62, 90} {
		assert.Equal(t, alpha(rect.Min.X-1, 62), alpha(rect.Min.X-1, beside), "the same all the way down at %d", beside)
		assert.Equal(t, alpha(rect.Min.X-1, beside), alpha(rect.Max.X, beside), "and at both sides at %d", beside)
		assert.Greater(t, alpha(rect.Min.X-1, beside), alpha(rect.Min.X-5, beside), "less further away at %d", beside)
	}
	for _, edge := range [][2]int{{0, 62}, {123, 62}, {62, 0}, {62, 123}, {0, 0}, {123, 123}} {
		assert.LessOrEqual(t, alpha(edge[0], edge[1]), uint8(2), "it ends before %v", edge)
	}
}

// dimming is a theme that knows the colour of a Dim.
type dimming struct{ fyne.Theme }

func (d dimming) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	if name == ColorNameDim {
		return color.NRGBA{A: 0x80}
	}
	return d.Theme.Color(name, v)
}

func TestDim_DarkensAllOfTheWindow(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(dimming{theme.DefaultTheme()})
	w := test.NewTempWindow(t, nil)
	w.Resize(fyne.NewSize(200, 100))
	before := w.Canvas().Capture()
	d := ShowDim(w.Canvas())
	require.Equal(t, w.Canvas().Size(), d.Size())
	dimmed := w.Canvas().Capture()
	for _, at := range [][2]int{{0, 0}, {100, 50}, {199, 99}} {
		assert.NotEqual(t, before.At(at[0], at[1]), dimmed.At(at[0], at[1]), "at %v", at)
	}
	d.Close()
	assert.Nil(t, w.Canvas().Overlays().Top())
}
