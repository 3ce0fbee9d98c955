package gui

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// form is the screen "Application (OAuth2) Authorization Token": new, duplicate
// and Edit & re-authorize. What stands in it is held by its model; this type
// carries values between model and fields and runs check and save.
type form struct {
	u     *ui
	m     *formModel
	check debouncer
	// follow takes over the sign-in that saving has started.
	follow func(s signIn, used auth.Draft)

	object  *fyne.Container
	screen  fyne.CanvasObject // object as the frame shows it
	scroll  *container.Scroll
	parts   *formParts
	help    *helpPanel
	scopes  *scopePanel
	preview *previewPanel

	save, cancel *widgets.Button
	count        *widgets.Link
	countRow     *fyne.Container
	required     *fyne.Container
	shade        *tapArea // over the fields while saving

	recent         []string // services, those used last first
	saving, closed bool
	registering    bool // the service is making a client
	trying         bool // it was opened to try the local server, which did not run yet
	stale          bool // a part has become higher or lower since it was laid out
	previousKey    func(*fyne.KeyEvent)
}

// checkDelay is how long the form waits after the last key before it checks.
const checkDelay = 200 * time.Millisecond

// submitShortcut is Save & Authorize by keyboard.
var submitShortcut = &desktop.CustomShortcut{KeyName: fyne.KeyReturn, Modifier: fyne.KeyModifierShortcutDefault}

// openForm shows the form for a draft: a new authorization, a duplicate (CopyOf)
// or Edit & re-authorize (ID).
func (u *ui) openForm(d auth.Draft) { u.openFormAt(d, "") }

// openFormAt does so with the focus on a field; "": where one begins.
func (u *ui) openFormAt(d auth.Draft, field auth.Field) {
	f := newForm(u, d)
	u.form = f
	u.showContent(f.screen)
	f.listen()
	f.preview.ask()
	f.readRecent()
	f.goTo(f.m.begin(field))
}

func newForm(u *ui, d auth.Draft) *form {
	f := &form{u: u, m: newFormModel(u.engine.Services(), d, u.engine.DraftFor), check: debouncer{run: u.run, d: checkDelay}}
	f.follow = u.followDraft
	f.help = newHelpPanel(u, f.relayout)
	f.scopes = newScopePanel(u, f.m, f.changed, func() { f.stale = true }, f.wheel)
	f.preview = newPreviewPanel(f)
	f.parts = newFormParts(f)

	f.cancel = widgets.NewButton(lang.L("Cancel"), nil, f.leave)
	f.save = widgets.NewPrimaryButton(lang.L("Save & Authorize"), nil, f.submit)
	f.save.SetToolTip(lang.L("Ctrl+Enter"))
	f.required = widgets.NewRow(4, -1, true, widgets.NewSmallText("*").Colored(widgets.ColorNameBad),
		widgets.NewSmallText(lang.L("required")))
	f.count = widgets.NewLink("", nil, f.focusFirst).Colored(widgets.ColorNameBad)
	f.countRow = widgets.NewRow(6, -1, true, widgets.NewGlyph(u.icons.Icon("error"), widgets.ColorNameBad, 16), f.count)
	f.countRow.Hide()

	title := widgets.NewTitle(lang.L("Application (OAuth2) Authorization Token"))
	about := widgets.NewSmallText(f.about()).Shrinking()
	head := widgets.NewInset(16, 24, 16, 24, widgets.NewRow(16, 1, true, title, about))
	layout := &formLayout{f: f}
	columns := container.New(layout, f.help.object, f.parts.object, f.scopes.object, f.preview.object)
	body, scroll := widgets.NewTallScroll(columns, func(height float32) { layout.viewport = height })
	f.scroll = scroll
	scroll.OnScrolled = func(fyne.Position) { layout.scrolled() }
	f.shade = newTapArea(func() {})
	f.shade.Hide()
	left := widgets.NewStacked(widgets.NewInset(10, 0, 10, 0, f.required), widgets.NewInset(8, 0, 8, 0, f.countRow))
	foot := widgets.NewColumn(0, widgets.NewRule(widgets.ColorNameLine),
		widgets.NewInset(11, 24, 12, 24, widgets.NewRow(8, 0, true, left, f.cancel, f.save)))
	f.object = container.New(&screenLayout{}, head, widgets.NewStacked(body, f.shade),
		widgets.NewStacked(widgets.NewPanel(widgets.ColorNameSurface, "", 0), foot))
	f.screen = withoutShadows(f.object)
	f.show()
	return f
}

