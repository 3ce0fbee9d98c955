package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Tabs are the headings of a screen's parts beside each other, the shown one
// underlined. Left and Right move between them.
type Tabs struct {
	widget.BaseWidget
	labels  []string
	notes   []string // said behind the labels, muted
	current int
	changed func(i int)
	hovered int
	focused bool
}

var (
	_ fyne.Tappable      = (*Tabs)(nil)
	_ fyne.Focusable     = (*Tabs)(nil)
	_ desktop.Hoverable  = (*Tabs)(nil)
	_ desktop.Cursorable = (*Tabs)(nil)
)

const (
	tabsHeight  = 36
	tabsPadding = 4  // left and right of a label
	tabsGap     = 20 // between two
	tabsNote    = 5  // between a label and its note
)

// NewTabs returns headings of which the first is shown; changed is told the
// number of the one that the user goes to.
func NewTabs(labels []string, changed func(i int)) *Tabs {
	t := &Tabs{labels: labels, notes: make([]string, len(labels)), changed: changed, hovered: -1}
	t.ExtendBaseWidget(t)
	return t
}

// SetNote puts a few words behind a heading, such as a count.
func (t *Tabs) SetNote(i int, note string) {
	if t.notes[i] != note {
		t.notes[i] = note
		t.Refresh()
	}
}

// Current returns the number of the shown one, from 0.
func (t *Tabs) Current() int { return t.current }

// Choose goes to one, as a tap on it does. A number beyond the ends does nothing.
func (t *Tabs) Choose(i int) {
	if i < 0 || i >= len(t.labels) || i == t.current {
		return
	}
	t.current = i
	t.Refresh()
	t.changed(i)
}

// place returns where a heading begins and how wide it is.
func (t *Tabs) place(i int) (x, width float32) {
	for n, label := range t.labels {
		width = fyne.MeasureText(label, 14, fyne.TextStyle{}).Width + 2*tabsPadding
		if t.notes[n] != "" {
			width += tabsNote + fyne.MeasureText(t.notes[n], 12, fyne.TextStyle{}).Width
		}
		if n == i {
			return x, width
		}
		x += width + tabsGap
	}
	return x, 0
}

func (t *Tabs) at(p fyne.Position) int {
	for i := range t.labels {
		if x, width := t.place(i); p.X >= x-tabsGap/2 && p.X < x+width+tabsGap/2 && p.Y >= 0 && p.Y < tabsHeight {
			return i
		}
	}
	return -1
}

// Tapped implements fyne.Tappable.
func (t *Tabs) Tapped(e *fyne.PointEvent) { t.Choose(t.at(e.Position)) }

// MouseIn implements desktop.Hoverable.
func (t *Tabs) MouseIn(e *desktop.MouseEvent) { t.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (t *Tabs) MouseMoved(e *desktop.MouseEvent) {
	if i := t.at(e.Position); i != t.hovered {
		t.hovered = i
		t.Refresh()
	}
}

// MouseOut implements desktop.Hoverable.
func (t *Tabs) MouseOut() { t.hovered = -1; t.Refresh() }

// Cursor implements desktop.Cursorable.
func (t *Tabs) Cursor() desktop.Cursor {
	if t.hovered >= 0 {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

// FocusGained implements fyne.Focusable.
func (t *Tabs) FocusGained() {
	t.focused = true
	t.Refresh()
	RevealFocused(t)
}

// FocusLost implements fyne.Focusable.
func (t *Tabs) FocusLost() { t.focused = false; t.Refresh() }

// TypedRune implements fyne.Focusable.
func (t *Tabs) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (t *Tabs) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyLeft:
		t.Choose(t.current - 1)
	case fyne.KeyRight:
		t.Choose(t.current + 1)
	default:
		PassKey(t, e)
	}
}

// CreateRenderer implements fyne.Widget.
func (t *Tabs) CreateRenderer() fyne.WidgetRenderer {
	r := &tabsRenderer{t: t, mark: canvas.NewRectangle(color.Transparent), ring: canvas.NewRectangle(color.Transparent)}
	r.mark.CornerRadius, r.ring.CornerRadius, r.ring.StrokeWidth = 1.5, 4, 2
	for _, label := range t.labels {
		text := canvas.NewText(label, color.Transparent)
		text.TextSize = 14
		note := canvas.NewText("", color.Transparent)
		note.TextSize = 12
		r.texts, r.notes = append(r.texts, text), append(r.notes, note)
	}
	r.Refresh()
	return r
}

type tabsRenderer struct {
	t          *Tabs
	texts      []*canvas.Text
	notes      []*canvas.Text
	mark, ring *canvas.Rectangle
}

func (r *tabsRenderer) Destroy() {}

func (r *tabsRenderer) Objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{r.mark, r.ring}
	for i, text := range r.texts {
		objects = append(objects, text, r.notes[i])
	}
	return painted(objects...)
}

func (r *tabsRenderer) MinSize() fyne.Size {
	x, width := r.t.place(len(r.texts) - 1)
	return fyne.NewSize(x+width, tabsHeight)
}

func (r *tabsRenderer) Layout(fyne.Size) {
	for i, text := range r.texts {
		x, width := r.t.place(i)
		least := text.MinSize()
		text.Move(fyne.NewPos(x+tabsPadding, (tabsHeight-least.Height)/2))
		text.Resize(least)
		note := r.notes[i].MinSize()
		r.notes[i].Move(fyne.NewPos(x+tabsPadding+least.Width+tabsNote, (tabsHeight-note.Height)/2+1))
		r.notes[i].Resize(note)
		if i == r.t.current {
			r.mark.Move(fyne.NewPos(x, tabsHeight-3))
			r.mark.Resize(fyne.NewSize(width, 3))
			r.ring.Move(fyne.NewPos(x-3, 3))
			r.ring.Resize(fyne.NewSize(width+6, tabsHeight-9))
		}
	}
}

func (r *tabsRenderer) Refresh() {
	t := r.t
	for i, text := range r.texts {
		text.Color = Color(t, ColorNameMuted)
		r.notes[i].Text, r.notes[i].Color = t.notes[i], Color(t, ColorNameMuted)
		if i == t.current || i == t.hovered {
			text.Color = Color(t, ColorNameText)
		}
	}
	r.mark.FillColor = Color(t, ColorNameAccent)
	r.ring.StrokeColor = Color(t, ColorNameAccent)
	r.ring.Hidden = !t.focused
	r.Layout(t.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}
