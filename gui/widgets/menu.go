package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// MenuItem is one line of a Menu; the zero value with Rule set is a line.
type MenuItem struct {
	Label    string
	Shortcut string // as it is written, "Ctrl+C"
	Icon     fyne.Resource
	Rule     bool
	// Why says, below the label, why the item can't be used; "" for one that can.
	Why    string
	Action func()
}

// Menu is a context menu. The toolkit's own can't say why an item is disabled,
// and writes shortcuts too faintly to be read.
type Menu struct {
	widget.BaseWidget
	items  []MenuItem
	rows   []*menuRow
	at     fyne.Position
	canvas fyne.Canvas
	marked int     // item of the keyboard or under the pointer; -1: none
	line   float32 // height of an item
	before fyne.Focusable
}

const (
	menuPad   float32 = 6
	menuWhy   float32 = 16 // height of a line of an item's reason
	menuRule  float32 = 11
	menuWidth float32 = 272
	menuText          = 10 + 16 + 10 // where the label begins within an item
)

// menuLines are the heights of an item: the first, and those where there is no
// room for all items.
var menuLines = []float32{32, 27, 23}

// ShowMenu opens a menu with its corner at a position of the canvas, or as near
// as it fits. Esc, a click outside and a choice close it.
func ShowMenu(c fyne.Canvas, at fyne.Position, items []MenuItem) *Menu {
	m := &Menu{items: items, canvas: c, marked: -1, before: c.Focused()}
	m.ExtendBaseWidget(m)
	said := map[string]bool{"": true}
	for i := range items {
		m.rows = append(m.rows, newMenuRow(m, i, !said[items[i].Why]))
		said[items[i].Why] = true
	}
	var size fyne.Size
	room := c.Size()
	for _, m.line = range menuLines {
		if size = m.panelSize(); size.Height <= room.Height-8 {
			break
		}
	}
	m.at = fyne.NewPos(max(min(at.X, room.Width-size.Width-8), 4), max(min(at.Y, room.Height-size.Height-8), 4))
	c.Overlays().Add(m)
	m.Resize(room)
	c.Focus(m)
	return m
}

// Close closes the menu and gives the focus back.
func (m *Menu) Close() {
	m.canvas.Overlays().Remove(m)
	if m.before != nil {
		m.canvas.Focus(m.before)
	}
}

// Tapped implements fyne.Tappable: a click beside the menu closes it.
func (m *Menu) Tapped(*fyne.PointEvent) { m.Close() }

// TappedSecondary implements fyne.SecondaryTappable, as Tapped.
func (m *Menu) TappedSecondary(*fyne.PointEvent) { m.Close() }

// MouseIn implements desktop.Hoverable, so that nothing below is hovered.
func (m *Menu) MouseIn(*desktop.MouseEvent) {}

// MouseMoved implements desktop.Hoverable.
func (m *Menu) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (m *Menu) MouseOut() {}

// FocusGained implements fyne.Focusable.
func (m *Menu) FocusGained() {}

// FocusLost implements fyne.Focusable.
func (m *Menu) FocusLost() {}

// TypedRune implements fyne.Focusable.
func (m *Menu) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (m *Menu) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyEscape:
		m.Close()
	case fyne.KeyDown:
		m.step(1)
	case fyne.KeyUp:
		m.step(-1)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		if m.marked >= 0 {
			m.choose(m.marked)
		}
	}
}

// step moves the mark to the next item that can be used.
func (m *Menu) step(by int) {
	i := m.marked
	if i < 0 && by < 0 {
		i = len(m.items)
	}
	for range m.items {
		i = (i + by + len(m.items)) % len(m.items)
		if m.usable(i) {
			m.mark(i)
			return
		}
	}
}

func (m *Menu) usable(i int) bool { return !m.items[i].Rule && m.items[i].Why == "" }

func (m *Menu) mark(i int) {
	if m.marked == i {
		return
	}
	old := m.marked
	m.marked = i
	for _, k := range []int{old, i} {
		if k >= 0 {
			m.rows[k].Refresh()
		}
	}
}

