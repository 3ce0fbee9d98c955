package gui

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// fileSheet lets the user choose a file. Folders are read by the runner, so that
// a slow disk or a far one never holds up the window, as the toolkit's own
// dialog lets it.
type fileSheet struct {
	u      *ui
	s      *sheet
	chosen func(path string)

	folder string
	files  []fileEntry
	picked string // name of the chosen file; "" for none
	reads  int    // number of the last reading; an older answer is dropped

	place *widgets.Input
	field *widgets.Field
	list  *widget.List
	empty *widgets.Paragraph
	load  *widgets.Button
}

// fileEntry is one line of a folder.
type fileEntry struct {
	name   string
	folder bool
	size   int64
}

// maxEntries is how much of a folder is shown.
const maxEntries = 2000

// askFile shows a sheet with that title and calls chosen with the path of a
// regular file, when the user has chosen one.
func (u *ui) askFile(title string, chosen func(path string)) {
	f := &fileSheet{u: u, chosen: chosen}
	f.place = widgets.NewInput("", true)
	f.place.Entry().OnSubmitted = func(path string) {
		if f.picked != "" && path == filepath.Join(f.folder, f.picked) {
			f.take()
			return
		}
		f.visit(path)
	}
	up := widgets.NewIconButton(u.icons.Icon("up"), lang.L("Folder above"), func() { f.visit(filepath.Dir(f.folder)) })
	up.Filled = true
	f.field = widgets.NewField(u.icons, lang.L("Path"), false, f.place)
	f.field.ReplaceControl(widgets.NewRow(8, 0, true, f.place, up))
	f.field.SetHint(lang.L("The path of a folder or a file can be entered here."))
	f.field.OnHeight = func() { f.s.refit() }
	f.list = widget.NewList(func() int { return len(f.files) }, f.newRow, f.drawRow)
	f.list.HideSeparators = true
	f.list.OnSelected = f.selected
	f.empty = widgets.NewCaption("")
	frame := widgets.NewFixed(0, 280, widgets.NewStacked(
		widgets.NewPanel(widgets.ColorNameField, widgets.ColorNameFieldEdge, 6),
		widgets.NewInset(4, 4, 4, 4, widgets.NewCompactList(f.list)),
		widgets.NewInset(12, 12, 12, 12, f.empty),
	))
	f.load = widgets.NewPrimaryButton(lang.L("Load"), nil, f.take)
	f.load.Disable()
	body := widgets.NewInset(24, 28, 20, 28, widgets.NewColumn(12, sheetTitle(strings.TrimSuffix(title, "…")), f.field.Object, frame))
	f.s = u.openSheet(560, body, sheetFoot(nil,
		widgets.NewButton(lang.L("Cancel"), nil, func() { f.s.close() }), f.load), func() { f.s.close() })
	u.window.Canvas().Focus(f.list)
	home, err := os.UserHomeDir()
	if err != nil {
		home = string(filepath.Separator)
	}
	f.visit(home)
}

// fileRow is one drawn line of the list.
type fileRow struct {
	widget.BaseWidget
	icon       *widgets.Glyph
	name, size *widgets.Text
	row        *fyne.Container
}

// SetDeviceIsMobile is how the toolkit knows what keeps its theme, see widgets.Override.
func (*fileRow) SetDeviceIsMobile(bool) {}

// CreateRenderer implements fyne.Widget.
func (r *fileRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.row) }

func (f *fileSheet) newRow() fyne.CanvasObject {
	r := &fileRow{
		icon: widgets.NewGlyph(f.u.icons.Icon("folder"), widgets.ColorNameMuted, 16),
		name: widgets.NewText("").Shrinking(), size: widgets.NewSmallText(""),
	}
	r.row = widgets.NewInset(4, 8, 4, 8, widgets.NewRow(10, 1, true, r.icon, r.name, r.size))
	r.ExtendBaseWidget(r)
	return r
}

