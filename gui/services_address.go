package gui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// addressRow is an endpoint: host and path beside each other with the whole
// address below, or one field for the whole.
type addressRow struct {
	p          *servicePart
	name       string
	of         func(*auth.Service) *string
	host, path *widgets.Field
	whole      *widgets.Field
	preview    *widgets.Text
	line       *fyne.Container // of the preview
	object     *fyne.Container
	split      *fyne.Container
	// sibling, when not nil, is the endpoint whose host this one shares as a rule.
	sibling func(*auth.Service) *string
	onTyped func() // host or path was typed; nil: nobody asks
	faults  map[*widgets.Field]func(message, label string, mend func())
	filling bool
}

// addressLabels name the fields of an endpoint.
type addressLabels struct{ host, path, whole string }

func (p *servicePart) addressRow(name string, labels addressLabels, of func(*auth.Service) *string) *addressRow {
	a := &addressRow{p: p, name: name, of: of}
	icons := p.e.u.icons
	input := func(placeholder string, changed func()) *widgets.Input {
		in := widgets.NewInput(placeholder, true)
		in.Entry().OnChanged = func(string) {
			if !a.filling {
				changed()
			}
		}
		in.SetWheel(p.scroll.Scrolled)
		return in
	}
	a.host = widgets.NewField(icons, labels.host, true, input("https://login.example.com", a.typed))
	a.path = widgets.NewField(icons, labels.path, true, input("/oauth2/authorize", a.typed))
	a.whole = widgets.NewField(icons, labels.whole, true, input("https://login.example.com/oauth2/authorize", func() {
		a.take(strings.TrimSpace(text(a.whole)))
	}))
	if strings.HasSuffix(name, ".token") {
		a.path.Control.(*widgets.Input).SetPlaceHolder("/oauth2/token")
		a.whole.Control.(*widgets.Input).SetPlaceHolder("https://login.example.com/oauth2/token")
	}
	a.faults = map[*widgets.Field]func(string, string, func()){}
	for _, w := range []*widgets.Field{a.host, a.path, a.whole} {
		w.OnHeight = p.e.relayout
		a.faults[w] = faultOf(w)
	}
	a.preview = widgets.NewText("").Mono().Sized(12).Shrinking()
	a.line = widgets.NewRow(6, 1, true, widgets.NewSmallText(lang.L("Full URL")), a.preview)
	a.split = widgets.NewColumn(4, widgets.NewBeside(16, 0.38, besideLeast, a.host.Object, a.path.Object), a.line)
	a.object = widgets.NewColumn(0, a.split, a.whole.Object)
	p.e.slots[auth.ServiceField(name)] = &serviceSlot{show: a.showFault, focus: a.focus, fold: p.fold}
	return a
}

// besideLeast is the width from which two fields stand beside each other.
const besideLeast = 600

// text is what stands in a field's input.
func text(w *widgets.Field) string { return w.Control.(*widgets.Input).Text() }

// fill shows the address of the draft.
func (a *addressRow) fill(whole bool) {
	a.filling = true
	address := *a.of(&a.p.e.m.draft)
	host, path := auth.SplitAddress(address)
	a.host.Control.(*widgets.Input).SetText(host)
	a.path.Control.(*widgets.Input).SetText(path)
	a.whole.Control.(*widgets.Input).SetText(address)
	a.filling = false
	a.split.Hidden, a.whole.Object.Hidden = whole, !whole
	if a.sibling != nil {
		own := hostPart(*a.sibling(&a.p.e.m.draft))
		shared := host == "" || host == own
		a.host.Object.Hidden = shared
		setVisible(a.path.Object.Objects[0], !shared) // what stands beside it names the path
		a.line.Hidden = shared
	}
	a.showPreview(address)
}

// follow takes over the host of the sibling, when it is not asked for here.
func (a *addressRow) follow() {
	if !a.host.Object.Hidden || !a.object.Visible() || a.split.Hidden {
		return
	}
	host := hostPart(*a.sibling(&a.p.e.m.draft))
	a.filling = true
	a.host.Control.(*widgets.Input).SetText(host)
	a.filling = false
	a.typed()
}

// typed takes host and path. A path in the host is refused: it would be lost, or
// stand there twice.
func (a *addressRow) typed() {
	host, inHost := auth.SplitAddress(strings.TrimSpace(text(a.host)))
	if strings.Trim(inHost, "/") != "" {
		a.p.e.refuse(a.name, lang.L("A host has no path. Move “{{.Path}}” to the path.", map[string]any{"Path": inHost}))
		a.showPreview("")
		return
	}
	address, err := auth.JoinAddress(host, text(a.path))
	if err != nil { // the path would be lost
		a.p.e.refuse(a.name, told(err.Error()))
		a.showPreview("")
		return
	}
	a.showPreview(address)
	a.take(address)
	if a.onTyped != nil {
		a.onTyped()
	}
}

// take puts an address that the user gave into the draft. That answers name their
// issuer was promised for the host that answered before.
func (a *addressRow) take(address string) {
	a.p.e.edit(a.name, func(s *auth.Service) {
		before := hostPart(s.Endpoints.Authorization)
		*a.of(s) = address
		if hostPart(s.Endpoints.Authorization) != before {
			s.Endpoints.IssInResponse = false
		}
	})
}

func (a *addressRow) showPreview(address string) {
	if address == "" {
		address = "–"
	}
	a.preview.SetText(address)
}

// moveToPath puts what does not belong into the host before the path.
func (a *addressRow) moveToPath() {
	host, path := auth.SplitAddress(strings.TrimSpace(text(a.host)))
	a.filling = true
	a.host.Control.(*widgets.Input).SetText(host)
	a.path.Control.(*widgets.Input).SetText(strings.TrimRight(path, "/") + text(a.path))
	a.filling = false
	a.typed()
}

// showFault shows what is wrong at the field that has to be changed.
func (a *addressRow) showFault(message, fix string) {
	at := a.host
	_, inHost := auth.SplitAddress(strings.TrimSpace(text(a.host)))
	switch {
	case a.split.Hidden:
		at = a.whole
	case a.host.Object.Hidden:
		at = a.path
	}
	for w, fault := range a.faults {
		switch {
		case w != at:
			fault("", "", nil)
		case message != "" && at == a.host && strings.Trim(inHost, "/") != "":
			fault(message, lang.L("Move to path"), a.moveToPath)
		case message != "" && fix != "":
			fault(message, useText(fix), func() {
				a.take(fix)
				a.fill(a.split.Hidden)
			})
		default:
			fault(message, "", nil)
		}
	}
}

// useText is the link that takes a value.
func useText(value string) string {
	return lang.L("Use “{{.Value}}”", map[string]any{"Value": briefly(value)["Name"]})
}

func (a *addressRow) focus() fyne.Focusable {
	switch {
	case a.split.Hidden:
		return a.whole.Control.Focusable()
	case a.host.Object.Hidden, text(a.host) != "" && text(a.path) == "":
		return a.path.Control.Focusable()
	}
	return a.host.Control.Focusable()
}
