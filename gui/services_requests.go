package gui

import (
	"maps"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// requestsPart makes the page about requests, replies and lifetimes.
func (e *serviceEditor) requestsPart(p *servicePart) {
	p.section(lang.L("Parameter names"))
	p.add(
		widgets.NewBeside(16, 0.5, 480,
			p.text("names.client_id", lang.L("Client ID parameter name"), textKind{mono: true, placeholder: "client_id"}, func(s *auth.Service) *string { return &s.Names.ClientID }).Object,
			p.text("names.client_secret", lang.L("Client secret parameter name"), textKind{mono: true, placeholder: "client_secret"}, func(s *auth.Service) *string { return &s.Names.ClientSecret }).Object),
		widgets.NewBeside(16, 0.5, 480,
			p.text("names.code", lang.L("Code parameter name"), textKind{mono: true, placeholder: "code"}, func(s *auth.Service) *string { return &s.Names.Code }).Object,
			p.text("names.scope", lang.L("Scope parameter name"), textKind{mono: true, placeholder: "scope"}, func(s *auth.Service) *string { return &s.Names.Scope }).Object),
	)

	p.section(lang.L("Sign-in"))
	p.grants()
	p.add(widgets.NewBeside(16, 0.5, 480,
		p.choice("pkce", lang.L("PKCE"), lang.L("Proof that the code is used by who asked for it; always sent."), pkceOptions(), func(s *auth.Service) *string { return &s.PKCE }).Object,
		p.choice("scope_separator", lang.L("Between scopes"), "", []widgets.Option{{ID: " ", Label: lang.L("A blank")}, {ID: ",", Label: lang.L("A comma")}}, func(s *auth.Service) *string { return &s.ScopeSeparator }).Object))
	p.redirect()

	p.section(lang.L("Client authentication"))
	p.clientAuth()

	p.section(lang.L("Fixed parameters"))
	p.pairs("auth_params", lang.L("Of the authorization request"), func(s *auth.Service) *map[string]string { return &s.AuthParams })
	p.pairs("token_params", lang.L("Of every token request"), func(s *auth.Service) *map[string]string { return &s.TokenParams })
	p.pairs("refresh_params", lang.L("Of refreshes"), func(s *auth.Service) *map[string]string { return &s.RefreshParams })

	p.section(lang.L("Tokens"))
	p.tokens()

	p.section(lang.L("Parameters that the user of the service fills in"))
	p.parameters()
	p.section(lang.L("Departures from the standards"))
	p.quirks()
}

func pkceOptions() []widgets.Option {
	return []widgets.Option{
		{ID: "required", Label: lang.L("Required")},
		{ID: "supported", Label: lang.L("Supported")},
		{ID: "none", Label: lang.L("Not documented")},
	}
}

// grants makes the checks of the grants that the service offers.
func (p *servicePart) grants() {
	p.checks("grants", lang.L("Grants"), 480, grantChecks(), func(s *auth.Service) []string { return words(s.Grants) },
		func(s *auth.Service, chosen []string) { s.Grants = wordsAs[auth.Grant](chosen) })
}

func grantChecks() []widgets.Option {
	var options []widgets.Option
	for _, info := range auth.Grants {
		options = append(options, widgets.Option{ID: string(info.ID), Label: told(info.Label)})
	}
	return options
}

// words are texts of a kind as plain ones, wordsAs the way back.
func words[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = string(w)
	}
	return out
}

func wordsAs[T ~string](list []string) []T {
	out := make([]T, len(list))
	for i, w := range list {
		out[i] = T(w)
	}
	return out
}

