package gui

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// localScopesPage lists the scopes that the local server knows.
type localScopesPage struct {
	*dataPane
	s      *localScreen
	shown  []auth.LocalScope
	chosen string // name
}

var localScopeColumns = []dataColumn{
	{title: "Name", least: 180, grow: 1, mono: true},
	{title: "What it allows", least: 220, grow: 2},
	{title: "Default", least: 90},
	{title: "Clients", least: 80, right: true},
}

func newLocalScopes(s *localScreen) *localScopesPage {
	p := &localScopesPage{s: s}
	create := widgets.NewButton(lang.L("New scope"), s.u.icons.Icon("plus"), func() { p.edit(auth.LocalScope{}, true) })
	p.dataPane = newDataPane(s.u, s.typedKey, localScopeColumns, lang.L("Search scopes"), func(search fyne.CanvasObject) fyne.CanvasObject {
		return widgets.NewRow(8, 1, true, widgets.NewFixed(280, 0, search), widgets.NewParagraph(""), create)
	})
	p.table.cell = p.cell
	p.table.onSelect = func(i int) { p.choose(p.shown[i].Name) }
	p.table.onOpen = func(i int) { p.edit(p.shown[i], false) }
	p.table.onMenu = p.openMenu
	p.find, p.unselect = p.reload, func() { p.choose("") }
	return p
}

func (p *localScopesPage) cell(i, column int) (dataCell, bool) {
	s := p.shown[i]
	cell := dataCell{ink: widgets.ColorNameText}
	switch column {
	case 0:
		cell.text = s.Name
	case 1:
		cell.text, cell.ink = s.Description, widgets.ColorNameMuted
	case 2:
		cell.text, cell.ink = dash, widgets.ColorNameMuted
		if s.Default {
			cell = dataCell{text: lang.L("yes"), tooltip: lang.L("Granted when a request names no scope"), ink: widgets.ColorNameText}
		}
	case 3:
		cell.text = strconv.Itoa(s.Clients)
	}
	return cell, true
}

// reload shows the scopes that the screen has read.
func (p *localScopesPage) reload() {
	words := strings.Fields(auth.FoldName(p.search.Text()))
	p.shown = nil
	for _, s := range p.s.scopes {
		text := auth.FoldName(s.Name + " " + s.Description)
		if !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) }) {
			p.shown = append(p.shown, s)
		}
	}
	current := slices.IndexFunc(p.shown, func(s auth.LocalScope) bool { return s.Name == p.chosen })
	p.table.setLength(len(p.shown), current, false)
	switch {
	case len(p.shown) > 0:
		p.says("", "", nil)
	case len(p.s.scopes) > 0:
		label, all := p.showAll()
		p.says(lang.L("No scope matches."), label, all)
	default:
		p.says(lang.L("A scope is a permission that clients can ask for."), lang.L("New scope"), func() { p.edit(auth.LocalScope{}, true) })
	}
	p.showStrip()
}

func (p *localScopesPage) choose(name string) {
	p.chosen = name
	p.showStrip()
}

// showStrip shows the selected scope.
func (p *localScopesPage) showStrip() {
	i := slices.IndexFunc(p.shown, func(s auth.LocalScope) bool { return s.Name == p.chosen })
	if i < 0 {
		if !p.sameStrip() {
			p.setStrip(nil, nil)
		}
		return
	}
	s := p.shown[i]
	if p.sameStrip(s) {
		return
	}
	edit := widgets.NewButton(lang.L("Edit…"), p.u.icons.Icon("edit"), func() { p.edit(s, false) })
	remove := widgets.NewButton(lang.L("Delete"), nil, func() { p.remove(s) })
	remove.Importance = widgets.Danger
	about := s.Description
	if s.Builtin {
		remove.Disable()
		if about != "" {
			about = sentence(about) + " "
		}
		about += lang.L("The server itself acts on it, so it stays.")
	}
	p.setStrip(widgets.NewRow(8, 0, true, widgets.NewText(s.Name).Bold().Mono().Shrinking(), edit, remove),
		widgets.NewParagraph(about).Colored(widgets.ColorNameMuted))
}

func (p *localScopesPage) openMenu(i int, at fyne.Position) {
	s, why := p.shown[i], ""
	if s.Builtin {
		why = lang.L("The server itself acts on it")
	}
	widgets.ShowMenu(p.u.window.Canvas(), at, []widgets.MenuItem{
		{Label: lang.L("Edit…"), Icon: p.u.icons.Icon("edit"), Action: func() { p.edit(s, false) }},
		{Label: lang.L("Copy name"), Icon: p.u.icons.Icon("copy"), Action: func() { p.u.copyText(s.Name) }},
		{Rule: true},
		{Label: lang.L("Delete scope"), Icon: p.u.icons.Icon("trash"), Why: why, Action: func() { p.remove(s) }},
	})
}

