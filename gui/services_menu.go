package gui

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// openServiceMenu shows what can be done with a service.
func (u *ui) openServiceMenu(entry auth.ServiceEntry, at fyne.Position) {
	s := entry.Service
	copyLabel := lang.L("Customise a copy")
	if entry.Own {
		copyLabel = lang.L("Duplicate")
	}
	items := []widgets.MenuItem{
		{Label: lang.L("New authorization with it"), Icon: u.icons.Icon("plus"), Action: func() { u.authorizeWith(s.ID) }},
		{Rule: true},
		{Label: copyLabel, Icon: u.icons.Icon("copy"), Action: func() { u.copyOfService(s) }},
		{Label: lang.L("Export…"), Icon: u.icons.Icon("download"), Action: func() { u.exportService(s) }},
		{Label: lang.L("Import…"), Icon: u.icons.Icon("upload"), Action: u.importService},
	}
	if entry.Own {
		why := ""
		if entry.Used > 0 {
			why = lang.L("Authorizations use it")
		}
		items = append(items, widgets.MenuItem{Rule: true}, widgets.MenuItem{
			Label: lang.L("Delete service"), Icon: u.icons.Icon("trash"), Why: why, Action: func() { u.askDeleteService(s) },
		})
	}
	widgets.ShowMenu(u.window.Canvas(), at, items)
}

// authorizeWith opens the form for a service.
func (u *ui) authorizeWith(id string) {
	u.leaveFor(func() { u.openForm(u.engine.DraftFor(id)) })
}

// copyOfService opens the editor for a copy: of a catalog entry, which stays as it
// is, or of one of the user's own.
func (u *ui) copyOfService(s auth.Service) {
	u.frame.services.leave(func() {
		made := u.engine.SampleService(s.ID)
		u.frame.services.edit(made)
	})
}

// askDeleteService asks once and deletes.
func (u *ui) askDeleteService(s auth.Service) {
	u.askFirst(lang.L("Delete “{{.Name}}”?", named(s.Name)),
		lang.L("The service is removed from this computer. Export it first when you may need it again."),
		lang.L("Cancel"), lang.L("Delete service"), func() {
			async(u.run, func(ctx context.Context) (struct{}, error) { return struct{}{}, u.engine.DeleteService(ctx, s.ID) },
				func(_ struct{}, err error) {
					var used *auth.ServiceInUse
					switch {
					case errors.As(err, &used):
						u.showInUse(s.Name, used, nil)
					case err != nil:
						u.fail(err, "")
					default:
						u.frame.services.deleted(s.ID)
						u.toast(lang.L("“{{.Name}}” was deleted.", briefly(s.Name)), "", nil)
					}
				})
		})
}

// showInUse says which authorizations keep a service, or a scope of it, from
// being taken away. keep, when not nil, puts the scope back.
func (u *ui) showInUse(name string, used *auth.ServiceInUse, keep func()) {
	title := lang.L("“{{.Name}}” is in use", briefly(name))
	text := lang.L("These authorizations use it. Delete them first, or move them to another service.")
	if used.Scope != "" {
		title = lang.L("The scope “{{.Name}}” is in use", briefly(used.Scope))
		text = lang.L("These authorizations ask for it. Take it out of them first, or keep it here.")
	}
	if used.More == 0 && len(used.Gone) == len(used.Names) {
		text = lang.L("What uses it was deleted a moment ago and can still be brought back. Try again in ten seconds.")
	}
	list := widgets.NewColumn(4)
	for _, who := range used.Names {
		line := widgets.NewRow(8, 1, true, widgets.NewGlyph(u.icons.Icon("key"), widgets.ColorNameMuted, 16), widgets.NewText(who).Shrinking())
		if slices.Contains(used.Gone, who) {
			line.Add(widgets.NewSmallText(lang.L("deleted a moment ago")))
		}
		list.Add(line)
	}
	if used.More > 0 {
		list.Add(widgets.NewCaption(lang.L("and {{.N}} more", number{used.More})))
	}
	var s *sheet
	buttons := []fyne.CanvasObject{widgets.NewButton(lang.L("Close"), nil, func() { s.close() })}
	if keep != nil {
		buttons = append(buttons, widgets.NewPrimaryButton(lang.L("Keep the scope"), nil, func() {
			s.close()
			keep()
		}))
	}
	body := widgets.NewColumn(12, sheetTitle(title), widgets.NewParagraph(text).Colored(widgets.ColorNameMuted), list)
	s = u.openSheet(480, widgets.NewInset(24, 28, 20, 28, body), sheetFoot(nil, buttons...), func() { s.close() })
	u.window.Canvas().Focus(buttons[len(buttons)-1].(*widgets.Button))
}

// exportService asks for the file that a service is written into.
func (u *ui) exportService(s auth.Service) {
	async(u.run, func(context.Context) ([]byte, error) { return u.engine.ExportService(s.ID) },
		func(content []byte, err error) {
			if err != nil {
				u.fail(err, "")
				return
			}
			newExportSheet(u, s.Name, ".json", lang.L("The service is written as JSON: addresses, scopes, departures and help. It holds no client ID and no secret."), content)
		})
}

// maxServiceFile is the largest file that is read for a service, in bytes; the
// engine has a cap of its own.
const maxServiceFile = 1 << 20

// errServiceTooLarge is why a file was not read at all.
const errServiceTooLarge fileProblem = "This file is larger than 1 MB; no service is."

// importService asks about what would be lost, then for a file.
func (u *ui) importService() { u.goTo(u.askService) }

// askService asks for a file, reads a service from it and opens the editor:
// nothing is stored before the user saves.
func (u *ui) askService() {
	u.askFile(lang.L("Import a service"), func(path string) {
		async(u.run, func(context.Context) (auth.Service, error) {
			data, err := readBounded(path, maxServiceFile, errServiceTooLarge)
			if err != nil {
				return auth.Service{}, err
			}
			return u.engine.ImportService(data)
		}, func(s auth.Service, err error) {
			var problem fileProblem
			switch {
			case errors.As(err, &problem):
				u.toast(told(problem.Error()), "", nil)
			case err != nil:
				u.fail(err, "")
			default:
				u.goTo(func() {
					u.showServices()
					u.frame.services.edit(s)
					u.frame.services.editor.m.imported = true
					u.toast(lang.L("“{{.Name}}” was read. It is stored when you save it.", briefly(s.Name)), "", nil)
				})
			}
		})
	})
}

// readBounded reads a regular file of at most that many bytes. No error names the
// path. It waits for the disk.
func readBounded(path string, most int64, tooLarge fileProblem) (data []byte, err error) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() { // a pipe could be waited for without end
		return nil, errFileUnread
	}
	file, err := os.Open(path) //nolint:gosec // the user has chosen this file
	if err != nil {
		return nil, errFileUnread
	}
	defer func() {
		if file.Close() != nil && err == nil {
			err = errFileUnread
		}
	}()
	data, err = io.ReadAll(io.LimitReader(file, most+1))
	switch {
	case err != nil:
		return nil, errFileUnread
	case int64(len(data)) > most:
		return nil, tooLarge
	}
	return data, nil
}
