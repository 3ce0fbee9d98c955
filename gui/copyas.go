package gui

import (
	"context"
	"image/color"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

const (
	copyAsWidth      float32 = 844
	copyAsHeight     float32 = 9*copyAsLineHeight + 8 // of the list and of the text beside it
	copyAsListWidth  float32 = 190
	copyAsLineHeight float32 = 36
)

// copyAsSheet shows how other programs get a token by the name of an
// authorization: the kinds at the left, the text of the chosen one at the right.
type copyAsSheet struct {
	u        *ui
	t        target
	snippets []auth.Snippet
	sheet    *sheet
	list     *snippetList
	right    *fyne.Container
	copyIt   *widgets.Button
	current  int // the chosen kind
}

// openCopyAs reads the texts, then shows the sheet.
func (u *ui) openCopyAs(t target) {
	async(u.run, func(ctx context.Context) ([]auth.Snippet, error) { return u.engine.Snippets(ctx, t.row.ID) },
		func(snippets []auth.Snippet, err error) {
			switch {
			case err != nil:
				u.fail(err, t.row.ID)
			case len(snippets) > 0 && u.listens(): // nothing else has been opened meanwhile
				u.showCopyAs(t, snippets)
			}
		})
}

func (u *ui) showCopyAs(t target, snippets []auth.Snippet) {
	w := &copyAsSheet{u: u, t: t, snippets: snippets, right: widgets.NewStacked()}
	first := max(slices.IndexFunc(snippets, func(s auth.Snippet) bool { return s.ID == u.prefs.copyAs }), 0)
	w.list = newSnippetList(snippets, w.choose, func(e *fyne.KeyEvent) { u.window.Canvas().OnTypedKey()(e) })
	head := widgets.NewColumn(4, sheetTitle(lang.L("Use “{{.Name}}” in another program", named(t.row.Name))),
		widgets.NewParagraph(lang.L("The text asks Tokenwell for a token each time it runs. It holds none, so it can be kept and shared.")).Colored(widgets.ColorNameMuted))
	box := widgets.NewStacked(widgets.NewPanel("", widgets.ColorNameBorder, 8), widgets.NewInset(4, 0, 4, 0, w.list))
	body := widgets.NewRow(16, 1, false, widgets.NewFixed(copyAsListWidth, copyAsHeight, box), widgets.NewFixed(0, copyAsHeight, w.right))
	w.copyIt = u.copyButton(lang.L("Copy"), false, w.copy)
	w.copyIt.Importance = widgets.Primary
	shut := widgets.NewButton(lang.L("Close"), nil, func() { w.sheet.close() })
	w.show(first)
	w.sheet = u.openSheet(copyAsWidth, widgets.NewInset(24, 28, 24, 28, widgets.NewColumn(16, head, body)),
		sheetFoot(nil, shut, w.copyIt), func() { w.sheet.close() })
	w.list.setCurrent(first)
	u.window.Canvas().Focus(w.list)
}

// choose shows a kind and remembers it for the next time.
func (w *copyAsSheet) choose(i int) {
	w.list.setCurrent(i)
	w.show(i)
	w.sheet.refit()
	w.u.changePrefs(func(p *prefs) { p.copyAs = w.snippets[i].ID })
}

func (w *copyAsSheet) show(i int) {
	w.current = i
	s := w.snippets[i]
	text := fyne.CanvasObject(widgets.NewCode(strings.ReplaceAll(s.Text, "\t", "    ")))
	if s.Steps {
		text = widgets.NewParagraph(s.Text)
	}
	scroll, _ := widgets.NewTallScroll(widgets.NewInset(0, 12, 0, 0, text), nil)
	w.right.Objects = []fyne.CanvasObject{
		widgets.NewPanel(widgets.ColorNameOff, "", 8), widgets.NewInset(12, 2, 12, 14, withoutShadows(scroll)),
	}
}

// copy copies the text of the chosen kind.
func (w *copyAsSheet) copy() {
	s := w.snippets[w.current]
	w.u.copyText(s.Text)
	w.u.recordCopy(w.t.row.ID, s.Label)
}

// recordCopy notes in the activity what the user has copied.
func (u *ui) recordCopy(id, what string) {
	u.run.spawn(func() { u.engine.RecordCopy(u.run.ctx, id, what) })
}

// snippetList is the list of the kinds.
type snippetList struct {
	sideList
	snippets []auth.Snippet
}

var (
	_ fyne.Tappable     = (*snippetList)(nil)
	_ fyne.Focusable    = (*snippetList)(nil)
	_ desktop.Hoverable = (*snippetList)(nil)
)

func newSnippetList(snippets []auth.Snippet, choose func(int), key func(*fyne.KeyEvent)) *snippetList {
	l := &snippetList{snippets: snippets}
	l.choose, l.onKey, l.onMenu = choose, key, func(int, fyne.Position) {}
	l.start(l, func() sideContent { return &snippetText{l: l, label: canvas.NewText("", color.Transparent)} })
	return l
}

func (l *snippetList) setCurrent(i int) {
	l.lay(len(l.snippets), func(int) float32 { return copyAsLineHeight }, i, false)
}

// snippetText is what stands in a line.
type snippetText struct {
	l     *snippetList
	label *canvas.Text
}

func (t *snippetText) objects() []fyne.CanvasObject { return []fyne.CanvasObject{t.label} }

func (t *snippetText) whole(i int) string {
	if label := lang.L(t.l.snippets[i].Label); label != t.label.Text {
		return label
	}
	return ""
}

func (t *snippetText) show(i int, size fyne.Size) {
	room := size.Width - 2*sideLineText
	t.label.TextSize, t.label.Color = 14, t.l.color(widgets.ColorNameText)
	t.label.Text = widgets.Ellipsize(lang.L(t.l.snippets[i].Label), room, 14, fyne.TextStyle{})
	height := t.label.MinSize().Height
	put(t.label, fyne.NewPos(sideLineText, (size.Height-height)/2), fyne.NewSize(room, height))
	t.label.Refresh()
}
