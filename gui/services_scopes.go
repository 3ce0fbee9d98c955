package gui

import (
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// scopesPart makes the page with the permissions.
func (e *serviceEditor) scopesPart(p *servicePart) {
	p.add(widgets.NewCaption(lang.L("What the form offers to tick. Those marked “ticked” are chosen at first; say in plain words what each one allows.")))
	l := &lineList[auth.Scope]{
		p:     p,
		words: lineWords{name: "scopes", add: lang.L("Add a scope"), none: lang.L("None. Each authorization can add scopes by their names.")},
		of:    func(s *auth.Service) *[]auth.Scope { return &s.Scopes },
		look: func(s auth.Scope) *widgets.EditLine {
			return p.line(s.Name, s.Description, scopeNote(s), lang.L("Remove {{.Name}}", named(s.Name)), true)
		},
		group: func(s auth.Scope) string { return s.Group },
	}
	l.edit = func(s auth.Scope, fresh bool, take func(auth.Scope)) { e.editScope(s, fresh, take) }
	l.show()
}

// scopeNote says how a scope starts and who has to approve it.
func scopeNote(s auth.Scope) string {
	var notes []string
	if s.Default {
		notes = append(notes, lang.L("ticked"))
	}
	if s.Admin {
		notes = append(notes, lang.L("administrator"))
	}
	if s.Parameter != "" {
		notes = append(notes, s.Parameter)
	}
	return strings.Join(notes, ", ")
}

// editScope opens the sheet for a scope.
func (e *serviceEditor) editScope(scope auth.Scope, fresh bool, take func(auth.Scope)) {
	title, verb := lang.L("Scope"), lang.L("Apply")
	if fresh {
		title, verb = lang.L("Add a scope"), lang.L("Add")
		if n := len(e.m.draft.Scopes); n > 0 {
			scope.Group = e.m.draft.Scopes[n-1].Group
		}
	}
	e.u.openLineSheet(title, verb, func(s *lineSheet) {
		name := s.input(lang.L("Scope"), scope.Name, lang.L("As the service writes it."), textKind{required: true, mono: true})
		about := s.input(lang.L("Description"), scope.Description, lang.L("In plain words, such as Read your mail."), textKind{})
		group := s.input(lang.L("Group"), scope.Group, lang.L("The heading that it stands under."), textKind{})
		ticked := widgets.NewCheck(e.u.icons, lang.L("Ticked at first"), nil)
		ticked.SetChecked(scope.Default)
		admin := widgets.NewCheck(e.u.icons, lang.L("An administrator has to approve it"), nil)
		admin.SetChecked(scope.Admin)
		s.column.Add(ticked)
		s.column.Add(admin)
		s.accept = func() bool {
			made := scope
			made.Name, made.Description, made.Group = trimmed(name), trimmed(about), trimmed(group)
			made.Default, made.Admin = ticked.Checked, admin.Checked
			twice := made.Name != scope.Name && slices.ContainsFunc(e.m.draft.Scopes, func(o auth.Scope) bool { return o.Name == made.Name })
			switch {
			case made.Name == "":
				name.SetError(lang.L("Enter the scope."))
			case strings.ContainsAny(made.Name, " \t\"\\"):
				name.SetError(lang.L("A scope has no blanks, quotes or backslashes."))
			case twice:
				name.SetError(lang.L("This scope is in the list already."))
			default:
				return applied(take, made)
			}
			return false
		}
	})
}

// helpPart makes the page with what the form's help panel says.
func (e *serviceEditor) helpPart(p *servicePart) {
	p.add(
		widgets.NewBeside(16, 0.5, 480,
			p.text("provider", lang.L("Provider"), textKind{}, func(s *auth.Service) *string { return &s.Provider }).Object,
			p.text("category", lang.L("Category"), textKind{}, func(s *auth.Service) *string { return &s.Category }).Object),
		p.text("help.register_url", lang.L("Page where an app is registered"), textKind{mono: true, placeholder: "https://"},
			func(s *auth.Service) *string { return &s.Help.RegisterURL }).Object,
		p.lines("help.steps", lang.L("Steps"), lang.L("One a line: how to register an app, up to where ID and secret are found."), 7,
			func(s *auth.Service) *[]string { return &s.Help.Steps }).Object,
		p.redirectStep(),
		p.lines("help.notes", lang.L("Notes"), lang.L("One a line: traps, limits, what an administrator has to do."), 5,
			func(s *auth.Service) *[]string { return &s.Help.Notes }).Object,
		p.text("help.docs_url", lang.L("Documentation"), textKind{mono: true, placeholder: "https://"},
			func(s *auth.Service) *string { return &s.Help.DocsURL }).Object,
		p.text("help.withdraw_url", lang.L("Page where a user takes the consent back"), textKind{mono: true, placeholder: "https://"},
			func(s *auth.Service) *string { return &s.Help.WithdrawURL }).Object,
	)
}

// redirectStep makes the field of the step that asks for the redirect URI.
func (p *servicePart) redirectStep() fyne.CanvasObject {
	in := widgets.NewInput(lang.L("none"), false)
	if n := p.e.m.draft.Help.RedirectStep; n > 0 {
		in.SetText(strconv.Itoa(n))
	}
	in.Entry().OnChanged = func(typed string) {
		n := countOf(typed)
		if n < 0 {
			p.e.refuse("help.redirect_step", lang.L("Enter a whole number."))
			return
		}
		p.e.edit("help.redirect_step", func(s *auth.Service) { s.Help.RedirectStep = n })
	}
	in.SetWheel(p.scroll.Scrolled)
	w := p.slot("help.redirect_step", widgets.NewField(p.e.u.icons, lang.L("Step that asks for the redirect URI"), false, in))
	w.SetHint(lang.L("Its number; the help panel shows the URI with a button to copy it there."))
	return w.Object
}
