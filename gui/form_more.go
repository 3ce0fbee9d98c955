package gui

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// moreFold is the part of the form that few need. Its fields are made when it
// is opened.
type moreFold struct {
	p      *formParts
	object *fyne.Container
	head   *widgets.FoldHead
	body   *fyne.Container
	made   []auth.Field // the fields that are on the screen
	stale  bool         // the fields are those of another service or grant
	method *widgets.Select
}

func newMoreFold(p *formParts) *moreFold {
	o := &moreFold{p: p, stale: true}
	o.body = widgets.NewColumn(12)
	o.body.Hide()
	o.head = widgets.NewFoldHead(p.f.u.icons, lang.L("More"), "", func(open bool) {
		o.body.Hidden = !open
		if open {
			o.make()
		}
		p.f.stale = true
		p.f.show()
	})
	o.object = widgets.NewColumn(4, o.head, o.body)
	return o
}

// open unfolds it.
func (o *moreFold) open() { o.head.SetOpen(true) }

// has tells whether a field stands here, open or not.
func (o *moreFold) has(field auth.Field) bool { return containsField(o.p.f.m.moreFields(), field) }

// rebuild has the fields made anew for another service or grant.
func (o *moreFold) rebuild() {
	o.p.drop(o.made...)
	o.made, o.stale, o.method = nil, true, nil
	o.body.Objects = nil
	if o.head.Open() {
		o.make()
	}
}

// make makes the fields, under a heading for each group.
func (o *moreFold) make() {
	if !o.stale {
		return
	}
	o.stale = false
	p, m := o.p, o.p.f.m
	o.made = m.moreFields()
	info := m.info()
	if info.Request {
		o.section(lang.L("Client authentication"), o.clientAuth()...)
	}
	if info.Sign {
		o.section(lang.L("Sign-in"), o.port(), p.pairs(auth.FieldAuthParams, lang.L("Authorization-endpoint parameters"),
			lang.L("Sent with the address that the browser opens, beside the service's own."),
			lang.L("Add a parameter"), func(d *auth.Draft) *[]auth.Pair { return &d.AuthParams }))
	}
	if info.Request {
		var request []fyne.CanvasObject
		if !m.paramsUpFront() {
			request = append(request, p.tokenParams())
		}
		request = append(request,
			p.names(auth.FieldOmitFields, lang.L("Body fields to leave out"), "audience",
				lang.L("Names of parameters that this service refuses."),
				func(d *auth.Draft) *[]string { return &d.OmitFields }),
			p.pairs(auth.FieldHeaders, lang.L("Extra headers"), "",
				lang.L("Add a header"), func(d *auth.Draft) *[]auth.Pair { return &d.Headers }),
			p.names(auth.FieldOmitHeaders, lang.L("Headers to leave out"), "Authorization",
				lang.L("Names of headers that this service refuses."),
				func(d *auth.Draft) *[]string { return &d.OmitHeaders }))
		o.section(lang.L("Token request"), request...)
	}
	if m.renews() {
		o.section(lang.L("Refresh"), o.limit())
	}
	if fields := m.connectionFields(); len(fields) > 0 {
		o.section(lang.L("Connection"), p.valueColumn(fields)...)
	}
	o.body.Add(widgets.NewRule(widgets.ColorNameLine))
	o.body.Add(o.notes())
}

// section adds a group with its heading; none without a field.
func (o *moreFold) section(title string, fields ...fyne.CanvasObject) {
	if len(fields) == 0 {
		return
	}
	top := float32(12)
	if len(o.body.Objects) == 0 {
		top = 0
	}
	o.body.Add(widgets.NewInset(top, 0, 0, 0, widgets.NewText(title).Bold()))
	for _, field := range fields {
		o.body.Add(field)
	}
}

// clientAuth makes the choice of the method and the fields that it needs.
func (o *moreFold) clientAuth() []fyne.CanvasObject {
	p, m := o.p, o.p.f.m
	var column []fyne.CanvasObject
	if methods := m.methods(); len(methods) > 1 {
		options := make([]widgets.Option, len(methods))
		for i, method := range methods {
			options[i] = widgets.Option{ID: string(method), Label: methodLabel(method)}
		}
		o.method = widgets.NewSelect(p.f.u.icons, options, string(m.method()), func(id string) {
			m.setMethod(auth.ClientAuth(id))
			m.edited(auth.FieldClientAuth)
			p.f.stale = true
			o.rebuild()
			p.f.changed()
		})
		w := p.add(auth.FieldClientAuth, widgets.NewField(p.f.u.icons, lang.L("Method"), false, o.method))
		w.SetHint(lang.L("How the app proves to the token endpoint that it is itself."))
		column = append(column, w.Object)
	}
	return append(column, p.valueColumn(m.methodFields())...)
}

