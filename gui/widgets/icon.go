package widgets

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// newIcon returns an image for setIcon to fill.
func newIcon(res fyne.Resource) *canvas.Image {
	img := canvas.NewImageFromResource(res)
	img.FillMode = canvas.ImageFillContain
	return img
}

// setIcon shows res in the named colour, or nothing when res is nil. It leaves
// the image alone when it shows that already: drawing an SVG anew is dear.
func setIcon(img *canvas.Image, res fyne.Resource, name fyne.ThemeColorName) {
	img.Hidden = res == nil
	if res == nil {
		return
	}
	if tinted := tint(res, name); img.Resource != tinted {
		img.Resource = tinted
		img.Refresh()
	}
}

// tints are the icons in the colours that they have been shown in. The map is
// used on the UI thread only and holds some dozens of small pictures at most.
var tints = map[string]fyne.Resource{}

// tint returns res in the named colour of the app's theme, always the same
// resource for the same picture.
func tint(res fyne.Resource, name fyne.ThemeColorName) fyne.Resource {
	settings := fyne.CurrentApp().Settings()
	r, g, b, a := settings.Theme().Color(name, settings.ThemeVariant()).RGBA()
	key := fmt.Sprintf("%04x%04x%04x%04x-%s", r, g, b, a, res.Name())
	if tints[key] == nil {
		tints[key] = fyne.NewStaticResource(key, theme.NewColoredResource(res, name).Content())
	}
	return tints[key]
}

// NewIcon returns an image of a square icon in the named colour, size units wide.
func NewIcon(res fyne.Resource, name fyne.ThemeColorName, size float32) *canvas.Image {
	img := canvas.NewImageFromResource(theme.NewColoredResource(res, name))
	img.FillMode = canvas.ImageFillContain
	img.SetMinSize(fyne.NewSquareSize(size))
	return img
}
