package gui

import (
	"context"
	"errors"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// clientEditor edits a client of the local server, or a new one: who it is at the
// left, what it may do at the right.
type clientEditor struct {
	p    *localClientsPage
	u    *ui
	m    *clientModel
	left func() // Cancel, once nothing would be lost

	object fyne.CanvasObject
	body   fyne.CanvasObject
	scroll *container.Scroll
	slots  map[string]*clientSlot
	who    *clientWho
	rules  *clientRules
	odd    *clientMisbehaviour
	foot   *clientFoot
	shade  *tapArea // over the fields while saving

	saving, closed bool
}

// clientSlot is where a field stands.
type clientSlot struct {
	show  func(message string) // what is wrong; "": nothing
	focus func() fyne.Focusable
	fold  *widgets.FoldHead // it stands in; nil: in sight
}

func newClientEditor(p *localClientsPage, c auth.LocalClient, left func()) *clientEditor {
	e := &clientEditor{p: p, u: p.u, m: newClientModel(c), left: left, slots: map[string]*clientSlot{}}
	e.who, e.rules, e.odd = newClientWho(e), newClientRules(e), newClientMisbehaviour(e)
	e.foot = newClientFoot(e)
	columns := widgets.NewBeside(16, 0.52, 580, e.who.column, e.rules.column)
	box, scroll := widgets.NewTallScroll(widgets.NewInset(14, pageMargin, 20, pageMargin,
		widgets.NewColumn(12, columns, e.odd.object)), nil)
	e.body, e.scroll = box, scroll
	e.shade = newTapArea(func() {})
	e.shade.Hide()
	e.object = container.New(headFootLayout{}, container.NewWithoutLayout(),
		container.NewStack(withoutShadows(box), e.shade), e.foot.object)
	e.show()
	return e
}

// slot keeps a field to be found by its name, and lets it scroll into sight.
func (e *clientEditor) slot(name string, w *widgets.Field) *widgets.Field {
	w.OnHeight = e.relayout
	e.slots[name] = &clientSlot{show: w.SetError, focus: w.Control.Focusable}
	return w
}

// boxSlot makes a field whose control is made of several: box is what is shown.
func (e *clientEditor) boxSlot(name, label string, required bool, control widgets.Control, box *fyne.Container) *widgets.Field {
	w := e.slot(name, widgets.NewField(e.u.icons, label, required, control))
	w.ReplaceControl(box)
	return w
}

// watch gives the wheel over an input to the editor.
func (e *clientEditor) watch(in *widgets.Input) {
	in.SetWheel(func(w *fyne.ScrollEvent) { e.scroll.Scrolled(w) })
}

// text makes the field of a text of the client.
func (e *clientEditor) text(name, label string, kind textKind, of func(*auth.LocalClient) *string) *widgets.Field {
	in := widgets.NewInput(kind.placeholder, kind.mono)
	if kind.rows > 1 {
		in = widgets.NewTextArea(kind.placeholder, kind.rows)
	}
	in.SetText(*of(&e.m.draft))
	in.Entry().OnChanged = func(v string) {
		e.edit(name, func(c *auth.LocalClient) { *of(c) = strings.TrimSpace(v) })
	}
	e.watch(in)
	w := e.slot(name, widgets.NewField(e.u.icons, label, kind.required, in))
	w.SetHint(kind.hint)
	return w
}

// edit takes a change of one field from the user.
func (e *clientEditor) edit(name string, change func(*auth.LocalClient)) {
	change(&e.m.draft)
	delete(e.m.unreadable, name)
	delete(e.m.refused, name)
	e.show()
}

// refuse keeps what can't be taken into the draft, and says why beside the field.
func (e *clientEditor) refuse(name, message string) {
	e.m.unreadable[name] = message
	delete(e.m.refused, name)
	e.show()
}

// show brings fields and footer to what the model says.
func (e *clientEditor) show() {
	if e.foot == nil {
		return // still being made
	}
	e.who.show()
	e.rules.show()
	e.odd.show()
	for name, slot := range e.slots {
		slot.show(told(e.m.fault(name)))
	}
	e.foot.show(len(e.m.wrong()))
}

// relayout gives each part the height that it asks for now.
func (e *clientEditor) relayout() {
	if e.body != nil {
		widgets.Relayout(e.body)
	}
}

// follow takes what was read anew: an untouched editor shows it, one with
// changes keeps them.
func (e *clientEditor) follow(c auth.LocalClient, found bool) {
	switch {
	case e.closed || e.saving || e.m.isNew():
	case !found:
		if !e.m.dirty() {
			e.p.reopen("")
		}
	case !sameStored(c, e.m.start) && !e.m.dirty():
		e.p.again(c.ID)
	default:
		e.m.start.Tokens, e.m.start.Active = c.Tokens, c.Active
		e.foot.show(len(e.m.wrong()))
		e.who.showEndpoints()
	}
}

// submit saves. Wrong fields are shown, and the first of them gets the focus.
func (e *clientEditor) submit() {
	if e.saving || e.closed {
		return
	}
	if len(e.m.unreadable) > 0 {
		e.refused()
		return
	}
	e.setSaving(true)
	draft := e.m.ready()
	async(e.u.run, func(ctx context.Context) (auth.LocalClient, error) { return e.u.local.SaveClient(ctx, draft) }, e.answered)
}

func (e *clientEditor) setSaving(on bool) {
	e.saving = on
	setShown(e.shade, on)
	e.show()
}

func (e *clientEditor) answered(c auth.LocalClient, err error) {
	e.setSaving(false)
	var wrong auth.FieldErrors
	switch {
	case e.closed:
	case err == nil:
		e.u.toast(lang.L("“{{.Name}}” was saved.", briefly(clientTitle(c))), "", nil)
		// where all stands there as it was saved, nothing is made anew: the cursor stays
		stays := !e.m.isNew() && c.Public == e.m.start.Public && sameClient(e.m.ready(), c)
		e.m = newClientModel(c)
		e.p.chosen = c.ID
		e.p.changed(func() {
			switch {
			case e.p.editor != e: // another client was opened meanwhile
			case stays:
				e.show()
			default:
				e.p.again(c.ID)
			}
		})
	case errors.As(err, &wrong):
		e.m.take(wrong)
		e.refused()
	case errors.Is(err, auth.ErrVaultMissing), errors.Is(err, auth.ErrVaultLocked):
		e.u.openVault(e.submit)
	default:
		e.u.failLocal(err)
	}
}

// refused shows what is wrong and goes to the first field.
func (e *clientEditor) refused() {
	e.show()
	for _, name := range e.m.wrong() {
		if e.focus(name) {
			return
		}
	}
}

// focus puts the cursor into a field; false where it does not stand here.
func (e *clientEditor) focus(name string) bool {
	slot := e.slots[name]
	if slot == nil {
		return false
	}
	if slot.fold != nil {
		slot.fold.SetOpen(true)
	}
	e.relayout()
	at := slot.focus()
	if o, ok := at.(fyne.Disableable); ok && o.Disabled() {
		return false
	}
	e.u.focusOn(at)
	return true
}

// cursor is the field that has the focus; "" for none.
func (e *clientEditor) cursor() string {
	focused := e.u.window.Canvas().Focused()
	for name, slot := range e.slots {
		if focused != nil && focused == slot.focus() {
			return name
		}
	}
	return ""
}

// takeCursor puts the cursor into a field, or into the next one that can be changed.
func (e *clientEditor) takeCursor(name string) {
	for _, name := range clientFields[slices.Index(clientFields, name):] {
		if e.focus(name) {
			return
		}
	}
}

// leave does next, asking first when something would be lost.
func (e *clientEditor) leave(next func()) {
	switch {
	case e.saving:
	case e.closed || !e.m.dirty():
		next()
	default:
		e.u.askFirst(lang.L("Leave without saving?"), lang.L("What you changed in this client will be lost."),
			lang.L("Keep editing"), lang.L("Discard"), func() {
				e.m.draft, e.m.unreadable = copyClient(e.m.start), map[string]string{}
				e.close()
				next()
			})
	}
}

// cancel is Cancel and Esc.
func (e *clientEditor) cancel() { e.leave(e.left) }

// close hides what was revealed. More than once is harmless.
func (e *clientEditor) close() {
	e.closed = true
	e.who.hide()
}

// has tells whether the ready client may use the grant.
func (e *clientEditor) has(g auth.LocalGrant) bool { return slices.Contains(e.m.ready().Grants, g) }