// about says, beside the title, what an existing authorization is in for.
func (f *form) about() string {
	switch d := f.m.draft; {
	case d.ID != "":
		return lang.L("Edit & re-authorize “{{.Name}}”. The stored tokens stay until the new ones are there.",
			map[string]any{"Name": f.m.original.Name})
	case d.CopyOf != "":
		return lang.L("A copy. The original stays as it is.")
	default:
		return ""
	}
}

// listen takes Esc and Ctrl+Enter while the form is shown.
func (f *form) listen() {
	c := f.u.window.Canvas()
	f.previousKey = c.OnTypedKey()
	c.SetOnTypedKey(func(key *fyne.KeyEvent) {
		switch {
		case !f.shown():
			f.unlisten()
			if f.previousKey != nil {
				f.previousKey(key)
			}
		case key.Name == fyne.KeyEscape:
			f.leave()
		}
	})
	c.AddShortcut(submitShortcut, func(fyne.Shortcut) {
		if f.shown() && c.Overlays().Top() == nil {
			f.submit()
		}
	})
}

func (f *form) unlisten() {
	c := f.u.window.Canvas()
	c.SetOnTypedKey(f.previousKey)
	c.RemoveShortcut(submitShortcut)
}

// shown tells whether the form is still the screen that is seen.
func (f *form) shown() bool {
	objects := f.u.frame.screen.Objects
	return !f.closed && len(objects) == 1 && objects[0] == f.screen
}

// edit takes a change of one field from the user.
func (f *form) edit(field auth.Field, change func(d *auth.Draft)) {
	change(&f.m.draft)
	f.m.edited(field)
	f.changed()
}

// changed shows the model and puts a check off until the typing rests.
func (f *form) changed() {
	f.show()
	f.check.call(f.runCheck)
	f.preview.ask()
}

// left checks when the user goes on from a field that was edited. One that was
// passed by is no mistake yet: people begin with any field they like.
func (f *form) left(field auth.Field) {
	if !f.closed && !f.saving && f.m.leave(field) {
		f.changed()
	}
}

// runCheck asks the engine what is wrong; the answer to an old question is dropped.
func (f *form) runCheck() {
	n, draft := f.m.beginCheck(), f.m.outgoing()
	async(f.u.run, func(ctx context.Context) ([]auth.FieldError, error) {
		return f.u.engine.Check(ctx, draft)
	}, func(found []auth.FieldError, err error) {
		if err == nil && !f.closed && f.m.endCheck(n, found) {
			f.show()
		}
	})
}

// setService changes the service and everything that hangs on it.
func (f *form) setService(id string) {
	f.m.setService(id)
	f.m.edited(auth.FieldService)
	f.rebuild()
}

// setGrant changes the grant, and with it the fields that are shown.
func (f *form) setGrant(id string) {
	f.m.setGrant(auth.Grant(id))
	f.m.edited(auth.FieldGrant)
	f.rebuild()
}

// rebuild makes the fields that hang on service and grant.
func (f *form) rebuild() {
	f.stale = true
	f.parts.rebuild()
	f.scopes.filter.SetText("")
	f.scopes.refill()
	f.changed()
}

// show brings every field, the help and the footer to what the model says.
func (f *form) show() {
	redirect := ""
	if f.m.info().Sign {
		redirect = auth.RedirectToRegister(f.m.svc, f.m.portToRegister())
	}
	f.help.set(f.m.svc, f.m.draft.Params, redirect)
	f.parts.show()
	f.scopes.show()
	f.scopes.showError()
	f.showSide()
	n := len(f.m.visible())
	setShown(f.countRow, n > 0)
	setShown(f.required, n == 0)
	switch {
	case n == 1:
		f.count.SetText(lang.L("1 field needs a correction"))
	case n > 1:
		f.count.SetText(lang.L("{{.N}} fields need a correction", number{n}))
	}
	f.save.SetText(f.saveLabel())
	if f.m.canSave() && !f.saving {
		f.save.Enable()
	} else {
		f.save.Disable()
	}
	if f.stale {
		f.relayout()
	}
}

