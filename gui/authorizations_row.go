package gui

import (
	"image/color"
	"math"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// rowView is one drawn row. It is used again and again for other rows, and
// touches only the pieces that change: that is what keeps scrolling smooth.
type rowView struct {
	box   *fyne.Container
	index int // the row that it shows; -1: none

	ground, edge, line, blank *canvas.Rectangle
	cells                     []cellView // one for each of columns
	pill                      *widgets.PillParts
	marks                     []*canvas.Rectangle // one for each of widgets.TimeMarks
	lanes                     []*canvas.Rectangle // one for each of laneTops
	ends                      [3]end              // that the lanes show
	moreIcon                  fyne.Resource
	more                      *canvas.Image // nil until it is shown: it is drawn for one row at a time, and a picture is parsed even when hidden
}

// cellView is the text of one cell.
type cellView struct {
	text    *canvas.Text
	full    string // before it was cut to the width
	tooltip string
	ink     fyne.ThemeColorName
	width   float32
}

func newRowView(more fyne.Resource) *rowView {
	rect := func() *canvas.Rectangle { return canvas.NewRectangle(color.Transparent) }
	v := &rowView{
		index: -1, ground: rect(), edge: rect(), line: rect(), blank: rect(),
		pill: widgets.NewPillParts(), cells: make([]cellView, len(columns)), moreIcon: more,
	}
	v.blank.CornerRadius = 5
	v.box = container.NewWithoutLayout(v.ground, v.edge, v.line, v.blank)
	v.marks = newTimeMarks()
	for _, mark := range v.marks {
		v.box.Add(mark)
	}
	for range laneTops {
		lane := rect()
		lane.CornerRadius = 2
		v.lanes = append(v.lanes, lane)
		v.box.Add(lane)
	}
	for i := range v.cells {
		t := canvas.NewText("", color.Transparent)
		t.TextSize = 14
		if columns[i].right {
			t.Alignment = fyne.TextAlignTrailing
		}
		v.cells[i].text = t
		v.box.Objects = append(v.box.Objects, t)
	}
	v.box.Objects = append(v.box.Objects, v.pill.Objects()...)
	return v
}

// rowLookup is what a row needs to know of its table.
type rowLookup struct {
	columns []placed
	width   float32
	now     time.Time
	color   func(fyne.ThemeColorName) color.Color
	repaint bool // the theme or the columns have changed
}

// lane is the place of the column that the lanes stand in; ok is false when it
// is not shown.
func (l rowLookup) lane() (c placed, ok bool) {
	i := slices.IndexFunc(l.columns, func(c placed) bool { return c.kind == cellLane })
	if i < 0 {
		return placed{}, false
	}
	return l.columns[i], true
}

// show draws the row; r is nil while it has not been read yet.
func (v *rowView) show(r *auth.Row, selected, hovered bool, l rowLookup) {
	v.place(l)
	v.mark(selected, hovered, l)
	v.blank.Hidden = r != nil
	if r == nil {
		v.pill.Show(false)
		v.hideLanes()
		for i := range v.cells {
			v.cells[i].text.Hidden = true
		}
		return
	}
	state := rowState(r, l.now)
	laneShown, pillShown := false, false
	shown := make([]bool, len(columns))
	for _, c := range l.columns {
		switch c.kind {
		case cellText:
			i := columnIndex(c.id)
			shown[i] = true
			text, tooltip, ink := c.text(r, state, l.now)
			v.cells[i].set(text, tooltip, ink, c, l)
		case cellPill:
			pillShown = true
			v.pill.Show(true)
			look := lookOf(state)
			v.pill.Set(widgets.PillLook{Word: lang.L(look.word), Ink: look.ink, Tint: look.tint, Hollow: look.hollow}, l.color, l.repaint)
			v.pill.Place(c.x, (rowHeight-widgets.PillHeight)/2, c.width+columnGap-4)
		case cellLane:
			laneShown = true
			v.showLanes(r, state, c, l)
		}
	}
	for i := range v.cells {
		v.cells[i].text.Hidden = !shown[i]
	}
	if !laneShown {
		v.hideLanes()
	}
	if !pillShown {
		v.pill.Show(false)
	}
}

func columnIndex(id string) int {
	for i := range columns {
		if columns[i].id == id {
			return i
		}
	}
	return -1
}

// place sets the size of what spans the row.
func (v *rowView) place(l rowLookup) {
	if v.ground.Size().Width != l.width {
		v.ground.Resize(fyne.NewSize(l.width, rowHeight))
		v.edge.Resize(fyne.NewSize(3, rowHeight))
		v.line.Move(fyne.NewPos(0, rowHeight-1))
		v.line.Resize(fyne.NewSize(l.width, 1))
		v.blank.Move(fyne.NewPos(tableMargin, (rowHeight-10)/2))
		v.blank.Resize(fyne.NewSize(110, 10))
		v.placeMore(l)
	}
	if l.repaint {
		v.line.FillColor = l.color(widgets.ColorNameLine)
		v.edge.FillColor = l.color(widgets.ColorNameAccent)
		v.blank.FillColor = l.color(widgets.ColorNameTrack)
		v.line.Refresh()
		v.edge.Refresh()
		v.blank.Refresh()
		if v.more != nil {
			v.more.Refresh()
		}
	}
}

func (v *rowView) placeMore(l rowLookup) {
	if v.more != nil {
		put(v.more, fyne.NewPos(l.width-moreWidth+6, (rowHeight-16)/2), fyne.NewSquareSize(16))
	}
}

// mark shows whether the row is selected or under the pointer.
func (v *rowView) mark(selected, hovered bool, l rowLookup) {
	fill := color.Color(color.Transparent)
	switch {
	case selected:
		fill = l.color(widgets.ColorNameSelect)
	case hovered:
		fill = l.color(widgets.ColorNameHover)
	}
	if v.ground.FillColor != fill {
		v.ground.FillColor = fill
		v.ground.Refresh()
	}
	if v.edge.Hidden == selected {
		v.edge.Hidden = !selected
		v.edge.Refresh()
	}
	v.line.Hidden = selected
	rule := widgets.ColorNameLine
	if selected {
		rule = widgets.ColorNameBorder
	}
	showTimeMarks(v.marks, selected || hovered, 0, rowHeight, rule, l)
	v.showMore(selected || hovered, l)
}

// newTimeMarks makes the hairlines of the scale of time. The table draws them once
// behind all rows; a row has its own for when its ground hides those.
func newTimeMarks() (marks []*canvas.Rectangle) {
	for range widgets.TimeMarks {
		marks = append(marks, canvas.NewRectangle(color.Transparent))
	}
	return marks
}

// showTimeMarks places the hairlines from top on, where the column is shown.
func showTimeMarks(marks []*canvas.Rectangle, shown bool, top, height float32, rule fyne.ThemeColorName, l rowLookup) {
	c, ok := l.lane()
	for i, mark := range marks {
		mark.Hidden = !shown || !ok
		if mark.Hidden {
			continue
		}
		if fill := l.color(rule); mark.FillColor != fill {
			mark.FillColor = fill
			mark.Refresh()
		}
		put(mark, fyne.NewPos(c.x+c.width*widgets.TimeScale(widgets.TimeMarks[i]), top), fyne.NewSize(1, height))
	}
}

// showMore shows the ⋯ at the end of the row, or hides it.
func (v *rowView) showMore(shown bool, l rowLookup) {
	switch {
	case v.more == nil && !shown:
	case v.more == nil:
		v.more = canvas.NewImageFromResource(theme.NewColoredResource(v.moreIcon, widgets.ColorNameMuted))
		v.placeMore(l)
		v.box.Objects = append(v.box.Objects, v.more)
		canvas.Refresh(v.box)
	case v.more.Hidden == shown:
		v.more.Hidden = !shown
		v.more.Refresh()
	}
}

// showLanes draws how long access token, sign-in and client secret last on the
// scale of time.
func (v *rowView) showLanes(r *auth.Row, state auth.State, c placed, l rowLookup) {
	v.ends = endsOf(r, state)
	for i, lane := range v.lanes {
		lane.Hidden = v.ends[i].at.IsZero()
		if lane.Hidden {
			continue
		}
		ink, share := v.ends[i].look(l.now)
		width := max(c.width*share, 5)
		if share == 0 {
			width = 6
		}
		if fill := l.color(ink); lane.FillColor != fill {
			lane.FillColor = fill
			lane.Refresh()
		}
		width = float32(math.Round(float64(width))) // else each second moves it by a hair, and costs a frame
		lane.Move(fyne.NewPos(c.x, laneTops[i]))
		lane.Resize(fyne.NewSize(width, 4))
	}
}

func (v *rowView) hideLanes() {
	v.ends = [3]end{}
	for _, lane := range v.lanes {
		lane.Hidden = true
	}
}

// set changes a cell's text, colour and place, each only when it differs.
func (c *cellView) set(text, tooltip string, ink fyne.ThemeColorName, p placed, l rowLookup) {
	changed := l.repaint
	if c.full != text || c.width != p.width || l.repaint {
		c.full, c.width = text, p.width
		shown := widgets.Ellipsize(text, p.width, 14, fyne.TextStyle{})
		changed = changed || c.text.Text != shown
		c.text.Text = shown
	}
	c.tooltip = tooltip
	if c.text.Text != text {
		c.tooltip = text
	}
	if c.ink != ink || l.repaint {
		c.ink = ink
		c.text.Color = l.color(ink)
		changed = true
	}
	height := fyne.MeasureText("x", 14, fyne.TextStyle{}).Height
	at := fyne.NewPos(p.x, (rowHeight-height)/2)
	if c.text.Position() != at {
		c.text.Move(at)
	}
	c.text.Resize(fyne.NewSize(p.width, height))
	if changed {
		c.text.Refresh()
	}
}

// tooltipAt returns what the cell at x has to say beyond what is seen.
func (v *rowView) tooltipAt(x float32, l rowLookup) string {
	for _, c := range l.columns {
		if x < c.x || x > c.x+c.width {
			continue
		}
		if c.kind == cellLane {
			return endsTip(v.ends, l.now)
		}
		return v.cells[columnIndex(c.id)].tooltip
	}
	return ""
}
