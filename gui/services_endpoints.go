package gui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// How the addresses of a service are given.
const (
	byHostAndPath = iota
	byWholeURLs
	byIssuer // they are read from the issuer's metadata at each sign-in
)

// endpointsPart makes the page with name, issuer and addresses.
func (e *serviceEditor) endpointsPart(p *servicePart) {
	name := p.text("name", lang.L("Service name"), textKind{required: true}, func(s *auth.Service) *string { return &s.Name })
	e.head.name = name
	about := p.text("description", lang.L("Description"), textKind{}, func(s *auth.Service) *string { return &s.Description })
	p.add(widgets.NewBeside(16, 0.38, besideLeast, name.Object, about.Object))
	e.issuer = newIssuerField(p)
	p.add(e.issuer.field.Object, widgets.NewInset(4, 0, 0, 0, widgets.NewRule(widgets.ColorNameLine)))
	e.addresses = newAddressGroup(p)
	e.diff = newServiceDiff(p)
	p.add(e.diff.object)
}

// addressGroup is all about the addresses.
type addressGroup struct {
	p        *servicePart
	rows     []*addressRow
	fixed    *fyne.Container // the addresses themselves
	metadata *fyne.Container // said in their place
	revoke   *widgets.Check
	revPath  *addressRow
}

func newAddressGroup(p *servicePart) *addressGroup {
	g := &addressGroup{p: p}
	way := byHostAndPath
	if p.e.m.draft.Discovery {
		way = byIssuer
	}
	radio := widgets.NewRadio([]string{lang.L("Host and path"), lang.L("Whole URLs"), lang.L("Read from the issuer at each sign-in")}, way, g.choose)
	auth1 := p.addressRow("endpoints.authorization",
		addressLabels{lang.L("Authorize host"), lang.L("Authorize path"), lang.L("Authorize URL")},
		func(s *auth.Service) *string { return &s.Endpoints.Authorization })
	token := p.addressRow("endpoints.token",
		addressLabels{lang.L("Token host"), lang.L("Token path"), lang.L("Token URL")},
		func(s *auth.Service) *string { return &s.Endpoints.Token })
	g.rows = []*addressRow{auth1, token}
	g.fixed = widgets.NewColumn(12, auth1.object, token.object)
	g.addRevocation()
	g.addMore()
	g.metadata = widgets.NewColumn(0, widgets.NewCaption(lang.L("The addresses come from the metadata that the issuer publishes. When they change, you are asked before the next sign-in.")))
	p.add(radio, g.fixed, g.metadata)
	p.e.slots[auth.ServiceField("endpoints")] = p.e.slots[auth.ServiceField("endpoints.authorization")]
	g.show(way)
	return g
}

// addRevocation makes "Supports revocation" with its path. Its host is that of
// the token endpoint as a rule, and then is not asked for.
func (g *addressGroup) addRevocation() {
	p := g.p
	g.revPath = p.addressRow("endpoints.revocation",
		addressLabels{lang.L("Revoke host"), lang.L("Revoke path"), lang.L("Revoke URL")},
		func(s *auth.Service) *string { return &s.Endpoints.Revocation })
	g.revPath.sibling = func(s *auth.Service) *string { return &s.Endpoints.Token }
	g.revoke = widgets.NewCheck(p.e.u.icons, lang.L("Supports revocation"), func(on bool) {
		p.e.edit("endpoints.revocation", func(s *auth.Service) { s.Endpoints.Revocation = "" })
		setShown(g.revPath.object, on)
		g.revPath.fill(g.revPath.split.Hidden)
		g.revPath.follow()
		p.e.relayout()
		if on {
			p.e.u.window.Canvas().Focus(g.revPath.focus())
		}
	})
	g.revoke.SetChecked(p.e.m.draft.Endpoints.Revocation != "")
	g.revPath.object.Hidden = !g.revoke.Checked
	g.rows = append(g.rows, g.revPath)
	token := g.rows[1]
	token.onTyped = g.revPath.follow
	g.fixed.Add(widgets.NewBeside(16, 0.38, besideLeast, widgets.NewInset(8, 0, 0, 0, g.revoke), g.revPath.object))
}

// complete refuses a revocation that is ticked and has no path: without one it
// would go to the host's front page.
func (g *addressGroup) complete() {
	address := g.p.e.m.draft.Endpoints.Revocation
	if _, path := auth.SplitAddress(address); g.revoke.Checked && !g.p.e.m.draft.Discovery && (address == "" || path == "" && !g.revPath.split.Hidden) {
		g.p.e.refuse("endpoints.revocation", lang.L("Enter the address, or take the tick out."))
	}
}

