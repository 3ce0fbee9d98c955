package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Tall is an object whose height depends on its width, as that of wrapped text
// does. The toolkit asks for a least size before it tells the width; the
// layouts of this file ask the other way round.
type Tall interface {
	HeightAt(width float32) float32
}

// TallLayout is a layout that can tell the height of its objects at a width.
type TallLayout interface {
	HeightAt(objects []fyne.CanvasObject, width float32) float32
}

// HeightAt returns the height that o needs at the width.
func HeightAt(o fyne.CanvasObject, width float32) float32 {
	if tall, ok := o.(Tall); ok {
		return tall.HeightAt(width)
	}
	if c, ok := o.(*fyne.Container); ok {
		if l, ok := c.Layout.(TallLayout); ok {
			return l.HeightAt(c.Objects, width)
		}
	}
	return o.MinSize().Height
}

// Relayout lays out a container and all containers within it, whether their
// size has changed or not. Call it after the text of a Tall has changed.
func Relayout(o fyne.CanvasObject) {
	switch o := o.(type) {
	case *fyne.Container:
		if o.Layout != nil {
			o.Layout.Layout(o.Objects, o.Size())
		}
		for _, child := range o.Objects {
			Relayout(child)
		}
	case *container.Scroll:
		Relayout(o.Content)
	case *themed:
		Relayout(o.content)
	case *Shadowless:
		Relayout(o.content)
	}
}

// NewColumn puts objects below each other, at full width.
func NewColumn(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: &columnLayout{gap: gap}, Objects: objects}
}

type columnLayout struct {
	gap   float32
	width float32 // of the last layout; the least size is told for it
}

// HeightAt implements TallLayout.
func (l *columnLayout) HeightAt(objects []fyne.CanvasObject, width float32) float32 {
	var height float32
	shown := 0
	for _, o := range objects {
		if o.Visible() {
			height += HeightAt(o, width)
			shown++
		}
	}
	return height + l.gap*float32(max(shown-1, 0))
}

// Layout implements fyne.Layout.
func (l *columnLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l.width = size.Width
	var y float32
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		h := HeightAt(o, size.Width)
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, h))
		y += h + l.gap
	}
}

// MinSize implements fyne.Layout.
func (l *columnLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var width float32
	for _, o := range objects {
		if o.Visible() {
			width = max(width, o.MinSize().Width)
		}
	}
	return fyne.NewSize(width, l.HeightAt(objects, max(width, l.width)))
}

// NewRow puts objects beside each other. grow is the index of the object that
// takes the width that is left, -1 for none; with center the objects stand in
// the middle of the row's height, else at its top.
func NewRow(gap float32, grow int, center bool, objects ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: &rowLayout{gap: gap, grow: grow, center: center}, Objects: objects}
}

// NewEvenRow puts objects beside each other, all of the same width, at the top.
func NewEvenRow(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: &rowLayout{gap: gap, grow: -1, even: true}, Objects: objects}
}

type rowLayout struct {
	gap          float32
	grow         int
	center, even bool
}

// widths returns the width of each object; that of hidden ones is 0.
func (l *rowLayout) widths(objects []fyne.CanvasObject, width float32) []float32 {
	widths := make([]float32, len(objects))
	shown, used := 0, float32(0)
	for i, o := range objects {
		if !o.Visible() {
			continue
		}
		shown++
		if i != l.grow && !l.even {
			widths[i] = o.MinSize().Width
			used += widths[i]
		}
	}
	left := max(width-used-l.gap*float32(max(shown-1, 0)), 0)
	for i, o := range objects {
		switch {
		case !o.Visible():
		case l.even:
			widths[i] = left / float32(shown)
		case i == l.grow:
			widths[i] = left
		}
	}
	return widths
}

// HeightAt implements TallLayout.
func (l *rowLayout) HeightAt(objects []fyne.CanvasObject, width float32) float32 {
	var height float32
	widths := l.widths(objects, width)
	for i, o := range objects {
		if o.Visible() {
			height = max(height, HeightAt(o, widths[i]))
		}
	}
	return height
}

// Layout implements fyne.Layout.
func (l *rowLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	widths := l.widths(objects, size.Width)
	var x float32
	for i, o := range objects {
		if !o.Visible() {
			continue
		}
		h := HeightAt(o, widths[i])
		var y float32
		if l.center {
			y = max((size.Height-h)/2, 0)
		}
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(widths[i], h))
		x += widths[i] + l.gap
	}
}

// MinSize implements fyne.Layout.
func (l *rowLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	shown := 0
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		shown++
		least := o.MinSize()
		size.Width += least.Width
		size.Height = max(size.Height, least.Height)
	}
	size.Width += l.gap * float32(max(shown-1, 0))
	return size
}

