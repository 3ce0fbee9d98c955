package gui

import (
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// quirks makes the list of the service's departures from the standards.
func (p *servicePart) quirks() {
	l := &lineList[auth.Quirk]{
		p:     p,
		words: lineWords{name: "quirks", add: lang.L("Add a departure"), none: lang.L("None: the service does as the standards say.")},
		of:    func(s *auth.Service) *[]auth.Quirk { return &s.Quirks },
		look: func(q auth.Quirk) *widgets.EditLine {
			return p.line(quirkSentence(q.ID), quirkDetail(q), "", lang.L("Remove {{.Name}}", named(string(q.ID))), false)
		},
	}
	l.edit = func(q auth.Quirk, fresh bool, take func(auth.Quirk)) { p.e.editQuirk(q, fresh, take) }
	l.show()
}

// quirkSentence says what a quirk is; one that is not known shows its ID.
func quirkSentence(id auth.QuirkID) string {
	for _, info := range auth.Quirks() {
		if info.ID == id {
			return told(info.Sentence)
		}
	}
	return string(id)
}

// quirkDetail is a quirk's ID with its parameters.
func quirkDetail(q auth.Quirk) string {
	parts := []string{string(q.ID)}
	for _, name := range slices.Sorted(maps.Keys(q.Params)) {
		parts = append(parts, name+" = "+q.Params[name])
	}
	return strings.Join(parts, ", ")
}

// editQuirk opens the sheet for a departure. A fresh one is chosen among those
// that the service has not yet.
func (e *serviceEditor) editQuirk(q auth.Quirk, fresh bool, take func(auth.Quirk)) {
	title, verb := lang.L("Departure from the standards"), lang.L("Apply")
	if fresh {
		title, verb = lang.L("Add a departure"), lang.L("Add")
	}
	var options []widgets.Option
	infos := map[auth.QuirkID]auth.QuirkInfo{}
	for _, info := range auth.Quirks() {
		_, has := e.m.draft.Quirk(info.ID)
		if infos[info.ID] = info; fresh && !has || info.ID == q.ID {
			options = append(options, widgets.Option{ID: string(info.ID), Label: told(info.Sentence), Words: string(info.ID)})
		}
	}
	e.u.openLineSheet(title, verb, func(s *lineSheet) {
		fields := map[string]*widgets.Field{}
		values := widgets.NewColumn(12)
		lay := func(id auth.QuirkID) {
			values.Objects, fields = nil, map[string]*widgets.Field{}
			info := infos[id]
			for i, name := range slices.Concat(info.Needed, info.Optional) {
				in := widgets.NewInput("", true)
				in.SetText(q.Params[name])
				w := widgets.NewField(e.u.icons, name, i < len(info.Needed), in)
				in.Entry().OnChanged = func(string) { w.SetError("") }
				w.OnHeight = s.refit
				fields[name] = w
				values.Add(w.Object)
			}
			values.Hidden = len(fields) == 0
			s.refit()
		}
		sel := widgets.NewSelect(e.u.icons, options, string(q.ID), func(id string) {
			q = auth.Quirk{ID: auth.QuirkID(id)}
			lay(q.ID)
		})
		sel.Filter = lang.L("Find a departure")
		sel.Nothing = lang.L("No departure has these words.")
		what := widgets.NewField(e.u.icons, lang.L("What the service does"), true, sel)
		what.OnHeight = s.refit
		s.column.Add(what.Object)
		s.column.Add(values)
		s.first = sel
		lay(q.ID)
		s.accept = func() bool {
			if q.ID == "" {
				what.SetError(lang.L("Choose one."))
				return false
			}
			made := auth.Quirk{ID: q.ID}
			for name, w := range fields {
				// A blank may be the very value, and an empty one that stood there may say something.
				if _, had := q.Params[name]; had || text(w) != "" {
					if made.Params == nil {
						made.Params = map[string]string{}
					}
					made.Params[name] = text(w)
				}
			}
			return e.quirkComplete(infos[q.ID], made, fields) && applied(take, made)
		}
	})
}

// quirkComplete tells whether the parameters that a quirk needs are there, and
// says at the first missing one that it is.
func (e *serviceEditor) quirkComplete(info auth.QuirkInfo, q auth.Quirk, fields map[string]*widgets.Field) bool {
	var first fyne.Focusable
	for _, name := range info.Needed {
		if q.Params[name] == "" {
			fields[name].SetError(lang.L("This is needed."))
			if first == nil {
				first = fields[name].Control.Focusable()
			}
		}
	}
	if first != nil {
		e.u.window.Canvas().Focus(first)
	}
	return first == nil
}

// applied gives an entry to take and returns true.
func applied[T any](take func(T), entry T) bool {
	take(entry)
	return true
}

// parameters makes the list of what the user of the service fills in.
func (p *servicePart) parameters() {
	l := &lineList[auth.Parameter]{
		p:     p,
		words: lineWords{name: "parameters", add: lang.L("Add a parameter"), none: lang.L("None. A {name} in an address, a scope or a fixed parameter is filled in by each authorization.")},
		of:    func(s *auth.Service) *[]auth.Parameter { return &s.Parameters },
		look: func(q auth.Parameter) *widgets.EditLine {
			note := ""
			if q.Default != "" {
				note = lang.L("default {{.Value}}", map[string]any{"Value": q.Default})
			}
			return p.line("{"+q.Name+"}", q.Label, note, lang.L("Remove {{.Name}}", named(q.Name)), true)
		},
	}
	l.edit = func(q auth.Parameter, fresh bool, take func(auth.Parameter)) { p.e.editParameter(q, fresh, take) }
	l.show()
}

// editParameter opens the sheet for a parameter.
func (e *serviceEditor) editParameter(q auth.Parameter, fresh bool, take func(auth.Parameter)) {
	title, verb := lang.L("Parameter"), lang.L("Apply")
	if fresh {
		title, verb = lang.L("Add a parameter"), lang.L("Add")
	}
	e.u.openLineSheet(title, verb, func(s *lineSheet) {
		name := s.input(lang.L("Name"), q.Name, lang.L("Stands as {name} in addresses: lower-case letters, digits and _."), textKind{required: true, mono: true})
		label := s.input(lang.L("Label"), q.Label, "", textKind{required: true})
		value := s.input(lang.L("Default"), q.Default, "", textKind{mono: true})
		help := s.input(lang.L("Help"), q.Help, "", textKind{})
		pattern := s.input(lang.L("Pattern"), q.Pattern, lang.L("A regular expression that the value has to match; empty: anything without / ? # and blanks."), textKind{mono: true})
		choices := s.input(lang.L("Choices"), choiceLines(q.Choices), lang.L("One a line, as value = label; empty: the user types a value."), textKind{mono: true, rows: 3})
		whole := widgets.NewCheck(e.u.icons, lang.L("The value is a whole https address"), nil)
		whole.SetChecked(q.URL)
		optional := widgets.NewCheck(e.u.icons, lang.L("May be left empty"), nil)
		optional.SetChecked(q.Optional)
		s.column.Add(whole)
		s.column.Add(optional)
		s.accept = func() bool {
			made := q
			made.Name, made.Label, made.Default, made.Help, made.Pattern = trimmed(name), trimmed(label), trimmed(value), trimmed(help), trimmed(pattern)
			made.Choices, made.URL, made.Optional = readChoices(text(choices)), whole.Checked, optional.Checked
			twice := made.Name != q.Name && slices.ContainsFunc(e.m.draft.Parameters, func(o auth.Parameter) bool { return o.Name == made.Name })
			switch {
			case made.Name == "":
				name.SetError(lang.L("Enter a name."))
			case twice:
				name.SetError(lang.L("Another parameter has this name."))
			case made.Label == "":
				label.SetError(lang.L("Enter a label."))
			default:
				return applied(take, made)
			}
			return false
		}
	})
}

func trimmed(w *widgets.Field) string { return strings.TrimSpace(text(w)) }

func choiceLines(choices []auth.Choice) string {
	lines := make([]string, len(choices))
	for i, c := range choices {
		lines[i] = c.Value + " = " + c.Label
	}
	return strings.Join(lines, "\n")
}

// readChoices reads lines of value and label; a line without a label has its value.
func readChoices(typed string) []auth.Choice {
	var choices []auth.Choice
	for _, line := range splitLines(typed) {
		value, label, found := strings.Cut(line, "=")
		value, label = strings.TrimSpace(value), strings.TrimSpace(label)
		if !found || label == "" {
			label = value
		}
		choices = append(choices, auth.Choice{Value: value, Label: label})
	}
	return choices
}
