package gui

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// moreFold is the part of the form that few need: how the secret is sent, the
// redirect port, notes.
type moreFold struct {
	p          *formParts
	object     *fyne.Container
	head       *widgets.FoldHead
	body       *fyne.Container
	method     *widgets.Select
	methodBox  *fyne.Container
	port       *widgets.Field
	portInput  *widgets.Input
	notesInput *widgets.Input
}

func newMoreFold(p *formParts) *moreFold {
	u := p.f.u
	o := &moreFold{p: p}
	o.method = widgets.NewSelect(u.icons, nil, "", func(id string) {
		p.f.edit(auth.FieldClientSecret, func(d *auth.Draft) { d.ClientAuth = auth.ClientAuth(id) })
	})
	method := widgets.NewField(u.icons, lang.L("Client authentication"), false, o.method)
	method.SetHint(lang.L("How the secret is sent to the token endpoint."))
	o.methodBox = method.Object
	o.portInput = widgets.NewInput("", true)
	o.portInput.Entry().OnChanged = o.setPort
	p.watch(auth.FieldPort, o.portInput)
	o.port = p.add(auth.FieldPort, widgets.NewField(u.icons, lang.L("Redirect port"), false, o.portInput))
	o.notesInput = widgets.NewTextArea(lang.L("For yourself: what it is for, who owns the app, when the secret ends"), 3)
	o.notesInput.SetText(p.f.m.draft.Notes)
	o.notesInput.Entry().OnChanged = func(v string) {
		p.f.edit(auth.FieldNotes, func(d *auth.Draft) { d.Notes = v })
	}
	p.watch(auth.FieldNotes, o.notesInput)
	notes := p.add(auth.FieldNotes, widgets.NewField(u.icons, lang.L("Notes"), false, o.notesInput))
	o.body = widgets.NewColumn(12, o.methodBox, o.port.Object, notes.Object)
	o.body.Hide()
	o.head = widgets.NewFoldHead(u.icons, lang.L("More"), "", func(open bool) {
		o.body.Hidden = !open
		p.f.relayout()
	})
	o.object = widgets.NewColumn(4, o.head, o.body)
	return o
}

// open unfolds it.
func (o *moreFold) open() { o.head.SetOpen(true) }

// rebuild takes choices and placeholders from the service.
func (o *moreFold) rebuild() {
	m := o.p.f.m
	var options []widgets.Option
	for _, method := range m.secretMethods() {
		options = append(options, widgets.Option{ID: string(method), Label: methodLabel(method)})
	}
	chosen := m.draft.ClientAuth
	if chosen == "" && len(options) > 0 {
		chosen = auth.ClientAuth(options[0].ID)
	}
	o.method.SetOptions(options, string(chosen))
	o.p.filling = true
	o.portInput.SetText(portText(m.draft.Port))
	o.p.filling = false
	switch m.svc.Redirect.Port {
	case auth.PortFixed:
		o.portInput.SetPlaceHolder(strconv.Itoa(auth.DefaultRedirectPort))
		o.port.SetHint(lang.L("The port of the redirect URI that is registered at the service."))
	default:
		o.portInput.SetPlaceHolder(lang.L("any free port"))
		o.port.SetHint(lang.L("The service accepts any port; leave it empty unless yours has to be a certain one."))
	}
}

// show hides what does not apply.
func (o *moreFold) show() {
	m := o.p.f.m
	choice := !m.draft.Public && len(m.secretMethods()) > 1
	if o.methodBox.Visible() != choice {
		setShown(o.methodBox, choice)
		o.p.f.stale = true
	}
	caption := lang.L("redirect port, notes")
	if choice {
		caption = lang.L("client authentication, redirect port, notes")
	}
	o.head.SetCaption(caption)
	if _, wrong := m.errorOf(auth.FieldPort); wrong {
		o.open()
	}
}

// setPort takes what was typed; what is no number counts as a port that no
// computer has, which the check refuses.
func (o *moreFold) setPort(typed string) {
	if o.p.filling {
		return
	}
	typed = strings.TrimSpace(typed)
	port, err := strconv.Atoi(typed)
	switch {
	case typed == "":
		port = 0
	case err != nil || port == 0:
		port = -1
	}
	o.p.f.edit(auth.FieldPort, func(d *auth.Draft) { d.Port = port })
}

func methodLabel(method auth.ClientAuth) string {
	switch method {
	case auth.ClientAuthBasic:
		return lang.L("Basic header")
	case auth.ClientAuthPost:
		return lang.L("Request body")
	default:
		return string(method)
	}
}
