package gui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// scopePanel is the part of the form where permissions are chosen: filter, All,
// None, Add a scope, and a list with the service's groups.
type scopePanel struct {
	u        *ui
	m        *formModel
	onChange func()
	onHeight func() // the part above the list has become higher or lower

	object *fyne.Container
	label  *widgets.Field
	filter *widgets.Input
	clear  *widgets.IconButton
	list   *widgets.List
	empty  *widgets.Paragraph
	banner *fyne.Container
	lack   *widgets.Paragraph
	add    *widgets.Button
	rows   []scopeLine
	match  int
}

// scopeLine is a line of the list: a permission or the heading of a group.
type scopeLine struct {
	heading string
	scope   auth.Scope
}

func newScopePanel(u *ui, m *formModel, onChange, onHeight func(), wheel func(*fyne.ScrollEvent)) *scopePanel {
	p := &scopePanel{u: u, m: m, onChange: onChange, onHeight: onHeight}
	p.filter = widgets.NewInput("", false)
	p.clear = widgets.NewIconButton(u.icons.Icon("close"), lang.L("Clear the filter"), func() { p.filter.SetText("") })
	p.clear.Hide()
	p.filter.SetLeading(widgets.NewGlyph(u.icons.Icon("search"), widgets.ColorNameMuted, 16)).SetTrailing(p.clear)
	p.filter.Entry().OnChanged = func(string) { p.refill() }
	p.filter.SetWheel(wheel)
	p.filter.OnKey = func(key fyne.KeyName) bool {
		if key == fyne.KeyEscape && p.filter.Text() != "" {
			p.filter.SetText("")
			return true
		}
		return false
	}
	p.label = widgets.NewField(u.icons, lang.L("Scopes (permissions)"), true, p.filter)
	p.lack = widgets.NewParagraph("")
	p.label.OnHeight = onHeight
	fix := widgets.NewButton("", nil, func() { p.addMissing() })
	fix.Small = true
	p.add = fix
	p.banner = widgets.NewWarning(u.icons, p.lack, fix)
	p.banner.Hide()
	p.list = widgets.NewList(
		func() int { return len(p.rows) },
		func() fyne.CanvasObject { return widgets.NewScopeRow(u.icons) },
		p.draw,
	)
	p.list.HideSeparators = true
	p.list.OnSelected = func(i widget.ListItemID) {
		p.list.UnselectAll()
		p.toggle(i)
	}
	p.empty = widgets.NewCaption("")
	tools := widgets.NewRow(8, 0, false, p.filter,
		widgets.NewButton(lang.L("All"), nil, func() { p.chooseShown(true) }),
		widgets.NewButton(lang.L("None"), nil, func() { p.chooseShown(false) }),
		widgets.NewButton(lang.L("Add a scope"), u.icons.Icon("plus"), p.askScope))
	p.label.ReplaceControl(tools)
	frame := widgets.NewStacked(
		widgets.NewGround(widgets.ColorNameField, widgets.ColorNameFieldEdge, 6),
		widgets.NewInset(1, 1, 1, 1, widgets.NewCompactList(p.list)),
		widgets.NewInset(12, 12, 12, 12, p.empty),
	)
	p.object = &fyne.Container{
		Layout:  &fillLayout{gap: 8, least: 226},
		Objects: []fyne.CanvasObject{p.label.Object, p.banner, frame},
	}
	p.refill()
	return p
}

// draw fills row i of the list.
func (p *scopePanel) draw(i widget.ListItemID, o fyne.CanvasObject) {
	if i >= len(p.rows) {
		return
	}
	row, view := p.rows[i], o.(*widgets.ScopeRow)
	if row.heading != "" {
		view.SetHeading(row.heading)
		return
	}
	admin := ""
	if row.scope.Admin {
		admin = lang.L("administrator")
	}
	name, title := p.m.svc.Fill(row.scope.Name, p.m.draft.Params), row.scope.Description
	if title == name { // nobody has described it
		title = ""
	}
	view.SetScope(title, name, admin, p.m.chosen(row.scope.Name))
}

// toggle ticks or unticks the permission of row i.
func (p *scopePanel) toggle(i int) {
	if i < 0 || i >= len(p.rows) || p.rows[i].heading != "" {
		return
	}
	name := p.rows[i].scope.Name
	p.m.choose(name, !p.m.chosen(name))
	p.changed()
}

// chooseShown ticks or unticks all permissions that the filter leaves.
func (p *scopePanel) chooseShown(on bool) {
	for _, row := range p.rows {
		if row.heading == "" {
			p.m.choose(row.scope.Name, on)
		}
	}
	p.changed()
}

func (p *scopePanel) addMissing() {
	if name := p.m.missingRefreshScope(); name != "" {
		p.m.addScope(name)
		p.refill()
		p.changed()
	}
}

func (p *scopePanel) changed() {
	p.m.edited(auth.FieldScopes)
	p.list.Refresh()
	p.show()
	p.onChange()
}

