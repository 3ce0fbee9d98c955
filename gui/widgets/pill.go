package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// PillLook is what a Pill says and how.
type PillLook struct {
	Word      string
	Ink, Tint fyne.ThemeColorName
	Hollow    bool // the dot is a ring
}

// PillHeight is the height of every pill.
const PillHeight float32 = 22

// PillParts are the pieces of a pill, for rows that place them themselves.
type PillParts struct {
	Ground *canvas.Rectangle
	Dot    *canvas.Circle
	Word   *canvas.Text
	look   PillLook
}

// NewPillParts returns the pieces, empty until Set.
func NewPillParts() *PillParts {
	p := &PillParts{
		Ground: canvas.NewRectangle(color.Transparent), Dot: canvas.NewCircle(color.Transparent),
		Word: canvas.NewText("", color.Transparent),
	}
	p.Ground.CornerRadius = PillHeight / 2
	p.Word.TextSize = 12
	return p
}

// Objects returns the pieces in drawing order.
func (p *PillParts) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{p.Ground, p.Dot, p.Word}
}

// Show shows or hides all pieces.
func (p *PillParts) Show(visible bool) {
	p.Ground.Hidden, p.Dot.Hidden, p.Word.Hidden = !visible, !visible, !visible
}

// Set changes the look; colours gives the theme's colours. With force it
// repaints even when the look is the same, for a change of the theme.
func (p *PillParts) Set(look PillLook, colours func(fyne.ThemeColorName) color.Color, force bool) {
	if p.look == look && !force {
		return
	}
	p.look = look
	ink := colours(look.Ink)
	p.Ground.FillColor = colours(look.Tint)
	p.Word.Text, p.Word.Color = look.Word, ink
	p.Dot.FillColor, p.Dot.StrokeColor, p.Dot.StrokeWidth = ink, color.Transparent, 0
	if look.Hollow {
		p.Dot.FillColor, p.Dot.StrokeColor, p.Dot.StrokeWidth = color.Transparent, ink, 1.5
	}
	p.Ground.Refresh()
	p.Dot.Refresh()
	p.Word.Refresh()
}

// Width is the pill's natural width.
func (p *PillParts) Width() float32 {
	return 8 + 7 + 6 + fyne.MeasureText(p.look.Word, 12, fyne.TextStyle{}).Width + 10
}

// Place puts the pill at x, y, at most width wide; a word that does not fit is cut.
func (p *PillParts) Place(x, y, width float32) {
	width = min(width, p.Width())
	p.Ground.Move(fyne.NewPos(x, y))
	p.Ground.Resize(fyne.NewSize(width, PillHeight))
	p.Dot.Move(fyne.NewPos(x+8, y+(PillHeight-7)/2))
	p.Dot.Resize(fyne.NewSquareSize(7))
	word := Ellipsize(p.look.Word, width-31+0.5, 12, fyne.TextStyle{})
	if p.Word.Text != word {
		p.Word.Text = word
		p.Word.Refresh()
	}
	height := p.Word.MinSize().Height
	p.Word.Move(fyne.NewPos(x+21, y+(PillHeight-height)/2))
	p.Word.Resize(fyne.NewSize(width-31, height))
}

// Pill shows a state as a small pill with a dot and a word.
type Pill struct {
	widget.BaseWidget
	look PillLook
}

// NewPill returns a pill.
func NewPill(look PillLook) *Pill {
	p := &Pill{look: look}
	p.ExtendBaseWidget(p)
	return p
}

// Set changes what the pill says.
func (p *Pill) Set(look PillLook) {
	if p.look != look {
		p.look = look
		p.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (p *Pill) CreateRenderer() fyne.WidgetRenderer {
	r := &pillRenderer{p: p, parts: NewPillParts()}
	r.Refresh()
	return r
}

type pillRenderer struct {
	p     *Pill
	parts *PillParts
}

func (r *pillRenderer) Destroy() {}

func (r *pillRenderer) Objects() []fyne.CanvasObject { return painted(r.parts.Objects()...) }

func (r *pillRenderer) MinSize() fyne.Size { return fyne.NewSize(r.parts.Width(), PillHeight) }

func (r *pillRenderer) Layout(size fyne.Size) {
	r.parts.Place(0, (size.Height-PillHeight)/2, size.Width)
}

func (r *pillRenderer) Refresh() {
	r.parts.Set(r.p.look, func(name fyne.ThemeColorName) color.Color { return Color(r.p, name) }, true)
	r.Layout(r.p.Size())
}
