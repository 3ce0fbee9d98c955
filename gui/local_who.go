package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// clientWho is the left of the editor: who the client is, and how it proves it.
type clientWho struct {
	e         *clientEditor
	column    *fyne.Container
	kind      *widgets.Radio
	change    *widgets.Paragraph // what a change of the type does
	secret    *clientSecret      // nil for a new client
	method    *fyne.Container
	keys      *fyne.Container
	endpoints [3]*copyLine
	places    *fyne.Container
}

func newClientWho(e *clientEditor) *clientWho {
	w := &clientWho{e: e}
	icons, c := e.u.icons, e.m.start
	name := e.text("client.name", lang.L("Name"), textKind{required: true}, func(c *auth.LocalClient) *string { return &c.Name })
	version := e.text("client.version", lang.L("Version"), textKind{required: true, placeholder: "1.0"}, func(c *auth.LocalClient) *string { return &c.Version })
	if e.m.isNew() {
		name.SetHint(lang.L("Name and version are fixed after saving."))
	} else {
		for field, text := range map[*widgets.Field]string{name: c.Name, version: c.Version} {
			field.Control.(*widgets.Input).SetReadOnly(true)
			field.ReplaceControl(fixedBox(widgets.NewText(text)))
		}
		name.SetNote(lang.L("fixed after saving"))
	}
	w.kind = widgets.NewRadio([]string{lang.L("Confidential"), lang.L("Public (no secret)")}, kindIndex(c.Public), func(i int) {
		e.edit("client.type", func(c *auth.LocalClient) { c.Public = i == 1 })
	})
	w.change = widgets.NewCaption("")
	kind := widgets.NewColumn(4, fieldLabel(lang.L("Type"), true), w.kind, w.change)
	w.column = widgets.NewColumn(14,
		widgets.NewBeside(12, 0.74, 240, name.Object, version.Object),
		e.text("client.description", lang.L("Description"), textKind{}, func(c *auth.LocalClient) *string { return &c.Description }).Object,
		kind)
	if !e.m.isNew() {
		w.secret = newClientSecret(e)
		w.column.Add(w.secret.object)
	}
	w.makeMethod(icons)
	w.column.Add(w.method)
	w.column.Add(w.keys)
	w.makeEndpoints()
	w.column.Add(w.places)
	return w
}

// fixedBox shows a value that can only be read, as readable as any.
func fixedBox(text *widgets.Text) *fyne.Container {
	return widgets.NewFixed(0, 36, widgets.NewStacked(widgets.NewPanel(widgets.ColorNameOff, widgets.ColorNameLine, 6),
		widgets.NewInset(0, 10, 0, 10, text.Shrinking())))
}

func kindIndex(public bool) int {
	if public {
		return 1
	}
	return 0
}

// fieldLabel is the label of something that is no Field.
func fieldLabel(text string, required bool) fyne.CanvasObject {
	label := widgets.NewSmallText(text).Colored(widgets.ColorNameText)
	if !required {
		return label
	}
	return widgets.NewRow(4, -1, false, label, widgets.NewSmallText("*").Colored(widgets.ColorNameBad))
}

// makeMethod makes the fields of how the client proves who it is.
func (w *clientWho) makeMethod(icons Icons) {
	e := w.e
	options := []widgets.Option{{ID: "", Label: lang.L("Secret in the header or the body")}}
	for _, m := range []auth.ClientAuth{auth.ClientAuthBasic, auth.ClientAuthPost, auth.ClientAuthSecretJWT, auth.ClientAuthPrivateKeyJWT} {
		options = append(options, widgets.Option{ID: string(m), Label: methodLabel(m)})
	}
	method := widgets.NewSelect(icons, options, string(e.m.draft.ClientAuth), func(id string) {
		e.edit("client.auth", func(c *auth.LocalClient) { c.ClientAuth = auth.ClientAuth(id) })
	})
	w.method = widgets.NewStacked(e.slot("client.auth", widgets.NewField(icons, lang.L("Client authentication"), false, method)).Object)
	in := widgets.NewCodeArea("-----BEGIN PUBLIC KEY-----", 5)
	in.SetText(e.m.draft.Keys)
	in.Entry().OnChanged = func(v string) {
		e.edit("client.keys", func(c *auth.LocalClient) { c.Keys = v })
	}
	e.watch(in)
	keys := e.slot("client.keys", widgets.NewField(icons, lang.L("Public key of the client"), true, in))
	keys.SetHint(lang.L("PEM, or a JWK set. The private key stays with the client."))
	w.keys = widgets.NewStacked(keys.Object)
}

// makeEndpoints makes the lines of the addresses that the client needs.
func (w *clientWho) makeEndpoints() {
	lines := []fyne.CanvasObject{fieldLabel(lang.L("Endpoints"), false)}
	for i, label := range []string{lang.L("Authorize"), lang.L("Token"), lang.L("Refresh")} {
		value := widgets.NewText("").Mono().Sized(12).Shrinking()
		line := &copyLine{value: value}
		line.object = widgets.NewRow(0, 1, true, widgets.NewFixed(64, 0, widgets.NewSmallText(label)), value,
			w.e.u.copyIcon(lang.L("Copy the {{.Name}} endpoint", named(inSentence(label))), func() { w.e.u.copyText(value.Text()) }))
		w.endpoints[i] = line
		lines = append(lines, line.object)
	}
	w.places = widgets.NewColumn(0, lines...)
}

// showEndpoints shows where the server is now.
func (w *clientWho) showEndpoints() {
	issuer := w.e.u.local.Info().Issuer
	for i, path := range []string{"/authorize", "/oauth/token", "/oauth/token"} {
		address := ""
		if issuer != "" {
			address = issuer + path
		}
		w.endpoints[i].set(address)
	}
	if w.places.Visible() != (issuer != "") {
		setShown(w.places, issuer != "")
		w.e.relayout()
	}
}

// show brings the column to what the model says.
func (w *clientWho) show() {
	m := w.e.m
	text := ""
	switch {
	case m.isNew() || m.draft.Public == m.start.Public:
	case m.draft.Public:
		text = lang.L("Saving takes the client secret away.")
	default:
		text = lang.L("Saving makes a client secret.")
	}
	if w.change.Text() != text {
		w.change.SetText(text)
	}
	setShown(w.change, text != "")
	setShown(w.method, !m.draft.Public)
	setShown(w.keys, m.showsKeys())
	if w.secret != nil {
		setShown(w.secret.field, !m.draft.Public && !m.start.Public)
	}
	w.showEndpoints()
	w.e.relayout()
}

// hide hides a revealed secret.
func (w *clientWho) hide() {
	if w.secret != nil {
		w.secret.hide()
	}
}

// replaceSecret makes the fields of ID and secret anew.
func (w *clientWho) replaceSecret() {
	made := newClientSecret(w.e)
	for i, o := range w.column.Objects {
		if o == w.secret.object {
			w.column.Objects[i] = made.object
		}
	}
	w.secret = made
	w.column.Refresh()
}
