package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Panel is a rectangle in the theme's colours. An empty colour is transparent.
type Panel struct {
	widget.BaseWidget
	fill, edge fyne.ThemeColorName
	edgeWidth  float32
	radius     float32
	least      fyne.Size
}

// NewPanel returns a rectangle with rounded corners; an edge of "" is none.
func NewPanel(fill, edge fyne.ThemeColorName, radius float32) *Panel {
	p := &Panel{fill: fill, edge: edge, edgeWidth: 1, radius: radius}
	p.ExtendBaseWidget(p)
	return p
}

// NewRule returns a horizontal line of one pixel.
func NewRule(name fyne.ThemeColorName) *Panel {
	p := NewPanel(name, "", 0)
	p.least = fyne.NewSize(1, 1)
	return p
}

// SetColors changes fill and edge.
func (p *Panel) SetColors(fill, edge fyne.ThemeColorName, edgeWidth float32) {
	if p.fill == fill && p.edge == edge && p.edgeWidth == edgeWidth {
		return
	}
	p.fill, p.edge, p.edgeWidth = fill, edge, edgeWidth
	p.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (p *Panel) CreateRenderer() fyne.WidgetRenderer {
	r := &panelRenderer{p: p, box: canvas.NewRectangle(color.Transparent)}
	r.paint()
	return r
}

type panelRenderer struct {
	p   *Panel
	box *canvas.Rectangle
}

func (r *panelRenderer) Destroy() {}

func (r *panelRenderer) MinSize() fyne.Size { return r.p.least }

func (r *panelRenderer) Layout(size fyne.Size) { r.box.Resize(size) }

func (r *panelRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.box} }

func (r *panelRenderer) paint() {
	r.box.FillColor, r.box.StrokeColor, r.box.StrokeWidth = color.Transparent, color.Transparent, 0
	if r.p.fill != "" {
		r.box.FillColor = Color(r.p, r.p.fill)
	}
	if r.p.edge != "" {
		r.box.StrokeColor, r.box.StrokeWidth = Color(r.p, r.p.edge), r.p.edgeWidth
		if r.p.fill == "" {
			// The edge's soft side is a blend with the fill, and a transparent one is black.
			r.box.FillColor = faded(r.box.StrokeColor, 1.0/255)
		}
	}
	r.box.CornerRadius = r.p.radius
}

func (r *panelRenderer) Refresh() {
	r.paint()
	canvas.Refresh(r.p)
}

// Glyph is an icon in one of the theme's colours.
type Glyph struct {
	widget.BaseWidget
	icon  fyne.Resource
	color fyne.ThemeColorName
	side  float32
}

// NewGlyph returns an icon of side × side.
func NewGlyph(icon fyne.Resource, color fyne.ThemeColorName, side float32) *Glyph {
	g := &Glyph{icon: icon, color: color, side: side}
	g.ExtendBaseWidget(g)
	return g
}

// Set changes icon and colour.
func (g *Glyph) Set(icon fyne.Resource, color fyne.ThemeColorName) {
	g.icon, g.color = icon, color
	g.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (g *Glyph) CreateRenderer() fyne.WidgetRenderer {
	r := &glyphRenderer{g: g, image: newIcon(nil)}
	setIcon(r.image, g.icon, g.color)
	return r
}

type glyphRenderer struct {
	g     *Glyph
	image *canvas.Image
}

func (r *glyphRenderer) Destroy() {}

func (r *glyphRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(r.g.side) }

func (r *glyphRenderer) Layout(size fyne.Size) {
	side := min(r.g.side, size.Width, size.Height)
	r.image.Resize(fyne.NewSquareSize(side))
	r.image.Move(fyne.NewPos((size.Width-side)/2, (size.Height-side)/2))
}

func (r *glyphRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.image} }

func (r *glyphRenderer) Refresh() {
	setIcon(r.image, r.g.icon, r.g.color)
	canvas.Refresh(r.g)
}
