package widgets

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	ttwidget "github.com/dweymouth/fyne-tooltip/widget"
)

// Text is one line of text in a theme colour. When it may shrink and does not
// fit, it ends in an ellipsis and its tooltip tells the whole.
type Text struct {
	ttwidget.ToolTipWidget
	text   string
	color  fyne.ThemeColorName
	size   float32
	style  fyne.TextStyle
	align  fyne.TextAlign
	shrink bool
	middle bool   // its middle gives way, not its end
	hint   string // a tooltip of its own, used when nothing is cut off
}

// NewText returns a line of body text that keeps its width.
func NewText(text string) *Text {
	t := &Text{text: text, color: ColorNameText, size: 14}
	t.ExtendBaseWidget(t)
	return t
}

// NewSmallText returns a line of 12, muted.
func NewSmallText(text string) *Text { return NewText(text).Sized(12).Colored(ColorNameMuted) }

// NewTitle returns a screen's title: 18, bold.
func NewTitle(text string) *Text { return NewText(text).Sized(18).Bold() }

// Sized sets the text size and returns t.
func (t *Text) Sized(size float32) *Text {
	t.size = size
	return t
}

// Colored sets the colour and returns t.
func (t *Text) Colored(name fyne.ThemeColorName) *Text {
	t.color = name
	return t
}

// Bold makes the text bold and returns t.
func (t *Text) Bold() *Text {
	t.style.Bold = true
	return t
}

// Mono sets the text in the monospace font and returns t.
func (t *Text) Mono() *Text {
	t.style.Monospace = true
	return t
}

// Right aligns the text at the right end and returns t.
func (t *Text) Right() *Text {
	t.align = fyne.TextAlignTrailing
	return t
}

// Centered puts the text into the middle and returns t.
func (t *Text) Centered() *Text {
	t.align = fyne.TextAlignCenter
	return t
}

// Shrinking lets the text be narrower than it is long and returns t.
func (t *Text) Shrinking() *Text {
	t.shrink = true
	return t
}

// InMiddle lets the middle give way where the text does not fit, as for paths,
// and returns t.
func (t *Text) InMiddle() *Text {
	t.shrink, t.middle = true, true
	return t
}

// Text returns the whole text, cut off or not.
func (t *Text) Text() string { return t.text }

// Set changes text and colour.
func (t *Text) Set(text string, name fyne.ThemeColorName) {
	if t.text == text && t.color == name {
		return
	}
	t.text, t.color = text, name
	t.Refresh()
}

// SetText changes the text.
func (t *Text) SetText(text string) { t.Set(text, t.color) }

// SetHint sets the tooltip for when nothing is cut off.
func (t *Text) SetHint(hint string) {
	if t.hint != hint {
		t.hint = hint
		t.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (t *Text) CreateRenderer() fyne.WidgetRenderer {
	r := &textRenderer{t: t, line: canvas.NewText("", theme.Color(theme.ColorNameForeground))}
	r.Refresh()
	return r
}

type textRenderer struct {
	t    *Text
	line *canvas.Text
}

func (r *textRenderer) Destroy() {}

func (r *textRenderer) Objects() []fyne.CanvasObject { return painted(r.line) }

func (r *textRenderer) MinSize() fyne.Size {
	size := fyne.MeasureText(r.t.text, r.t.size, r.t.style)
	if r.t.shrink {
		size.Width = min(size.Width, 12)
	}
	return size
}

func (r *textRenderer) Layout(size fyne.Size) {
	t := r.t
	shown := t.text
	switch {
	case t.middle:
		shown = EllipsizeMiddle(t.text, size.Width, t.size, t.style)
	case t.shrink:
		shown = Ellipsize(t.text, size.Width, t.size, t.style)
	}
	tooltip := t.hint
	if shown != t.text {
		tooltip = t.text
	}
	if tooltip != t.ToolTip() {
		t.MouseOut() // what is shown, or about to be, says something else
		t.SetToolTip(tooltip)
	}
	if r.line.Text != shown {
		r.line.Text = shown
		r.line.Refresh()
	}
	height := r.line.MinSize().Height
	r.line.Move(fyne.NewPos(0, (size.Height-height)/2))
	r.line.Resize(fyne.NewSize(size.Width, height))
}

func (r *textRenderer) Refresh() {
	t := r.t
	r.line.Color, r.line.TextSize, r.line.TextStyle, r.line.Alignment = Color(t, t.color), t.size, t.style, t.align
	r.Layout(t.Size())
	r.line.Refresh()
}

const ellipsis = "…"

// Ellipsize returns text, or as much of its beginning as fits into width with
// an ellipsis behind it.
func Ellipsize(text string, width, size float32, style fyne.TextStyle) string {
	if text == "" || fyne.MeasureText(text, size, style).Width <= width {
		return text
	}
	runes := []rune(text)
	low, high := 0, len(runes)-1 // the longest beginning that fits has low to high runes
	for low < high {
		middle := (low + high + 1) / 2
		if fyne.MeasureText(string(runes[:middle])+ellipsis, size, style).Width <= width {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return strings.TrimRight(string(runes[:low]), " ") + ellipsis
}

// EllipsizeMiddle returns text, or its beginning and its end with an ellipsis
// between them, as much as fits into width.
func EllipsizeMiddle(text string, width, size float32, style fyne.TextStyle) string {
	if text == "" || fyne.MeasureText(text, size, style).Width <= width {
		return text
	}
	runes := []rune(text)
	cut := func(kept int) string {
		return string(runes[:kept/2]) + ellipsis + string(runes[len(runes)-(kept+1)/2:])
	}
	low, high := 0, len(runes)-1 // the most that fits has low to high runes
	for low < high {
		middle := (low + high + 1) / 2
		if fyne.MeasureText(cut(middle), size, style).Width <= width {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return cut(low)
}

// EllipsizeName is Ellipsize for names that are compared. Those that are
// addresses differ at their ends: there the beginning gives way.
func EllipsizeName(name string, width, size float32, style fyne.TextStyle) string {
	if !strings.Contains(name, "://") {
		return Ellipsize(name, width, size, style)
	}
	runes := []rune(name)
	slices.Reverse(runes)
	back := strings.TrimSuffix(Ellipsize(string(runes), width, size, style), ellipsis)
	if runes = []rune(back); len(runes) == len([]rune(name)) {
		return name
	}
	slices.Reverse(runes)
	return ellipsis + string(runes)
}
