package gui

import (
	"net/url"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// helpDetail is the pane beside the table: what an error means and what to do.
func (u *ui) helpDetail(e *helpEntry) fyne.CanvasObject {
	steps := make([]string, len(e.Steps))
	for i, step := range e.Steps {
		steps[i] = told(step)
	}
	column := widgets.NewColumn(0,
		widgets.NewRow(8, 0, true, widgets.NewText(e.Code).Mono().Sized(13).Colored(widgets.ColorNameMuted).Shrinking(), widgets.NewSmallText(e.service)),
		widgets.NewInset(6, 0, 0, 0, sheetTitle(told(e.Title))),
		widgets.NewInset(14, 0, 0, 0, widgets.NewCaption(lang.L("Whose move it is"))),
		widgets.NewInset(6, 0, 0, 0, u.seat(e.Mover)),
		widgets.NewInset(16, 0, 4, 0, strong(lang.L("What happened"))),
		widgets.NewParagraph(told(e.Happened)),
		widgets.NewInset(16, 0, 6, 0, strong(lang.L("What to do"))),
		widgets.NewSteps(u.icons, 6, steps...))
	if label := actionLabel(e.Action); label != "" {
		column.Add(widgets.NewInset(12, 0, 0, 0, widgets.NewCaption(lang.L("The message has a button for it: {{.Button}}.", map[string]any{"Button": label}))))
	}
	if link, ok := webPage(e.Link); ok {
		open := widgets.NewButton(pageLabel(e.Provider, link), u.icons.Icon("external"), func() { u.openLink(link) })
		column.Add(widgets.NewInset(16, 0, 0, 0, widgets.NewRow(8, -1, true, open)))
	}
	box, _ := widgets.NewTallScroll(widgets.NewInset(16, 20, 20, 20, column), nil)
	return withoutShadows(box)
}

// seat shows who can make the next move.
func (u *ui) seat(mover auth.Mover) fyne.CanvasObject {
	icon, label := "user", lang.L("You")
	switch mover {
	case auth.MoverAdministrator:
		icon, label = "shield", lang.L("Your administrator")
	case auth.MoverService:
		icon, label = "cloud", lang.L("The service")
	case auth.MoverUser:
	}
	row := widgets.NewRow(8, -1, true, widgets.NewGlyph(u.icons.Icon(icon), widgets.ColorNameWarn, 20),
		widgets.NewText(label).Bold().Colored(widgets.ColorNameWarn))
	return widgets.NewRow(0, -1, true,
		widgets.NewStacked(widgets.NewPanel(widgets.ColorNameWarnTint, "", 6), widgets.NewInset(6, 12, 6, 10, row)))
}

// pageLabel names the page that a link leads to.
func pageLabel(provider string, link *url.URL) string {
	number, isRFC := strings.CutPrefix(link.Path, "/rfc/rfc")
	switch {
	case provider != "":
		return lang.L("Open {{.Service}}'s page", map[string]any{"Service": provider})
	case isRFC:
		return lang.L("Open RFC {{.Number}}", map[string]any{"Number": number})
	default:
		return lang.L("Open the standard")
	}
}
