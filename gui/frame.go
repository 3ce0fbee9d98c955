package gui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
)

// frame is what stands around every screen: the rail at the left, the status
// line at the bottom and the surface between them.
type frame struct {
	screen *fyne.Container // holds the one screen that is shown
}

// showScreen puts a screen right of the rail.
func (u *ui) showScreen(content fyne.CanvasObject) {
	u.frame.screen.Objects = []fyne.CanvasObject{content}
	u.frame.screen.Refresh()
}

// showAuthorizations goes back to the table and selects selectID; "" leaves
// the selection as it was.
func (u *ui) showAuthorizations(selectID string) {
	u.showScreen(container.NewStack(canvas.NewRectangle(color.Transparent)))
}
