package gui

import (
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// askReauthorize asks what the service shall ask in the next sign-in.
func (u *ui) askReauthorize(t target) {
	var s *sheet
	consent := widgets.NewCheck(u.icons, lang.L("Ask for consent again"), nil)
	consent.SetCaption(lang.L("The service shows the permissions once more, also those that you have granted already."))
	account := widgets.NewCheck(u.icons, lang.L("Choose another account"), nil)
	account.SetCaption(lang.L("The service lets you choose, even if one account is signed in there."))
	stay := widgets.NewButton(lang.L("Cancel"), nil, func() { s.close() })
	verb := widgets.NewPrimaryButton(lang.L("Re-authorize"), u.icons.Icon("user"), func() {
		s.close()
		u.reauthorize(t.row.ID, auth.ReauthorizeOptions{Consent: consent.Checked, ChooseAccount: account.Checked})
	})
	column := widgets.NewColumn(14, sheetTitle(lang.L("Re-authorize “{{.Name}}”", named(t.row.Name))))
	if hasAccess(t.detail.Status) {
		column.Add(widgets.NewParagraph(lang.L("The tokens that are stored stay in use until the new ones are there.")).Colored(widgets.ColorNameMuted))
	}
	column.Add(consent)
	column.Add(account)
	s = u.openSheet(480, widgets.NewInset(24, 28, 20, 28, column), sheetFoot(nil, stay, verb), func() { s.close() })
	u.window.Canvas().Focus(consent)
}
