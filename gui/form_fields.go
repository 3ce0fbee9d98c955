package gui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// formParts are the fields of the form's column, from top to bottom.
type formParts struct {
	f      *form
	object *fyne.Container
	fields map[auth.Field]*widgets.Field // those that are on the screen
	values map[auth.Field]valueField     // those of them that are plain values

	name, service, grant *widgets.Field
	serviceSelect        *widgets.Select
	grantSelect          *widgets.Select
	practice             *fyne.Container
	practiceRuns         bool            // as practice says
	own                  *fyne.Container // the addresses that the user enters
	params               *fyne.Container // parameters and grant
	warning              *fyne.Container // of a grant that is less secure
	warningText          *widgets.Paragraph
	clientID             *widgets.Field
	clientIDInput        *widgets.Input
	register             *widgets.Button
	registerRow          *fyne.Container
	public               *widgets.Check
	secrets              *fyne.Container
	secret, confirmation *widgets.SecretField
	secretHint           *widgets.Paragraph
	proof                *fyne.Container // says where the app's key stands, when that takes the secret's place
	grantValues          *fyne.Container // the grant's own fields
	auto                 *widgets.Check
	rule                 *fyne.Container
	more                 *moreFold
	filling              bool // values are set by the program, not typed
}

func newFormParts(f *form) *formParts {
	p := &formParts{f: f, fields: map[auth.Field]*widgets.Field{}, values: map[auth.Field]valueField{}}
	d := f.m.draft
	p.name = p.textField(auth.FieldName, lang.L("Friendly name"), false, "", d.Name,
		func(d *auth.Draft, v string) { d.Name = v })
	p.serviceSelect = widgets.NewSelect(f.u.icons, nil, d.ServiceID, f.setService)
	p.serviceSelect.Filter = lang.L("Find a service")
	p.serviceSelect.Nothing = lang.L("No service has this name. “Other” lets you enter the addresses.")
	p.fillPicker()
	p.service = p.add(auth.FieldService, widgets.NewField(f.u.icons, lang.L("Authorization service"), true, p.serviceSelect))
	p.grantSelect = widgets.NewSelect(f.u.icons, nil, "", f.setGrant)
	p.grant = p.add(auth.FieldGrant, widgets.NewField(f.u.icons, lang.L("Grant"), true, p.grantSelect))
	p.own, p.params, p.grantValues = widgets.NewColumn(12), widgets.NewColumn(12), widgets.NewColumn(12)
	p.warningText = widgets.NewParagraph("")
	p.warning = widgets.NewWarning(f.u.icons, p.warningText, nil)
	p.clientID = p.textField(auth.FieldClientID, lang.L("Client ID"), true, "", d.ClientID,
		func(d *auth.Draft, v string) { d.ClientID = v })
	p.clientIDInput = p.clientID.Control.(*widgets.Input)
	p.public = widgets.NewCheck(f.u.icons, lang.L("This app has no secret"), p.setPublic)
	p.makeRegister()
	p.makeSecrets()
	local := f.u.engine.LocalServer()
	p.practiceRuns = practiceRuns(local)
	p.practice = container.NewStack(p.makePractice(local))
	p.auto = widgets.NewCheck(f.u.icons, lang.L("Auto-refresh token"), func(on bool) {
		f.m.setAutoRefresh(on)
		f.changed()
	})
	p.rule = widgets.NewInset(2, 0, 0, 0, widgets.NewRule(widgets.ColorNameLine))
	p.more = newMoreFold(p)
	p.object = widgets.NewColumn(12)
	p.rebuild()
	return p
}

// order puts the parts below each other. What a grant can do without, such as
// the client of a password grant, comes after what it needs.
func (p *formParts) order() {
	client := []fyne.CanvasObject{p.clientID.Object, p.registerRow, p.public, p.secrets, p.proof}
	own := []fyne.CanvasObject{p.grantValues}
	if p.f.m.info().Client == auth.NeedOptional {
		client, own = own, client
	}
	p.object.Objects = slices.Concat(
		[]fyne.CanvasObject{p.name.Object, p.service.Object, p.practice, p.own, p.params, p.warning}, client, own,
		[]fyne.CanvasObject{p.auto, p.rule, p.more.object},
	)
}

// add keeps a field to be found by its name.
func (p *formParts) add(field auth.Field, w *widgets.Field) *widgets.Field {
	w.OnHeight = func() { p.f.stale = true }
	p.fields[field] = w
	return w
}

// drop forgets the fields that are made anew.
func (p *formParts) drop(fields ...auth.Field) {
	for _, field := range fields {
		delete(p.fields, field)
		delete(p.values, field)
	}
}

