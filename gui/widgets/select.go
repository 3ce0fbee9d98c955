package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Option is one entry of a Select.
type Option struct {
	ID, Label string
	Group     string // heading that it stands under; "": none
	Note      string // said at the right end, muted
	Words     string // more text that the filter finds it by
	// Act, when it is not nil, is called instead of a choice; the filter never
	// hides such an option.
	Act func()
}

// Select shows one of several options and opens a list to choose another from.
// With Filter set the list has a search box. A select of one option is read only.
type Select struct {
	widget.BaseWidget
	Filter    string // placeholder of the search box; "": no search box
	Nothing   string // said when no option matches
	OnChanged func(id string)
	// OnFocus is called when the focus comes (true) or goes (false).
	OnFocus func(bool)

	icons                     Icons
	options                   []Option
	words                     []optionWords // of options, folded; nil: not made yet
	selected                  string
	invalid, focused, hovered bool
	off                       bool
	list                      *optionList // open, else nil
}

var (
	_ fyne.Tappable      = (*Select)(nil)
	_ fyne.Focusable     = (*Select)(nil)
	_ fyne.Disableable   = (*Select)(nil)
	_ desktop.Hoverable  = (*Select)(nil)
	_ desktop.Cursorable = (*Select)(nil)
)

// NewSelect returns a select with the option of that ID chosen.
func NewSelect(icons Icons, options []Option, selected string, changed func(id string)) *Select {
	s := &Select{icons: icons, options: options, selected: selected, OnChanged: changed}
	s.ExtendBaseWidget(s)
	return s
}

// SetOptions changes options and choice, without calling OnChanged.
func (s *Select) SetOptions(options []Option, selected string) {
	s.options, s.words, s.selected = options, nil, selected
	s.Refresh()
}

// SetSelected changes the choice, without calling OnChanged.
func (s *Select) SetSelected(id string) {
	s.selected = id
	s.Refresh()
}

// Selected returns the chosen option's ID.
func (s *Select) Selected() string { return s.selected }

// Choose changes the choice as the user does.
func (s *Select) Choose(id string) {
	if id == s.selected {
		return
	}
	s.SetSelected(id)
	if s.OnChanged != nil {
		s.OnChanged(id)
	}
}

// SetInvalid implements Control.
func (s *Select) SetInvalid(invalid bool) {
	if s.invalid != invalid {
		s.invalid = invalid
		s.Refresh()
	}
}

// Focusable implements Control.
func (s *Select) Focusable() fyne.Focusable { return s }

// ReadOnly tells whether there is nothing to choose.
func (s *Select) ReadOnly() bool { return s.off || len(s.options) < 2 }

// Enable implements fyne.Disableable.
func (s *Select) Enable() { s.setOff(false) }

// Disable implements fyne.Disableable.
func (s *Select) Disable() { s.setOff(true) }

func (s *Select) setOff(off bool) {
	s.off = off
	s.Refresh()
}

// Disabled implements fyne.Disableable: Tab passes over what cannot be changed.
func (s *Select) Disabled() bool { return s.ReadOnly() }

func (s *Select) label() string {
	for _, o := range s.options {
		if o.ID == s.selected {
			return o.Label
		}
	}
	return ""
}

// Tapped implements fyne.Tappable.
func (s *Select) Tapped(*fyne.PointEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(s); c != nil {
		c.Focus(s)
	}
	s.open()
}

// open shows the list below the select, or above it where there is no room.
func (s *Select) open() {
	c := fyne.CurrentApp().Driver().CanvasForObject(s)
	if c == nil || s.ReadOnly() || s.list != nil {
		return
	}
	s.list = newOptionList(s, c)
	s.list.show(fyne.CurrentApp().Driver().AbsolutePositionForObject(s))
}

// Cursor implements desktop.Cursorable.
func (s *Select) Cursor() desktop.Cursor {
	if s.ReadOnly() {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// MouseIn implements desktop.Hoverable.
func (s *Select) MouseIn(*desktop.MouseEvent) { s.hovered = true; s.Refresh() }

// MouseMoved implements desktop.Hoverable.
func (s *Select) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (s *Select) MouseOut() { s.hovered = false; s.Refresh() }

// FocusGained implements fyne.Focusable.
func (s *Select) FocusGained() {
	s.focused = true
	s.Refresh()
	RevealFocused(s)
	if s.OnFocus != nil {
		s.OnFocus(true)
	}
}

// FocusLost implements fyne.Focusable.
func (s *Select) FocusLost() {
	s.focused = false
	s.Refresh()
	if s.OnFocus != nil {
		s.OnFocus(false)
	}
}

// TypedRune implements fyne.Focusable.
func (s *Select) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (s *Select) TypedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter, fyne.KeyDown, fyne.KeyUp:
		s.open()
	default:
		PassKey(s, key)
	}
}

// CreateRenderer implements fyne.Widget.
func (s *Select) CreateRenderer() fyne.WidgetRenderer {
	r := &selectRenderer{
		s: s, box: canvas.NewRectangle(color.Transparent), text: canvas.NewText("", color.Transparent), chevron: newIcon(nil),
	}
	r.Refresh()
	return r
}

type selectRenderer struct {
	s       *Select
	box     *canvas.Rectangle
	text    *canvas.Text
	chevron *canvas.Image
}

func (r *selectRenderer) Destroy() {}

func (r *selectRenderer) MinSize() fyne.Size { return fyne.NewSize(80, inputHeight) }

func (r *selectRenderer) Layout(size fyne.Size) {
	r.box.Resize(size)
	r.chevron.Resize(fyne.NewSquareSize(iconSide))
	r.chevron.Move(fyne.NewPos(size.Width-inputPadding-iconSide, (size.Height-iconSide)/2))
	width := size.Width - 2*inputPadding - iconSide - 8
	r.text.Text = Ellipsize(r.s.label(), width, 14, fyne.TextStyle{})
	h := r.text.MinSize().Height
	r.text.Move(fyne.NewPos(inputPadding, (size.Height-h)/2))
	r.text.Resize(fyne.NewSize(width, h))
}

func (r *selectRenderer) Objects() []fyne.CanvasObject {
	return painted(r.box, r.text, r.chevron)
}

func (r *selectRenderer) Refresh() {
	s := r.s
	fill, edge, width := ColorNameField, ColorNameFieldEdge, float32(1)
	switch {
	case s.ReadOnly():
		fill, edge = ColorNameOff, ColorNameLine
	case s.hovered:
		edge = ColorNameMuted
	}
	if s.focused || s.list != nil {
		edge, width = ColorNameAccent, 2
	}
	if s.invalid {
		edge = ColorNameBad
	}
	r.box.FillColor, r.box.StrokeColor, r.box.StrokeWidth, r.box.CornerRadius = Color(s, fill), Color(s, edge), width, 6
	r.text.TextSize, r.text.Color = 14, Color(s, ColorNameText)
	setIcon(r.chevron, s.icons.Icon("down"), ColorNameMuted)
	r.chevron.Hidden = s.ReadOnly()
	r.Layout(s.Size())
	canvas.Refresh(s)
}
