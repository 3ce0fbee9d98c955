package gui

import (
	"reflect"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// detailPane shows the selected authorization beside the table. Its head stays
// while the authorization's data changes, so that a button keeps the focus.
type detailPane struct {
	u      *ui
	root   *fyne.Container
	name   *widgets.Text
	sub    *widgets.Text
	copy   *widgets.Button
	renew  *widgets.Button
	body   *fyne.Container
	scroll *fyne.Container
	token  *tokenCard
	fresh  *refreshCard
	past   *historyCard
	used   *usedCard
	ends   *endsCard
	says   *widgets.Button
	test   *widgets.Button
	tools  *fyne.Container

	target  target
	allOpen bool // all permissions are listed
}

// narrowDetail is the width under which the buttons have short words.
const narrowDetail float32 = 330

func newDetailPane(u *ui, closed func()) *detailPane {
	p := &detailPane{
		u: u, name: widgets.NewTitle("").Shrinking(), sub: widgets.NewSmallText("").Shrinking(),
		body: widgets.NewColumn(0), token: newTokenCard(u),
	}
	p.fresh, p.past, p.ends = newRefreshCard(u), newHistoryCard(u, p.relayout), newEndsCard(u)
	p.used = newUsedCard(u, p.relayout)
	p.says = widgets.NewButton(lang.L("What the token says"), u.icons.Icon("info"), func() { u.runCommand(cmdInspect) })
	p.test = widgets.NewButton(lang.L("Test"), u.icons.Icon("play"), func() { u.runCommand(cmdTest) })
	p.says.Small, p.test.Small = true, true
	p.tools = widgets.NewInset(12, 0, 0, 0, widgets.NewRow(8, -1, true, p.says, p.test))
	p.copy = widgets.NewButton(lang.L("Copy access token"), u.icons.Icon("copy"), func() { u.runCommand(cmdCopy) })
	p.renew = widgets.NewButton(lang.L("Refresh now"), nil, func() { u.runCommand(cmdRefresh) })
	var more *widgets.IconButton
	more = widgets.NewIconButton(u.icons.Icon("more"), lang.L("More actions"), func() {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(more)
		u.openRowMenu(p.target, at.AddXY(-220, 30))
	})
	shut := widgets.NewIconButton(u.icons.Icon("close"), lang.L("Close the details"), closed)
	head := widgets.NewColumn(
		0,
		widgets.NewRow(4, 0, true, p.name, more, shut),
		p.sub,
		widgets.NewInset(12, 0, 14, 0, widgets.NewRow(8, 0, true, p.copy, p.renew)),
	)
	content := widgets.NewInset(14, 16, 12, 16, widgets.NewColumn(0, head, p.body))
	p.scroll, _ = widgets.NewTallScroll(content, nil)
	p.root = container.New(&detailLayout{p: p}, withoutShadows(p.scroll))
	return p
}

// detailLayout shortens the words of the buttons where there is little room.
type detailLayout struct{ p *detailPane }

// MinSize implements fyne.Layout.
func (l *detailLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(leastDetail-1, 100)
}

// Layout implements fyne.Layout.
func (l *detailLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	label := lang.L("Copy access token")
	if size.Width < narrowDetail {
		label = lang.L("Copy token")
	}
	l.p.copy.SetText(label)
	objects[0].Resize(size)
}

// set shows another authorization, or other data of the same one.
func (p *detailPane) set(t target) {
	other := t.row.ID != p.target.row.ID
	same := !other && reflect.DeepEqual(t, p.target)
	p.target = t
	if other {
		p.token.hide()
		p.allOpen = false
	}
	if same {
		p.tick()
		return
	}
	p.name.SetText(t.row.Name)
	p.sub.SetText(t.row.ServiceName + ", " + inSentence(grantWord(t.row.Grant)))
	p.enable(p.copy, cmdCopy)
	p.enable(p.renew, cmdRefresh)
	p.enable(p.says, cmdInspect)
	p.enable(p.test, cmdTest)
	p.build()
}

// enable makes a button follow its command and tell why it can't be pressed.
func (p *detailPane) enable(b *widgets.Button, id commandID) {
	for i := range p.u.commands {
		if p.u.commands[i].id != id {
			continue
		}
		why := p.u.commands[i].why(p.target)
		b.SetToolTip(why)
		if why == "" {
			b.Enable()
		} else {
			b.Disable()
		}
	}
}

// build makes the body anew.
func (p *detailPane) build() {
	switch {
	case p.target.detail != nil:
		p.token.set(p.target)
		p.fresh.set(p.target)
		p.past.set(p.target)
		p.used.set(p.target)
		p.body.Objects = p.sections(p.target.detail)
	case p.target.err != nil:
		p.body.Objects = []fyne.CanvasObject{rule(), widgets.NewInset(12, 0, 0, 0, p.problem())}
	default:
		p.body.Objects = nil
	}
	widgets.Relayout(p.scroll)
	p.root.Refresh()
}

// problem says why there is nothing to show.
func (p *detailPane) problem() fyne.CanvasObject {
	f := unexpected(p.target.err)
	return widgets.NewColumn(4,
		widgets.NewText(f.Title).Bold(),
		widgets.NewParagraph(f.Happened).Colored(widgets.ColorNameMuted),
		widgets.NewParagraph(f.Steps[0]).Colored(widgets.ColorNameMuted))
}

// tick lets the times go on.
func (p *detailPane) tick() {
	if p.target.detail != nil {
		p.token.tick(p.target)
		p.fresh.tick(p.target)
		p.ends.tick()
	}
}

// rule is a line between two sections.
func rule() fyne.CanvasObject { return widgets.NewRule(widgets.ColorNameLine) }

// sections are the cards of the pane, with lines between them.
func (p *detailPane) sections(d *auth.Detail) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	if notice := p.notice(d); notice != nil {
		out = append(out, widgets.NewInset(0, 0, 14, 0, notice))
	}
	out = append(out,
		rule(), widgets.NewInset(12, 0, 14, 0, widgets.NewColumn(0, p.token.root, p.otherTokens(d), p.tools)))
	if p.ends.set(p.target) {
		out = append(out, rule(), widgets.NewInset(12, 0, 12, 0, p.ends.root))
	}
	out = append(out,
		rule(), widgets.NewInset(12, 0, 12, 0, p.fresh.root),
		rule(), widgets.NewInset(12, 0, 12, 0, p.permissions(d)),
		rule(), widgets.NewInset(12, 0, 12, 0, p.whoMay(d.Rule)),
		rule(), widgets.NewInset(12, 0, 12, 0, p.used.root),
		rule(), widgets.NewInset(10, 0, 10, 0, p.facts(d)))
	if said := p.serviceFacts(d); said != nil {
		out = append(out, rule(), widgets.NewInset(12, 0, 12, 0, said))
	}
	if notes := strings.TrimSpace(d.Authorization.Notes); notes != "" {
		out = append(out, rule(), widgets.NewInset(12, 0, 12, 0, widgets.NewColumn(4,
			widgets.NewText(lang.L("Notes")).Bold(), widgets.NewParagraph(notes))))
	}
	return append(out, rule(), widgets.NewInset(4, 0, 4, 0, p.past.root))
}

