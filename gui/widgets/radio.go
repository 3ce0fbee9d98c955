package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Radio shows a few options, of which one is chosen: beside each other, or below
// each other with a line about each. The arrows move between them.
type Radio struct {
	widget.BaseWidget
	labels  []string
	abouts  []string // nil: the options stand beside each other
	current int
	changed func(i int)
	hovered int
	focused bool
}

var (
	_ fyne.Tappable     = (*Radio)(nil)
	_ fyne.Focusable    = (*Radio)(nil)
	_ desktop.Hoverable = (*Radio)(nil)
	_ Tall              = (*Radio)(nil)
)

const (
	radioLine = 24
	radioDisc = 18
	radioText = radioDisc + 8 // where the label begins
	radioGap  = 20            // between two options
	radioLead = 8             // between two options below each other
	aboutLine = 16            // the line about an option
)

// RadioOption is an option of a list.
type RadioOption struct{ Label, About string }

// NewRadio returns options of which number current, from 0, is chosen; changed is
// told the number of the one that the user chooses.
func NewRadio(labels []string, current int, changed func(i int)) *Radio {
	r := &Radio{labels: labels, current: current, changed: changed, hovered: -1}
	r.ExtendBaseWidget(r)
	return r
}

// NewRadioList is NewRadio with the options below each other, a line about each.
func NewRadioList(options []RadioOption, current int, changed func(i int)) *Radio {
	r := NewRadio(nil, current, changed)
	for _, o := range options {
		r.labels, r.abouts = append(r.labels, o.Label), append(r.abouts, o.About)
	}
	return r
}

// Current returns the number of the chosen one.
func (r *Radio) Current() int { return r.current }

// SetCurrent chooses without telling.
func (r *Radio) SetCurrent(i int) {
	if r.current != i {
		r.current = i
		r.Refresh()
	}
}

// Choose chooses as the user does. A number beyond the ends does nothing.
func (r *Radio) Choose(i int) {
	if i < 0 || i >= len(r.labels) || i == r.current {
		return
	}
	r.SetCurrent(i)
	r.changed(i)
}

// place returns where option i stands at a width.
func (r *Radio) place(i int, width float32) (at fyne.Position, size fyne.Size) {
	if r.abouts != nil {
		const height = radioLine + aboutLine + 4
		return fyne.NewPos(0, float32(i)*(height+radioLead)), fyne.NewSize(width, height)
	}
	for n, label := range r.labels {
		own := radioText + fyne.MeasureText(label, 14, fyne.TextStyle{}).Width
		if at.X > 0 && at.X+own > width {
			at = fyne.NewPos(0, at.Y+radioLine+4)
		}
		if n == i {
			return at, fyne.NewSize(own, radioLine)
		}
		at.X += own + radioGap
	}
	return at, fyne.Size{}
}

// HeightAt implements Tall.
func (r *Radio) HeightAt(width float32) float32 {
	at, size := r.place(len(r.labels)-1, width)
	return at.Y + size.Height
}

func (r *Radio) at(p fyne.Position) int {
	for i := range r.labels {
		at, size := r.place(i, r.Size().Width)
		if p.X >= at.X && p.X < at.X+size.Width && p.Y >= at.Y && p.Y < at.Y+size.Height {
			return i
		}
	}
	return -1
}

// Tapped implements fyne.Tappable.
func (r *Radio) Tapped(e *fyne.PointEvent) { r.Choose(r.at(e.Position)) }

// MouseIn implements desktop.Hoverable.
func (r *Radio) MouseIn(e *desktop.MouseEvent) { r.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (r *Radio) MouseMoved(e *desktop.MouseEvent) {
	if i := r.at(e.Position); i != r.hovered {
		r.hovered = i
		r.Refresh()
	}
}

// MouseOut implements desktop.Hoverable.
func (r *Radio) MouseOut() { r.hovered = -1; r.Refresh() }

// FocusGained implements fyne.Focusable.
func (r *Radio) FocusGained() {
	r.focused = true
	r.Refresh()
	RevealFocused(r)
}

// FocusLost implements fyne.Focusable.
func (r *Radio) FocusLost() { r.focused = false; r.Refresh() }

// TypedRune implements fyne.Focusable.
func (r *Radio) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (r *Radio) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyLeft, fyne.KeyUp:
		r.Choose(r.current - 1)
	case fyne.KeyRight, fyne.KeyDown:
		r.Choose(r.current + 1)
	default:
		PassKey(r, e)
	}
}