// askScope asks for the name of a scope that the list does not have.
func (p *scopePanel) askScope() {
	var s *sheet
	name := widgets.NewInput("", true)
	field := widgets.NewField(p.u.icons, lang.L("Scope"), true, name)
	field.SetHint(lang.L("As the service writes it. Several are separated by blanks."))
	add := func() {
		if p.m.addScope(name.Text()) == 0 {
			field.SetError(lang.L("Enter the scope's name."))
			s.refit()
			return
		}
		s.close()
		p.filter.SetText("")
		p.refill()
		p.changed()
		p.list.ScrollToBottom()
	}
	name.Entry().OnSubmitted = func(string) { add() }
	body := widgets.NewInset(24, 28, 20, 28, widgets.NewColumn(12, sheetTitle(lang.L("Add a scope")), field.Object))
	s = p.u.openSheet(440, body, sheetFoot(nil,
		widgets.NewButton(lang.L("Cancel"), nil, func() { s.close() }),
		widgets.NewPrimaryButton(lang.L("Add"), nil, add)), func() { s.close() })
	p.u.window.Canvas().Focus(name.Focusable())
}

// refill makes the lines of the list from the service and the filter.
func (p *scopePanel) refill() {
	words := strings.Fields(strings.ToLower(p.filter.Text()))
	p.clear.Hidden = p.filter.Text() == ""
	p.rows, p.match = nil, 0
	group := ""
	for _, s := range p.m.allScopes() {
		if !scopeMatches(s, words) {
			continue
		}
		g := s.Group
		if g == "" {
			g = lang.L("Added by you")
			if len(p.m.svc.Scopes) > 0 && p.m.svc.Scopes[0].Group == "" {
				g = ""
			}
		}
		if g != group {
			group = g
			p.rows = append(p.rows, scopeLine{heading: g})
		}
		p.rows = append(p.rows, scopeLine{scope: s})
		p.match++
	}
	for i, row := range p.rows {
		height := float32(widgets.ScopeRowHeight)
		if row.heading != "" {
			height = widgets.ScopeGroupHeight
		}
		p.list.SetItemHeight(i, height)
	}
	p.list.Refresh()
	p.filter.Refresh()
	p.show()
}

func scopeMatches(s auth.Scope, words []string) bool {
	all := strings.ToLower(s.Name + " " + s.Description + " " + s.Group)
	for _, word := range words {
		if !strings.Contains(all, word) {
			return false
		}
	}
	return true
}

// show brings count, banner and placeholder up to date.
func (p *scopePanel) show() {
	total, chosen := len(p.m.allScopes()), len(p.m.draft.Scopes)
	placeholder := lang.L("Filter {{.N}} permissions", map[string]any{"N": total})
	if total == 1 {
		placeholder = lang.L("Filter 1 permission")
	}
	p.filter.SetPlaceHolder(placeholder)
	count := lang.L("{{.N}} of {{.All}} chosen", map[string]any{"N": chosen, "All": total})
	if p.filter.Text() != "" {
		count = lang.L("{{.M}} match, {{.N}} of {{.All}} chosen", map[string]any{"M": p.match, "N": chosen, "All": total})
	}
	p.label.SetNote(count)
	empty := ""
	switch {
	case total == 0 && p.m.settledThere():
		empty = lang.L("{{.Service}} takes no permissions from here: what the app may do is chosen there.", map[string]any{"Service": p.m.svc.Name})
	case total == 0:
		empty = lang.L("This service names no permissions. Add those that you need.")
	case p.match == 0:
		empty = lang.L("No permission matches. Clear the filter, or add the scope by its name.")
	}
	if hasParams(p.m.svc.Scopes) {
		p.list.Refresh() // the names hold what stands in other fields
	}
	if p.empty.Text() != empty {
		p.empty.SetText(empty)
		widgets.Relayout(p.object)
	}
	lack := p.m.missingRefreshScope()
	if lack != "" {
		p.lack.SetText(lang.L("Without {{.Scope}} this sign-in ends when the first token does.", map[string]any{"Scope": lack}))
		p.add.SetText(lang.L("Add {{.Scope}}", map[string]any{"Scope": lack}))
	}
	if p.banner.Visible() != (lack != "") {
		setShown(p.banner, lack != "")
		p.onHeight()
	}
}

// hasParams tells whether a parameter of the service stands in the name of a scope.
func hasParams(scopes []auth.Scope) bool {
	return slices.ContainsFunc(scopes, func(s auth.Scope) bool { return strings.Contains(s.Name, "{") })
}

// showError says what is wrong with the choice as a whole.
func (p *scopePanel) showError() {
	e, wrong := p.m.errorOf(auth.FieldScopes)
	message := ""
	if wrong {
		message = told(e.Message)
	}
	p.label.SetError(message)
}

// headHeight is the height of all but the list.
func (p *scopePanel) headHeight(width float32) float32 {
	height := widgets.HeightAt(p.label.Object, width) + 8
	if p.banner.Visible() {
		height += widgets.HeightAt(p.banner, width) + 8
	}
	return height
}

// fillLayout puts objects below each other; the last one takes the height that
// is left, least at least.
type fillLayout struct{ gap, least float32 }

func (l *fillLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	var y float32
	for i, o := range objects {
		if !o.Visible() {
			continue
		}
		h := widgets.HeightAt(o, size.Width)
		if i == len(objects)-1 {
			h = max(size.Height-y, l.least)
		}
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, h))
		y += h + l.gap
	}
}

func (l *fillLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(300, l.least+100) }
