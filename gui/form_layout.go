package gui

import (
	"fyne.io/fyne/v2"

	"tokenwell/gui/widgets"
)

// screenLayout: title, what scrolls, footer.
type screenLayout struct{}

func (screenLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	const head, foot = 56, 60
	objects[0].Resize(fyne.NewSize(size.Width, head))
	objects[1].Move(fyne.NewPos(0, head))
	objects[1].Resize(fyne.NewSize(size.Width, size.Height-head-foot))
	objects[2].Move(fyne.NewPos(0, size.Height-foot))
	objects[2].Resize(fyne.NewSize(size.Width, foot))
}

func (screenLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(480, 320) }

// formLayout puts the help panel above the fields and the permissions, which
// stand beside each other where there is room for both.
type formLayout struct {
	f        *form
	viewport float32 // height that is seen at once
	last     formPlaces
}

const (
	formMargin    = 24
	formTwoWidth  = 940 // content width from which there are two columns
	formFields    = 448
	formOneWidth  = 796 // what the smallest window has
	formColumnGap = 32
	formListOne   = 300 // height of the list of permissions in one column
	formListLeast = 226 // beside the fields
)

// formPlaces are where help panel, fields and what stands beside them go.
type formPlaces struct {
	help, fields, side fyne.Size
	beside             bool    // side stands at the right of the fields, not below them
	sideLeast          float32 // the height that the list of permissions has at least there; 0: side does not grow
}

func (l *formLayout) places(width float32) formPlaces {
	content := width - 2*formMargin
	scopes := l.f.scopes.object.Visible()
	var p formPlaces
	p.beside = content >= formTwoWidth && (scopes || l.f.preview.object.Visible())
	column := min(content, formOneWidth)
	p.help.Width, p.fields.Width, p.side.Width = column, column, column
	if content >= formTwoWidth {
		p.help.Width = content
	}
	if p.beside {
		p.fields.Width, p.side.Width = formFields, content-formFields-formColumnGap
	}
	p.help.Height = l.f.help.heightAt(p.help.Width)
	p.fields.Height = widgets.HeightAt(l.f.parts.object, p.fields.Width)
	switch head := l.f.scopes.headHeight(p.side.Width); {
	case scopes && p.beside:
		p.sideLeast = head + formListLeast
		p.side.Height = max(l.viewport-p.help.Height-32, p.sideLeast)
	case scopes:
		p.side.Height = head + formListOne
	case l.f.preview.object.Visible():
		p.side.Height = widgets.HeightAt(l.f.preview.object, p.side.Width)
	}
	return p
}

// HeightAt implements widgets.TallLayout.
func (l *formLayout) HeightAt(_ []fyne.CanvasObject, width float32) float32 {
	p := l.places(width)
	height := p.help.Height + 16 + p.fields.Height + 16
	switch {
	case p.beside:
		return p.help.Height + 16 + max(p.fields.Height, p.side.Height) + 16
	case p.side.Height > 0:
		return height + p.side.Height + 16
	}
	return height
}

func (l *formLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	p := l.places(size.Width)
	top := p.help.Height + 16
	put(objects[0], fyne.NewPos(formMargin, 0), p.help)
	put(objects[1], fyne.NewPos(formMargin, top), p.fields)
	at, sideSize := fyne.NewPos(formMargin, top+p.fields.Height+16), p.side
	if p.beside {
		at.X = formMargin + formFields + formColumnGap
		at.Y, sideSize.Height = l.sideAt(p, top)
	}
	for _, side := range objects[2:] {
		if side.Visible() {
			put(side, at, sideSize)
		}
	}
	l.last = p
}

// sideAt is where what stands beside the fields begins, and its height: it stays
// in view while they scroll, and the list of permissions fills what is seen.
func (l *formLayout) sideAt(p formPlaces, top float32) (y, height float32) {
	height = p.side.Height
	if l.f.scroll == nil {
		return top, height
	}
	seen, end := l.f.scroll.Offset.Y, top+max(p.fields.Height, height)
	if p.sideLeast > 0 {
		height = max(min(seen+l.viewport-16, end)-max(top, seen+4), p.sideLeast)
	}
	return max(top, min(seen+4, end-height)), height
}

// scrolled keeps the side in view.
func (l *formLayout) scrolled() {
	if !l.last.beside {
		return
	}
	y, height := l.sideAt(l.last, l.last.help.Height+16)
	for _, side := range []fyne.CanvasObject{l.f.scopes.object, l.f.preview.object} {
		if !side.Visible() {
			continue
		}
		if side.Position().Y != y {
			side.Move(fyne.NewPos(side.Position().X, y))
		}
		if size := side.Size(); size.Height != height {
			side.Resize(fyne.NewSize(size.Width, height))
		}
	}
}

func put(o fyne.CanvasObject, at fyne.Position, size fyne.Size) {
	o.Move(at)
	o.Resize(size)
}

func (*formLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(480, 320) }
