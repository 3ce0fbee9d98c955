package gui

import (
	"context"
	"errors"
	"strings"
	"time"

	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// checkPause is how long after a key the name is checked.
const checkPause = 200 * time.Millisecond

// named fills {{.Name}} of a translated sentence.
func named(name string) map[string]any { return map[string]any{"Name": name} }

// briefly fills {{.Name}} of a message that has one line: a long name leaves
// room for what is said about it.
func briefly(name string) map[string]any {
	if runes := []rune(name); len(runes) > 32 {
		name = string(runes[:30]) + "…"
	}
	return named(name)
}

// askDelete asks once, says what goes, and deletes; the toast undoes it.
func (u *ui) askDelete(t target) {
	var s *sheet
	revoke := widgets.NewCheck(u.icons, lang.L("Also revoke at the service"), nil)
	body := widgets.NewColumn(
		12,
		sheetTitle(lang.L("Delete “{{.Name}}”?", named(t.row.Name))),
		widgets.NewParagraph(lang.L("Its tokens and its client secret are deleted from this computer. You can undo this for 10 seconds.")).Colored(widgets.ColorNameMuted),
	)
	switch {
	case t.detail == nil || t.detail.Status.Generation == 0:
		revoke.Disable()
	case t.detail.CanRevoke:
		revoke.SetCaption(lang.L("The service then refuses its tokens at once, wherever they are used."))
		body.Add(revoke)
	default:
		body.Add(widgets.NewCaption(t.detail.WhyNotRevoke))
	}
	stay := widgets.NewButton(lang.L("Cancel"), nil, func() { s.close() })
	verb := widgets.NewButton(lang.L("Delete authorization"), u.icons.Icon("trash"), func() {
		s.close()
		u.remove(t.row.ID, t.row.Name, revoke.Checked)
	})
	verb.Importance = widgets.Destructive
	s = u.openSheet(480, widgets.NewInset(24, 28, 20, 28, body), sheetFoot(nil, stay, verb), func() { s.close() })
	u.window.Canvas().Focus(stay)
}

// remove deletes and offers to undo it.
func (u *ui) remove(id, name string, revoke bool) {
	async(u.run, func(ctx context.Context) (time.Time, error) { return u.engine.Delete(ctx, id, revoke) },
		func(_ time.Time, err error) {
			if err != nil {
				u.fail(err, id)
				return
			}
			u.frame.home.forget(id)
			u.toast(lang.L("“{{.Name}}” was deleted.", briefly(name)), lang.L("Undo"), func() { u.undelete(id) })
		})
}

func (u *ui) undelete(id string) {
	async(u.run, func(ctx context.Context) (struct{}, error) { return struct{}{}, u.engine.Undelete(ctx, id) },
		func(_ struct{}, err error) {
			switch {
			case err != nil:
				u.fail(err, id)
			case u.frame.shown == u.frame.home:
				u.frame.home.reveal(id)
			}
		})
}

// askRevoke asks once and revokes at the service.
func (u *ui) askRevoke(t target) {
	u.askFirst(
		lang.L("Revoke “{{.Name}}”?", named(t.row.Name)),
		lang.L("{{.Service}} is told to refuse the tokens at once, wherever they are used. The authorization stays in the list; authorize it again to use it.",
			map[string]any{"Service": t.row.ServiceName}),
		lang.L("Cancel"), lang.L("Revoke tokens"), func() { u.revoke(t.row.ID, t.row.Name) },
	)
}

func (u *ui) revoke(id, name string) {
	async(u.run, func(ctx context.Context) (auth.RevokeOutcome, error) { return u.engine.Revoke(ctx, id) },
		func(outcome auth.RevokeOutcome, err error) {
			switch {
			case err != nil:
				u.fail(err, id)
			case outcome == auth.RevokeQueued:
				u.toast(lang.L("The service did not confirm the revocation of “{{.Name}}”; it is tried again.", briefly(name)), "", nil)
			default:
				u.toast(lang.L("The tokens of “{{.Name}}” were revoked.", briefly(name)), "", nil)
			}
		})
}

// nameSheet renames an authorization.
type nameSheet struct {
	u      *ui
	id     string
	draft  auth.Draft
	sheet  *sheet
	name   *widgets.Input
	notes  *widgets.Input
	field  *widgets.Field
	notesF *widgets.Field
	save   *widgets.Button
	typing debouncer
	seq    int
}

// askName opens the sheet that changes name and notes.
func (u *ui) askName(t target) {
	async(u.run, func(ctx context.Context) (auth.Draft, error) { return u.engine.DraftOf(ctx, t.row.ID, false) },
		func(d auth.Draft, err error) {
			if err != nil {
				u.fail(err, t.row.ID)
				return
			}
			newNameSheet(u, d)
		})
}

func newNameSheet(u *ui, d auth.Draft) {
	n := &nameSheet{u: u, id: d.ID, draft: d, typing: debouncer{run: u.run, d: checkPause}}
	n.name, n.notes = widgets.NewInput("", false), widgets.NewTextArea("", 3)
	n.name.SetText(d.Name)
	n.notes.SetText(d.Notes)
	n.field = widgets.NewField(u.icons, lang.L("Friendly name"), true, n.name)
	n.notesF = widgets.NewField(u.icons, lang.L("Notes"), false, n.notes)
	cancel := widgets.NewButton(lang.L("Cancel"), nil, func() { n.close() })
	n.save = widgets.NewPrimaryButton(lang.L("Rename"), nil, n.store)
	body := widgets.NewInset(24, 28, 20, 28, widgets.NewColumn(12, sheetTitle(lang.L("Rename")), n.field.Object, n.notesF.Object))
	n.sheet = u.openSheet(480, body, sheetFoot(nil, cancel, n.save), n.close)
	n.field.OnHeight, n.notesF.OnHeight = n.sheet.refit, n.sheet.refit
	n.name.Entry().OnChanged = func(string) { n.typed() }
	n.notes.Entry().OnChanged = func(string) { n.typed() }
	n.name.Entry().OnSubmitted = func(string) { n.store() }
	n.name.FocusAll(u.window.Canvas())
}

func (n *nameSheet) close() {
	n.typing.cancel()
	n.seq++
	n.sheet.close()
}

// typed checks what stands there a moment after the last key.
func (n *nameSheet) typed() { n.typing.call(func() { n.check(func() {}) }) }

// check shows what is wrong beside its field, and runs good when nothing is.
func (n *nameSheet) check(good func()) {
	d := n.draft
	d.Name, d.Notes = strings.TrimSpace(n.name.Text()), n.notes.Text()
	n.seq++
	seq := n.seq
	async(n.u.run, func(ctx context.Context) ([]auth.FieldError, error) { return n.u.engine.Check(ctx, d) },
		func(wrong []auth.FieldError, err error) {
			if seq != n.seq {
				return
			}
			if err != nil {
				n.u.fail(err, n.id)
				return
			}
			if n.show(wrong) {
				good()
			}
		})
}

// show puts the messages beside the fields; it tells whether there are none.
func (n *nameSheet) show(wrong []auth.FieldError) bool {
	name, notes := "", ""
	for _, w := range wrong {
		switch {
		case w.Field == auth.FieldName && name == "":
			name = w.Message
		case w.Field == auth.FieldNotes && notes == "":
			notes = w.Message
		}
	}
	n.field.SetError(name)
	n.notesF.SetError(notes)
	good := name == "" && notes == ""
	if good {
		n.save.Enable()
	} else {
		n.save.Disable()
	}
	n.sheet.refit()
	return good
}

// store checks once more, renames and closes.
func (n *nameSheet) store() {
	n.typing.cancel()
	n.check(func() {
		name, notes := strings.TrimSpace(n.name.Text()), n.notes.Text()
		async(n.u.run, func(ctx context.Context) (struct{}, error) {
			return struct{}{}, n.u.engine.Rename(ctx, n.id, name, notes)
		}, func(_ struct{}, err error) {
			var wrong auth.FieldErrors
			switch {
			case errors.Is(err, auth.ErrNameTaken):
				n.show([]auth.FieldError{{Field: auth.FieldName, Message: lang.L("Another authorization has this name; capital letters do not count")}})
			case errors.As(err, &wrong):
				n.show(wrong)
			case err != nil:
				n.u.fail(err, n.id)
			default:
				n.close()
			}
		})
	})
}

// about says which program and version this is.
func (u *ui) about() {
	if u.window.Canvas().Overlays().Top() != nil {
		return
	}
	var s *sheet
	logo := canvas.NewImageFromResource(u.icons.Logo())
	logo.FillMode = canvas.ImageFillContain
	text := widgets.NewColumn(4, sheetTitle("Tokenwell"),
		widgets.NewParagraph(lang.L("Version {{.Version}}", map[string]any{"Version": u.version})).Colored(widgets.ColorNameMuted),
		widgets.NewParagraph(lang.L("Create, keep and use OAuth 2.0 authorizations.")).Colored(widgets.ColorNameMuted))
	body := widgets.NewRow(20, 1, true, widgets.NewFixed(64, 64, logo), text)
	shut := widgets.NewPrimaryButton(lang.L("Close"), nil, func() { s.close() })
	s = u.openSheet(440, widgets.NewInset(24, 28, 24, 28, body), sheetFoot(nil, shut), func() { s.close() })
	u.window.Canvas().Focus(shut)
}