// NewInset puts space around an object.
func NewInset(top, right, bottom, left float32, o fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: &insetLayout{top, right, bottom, left}, Objects: []fyne.CanvasObject{o}}
}

type insetLayout struct{ top, right, bottom, left float32 }

// HeightAt implements TallLayout.
func (l *insetLayout) HeightAt(objects []fyne.CanvasObject, width float32) float32 {
	return HeightAt(objects[0], width-l.left-l.right) + l.top + l.bottom
}

// Layout implements fyne.Layout.
func (l *insetLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Move(fyne.NewPos(l.left, l.top))
	objects[0].Resize(size.SubtractWidthHeight(l.left+l.right, l.top+l.bottom))
}

// MinSize implements fyne.Layout.
func (l *insetLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize().AddWidthHeight(l.left+l.right, l.top+l.bottom)
}

// NewStacked puts objects over each other, the height being that of the tallest.
func NewStacked(objects ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: stackedLayout{}, Objects: objects}
}

type stackedLayout struct{}

// HeightAt implements TallLayout.
func (stackedLayout) HeightAt(objects []fyne.CanvasObject, width float32) float32 {
	var height float32
	for _, o := range objects {
		if o.Visible() {
			height = max(height, HeightAt(o, width))
		}
	}
	return height
}

// Layout implements fyne.Layout.
func (stackedLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.Position{})
		o.Resize(size)
	}
}

// MinSize implements fyne.Layout.
func (stackedLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		if o.Visible() {
			size = size.Max(o.MinSize())
		}
	}
	return size
}

// NewFixed gives an object a fixed size; 0 leaves that side as it is.
func NewFixed(width, height float32, o fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: &fixedLayout{width, height}, Objects: []fyne.CanvasObject{o}}
}

type fixedLayout struct{ width, height float32 }

// HeightAt implements TallLayout.
func (l *fixedLayout) HeightAt(objects []fyne.CanvasObject, width float32) float32 {
	if l.height > 0 {
		return l.height
	}
	return HeightAt(objects[0], width)
}

// Layout implements fyne.Layout.
func (l *fixedLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Move(fyne.Position{})
	objects[0].Resize(size)
}

// MinSize implements fyne.Layout.
func (l *fixedLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := objects[0].MinSize()
	if l.width > 0 {
		size.Width = l.width
	}
	if l.height > 0 {
		size.Height = l.height
	}
	return size
}

// NewTallScroll returns a vertical scroll around content that wraps. viewport,
// when not nil, is told the visible height before the content's is asked for.
func NewTallScroll(content fyne.CanvasObject, viewport func(height float32)) (*fyne.Container, *container.Scroll) {
	fixed := &fixedLayout{}
	scroll := container.NewVScroll(&fyne.Container{Layout: fixed, Objects: []fyne.CanvasObject{content}})
	l := &tallScrollLayout{scroll: scroll, fixed: fixed, content: content, viewport: viewport}
	return &fyne.Container{Layout: l, Objects: []fyne.CanvasObject{scroll}}, scroll
}

type tallScrollLayout struct {
	scroll   *container.Scroll
	fixed    *fixedLayout
	content  fyne.CanvasObject
	viewport func(float32)
}

// HeightAt implements TallLayout.
func (l *tallScrollLayout) HeightAt(_ []fyne.CanvasObject, width float32) float32 {
	return HeightAt(l.content, width)
}

// Layout implements fyne.Layout.
func (l *tallScrollLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	if l.viewport != nil {
		l.viewport(size.Height)
	}
	height := max(HeightAt(l.content, size.Width), 1)
	changed := l.fixed.height != height
	l.fixed.height = height
	if changed && l.scroll.Size() == size {
		// The scroll's own Refresh would draw all of its content anew; a change
		// of its size lays it out and no more.
		l.scroll.Resize(size.AddWidthHeight(0, 1))
	}
	l.scroll.Resize(size)
}

// MinSize implements fyne.Layout.
func (l *tallScrollLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(l.content.MinSize().Width, 60)
}

// NewCentered puts an object of its least size into the middle.
func NewCentered(o fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: centeredLayout{}, Objects: []fyne.CanvasObject{o}}
}

type centeredLayout struct{}

// Layout implements fyne.Layout.
func (centeredLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	least := objects[0].MinSize()
	least.Width = min(least.Width, size.Width)
	objects[0].Resize(least)
	objects[0].Move(fyne.NewPos((size.Width-least.Width)/2, (size.Height-least.Height)/2))
}

// MinSize implements fyne.Layout.
func (centeredLayout) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }
