package widgets

import (
	"fyne.io/fyne/v2"
)

// NewBanner returns a note on a tinted ground with an icon and, when button is
// not nil, the button that mends what the note tells.
func NewBanner(icon fyne.Resource, tint, sign fyne.ThemeColorName, text *Paragraph, button fyne.CanvasObject) *fyne.Container {
	row := []fyne.CanvasObject{NewGlyph(icon, sign, 20), text}
	if button != nil {
		row = append(row, button)
	}
	return NewStacked(NewPanel(tint, "", 8), NewInset(10, 12, 10, 12, NewRow(10, 1, true, row...)))
}

// NewWarning returns the amber banner.
func NewWarning(icons Icons, text *Paragraph, button fyne.CanvasObject) *fyne.Container {
	return NewBanner(icons.Icon("warn"), ColorNameWarnTint, ColorNameWarn, text, button)
}
