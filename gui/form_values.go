package gui

import (
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// valueField is a plain value field of the table auth.FieldInfos.
type valueField struct {
	info     auth.FieldInfo
	required bool
	widget   *widgets.Field
}

// valueColumn makes the fields of the list: lines of two where they are short.
func (p *formParts) valueColumn(fields []auth.GrantField) []fyne.CanvasObject {
	var column, line []fyne.CanvasObject
	flush := func() {
		if len(line) > 0 {
			column = append(column, widgets.NewEvenRow(12, line...))
		}
		line = nil
	}
	for _, f := range fields {
		info, ok := f.Field.Info()
		if !ok {
			continue // no such field: the grant's own test says so
		}
		object := p.valueField(info, f.Required)
		if !shortKind(info.Kind) {
			flush()
			column = append(column, object)
			continue
		}
		if line = append(line, object); len(line) == 2 {
			flush()
		}
	}
	flush()
	return column
}

// shortKind tells whether two fields of the kind have room in a line.
func shortKind(kind auth.FieldKind) bool {
	switch kind {
	case auth.KindToken, auth.KindJSON, auth.KindPEM:
		return false
	}
	return true
}

// valueField makes one field as its kind asks for.
func (p *formParts) valueField(info auth.FieldInfo, required bool) fyne.CanvasObject {
	icons, label := p.f.u.icons, told(info.Label)
	show, hide := lang.L("Show it (F2)"), lang.L("Hide it (F2)")
	var in *widgets.Input
	var w *widgets.Field
	secret := func(s *widgets.SecretField) { in, w = s.Input, s.Field }
	switch {
	case info.Kind == auth.KindSecret:
		secret(widgets.NewSecretField(icons, label, required, true, show, hide))
	case info.Kind == auth.KindToken, info.Kind == auth.KindPEM && info.Keep:
		secret(widgets.NewSecretArea(icons, label, 4, required, show, hide))
	case info.Kind == auth.KindJSON, info.Kind == auth.KindPEM:
		in = widgets.NewCodeArea("", 5)
		w = widgets.NewField(icons, label, required, in)
	default:
		in = widgets.NewInput("", info.Kind != auth.KindText)
		w = widgets.NewField(icons, label, required, in)
	}
	in.SetPlaceHolder(told(info.Placeholder))
	in.SetText(p.f.m.draft.Values.Text(info.ID))
	set := func(text string) {
		if info.Kind == auth.KindJSON {
			p.f.m.setUnreadable(info.ID, jsonProblem(text))
		}
		p.f.edit(info.ID, func(d *auth.Draft) {
			if d.Values == nil {
				d.Values = auth.Values{}
			}
			d.Values.Set(info.ID, auth.NewSecret(text))
		})
	}
	in.Entry().OnChanged = set
	p.watch(info.ID, in)
	switch info.Kind {
	case auth.KindJSON:
		w.SetAction(lang.L("Format"), func() { in.SetText(widgets.IndentJSON(in.Text())) })
	case auth.KindPEM:
		title := lang.L("Load key file…")
		if !info.Keep || info.ID == auth.FieldClientCert {
			title = lang.L("Load certificate file…")
		}
		w.SetAction(title, func() { p.loadFile(info.ID, title, in.SetText) })
	}
	p.add(info.ID, w)
	p.values[info.ID] = valueField{info: info, required: required, widget: w}
	return w.Object
}

// jsonProblem says what keeps a text from being a JSON object, with the line; ""
// when nothing does, or nothing stands there.
func jsonProblem(text string) string {
	if text == "" {
		return ""
	}
	return lineProblem(widgets.CheckJSON(text))
}

// lineProblem says what a *widgets.JSONError says, beside a field.
func lineProblem(err error) string {
	var wrong *widgets.JSONError
	if !errors.As(err, &wrong) {
		return ""
	}
	return lang.L("Line {{.N}}: {{.Cause}}", map[string]any{"N": wrong.Line, "Cause": told(wrong.Cause)})
}

// showValues brings hints and stars of the value fields to what the model says.
func (p *formParts) showValues() {
	for _, v := range p.values {
		hint, keeps := told(v.info.Hint), p.f.m.keeps(v.info)
		switch {
		case keeps && v.required:
			hint = lang.L("Stored. Leave empty to keep it.")
		case keeps:
			hint = lang.L("Leave empty to keep what is stored.")
		}
		v.widget.SetHint(hint)
		v.widget.SetRequired(v.required && !keeps)
	}
}
