package gui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// scopesControl says which scopes a client may ask for; its button opens the
// checklist. It is the control of a Field.
type scopesControl struct {
	*fyne.Container
	e      *clientEditor
	words  *widgets.Text
	choose *widgets.Button
}

func newScopesControl(e *clientEditor) *scopesControl {
	c := &scopesControl{e: e, words: widgets.NewText("")}
	c.choose = widgets.NewButton(lang.L("Choose…"), nil, c.open)
	c.Container = widgets.NewRow(8, 0, true, fixedBox(c.words), c.choose)
	return c
}

// SetInvalid implements widgets.Control; the message says it.
func (*scopesControl) SetInvalid(bool) {}

// Focusable implements widgets.Control.
func (c *scopesControl) Focusable() fyne.Focusable { return c.choose }

// show says which scopes are chosen.
func (c *scopesControl) show() {
	chosen, text := c.e.m.draft.Scopes, lang.L("none")
	if len(chosen) > 0 {
		text = lang.L("{{.N}} of {{.All}}: {{.Names}}", map[string]any{
			"N": len(chosen), "All": max(len(c.e.p.s.scopes), len(chosen)), "Names": strings.Join(chosen, ", "),
		})
	}
	c.words.SetText(text)
}

// open lets the user tick scopes.
func (c *scopesControl) open() {
	u, all := c.e.u, c.e.p.s.scopes
	chosen := map[string]bool{}
	for _, name := range c.e.m.draft.Scopes {
		chosen[name] = true
	}
	count := widgets.NewSmallText("")
	var checks []*widgets.Check
	list := widgets.NewColumn(8)
	show := func() {
		n := 0
		for i, check := range checks {
			check.SetChecked(chosen[all[i].Name])
			if chosen[all[i].Name] {
				n++
			}
		}
		count.SetText(lang.L("{{.N}} of {{.All}}", map[string]any{"N": n, "All": len(all)}))
	}
	for _, scope := range all {
		check := widgets.NewCheck(u.icons, scope.Name, func(on bool) {
			chosen[scope.Name] = on
			show()
		})
		check.SetCaption(scope.Description)
		checks = append(checks, check)
		list.Add(check)
	}
	setAll := func(on bool) func() {
		return func() {
			for _, scope := range all {
				chosen[scope.Name] = on
			}
			show()
		}
	}
	var s *sheet
	cancel := widgets.NewButton(lang.L("Cancel"), nil, func() { s.close() })
	take := widgets.NewPrimaryButton(lang.L("Take these"), nil, func() {
		s.close()
		c.take(all, chosen)
	})
	head := widgets.NewRow(16, 2, true, widgets.NewSmallLink(lang.L("Select all"), nil, setAll(true)),
		widgets.NewSmallLink(lang.L("Select none"), nil, setAll(false)), widgets.NewParagraph(""), count)
	body := widgets.NewColumn(12, sheetTitle(lang.L("Scopes that this client may ask for")), head, list)
	show()
	s = u.openSheet(480, widgets.NewInset(24, 28, 20, 28, body), sheetFoot(nil, cancel, take), func() { s.close() })
	if len(checks) > 0 {
		u.window.Canvas().Focus(checks[0])
	}
}

// take keeps the ticked scopes, in the order in which the client has them.
func (c *scopesControl) take(all []auth.LocalScope, chosen map[string]bool) {
	var names []string
	for _, name := range c.e.m.draft.Scopes {
		if chosen[name] {
			names = append(names, name)
		}
	}
	for _, scope := range all {
		if chosen[scope.Name] && !slices.Contains(names, scope.Name) {
			names = append(names, scope.Name)
		}
	}
	c.e.edit("client.scopes", func(client *auth.LocalClient) { client.Scopes = names })
	c.e.u.window.Canvas().Focus(c.choose)
}