func (f *fileSheet) drawRow(i widget.ListItemID, o fyne.CanvasObject) {
	if i >= len(f.files) {
		return
	}
	r := o.(*fileRow)
	entry, icon, size := f.files[i], "folder", ""
	if !entry.folder {
		icon, size = "file", sizeText(entry.size)
	}
	r.icon.Set(f.u.icons.Icon(icon), widgets.ColorNameMuted)
	r.name.SetText(entry.name)
	r.size.SetText(size)
	widgets.Relayout(r.row)
}

// selected goes into a folder, or chooses a file.
func (f *fileSheet) selected(i widget.ListItemID) {
	if i >= len(f.files) {
		return
	}
	entry := f.files[i]
	if !entry.folder {
		f.pick(entry.name)
		return
	}
	f.list.UnselectAll()
	f.visit(filepath.Join(f.folder, entry.name))
}

// pick chooses a file of the folder; "" chooses none.
func (f *fileSheet) pick(name string) {
	f.picked = name
	if name == "" {
		f.place.SetText(f.folder)
		f.load.Disable()
		return
	}
	f.place.SetText(filepath.Join(f.folder, name))
	f.load.Enable()
}

func (f *fileSheet) take() {
	if f.picked == "" {
		return
	}
	f.s.close()
	f.chosen(filepath.Join(f.folder, f.picked))
}

// folderView is what is known of a path: a folder and, when the path is a file's,
// which of it.
type folderView struct {
	folder, file string
	files        []fileEntry
}

// visit reads the path of a folder or a file and shows it.
func (f *fileSheet) visit(path string) {
	f.reads++
	n := f.reads
	async(f.u.run, func(context.Context) (folderView, error) { return readFolder(path) }, func(v folderView, err error) {
		if n != f.reads || !f.s.open {
			return
		}
		if err != nil {
			wrong := lang.L("This folder could not be opened.")
			if errors.Is(err, fs.ErrNotExist) {
				wrong = lang.L("There is no file or folder at this path.")
			}
			f.field.SetError(wrong)
			return
		}
		f.field.SetError("")
		f.folder, f.files = v.folder, v.files
		f.list.UnselectAll()
		f.list.Refresh()
		f.list.ScrollToTop()
		f.pick(v.file)
		if i := slices.IndexFunc(v.files, func(e fileEntry) bool { return e.name == v.file }); i >= 0 {
			f.list.Select(i)
		}
		empty := ""
		if len(v.files) == 0 {
			empty = lang.L("This folder is empty.")
		}
		f.empty.SetText(empty)
	})
}

// readFolder reads the folder at the path, or the one that the file at the path
// lies in. It waits for the disk.
func readFolder(path string) (folderView, error) {
	path = filepath.Clean(strings.TrimSpace(path))
	if rest, ok := strings.CutPrefix(path, "~"+string(filepath.Separator)); ok {
		if home, err := os.UserHomeDir(); err == nil {
			path = filepath.Join(home, rest)
		}
	}
	v := folderView{folder: path}
	info, err := os.Stat(path)
	if err != nil {
		return v, err
	}
	if info.Mode().IsRegular() {
		v.folder, v.file = filepath.Dir(path), filepath.Base(path)
	}
	entries, err := os.ReadDir(v.folder)
	if err != nil {
		return v, err
	}
	for _, entry := range entries[:min(len(entries), maxEntries)] {
		info, err := os.Stat(filepath.Join(v.folder, entry.Name()))
		if err == nil && (info.IsDir() || info.Mode().IsRegular()) {
			v.files = append(v.files, fileEntry{name: entry.Name(), folder: info.IsDir(), size: info.Size()})
		}
	}
	slices.SortFunc(v.files, compareEntries)
	return v, nil
}

// compareEntries puts folders before files and hidden ones last.
func compareEntries(a, b fileEntry) int {
	rank := func(e fileEntry) int {
		n := 0
		if strings.HasPrefix(e.name, ".") {
			n = 2
		}
		if !e.folder {
			n++
		}
		return n
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(auth.FoldName(a.name), auth.FoldName(b.name)), cmp.Compare(a.name, b.name))
}
