package widgets

import "fyne.io/fyne/v2"

// NewBeside puts two objects beside each other, the first with that share of the
// width, and below each other where the width is less than least.
func NewBeside(gap, share, least float32, left, right fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: &besideLayout{gap: gap, share: share, least: least}, Objects: []fyne.CanvasObject{left, right}}
}

type besideLayout struct{ gap, share, least float32 }

// place returns where the two stand and how high they are together.
func (l *besideLayout) place(objects []fyne.CanvasObject, width float32) (at [2]fyne.Position, size [2]fyne.Size, height float32) {
	one := !objects[0].Visible() || !objects[1].Visible()
	if one || width < l.least {
		for i, o := range objects {
			if !o.Visible() {
				continue
			}
			if height > 0 {
				height += 12
			}
			at[i], size[i] = fyne.NewPos(0, height), fyne.NewSize(width, HeightAt(o, width))
			height += size[i].Height
		}
		return at, size, height
	}
	first := float32(int((width - l.gap) * l.share))
	for i, own := range []float32{first, width - l.gap - first} {
		size[i] = fyne.NewSize(own, HeightAt(objects[i], own))
		height = max(height, size[i].Height)
	}
	at[1].X = first + l.gap
	return at, size, height
}

// HeightAt implements TallLayout.
func (l *besideLayout) HeightAt(objects []fyne.CanvasObject, width float32) float32 {
	_, _, height := l.place(objects, width)
	return height
}

// Layout implements fyne.Layout.
func (l *besideLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	at, sizes, _ := l.place(objects, size.Width)
	for i, o := range objects {
		o.Move(at[i])
		o.Resize(sizes[i])
	}
}

// MinSize implements fyne.Layout.
func (l *besideLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(max(objects[0].MinSize().Width, objects[1].MinSize().Width), objects[0].MinSize().Height)
}
