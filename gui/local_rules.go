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

// clientRules is the right of the editor: what the client may do.
type clientRules struct {
	e         *clientEditor
	column    *fyne.Container
	grants    map[auth.LocalGrant]*widgets.Check
	redirects *widgets.Field
	access    *numberOr
	rows      *redirectRows
	scopes    *scopesControl
}

func newClientRules(e *clientEditor) *clientRules {
	r := &clientRules{e: e, column: widgets.NewColumn(14), grants: map[auth.LocalGrant]*widgets.Check{}}
	icons := e.u.icons
	r.makeGrants()
	r.rows = newRedirectRows(e.u.window.Canvas(), icons, e.m.draft.RedirectURIs, e.watch)
	r.rows.onChanged = func(uris []string) {
		e.edit("client.redirects", func(c *auth.LocalClient) { c.RedirectURIs = uris })
	}
	r.redirects = e.boxSlot("client.redirects", lang.L("Redirect URLs"), true, r.rows, r.rows.Container)
	r.redirects.SetHint(lang.L("Compared as they stand here; http://127.0.0.1/… allows any port."))
	r.rows.onHeight = e.relayout
	r.column.Add(r.redirects.Object)

	seconds, never := "", e.m.draft.AccessSeconds == 0
	if !never {
		seconds = strconv.FormatInt(e.m.draft.AccessSeconds, 10)
	}
	r.access = newNumberOr(e, "client.access", numberOrWords{
		unit: lang.L("seconds"), instead: lang.L("never expires"), usual: "3600", wrong: lang.L("Enter a whole number of seconds."),
	}, seconds, never, func(c *auth.LocalClient, n int64, instead bool) bool {
		if c.AccessSeconds = n; instead {
			c.AccessSeconds = 0
		}
		return instead || n > 0
	})
	r.column.Add(e.boxSlot("client.access", lang.L("Access token lasts"), true, r.access, r.access.Container).Object)

	count, unlimited := "", e.m.draft.RefreshCount == auth.LocalUnlimited
	if !unlimited {
		count = strconv.Itoa(e.m.draft.RefreshCount)
	}
	refresh := newNumberOr(e, "client.refresh", numberOrWords{
		unit: lang.L("times"), instead: lang.L("unlimited"), usual: "5", wrong: lang.L("Enter a whole number, or nothing."),
	}, count, unlimited, func(c *auth.LocalClient, n int64, instead bool) bool {
		if c.RefreshCount = int(n); instead {
			c.RefreshCount = auth.LocalUnlimited
		}
		return true
	})
	w := e.boxSlot("client.refresh", lang.L("Refresh count"), false, refresh, refresh.Container)
	w.SetHint(lang.L("0 or empty: no refresh token is given."))
	others := widgets.NewCheck(icons, lang.L("For every grant with a user"), func(on bool) {
		e.edit("client.refresh.all", func(c *auth.LocalClient) { c.RefreshForAll = on })
	})
	others.SetCaption(lang.L("Off: the authorization code alone gets refresh tokens."))
	others.SetChecked(e.m.draft.RefreshForAll)
	r.column.Add(widgets.NewColumn(8, w.Object, others))

	r.scopes = newScopesControl(e)
	r.column.Add(e.boxSlot("client.scopes", lang.L("Scopes"), true, r.scopes, r.scopes.Container).Object)
	return r
}

// makeGrants makes the ticks of the grants, two beside each other.
func (r *clientRules) makeGrants() {
	e := r.e
	box := &checksControl{Container: widgets.NewColumn(6)}
	var line []fyne.CanvasObject
	for _, g := range auth.LocalGrants {
		check := widgets.NewCheck(e.u.icons, lang.L(g.Label), func(on bool) {
			e.edit("client.grants", func(c *auth.LocalClient) {
				c.Grants = slices.DeleteFunc(c.Grants, func(id auth.LocalGrant) bool { return id == g.ID })
				if on {
					c.Grants = append(c.Grants, g.ID)
				}
			})
		})
		r.grants[g.ID] = check
		if line = append(line, check); len(line) == 2 {
			box.Add(widgets.NewBeside(8, 0.52, 0, line[0], line[1])) // the first has the longest label
			line = nil
		}
	}
	if len(line) > 0 {
		box.Add(line[0])
	}
	box.first = func() fyne.Focusable {
		for _, g := range auth.LocalGrants {
			if check := r.grants[g.ID]; !check.Disabled() {
				return check
			}
		}
		return r.grants[auth.LocalGrantCode]
	}
	r.column.Add(e.boxSlot("client.grants", lang.L("Allowed grants"), true, box, box.Container).Object)
}

