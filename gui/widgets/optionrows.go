package widgets

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// optionRows are rows that scroll, of which those in sight have a view. The
// toolkit's list makes a row for nothing at each change and, within a theme of
// its own, forgets the measures of all texts in the window at that.
type optionRows struct {
	widget.BaseWidget
	scroll *container.Scroll
	column *optionColumn
	count  int
	views  []*optionView // row i is shown by the view i modulo their number
	create func() *optionView
	draw   func(i int, v *optionView)
}

// newOptionRows returns rows without a row; draw is called for those that come
// into sight or may have changed.
func newOptionRows(create func() *optionView, draw func(i int, v *optionView)) *optionRows {
	r := &optionRows{create: create, draw: draw}
	r.column = &optionColumn{rows: r}
	r.column.ExtendBaseWidget(r.column)
	r.scroll = container.NewVScroll(r.column)
	r.scroll.OnScrolled = func(fyne.Position) { r.place() }
	r.ExtendBaseWidget(r)
	return r
}

// setCount changes the number of rows and draws them anew.
func (r *optionRows) setCount(count int) {
	r.count = count
	sight := r.scroll.Size()
	height := max(r.column.MinSize().Height, sight.Height)
	r.scroll.Offset.Y = min(r.scroll.Offset.Y, height-sight.Height)
	r.column.Resize(fyne.NewSize(sight.Width, height))
	r.scroll.Refresh()
}

// top returns how far the rows are scrolled.
func (r *optionRows) top() float32 { return r.scroll.Offset.Y }

// scrollTo brings a row into sight and draws the rows anew.
func (r *optionRows) scrollTo(i int) {
	upper := float32(i) * optionHeight
	lower := upper + optionHeight - r.scroll.Size().Height
	r.scroll.ScrollToOffset(fyne.NewPos(0, min(max(r.top(), lower), upper)))
	r.place()
}

// place gives each row in sight its view.
func (r *optionRows) place() {
	size := r.scroll.Size()
	if size.Height <= 0 {
		return
	}
	inSight := int(math.Ceil(float64(size.Height/optionHeight))) + 1
	for len(r.views) < inSight {
		r.views = append(r.views, r.create())
	}
	first := int(r.top() / optionHeight)
	for i := first; i < first+len(r.views); i++ {
		v := r.views[i%len(r.views)]
		if i >= r.count {
			v.Hide()
			continue
		}
		v.stand(i)
		r.draw(i, v)
		v.Move(fyne.NewPos(0, float32(i)*optionHeight))
		v.Resize(fyne.NewSize(size.Width, optionHeight))
		v.Show()
	}
}

// CreateRenderer implements fyne.Widget.
func (r *optionRows) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(NewCompactList(r.scroll))
}

// optionColumn is what scrolls: as high as all rows are.
type optionColumn struct {
	widget.BaseWidget
	rows *optionRows
}

// CreateRenderer implements fyne.Widget.
func (c *optionColumn) CreateRenderer() fyne.WidgetRenderer { return optionColumnRenderer{c.rows} }

type optionColumnRenderer struct{ rows *optionRows }

func (r optionColumnRenderer) Destroy() {}

func (r optionColumnRenderer) MinSize() fyne.Size {
	return fyne.NewSize(optionWidth, float32(r.rows.count)*optionHeight)
}

func (r optionColumnRenderer) Layout(fyne.Size) { r.rows.place() }

func (r optionColumnRenderer) Refresh() { r.rows.place() }

func (r optionColumnRenderer) Objects() []fyne.CanvasObject {
	objects := make([]fyne.CanvasObject, len(r.rows.views))
	for i, v := range r.rows.views {
		objects[i] = v
	}
	return objects
}
