package gui

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// formParts are the fields of the form's column, from top to bottom.
type formParts struct {
	f      *form
	object *fyne.Container
	fields map[auth.Field]*widgets.Field // those that are on the screen

	name, service, grant *widgets.Field
	serviceSelect        *widgets.Select
	grantSelect          *widgets.Select
	practice             *fyne.Container
	own                  *fyne.Container // OAuth2 Endpoint and OAuth2 Token
	params               *fyne.Container // parameters and grant
	clientID             *widgets.Field
	clientIDInput        *widgets.Input
	public               *widgets.Check
	secrets              *fyne.Container
	secret, confirmation *widgets.SecretField
	secretHint           *widgets.Paragraph
	more                 *moreFold
	filling              bool // values are set by the program, not typed
}

func newFormParts(f *form) *formParts {
	p := &formParts{f: f, fields: map[auth.Field]*widgets.Field{}}
	d := f.m.draft
	p.name = p.textField(auth.FieldName, lang.L("Friendly name"), false, "", d.Name,
		func(d *auth.Draft, v string) { d.Name = v })
	p.serviceSelect = widgets.NewSelect(f.u.icons, serviceOptions(f.m.services), d.ServiceID, f.setService)
	p.serviceSelect.Filter = lang.L("Find a service")
	p.serviceSelect.Nothing = lang.L("No service has this name. “Other” lets you enter the addresses.")
	p.service = p.add(auth.FieldService, widgets.NewField(f.u.icons, lang.L("Authorization service"), true, p.serviceSelect))
	p.grantSelect = widgets.NewSelect(f.u.icons, nil, "", nil)
	p.grant = p.add(auth.FieldGrant, widgets.NewField(f.u.icons, lang.L("Grant"), true, p.grantSelect))
	p.own, p.params = widgets.NewColumn(12), widgets.NewColumn(12)
	p.clientID = p.textField(auth.FieldClientID, lang.L("Client ID"), true, "", d.ClientID,
		func(d *auth.Draft, v string) { d.ClientID = v })
	p.clientIDInput = p.clientID.Control.(*widgets.Input)
	p.public = widgets.NewCheck(f.u.icons, lang.L("This app has no secret"), p.setPublic)
	p.makeSecrets()
	p.practice = p.makePractice()
	p.more = newMoreFold(p)
	p.object = widgets.NewColumn(12, p.name.Object, p.service.Object, p.practice, p.own, p.params,
		p.clientID.Object, p.public, p.secrets, widgets.NewInset(2, 0, 0, 0, widgets.NewRule(widgets.ColorNameLine)), p.more.object)
	p.rebuild()
	return p
}

// add keeps a field to be found by its name.
func (p *formParts) add(field auth.Field, w *widgets.Field) *widgets.Field {
	w.OnHeight = func() { p.f.stale = true }
	p.fields[field] = w
	return w
}

// control returns what takes the focus for a field; nil when it is not shown.
func (p *formParts) control(field auth.Field) widgets.Control {
	if field == auth.FieldScopes {
		return p.f.scopes.filter
	}
	if w, ok := p.fields[field]; ok {
		if field == auth.FieldPort || field == auth.FieldNotes {
			p.more.open()
		}
		return w.Control
	}
	return nil
}

// textField makes a required field for a text of the draft.
func (p *formParts) textField(field auth.Field, label string, mono bool, placeholder, value string, set func(*auth.Draft, string)) *widgets.Field {
	in := widgets.NewInput(placeholder, mono)
	in.SetText(value)
	in.Entry().OnChanged = func(v string) {
		if !p.filling {
			p.f.edit(field, func(d *auth.Draft) { set(d, v) })
		}
	}
	p.watch(field, in)
	return p.add(field, widgets.NewField(p.f.u.icons, label, true, in))
}

// watch scrolls to an input that gets the focus and checks when it is left.
func (p *formParts) watch(field auth.Field, in *widgets.Input) {
	in.OnFocus = func(gained bool) {
		if gained {
			p.f.reveal(in)
			return
		}
		p.f.left(field)
	}
}

// serviceOptions are the services under the headings of their providers.
func serviceOptions(services []auth.Service) []widgets.Option {
	options := make([]widgets.Option, 0, len(services))
	for _, s := range services {
		options = append(options, widgets.Option{
			ID: s.ID, Label: s.Name, Group: s.Provider, Words: s.Category + " " + s.Description,
		})
	}
	return options
}

