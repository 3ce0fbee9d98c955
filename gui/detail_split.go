package gui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"tokenwell/gui/widgets"
)

// Widths of the two sides.
const (
	leastTable  float32 = 420
	leastDetail float32 = 308
)

// splitPane puts the detail pane beside the table, with a line between them
// that can be dragged. container.Split draws its bar in the colour of the dim
// behind sheets and 5 wide; this one is a hairline that is easy to grab.
type splitPane struct {
	widget.BaseWidget
	table, detail fyne.CanvasObject
	grip          *splitGrip
	share         float64 // of the table
	open          bool
	onDragged     func(share float64)
}

func newSplitPane(table, detail fyne.CanvasObject, share float64, dragged func(float64)) *splitPane {
	s := &splitPane{table: table, detail: detail, share: share, onDragged: dragged}
	s.grip = &splitGrip{split: s}
	s.grip.ExtendBaseWidget(s.grip)
	s.ExtendBaseWidget(s)
	return s
}

// show opens or closes the detail pane.
func (s *splitPane) show(open bool) {
	if s.open != open {
		s.open = open
		s.Refresh()
	}
}

// tableWidth is how wide the table's side is.
func (s *splitPane) tableWidth(width float32) float32 {
	if !s.open {
		return width
	}
	return min(max(width*float32(s.share), leastTable), width-leastDetail)
}

// Held implements widgets.Holder.
func (s *splitPane) Held() []fyne.CanvasObject {
	if !s.open {
		return []fyne.CanvasObject{s.table}
	}
	return []fyne.CanvasObject{s.table, s.detail}
}

// CreateRenderer implements fyne.Widget.
func (s *splitPane) CreateRenderer() fyne.WidgetRenderer {
	r := &splitRenderer{s: s, line: canvas.NewRectangle(color.Transparent)}
	r.Refresh()
	return r
}

type splitRenderer struct {
	s    *splitPane
	line *canvas.Rectangle
}

func (r *splitRenderer) Destroy() {}

func (r *splitRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.s.table, r.s.detail, r.line, r.s.grip}
}

func (r *splitRenderer) MinSize() fyne.Size {
	return fyne.NewSize(leastTable+leastDetail, 200)
}

func (r *splitRenderer) Layout(size fyne.Size) {
	s := r.s
	at := s.tableWidth(size.Width)
	s.table.Resize(fyne.NewSize(at, size.Height))
	if !s.open {
		return
	}
	r.line.Move(fyne.NewPos(at, 0))
	r.line.Resize(fyne.NewSize(1, size.Height))
	s.grip.Move(fyne.NewPos(at-4, 0))
	s.grip.Resize(fyne.NewSize(8, size.Height))
	s.detail.Move(fyne.NewPos(at+1, 0))
	s.detail.Resize(fyne.NewSize(size.Width-at-1, size.Height))
}

func (r *splitRenderer) Refresh() {
	s := r.s
	r.line.FillColor = widgets.Color(s, widgets.ColorNameBorder)
	r.line.Hidden = !s.open
	setVisible(s.grip, s.open)
	setVisible(s.detail, s.open)
	r.Layout(s.Size())
	r.line.Refresh()
	canvas.Refresh(s)
}

func setVisible(o fyne.CanvasObject, visible bool) {
	if visible {
		o.Show()
	} else {
		o.Hide()
	}
}

// splitGrip is what is dragged.
type splitGrip struct {
	widget.BaseWidget
	split *splitPane
}

var (
	_ fyne.Draggable     = (*splitGrip)(nil)
	_ desktop.Cursorable = (*splitGrip)(nil)
)

// Dragged implements fyne.Draggable.
func (g *splitGrip) Dragged(e *fyne.DragEvent) {
	s := g.split
	width := s.Size().Width
	at := s.tableWidth(width) + e.Dragged.DX
	s.share = float64(min(max(at, leastTable), width-leastDetail) / width)
	s.Refresh()
}

// DragEnd implements fyne.Draggable.
func (g *splitGrip) DragEnd() { g.split.onDragged(g.split.share) }

// Cursor implements desktop.Cursorable.
func (g *splitGrip) Cursor() desktop.Cursor { return desktop.HResizeCursor }

// CreateRenderer implements fyne.Widget.
func (g *splitGrip) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}