// checks makes a field of boxes, of which any number is ticked, kept in the
// order of the options. From the width least on they stand in two columns.
func (p *servicePart) checks(name, label string, least float32, options []widgets.Option, get func(*auth.Service) []string, set func(*auth.Service, []string)) {
	boxes := &checkColumn{}
	for _, option := range options {
		box := widgets.NewCheck(p.e.u.icons, option.Label, func(on bool) {
			p.e.edit(name, func(s *auth.Service) {
				chosen := slices.DeleteFunc(slices.Clone(get(s)), func(id string) bool { return id == option.ID })
				if on {
					chosen = append(chosen, option.ID)
				}
				slices.SortStableFunc(chosen, func(a, b string) int { return optionIndex(options, a) - optionIndex(options, b) })
				set(s, chosen)
			})
		})
		box.SetChecked(slices.Contains(get(&p.e.m.draft), option.ID))
		boxes.all = append(boxes.all, box)
	}
	half := (len(boxes.all) + 1) / 2
	left, right := widgets.NewColumn(8), widgets.NewColumn(8)
	for i, box := range boxes.all {
		if i < half {
			left.Add(box)
		} else {
			right.Add(box)
		}
	}
	boxes.Container = widgets.NewBeside(16, 0.5, least, left, right)
	w := p.slot(name, widgets.NewField(p.e.u.icons, label, true, boxes))
	w.ReplaceControl(widgets.NewInset(4, 0, 0, 0, boxes.Container))
	p.add(w.Object)
}

func optionIndex(options []widgets.Option, id string) int {
	return slices.IndexFunc(options, func(o widgets.Option) bool { return o.ID == id })
}

// checkColumn is a control of several boxes.
type checkColumn struct {
	*fyne.Container
	all []*widgets.Check
}

// SetInvalid implements widgets.Control: what is wrong is said below.
func (*checkColumn) SetInvalid(bool) {}

// Focusable implements widgets.Control.
func (c *checkColumn) Focusable() fyne.Focusable { return c.all[0] }

// clientAuth makes the methods and the choice of the first one.
func (p *servicePart) clientAuth() {
	options := make([]widgets.Option, len(auth.ClientAuths))
	for i, method := range auth.ClientAuths {
		options[i] = widgets.Option{ID: string(method), Label: methodLabel(method)}
	}
	var first *widgets.Select
	chosen := func() []widgets.Option {
		var left []widgets.Option
		for _, option := range options {
			if slices.Contains(p.e.m.draft.ClientAuth, auth.ClientAuth(option.ID)) {
				left = append(left, option)
			}
		}
		return left
	}
	leading := func() string {
		if len(p.e.m.draft.ClientAuth) == 0 {
			return ""
		}
		return string(p.e.m.draft.ClientAuth[0])
	}
	p.checks("client_auth", lang.L("How an app proves itself"), 780, options, func(s *auth.Service) []string { return words(s.ClientAuth) },
		func(s *auth.Service, list []string) {
			head := ""
			if len(s.ClientAuth) > 0 {
				head = string(s.ClientAuth[0])
			}
			if i := slices.Index(list, head); i > 0 { // the default stays the first
				list = append([]string{head}, slices.Delete(list, i, i+1)...)
			}
			s.ClientAuth = wordsAs[auth.ClientAuth](list)
			first.SetOptions(chosen(), leading())
		})
	first = widgets.NewSelect(p.e.u.icons, chosen(), leading(), func(id string) {
		p.e.edit("client_auth", func(s *auth.Service) {
			rest := slices.DeleteFunc(slices.Clone(s.ClientAuth), func(m auth.ClientAuth) bool { return string(m) == id })
			s.ClientAuth = append([]auth.ClientAuth{auth.ClientAuth(id)}, rest...)
		})
	})
	w := widgets.NewField(p.e.u.icons, lang.L("The form starts with"), false, first)
	w.SetHint(lang.L("“None” makes the form start without a secret."))
	p.add(w.Object)
}

