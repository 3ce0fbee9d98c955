package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"tokenwell/gui/widgets"
)

// newEmptyState is the whole screen while there is no authorization: one
// sentence and two buttons.
func newEmptyState(u *ui) fyne.CanvasObject {
	logo := canvas.NewImageFromResource(u.icons.Logo())
	logo.FillMode = canvas.ImageFillContain
	logo.SetMinSize(fyne.NewSquareSize(104))
	line := func(text string) fyne.CanvasObject {
		return container.NewCenter(widgets.NewText(text).Sized(18))
	}
	try := widgets.NewButton(lang.L("Try it with the local server"), nil, func() { u.tryLocal() })
	create := widgets.NewPrimaryButton(lang.L("New authorization"), u.icons.Icon("plus"), func() { u.newAuthorization() })
	hint := widgets.NewSmallText(lang.L("The local server runs on this computer only; no account is needed."))
	return container.NewCenter(widgets.NewInset(0, 0, 32, 0, widgets.NewColumn(
		0,
		container.NewCenter(logo),
		widgets.NewInset(24, 0, 24, 0, widgets.NewColumn(0,
			line(lang.L("Sign in once, and keep a fresh token")), line(lang.L("under a name of your own.")))),
		container.NewCenter(widgets.NewRow(12, -1, true, try, create)),
		widgets.NewInset(16, 0, 0, 0, container.NewCenter(hint)),
	)))
}
