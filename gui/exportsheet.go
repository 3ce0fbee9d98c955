package gui

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2/lang"

	"tokenwell/gui/widgets"
)

// exportSheet asks for the file that an export goes into. A file that is there
// already is replaced only after a second press.
type exportSheet struct {
	u       *ui
	content []byte
	sheet   *sheet
	path    *widgets.Input
	field   *widgets.Field
	save    *widgets.Button
	replace string // the file that may be replaced
}

// askExport reads what is known of an authorization, as JSON without any
// secret, and asks for the file.
func (u *ui) askExport(t target) {
	async(u.run, func(ctx context.Context) ([]byte, error) { return u.engine.Export(ctx, t.row.ID) },
		func(content []byte, err error) {
			switch {
			case err != nil:
				u.fail(err, t.row.ID)
			case u.listens(): // nothing else has been opened meanwhile
				newExportSheet(u, t.row.Name, ".json", lang.L("Settings, state and history are written as JSON. Tokens and secrets are not in it."), content)
			}
		})
}

// newExportSheet asks where to write content; ending is that of the file's name,
// about says what is in it.
func newExportSheet(u *ui, name, ending, about string, content []byte) {
	w := &exportSheet{u: u, content: content, path: widgets.NewInput("", true)}
	folder, err := os.UserHomeDir()
	if err != nil {
		folder = string(filepath.Separator)
	}
	w.path.SetText(filepath.Join(folder, fileName(name)+ending))
	w.path.Entry().OnChanged = func(string) {
		w.field.SetError("")
		w.save.SetText(lang.L("Export"))
	}
	w.path.Entry().OnSubmitted = func(string) { w.write() }
	w.field = widgets.NewField(u.icons, lang.L("File"), true, w.path)
	cancel := widgets.NewButton(lang.L("Cancel"), nil, func() { w.sheet.close() })
	w.save = widgets.NewPrimaryButton(lang.L("Export"), u.icons.Icon("download"), w.write)
	body := widgets.NewInset(24, 28, 20, 28, widgets.NewColumn(12,
		sheetTitle(lang.L("Export “{{.Name}}”", named(name))),
		widgets.NewParagraph(about).Colored(widgets.ColorNameMuted),
		w.field.Object))
	w.sheet = u.openSheet(560, body, sheetFoot(nil, cancel, w.save), func() { w.sheet.close() })
	w.field.OnHeight = w.sheet.refit
	u.window.Canvas().Focus(w.path.Focusable())
}

func (w *exportSheet) write() {
	path := expandHome(strings.TrimSpace(w.path.Text()))
	if !filepath.IsAbs(path) {
		w.field.SetError(lang.L("Enter the whole path of the file."))
		return
	}
	replace := w.replace == path
	async(w.u.run, func(context.Context) (struct{}, error) {
		return struct{}{}, writeExport(path, w.content, replace)
	}, func(_ struct{}, err error) {
		switch {
		case errors.Is(err, fs.ErrExist):
			w.replace = path
			w.field.SetError(lang.L("This file is there already. Press again to replace it, or enter another name."))
			w.save.SetText(lang.L("Replace"))
		case err != nil:
			w.field.SetError(lang.L("The file could not be written: {{.Why}}", map[string]any{"Why": reason(err)}))
		default:
			w.sheet.close()
			w.u.toast(lang.L("Exported to {{.File}}. It holds no secret.", map[string]any{"File": filepath.Base(path)}), "", nil)
		}
	})
}

// writeExport writes a file that only its owner can read. Without replace one
// that is there is left alone: the error is fs.ErrExist.
func writeExport(path string, content []byte, replace bool) error {
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if replace {
		flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	file, err := os.OpenFile(path, flags, 0o600) //nolint:gosec // the user names the file
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	return errors.Join(err, file.Close())
}

// reason is the cause of an error of the file system without the path, which
// the user has just typed.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// expandHome replaces a leading tilde, which people type.
func expandHome(path string) string {
	rest, ok := strings.CutPrefix(path, "~"+string(filepath.Separator))
	if !ok {
		return path
	}
	folder, err := os.UserHomeDir()
	if err != nil {
		return path
	}
	return filepath.Join(folder, rest)
}

// fileName makes a name that every file system takes.
func fileName(name string) string {
	clean := strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`<>:"/\|?*`, r) {
			return '-'
		}
		return r
	}, name)
	clean = strings.Trim(clean, " .")
	if clean == "" {
		return "authorization"
	}
	return clean
}