// rebuild makes the fields that hang on the service.
func (p *formParts) rebuild() {
	f, d := p.f, p.f.m.draft
	for field := range p.fields {
		if len(field) > 6 && field[:6] == "param:" {
			delete(p.fields, field)
		}
	}
	delete(p.fields, auth.FieldOwnAuthorization)
	delete(p.fields, auth.FieldOwnToken)
	p.own.Objects = nil
	if f.m.svc.OwnAddresses {
		p.own.Objects = []fyne.CanvasObject{
			p.addressField(auth.FieldOwnAuthorization, lang.L("OAuth2 Endpoint"), ownAuthorizationExample, d.OwnAuthorization,
				func(d *auth.Draft, v string) { d.OwnAuthorization = v }),
			p.addressField(auth.FieldOwnToken, lang.L("OAuth2 Token"), ownTokenExample, d.OwnToken,
				func(d *auth.Draft, v string) { d.OwnToken = v }),
		}
	}
	p.own.Hidden = len(p.own.Objects) == 0
	p.practice.Hidden = d.ServiceID != auth.LocalServiceID
	p.layParams()
	p.grantSelect.SetOptions(grantOptions(f.m.svc), string(d.Grant))
	p.public.SetChecked(d.Public)
	p.more.rebuild()
}

// The examples in the fields of a service whose addresses the user enters.
const (
	ownAuthorizationExample = "https://login.microsoftonline.com/<tenant-id>/oauth2/v2.0/authorize"
	ownTokenExample         = "https://login.microsoftonline.com/<tenant-id>/oauth2/v2.0/token"
)

// addressField makes a field for one of the two addresses.
func (p *formParts) addressField(field auth.Field, label, example, value string, set func(*auth.Draft, string)) fyne.CanvasObject {
	w := p.textField(field, label, true, example, value, set)
	w.SetHint(lang.L("For example {{.Address}}", map[string]any{"Address": example}))
	return w.Object
}

// layParams puts the parameters and the grant into lines of two; an address
// has a line of its own.
func (p *formParts) layParams() {
	p.params.Objects = nil
	line := []fyne.CanvasObject{}
	hint := ""
	flush := func() {
		if len(line) > 0 {
			group := widgets.NewColumn(4, widgets.NewEvenRow(12, line...))
			if hint != "" {
				group.Add(widgets.NewCaption(hint))
			}
			p.params.Add(group)
		}
		line, hint = nil, ""
	}
	for _, param := range p.f.m.shownParams() {
		name := param.Name
		w := p.textField(auth.ParamField(name), param.Label, false, param.Placeholder, p.f.m.draft.Params[name],
			func(_ *auth.Draft, v string) { p.f.m.setParam(name, v) })
		if param.URL {
			flush()
			w.SetHint(param.Help)
			p.params.Add(w.Object)
			continue
		}
		if len(line) == 2 {
			flush()
		}
		line = append(line, w.Object)
		if hint != "" && param.Help != "" {
			hint += " "
		}
		hint += param.Help
	}
	if len(line) == 2 {
		flush()
	}
	line = append(line, p.grant.Object)
	flush()
}

// grantOptions are the grants that both the service and the program know.
func grantOptions(svc auth.Service) []widgets.Option {
	var options []widgets.Option
	for _, info := range auth.Grants {
		for _, offered := range svc.Grants {
			if offered == info.ID {
				options = append(options, widgets.Option{ID: string(info.ID), Label: lang.L(info.Label)})
			}
		}
	}
	return options
}

func (p *formParts) makeSecrets() {
	u, d := p.f.u, p.f.m.draft
	p.secret = widgets.NewSecretField(u.icons, lang.L("Client secret"), true, true, lang.L("Show the secret (F2)"), lang.L("Hide the secret (F2)"))
	p.confirmation = widgets.NewSecretField(u.icons, lang.L("Client secret confirmation"), true, false, "", "")
	p.secret.Input.SetText(d.ClientSecret.Reveal())
	p.confirmation.Input.SetText(d.Confirmation.Reveal())
	p.add(auth.FieldClientSecret, p.secret.Field)
	p.add(auth.FieldConfirmation, p.confirmation.Field)
	p.secret.Input.Entry().OnChanged = func(v string) {
		p.f.edit(auth.FieldClientSecret, func(d *auth.Draft) { d.ClientSecret = auth.NewSecret(v) })
	}
	p.confirmation.Input.Entry().OnChanged = func(v string) {
		// Not called wrong while it may still become right by typing on.
		p.f.m.draft.Confirmation = auth.NewSecret(v)
		if !p.f.m.typingConfirmation() || p.f.m.secretsEqual() {
			p.f.m.touch(auth.FieldConfirmation)
		}
		p.f.changed()
	}
	p.watch(auth.FieldClientSecret, p.secret.Input)
	p.watch(auth.FieldConfirmation, p.confirmation.Input)
	p.secretHint = widgets.NewCaption("")
	p.secrets = widgets.NewColumn(4, widgets.NewEvenRow(12, p.secret.Object, p.confirmation.Object), p.secretHint)
}

