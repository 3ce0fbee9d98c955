package widgets

import (
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// optionList is the open list of a Select.
type optionList struct {
	owner  *Select
	canvas fyne.Canvas
	body   fyne.CanvasObject
	shown  *Overlay
	filter *Input
	keys   *keyCatcher // has the focus where there is no filter
	list   *optionRows
	around *fyne.Container // of empty and list, below each other
	empty  *fyne.Container // says that nothing matches
	rows   []optionRow
	marked int // index into rows of what Enter chooses; -1: none
}

// optionRow is an option or, where it heads a group, the group's name.
type optionRow struct {
	Option
	heading bool
}

const (
	optionHeight = 32
	optionWidth  = 120 // at least
	listHeight   = 420
	listWidth    = 280 // at least
	// optionNoteShare is how much of a row its note may take.
	optionNoteShare = 0.4
)

func newOptionList(s *Select, c fyne.Canvas) *optionList {
	l := &optionList{owner: s, canvas: c, empty: NewInset(12, 12, 8, 10, NewCaption(s.Nothing))}
	l.list = newOptionRows(
		func() *optionView { return newOptionView(s.icons.Icon("check"), l.choose) },
		func(i int, v *optionView) {
			row := l.rows[i]
			v.set(row, row.takes() && row.Act == nil && row.ID == s.selected, i == l.marked)
		},
	)
	l.filter = NewInput(s.Filter, false)
	l.filter.SetLeading(NewGlyph(s.icons.Icon("search"), ColorNameMuted, iconSide))
	l.filter.Entry().OnChanged = l.find
	l.filter.OnKey = l.key
	l.around = &fyne.Container{Layout: optionBodyLayout{}, Objects: []fyne.CanvasObject{l.empty, l.list}}
	l.find("")
	content := fyne.CanvasObject(l.around)
	if s.Filter != "" {
		content = container.NewBorder(l.filter, nil, nil, nil, NewInset(6, 0, 0, 0, l.around))
	}
	l.keys = newKeyCatcher(l.key)
	l.body = NewStacked(l.keys, NewGround(ColorNameRaised, ColorNameBorder, 12), NewInset(6, 6, 6, 6, content))
	return l
}

// optionBodyLayout puts the list below what says that nothing matches, where
// that is to be seen.
type optionBodyLayout struct{}

// MinSize implements fyne.Layout.
func (optionBodyLayout) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[1].MinSize() }

// Layout implements fyne.Layout.
func (optionBodyLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	var top float32
	if words := objects[0]; words.Visible() {
		top = min(HeightAt(words, size.Width), size.Height)
		words.Resize(fyne.NewSize(size.Width, top))
	}
	objects[1].Move(fyne.NewPos(0, top))
	objects[1].Resize(fyne.NewSize(size.Width, size.Height-top))
}

// show opens the list beside the select, which stands at at.
func (l *optionList) show(at fyne.Position) {
	size := fyne.NewSize(max(l.owner.Size().Width, listWidth), l.height())
	pos := at.AddXY(0, l.owner.Size().Height+4)
	window := l.canvas.Size()
	pos.X = max(min(pos.X, window.Width-8-size.Width), 8)
	if pos.Y+size.Height > window.Height-8 {
		if above := at.Y - 4 - size.Height; above >= 8 {
			pos.Y = above
		} else {
			size.Height = max(window.Height-8-pos.Y, 120)
		}
	}
	l.shown = ShowOverlay(l.canvas, l.body, pos, size, l.close)
	if l.owner.Filter != "" {
		l.canvas.Focus(l.filter.Focusable())
	} else {
		l.canvas.Focus(l.keys)
	}
	l.owner.Refresh()
	for i, row := range l.rows {
		if row.takes() && row.ID == l.owner.selected {
			l.scrollTo(i)
			break
		}
	}
}

func (l *optionList) height() float32 {
	height := float32(len(l.rows))*optionHeight + 12
	if l.owner.Filter != "" {
		height += inputHeight + 6 + l.owner.Theme().Size(theme.SizeNamePadding)
	}
	return min(height, listHeight)
}

func (l *optionList) close() {
	if l.owner.list != l {
		return
	}
	l.owner.list = nil
	l.shown.Close()
	l.owner.Refresh()
}

// find fills the list with what matches.
func (l *optionList) find(text string) {
	l.rows, l.marked = l.owner.find(text)
	if l.marked < 0 {
		for i, row := range l.rows {
			if !row.heading && row.ID == l.owner.selected && row.Act == nil {
				l.marked = i
				break
			}
		}
	}
	l.empty.Hidden = slices.ContainsFunc(l.rows, func(row optionRow) bool { return row.Act == nil })
	l.list.setCount(len(l.rows))
	Relayout(l.around) // what can always be chosen stands below the words
	if l.marked >= 0 {
		l.scrollTo(l.marked)
	}
}

// scrollTo brings a row into view, and with it the name of the group that it
// heads, and draws the list anew.
func (l *optionList) scrollTo(i int) {
	if i > 0 && l.rows[i-1].heading && l.list.top() > float32(i-1)*optionHeight {
		i--
	}
	l.list.scrollTo(i)
}

// key moves the mark, chooses and closes.
func (l *optionList) key(name fyne.KeyName) bool {
	switch name {
	case fyne.KeyDown:
		l.move(1)
	case fyne.KeyUp:
		l.move(-1)
	case fyne.KeyReturn, fyne.KeyEnter:
		l.choose(l.marked)
	case fyne.KeyEscape:
		l.leave()
	default:
		return false
	}
	return true
}