// showSide shows what stands beside the fields: the permissions, the preview of
// an assertion, or nothing.
func (f *form) showSide() {
	scopes, preview := f.m.info().Scopes, f.preview.wanted()
	f.scopes.label.SetRequired(!f.m.info().Confidential && !f.m.settledThere()) // what an app may do by itself is often settled at the service
	if f.scopes.object.Visible() != scopes || f.preview.object.Visible() != preview {
		setShown(f.scopes.object, scopes)
		setShown(f.preview.object, preview)
		f.stale = true
	}
}

// setShown shows or hides an object.
func setShown(o fyne.CanvasObject, on bool) {
	if o.Visible() == on {
		return
	}
	if on {
		o.Show()
	} else {
		o.Hide()
	}
}

func (f *form) saveLabel() string {
	if f.saving {
		return lang.L("Saving…")
	}
	if info, ok := f.m.draft.Grant.Info(); ok {
		return told(info.Button)
	}
	return lang.L("Save & Authorize")
}

// relayout gives each part the height that it asks for now.
func (f *form) relayout() {
	if f.object == nil {
		return
	}
	f.stale = false
	widgets.Relayout(f.object)
}

// submit saves and starts the sign-in. Wrong fields are shown, and the first of
// them gets the focus.
func (f *form) submit() {
	if f.saving || f.closed {
		return
	}
	if !f.m.canSave() { // asked for by keyboard
		f.m.submitted = true
		f.show()
		f.focusFirst()
		return
	}
	f.saving = true
	f.check.cancel()
	f.shade.Show()
	f.show()
	draft := f.m.outgoing()
	async(f.u.run, func(ctx context.Context) (*auth.SignIn, error) {
		return f.u.engine.Authorize(ctx, draft)
	}, func(s *auth.SignIn, err error) { f.saved(s, draft, err) })
}

func (f *form) saved(s *auth.SignIn, draft auth.Draft, err error) {
	if f.closed { // cancelled while it was saved
		if err == nil {
			f.u.endSignIn(s)
		}
		return
	}
	f.saving = false
	f.shade.Hide()
	var wrong auth.FieldErrors
	switch {
	case err == nil:
		f.close()
		f.u.showAuthorizations(s.ID())
		f.follow(s, draft)
	case errors.As(err, &wrong):
		f.m.refuse(wrong)
		f.show()
		f.focusFirst()
	case errors.Is(err, auth.ErrVaultMissing), errors.Is(err, auth.ErrVaultLocked):
		f.show()
		f.u.openVault(f.submit)
	case f.u.askEndpoints(err, func() {
		f.m.draft.AcceptEndpoints = true
		f.submit()
	}):
		f.show()
	default:
		f.show()
		f.u.showFailure(asFailure(err), "")
	}
}

// focusFirst puts the focus on the first field that needs a correction.
func (f *form) focusFirst() {
	if wrong := f.m.visible(); len(wrong) > 0 {
		f.goTo(wrong[0].Field)
	}
}

// goTo puts the focus on a field and brings it into sight, also where it has the
// focus already.
func (f *form) goTo(field auth.Field) {
	control := f.parts.control(field)
	if control == nil {
		return
	}
	f.u.focusOn(control.Focusable())
}

// leave goes back to the table, asking first when something would be lost.
func (f *form) leave() {
	if f.closed {
		return
	}
	if !f.m.dirty() {
		f.close()
		f.u.showAuthorizations("")
		return
	}
	f.u.askFirst(lang.L("Leave without saving?"), lang.L("What you typed in this form will be lost."),
		lang.L("Keep editing"), lang.L("Discard"), func() {
			f.close()
			f.u.showAuthorizations("")
		})
}

func (f *form) close() {
	f.closed = true
	if f.u.form == f {
		f.u.form = nil
	}
	f.check.cancel()
	f.preview.debounce.cancel()
	f.save.MouseOut() // no move of the mouse tells it: its tooltip would stay, over the next screen
	f.unlisten()
}

// wheel scrolls the form when the wheel turns over one of its entries.
func (f *form) wheel(e *fyne.ScrollEvent) { f.scroll.Scrolled(e) }
