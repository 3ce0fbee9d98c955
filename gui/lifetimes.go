package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// lifetimeRow is one line of how long something lasts at a service.
type lifetimeRow struct{ label, text, note string }

// lifetimeRows say how long access token, sign-in and client secret last at a
// service, as far as its data knows.
func lifetimeRows(svc auth.Service, params map[string]string) []lifetimeRow {
	rows := []lifetimeRow{{lang.L("Access token"), lifetimeText(svc.AccessToken), svc.AccessToken.Note}}
	if svc.Refresh.Needs == "never" {
		rows = append(rows, lifetimeRow{lang.L("Sign-in"), lang.L("as long as the access token"), ""})
	} else {
		l := svc.SignInLifetime(params)
		rows = append(rows, lifetimeRow{lang.L("Sign-in"), lifetimeText(l), l.Note})
	}
	if svc.ClientSecret != (auth.Lifetime{}) {
		rows = append(rows, lifetimeRow{lang.L("Client secret"), lifetimeText(svc.ClientSecret), svc.ClientSecret.Note})
	}
	return rows
}

// lifetimeText says a lifetime in a few words.
func lifetimeText(l auth.Lifetime) string {
	span := map[string]any{"Span": spanText(l.Seconds)}
	switch {
	case l.Rule == "never":
		return lang.L("no end")
	case l.Rule == "sliding":
		return lang.L("{{.Span}} without use", span)
	case l.Rule == "varies" && l.Seconds > 0:
		return lang.L("about {{.Span}}", span)
	case l.Seconds > 0:
		return lang.L("{{.Span}}", span)
	case l.Rule == "varies":
		return lang.L("varies")
	default:
		return lang.L("not known")
	}
}

// spanText writes a number of seconds in the largest unit that fits it well.
func spanText(seconds int64) string {
	const hour, day = 3600, 86400
	switch {
	case seconds < 120:
		return lang.L("{{.N}} seconds", number{int(seconds)})
	case seconds < 2*hour && seconds%hour != 0:
		return lang.L("{{.N}} minutes", number{int(seconds / 60)})
	case seconds == hour:
		return lang.L("1 hour")
	case seconds < 3*day && seconds%day != 0 || seconds < day:
		return lang.L("{{.N}} hours", number{int((seconds + hour/2) / hour)})
	case seconds == day:
		return lang.L("1 day")
	case seconds%(365*day) == 0 && seconds > 365*day:
		return lang.L("{{.N}} years", number{int(seconds / (365 * day))})
	case seconds == 365*day:
		return lang.L("1 year")
	default:
		return lang.L("{{.N}} days", number{int((seconds + day/2) / day)})
	}
}

// lifetimes is the list that the help panel shows.
func lifetimes(svc auth.Service, params map[string]string) fyne.CanvasObject {
	column := widgets.NewColumn(6, widgets.NewText(lang.L("How long it lasts here")).Sized(12).Bold())
	for _, row := range lifetimeRows(svc, params) {
		said := widgets.NewColumn(0, widgets.NewCaption(row.text).Colored(widgets.ColorNameText))
		if row.note != "" {
			said.Add(widgets.NewCaption(row.note))
		}
		column.Add(widgets.NewRow(0, 1, false, widgets.NewFixed(factWidth, 0, widgets.NewCaption(row.label)), said))
	}
	return column
}

// adminScopes counts the permissions that an administrator has to approve.
func adminScopes(svc auth.Service) int {
	n := 0
	for _, s := range svc.Scopes {
		if s.Admin {
			n++
		}
	}
	return n
}
