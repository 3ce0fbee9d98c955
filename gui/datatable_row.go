package gui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"tokenwell/gui/widgets"
)

// dataRow is one drawn row of a dataTable, used again for others. It touches
// only what changes.
type dataRow struct {
	box                *fyne.Container
	index              int
	ground, edge, line *canvas.Rectangle
	more               *canvas.Image
	cells              []dataRowCell
	look               dataRowLook
}

// dataRowLook is how a row is marked.
type dataRowLook struct{ selected, hovered, ring bool }

// dataRowCell is one drawn cell.
type dataRowCell struct {
	text  *canvas.Text
	pill  *widgets.PillParts // nil until one is shown
	dot   *canvas.Circle     // nil until one is shown
	is    dataCell
	width float32
}

func newDataRow(t *dataTable) *dataRow {
	rect := func() *canvas.Rectangle { return canvas.NewRectangle(color.Transparent) }
	v := &dataRow{
		index: -1, ground: rect(), edge: rect(), line: rect(), cells: make([]dataRowCell, len(t.columns)),
		more: canvas.NewImageFromResource(theme.NewColoredResource(t.icons.Icon("more"), widgets.ColorNameMuted)),
	}
	v.box = container.NewWithoutLayout(v.ground, v.edge, v.line)
	for i, c := range t.columns {
		text := canvas.NewText("", color.Transparent)
		text.TextSize = 14
		if c.mono {
			text.TextSize, text.TextStyle.Monospace = 13, true
		}
		if c.right {
			text.Alignment = fyne.TextAlignTrailing
		}
		v.cells[i].text = text
		v.box.Add(text)
	}
	v.box.Add(v.more)
	return v
}

// show draws row i and tells whether it was another one before.
func (v *dataRow) show(t *dataTable, i int) (moved bool) {
	fresh := t.all || v.box.Size().Width != t.width
	if at := fyne.NewPos(0, t.top(i)+t.lead(i)); v.index != i || v.box.Position() != at || fresh {
		v.index, moved = i, true
		v.box.Move(at)
	}
	if fresh {
		v.place(t)
	}
	look := dataRowLook{selected: i == t.current, hovered: i == t.hovered, ring: i == t.current && t.focused && t.ring}
	if v.look != look || fresh {
		v.look = look
		v.mark(t)
	}
	for n := range v.cells {
		at := t.at[n]
		cell, there := t.cell(i, n)
		v.show1(t, n, cell, there && at.width > 0, fresh)
	}
	return moved
}

// place sets the size of what spans the row.
func (v *dataRow) place(t *dataTable) {
	v.box.Resize(fyne.NewSize(t.width, rowHeight))
	v.ground.Resize(fyne.NewSize(t.width, rowHeight))
	v.edge.Resize(fyne.NewSize(3, rowHeight))
	put(v.line, fyne.NewPos(0, rowHeight-1), fyne.NewSize(t.width, 1))
	put(v.more, fyne.NewPos(t.width-moreWidth+6, (rowHeight-16)/2), fyne.NewSquareSize(16))
	v.edge.FillColor, v.line.FillColor = widgets.Color(t, widgets.ColorNameAccent), widgets.Color(t, widgets.ColorNameLine)
	v.line.Refresh()
	v.more.Refresh()
}

// mark shows whether the row is selected, under the pointer or the keyboard's.
func (v *dataRow) mark(t *dataTable) {
	v.ground.FillColor, v.ground.StrokeWidth = color.Transparent, 0
	switch {
	case v.look.selected:
		v.ground.FillColor = widgets.Color(t, widgets.ColorNameSelect)
	case v.look.hovered:
		v.ground.FillColor = widgets.Color(t, widgets.ColorNameHover)
	}
	if v.look.ring {
		v.ground.StrokeColor, v.ground.StrokeWidth = widgets.Color(t, widgets.ColorNameAccent), 2
	}
	v.edge.Hidden, v.line.Hidden = !v.look.selected, v.look.selected
	v.more.Hidden = t.onMenu == nil || !v.look.selected && !v.look.hovered
	v.ground.Refresh()
	v.edge.Refresh()
	v.more.Refresh()
}

// show1 draws cell n when it differs from what is drawn.
func (v *dataRow) show1(t *dataTable, n int, cell dataCell, there, fresh bool) {
	c, at := &v.cells[n], t.at[n]
	pill := there && cell.look.Word != ""
	if pill && c.pill == nil {
		c.pill = widgets.NewPillParts()
		v.box.Objects = append(v.box.Objects, c.pill.Objects()...)
		canvas.Refresh(v.box)
		fresh = true
	}
	if cell.dot && c.dot == nil {
		c.dot = canvas.NewCircle(color.Transparent)
		v.box.Add(c.dot)
		fresh = true
	}
	c.text.Hidden = !there || pill
	if c.pill != nil {
		c.pill.Show(pill)
	}
	if c.dot != nil {
		c.dot.Hidden = !there || !cell.dot
	}
	if !there || c.is == cell && c.width == at.width && !fresh {
		return
	}
	c.is, c.width = cell, at.width
	if pill {
		c.pill.Set(cell.look, func(name fyne.ThemeColorName) color.Color { return widgets.Color(t, name) }, fresh)
		c.pill.Place(at.x, (rowHeight-widgets.PillHeight)/2, at.width)
		return
	}
	ink := widgets.Color(t, cell.ink)
	if cell.dot {
		put(c.dot, fyne.NewPos(at.x, (rowHeight-dotSide)/2), fyne.NewSquareSize(dotSide))
		c.dot.FillColor = ink
		c.dot.Refresh()
		at.x, at.width = at.x+dotSide+8, at.width-dotSide-8
	}
	c.text.Text = widgets.Ellipsize(cell.text, at.width, c.text.TextSize, c.text.TextStyle)
	c.text.Color = ink
	height := c.text.MinSize().Height
	put(c.text, fyne.NewPos(at.x, (rowHeight-height)/2), fyne.NewSize(at.width, height))
	c.text.Refresh()
}

// dotSide is the size of the dot before a word.
const dotSide float32 = 7

// tooltipAt returns what the cell at x has to say beyond what is seen.
func (v *dataRow) tooltipAt(t *dataTable, x float32) string {
	for n, at := range t.at {
		if at.width == 0 || x < at.x || x > at.x+at.width {
			continue
		}
		c := v.cells[n]
		if c.is.look.Word == "" && c.text.Text != c.is.text {
			return c.is.text
		}
		return c.is.tooltip
	}
	return ""
}
