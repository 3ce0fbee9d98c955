package gui

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"tokenwell/gui/widgets"
)

// dataPane is a page with a bar, a table and, below it, what is known of the
// selected row.
type dataPane struct {
	u      *ui
	root   *fyne.Container
	search *widgets.Input
	table  *dataTable
	middle *fyne.Container // the table, and what lies over it
	none   *fyne.Container // said in place of rows
	noneBy *widgets.Text
	button *widgets.Button // below it
	strip  *fyne.Container // empty while no row is selected
	// stripTall is what stands in the strip; it tells how high that is.
	stripTall fyne.CanvasObject
	// stripOf is what the strip was made of; while it stays, so does the strip,
	// with the focus that is in it.
	stripOf string

	searching debouncer
	find      func() // searches anew
	unselect  func()
}

// newDataPane makes the page; bar takes the search box to the other controls, key
// gets the keys that the table has no use for.
func newDataPane(u *ui, key func(*fyne.KeyEvent), columns []dataColumn, placeholder string, bar func(search fyne.CanvasObject) fyne.CanvasObject) *dataPane {
	p := &dataPane{u: u, searching: debouncer{run: u.run, d: searchPause}, strip: container.New(stripLayout{})}
	p.search = widgets.NewInput(placeholder, false)
	p.search.SetLeading(widgets.NewGlyph(u.icons.Icon("search"), widgets.ColorNameMuted, 16))
	p.search.Entry().OnChanged = func(string) { p.searching.call(p.look) }
	p.search.OnKey = p.searchKey
	p.table = newDataTable(u.icons, columns, key)
	p.noneBy = widgets.NewText("").Colored(widgets.ColorNameMuted)
	p.button = widgets.NewButton("", nil, nil)
	p.none = container.NewCenter(widgets.NewColumn(8, p.noneBy, container.NewCenter(p.button)))
	p.none.Hide()
	top := widgets.NewColumn(0, widgets.NewInset(12, pageMargin, 8, pageMargin, bar(p.search)), p.table.header)
	p.middle = container.NewStack(p.table, p.none)
	p.root = container.New(&dataPaneLayout{p: p}, top, p.middle, p.strip)
	return p
}

func (p *dataPane) object() fyne.CanvasObject { return p.root }

func (p *dataPane) tick() { p.table.redraw() }

func (p *dataPane) key(*fyne.KeyEvent) {}

// look searches at once.
func (p *dataPane) look() {
	p.searching.cancel()
	p.find()
}

// says puts a sentence with a button in place of the rows; "" shows the rows.
func (p *dataPane) says(text, label string, action func()) {
	p.noneBy.SetText(text)
	p.button.SetText(label)
	p.button.OnTapped = action
	setVisible(p.none, text != "")
	p.none.Refresh()
}

// showAll is the button of a search without a result.
func (p *dataPane) showAll() (label string, action func()) {
	return lang.L("Show all"), func() {
		p.search.SetText("")
		p.look()
	}
}

// sameStrip tells whether the strip shows this already, as any texts that differ
// where what is shown differs.
func (p *dataPane) sameStrip(of ...any) bool {
	text := fmt.Sprint(of...)
	same := p.stripOf == text
	p.stripOf = text
	return same
}

// setStrip shows what is known of the selected row; nil takes it away.
func (p *dataPane) setStrip(head fyne.CanvasObject, body fyne.CanvasObject) {
	p.strip.Objects = nil
	if head != nil {
		column := widgets.NewColumn(10, head)
		if body != nil {
			column.Add(body)
		}
		inset := widgets.NewInset(14, pageMargin, 14, pageMargin, column)
		box, _ := widgets.NewTallScroll(inset, nil)
		p.strip.Objects = []fyne.CanvasObject{widgets.NewRule(widgets.ColorNameBorder), withoutShadows(box)}
		p.stripTall = inset
	}
	p.root.Layout.Layout(p.root.Objects, p.root.Size())
	p.root.Refresh()
	if p.table.current >= 0 {
		p.table.reveal(p.table.current)
		p.table.redraw()
	}
}

// focusSearch puts the cursor into the search box.
func (p *dataPane) focusSearch() {
	p.search.FocusAll(p.u.window.Canvas())
}

// searchKey lets the table be moved through while the search has the focus.
func (p *dataPane) searchKey(name fyne.KeyName) bool {
	switch name {
	case fyne.KeyUp, fyne.KeyDown, fyne.KeyPageUp, fyne.KeyPageDown:
		p.table.TypedKey(&fyne.KeyEvent{Name: name})
	case fyne.KeyReturn, fyne.KeyEnter:
		p.look()
		p.table.enter()
	case fyne.KeyEscape:
		p.escape()
	default:
		return false
	}
	return true
}

// escape clears the search, or the selection.
func (p *dataPane) escape() {
	if p.search.Text() != "" {
		p.search.SetText("")
		p.look()
		return
	}
	p.table.current = -1
	p.table.redraw()
	p.unselect()
}

// stripLayout: a line, and below it what scrolls.
type stripLayout struct{}

// MinSize implements fyne.Layout.
func (stripLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// Layout implements fyne.Layout.
func (stripLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	if len(objects) > 0 {
		put(objects[0], fyne.Position{}, fyne.NewSize(size.Width, 1))
		put(objects[1], fyne.NewPos(0, 1), fyne.NewSize(size.Width, max(size.Height-1, 0)))
	}
}

// dataPaneLayout: the bar, the table, and below it the strip, which is as high as
// it asks for, up to stripShare of the page.
type dataPaneLayout struct{ p *dataPane }

const stripShare = 0.46

// MinSize implements fyne.Layout.
func (*dataPaneLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(420, 200) }

// Layout implements fyne.Layout.
func (l *dataPaneLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	top := widgets.HeightAt(objects[0], size.Width)
	strip := float32(0)
	if len(l.p.strip.Objects) > 0 {
		strip = min(widgets.HeightAt(l.p.stripTall, size.Width)+1, size.Height*stripShare)
	}
	put(objects[0], fyne.Position{}, fyne.NewSize(size.Width, top))
	put(objects[1], fyne.NewPos(0, top), fyne.NewSize(size.Width, size.Height-top-strip))
	put(objects[2], fyne.NewPos(0, size.Height-strip), fyne.NewSize(size.Width, strip))
}
