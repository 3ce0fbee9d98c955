package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	ttwidget "github.com/dweymouth/fyne-tooltip/widget"
)

// Importance is how loud a Button is.
type Importance int

// The importances. A screen or sheet has one Primary button at most.
const (
	Normal      Importance = iota
	Primary                // filled with the accent, bold
	Quiet                  // no ground, accent text
	Danger                 // no ground, red text
	Destructive            // filled red: the last step of a deletion
)

// Button is a push button 36 high (28 when Small), with text in regular weight
// unless it is Primary. It can be focused and pressed by Space and Enter.
type Button struct {
	ttwidget.ToolTipWidget
	Text       string
	Icon       fyne.Resource // nil: none
	Importance Importance
	Small      bool // for use inside cards and rows
	// Height overrides the height; 0: as Small says.
	Height   float32
	OnTapped func()
	OnFocus  func() // it has got the focus; nil: nothing

	disabled, hovered, pressed, focused bool
}

var (
	_ fyne.Widget       = (*Button)(nil)
	_ fyne.Tappable     = (*Button)(nil)
	_ fyne.Focusable    = (*Button)(nil)
	_ fyne.Disableable  = (*Button)(nil)
	_ desktop.Hoverable = (*Button)(nil)
	_ desktop.Mouseable = (*Button)(nil)
)

// NewButton returns a Normal button.
func NewButton(text string, icon fyne.Resource, tapped func()) *Button {
	b := &Button{Text: text, Icon: icon, OnTapped: tapped}
	b.ExtendBaseWidget(b)
	return b
}

// NewPrimaryButton returns the one loud button of a screen or sheet.
func NewPrimaryButton(text string, icon fyne.Resource, tapped func()) *Button {
	b := NewButton(text, icon, tapped)
	b.Importance = Primary
	return b
}

// NewQuietButton returns a button that looks like a link.
func NewQuietButton(text string, icon fyne.Resource, tapped func()) *Button {
	b := NewButton(text, icon, tapped)
	b.Importance = Quiet
	return b
}

// SetText changes the label.
func (b *Button) SetText(text string) {
	if b.Text == text {
		return
	}
	b.Text = text
	b.Refresh()
}

// SetIcon changes the icon; nil removes it.
func (b *Button) SetIcon(icon fyne.Resource) {
	b.Icon = icon
	b.Refresh()
}

// Enable implements fyne.Disableable.
func (b *Button) Enable() { b.setDisabled(false) }

// Disable implements fyne.Disableable.
func (b *Button) Disable() { b.setDisabled(true) }

// Disabled implements fyne.Disableable.
func (b *Button) Disabled() bool { return b.disabled }

func (b *Button) setDisabled(off bool) {
	if b.disabled == off {
		return
	}
	b.disabled = off
	b.Refresh()
}

// Tapped implements fyne.Tappable.
func (b *Button) Tapped(*fyne.PointEvent) {
	if !b.disabled && b.OnTapped != nil {
		b.OnTapped()
	}
}

// MouseIn implements desktop.Hoverable.
func (b *Button) MouseIn(e *desktop.MouseEvent) {
	b.ToolTipWidget.MouseIn(e)
	b.hovered = true
	b.Refresh()
}

// MouseOut implements desktop.Hoverable.
func (b *Button) MouseOut() {
	b.ToolTipWidget.MouseOut()
	b.hovered, b.pressed = false, false
	b.Refresh()
}

// MouseDown implements desktop.Mouseable.
func (b *Button) MouseDown(*desktop.MouseEvent) {
	b.pressed = true
	b.Refresh()
}

// MouseUp implements desktop.Mouseable.
func (b *Button) MouseUp(*desktop.MouseEvent) {
	b.pressed = false
	b.Refresh()
}

// FocusGained implements fyne.Focusable.
func (b *Button) FocusGained() {
	b.focused = true
	b.Refresh()
	RevealFocused(b)
	if b.OnFocus != nil {
		b.OnFocus()
	}
}

// FocusLost implements fyne.Focusable.
func (b *Button) FocusLost() { b.focused = false; b.Refresh() }

// TypedRune implements fyne.Focusable.
func (b *Button) TypedRune(rune) {}

// TypedKey implements fyne.Focusable: Space and Enter press the button.
func (b *Button) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		b.Tapped(nil)
	default:
		PassKey(b, e)
	}
}

