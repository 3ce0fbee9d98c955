package gui

import (
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// askEndpoints shows that a service has moved, with each address before and
// after, when err says so; yes goes on with the new ones. It tells whether it did.
func (u *ui) askEndpoints(err error, yes func()) bool {
	var changed *auth.EndpointsChanged
	if !errors.As(err, &changed) {
		return false
	}
	var s *sheet
	stay := widgets.NewButton(lang.L("Cancel"), nil, func() { s.close() })
	accept := widgets.NewButton(lang.L("Accept and sign in"), nil, func() { s.close(); yes() })
	accept.Importance = widgets.Destructive
	column := widgets.NewColumn(12,
		sheetTitle(lang.L("The service has moved")),
		widgets.NewParagraph(lang.L("It names other addresses than those under which you set this up. Your sign-in and the client secret would go there. Accept only when you know of the change, or your administrator confirms it.")).Colored(widgets.ColorNameMuted))
	if changed.Issuer != "" {
		column.Add(widgets.NewCaption(lang.L("Issuer {{.Issuer}}", map[string]any{"Issuer": changed.Issuer})))
	}
	for _, change := range changed.Changes {
		column.Add(differenceBlock(change))
	}
	s = u.openSheet(600, widgets.NewInset(24, 28, 20, 28, column), sheetFoot(nil, stay, accept), func() { s.close() })
	u.window.Canvas().Focus(stay)
	return true
}

// differenceBlock shows one part before and after a change.
func differenceBlock(d auth.Difference) fyne.CanvasObject {
	line := func(word, value string) fyne.CanvasObject {
		if value == "" {
			value = dash
		}
		return widgets.NewRow(0, 1, false, widgets.NewFixed(64, 0, widgets.NewSmallText(word)),
			widgets.NewParagraph(value).Styled(fyne.TextStyle{Monospace: true}).Sized(12, 18))
	}
	return widgets.NewColumn(4, widgets.NewText(told(d.Label)).Bold(), line(lang.L("Before"), d.Was), line(lang.L("Now"), d.Is))
}
