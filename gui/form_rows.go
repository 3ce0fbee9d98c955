package gui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// pairs makes the field of parameters or headers: rows of names and values.
func (p *formParts) pairs(field auth.Field, label, hint, add string, of func(*auth.Draft) *[]auth.Pair) fyne.CanvasObject {
	words := widgets.PairWords{
		Name: lang.L("Name"), Value: lang.L("Value"), Add: add, Remove: lang.L("Remove"),
		AsJSON: lang.L("Edit as JSON"), AsRows: lang.L("Edit as rows"),
		Show: lang.L("Show values"), Hide: lang.L("Hide values"),
	}
	rows := widgets.NewPairRows(p.f.u.icons, words, widgetPairs(*of(&p.f.m.draft)))
	rows.OnChanged = func(pairs []widgets.Pair, err error) {
		p.f.m.setUnreadable(field, lineProblem(err))
		p.f.edit(field, func(d *auth.Draft) {
			if err == nil {
				*of(d) = draftPairs(pairs)
			}
		})
	}
	rows.OnHeight = p.f.relayout
	rows.OnFocus = p.focusIn(field)
	rows.SetWheel(p.f.wheel)
	w := p.add(field, widgets.NewField(p.f.u.icons, label, false, rows))
	w.ReplaceControl(rows.Container)
	w.SetHint(hint)
	return w.Object
}

// tokenParams makes the rows of the user's own parameters of token requests.
func (p *formParts) tokenParams() fyne.CanvasObject {
	hint := lang.L("Sent with each token request, beside the service's own.")
	if p.f.m.paramsUpFront() {
		hint = lang.L("As a rule the scope is one, such as scope = https://graph.microsoft.com/.default")
	}
	return p.pairs(auth.FieldTokenParams, lang.L("Token-endpoint parameters"), hint, lang.L("Add a parameter"),
		func(d *auth.Draft) *[]auth.Pair { return &d.TokenParams })
}

// names makes the field of a list of names.
func (p *formParts) names(field auth.Field, label, example, hint string, of func(*auth.Draft) *[]string) fyne.CanvasObject {
	remove := func(name string) string { return lang.L("Remove {{.Name}}", map[string]any{"Name": name}) }
	placeholder := lang.L("{{.Example}}, …", map[string]any{"Example": example})
	chips := widgets.NewChips(p.f.u.icons, placeholder, remove, *of(&p.f.m.draft))
	chips.OnChanged = func(names []string) {
		p.f.edit(field, func(d *auth.Draft) { *of(d) = names })
	}
	chips.OnHeight = p.f.relayout
	chips.OnFocus = p.focusIn(field)
	chips.SetWheel(p.f.wheel)
	w := p.add(field, widgets.NewField(p.f.u.icons, label, false, chips))
	w.ReplaceControl(chips.Container)
	w.SetHint(hint)
	return w.Object
}

func containsField(fields []auth.Field, field auth.Field) bool { return slices.Contains(fields, field) }
