package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Check is a box with a tick, a label and, below it, a caption. Click, Space
// and Enter change it.
type Check struct {
	widget.BaseWidget
	Label     string
	Caption   string
	Checked   bool
	OnChanged func(bool)

	icon                       fyne.Resource
	disabled, focused, hovered bool
}

var (
	_ fyne.Tappable     = (*Check)(nil)
	_ fyne.Focusable    = (*Check)(nil)
	_ fyne.Disableable  = (*Check)(nil)
	_ desktop.Hoverable = (*Check)(nil)
	_ Tall              = (*Check)(nil)
)

// NewCheck returns an unticked box.
func NewCheck(icons Icons, label string, changed func(bool)) *Check {
	c := &Check{Label: label, OnChanged: changed, icon: icons.Icon("check")}
	c.ExtendBaseWidget(c)
	return c
}

// SetChecked ticks or unticks without calling OnChanged.
func (c *Check) SetChecked(on bool) {
	if c.Checked == on {
		return
	}
	c.Checked = on
	c.Refresh()
}

// SetCaption changes the line below the label.
func (c *Check) SetCaption(text string) {
	if c.Caption == text {
		return
	}
	c.Caption = text
	c.Refresh()
}

// Enable implements fyne.Disableable.
func (c *Check) Enable() { c.setDisabled(false) }

// Disable implements fyne.Disableable.
func (c *Check) Disable() { c.setDisabled(true) }

func (c *Check) setDisabled(off bool) {
	if c.disabled != off {
		c.disabled = off
		c.Refresh()
	}
}

// Disabled implements fyne.Disableable.
func (c *Check) Disabled() bool { return c.disabled }

// Tapped implements fyne.Tappable.
func (c *Check) Tapped(*fyne.PointEvent) {
	if c.disabled {
		return
	}
	c.SetChecked(!c.Checked)
	if c.OnChanged != nil {
		c.OnChanged(c.Checked)
	}
}

// MouseIn implements desktop.Hoverable.
func (c *Check) MouseIn(*desktop.MouseEvent) { c.hovered = true; c.Refresh() }

// MouseMoved implements desktop.Hoverable.
func (c *Check) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (c *Check) MouseOut() { c.hovered = false; c.Refresh() }

// FocusGained implements fyne.Focusable.
func (c *Check) FocusGained() {
	c.focused = true
	c.Refresh()
	RevealFocused(c)
}

// FocusLost implements fyne.Focusable.
func (c *Check) FocusLost() { c.focused = false; c.Refresh() }

// TypedRune implements fyne.Focusable.
func (c *Check) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (c *Check) TypedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		c.Tapped(nil)
	default:
		PassKey(c, key)
	}
}

const (
	boxSide    = 18
	checkInset = 28 // from the box's left to the label
)

// HeightAt implements Tall.
func (c *Check) HeightAt(width float32) float32 {
	if c.Caption == "" {
		return 20
	}
	return 21 + NewCaption(c.Caption).HeightAt(width-checkInset)
}

// CreateRenderer implements fyne.Widget.
func (c *Check) CreateRenderer() fyne.WidgetRenderer {
	r := &checkRenderer{c: c, box: newTickBox(c.icon), label: canvas.NewText("", color.Transparent), caption: NewCaption("")}
	r.Refresh()
	return r
}

type checkRenderer struct {
	c       *Check
	box     *tickBox
	label   *canvas.Text
	caption *Paragraph
}

func (r *checkRenderer) Destroy() {}

func (r *checkRenderer) MinSize() fyne.Size {
	return fyne.NewSize(checkInset+r.label.MinSize().Width, r.c.HeightAt(max(r.c.Size().Width, 120)))
}

func (r *checkRenderer) Layout(size fyne.Size) {
	r.box.move(fyne.NewPos(0, 1))
	h := r.label.MinSize().Height
	r.label.Move(fyne.NewPos(checkInset, (20-h)/2))
	r.label.Resize(fyne.NewSize(size.Width-checkInset, h))
	r.caption.Move(fyne.NewPos(checkInset, 21))
	r.caption.Resize(fyne.NewSize(size.Width-checkInset, r.caption.HeightAt(size.Width-checkInset)))
}

func (r *checkRenderer) Objects() []fyne.CanvasObject {
	return painted(append(r.box.objects(), r.label, r.caption)...)
}

func (r *checkRenderer) Refresh() {
	c := r.c
	r.box.paint(c, c.Checked, c.disabled, c.focused, c.hovered)
	r.label.Text, r.label.TextSize, r.label.Color = c.Label, 14, Color(c, ColorNameText)
	if c.disabled {
		r.label.Color = Color(c, ColorNameMuted)
	}
	r.caption.SetText(c.Caption)
	r.caption.Hidden = c.Caption == ""
	r.Layout(c.Size())
	r.caption.Refresh()
	canvas.Refresh(c)
}

// tickBox draws the box of a Check and of a ScopeRow.
type tickBox struct {
	ring, box *canvas.Rectangle
	tick      *canvas.Image
	icon      fyne.Resource
}

func newTickBox(icon fyne.Resource) *tickBox {
	return &tickBox{
		ring: canvas.NewRectangle(color.Transparent), box: canvas.NewRectangle(color.Transparent),
		tick: newIcon(nil), icon: icon,
	}
}

func (t *tickBox) objects() []fyne.CanvasObject { return []fyne.CanvasObject{t.ring, t.box, t.tick} }

func (t *tickBox) move(at fyne.Position) {
	t.box.Move(at)
	t.box.Resize(fyne.NewSquareSize(boxSide))
	t.ring.Move(at.SubtractXY(3, 3))
	t.ring.Resize(fyne.NewSquareSize(boxSide + 6))
	t.tick.Move(at.AddXY(1, 1))
	t.tick.Resize(fyne.NewSquareSize(boxSide - 2))
}

func (t *tickBox) paint(w Themed, on, disabled, focused, hovered bool) {
	edge, fill, tick := ColorNameMuted, fyne.ThemeColorName(""), ColorNameOnAccent
	if on {
		edge, fill = ColorNameAccent, ColorNameAccent
	}
	if hovered && !on {
		edge = ColorNameAccent
	}
	if disabled {
		edge, tick = ColorNameFieldEdge, ColorNameMuted
		if on {
			fill = ColorNameOff
		}
	}
	t.box.CornerRadius, t.box.StrokeWidth, t.box.StrokeColor = 4, 1.5, Color(w, edge)
	t.box.FillColor = color.Transparent
	if fill != "" {
		t.box.FillColor = Color(w, fill)
	}
	setIcon(t.tick, t.icon, tick)
	t.tick.Hidden = !on
	t.ring.CornerRadius, t.ring.StrokeWidth, t.ring.StrokeColor = 6, 2, Color(w, ColorNameAccent)
	t.ring.Hidden = !focused
}