func (o *moreFold) port() fyne.CanvasObject {
	p, m := o.p, o.p.f.m
	in := widgets.NewInput("", true)
	in.SetText(portText(m.draft.Port))
	in.Entry().OnChanged = func(typed string) {
		p.f.edit(auth.FieldPort, func(d *auth.Draft) { d.Port = countOf(typed) })
	}
	p.watch(auth.FieldPort, in)
	w := p.add(auth.FieldPort, widgets.NewField(p.f.u.icons, lang.L("Redirect port"), false, in))
	if m.svc.Redirect.Port == auth.PortFixed {
		in.SetPlaceHolder(strconv.Itoa(auth.DefaultRedirectPort))
		w.SetHint(lang.L("The port of the redirect URI that is registered at the service."))
	} else {
		in.SetPlaceHolder(lang.L("any free port"))
		w.SetHint(lang.L("The service accepts any port; leave it empty unless yours has to be a certain one."))
	}
	return w.Object
}

func (o *moreFold) limit() fyne.CanvasObject {
	p := o.p
	in := widgets.NewInput(lang.L("Unlimited"), false)
	in.SetText(portText(p.f.m.draft.RefreshLimit))
	in.Entry().OnChanged = func(typed string) {
		p.f.edit(auth.FieldRefreshLimit, func(d *auth.Draft) { d.RefreshLimit = countOf(typed) })
	}
	p.watch(auth.FieldRefreshLimit, in)
	w := p.add(auth.FieldRefreshLimit, widgets.NewField(p.f.u.icons, lang.L("Refresh limit"), false, in))
	w.SetHint(lang.L("How many refreshes until you sign in again. Empty: any number."))
	return w.Object
}

func (o *moreFold) notes() fyne.CanvasObject {
	p := o.p
	in := widgets.NewTextArea(lang.L("For yourself: what it is for, who owns the app, when the secret ends"), 3)
	in.SetText(p.f.m.draft.Notes)
	in.Entry().OnChanged = func(v string) {
		p.f.edit(auth.FieldNotes, func(d *auth.Draft) { d.Notes = v })
	}
	p.watch(auth.FieldNotes, in)
	return p.add(auth.FieldNotes, widgets.NewField(p.f.u.icons, lang.L("Notes"), false, in)).Object
}

// show brings the method to what the model says, and says in the head what is
// in here.
func (o *moreFold) show() {
	m := o.p.f.m
	if o.method != nil && o.method.Selected() != string(m.method()) {
		o.p.f.stale = true
		o.rebuild() // the switch "This app has no secret" has changed it
	}
	o.head.SetCaption(o.caption())
}

// caption names what is set, or what there is to set.
func (o *moreFold) caption() string {
	m := o.p.f.m
	d := m.outgoing()
	var set []string
	count := func(n int, one, more string) {
		switch {
		case n == 1:
			set = append(set, lang.L(one))
		case n > 1:
			set = append(set, lang.L(more, number{n}))
		}
	}
	count(len(d.AuthParams)+len(d.TokenParams), "1 parameter", "{{.N}} parameters")
	count(len(d.Headers), "1 header", "{{.N}} headers")
	count(len(d.OmitHeaders)+len(d.OmitFields), "1 left out", "{{.N}} left out")
	if len(set) > 0 {
		return lang.L("set: {{.What}}", map[string]any{"What": strings.Join(set, ", ")})
	}
	switch info := m.info(); {
	case info.Sign:
		return lang.L("client authentication, parameters, headers, redirect, notes")
	case info.Request:
		return lang.L("client authentication, parameters, headers, connection, notes")
	default:
		return lang.L("notes")
	}
}

// countOf reads a whole number; "" is 0. What is no number counts as one that
// no field accepts, so that the check says so.
func countOf(typed string) int {
	typed = strings.TrimSpace(typed)
	n, err := strconv.Atoi(typed)
	switch {
	case typed == "":
		return 0
	case err != nil || n == 0:
		return -1
	}
	return n
}

// portText is a number as it stands in its field; 0 is an empty one.
func portText(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func methodLabel(method auth.ClientAuth) string {
	switch method {
	case auth.ClientAuthBasic:
		return lang.L("Secret in the Basic header")
	case auth.ClientAuthPost:
		return lang.L("Secret in the request body")
	case auth.ClientAuthSecretJWT:
		return lang.L("Assertion signed with the secret")
	case auth.ClientAuthPrivateKeyJWT:
		return lang.L("Assertion signed with a private key")
	case auth.ClientAuthTLS:
		return lang.L("Certificate from an authority (mutual TLS)")
	case auth.ClientAuthSelfSignedTLS:
		return lang.L("Certificate registered at the service (mutual TLS)")
	case auth.ClientAuthNone:
		return lang.L("None: this app has no secret")
	default:
		return string(method)
	}
}
