package gui

import (
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"tokenwell/gui/widgets"
)

// setHeads changes above which rows a heading stands. Headings are known only as
// far as rows have been read: what is in view stays where it is while others
// turn up above it.
func (t *dataTable) setHeads(heads []int) {
	if slices.Equal(t.heads, heads) {
		return
	}
	offset := t.scroll.Offset.Y
	first := min(t.rowAtY(offset), max(t.length-1, 0))
	before := t.top(first) + t.lead(first)
	t.heads = heads
	if offset > 0 {
		t.scroll.Offset.Y = max(offset+t.top(first)+t.lead(first)-before, 0)
	}
}

// drawHeadings adds the headings over the rows from first to before end to what
// is drawn, and tells whether one has moved.
func (t *dataTable) drawHeadings(objects []fyne.CanvasObject, first, end int) (all []fyne.CanvasObject, moved bool) {
	for _, i := range t.heads {
		if i < first || i >= end {
			continue
		}
		if n := len(objects); n == len(t.titles) {
			t.titles = append(t.titles, newDataHeading())
		}
		v := t.titles[len(objects)]
		moved = v.show(t, t.heading(i), t.top(i)) || moved
		objects = append(objects, v.box)
	}
	return objects, moved
}

// drawPin draws the heading of the rows in view when it is out of view itself.
func (t *dataTable) drawPin() {
	row, ok := t.pinned()
	title := ""
	if ok {
		title = t.heading(row)
	}
	t.pin.box.Hidden = title == ""
	if title != "" && t.pin.show(t, title, 0) {
		canvas.Refresh(t.pin.box)
	}
}

// dataHeading is one drawn heading, used again for others.
type dataHeading struct {
	box          *fyne.Container
	ground, line *canvas.Rectangle
	text         *canvas.Text
	title        string
}

func newDataHeading() *dataHeading {
	h := &dataHeading{
		ground: canvas.NewRectangle(color.Transparent), line: canvas.NewRectangle(color.Transparent),
		text: canvas.NewText("", color.Transparent),
	}
	h.text.TextSize, h.text.TextStyle.Bold = 12, true
	h.box = container.NewWithoutLayout(h.ground, h.line, h.text)
	return h
}

// show draws a title at a height and tells whether something is to be painted.
func (h *dataHeading) show(t *dataTable, title string, y float32) (moved bool) {
	at, size := fyne.NewPos(0, y), fyne.NewSize(t.width, headHeight)
	if h.box.Position() == at && h.box.Size() == size && h.title == title && !t.all {
		return false
	}
	h.title = title
	put(h.box, at, size)
	h.ground.Resize(size)
	put(h.line, fyne.NewPos(0, headHeight-1), fyne.NewSize(t.width, 1))
	h.ground.FillColor, h.line.FillColor = widgets.Color(t, widgets.ColorNameSurface), widgets.Color(t, widgets.ColorNameLine)
	h.text.Color = widgets.Color(t, widgets.ColorNameMuted)
	h.text.Text = widgets.Ellipsize(title, t.width-2*pageMargin, h.text.TextSize, h.text.TextStyle)
	height := h.text.MinSize().Height
	put(h.text, fyne.NewPos(pageMargin, (headHeight-height)/2), fyne.NewSize(t.width-2*pageMargin, height))
	h.ground.Refresh()
	h.line.Refresh()
	h.text.Refresh()
	return true
}
