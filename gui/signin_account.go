package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/gui/widgets"
)

// practiceAccount tells who to sign in as where a page of the local server is
// opened; nil elsewhere. refit is called when it has become higher or lower.
func (u *ui) practiceAccount(page string, refit func()) fyne.CanvasObject {
	local := u.engine.LocalServer()
	if local.Issuer == "" || local.User == "" || hostOf(local.Issuer) != hostOf(page) {
		return nil
	}
	icon := widgets.NewGlyph(u.icons.Icon("user"), widgets.ColorNameAccent, 20)
	// A toast would stand behind the sheet's dim.
	copied := widgets.NewCaption(lang.L("Password copied. The clipboard is cleared in 10 seconds."))
	copied.Hide()
	copies := 0
	password := u.copyButton(lang.L("Copy password"), true, func() {
		u.copySecret(u.engine.LocalServer().Password)
		copies++
		last := copies
		copied.Show()
		refit()
		u.run.after(clipboardTime, func() {
			if last == copies {
				copied.Hide()
				refit()
			}
		})
	})
	who := widgets.NewColumn(0, widgets.NewParagraph(lang.L("Sign in as {{.User}}", map[string]any{"User": local.User})), copied)
	row := widgets.NewInset(8, 12, 8, 12, widgets.NewRow(10, 1, true, icon, who, widgets.NewThemed(password, helpTheme{})))
	return widgets.NewInset(0, 28, 16, 28, widgets.NewStacked(widgets.NewPanel(widgets.ColorNameHelp, "", 8), row))
}
