package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	ttwidget "github.com/dweymouth/fyne-tooltip/widget"
)

// The heights of the rows in a list of permissions.
const (
	ScopeRowHeight   = 42
	ScopeGroupHeight = 28
)

// ScopeRow is one line of a list of permissions: a heading, or a box with what
// the permission allows in plain words and its name below. It draws only; the
// list takes clicks and keys.
type ScopeRow struct {
	ttwidget.ToolTipWidget
	heading, title, name, admin string
	checked, hovered            bool
	icons                       Icons
}

var _ desktop.Hoverable = (*ScopeRow)(nil)

// NewScopeRow returns an empty row.
func NewScopeRow(icons Icons) *ScopeRow {
	s := &ScopeRow{icons: icons}
	s.ExtendBaseWidget(s)
	return s
}

// SetHeading makes it the heading of a group.
func (s *ScopeRow) SetHeading(text string) {
	s.heading, s.title, s.name, s.admin = text, "", "", ""
	s.SetToolTip("")
	s.Refresh()
}

// SetScope makes it a permission. admin is the mark at the right end, such as
// "administrator"; "" is none.
func (s *ScopeRow) SetScope(title, name, admin string, checked bool) {
	s.heading, s.title, s.name, s.admin, s.checked = "", title, name, admin, checked
	s.Refresh()
}

// MouseIn implements desktop.Hoverable.
func (s *ScopeRow) MouseIn(e *desktop.MouseEvent) {
	s.ToolTipWidget.MouseIn(e)
	s.hovered = true
	s.Refresh()
}

// MouseOut implements desktop.Hoverable.
func (s *ScopeRow) MouseOut() {
	s.ToolTipWidget.MouseOut()
	s.hovered = false
	s.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (s *ScopeRow) CreateRenderer() fyne.WidgetRenderer {
	text := func() *canvas.Text { return canvas.NewText("", color.Transparent) }
	r := &scopeRowRenderer{
		s: s, ground: canvas.NewRectangle(color.Transparent), box: newTickBox(s.icons.Icon("check")),
		heading: text(), title: text(), name: text(), admin: text(), shield: newIcon(nil),
	}
	r.Refresh()
	return r
}

type scopeRowRenderer struct {
	s                           *ScopeRow
	ground                      *canvas.Rectangle
	box                         *tickBox
	heading, title, name, admin *canvas.Text
	shield                      *canvas.Image
}

func (r *scopeRowRenderer) Destroy() {}

func (r *scopeRowRenderer) MinSize() fyne.Size { return fyne.NewSize(120, ScopeRowHeight) }

func (r *scopeRowRenderer) Layout(size fyne.Size) {
	const left, right = 42, 12
	s := r.s
	r.ground.Resize(size)
	r.box.move(fyne.NewPos(12, (size.Height-boxSide)/2))
	place := func(t *canvas.Text, x, top, line, width float32) {
		h := t.MinSize().Height
		t.Move(fyne.NewPos(x, top+(line-h)/2))
		t.Resize(fyne.NewSize(width, h))
	}
	place(r.heading, 12, size.Height-20, 16, size.Width-24)
	width := size.Width - left - right
	if s.admin != "" {
		mark := r.admin.MinSize().Width
		place(r.admin, size.Width-right-mark, 0, size.Height, mark)
		r.shield.Resize(fyne.NewSquareSize(iconSide))
		r.shield.Move(fyne.NewPos(size.Width-right-mark-4-iconSide, (size.Height-iconSide)/2))
		width -= mark + iconSide + 16
	}
	if s.title == "" { // a scope that was added by hand has its name only
		r.title.Text = ""
		r.name.Text = EllipsizeName(s.name, width, 12, r.name.TextStyle)
		place(r.name, left, 0, size.Height, width)
		s.setToolTipIf(r.name.Text != s.name)
		return
	}
	r.title.Text = Ellipsize(s.title, width, 14, fyne.TextStyle{})
	r.name.Text = EllipsizeName(s.name, width, 12, r.name.TextStyle)
	place(r.title, left, 4, 18, width)
	place(r.name, left, 22, 15, width)
	s.setToolTipIf(r.title.Text != s.title || r.name.Text != s.name)
}

// setToolTipIf tells the whole text where the row shows a part of it.
func (s *ScopeRow) setToolTipIf(cut bool) {
	switch {
	case !cut:
		s.SetToolTip("")
	case s.title == "":
		s.SetToolTip(s.name)
	default:
		s.SetToolTip(s.title + " (" + s.name + ")")
	}
}

func (r *scopeRowRenderer) Objects() []fyne.CanvasObject {
	objects := append([]fyne.CanvasObject{r.ground}, r.box.objects()...)
	return painted(append(objects, r.heading, r.title, r.name, r.admin, r.shield)...)
}

func (r *scopeRowRenderer) Refresh() {
	s := r.s
	scope := s.heading == ""
	r.ground.FillColor = color.Transparent
	if s.hovered && scope {
		r.ground.FillColor = Color(s, ColorNameHover)
	}
	r.box.paint(s, s.checked, false, false, s.hovered)
	r.box.box.Hidden = !scope
	r.box.tick.Hidden = !scope || !s.checked
	muted := Color(s, ColorNameMuted)
	r.heading.Text, r.heading.TextSize, r.heading.Color, r.heading.TextStyle.Bold = s.heading, 12, muted, true
	r.title.TextSize, r.title.Color = 14, Color(s, ColorNameText)
	r.name.TextSize, r.name.Color, r.name.TextStyle.Monospace = 12, muted, true
	r.admin.Text, r.admin.TextSize, r.admin.Color = s.admin, 12, muted
	setIcon(r.shield, s.icons.Icon("shield"), ColorNameMuted)
	r.heading.Hidden = scope
	r.title.Hidden, r.name.Hidden = !scope, !scope
	r.admin.Hidden, r.shield.Hidden = s.admin == "", s.admin == ""
	r.Layout(s.Size())
	canvas.Refresh(s)
}

// SetDeviceIsMobile is how the toolkit knows what keeps its theme: that of the list
// around it is about space alone, and would cost fonts of its own, see Override.
func (*ScopeRow) SetDeviceIsMobile(bool) {}