// permissions tells the scopes that were granted from those that were asked for.
func (p *detailPane) permissions(d *auth.Detail) fyne.CanvasObject {
	asked := d.Authorization.Scopes
	caption := lang.L("{{.N}} asked for", number{len(asked)})
	known := d.Status.Generation > 0 && d.Status.Granted != nil
	if known {
		caption = lang.L("{{.Granted}} of {{.Asked}} granted", map[string]any{"Granted": len(asked) - len(d.Missing), "Asked": len(asked)})
	}
	column := widgets.NewColumn(8, widgets.NewRow(8, 0, true,
		widgets.NewText(lang.L("Permissions")).Bold(), widgets.NewSmallText(caption)))
	if known && len(d.Missing) > 0 {
		column.Add(p.missing(d.Missing))
	}
	if len(asked) == 0 {
		column.Add(widgets.NewCaption(lang.L("The service was asked for no permission by name.")))
		return column
	}
	word := lang.L("Show all {{.N}}", number{len(asked)})
	if p.allOpen {
		word = lang.L("Show less")
		column.Add(scopeLines(p.u.icons, d, known))
	}
	column.Add(widgets.NewRow(0, -1, true, widgets.NewSmallLink(word, nil, func() {
		p.allOpen = !p.allOpen
		p.build()
	})))
	return column
}

// missing marks the scopes that were asked for and not granted.
func (p *detailPane) missing(scopes []string) fyne.CanvasObject {
	lines := widgets.NewColumn(2)
	for _, scope := range scopes {
		lines.Add(widgets.NewText(scope).Sized(12).Mono().Shrinking())
	}
	lines.Add(widgets.NewSmallText(lang.L("asked for, not granted")))
	again := widgets.NewQuietButton(lang.L("Ask again"), nil, func() { p.u.runCommand(cmdSignIn) })
	again.Small = true
	row := widgets.NewRow(8, 1, true, widgets.NewGlyph(p.u.icons.Icon("warn"), widgets.ColorNameWarn, 16), lines, again)
	return widgets.NewStacked(widgets.NewPanel(widgets.ColorNameWarnTint, "", 8), widgets.NewInset(8, 4, 8, 10, row))
}

// scopeLines lists every scope with a sign and, for a screen without colours,
// a word where it was not granted.
func scopeLines(icons Icons, d *auth.Detail, known bool) fyne.CanvasObject {
	missing := map[string]bool{}
	for _, scope := range d.Missing {
		missing[scope] = true
	}
	column := widgets.NewColumn(4)
	line := func(icon string, ink fyne.ThemeColorName, scope, word string) {
		parts := []fyne.CanvasObject{
			widgets.NewGlyph(icons.Icon(icon), ink, 14), widgets.NewText(scope).Sized(12).Mono().Shrinking(),
		}
		if word != "" {
			parts = append(parts, widgets.NewSmallText(word))
		}
		column.Add(widgets.NewRow(8, 1, true, parts...))
	}
	for _, scope := range d.Authorization.Scopes {
		switch {
		case !known:
			line("minus", widgets.ColorNameMuted, scope, "")
		case missing[scope]:
			line("warn", widgets.ColorNameWarn, scope, lang.L("not granted"))
		default:
			line("check", widgets.ColorNameOK, scope, "")
		}
	}
	asked := map[string]bool{}
	for _, scope := range d.Authorization.Scopes {
		asked[scope] = true
	}
	for _, scope := range d.Status.Granted {
		if !asked[scope] {
			line("plus", widgets.ColorNameMuted, scope, lang.L("not asked for"))
		}
	}
	return column
}

// relayout lays the pane out after a part of it has become higher or lower.
func (p *detailPane) relayout() {
	widgets.Relayout(p.scroll)
	p.root.Refresh()
}
