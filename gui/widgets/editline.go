package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	ttwidget "github.com/dweymouth/fyne-tooltip/widget"
)

// EditLine is one entry of a list that is edited in a sheet: a title, a line
// below it and a note at the right end. A click, Enter and Space edit it; its
// cross and Delete take it away. Without OnEdit it is read only.
type EditLine struct {
	ttwidget.ToolTipWidget
	Title, Below, Note string
	Mono               bool // the title's font
	OnEdit, OnRemove   func()

	icons            Icons
	remove           *IconButton
	hovered, focused bool
}

var (
	_ fyne.Tappable     = (*EditLine)(nil)
	_ fyne.Focusable    = (*EditLine)(nil)
	_ desktop.Hoverable = (*EditLine)(nil)
)

// editLineHeight is that of a line with and of one without a line below.
const (
	editLineHeight = 46
	editLineShort  = 32
)

// NewEditLine returns a line; remove is the tooltip of its cross.
func NewEditLine(icons Icons, title, below, note, remove string) *EditLine {
	l := &EditLine{Title: title, Below: below, Note: note, icons: icons}
	l.remove = NewIconButton(icons.Icon("close"), remove, func() { l.OnRemove() })
	l.ExtendBaseWidget(l)
	return l
}

// Tapped implements fyne.Tappable.
func (l *EditLine) Tapped(*fyne.PointEvent) {
	if l.OnEdit != nil {
		l.OnEdit()
	}
}

// MouseIn implements desktop.Hoverable.
func (l *EditLine) MouseIn(e *desktop.MouseEvent) {
	l.ToolTipWidget.MouseIn(e)
	l.hovered = true
	l.Refresh()
}

// MouseOut implements desktop.Hoverable.
func (l *EditLine) MouseOut() {
	l.ToolTipWidget.MouseOut()
	l.hovered = false
	l.Refresh()
}

// Disabled tells the toolkit to pass over lines that can only be read.
func (l *EditLine) Disabled() bool { return l.OnEdit == nil }

// Enable implements fyne.Disableable; OnEdit decides.
func (l *EditLine) Enable() {}

// Disable implements fyne.Disableable; OnEdit decides.
func (l *EditLine) Disable() {}

// FocusGained implements fyne.Focusable.
func (l *EditLine) FocusGained() {
	l.focused = true
	l.Refresh()
	RevealFocused(l)
}

// FocusLost implements fyne.Focusable.
func (l *EditLine) FocusLost() { l.focused = false; l.Refresh() }

// TypedRune implements fyne.Focusable.
func (l *EditLine) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (l *EditLine) TypedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		l.Tapped(nil)
	case fyne.KeyDelete:
		if l.OnRemove != nil {
			l.OnRemove()
		}
	default:
		PassKey(l, key)
	}
}

// CreateRenderer implements fyne.Widget.
func (l *EditLine) CreateRenderer() fyne.WidgetRenderer {
	l.ExtendBaseWidget(l)
	text := func() *canvas.Text { return canvas.NewText("", color.Transparent) }
	r := &editLineRenderer{l: l, ground: canvas.NewRectangle(color.Transparent), title: text(), below: text(), note: text()}
	r.Refresh()
	return r
}

type editLineRenderer struct {
	l                  *EditLine
	ground             *canvas.Rectangle
	title, below, note *canvas.Text
}

func (r *editLineRenderer) Destroy() {}

func (r *editLineRenderer) Objects() []fyne.CanvasObject {
	return painted(r.ground, r.title, r.below, r.note, r.l.remove)
}

func (r *editLineRenderer) MinSize() fyne.Size {
	if r.l.Below == "" {
		return fyne.NewSize(120, editLineShort)
	}
	return fyne.NewSize(120, editLineHeight)
}

func (r *editLineRenderer) Layout(size fyne.Size) {
	l := r.l
	r.ground.Move(fyne.NewPos(-8, 0))
	r.ground.Resize(size.AddWidthHeight(16, 0))
	right := size.Width
	if !l.remove.Hidden {
		l.remove.Resize(fyne.NewSquareSize(28))
		l.remove.Move(fyne.NewPos(right-28, (size.Height-28)/2))
		right -= 36
	}
	note := r.note.MinSize()
	r.note.Resize(note)
	if l.Note != "" {
		right -= note.Width
		r.note.Move(fyne.NewPos(right, (size.Height-note.Height)/2))
		right -= 12
	}
	style := fyne.TextStyle{Monospace: l.Mono}
	r.title.Text = Ellipsize(l.Title, right, r.title.TextSize, style)
	r.below.Text = Ellipsize(l.Below, right, 12, fyne.TextStyle{})
	tip := ""
	if r.title.Text != l.Title {
		tip = l.Title
	}
	if r.below.Text != l.Below {
		if tip != "" {
			tip += "\n"
		}
		tip += l.Below
	}
	l.SetToolTip(tip)
	title, below := r.title.MinSize().Height, r.below.MinSize().Height
	top := (size.Height - title) / 2
	if l.Below != "" {
		top = (size.Height - title - below) / 2
		r.below.Move(fyne.NewPos(0, top+title))
		r.below.Resize(fyne.NewSize(right, below))
	}
	r.title.Move(fyne.NewPos(0, top))
	r.title.Resize(fyne.NewSize(right, title))
}

func (r *editLineRenderer) Refresh() {
	l := r.l
	l.remove.Hidden = l.OnRemove == nil
	r.ground.CornerRadius, r.ground.FillColor, r.ground.StrokeWidth = 6, color.Transparent, 0
	if l.hovered && l.OnEdit != nil {
		r.ground.FillColor = Color(l, ColorNameHover)
	}
	if l.focused {
		r.ground.StrokeColor, r.ground.StrokeWidth = Color(l, ColorNameAccent), 2
	}
	r.title.TextSize, r.title.Color, r.title.TextStyle.Monospace = 14, Color(l, ColorNameText), l.Mono
	if l.Mono {
		r.title.TextSize = 13
	}
	r.below.TextSize, r.below.Color = 12, Color(l, ColorNameMuted)
	r.note.Text, r.note.TextSize, r.note.Color = l.Note, 12, Color(l, ColorNameMuted)
	r.Layout(l.Size())
	canvas.Refresh(l)
}