// control returns what takes the focus for a field; nil when it is not shown.
func (p *formParts) control(field auth.Field) widgets.Control {
	if field == auth.FieldScopes {
		return p.f.scopes.filter
	}
	if p.more.has(field) {
		p.more.open()
	}
	if w, ok := p.fields[field]; ok {
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

// watch checks when an input is left.
func (p *formParts) watch(field auth.Field, in *widgets.Input) {
	focus := p.focusIn(field)
	in.OnFocus = func(gained bool) { focus(in, gained) }
	in.SetWheel(p.f.wheel)
}

// focusIn does so for one of several inputs of a field.
func (p *formParts) focusIn(field auth.Field) func(in *widgets.Input, gained bool) {
	return func(_ *widgets.Input, gained bool) {
		if !gained {
			p.f.left(field)
		}
	}
}

// rebuild makes the fields that hang on service and grant.
func (p *formParts) rebuild() {
	m := p.f.m
	p.layAddresses()
	p.layParams()
	info := m.info()
	p.practice.Hidden = m.draft.ServiceID != auth.LocalServiceID || info.Client == auth.NeedNone
	p.grantSelect.SetOptions(grantOptions(m.grants()), string(m.draft.Grant))
	p.warning.Hidden = info.Warning == ""
	p.warningText.SetText(told(info.Warning))
	p.clientID.Object.Hidden = info.Client == auth.NeedNone
	p.clientID.SetRequired(info.Client == auth.NeedRequired)
	p.filling = true // a client ID or a secret that was typed for another service stays
	p.clientIDInput.SetText(m.draft.ClientID)
	p.filling = false
	for field := range p.values {
		p.drop(field)
	}
	p.grantValues.Objects = p.valueColumn(info.Fields)
	p.drop(auth.FieldTokenParams)
	if m.paramsUpFront() {
		p.grantValues.Objects = append(p.grantValues.Objects, p.tokenParams())
	}
	p.grantValues.Hidden = len(p.grantValues.Objects) == 0
	p.order()
	p.more.rebuild()
}

// show brings the fields to what the model says.
func (p *formParts) show() {
	m := p.f.m
	wrong := map[auth.Field]auth.FieldError{}
	for _, e := range m.visible() {
		wrong[e.Field] = e
	}
	for field := range wrong {
		if p.more.has(field) {
			p.more.open()
		}
	}
	for field, w := range p.fields {
		p.showField(field, w, wrong)
	}
	p.showRegister()
	p.showSecrets()
	p.showValues()
	p.showAuto()
	p.more.show()
}

// showField brings one field to what was found about it.
func (p *formParts) showField(field auth.Field, w *widgets.Field, found map[auth.Field]auth.FieldError) {
	m := p.f.m
	e, wrong := found[field]
	message := m.refused[field] // the latest that happened there
	if wrong && message == "" {
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

// offer shows the value that would be accepted as a link.
func (p *formParts) offer(field auth.Field, w *widgets.Field, fix string) {
	in, ok := w.Control.(*widgets.Input)
	if fix == "" || !ok || field == auth.FieldClientSecret {
		w.SetNote("")
		return
	}
	w.SetFix(lang.L("Use “{{.Value}}”", map[string]any{"Value": fix}), func() { in.SetText(fix) })
}

// showAuto says what automatic refresh needs, and switches it off where nothing
// can be refreshed.
func (p *formParts) showAuto() {
	m := p.f.m
	scope := map[string]any{"Scope": m.svc.Refresh.Scope, "Service": m.svc.Name}
	caption := lang.L("Before a token ends, a new one is fetched.")
	switch renewal := m.info().Renewal; {
	case renewal == auth.RenewNever:
		caption = lang.L("Nothing renews this token: enter a new one when it has ended.")
	case !m.renews():
		caption = lang.L("{{.Service}} gives no refresh token.", scope)
	case renewal == auth.RenewAsk:
		caption = lang.L("Before a token ends, the program asks for a new one in the same way.")
	case !m.info().Scopes || m.svc.Refresh.Needs != "scope":
	case m.missingRefreshScope() == "":
		caption = lang.L("Needs {{.Scope}}, which is chosen.", scope)
	default:
		caption = lang.L("Needs {{.Scope}}, which is not chosen.", scope)
	}
	if m.renews() {
		p.auto.Enable()
	} else {
		p.auto.Disable()
	}
	p.auto.SetChecked(m.renews() && m.draft.AutoRefresh)
	if p.auto.Caption != caption {
		p.auto.SetCaption(caption)
		p.f.stale = true
	}
}