func (l *optionList) move(by int) {
	for i := l.marked + by; i >= 0 && i < len(l.rows); i += by {
		if l.rows[i].takes() {
			l.marked = i
			l.scrollTo(i)
			return
		}
	}
}

func (l *optionList) choose(i int) {
	if i < 0 || i >= len(l.rows) || !l.rows[i].takes() {
		return
	}
	row := l.rows[i]
	l.leave()
	if row.Act != nil {
		row.Act()
		return
	}
	l.owner.Choose(row.ID)
}

// leave closes the list and gives the focus back to the select.
func (l *optionList) leave() {
	l.close()
	l.canvas.Focus(l.owner)
}

// optionView is a row of the open list.
type optionView struct {
	widget.BaseWidget
	row              optionRow
	selected, marked bool
	hovered          bool
	at               int // its index
	chosen           func(i int)
	icon             fyne.Resource
}

var (
	_ fyne.Tappable     = (*optionView)(nil)
	_ desktop.Hoverable = (*optionView)(nil)
)

func newOptionView(icon fyne.Resource, chosen func(i int)) *optionView {
	v := &optionView{icon: icon, chosen: chosen}
	v.ExtendBaseWidget(v)
	return v
}

// stand makes the view that of the row i; the pointer is not over it any more.
func (v *optionView) stand(i int) {
	if v.at != i {
		v.at = i
		v.hover(false)
	}
}

func (v *optionView) hover(hovered bool) {
	if v.hovered != hovered {
		v.hovered = hovered
		v.Refresh()
	}
}

// Tapped implements fyne.Tappable.
func (v *optionView) Tapped(*fyne.PointEvent) { v.chosen(v.at) }

// MouseIn implements desktop.Hoverable.
func (v *optionView) MouseIn(*desktop.MouseEvent) { v.hover(true) }

// MouseMoved implements desktop.Hoverable.
func (v *optionView) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (v *optionView) MouseOut() { v.hover(false) }

// label is what stands at the left.
func (v *optionView) label() string {
	if v.row.heading {
		return v.row.Group
	}
	return v.row.Label
}

func (v *optionView) set(row optionRow, selected, marked bool) {
	if v.row.same(row) && v.selected == selected && v.marked == marked {
		return // most rows, when the mark moves on
	}
	v.row, v.selected, v.marked = row, selected, marked
	v.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (v *optionView) CreateRenderer() fyne.WidgetRenderer {
	r := &optionViewRenderer{
		v: v, ground: canvas.NewRectangle(color.Transparent), text: canvas.NewText("", color.Transparent),
		note: canvas.NewText("", color.Transparent), tick: newIcon(nil),
	}
	r.Refresh()
	return r
}

type optionViewRenderer struct {
	v          *optionView
	ground     *canvas.Rectangle
	text, note *canvas.Text
	tick       *canvas.Image
}

func (r *optionViewRenderer) Destroy() {}

func (r *optionViewRenderer) MinSize() fyne.Size { return fyne.NewSize(optionWidth, optionHeight) }

func (r *optionViewRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	r.tick.Resize(fyne.NewSquareSize(iconSide))
	r.tick.Move(fyne.NewPos(size.Width-10-iconSide, (size.Height-iconSide)/2))
	width := size.Width - 20 - iconSide - 8
	r.note.Text = ""
	if !r.v.row.heading {
		r.note.Text = Ellipsize(r.v.row.Note, width*optionNoteShare, r.note.TextSize, r.note.TextStyle)
	}
	if least := r.note.MinSize(); r.note.Text != "" {
		right := size.Width - 10
		if !r.tick.Hidden {
			right -= iconSide + 8
		}
		r.note.Move(fyne.NewPos(right-least.Width, (size.Height-least.Height)/2))
		r.note.Resize(least)
		width = right - least.Width - 22
	}
	r.text.Text = Ellipsize(r.v.label(), width, r.text.TextSize, r.text.TextStyle)
	h := r.text.MinSize().Height
	y := (size.Height - h) / 2
	if r.v.row.heading {
		y = size.Height - h - 4
	}
	r.text.Move(fyne.NewPos(10, y))
	r.text.Resize(fyne.NewSize(size.Width-20, h))
}

func (r *optionViewRenderer) Objects() []fyne.CanvasObject {
	return painted(r.ground, r.text, r.note, r.tick)
}

func (r *optionViewRenderer) Refresh() {
	v := r.v
	r.ground.FillColor, r.ground.CornerRadius = color.Transparent, 5
	switch {
	case v.marked:
		r.ground.FillColor = Color(v, ColorNameSelect)
	case v.hovered && v.row.takes():
		r.ground.FillColor = Color(v, ColorNameHover)
	}
	r.text.TextSize, r.text.Color, r.text.TextStyle = 14, Color(v, ColorNameText), fyne.TextStyle{}
	r.note.TextSize, r.note.Color = 12, Color(v, ColorNameMuted)
	switch {
	case v.row.Act != nil:
		r.text.Color = Color(v, ColorNameAccent)
	case v.row.heading:
		r.text.TextSize, r.text.Color, r.text.TextStyle = 12, Color(v, ColorNameMuted), fyne.TextStyle{Bold: true}
	}
	setIcon(r.tick, v.icon, ColorNameAccent)
	r.tick.Hidden = !v.selected
	r.Layout(v.Size())
	canvas.Refresh(v)
}
