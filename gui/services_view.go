package gui

import (
	"net/url"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// serviceView says what is known of a service of the catalog, to read only.
type serviceView struct {
	u      *ui
	entry  auth.ServiceEntry
	local  string // the address of the local server
	object fyne.CanvasObject
	tabs   *widgets.Tabs
	body   *fyne.Container
	parts  [4]fyne.CanvasObject // made when they are first shown
	styled [4]int               // what each knows of the changes of theme, see restyle
}

// The pages of the view.
const (
	viewFacts = iota
	viewScopes
	viewSpecial
	viewHelp
)

func newServiceView(u *ui, entry auth.ServiceEntry) *serviceView {
	v := &serviceView{u: u, entry: entry, local: u.engine.LocalServer().Issuer, body: container.NewStack()}
	s := entry.Service
	more := widgets.NewIconButton(u.icons.Icon("more"), lang.L("More commands"), nil)
	more.OnTapped = func() {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(more)
		u.openServiceMenu(entry, at.AddXY(28-menuRoom, 30))
	}
	about := lang.L("built in, read only; {{.Used}}", map[string]any{"Used": usedText(s.Provider, entry.Used)})
	head := widgets.NewInset(12, 20, 8, 24, widgets.NewRow(8, 0, true,
		widgets.NewColumn(1, widgets.NewTitle(s.Name).Shrinking(), widgets.NewSmallText(about).Shrinking()), more))
	v.tabs = widgets.NewTabs([]string{lang.L("Facts"), lang.L("Scopes"), lang.L("What is special here"), lang.L("Help text")}, v.show)
	v.tabs.SetNote(viewScopes, countNote(len(s.Scopes)))
	v.tabs.SetNote(viewSpecial, countNote(len(specials(s))))
	top := widgets.NewColumn(0, head, widgets.NewInset(0, 24, 0, 20, v.tabs), widgets.NewRule(widgets.ColorNameBorder))

	export := widgets.NewQuietButton(lang.L("Export…"), u.icons.Icon("download"), func() { u.exportService(s) })
	copyIt := widgets.NewButton(lang.L("Customise a copy"), nil, func() { u.copyOfService(s) })
	use := widgets.NewPrimaryButton(lang.L("New authorization with it"), nil, func() { u.authorizeWith(s.ID) })
	row := widgets.NewRow(8, 1, true, export, widgets.NewParagraph(""), copyIt, use)
	foot := widgets.NewStacked(widgets.NewPanel(widgets.ColorNameSurface, "", 0),
		widgets.NewColumn(0, widgets.NewRule(widgets.ColorNameLine), widgets.NewInset(11, 24, 12, 14, row)))
	v.object = container.New(headFootLayout{}, top, v.body, foot)
	v.show(viewFacts)
	return v
}

// show shows a page.
func (v *serviceView) show(i int) {
	if v.parts[i] == nil {
		column := []func() *fyne.Container{v.facts, v.scopes, v.special, v.help}[i]()
		box, _ := widgets.NewTallScroll(widgets.NewInset(16, 24, 24, 24, column), nil)
		v.parts[i], v.styled[i] = withoutShadows(box), v.u.themes.changes
	}
	v.body.Objects = []fyne.CanvasObject{v.parts[i]}
	v.body.Refresh()
	v.u.restyle(&v.styled[i])
}

// fact is one line of facts: what it is about at the left, and what is known.
func fact(label string, what ...fyne.CanvasObject) fyne.CanvasObject {
	return widgets.NewBeside(16, 0.26, 440, widgets.NewParagraph(label).Colored(widgets.ColorNameMuted), widgets.NewColumn(2, what...))
}

func monoLine(text string) fyne.CanvasObject {
	return widgets.NewParagraph(text).Styled(fyne.TextStyle{Monospace: true}).Sized(13, 19)
}

// facts are grants, addresses, redirect and lifetimes.
func (v *serviceView) facts() *fyne.Container {
	s := v.entry.Service
	column := widgets.NewColumn(12, widgets.NewParagraph(s.Description))
	add := func(label string, what ...fyne.CanvasObject) { column.Add(fact(label, what...)) }
	var methods []string
	for _, m := range s.ClientAuth {
		methods = append(methods, methodLabel(m))
	}
	add(lang.L("Grants"), widgets.NewParagraph(grantWords(s.Grants)))
	add(lang.L("Client authentication"), widgets.NewParagraph(strings.Join(methods, ", ")))
	add(lang.L("PKCE"), widgets.NewParagraph(pkceWord(s.PKCE)))
	v.addresses(column)
	add(lang.L("Redirect URI"), redirectFacts(s)...)
	add(lang.L("A refresh token comes"), widgets.NewParagraph(refreshWord(s)))
	add(lang.L("An access token lasts"), lifetimeFacts(s.AccessToken)...)
	add(lang.L("A sign-in lasts"), lifetimeFacts(s.Refresh.Lifetime)...)
	if s.ClientSecret != (auth.Lifetime{}) {
		add(lang.L("A client secret lasts"), lifetimeFacts(s.ClientSecret)...)
	}
	if len(s.Parameters) > 0 {
		var names []fyne.CanvasObject
		for _, p := range s.Parameters {
			if !p.Hidden {
				names = append(names, widgets.NewParagraph(p.Label), widgets.NewCaption(p.Help))
			}
		}
		add(lang.L("You fill in"), names...)
	}
	if len(s.Sources) > 0 {
		column.Add(widgets.NewRule(widgets.ColorNameLine))
		add(lang.L("Sources"), v.links(s.Sources)...)
	}
	return column
}

// addresses adds the endpoints, or where they come from.
func (v *serviceView) addresses(column *fyne.Container) {
	s := v.entry.Service
	switch {
	case s.OwnAddresses:
		column.Add(fact(lang.L("Addresses"), widgets.NewParagraph(lang.L("You enter them in each authorization."))))
	case s.Discovery:
		column.Add(fact(lang.L("Addresses"), widgets.NewParagraph(lang.L("Read from the issuer at each sign-in.")), monoLine(s.Issuer)))
	}
	e := &s.Endpoints
	for _, known := range []struct{ label, address string }{
		{lang.L("Authorization endpoint"), e.Authorization},
		{lang.L("Token endpoint"), e.Token},
		{lang.L("Revocation endpoint"), e.Revocation},
	} {
		if known.address != "" {
			column.Add(fact(known.label, v.addressLine(known.address)))
		}
	}
	for _, m := range moreEndpoints {
		if address := *m.of(e); address != "" {
			column.Add(fact(lang.L(m.label), v.addressLine(address)))
		}
	}
}

// addressLine is an address of the service. That of the local server is known,
// and its parameter is shown nowhere else.
func (v *serviceView) addressLine(address string) fyne.CanvasObject {
	if v.local != "" {
		address = strings.ReplaceAll(address, "{"+auth.LocalParam+"}", v.local)
	}
	return monoLine(address)
}

func redirectFacts(s auth.Service) []fyne.CanvasObject {
	facts := []fyne.CanvasObject{monoLine(auth.RedirectToRegister(s, 0))}
	if s.Redirect.Note != "" {
		facts = append(facts, widgets.NewCaption(s.Redirect.Note))
	}
	return facts
}

func lifetimeFacts(l auth.Lifetime) []fyne.CanvasObject {
	facts := []fyne.CanvasObject{widgets.NewParagraph(lifetimeText(l))}
	if l.Note != "" {
		facts = append(facts, widgets.NewCaption(l.Note))
	}
	return facts
}

func pkceWord(pkce string) string {
	for _, option := range pkceOptions() {
		if option.ID == pkce {
			return option.Label
		}
	}
	return pkce
}

func refreshWord(s auth.Service) string {
	for _, option := range needsOptions() {
		switch {
		case option.ID != s.Refresh.Needs:
		case option.ID == "scope":
			return lang.L("with the scope {{.Name}}", named(s.Refresh.Scope))
		default:
			return option.Label
		}
	}
	return s.Refresh.Needs
}

// links are addresses that open in the browser.
func (v *serviceView) links(addresses []string) []fyne.CanvasObject {
	var links []fyne.CanvasObject
	for _, address := range addresses {
		if link, ok := webPage(address); ok {
			links = append(links, widgets.NewWrap(0, widgets.NewLink(linkText(link), v.u.icons.Icon("external"), func() { v.u.openLink(link) })))
		}
	}
	return links
}

// linkText is a page's host and the end of its path.
func linkText(link *url.URL) string {
	path := strings.Trim(link.Path, "/")
	if i := strings.LastIndex(path, "/"); i >= 0 {
		path = "…/" + path[i+1:]
	}
	if path == "" {
		return link.Hostname()
	}
	if runes := []rune(path); len(runes) > 44 {
		path = string(runes[:42]) + "…"
	}
	return link.Hostname() + "/" + path
}

// scopes lists the permissions under their headings.
func (v *serviceView) scopes() *fyne.Container {
	column := widgets.NewColumn(0)
	group := ""
	for i, scope := range auth.ByGroup(v.entry.Service.Scopes) {
		if i == 0 || scope.Group != group {
			group = scope.Group
			column.Add(widgets.NewInset(8, 0, 2, 0, widgets.NewSmallText(group).Bold()))
		}
		line := widgets.NewEditLine(v.u.icons, scope.Description, scope.Name, scopeNote(scope), "")
		column.Add(line)
	}
	if len(v.entry.Service.Scopes) == 0 {
		column.Add(widgets.NewParagraph(lang.L("None is known. Each authorization can add scopes by their names.")))
	}
	return column
}

// help is what the form's help panel says.
func (v *serviceView) help() *fyne.Container {
	h := v.entry.Service.Help
	column := widgets.NewColumn(12, widgets.NewSteps(v.u.icons, 8, h.Steps...))
	for i, note := range h.Notes { // numbered: what is special about the service names them
		sign := widgets.NewInset(2, 2, 0, 2, widgets.NewGlyph(v.u.icons.Icon("info"), widgets.ColorNameAccent, 16))
		column.Add(widgets.NewRow(10, 1, false, sign,
			widgets.NewColumn(1, widgets.NewSmallText(lang.L("Note {{.N}}", number{i + 1})), widgets.NewParagraph(note))))
	}
	for _, page := range []struct{ label, address string }{
		{lang.L("Register an app"), h.RegisterURL}, {lang.L("Documentation"), h.DocsURL}, {lang.L("Take the consent back"), h.WithdrawURL},
	} {
		if links := v.links([]string{page.address}); len(links) > 0 {
			column.Add(fact(page.label, links...))
		}
	}
	return column
}
