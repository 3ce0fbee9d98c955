package gui

import (
	"cmp"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// tokens makes what is known of the tokens: how they are used, renewed, and how
// long they last.
func (p *servicePart) tokens() {
	p.add(widgets.NewBeside(16, 0.5, 480,
		p.text("token_use", lang.L("Header that carries the token"), textKind{mono: true, placeholder: "Authorization"}, func(s *auth.Service) *string { return &s.Use.Header }).Object,
		p.text("token_use.scheme", lang.L("Word before the token"), textKind{mono: true, placeholder: "Bearer", hint: lang.L("“-” for none.")}, func(s *auth.Service) *string { return &s.Use.Scheme }).Object))
	p.lifetime("access_token", lang.L("An access token lasts"), func(s *auth.Service) *auth.Lifetime { return &s.AccessToken })

	var box *fyne.Container
	scope := p.text("refresh.scope", lang.L("Its scope"), textKind{mono: true, placeholder: "offline_access"}, func(s *auth.Service) *string { return &s.Refresh.Scope })
	box = widgets.NewStacked(scope.Object)
	box.Hidden = p.e.m.draft.Refresh.Needs != "scope"
	needs := widgets.NewSelect(p.e.u.icons, needsOptions(), p.e.m.draft.Refresh.Needs, func(id string) {
		p.e.edit("refresh", func(s *auth.Service) {
			s.Refresh.Needs = id
			if id != "scope" {
				s.Refresh.Scope = ""
			}
		})
		scope.Control.(*widgets.Input).SetText(p.e.m.draft.Refresh.Scope)
		setShown(box, id == "scope")
		p.e.relayout()
	})
	w := p.slot("refresh", widgets.NewField(p.e.u.icons, lang.L("A refresh token comes"), false, needs))
	p.add(widgets.NewBeside(16, 0.5, 480, w.Object, box))
	p.lifetime("refresh.lifetime", lang.L("A sign-in lasts"), func(s *auth.Service) *auth.Lifetime { return &s.Refresh.Lifetime })
	p.lifetime("client_secret", lang.L("A client secret lasts"), func(s *auth.Service) *auth.Lifetime { return &s.ClientSecret })
}

func needsOptions() []widgets.Option {
	return []widgets.Option{
		{ID: "nothing", Label: lang.L("Always")},
		{ID: "scope", Label: lang.L("With a scope of its own")},
		{ID: "parameter", Label: lang.L("With a fixed parameter")},
		{ID: "never", Label: lang.L("Never: there are none")},
	}
}

// lifeUnits are the units of a lifetime, in seconds.
var lifeUnits = []struct {
	id      string
	seconds int64
	label   string // English, the key of the translation
}{
	{"days", 86400, "days"},
	{"hours", 3600, "hours"},
	{"minutes", 60, "minutes"},
	{"seconds", 1, "seconds"},
}

// splitSeconds writes a time in the largest unit that it is a whole number of.
func splitSeconds(seconds int64) (number, unit string) {
	for _, u := range lifeUnits {
		if seconds > 0 && seconds%u.seconds == 0 {
			return strconv.FormatInt(seconds/u.seconds, 10), u.id
		}
	}
	return "", "days"
}

// maxLifeSeconds is more than any lifetime: a hundred years.
const maxLifeSeconds = 100 * 366 * 86400

// joinSeconds reads a number in a unit; ok is false for what is no whole number
// above 0. An empty text is 0.
func joinSeconds(number, unit string) (seconds int64, ok bool) {
	number = strings.TrimSpace(number)
	if number == "" {
		return 0, true
	}
	n, err := strconv.ParseInt(number, 10, 64)
	for _, u := range lifeUnits {
		if u.id == unit && err == nil && n > 0 && n <= maxLifeSeconds/u.seconds {
			return n * u.seconds, true
		}
	}
	return 0, false
}

// lifetime makes the field of a length of time: a number, its unit and the rule.
func (p *servicePart) lifetime(name, label string, of func(*auth.Service) *auth.Lifetime) {
	e := p.e
	number, unit := splitSeconds(of(&e.m.draft).Seconds)
	in := widgets.NewInput("", false)
	in.SetText(number)
	in.SetWheel(p.scroll.Scrolled)
	units := make([]widgets.Option, len(lifeUnits))
	for i, u := range lifeUnits {
		units[i] = widgets.Option{ID: u.id, Label: lang.L(u.label)}
	}
	var unitSelect *widgets.Select
	amount := widgets.NewRow(8, 0, true, in, nil)
	take := func() {
		seconds, ok := joinSeconds(in.Text(), unitSelect.Selected())
		if !ok {
			e.refuse(name, lang.L("Enter a whole number."))
			return
		}
		e.edit(name, func(s *auth.Service) { of(s).Seconds = seconds })
	}
	unitSelect = widgets.NewSelect(e.u.icons, units, unit, func(string) { take() })
	amount.Objects[1] = widgets.NewFixed(110, 0, unitSelect)
	in.Entry().OnChanged = func(string) { take() }
	timeless := func() bool {
		rule := of(&e.m.draft).Rule
		return rule == "never" || rule == "unknown" || rule == ""
	}
	amount.Hidden = timeless()
	rule := widgets.NewSelect(e.u.icons, lifeRules(), cmp.Or(of(&e.m.draft).Rule, "unknown"), func(id string) {
		e.edit(name, func(s *auth.Service) {
			of(s).Rule = id
			if timeless() {
				of(s).Seconds = 0
			}
		})
		if timeless() {
			in.SetText("")
		} else {
			take() // what stands there may not be readable
		}
		setShown(amount, !timeless())
		e.relayout()
	})
	w := p.slot(name, widgets.NewField(e.u.icons, label, false, in))
	w.ReplaceControl(widgets.NewBeside(8, 0.5, 300, rule, amount))
	p.add(w.Object)
}

func lifeRules() []widgets.Option {
	return []widgets.Option{
		{ID: "unknown", Label: lang.L("Not known")},
		{ID: "never", Label: lang.L("Without end")},
		{ID: "fixed", Label: lang.L("From the start")},
		{ID: "sliding", Label: lang.L("From the last use")},
		{ID: "varies", Label: lang.L("It varies, about")},
	}
}