// key deletes the selected scope.
func (p *localScopesPage) key(e *fyne.KeyEvent) {
	if i := p.table.current; e.Name == fyne.KeyDelete && i >= 0 && i < len(p.shown) && !p.shown[i].Builtin {
		p.remove(p.shown[i])
	}
}

// edit opens the sheet of a scope.
func (p *localScopesPage) edit(s auth.LocalScope, isNew bool) {
	title := lang.L("Scope “{{.Name}}”", named(s.Name))
	if isNew {
		title = lang.L("New scope")
	}
	sheet := p.u.openSavingSheet(title, lang.L("Save scope"), func(f *savingSheet) {
		f.text("scope.name", lang.L("Name"), s.Name, textKind{required: true, mono: true, placeholder: "reports.read"}, func(v string) { s.Name = v })
		if isNew {
			f.fields["scope.name"].SetHint(lang.L("Fixed after saving."))
		} else {
			f.lock("scope.name", lang.L("fixed after saving"))
		}
		f.text("scope.description", lang.L("What it allows"), s.Description, textKind{placeholder: lang.L("Read reports")}, func(v string) { s.Description = v })
		byDefault := widgets.NewCheck(p.u.icons, lang.L("Default"), func(on bool) { f.dirty, s.Default = true, on })
		byDefault.SetCaption(lang.L("Granted when a request names no scope."))
		byDefault.SetChecked(s.Default)
		f.column.Add(byDefault)
	}, func() func(context.Context) error {
		draft := s
		return func(ctx context.Context) error { return p.u.local.SaveScope(ctx, draft, isNew) }
	}, func() {
		p.chosen = strings.TrimSpace(s.Name)
		p.u.toast(lang.L("“{{.Name}}” was saved.", briefly(s.Name)), "", nil)
		p.s.reload()
	})
	sheet.begin()
}

// remove asks once and deletes a scope that nobody uses.
func (p *localScopesPage) remove(s auth.LocalScope) {
	u := p.u
	u.askFirst(lang.L("Delete “{{.Name}}”?", named(s.Name)), lang.L("Clients can no longer ask for this scope."),
		lang.L("Cancel"), lang.L("Delete scope"), func() {
			async(u.run, func(ctx context.Context) (struct{}, error) { return struct{}{}, u.local.DeleteScope(ctx, s.Name) },
				func(_ struct{}, err error) {
					var used *auth.LocalScopeInUse
					switch {
					case errors.As(err, &used):
						u.showScopeInUse(used)
					case err != nil:
						u.failLocal(err)
					default:
						u.toast(lang.L("“{{.Name}}” was deleted.", briefly(s.Name)), "", nil)
						p.s.reload()
					}
				})
		})
}

// scopeUsersShown is how many clients the sheet names.
const scopeUsersShown = 8

// showScopeInUse says which clients and how many tokens keep a scope.
func (u *ui) showScopeInUse(used *auth.LocalScopeInUse) {
	list := widgets.NewColumn(4)
	for _, who := range used.Clients[:min(len(used.Clients), scopeUsersShown)] {
		list.Add(widgets.NewRow(8, 1, true, widgets.NewGlyph(u.icons.Icon("program"), widgets.ColorNameMuted, 16), widgets.NewText(who).Shrinking()))
	}
	if more := len(used.Clients) - scopeUsersShown; more > 0 {
		list.Add(widgets.NewCaption(lang.L("and {{.N}} more", number{more})))
	}
	if used.Tokens > 0 {
		list.Add(widgets.NewRow(8, 1, true, widgets.NewGlyph(u.icons.Icon("key"), widgets.ColorNameMuted, 16),
			widgets.NewText(lang.L("{{.Tokens}} with this scope", map[string]any{"Tokens": tokensText(used.Tokens)})).Shrinking()))
	}
	var s *sheet
	shut := widgets.NewPrimaryButton(lang.L("Close"), nil, func() { s.close() })
	body := widgets.NewColumn(12, sheetTitle(lang.L("The scope “{{.Name}}” is in use", briefly(used.Scope))),
		widgets.NewParagraph(lang.L("Take it out of these clients and end their tokens first, or keep it.")).Colored(widgets.ColorNameMuted), list)
	s = u.openSheet(480, widgets.NewInset(24, 28, 20, 28, body), sheetFoot(nil, shut), func() { s.close() })
	u.window.Canvas().Focus(shut)
}