func (m *Menu) choose(i int) {
	if !m.usable(i) {
		m.canvas.Focus(m) // a click has taken the focus away
		return
	}
	m.Close()
	m.items[i].Action()
}

func (m *Menu) panelSize() fyne.Size {
	width, height := menuWidth, 2*menuPad
	for _, row := range m.rows {
		least := row.MinSize()
		width, height = max(width, least.Width+2*menuPad), height+least.Height
	}
	return fyne.NewSize(width, height)
}

// CreateRenderer implements fyne.Widget.
func (m *Menu) CreateRenderer() fyne.WidgetRenderer {
	r := &menuRenderer{m: m, panel: canvas.NewRectangle(color.Transparent)}
	r.panel.CornerRadius, r.panel.StrokeWidth = 8, 1
	r.panel.Shadow = canvas.Shadow{BlurRadius: 20, Offset: fyne.NewPos(0, 6), Variant: canvas.DropShadow}
	r.objects = []fyne.CanvasObject{r.panel}
	for _, row := range m.rows {
		r.objects = append(r.objects, row)
	}
	r.Refresh()
	return r
}

type menuRenderer struct {
	m       *Menu
	panel   *canvas.Rectangle
	objects []fyne.CanvasObject
}

func (r *menuRenderer) Destroy() {}

func (r *menuRenderer) Objects() []fyne.CanvasObject { return r.objects }

func (r *menuRenderer) MinSize() fyne.Size { return fyne.NewSize(0, 0) }

func (r *menuRenderer) Layout(fyne.Size) {
	size := r.m.panelSize()
	r.panel.Move(r.m.at)
	r.panel.Resize(size)
	at := r.m.at.AddXY(menuPad, menuPad)
	for _, row := range r.m.rows {
		height := row.MinSize().Height
		row.Move(at)
		row.Resize(fyne.NewSize(size.Width-2*menuPad, height))
		at.Y += height
	}
}

func (r *menuRenderer) Refresh() {
	r.panel.FillColor = raisedColor(ColorNameRaised)
	r.panel.StrokeColor = raisedColor(ColorNameBorder)
	r.panel.Shadow.Color = raisedColor(ColorNameLift)
	r.panel.Refresh()
	for _, row := range r.m.rows {
		row.Refresh()
	}
}

// raisedColor returns a colour for what lies above a screen.
func raisedColor(name fyne.ThemeColorName) color.Color {
	settings := fyne.CurrentApp().Settings()
	th := settings.Theme()
	if raised, ok := th.(interface{ Raised() fyne.Theme }); ok {
		th = raised.Raised()
	}
	return th.Color(name, settings.ThemeVariant())
}

// menuRow draws one item.
type menuRow struct {
	widget.BaseWidget
	menu *Menu
	i    int
	why  []string // the reason in lines
}

// newMenuRow returns the row of an item; tell: it says why it can't be used,
// which is said once where several items share the reason.
func newMenuRow(m *Menu, i int, tell bool) *menuRow {
	row := &menuRow{menu: m, i: i}
	if why := m.items[i].Why; tell {
		row.why = NewParagraph(why).Sized(12, menuWhy).wrap(menuWidth - 2*menuPad - menuText - 10)
	}
	row.ExtendBaseWidget(row)
	return row
}

func (w *menuRow) item() *MenuItem { return &w.menu.items[w.i] }

// Tapped implements fyne.Tappable.
func (w *menuRow) Tapped(*fyne.PointEvent) { w.menu.choose(w.i) }

// MouseIn implements desktop.Hoverable.
func (w *menuRow) MouseIn(*desktop.MouseEvent) {
	if w.menu.usable(w.i) {
		w.menu.mark(w.i)
	}
}

// MouseMoved implements desktop.Hoverable.
func (w *menuRow) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (w *menuRow) MouseOut() {
	if w.menu.marked == w.i {
		w.menu.mark(-1)
	}
}

