package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Link is accent text that does something when it is pressed, by mouse, Enter
// or Space.
type Link struct {
	widget.BaseWidget
	Text     string
	OnTapped func()

	icon             fyne.Resource
	size             float32
	ink              fyne.ThemeColorName
	hovered, focused bool
}

var (
	_ fyne.Tappable      = (*Link)(nil)
	_ fyne.Focusable     = (*Link)(nil)
	_ desktop.Hoverable  = (*Link)(nil)
	_ desktop.Cursorable = (*Link)(nil)
)

// NewLink returns a link in body size; the icon may be nil.
func NewLink(text string, icon fyne.Resource, tapped func()) *Link {
	l := &Link{Text: text, OnTapped: tapped, icon: icon, size: 14, ink: ColorNameAccent}
	l.ExtendBaseWidget(l)
	return l
}

// NewSmallLink returns a link in caption size.
func NewSmallLink(text string, icon fyne.Resource, tapped func()) *Link {
	l := NewLink(text, icon, tapped)
	l.size = 12
	return l
}

// Colored gives text and icon another colour.
func (l *Link) Colored(name fyne.ThemeColorName) *Link {
	l.ink = name
	return l
}

// SetText changes the text alone.
func (l *Link) SetText(text string) { l.Set(text, l.OnTapped) }

// Set changes text and action.
func (l *Link) Set(text string, tapped func()) {
	l.Text, l.OnTapped = text, tapped
	l.Refresh()
}

// Tapped implements fyne.Tappable.
func (l *Link) Tapped(*fyne.PointEvent) {
	if l.OnTapped != nil {
		l.OnTapped()
	}
}

// Cursor implements desktop.Cursorable.
func (l *Link) Cursor() desktop.Cursor { return desktop.PointerCursor }

// MouseIn implements desktop.Hoverable.
func (l *Link) MouseIn(*desktop.MouseEvent) { l.hovered = true; l.Refresh() }

// MouseMoved implements desktop.Hoverable.
func (l *Link) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (l *Link) MouseOut() { l.hovered = false; l.Refresh() }

// FocusGained implements fyne.Focusable.
func (l *Link) FocusGained() {
	l.focused = true
	l.Refresh()
	RevealFocused(l)
}

// FocusLost implements fyne.Focusable.
func (l *Link) FocusLost() { l.focused = false; l.Refresh() }

// TypedRune implements fyne.Focusable.
func (l *Link) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (l *Link) TypedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		l.Tapped(nil)
	default:
		PassKey(l, key)
	}
}

// CreateRenderer implements fyne.Widget.
func (l *Link) CreateRenderer() fyne.WidgetRenderer {
	r := &linkRenderer{
		l: l, text: canvas.NewText("", color.Transparent), icon: newIcon(nil),
		ring: canvas.NewRectangle(color.Transparent), under: canvas.NewRectangle(color.Transparent),
	}
	r.Refresh()
	return r
}

type linkRenderer struct {
	l           *Link
	ring, under *canvas.Rectangle
	icon        *canvas.Image
	text        *canvas.Text
}

func (r *linkRenderer) Destroy() {}

func (r *linkRenderer) iconWidth() float32 {
	if r.l.icon == nil {
		return 0
	}
	return r.l.size + 2 + 6
}

func (r *linkRenderer) MinSize() fyne.Size {
	least := r.text.MinSize()
	return fyne.NewSize(least.Width+r.iconWidth(), max(least.Height, 16))
}

func (r *linkRenderer) Layout(size fyne.Size) {
	least := r.text.MinSize()
	side := r.l.size + 2
	r.icon.Resize(fyne.NewSquareSize(side))
	r.icon.Move(fyne.NewPos(0, (size.Height-side)/2))
	r.text.Move(fyne.NewPos(r.iconWidth(), (size.Height-least.Height)/2))
	r.text.Resize(least)
	r.under.Move(fyne.NewPos(r.iconWidth(), (size.Height+least.Height)/2-2))
	r.under.Resize(fyne.NewSize(least.Width, 1))
	r.ring.Move(fyne.NewPos(-3, -2))
	r.ring.Resize(size.AddWidthHeight(6, 4))
}

func (r *linkRenderer) Objects() []fyne.CanvasObject {
	return painted(r.ring, r.icon, r.text, r.under)
}

func (r *linkRenderer) Refresh() {
	ink, accent := Color(r.l, r.l.ink), Color(r.l, ColorNameAccent)
	r.text.Text, r.text.TextSize, r.text.Color = r.l.Text, r.l.size, ink
	setIcon(r.icon, r.l.icon, r.l.ink)
	r.under.FillColor, r.under.Hidden = ink, !r.l.hovered
	r.ring.StrokeColor, r.ring.StrokeWidth, r.ring.CornerRadius = accent, 2, 4
	r.ring.Hidden = !r.l.focused
	r.Layout(r.l.Size())
	canvas.Refresh(r.l)
}
