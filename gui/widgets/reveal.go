package widgets

import (
	"reflect"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// Holder is a widget of another package that shows objects of which some scroll or
// take the focus. Reveal looks into it.
type Holder interface{ Held() []fyne.CanvasObject }

const (
	revealAbove = 28 // how much is shown above what was out of sight: the label of a field
	revealBelow = 12
	ringWidth   = 4 // of the ring around what has the focus
)

// Reveal scrolls whatever o stands in just so far that all of o is in sight.
func Reveal(o fyne.CanvasObject) {
	for _, window := range fyne.CurrentApp().Driver().AllWindows() {
		c := window.Canvas()
		for _, layer := range append(slices.Clone(c.Overlays().List()), c.Content()) {
			if layer == nil {
				continue
			}
			if path, _, found := pathTo(layer, o, layer.Position()); found {
				follow(path, o.Size().Height)
				return
			}
		}
	}
}

// passed is a scroll on the way to an object, and where the object begins in it.
type passed struct {
	scroll *container.Scroll
	top    float32
}

// pathTo returns the scrolls between o, which is at a place, and target within it, the
// innermost first. The toolkit's driver knows neither what an object stands in nor
// the place of one that has not been drawn yet.
func pathTo(o, target fyne.CanvasObject, at fyne.Position) (path []passed, place fyne.Position, found bool) {
	if o == target {
		return nil, at, true
	}
	if !o.Visible() {
		return nil, place, false
	}
	for _, child := range held(o) {
		if path, place, found = pathTo(child, target, at.Add(child.Position())); !found {
			continue
		}
		if scroll, ok := o.(*container.Scroll); ok {
			path = append(path, passed{scroll, place.Y - at.Y})
		}
		return path, place, true
	}
	return nil, place, false
}

// held are the objects in o that may take the focus or hold some that do.
func held(o fyne.CanvasObject) []fyne.CanvasObject {
	switch o := o.(type) {
	case *fyne.Container:
		return o.Objects
	case *container.Scroll:
		return []fyne.CanvasObject{o.Content}
	case *widget.PopUp:
		return []fyne.CanvasObject{o.Content}
	case *Overlay:
		return []fyne.CanvasObject{o.content}
	case *themed:
		return []fyne.CanvasObject{o.content}
	case *Shadowless:
		return []fyne.CanvasObject{o.content}
	case *Input:
		return append([]fyne.CanvasObject{o.over}, o.trailing...)
	case *EditLine:
		return []fyne.CanvasObject{o.remove}
	case Holder:
		return o.Held()
	}
	return nil
}

// follow moves the scrolls of a path until what they lead to, of that height, is seen.
func follow(path []passed, height float32) {
	var moved float32
	for _, p := range path {
		s := p.scroll
		top := p.top - moved
		before := s.Offset.Y
		switch room := s.Size().Height; {
		case room <= 0: // not laid out yet
			continue
		case top < ringWidth || height > room:
			s.ScrollToOffset(fyne.NewPos(s.Offset.X, max(before+top-revealAbove, 0)))
		case top+height > room-ringWidth:
			s.ScrollToOffset(fyne.NewPos(s.Offset.X, before+top+height-room+revealBelow))
		default:
			continue
		}
		moved += s.Offset.Y - before
		if s.Offset.Y != before && s.OnScrolled != nil {
			s.OnScrolled(s.Offset) // the toolkit tells of the user's scrolling only
		}
	}
}

// focusedLast is the address of what got the focus last. No more of it: what stands
// on a screen that was left has to go.
var focusedLast uintptr

// RevealFocused is called by each widget that gets the focus, so that the keyboard
// leads to nothing out of sight.
func RevealFocused(o fyne.CanvasObject) {
	if !focusedAgain(o) {
		Reveal(o)
	}
}

// focusedAgain notes that o has the focus, and tells whether nothing else had it
// since it had it before: a window that comes back gives it once more, while the
// pointer is about to press something, which must not move.
func focusedAgain(o fyne.CanvasObject) bool {
	before := focusedLast
	focusedLast = reflect.ValueOf(o).Pointer()
	return focusedLast == before
}
