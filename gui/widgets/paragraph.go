package widgets

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Paragraph is text that wraps at words, without the space that the toolkit's
// labels put around theirs. A word that is wider than the line is broken.
type Paragraph struct {
	widget.BaseWidget
	text  string
	size  float32
	line  float32
	color fyne.ThemeColorName
	style fyne.TextStyle
	exact bool // blanks count, lines break anywhere

	lines []string
	width float32 // that lines was broken for
}

// NewParagraph returns body text: 14 on lines of 19.
func NewParagraph(text string) *Paragraph {
	return newParagraph(text, 14, 19, ColorNameText)
}

// NewCaption returns small text: 12 on lines of 16, muted.
func NewCaption(text string) *Paragraph {
	return newParagraph(text, 12, 16, ColorNameMuted)
}

func newParagraph(text string, size, line float32, color fyne.ThemeColorName) *Paragraph {
	p := &Paragraph{text: text, size: size, line: line, color: color}
	p.ExtendBaseWidget(p)
	return p
}

// Colored sets the colour and returns p.
func (p *Paragraph) Colored(color fyne.ThemeColorName) *Paragraph {
	if p.color != color {
		p.color = color
		p.Refresh()
	}
	return p
}

// Styled sets the style and returns p.
func (p *Paragraph) Styled(style fyne.TextStyle) *Paragraph {
	if p.style != style {
		p.style, p.lines = style, nil
		p.Refresh()
	}
	return p
}

// Sized sets text size and line height and returns p.
func (p *Paragraph) Sized(size, line float32) *Paragraph {
	p.size, p.line, p.lines = size, line, nil
	p.Refresh()
	return p
}

// Exact keeps every blank, as for code, and returns p. Lines break anywhere.
func (p *Paragraph) Exact() *Paragraph {
	p.exact, p.lines = true, nil
	return p
}

// Text returns the text.
func (p *Paragraph) Text() string { return p.text }

// SetText changes the text. Whoever holds p lays out anew.
func (p *Paragraph) SetText(text string) {
	if text == p.text {
		return
	}
	p.text, p.lines = text, nil
	p.Refresh()
}

// HeightAt implements Tall.
func (p *Paragraph) HeightAt(width float32) float32 {
	return p.line * float32(len(p.wrap(width)))
}

// MinSize is that of one short word, or of what the last width asked for.
func (p *Paragraph) MinSize() fyne.Size {
	p.ExtendBaseWidget(p)
	width := p.Size().Width
	if width == 0 {
		return fyne.NewSize(p.size*2, p.line)
	}
	return fyne.NewSize(p.size*2, p.HeightAt(width))
}

func (p *Paragraph) measure(s string) float32 {
	return fyne.MeasureText(s, p.size, p.style).Width
}

// wrap breaks the text into lines for the width.
func (p *Paragraph) wrap(width float32) []string {
	if p.lines != nil && p.width == width {
		return p.lines
	}
	p.width, p.lines = width, nil
	for part := range strings.SplitSeq(p.text, "\n") {
		p.lines = append(p.lines, p.wrapLine(part, width)...)
	}
	return p.lines
}

func (p *Paragraph) wrapLine(text string, width float32) []string {
	var lines []string
	if p.exact {
		for len([]rune(text)) > 1 && p.measure(text) > width {
			head := p.fit(text, width)
			lines, text = append(lines, head), text[len(head):]
		}
		return append(lines, text)
	}
	line, used, blank := "", float32(0), p.measure(" ")
	for word := range strings.FieldsSeq(text) {
		w := p.measure(word) // word by word: the toolkit remembers their widths
		if line != "" && used+blank+w <= width {
			line, used = line+" "+word, used+blank+w
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for w > width && len([]rune(word)) > 1 {
			head := p.fit(word, width)
			lines = append(lines, head)
			word = word[len(head):]
			w = p.measure(word)
		}
		line, used = word, w
	}
	return append(lines, line)
}

// fit returns the longest beginning of word that is not wider than width, one
// character at least.
func (p *Paragraph) fit(word string, width float32) string {
	runes := []rune(word)
	low, high := 1, len(runes)
	for low < high {
		mid := (low + high + 1) / 2
		if p.measure(string(runes[:mid])) <= width {
			low = mid
		} else {
			high = mid - 1
		}
	}
	return string(runes[:low])
}

// CreateRenderer implements fyne.Widget.
func (p *Paragraph) CreateRenderer() fyne.WidgetRenderer { return &paragraphRenderer{p: p} }

type paragraphRenderer struct {
	p     *Paragraph
	texts []*canvas.Text
}

func (r *paragraphRenderer) Destroy() {}

func (r *paragraphRenderer) MinSize() fyne.Size { return r.p.MinSize() }

func (r *paragraphRenderer) Layout(size fyne.Size) {
	p := r.p
	lines := p.wrap(size.Width)
	color := Color(p, p.color)
	for len(r.texts) < len(lines) {
		r.texts = append(r.texts, canvas.NewText("", color))
	}
	r.texts = r.texts[:len(lines)]
	for i, t := range r.texts {
		t.Text, t.TextSize, t.TextStyle, t.Color = lines[i], p.size, p.style, color
		h := t.MinSize().Height
		t.Move(fyne.NewPos(0, p.line*float32(i)+(p.line-h)/2))
		t.Resize(fyne.NewSize(size.Width, h))
	}
}

func (r *paragraphRenderer) Objects() []fyne.CanvasObject {
	objects := make([]fyne.CanvasObject, len(r.texts))
	for i, t := range r.texts {
		objects[i] = t
	}
	return painted(objects...)
}

func (r *paragraphRenderer) Refresh() {
	r.Layout(r.p.Size())
	canvas.Refresh(r.p)
}
