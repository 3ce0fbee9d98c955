package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// special is one thing that is special about a service, and what becomes of it.
type special struct {
	what, becomes string
	open          bool // the program does nothing about it
}

// specials are a service's departures, and the quirks that no departure names.
func specials(s auth.Service) []special {
	var list []special
	told := map[string]bool{}
	for _, d := range s.Departures {
		list = append(list, special{what: d.What, becomes: becomes(d), open: d.By == auth.HandledByNothing})
		if d.By == auth.HandledByQuirk {
			told[d.Ref] = true
		}
	}
	for _, q := range s.Quirks {
		if !told[string(q.ID)] {
			list = append(list, special{what: quirkSentence(q.ID), becomes: lang.L("The program acts on it.")})
		}
	}
	return list
}

// becomes says what the program does about a departure.
func becomes(d auth.Departure) string {
	switch d.By {
	case auth.HandledByQuirk:
		return lang.L("The program acts on it: {{.What}}", map[string]any{"What": quirkSentence(auth.QuirkID(d.Ref))})
	case auth.HandledByStanding:
		return told(auth.Standing[d.Ref])
	case auth.HandledByData:
		return lang.L("The program knows it and does so.")
	case auth.HandledByHelp:
		return lang.L("Nothing for the program to do: the help says it, in {{.Where}}.", map[string]any{"Where": d.Ref})
	default:
		return lang.L("Not handled: {{.Why}}", map[string]any{"Why": d.Why})
	}
}

// special lists what is special about the service.
func (v *serviceView) special() *fyne.Container {
	column := widgets.NewColumn(14)
	list := specials(v.entry.Service)
	if len(list) == 0 {
		column.Add(widgets.NewParagraph(lang.L("Nothing is known: the service does as the standards say.")))
	}
	for _, one := range list {
		icon, ink := "check", widgets.ColorNameOK
		if one.open {
			icon, ink = "warn", widgets.ColorNameWarn
		}
		column.Add(widgets.NewRow(10, 1, false, widgets.NewInset(2, 0, 0, 0, widgets.NewGlyph(v.u.icons.Icon(icon), ink, 16)),
			widgets.NewColumn(2, widgets.NewParagraph(one.what), widgets.NewCaption(one.becomes))))
	}
	return column
}
