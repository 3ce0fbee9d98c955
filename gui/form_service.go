package gui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// grantOptions are the grants to choose from.
func grantOptions(grants []auth.GrantInfo) []widgets.Option {
	options := make([]widgets.Option, 0, len(grants))
	for _, info := range grants {
		options = append(options, widgets.Option{ID: string(info.ID), Label: told(info.Label)})
	}
	return options
}

// The examples in the fields of a service whose addresses the user enters.
const (
	ownAuthorizationExample = "https://login.microsoftonline.com/<tenant-id>/oauth2/v2.0/authorize"
	ownDeviceExample        = "https://login.microsoftonline.com/<tenant-id>/oauth2/v2.0/devicecode"
	ownTokenExample         = "https://login.microsoftonline.com/<tenant-id>/oauth2/v2.0/token"
)

// layAddresses makes the fields of a service whose addresses the user enters:
// those that the grant needs.
func (p *formParts) layAddresses() {
	m, d := p.f.m, p.f.m.draft
	p.drop(auth.FieldOwnAuthorization, auth.FieldOwnDevice, auth.FieldOwnToken)
	p.own.Objects = nil
	add := func(needed bool, field auth.Field, label, example, value string, set func(*auth.Draft, string)) {
		if needed {
			w := p.textField(field, label, true, example, value, set)
			w.SetHint(lang.L("For example {{.Address}}", map[string]any{"Address": example}))
			p.own.Add(w.Object)
		}
	}
	if info := m.info(); m.svc.OwnAddresses && info.Request {
		add(info.Sign, auth.FieldOwnAuthorization, lang.L("OAuth2 Endpoint"), ownAuthorizationExample, d.OwnAuthorization,
			func(d *auth.Draft, v string) { d.OwnAuthorization = v })
		add(info.Prompt == auth.PromptDevice, auth.FieldOwnDevice, lang.L("Device endpoint"), ownDeviceExample, d.OwnDevice,
			func(d *auth.Draft, v string) { d.OwnDevice = v })
		add(true, auth.FieldOwnToken, lang.L("OAuth2 Token"), ownTokenExample, d.OwnToken,
			func(d *auth.Draft, v string) { d.OwnToken = v })
	}
	p.own.Hidden = len(p.own.Objects) == 0
}

// paramField makes the field of a parameter: a text, or a choice where the
// service has only certain values.
func (p *formParts) paramField(param auth.Parameter) *widgets.Field {
	field, name, value := auth.ParamField(param.Name), param.Name, p.f.m.draft.Params[param.Name]
	if len(param.Choices) == 0 {
		w := p.textField(field, param.Label, false, param.Placeholder, value,
			func(_ *auth.Draft, v string) { p.f.m.setParam(name, v) })
		w.SetRequired(!param.Optional)
		return w
	}
	options := make([]widgets.Option, 0, len(param.Choices))
	for _, choice := range param.Choices {
		options = append(options, widgets.Option{ID: choice.Value, Label: choice.Label})
	}
	if !slices.ContainsFunc(param.Choices, func(c auth.Choice) bool { return c.Value == value }) && value != "" {
		options = append(options, widgets.Option{ID: value, Label: value}) // stored before the choices changed
	}
	choose := widgets.NewSelect(p.f.u.icons, options, value, func(id string) {
		p.f.edit(field, func(*auth.Draft) { p.f.m.setParam(name, id) })
	})
	return p.add(field, widgets.NewField(p.f.u.icons, param.Label, !param.Optional, choose))
}

// layParams puts the parameters and the grant into lines of two; an address
// has a line of its own.
func (p *formParts) layParams() {
	for field := range p.fields {
		if strings.HasPrefix(string(field), "param:") {
			p.drop(field)
		}
	}
	p.params.Objects = nil
	var line []fyne.CanvasObject
	var hints []string
	flush := func() {
		if len(line) > 0 {
			group := widgets.NewColumn(4, widgets.NewEvenRow(12, line...))
			for _, hint := range hints {
				group.Add(widgets.NewCaption(hint))
			}
			p.params.Add(group)
		}
		line, hints = nil, nil
	}
	for _, param := range p.f.m.shownParams() {
		w := p.paramField(param)
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
		if param.Help != "" {
			hints = append(hints, param.Help)
		}
	}
	if len(line) == 2 {
		flush()
	}
	info := p.f.m.info()
	caption := told(info.Caption)
	if len(line) > 0 { // beside a parameter: both hints take the whole width
		hints = append(hints, lang.L("{{.Grant}}: {{.Caption}}", map[string]any{"Grant": told(info.Label), "Caption": caption}))
		caption = ""
	}
	p.grant.SetHint(caption)
	line = append(line, p.grant.Object)
	flush()
}
