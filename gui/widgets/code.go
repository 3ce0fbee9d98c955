package widgets

import (
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Code is monospaced text to read, with its line breaks and indents kept. A line
// that is too long goes on in the next one, indented as far as itself.
type Code struct {
	widget.BaseWidget
	text  string
	color fyne.ThemeColorName
}

const (
	codeSize = 12
	codeLine = 18
)

var _ Tall = (*Code)(nil)

// NewCode returns a text.
func NewCode(text string) *Code {
	c := &Code{text: text, color: ColorNameText}
	c.ExtendBaseWidget(c)
	return c
}

// Text returns the text.
func (c *Code) Text() string { return c.text }

// SetText changes the text. Whoever holds c lays out anew.
func (c *Code) SetText(text string) {
	if c.text != text {
		c.text = text
		c.Refresh()
	}
}

// HeightAt implements Tall.
func (c *Code) HeightAt(width float32) float32 { return codeLine * float32(len(c.lines(width))) }

// lines breaks the text for the width. All signs are equally wide.
func (c *Code) lines(width float32) []string {
	sign := fyne.MeasureText("0", codeSize, fyne.TextStyle{Monospace: true}).Width
	room := max(int(width/sign), 8)
	var lines []string
	for line := range strings.SplitSeq(c.text, "\n") {
		indent := strings.Repeat(" ", min(len(line)-len(strings.TrimLeft(line, " ")), room/2))
		for utf8.RuneCountInString(line) > room {
			signs := []rune(line)
			end := breakAt(signs, room)
			lines = append(lines, string(signs[:end]))
			line = indent + string(signs[end:])
		}
		lines = append(lines, line)
	}
	return lines
}

// breakAt is where a line that is too long ends: behind a blank, unless that would
// leave half of it empty.
func breakAt(signs []rune, room int) int {
	for i := room; i > room/2; i-- {
		if signs[i-1] == ' ' {
			return i
		}
	}
	return room
}

// CreateRenderer implements fyne.Widget.
func (c *Code) CreateRenderer() fyne.WidgetRenderer { return &codeRenderer{c: c} }

type codeRenderer struct {
	c     *Code
	texts []*canvas.Text
}

func (r *codeRenderer) Destroy() {}

func (r *codeRenderer) MinSize() fyne.Size {
	return fyne.NewSize(120, r.c.HeightAt(max(r.c.Size().Width, 120)))
}

func (r *codeRenderer) Layout(size fyne.Size) {
	lines, color := r.c.lines(size.Width), Color(r.c, r.c.color)
	for len(r.texts) < len(lines) {
		r.texts = append(r.texts, canvas.NewText("", color))
	}
	r.texts = r.texts[:len(lines)]
	for i, t := range r.texts {
		t.Text, t.TextSize, t.TextStyle, t.Color = lines[i], codeSize, fyne.TextStyle{Monospace: true}, color
		h := t.MinSize().Height
		t.Move(fyne.NewPos(0, codeLine*float32(i)+(codeLine-h)/2))
		t.Resize(fyne.NewSize(size.Width, h))
	}
}

func (r *codeRenderer) Objects() []fyne.CanvasObject {
	objects := make([]fyne.CanvasObject, len(r.texts))
	for i, t := range r.texts {
		objects[i] = t
	}
	return painted(objects...)
}

func (r *codeRenderer) Refresh() {
	r.Layout(r.c.Size())
	canvas.Refresh(r.c)
}
