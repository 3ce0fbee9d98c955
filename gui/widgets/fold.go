package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// FoldHead is the line that opens and closes what stands below it: a chevron, a
// word and a caption.
type FoldHead struct {
	widget.BaseWidget
	Title    string
	OnToggle func(open bool)

	caption          string
	icons            Icons
	open             bool
	focused, hovered bool
}

var (
	_ fyne.Tappable     = (*FoldHead)(nil)
	_ fyne.Focusable    = (*FoldHead)(nil)
	_ desktop.Hoverable = (*FoldHead)(nil)
)

// NewFoldHead returns a closed fold.
func NewFoldHead(icons Icons, title, caption string, toggle func(open bool)) *FoldHead {
	f := &FoldHead{Title: title, caption: caption, icons: icons, OnToggle: toggle}
	f.ExtendBaseWidget(f)
	return f
}

// Open tells whether it is open.
func (f *FoldHead) Open() bool { return f.open }

// SetOpen opens or closes it.
func (f *FoldHead) SetOpen(open bool) {
	if f.open == open {
		return
	}
	f.open = open
	f.Refresh()
	if f.OnToggle != nil {
		f.OnToggle(open)
	}
}

// Caption returns the words behind the title.
func (f *FoldHead) Caption() string { return f.caption }

// SetCaption changes the words behind the title.
func (f *FoldHead) SetCaption(text string) {
	if f.caption != text {
		f.caption = text
		f.Refresh()
	}
}

// Tapped implements fyne.Tappable.
func (f *FoldHead) Tapped(*fyne.PointEvent) { f.SetOpen(!f.open) }

// MouseIn implements desktop.Hoverable.
func (f *FoldHead) MouseIn(*desktop.MouseEvent) { f.hovered = true; f.Refresh() }

// MouseMoved implements desktop.Hoverable.
func (f *FoldHead) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (f *FoldHead) MouseOut() { f.hovered = false; f.Refresh() }

// FocusGained implements fyne.Focusable.
func (f *FoldHead) FocusGained() {
	f.focused = true
	f.Refresh()
	RevealFocused(f)
}

// FocusLost implements fyne.Focusable.
func (f *FoldHead) FocusLost() { f.focused = false; f.Refresh() }

// TypedRune implements fyne.Focusable.
func (f *FoldHead) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (f *FoldHead) TypedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		f.Tapped(nil)
	default:
		PassKey(f, key)
	}
}

// CreateRenderer implements fyne.Widget.
func (f *FoldHead) CreateRenderer() fyne.WidgetRenderer {
	text := func() *canvas.Text { return canvas.NewText("", color.Transparent) }
	r := &foldRenderer{f: f, ground: canvas.NewRectangle(color.Transparent), chevron: newIcon(nil), title: text(), caption: text()}
	r.Refresh()
	return r
}

type foldRenderer struct {
	f              *FoldHead
	ground         *canvas.Rectangle
	chevron        *canvas.Image
	title, caption *canvas.Text
}

func (r *foldRenderer) Destroy() {}

func (r *foldRenderer) MinSize() fyne.Size { return fyne.NewSize(120, 36) }

func (r *foldRenderer) Layout(size fyne.Size) {
	r.ground.Move(fyne.NewPos(-4, 0))
	r.ground.Resize(size.AddWidthHeight(8, 0))
	r.chevron.Resize(fyne.NewSquareSize(iconSide))
	r.chevron.Move(fyne.NewPos(0, (size.Height-iconSide)/2))
	title := r.title.MinSize()
	r.title.Move(fyne.NewPos(24, (size.Height-title.Height)/2))
	r.title.Resize(title)
	left := 24 + title.Width + 8
	r.caption.Text = Ellipsize(r.f.caption, max(size.Width-left, 0), 12, fyne.TextStyle{})
	h := r.caption.MinSize().Height
	r.caption.Move(fyne.NewPos(left, (size.Height-h)/2+1))
	r.caption.Resize(fyne.NewSize(max(size.Width-left, 0), h))
}

func (r *foldRenderer) Objects() []fyne.CanvasObject {
	return painted(r.ground, r.chevron, r.title, r.caption)
}

func (r *foldRenderer) Refresh() {
	f := r.f
	icon := "right"
	if f.open {
		icon = "down"
	}
	setIcon(r.chevron, f.icons.Icon(icon), ColorNameText)
	r.ground.FillColor, r.ground.CornerRadius, r.ground.StrokeWidth = color.Transparent, 6, 0
	if f.hovered {
		r.ground.FillColor = Color(f, ColorNameHover)
	}
	if f.focused {
		r.ground.StrokeColor, r.ground.StrokeWidth = Color(f, ColorNameAccent), 2
	}
	r.title.Text, r.title.TextSize, r.title.Color = f.Title, 14, Color(f, ColorNameText)
	r.caption.TextSize, r.caption.Color = 12, Color(f, ColorNameMuted)
	r.Layout(f.Size())
	canvas.Refresh(f)
}
