package widgets

import "fyne.io/fyne/v2"

// NewWrap puts objects beside each other, each in its least size, and goes on
// in a new line where the width ends.
func NewWrap(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: &wrapLayout{gap: gap}, Objects: objects}
}

type wrapLayout struct{ gap float32 }

// flow places the objects, when place is not nil, and returns the height.
func (l *wrapLayout) flow(objects []fyne.CanvasObject, width float32, place func(fyne.CanvasObject, fyne.Position, fyne.Size)) float32 {
	var x, y, line float32
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		least := o.MinSize()
		least.Width = min(least.Width, width)
		if x > 0 && x+least.Width > width {
			x, y, line = 0, y+line+l.gap, 0
		}
		if place != nil {
			place(o, fyne.NewPos(x, y), least)
		}
		x += least.Width + l.gap
		line = max(line, least.Height)
	}
	return y + line
}

// HeightAt implements TallLayout.
func (l *wrapLayout) HeightAt(objects []fyne.CanvasObject, width float32) float32 {
	return l.flow(objects, width, nil)
}

// Layout implements fyne.Layout.
func (l *wrapLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l.flow(objects, size.Width, func(o fyne.CanvasObject, at fyne.Position, least fyne.Size) {
		o.Resize(least)
		o.Move(at)
	})
}

// MinSize implements fyne.Layout.
func (l *wrapLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		if o.Visible() {
			size = size.Max(o.MinSize())
		}
	}
	return size
}
