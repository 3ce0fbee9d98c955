package gui

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// clientMisbehaviour is the fold in which the server is told to treat a client
// badly, so that an app can be tried against a server in trouble.
type clientMisbehaviour struct {
	e      *clientEditor
	object *fyne.Container
	head   *widgets.FoldHead
	body   *fyne.Container
}

func newClientMisbehaviour(e *clientEditor) *clientMisbehaviour {
	o := &clientMisbehaviour{e: e}
	o.head = widgets.NewFoldHead(e.u.icons, lang.L("For practice: misbehave"), "", func(open bool) {
		setShown(o.body, open)
		e.relayout()
	})
	m := &e.m.draft.Misbehave
	slow := o.number("client.misbehave", lang.L("Answer late, seconds"), lang.L("0 to 60"), m.Slow, func(m *auth.LocalMisbehaviour) *int { return &m.Slow })
	many := o.number("client.misbehave.many", lang.L("429 with Retry-After, seconds"), lang.L("Empty: no 429"), m.TooMany, func(m *auth.LocalMisbehaviour) *int { return &m.TooMany })
	column := widgets.NewColumn(10, widgets.NewBeside(28, 0.5, 400, slow.Object, many.Object))
	check := func(label, caption string, of func(*auth.LocalMisbehaviour) *bool) *widgets.Check {
		c := widgets.NewCheck(e.u.icons, label, func(on bool) {
			e.edit("client.misbehave.ticks", func(c *auth.LocalClient) { *of(&c.Misbehave) = on })
		})
		c.SetCaption(caption)
		c.SetChecked(*of(m))
		return c
	}
	column.Add(widgets.NewBeside(28, 0.5, 400,
		check(lang.L("Answer 503"), lang.L("As a server that is down for maintenance."), func(m *auth.LocalMisbehaviour) *bool { return &m.Unavailable }),
		check(lang.L("Expire at once"), lang.L("Access tokens are over at once, whatever expires_in says."), func(m *auth.LocalMisbehaviour) *bool { return &m.ExpireAtOnce })))
	column.Add(widgets.NewBeside(28, 0.5, 400,
		check(lang.L("Drop the refresh token"), lang.L("The reply has none, though one was asked for."), func(m *auth.LocalMisbehaviour) *bool { return &m.DropRefresh }),
		check(lang.L("Lie about scopes"), lang.L("The reply names one scope less than is granted."), func(m *auth.LocalMisbehaviour) *bool { return &m.LieScopes })))
	o.body = widgets.NewInset(8, 0, 0, 24, column)
	o.body.Hidden = true
	o.object = widgets.NewColumn(8, widgets.NewRule(widgets.ColorNameLine), o.head, o.body)
	return o
}

// number makes the field of a number of seconds; empty is 0.
func (o *clientMisbehaviour) number(name, label, hint string, value int, of func(*auth.LocalMisbehaviour) *int) *widgets.Field {
	e := o.e
	in := widgets.NewInput("", false)
	if value > 0 {
		in.SetText(strconv.Itoa(value))
	}
	in.Entry().OnChanged = func(text string) {
		n, err := 0, error(nil)
		if text = strings.TrimSpace(text); text != "" {
			n, err = strconv.Atoi(text)
		}
		if err != nil || n < 0 {
			e.refuse(name, lang.L("Enter a whole number of seconds, or nothing."))
			return
		}
		e.edit(name, func(c *auth.LocalClient) { *of(&c.Misbehave) = n })
	}
	e.watch(in)
	w := e.slot(name, widgets.NewField(e.u.icons, label, false, in))
	w.SetHint(hint)
	e.slots[name].fold = o.head
	return w
}

// show says in the fold's head what is switched on.
func (o *clientMisbehaviour) show() {
	text := misbehaviourText(o.e.m.draft.Misbehave)
	if text == "" {
		text = lang.L("off")
	}
	o.head.SetCaption(text)
}

// misbehaviourText lists how a client is treated badly; "" for not at all.
func misbehaviourText(m auth.LocalMisbehaviour) string {
	var words []string
	add := func(on bool, text string) {
		if on {
			words = append(words, text)
		}
	}
	add(m.Slow > 0, lang.L("{{.N}} s late", number{m.Slow}))
	add(m.TooMany > 0, lang.L("429 for {{.N}} s", number{m.TooMany}))
	add(m.Unavailable, "503")
	add(m.ExpireAtOnce, lang.L("tokens expire at once"))
	add(m.DropRefresh, lang.L("no refresh token"))
	add(m.LieScopes, lang.L("a scope missing"))
	return strings.Join(words, ", ")
}