// CreateRenderer implements fyne.Widget.
func (w *menuRow) CreateRenderer() fyne.WidgetRenderer {
	text := func(size float32) *canvas.Text {
		t := canvas.NewText("", color.Transparent)
		t.TextSize = size
		return t
	}
	r := &menuRowRenderer{
		w: w, ground: canvas.NewRectangle(color.Transparent), rule: canvas.NewRectangle(color.Transparent),
		icon: newIcon(w.item().Icon), label: text(14), keys: text(12),
	}
	r.ground.CornerRadius = 5
	for range w.why {
		r.why = append(r.why, text(12))
	}
	r.Refresh()
	return r
}

type menuRowRenderer struct {
	w            *menuRow
	ground, rule *canvas.Rectangle
	icon         *canvas.Image
	label, keys  *canvas.Text
	why          []*canvas.Text
}

func (r *menuRowRenderer) Destroy() {}

func (r *menuRowRenderer) Objects() []fyne.CanvasObject {
	if r.w.item().Rule {
		return []fyne.CanvasObject{r.rule}
	}
	objects := []fyne.CanvasObject{r.ground, r.icon, r.label, r.keys}
	for _, line := range r.why {
		objects = append(objects, line)
	}
	return objects
}

func (r *menuRowRenderer) MinSize() fyne.Size {
	item := r.w.item()
	if item.Rule {
		return fyne.NewSize(0, menuRule)
	}
	size := fyne.NewSize(menuText+fyne.MeasureText(item.Label, 14, fyne.TextStyle{}).Width+10, r.w.menu.line)
	if item.Shortcut != "" {
		size.Width += 24 + fyne.MeasureText(item.Shortcut, 12, fyne.TextStyle{}).Width
	}
	if n := len(r.w.why); n > 0 {
		size.Height += menuWhy*float32(n) + 2
	}
	return size
}

func (r *menuRowRenderer) Layout(size fyne.Size) {
	row := r.w.menu.line
	r.ground.Resize(size)
	r.rule.Move(fyne.NewPos(4, menuRule/2))
	r.rule.Resize(fyne.NewSize(size.Width-8, 1))
	r.icon.Move(fyne.NewPos(10, (row-16)/2))
	r.icon.Resize(fyne.NewSquareSize(16))
	label, keys := r.label.MinSize(), r.keys.MinSize()
	r.label.Move(fyne.NewPos(menuText, (row-label.Height)/2))
	r.label.Resize(label)
	r.keys.Move(fyne.NewPos(size.Width-10-keys.Width, (row-keys.Height)/2))
	r.keys.Resize(keys)
	for i, line := range r.why {
		line.Move(fyne.NewPos(menuText, row-5+menuWhy*float32(i)))
		line.Resize(fyne.NewSize(size.Width-menuText, menuWhy))
	}
}

func (r *menuRowRenderer) Refresh() {
	item := r.w.item()
	r.rule.FillColor = raisedColor(ColorNameLine)
	r.ground.FillColor = color.Transparent
	if r.w.menu.marked == r.w.i {
		r.ground.FillColor = raisedColor(ColorNameHover)
	}
	ink, icon := ColorNameText, ColorNameMuted
	if item.Why != "" {
		ink, icon = ColorNameDisabled, ColorNameDisabled
	}
	r.label.Text, r.label.Color = item.Label, raisedColor(ink)
	r.keys.Text, r.keys.Color = item.Shortcut, raisedColor(icon)
	for i, line := range r.why {
		line.Text, line.Color = r.w.why[i], raisedColor(ColorNameMuted)
		line.Refresh()
	}
	setIcon(r.icon, item.Icon, icon)
	r.ground.Refresh()
	r.rule.Refresh()
	r.label.Refresh()
	r.keys.Refresh()
	canvas.Refresh(r.w)
}

var (
	_ fyne.Focusable         = (*Menu)(nil)
	_ fyne.Tappable          = (*Menu)(nil)
	_ fyne.SecondaryTappable = (*Menu)(nil)
	_ desktop.Hoverable      = (*menuRow)(nil)
)
