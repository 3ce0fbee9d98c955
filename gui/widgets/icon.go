package widgets

import (
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

// setIcon shows res in the named colour, or nothing when res is nil.
func setIcon(img *canvas.Image, res fyne.Resource, name fyne.ThemeColorName) {
	img.Hidden = res == nil
	if res == nil {
		return
	}
	img.Resource = theme.NewColoredResource(res, name)
	img.Refresh()
}

// NewIcon returns an image of a square icon in the named colour, size units wide.
func NewIcon(res fyne.Resource, name fyne.ThemeColorName, size float32) *canvas.Image {
	img := canvas.NewImageFromResource(theme.NewColoredResource(res, name))
	img.FillMode = canvas.ImageFillContain
	img.SetMinSize(fyne.NewSquareSize(size))
	return img
}