// pairs makes the rows of fixed parameters.
func (p *servicePart) pairs(name, label string, of func(*auth.Service) *map[string]string) {
	e := p.e
	var pairs []widgets.Pair
	for _, key := range slices.Sorted(maps.Keys(*of(&e.m.draft))) {
		pairs = append(pairs, widgets.Pair{Name: key, Value: (*of(&e.m.draft))[key]})
	}
	rows := widgets.NewPairRows(e.u.icons, widgets.PairWords{
		Name: lang.L("Name"), Value: lang.L("Value"), Add: lang.L("Add a parameter"), Remove: lang.L("Remove"),
		AsJSON: lang.L("Edit as JSON"), AsRows: lang.L("Edit as rows"),
		Show: lang.L("Show values"), Hide: lang.L("Hide values"),
	}, pairs)
	rows.ShowValues()
	rows.OnChanged = func(pairs []widgets.Pair, err error) {
		if err != nil {
			e.refuse(name, lineProblem(err))
			return
		}
		params := map[string]string{}
		for _, pair := range pairs {
			if pair == (widgets.Pair{}) {
				continue
			}
			if _, twice := params[pair.Name]; twice {
				e.refuse(name, lang.L("“{{.Name}}” stands twice.", named(pair.Name)))
				return
			}
			params[pair.Name] = pair.Value
		}
		e.edit(name, func(s *auth.Service) { *of(s) = params })
	}
	rows.OnHeight = e.relayout
	rows.SetWheel(p.scroll.Scrolled)
	w := p.slot(name, widgets.NewField(e.u.icons, label, false, rows))
	w.ReplaceControl(rows.Container)
	p.add(w.Object)
}

// redirect makes the rule of the redirect URI.
func (p *servicePart) redirect() {
	e := p.e
	none := func() bool { return e.m.draft.Redirect.Port == auth.PortNone }
	path := p.text("redirect", lang.L("Path"), textKind{mono: true, placeholder: "/callback"}, func(s *auth.Service) *string { return &s.Redirect.Path })
	host := p.choice("redirect", lang.L("Host"), "", []widgets.Option{{ID: "127.0.0.1", Label: "127.0.0.1"}, {ID: "localhost", Label: "localhost"}},
		func(s *auth.Service) *string { return &s.Redirect.Host })
	literal := p.text("redirect.register", lang.L("Redirect URI to enter at the service"), textKind{mono: true},
		func(s *auth.Service) *string { return &s.Redirect.Register })
	beside := widgets.NewBeside(16, 0.5, 480, host.Object, path.Object)
	show := func() {
		beside.Hidden = none()
		hint := lang.L("Only when it is not the URI itself, such as http://localhost without a port.")
		if none() {
			hint = lang.L("The https page that the browser ends on; its address is pasted.")
		}
		literal.SetHint(hint)
	}
	port := widgets.NewSelect(e.u.icons, []widgets.Option{
		{ID: auth.PortAny, Label: lang.L("This computer, any port")},
		{ID: auth.PortFixed, Label: lang.L("This computer, a fixed port that is registered")},
		{ID: auth.PortNone, Label: lang.L("A page of https; its address is pasted")},
	}, e.m.draft.Redirect.Port, func(id string) {
		e.edit("redirect", func(s *auth.Service) {
			r := &s.Redirect
			r.Port, r.Scheme = id, "http"
			if id == auth.PortNone {
				r.Scheme, r.Host, r.Path = "https", "", ""
			} else if r.Host == "" {
				r.Host, r.Path = "127.0.0.1", "/callback"
				host.Control.(*widgets.Select).SetSelected(r.Host)
				path.Control.(*widgets.Input).SetText(r.Path)
			}
		})
		show()
		e.relayout()
	})
	show()
	atPath, atLiteral := faultOf(path), faultOf(literal)
	e.slots[auth.ServiceField("redirect")] = &serviceSlot{
		show: func(message, _ string) {
			if none() {
				atPath("", "", nil)
				atLiteral(message, "", nil)
				return
			}
			atLiteral("", "", nil)
			atPath(message, "", nil)
		},
		focus: func() fyne.Focusable {
			if none() {
				return literal.Control.Focusable()
			}
			return path.Control.Focusable()
		},
	}
	delete(e.slots, auth.ServiceField("redirect.register")) // shown by the whole's
	w := widgets.NewField(e.u.icons, lang.L("The browser comes back to"), false, port)
	note := p.text("redirect.note", lang.L("Note about the redirect URI"), textKind{rows: 2}, func(s *auth.Service) *string { return &s.Redirect.Note })
	p.add(w.Object, beside, literal.Object, note.Object)
}