// CreateRenderer implements fyne.Widget.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	b.ExtendBaseWidget(b)
	r := &buttonRenderer{
		b: b, ring: canvas.NewRectangle(color.Transparent), ground: canvas.NewRectangle(color.Transparent),
		icon: newIcon(b.Icon), text: canvas.NewText("", color.Transparent),
	}
	r.Refresh()
	return r
}

type buttonRenderer struct {
	b            *Button
	ring, ground *canvas.Rectangle
	icon         *canvas.Image
	text         *canvas.Text
}

func (r *buttonRenderer) Destroy() {}

func (r *buttonRenderer) Objects() []fyne.CanvasObject {
	return painted(r.ring, r.ground, r.icon, r.text)
}

// metrics returns height, side padding, gap after the icon and the icon's size.
func (r *buttonRenderer) metrics() (height, pad, gap, icon float32) {
	height, pad, gap, icon = 36, 14, 8, 16
	switch {
	case r.b.Small:
		height, pad, gap, icon = 28, 10, 6, 14
	case r.b.Importance == Quiet || r.b.Importance == Danger:
		pad = 10
	}
	if r.b.Height > 0 {
		height = r.b.Height
	}
	return height, pad, gap, icon
}

func (r *buttonRenderer) MinSize() fyne.Size {
	height, pad, gap, icon := r.metrics()
	width := 2*pad + r.text.MinSize().Width
	if r.b.Icon != nil {
		width += icon
		if r.b.Text != "" {
			width += gap
		}
	}
	return fyne.NewSize(width, height)
}

func (r *buttonRenderer) Layout(size fyne.Size) {
	_, _, gap, icon := r.metrics()
	r.ground.Resize(size)
	r.ring.Move(fyne.NewPos(-3, -3))
	r.ring.Resize(size.AddWidthHeight(6, 6))
	text := r.text.MinSize()
	width := text.Width
	if r.b.Icon != nil {
		width += icon
		if r.b.Text != "" {
			width += gap
		}
	}
	x := (size.Width - width) / 2
	if r.b.Icon != nil {
		r.icon.Resize(fyne.NewSquareSize(icon))
		r.icon.Move(fyne.NewPos(x, (size.Height-icon)/2))
		x += icon + gap
	}
	r.text.Resize(text)
	r.text.Move(fyne.NewPos(x, (size.Height-text.Height)/2))
}

// colors returns the ground and the name of the text's colour.
func (r *buttonRenderer) colors() (color.Color, fyne.ThemeColorName) {
	b := r.b
	ground, text := ColorNameButton, ColorNameText
	switch b.Importance {
	case Primary:
		ground, text = ColorNameAccent, ColorNameOnAccent
	case Destructive:
		ground, text = ColorNameBad, ColorNameOnBad
	case Quiet, Danger:
		ground, text = "", ColorNameAccent
		if b.Importance == Danger {
			text = ColorNameBad
		}
	case Normal:
	}
	if b.disabled {
		if ground != "" {
			return Color(b, ColorNameOff), ColorNameDisabled
		}
		return color.Transparent, ColorNameDisabled
	}
	share := float32(0)
	if b.hovered {
		share = 0.06
	}
	if b.pressed {
		share = 0.14
	}
	if ground == "" {
		if share == 0 {
			return color.Transparent, text
		}
		return mix(Color(b, ColorNameHover), Color(b, ColorNameText), share-0.06), text
	}
	return mix(Color(b, ground), Color(b, ColorNameText), share), text
}

func (r *buttonRenderer) Refresh() {
	b := r.b
	ground, text := r.colors()
	r.ground.FillColor = ground
	r.ground.CornerRadius = 6
	r.text.TextSize = b.Theme().Size(theme.SizeNameText)
	if b.Small {
		r.ground.CornerRadius = 5
		r.text.TextSize = b.Theme().Size(theme.SizeNameCaptionText)
	}
	r.ring.StrokeColor, r.ring.StrokeWidth, r.ring.CornerRadius = Color(b, ColorNameAccent), 2, r.ground.CornerRadius+3
	r.ring.Hidden = !b.focused || b.disabled
	r.text.Text = b.Text
	r.text.Color = Color(b, text)
	r.text.TextStyle.Bold = b.Importance == Primary || b.Importance == Destructive
	setIcon(r.icon, b.Icon, text)
	r.Layout(b.Size())
	r.ring.Refresh()
	r.ground.Refresh()
	r.text.Refresh()
}
