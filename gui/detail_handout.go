package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// whoMay is the line of the detail pane that says which programs get tokens.
func (p *detailPane) whoMay(rule auth.HandOutRule) fyne.CanvasObject {
	change := widgets.NewSmallLink(lang.L("Change…"), nil, func() { p.u.runCommand(cmdWho) })
	return widgets.NewColumn(6,
		widgets.NewRow(8, 0, true, widgets.NewText(lang.L("Who may use it")).Bold().Shrinking(), change),
		widgets.NewParagraph(ruleWords(rule)))
}