// CreateRenderer implements fyne.Widget.
func (r *Radio) CreateRenderer() fyne.WidgetRenderer {
	v := &radioRenderer{r: r, ring: canvas.NewRectangle(color.Transparent)}
	v.ring.CornerRadius, v.ring.StrokeWidth = 4, 2
	for _, label := range r.labels {
		text := canvas.NewText(label, color.Transparent)
		text.TextSize = 14
		v.texts = append(v.texts, text)
		v.discs = append(v.discs, canvas.NewRectangle(color.Transparent))
		v.dots = append(v.dots, canvas.NewRectangle(color.Transparent))
	}
	for _, about := range r.abouts {
		text := canvas.NewText(about, color.Transparent)
		text.TextSize = 12
		v.abouts = append(v.abouts, text)
	}
	v.Refresh()
	return v
}

// radioRenderer draws each disc as a square with round corners: the toolkit's
// painters place the strokes of circles differently.
type radioRenderer struct {
	r           *Radio
	ring        *canvas.Rectangle
	texts       []*canvas.Text
	abouts      []*canvas.Text
	discs, dots []*canvas.Rectangle
}

func (v *radioRenderer) Destroy() {}

func (v *radioRenderer) Objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{v.ring}
	for i := range v.texts {
		objects = append(objects, v.discs[i], v.dots[i], v.texts[i])
	}
	for _, about := range v.abouts {
		objects = append(objects, about)
	}
	return painted(objects...)
}

func (v *radioRenderer) MinSize() fyne.Size {
	return fyne.NewSize(120, v.r.HeightAt(max(v.r.Size().Width, 120)))
}

func (v *radioRenderer) Layout(size fyne.Size) {
	for i, text := range v.texts {
		at, own := v.r.place(i, size.Width)
		if i == v.r.current {
			v.ring.Move(at.SubtractXY(4, 1))
			v.ring.Resize(own.AddWidthHeight(8, 2))
		}
		corner := at.AddXY(0, (radioLine-radioDisc)/2)
		put := func(disc *canvas.Rectangle, inset float32) {
			side := radioDisc - 2*inset
			disc.CornerRadius = side / 2
			disc.Move(corner.AddXY(inset, inset))
			disc.Resize(fyne.NewSquareSize(side))
		}
		put(v.discs[i], 0)
		put(v.dots[i], 5)
		least := text.MinSize()
		text.Move(at.AddXY(radioText, (radioLine-least.Height)/2))
		text.Resize(least)
		if i < len(v.abouts) {
			about := v.abouts[i]
			about.Text = Ellipsize(v.r.abouts[i], size.Width-radioText, 12, fyne.TextStyle{})
			about.Move(at.AddXY(radioText, radioLine))
			about.Resize(about.MinSize())
		}
	}
}

func (v *radioRenderer) Refresh() {
	r := v.r
	for i, text := range v.texts {
		edge := ColorNameMuted
		if i == r.current || i == r.hovered {
			edge = ColorNameAccent
		}
		text.Color = Color(r, ColorNameText)
		v.discs[i].StrokeColor, v.discs[i].StrokeWidth = Color(r, edge), 1.5
		if i == r.current {
			v.discs[i].StrokeWidth = 2
		}
		v.dots[i].FillColor = Color(r, ColorNameAccent)
		v.dots[i].Hidden = i != r.current
		if i < len(v.abouts) {
			v.abouts[i].Color = Color(r, ColorNameMuted)
		}
	}
	v.ring.StrokeColor, v.ring.Hidden = Color(r, ColorNameAccent), !r.focused
	v.Layout(r.Size())
	canvas.Refresh(r)
}