// moreEndpoints are the addresses that few services need.
var moreEndpoints = []struct {
	name, label, hint string // English, the keys of the translations
	of                func(*auth.Endpoints) *string
}{
	{"endpoints.refresh", "Refresh token endpoint", "Only where refreshes go to another address than the token endpoint.", func(e *auth.Endpoints) *string { return &e.Refresh }},
	{"endpoints.introspection", "Introspection endpoint", "RFC 7662: asks whether a token is still in force.", func(e *auth.Endpoints) *string { return &e.Introspection }},
	{"endpoints.userinfo", "User info endpoint", "OpenID Connect: says who signed in.", func(e *auth.Endpoints) *string { return &e.UserInfo }},
	{"endpoints.jwks", "Key set (JWKS)", "The keys with which ID tokens are signed.", func(e *auth.Endpoints) *string { return &e.JWKS }},
	{"endpoints.device_authorization", "Device authorization endpoint", "RFC 8628: needed by the grant Device code.", func(e *auth.Endpoints) *string { return &e.Device }},
	{"endpoints.device_token", "Device token endpoint", "Only where a device code is polled at another address than the token endpoint.", func(e *auth.Endpoints) *string { return &e.DeviceToken }},
	{"endpoints.pushed_authorization_request", "Pushed authorization request endpoint", "RFC 9126.", func(e *auth.Endpoints) *string { return &e.PAR }},
	{"endpoints.registration", "Registration endpoint", "RFC 7591: makes a client on a click.", func(e *auth.Endpoints) *string { return &e.Registration }},
}

// addMore makes the fold with the other endpoints.
func (g *addressGroup) addMore() {
	p := g.p
	body := widgets.NewColumn(12)
	body.Hide()
	head := widgets.NewFoldHead(p.e.u.icons, lang.L("More endpoints"), "", func(open bool) {
		setShown(body, open)
		p.e.relayout()
	})
	p.fold = head
	caption := func() {
		var set []string
		for _, m := range moreEndpoints {
			if *m.of(&p.e.m.draft.Endpoints) != "" {
				set = append(set, strings.TrimSuffix(lang.L(m.label), " endpoint"))
			}
		}
		head.SetCaption(lang.L("none is set"))
		if len(set) > 0 {
			head.SetCaption(lang.L("set: {{.What}}", map[string]any{"What": strings.Join(set, ", ")}))
		}
	}
	for _, m := range moreEndpoints {
		of := func(s *auth.Service) *string {
			return m.of(&s.Endpoints)
		}
		w := p.text(m.name, lang.L(m.label), textKind{mono: true, hint: lang.L(m.hint)}, of)
		in := w.Control.(*widgets.Input)
		typed := in.Entry().OnChanged
		in.Entry().OnChanged = func(v string) { typed(v); caption() }
		body.Add(w.Object)
	}
	p.fold = nil
	caption()
	g.fixed.Add(widgets.NewInset(4, 0, 0, 0, widgets.NewRule(widgets.ColorNameLine)))
	g.fixed.Add(widgets.NewColumn(4, head, body))
}

// choose changes the way in which the addresses are given.
func (g *addressGroup) choose(way int) {
	p, s := g.p, &g.p.e.m.draft
	switch discovery := way == byIssuer; {
	case discovery && !s.Discovery:
		p.e.kept = s.Endpoints
		p.e.edit("discovery", func(s *auth.Service) { s.Discovery, s.Endpoints = true, auth.Endpoints{} })
		for _, row := range g.rows { // what could not be read is gone with the rest
			delete(p.e.m.unreadable, auth.ServiceField(row.name))
		}
	case !discovery && s.Discovery:
		p.e.edit("discovery", func(s *auth.Service) { s.Discovery, s.Endpoints = false, p.e.kept })
	}
	g.show(way)
	p.e.relayout()
}

// show shows the fields of one way.
func (g *addressGroup) show(way int) {
	g.fixed.Hidden, g.metadata.Hidden = way == byIssuer, way != byIssuer
	if way == byIssuer {
		return
	}
	for _, row := range g.rows {
		if _, wrong := g.p.e.m.unreadable[auth.ServiceField(row.name)]; !wrong {
			row.fill(way == byWholeURLs)
		}
	}
}