func (p *formParts) setPublic(on bool) {
	p.f.edit(auth.FieldClientSecret, func(d *auth.Draft) { d.Public = on })
}

// makePractice makes the line of the local server: one click fills in its
// client, and the account to sign in with.
func (p *formParts) makePractice() *fyne.Container {
	u := p.f.u
	local := u.engine.LocalServer()
	if local.ClientID == "" || !local.Running {
		reason := local.Problem
		if reason == "" {
			reason = lang.L("The local server does not run.")
		}
		return widgets.NewWarning(u.icons, widgets.NewParagraph(reason), nil)
	}
	use := widgets.NewButton(lang.L("Use the practice client"), u.icons.Icon("server"), func() { p.usePractice(u.engine.LocalServer()) })
	use.Small = true
	account := widgets.NewCaption(lang.L("Sign in there as {{.User}}", map[string]any{"User": local.User}))
	password := widgets.NewSmallLink(lang.L("Copy password"), u.icons.Icon("copy"), func() {
		u.copySecret(u.engine.LocalServer().Password)
		u.toast(lang.L("Password copied. The clipboard is cleared in 10 seconds."), "", nil)
	})
	return widgets.NewRow(12, 1, true, use, account, password)
}

// usePractice fills in ID, secret and confirmation of the practice client.
func (p *formParts) usePractice(local auth.LocalInfo) {
	p.filling = true
	p.clientIDInput.SetText(local.ClientID)
	p.filling = false
	p.public.SetChecked(false)
	p.f.edit(auth.FieldClientID, func(d *auth.Draft) {
		d.ClientID, d.Public = local.ClientID, false
		d.ClientSecret, d.Confirmation = local.ClientSecret, local.ClientSecret
	})
	p.secret.Input.SetText(local.ClientSecret.Reveal())
	p.confirmation.Input.SetText(local.ClientSecret.Reveal())
}

// show brings the fields to what the model says.
func (p *formParts) show() {
	m := p.f.m
	for field, w := range p.fields {
		message := ""
		e, wrong := m.errorOf(field)
		if wrong {
			message = told(e.Message)
		}
		w.SetError(message)
		switch {
		case wrong:
			w.SetMark(widgets.MarkBad)
			p.offer(field, w, e.Fix)
		case field == auth.FieldName && m.nameFree():
			w.SetMark(widgets.MarkGood)
			w.SetNote(lang.L("free to use"))
		case field == auth.FieldConfirmation && !m.draft.Confirmation.Empty() && m.secretsEqual():
			w.SetMark(widgets.MarkGood)
		default:
			w.SetMark(widgets.MarkNone)
			w.SetNote("")
		}
	}
	p.showSecrets()
	p.more.show()
}

// offer shows the value that would be accepted as a link.
func (p *formParts) offer(field auth.Field, w *widgets.Field, fix string) {
	in, ok := w.Control.(*widgets.Input)
	if fix == "" || !ok || field == auth.FieldClientSecret {
		w.SetNote("")
		return
	}
	w.SetFix(lang.L("Use “{{.Value}}”", map[string]any{"Value": fix}), func() { in.SetText(fix) })
}

// showSecrets shows the switch and the fields of the secret as the service and
// the mode have it.
func (p *formParts) showSecrets() {
	m := p.f.m
	caption := lang.L("On for an app that is registered as a desktop program (public client).")
	switch {
	case m.publicOnly():
		p.public.Disable()
		caption = lang.L("{{.Service}} gives a desktop program no secret.", map[string]any{"Service": m.svc.Name})
	case !m.publicAllowed() && !m.draft.Public:
		p.public.Disable()
		caption = lang.L("{{.Service}} gives every app a secret.", map[string]any{"Service": m.svc.Name})
	default:
		p.public.Enable()
	}
	p.public.SetCaption(caption)
	p.public.SetChecked(m.draft.Public)
	if p.secrets.Visible() == m.draft.Public {
		setShown(p.secrets, !m.draft.Public)
		p.f.stale = true
	}
	hint := ""
	if m.keepsSecret() {
		hint = lang.L("Leave both empty to keep the stored secret.")
	}
	p.secretHint.SetText(hint)
	setShown(p.secretHint, hint != "")
	p.secret.SetRequired(hint == "")
	p.confirmation.SetRequired(hint == "")
	if m.draft.Public {
		p.secret.Mask()
	}
}

// portText is a port as it stands in its field.
func portText(port int) string {
	if port == 0 {
		return ""
	}
	return strconv.Itoa(port)
}
