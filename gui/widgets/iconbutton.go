package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	ttwidget "github.com/dweymouth/fyne-tooltip/widget"
)

// IconButton is a square button without text; its tooltip says what it does. It
// is 28 wide, or 36, as the fields that it stands beside, when it is Filled.
type IconButton struct {
	ttwidget.ToolTipWidget
	Icon     fyne.Resource
	IconSize float32 // 16 unless set
	Filled   bool    // with the ground of a plain button
	OnTapped func()

	disabled, hovered, focused bool
	pointer                    *desktop.MouseEvent // where it was last
}

var (
	_ fyne.Tappable     = (*IconButton)(nil)
	_ fyne.Focusable    = (*IconButton)(nil)
	_ fyne.Disableable  = (*IconButton)(nil)
	_ desktop.Hoverable = (*IconButton)(nil)
)

// NewIconButton returns a button with that tooltip, which names its action.
func NewIconButton(icon fyne.Resource, tooltip string, tapped func()) *IconButton {
	b := &IconButton{Icon: icon, IconSize: 16, OnTapped: tapped}
	b.SetToolTip(tooltip)
	b.ExtendBaseWidget(b)
	return b
}

// SetIcon changes the icon.
func (b *IconButton) SetIcon(icon fyne.Resource) {
	b.Icon = icon
	b.Refresh()
}

// Enable implements fyne.Disableable.
func (b *IconButton) Enable() { b.disabled = false; b.Refresh() }

// Disable implements fyne.Disableable.
func (b *IconButton) Disable() { b.disabled = true; b.Refresh() }

// Disabled implements fyne.Disableable.
func (b *IconButton) Disabled() bool { return b.disabled }

// Tapped implements fyne.Tappable.
func (b *IconButton) Tapped(*fyne.PointEvent) {
	if b.disabled || b.OnTapped == nil {
		return
	}
	said := b.ToolTip()
	b.OnTapped()
	if b.hovered && b.ToolTip() != said { // what the next press does; the pointer is still there
		b.ToolTipWidget.MouseOut()
		b.ToolTipWidget.MouseIn(b.pointer)
	}
}

// MouseIn implements desktop.Hoverable.
func (b *IconButton) MouseIn(e *desktop.MouseEvent) {
	b.ToolTipWidget.MouseIn(e)
	b.hovered, b.pointer = true, e
	b.Refresh()
}

// MouseMoved implements desktop.Hoverable.
func (b *IconButton) MouseMoved(e *desktop.MouseEvent) {
	b.ToolTipWidget.MouseMoved(e)
	b.pointer = e
}

// MouseOut implements desktop.Hoverable.
func (b *IconButton) MouseOut() {
	b.ToolTipWidget.MouseOut()
	b.hovered = false
	b.Refresh()
}

// FocusGained implements fyne.Focusable.
func (b *IconButton) FocusGained() {
	b.focused = true
	b.Refresh()
	RevealFocused(b)
}

// FocusLost implements fyne.Focusable.
func (b *IconButton) FocusLost() { b.focused = false; b.Refresh() }

// TypedRune implements fyne.Focusable.
func (b *IconButton) TypedRune(rune) {}

// TypedKey implements fyne.Focusable: Space and Enter press the button.
func (b *IconButton) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		b.Tapped(nil)
	default:
		PassKey(b, e)
	}
}

// CreateRenderer implements fyne.Widget.
func (b *IconButton) CreateRenderer() fyne.WidgetRenderer {
	b.ExtendBaseWidget(b)
	r := &iconButtonRenderer{b: b, ground: canvas.NewRectangle(color.Transparent), icon: newIcon(b.Icon)}
	r.Refresh()
	return r
}

type iconButtonRenderer struct {
	b      *IconButton
	ground *canvas.Rectangle
	icon   *canvas.Image
}

func (r *iconButtonRenderer) Destroy() {}

func (r *iconButtonRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.icon}
}

func (r *iconButtonRenderer) MinSize() fyne.Size {
	if r.b.Filled {
		return fyne.NewSquareSize(inputHeight)
	}
	return fyne.NewSquareSize(28)
}

func (r *iconButtonRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	r.icon.Resize(fyne.NewSquareSize(r.b.IconSize))
	r.icon.Move(fyne.NewPos((size.Width-r.b.IconSize)/2, (size.Height-r.b.IconSize)/2))
}

func (r *iconButtonRenderer) Refresh() {
	b := r.b
	r.ground.CornerRadius = 5
	r.ground.FillColor = color.Transparent
	if b.Filled {
		r.ground.FillColor = Color(b, ColorNameButton)
	}
	name := ColorNameMuted
	switch {
	case b.disabled:
		name = ColorNameDisabled
	case b.hovered:
		r.ground.FillColor = mix(Color(b, ColorNameButton), Color(b, ColorNameText), 0.06)
		name = ColorNameText
	}
	r.ground.StrokeWidth = 0
	if b.focused && !b.disabled {
		r.ground.StrokeColor, r.ground.StrokeWidth = Color(b, ColorNameAccent), 2
	}
	setIcon(r.icon, b.Icon, name)
	r.Layout(b.Size())
	r.ground.Refresh()
}
