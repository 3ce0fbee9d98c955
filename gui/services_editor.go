package gui

import (
	"context"
	"errors"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// serviceEditor edits a service of the user's own, or a new one. What stands in
// it is held by its model; this type carries values between model and fields and
// runs check and save.
type serviceEditor struct {
	u     *ui
	m     *serviceModel
	check debouncer
	saved func(auth.Service) // after saving
	left  func()             // Cancel, once nothing would be lost

	object    fyne.CanvasObject
	head      *serviceHead
	tabs      *widgets.Tabs
	body      *fyne.Container
	parts     [4]*servicePart // made when they are first shown
	slots     map[auth.Field]*serviceSlot
	issuer    *issuerField
	diff      *serviceDiff
	addresses *addressGroup
	kept      auth.Endpoints // what stood there before they were read from the issuer
	foot      *serviceFoot
	shade     *tapArea // over the fields while saving

	saving, closed bool
}

func newServiceEditor(u *ui, s auth.Service, saved func(auth.Service), left func()) *serviceEditor {
	e := &serviceEditor{u: u, m: newServiceModel(s), check: debouncer{run: u.run, d: checkDelay}, saved: saved, left: left}
	e.slots = map[auth.Field]*serviceSlot{}
	e.head = newServiceHead(e)
	e.tabs = widgets.NewTabs([]string{lang.L("Endpoints"), lang.L("Requests"), lang.L("Scopes"), lang.L("Help text")}, e.showPart)
	e.foot = newServiceFoot(e)
	e.body = container.NewStack()
	e.shade = newTapArea(func() {})
	e.shade.Hide()
	top := widgets.NewColumn(0, e.head.object, widgets.NewInset(0, 24, 0, 20, e.tabs), widgets.NewRule(widgets.ColorNameBorder))
	e.object = container.New(headFootLayout{}, top, container.NewStack(e.body, e.shade), e.foot.object)
	e.showPart(pageEndpoints)
	e.foot.readUsers()
	e.runCheck()
	return e
}

// headFootLayout: what stands above, what scrolls, and what stands below.
type headFootLayout struct{}

// MinSize implements fyne.Layout.
func (headFootLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(420, 300) }

// Layout implements fyne.Layout.
func (headFootLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	head, foot := widgets.HeightAt(objects[0], size.Width), widgets.HeightAt(objects[2], size.Width)
	put(objects[0], fyne.Position{}, fyne.NewSize(size.Width, head))
	put(objects[1], fyne.NewPos(0, head), fyne.NewSize(size.Width, size.Height-head-foot))
	put(objects[2], fyne.NewPos(0, size.Height-foot), fyne.NewSize(size.Width, foot))
}

// part returns a page, made if it is not there yet.
func (e *serviceEditor) part(i int) *servicePart {
	if e.parts[i] == nil {
		e.parts[i] = newServicePart(e, []func(*servicePart){e.endpointsPart, e.requestsPart, e.scopesPart, e.helpPart}[i])
	}
	return e.parts[i]
}

// showPart shows a page.
func (e *serviceEditor) showPart(i int) {
	e.body.Objects = []fyne.CanvasObject{e.part(i).object}
	e.body.Refresh()
	e.u.restyle(&e.part(i).styled)
	e.show()
}

// rebuild makes all pages anew: many values have changed at once.
func (e *serviceEditor) rebuild() {
	e.slots = map[auth.Field]*serviceSlot{}
	e.parts = [4]*servicePart{}
	clear(e.m.unreadable) // the fields show the draft from now on
	e.issuer, e.diff = nil, nil
	e.part(pageEndpoints) // it has the issuer and the differences
	e.showPart(e.tabs.Current())
	e.runCheck()
}

// rebuildPart makes one page anew where it was scrolled to.
func (e *serviceEditor) rebuildPart(i int) {
	offset := fyne.Position{}
	if e.parts[i] != nil {
		offset = e.parts[i].scroll.Offset
	}
	for field := range e.slots {
		if servicePage(field) == i {
			delete(e.slots, field)
		}
	}
	e.parts[i] = nil
	e.showPart(e.tabs.Current())
	e.part(i).scroll.ScrollToOffset(offset)
}

// relayout gives each part of the page the height that it asks for now.
func (e *serviceEditor) relayout() {
	if p := e.parts[e.tabs.Current()]; p != nil {
		widgets.Relayout(p.object)
	}
}

// edit takes a change of one field from the user.
func (e *serviceEditor) edit(name string, change func(*auth.Service)) {
	field := auth.ServiceField(name)
	change(&e.m.draft)
	e.m.edited(field)
	e.changed()
}

// refuse keeps what can't be taken into the draft, and says why beside the field.
func (e *serviceEditor) refuse(name, message string) {
	field := auth.ServiceField(name)
	e.m.edited(field)
	e.m.unreadable[field] = message
	e.changed()
}

// changed shows what is known and puts a check off until the typing rests.
func (e *serviceEditor) changed() {
	e.show()
	e.check.call(e.runCheck)
}

// runCheck asks the engine what is wrong and what differs from the sample.
func (e *serviceEditor) runCheck() {
	if e.closed || e.saving {
		return
	}
	e.check.cancel()
	e.m.found, e.m.checked = e.u.engine.CheckService(e.m.draft), true
	if e.diff != nil {
		e.diff.set(e.u.engine.ServiceDifferences(e.m.draft), e.m.draft.BasedOn)
	}
	e.show()
}

// show brings head, fields and footer to what the model says.
func (e *serviceEditor) show() {
	e.head.show()
	e.tabs.SetNote(pageScopes, countNote(len(e.m.draft.Scopes)))
	wrong := map[*serviceSlot]auth.FieldError{}
	stray := ""
	visible := e.m.visible()
	for _, f := range visible {
		slot := e.slotOf(f.Field)
		switch {
		case slot == nil && servicePage(f.Field) == e.tabs.Current():
			stray = told(f.Message)
		case slot != nil && wrong[slot].Message == "":
			wrong[slot] = f
		}
	}
	for _, slot := range e.slots {
		f := wrong[slot]
		slot.show(told(f.Message), f.Fix)
	}
	if name, ok := e.slots[auth.ServiceField("name")]; ok && wrong[name].Message == "" {
		e.head.markName(e.m.nameFree())
	}
	e.foot.show(len(visible), stray)
}

// countNote is a count behind a heading; nothing for none.
func countNote(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// slotOf returns where a field stands; an error of a part of it stands beside the
// whole. nil: it is not on a page that has been made.
func (e *serviceEditor) slotOf(field auth.Field) *serviceSlot {
	name := fieldName(field)
	for {
		if slot, ok := e.slots[auth.ServiceField(name)]; ok {
			return slot
		}
		cut := lastDot(name)
		if cut < 0 {
			return nil
		}
		name = name[:cut]
	}
}

func lastDot(name string) int {
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '.' {
			return i
		}
	}
	return -1
}

// submit saves. Wrong fields are shown, and the first of them gets the focus.
func (e *serviceEditor) submit() {
	if e.saving || e.closed {
		return
	}
	e.addresses.complete()
	e.check.cancel()
	if found := e.u.engine.CheckService(e.m.draft); len(found) > 0 || len(e.m.unreadable) > 0 {
		e.refused(found)
		return
	}
	e.setSaving(true)
	draft := copyService(e.m.draft)
	async(e.u.run, func(ctx context.Context) (auth.Service, error) { return e.u.engine.SaveService(ctx, draft) }, e.answered)
}

func (e *serviceEditor) setSaving(on bool) {
	e.saving = on
	setShown(e.shade, on)
	e.show()
}

func (e *serviceEditor) answered(s auth.Service, err error) {
	e.setSaving(false)
	var wrong auth.FieldErrors
	var used *auth.ServiceInUse
	switch {
	case err == nil:
		e.closed = true
		e.u.toast(lang.L("“{{.Name}}” was saved.", briefly(s.Name)), "", nil)
		e.saved(s)
	case errors.As(err, &wrong):
		e.refused(wrong)
	case errors.As(err, &used):
		e.u.showInUse(e.m.draft.Name, used, e.keepScope(used.Scope))
	case errors.Is(err, auth.ErrVaultMissing), errors.Is(err, auth.ErrVaultLocked):
		e.u.openVault(e.submit)
	default:
		e.u.fail(err, "")
	}
}

// keepScope returns what puts a scope back that was taken out; nil for none.
func (e *serviceEditor) keepScope(name string) func() {
	for i, scope := range e.m.start.Scopes {
		if name != "" && scope.Name == name {
			return func() {
				at := min(i, len(e.m.draft.Scopes))
				e.edit("scopes", func(s *auth.Service) {
					s.Scopes = append(s.Scopes[:at:at], append([]auth.Scope{scope}, s.Scopes[at:]...)...)
				})
				e.rebuildPart(pageScopes)
			}
		}
	}
	return nil
}

// stored goes on with a service that was saved. Its pages stay, and with them the
// focus, unless the engine has put something right in it.
func (e *serviceEditor) stored(s auth.Service) {
	e.m.draft.ID = s.ID
	same := !e.m.changedFrom(s)
	page, focused := e.tabs.Current(), e.focused()
	e.closed = false
	e.m.reset(s)
	if same {
		e.runCheck()
		widgets.Relayout(e.object) // head and foot have more buttons for a service that is stored
		return
	}
	offset := e.part(page).scroll.Offset
	e.rebuild()
	widgets.Relayout(e.object)
	e.part(page).scroll.ScrollToOffset(offset)
	switch {
	case focused != "":
		e.focus(focused)
	case page == pageEndpoints && e.u.window.Canvas().Focused() != fyne.Focusable(e.foot.save):
		e.focus(auth.ServiceField("name"))
	}
}

// focused is the field on the page that has the focus; "" for none.
func (e *serviceEditor) focused() auth.Field {
	at := e.u.window.Canvas().Focused()
	for field, slot := range e.slots {
		if at != nil && servicePage(field) == e.tabs.Current() && slot.focus() == at {
			return field
		}
	}
	return ""
}

// refused shows what is wrong and goes to the first field.
func (e *serviceEditor) refused(found []auth.FieldError) {
	e.m.refuse(found)
	visible := e.m.visible()
	if len(visible) == 0 {
		return
	}
	first := visible[0].Field
	e.part(servicePage(first))
	e.tabs.Choose(servicePage(first))
	e.show()
	e.focus(first)
}

// focus puts the cursor into a field.
func (e *serviceEditor) focus(field auth.Field) {
	slot := e.slotOf(field)
	if slot == nil {
		return
	}
	if slot.fold != nil {
		slot.fold.SetOpen(true)
	}
	e.u.focusOn(slot.focus())
}

// focusName puts the cursor into the name of a new service, for which another one
// is typed over the proposed one.
func (e *serviceEditor) focusName() {
	if name := e.head.name; name != nil {
		name.Control.(*widgets.Input).FocusAll(e.u.window.Canvas())
	}
}

// leave does next, asking first when something would be lost.
func (e *serviceEditor) leave(next func()) {
	switch {
	case e.saving:
	case e.closed || !e.m.dirty():
		e.close()
		next()
	default:
		lost := lang.L("What you changed in this service will be lost.")
		if !e.m.changed() {
			lost = lang.L("This service was imported and is not saved yet. It will be lost.")
		}
		e.u.askFirst(lang.L("Leave without saving?"), lost,
			lang.L("Keep editing"), lang.L("Discard"), func() {
				e.close()
				next()
			})
	}
}

// cancel is Cancel and Esc.
func (e *serviceEditor) cancel() { e.leave(e.left) }

func (e *serviceEditor) close() {
	e.closed = true
	e.check.cancel()
}