// checksControl lets a few ticks stand in a Field.
type checksControl struct {
	*fyne.Container
	first func() fyne.Focusable
}

// SetInvalid implements widgets.Control; the message says it.
func (*checksControl) SetInvalid(bool) {}

// Focusable implements widgets.Control.
func (c *checksControl) Focusable() fyne.Focusable { return c.first() }

// show brings the column to what the model says.
func (r *clientRules) show() {
	m := r.e.m
	for _, g := range auth.LocalGrants {
		check := r.grants[g.ID]
		check.SetCaption(grantNote(g, m.fits(g)))
		check.SetChecked(m.fits(g) && slices.Contains(m.draft.Grants, g.ID))
		if m.fits(g) {
			check.Enable()
		} else {
			check.Disable()
		}
	}
	r.redirects.SetRequired(m.needsRedirect())
	note := ""
	if m.needsRedirect() {
		note = lang.L("at least one")
	}
	r.redirects.SetNote(note)
	r.scopes.show()
}

// grantNote is what is said below a grant: why it can't be ticked, or that it
// should not.
func grantNote(g auth.LocalGrantInfo, fits bool) string {
	switch {
	case fits && g.Outdated:
		return lang.L("outdated")
	case fits:
		return ""
	case g.Public && g.Outdated:
		return lang.L("outdated, for public clients")
	case g.Public:
		return lang.L("for public clients")
	case g.Outdated:
		return lang.L("outdated, for confidential clients")
	default:
		return lang.L("for confidential clients")
	}
}

// numberOrWords are the words of a numberOr.
type numberOrWords struct{ unit, instead, usual, wrong string }

// numberOr is a number, or a word in place of one.
type numberOr struct {
	*fyne.Container
	in   *widgets.Input
	pick *widgets.Radio
}

// newNumberOr makes the control of a field. take stores a number, or that the word
// stands instead of one, and tells whether it may; an empty text is 0.
func newNumberOr(e *clientEditor, name string, words numberOrWords, text string, instead bool, take func(c *auth.LocalClient, n int64, instead bool) bool) *numberOr {
	o := &numberOr{in: widgets.NewInput("", false)}
	e.watch(o.in)
	changed := func() {
		other := o.pick.Current() == 1
		n, err := int64(0), error(nil)
		if typed := strings.TrimSpace(o.in.Text()); typed != "" && !other {
			n, err = strconv.ParseInt(typed, 10, 32)
		}
		good := err == nil && n >= 0
		if good {
			e.edit(name, func(c *auth.LocalClient) { good = take(c, n, other) })
		}
		if !good {
			e.refuse(name, words.wrong)
		}
	}
	o.pick = widgets.NewRadio([]string{words.unit, words.instead}, kindIndex(instead), func(i int) {
		o.in.SetReadOnly(i == 1)
		switch {
		case i == 1:
			o.in.SetText("")
		case o.in.Text() == "":
			o.in.SetText(words.usual)
		}
		changed()
	})
	o.in.SetText(text)
	o.in.SetReadOnly(instead)
	o.in.Entry().OnChanged = func(string) {
		if o.pick.Current() == 0 {
			changed()
		}
	}
	o.Container = widgets.NewRow(12, 1, true, widgets.NewFixed(84, 0, o.in), o.pick)
	return o
}

// SetInvalid implements widgets.Control.
func (o *numberOr) SetInvalid(invalid bool) { o.in.SetInvalid(invalid) }

// Focusable implements widgets.Control.
func (o *numberOr) Focusable() fyne.Focusable {
	if o.pick.Current() == 1 {
		return o.pick
	}
	return o.in.Focusable()
}
