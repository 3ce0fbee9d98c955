package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Icons gives the program's own icons by name.
type Icons interface {
	Icon(name string) fyne.Resource
}

// Input is a text entry 36 high with its own edge: grey, accent while it has
// the focus, red while it is invalid. Icons and small buttons stand inside it.
type Input struct {
	widget.BaseWidget
	entry    *entry
	over     fyne.CanvasObject // the entry with its theme
	box      *Panel
	leading  fyne.CanvasObject
	trailing []fyne.CanvasObject
	invalid  bool
	rows     int
	wheel    *wheelCatcher
	hint     string // the whole placeholder, which the entry may show a part of

	// OnFocus is called when the focus comes (true) or goes (false).
	OnFocus func(bool)
	// OnKey is asked first about each key but those that type text; true: the
	// key is used up.
	OnKey func(fyne.KeyName) bool
}

const (
	inputHeight  = 36
	inputPadding = 10
	iconSide     = 16
)

// NewInput returns an empty entry; mono for values that are compared by eye.
func NewInput(placeholder string, mono bool) *Input { return newInput(placeholder, mono, 1) }

// NewTextArea returns an entry of several lines.
func NewTextArea(placeholder string, rows int) *Input { return newInput(placeholder, false, rows) }

// NewCodeArea returns an entry of several lines for JSON, keys and tokens: its
// font is monospaced, and long lines break anywhere.
func NewCodeArea(placeholder string, rows int) *Input {
	i := newInput(placeholder, true, rows)
	i.entry.Wrapping = fyne.TextWrapBreak
	return i
}

func newInput(placeholder string, mono bool, rows int) *Input {
	i := &Input{hint: placeholder, box: NewPanel(ColorNameField, ColorNameFieldEdge, 6), rows: rows}
	i.entry = &entry{owner: i}
	i.entry.Wrapping = fyne.TextWrap(fyne.TextTruncateClip)
	if rows > 1 {
		i.entry.MultiLine = true
		i.entry.Wrapping = fyne.TextWrapWord
		i.entry.SetMinRowsVisible(rows)
	}
	i.entry.TextStyle.Monospace = mono
	i.entry.ExtendBaseWidget(i.entry)
	i.wheel = newWheelCatcher()
	i.over = NewThemed(i.entry, entryTheme{})
	i.ExtendBaseWidget(i)
	return i
}

// Entry is the text entry itself, for text, changes and focus.
func (i *Input) Entry() *widget.Entry { return &i.entry.Entry }

// Focusable is what takes the focus.
func (i *Input) Focusable() fyne.Focusable { return i.entry }

// FocusIn puts the cursor into the entry, also when the entry is new or has just come
// back to the screen: the toolkit looks for it among what it has drawn, and forgets
// what has been out of sight for a minute.
func (i *Input) FocusIn(c fyne.Canvas) {
	i.Refresh()
	i.over.Refresh()
	c.Focus(i.entry)
}

// FocusAll does so and selects what stands there.
func (i *Input) FocusAll(c fyne.Canvas) {
	i.FocusIn(c)
	i.entry.TypedShortcut(&fyne.ShortcutSelectAll{})
}

// Text returns what stands there.
func (i *Input) Text() string { return i.entry.Text }

// SetText changes it.
func (i *Input) SetText(text string) { i.entry.SetText(text) }

// SetMasked shows dots in place of the text, or the text again.
func (i *Input) SetMasked(masked bool) {
	if i.entry.Password != masked {
		i.entry.Password = masked
		i.entry.Refresh()
	}
}

// Masked tells whether dots stand in place of the text.
func (i *Input) Masked() bool { return i.entry.Password }

// SetLeading puts an icon at the left end.
func (i *Input) SetLeading(o fyne.CanvasObject) *Input {
	i.leading = o
	return i
}

// SetTrailing puts icons and buttons at the right end.
func (i *Input) SetTrailing(objects ...fyne.CanvasObject) *Input {
	i.trailing = objects
	return i
}

// SetWheel gives the mouse wheel over the entry to what it stands in: the
// toolkit's entry uses it up, also when it has nothing to scroll. An entry of
// several lines keeps the wheel while it has the focus.
func (i *Input) SetWheel(scrolled func(*fyne.ScrollEvent)) {
	i.wheel.scrolled = scrolled
	i.wheel.Show()
}

// SetInvalid makes the edge red or grey again.
func (i *Input) SetInvalid(invalid bool) {
	if i.invalid != invalid {
		i.invalid = invalid
		i.paint()
	}
}

func (i *Input) focusChanged() {
	i.paint()
	i.wheel.Hidden = i.wheel.scrolled == nil || i.rows > 1 && i.entry.focused
}

func (i *Input) paint() {
	edge, width := ColorNameFieldEdge, float32(1)
	if i.entry.focused {
		edge, width = ColorNameAccent, 2
	}
	if i.invalid {
		edge = ColorNameBad
	}
	fill := ColorNameField
	if i.entry.Disabled() {
		fill, edge = ColorNameOff, ColorNameLine
	}
	i.box.SetColors(fill, edge, width)
}

// SetPlaceHolder changes what stands there while the entry is empty.
func (i *Input) SetPlaceHolder(text string) {
	if i.hint != text {
		i.hint = text
		i.Refresh()
	}
}

// PlaceHolder returns the whole placeholder.
func (i *Input) PlaceHolder() string { return i.hint }

// fitPlaceHolder cuts the placeholder to the width with an ellipsis.
func (i *Input) fitPlaceHolder(width float32) {
	size := float32(14)
	if i.entry.TextStyle.Monospace {
		size = monoSize
	}
	shown := i.hint
	if i.rows == 1 {
		shown = Ellipsize(i.hint, width, size, i.entry.TextStyle)
	}
	if i.entry.PlaceHolder != shown {
		i.entry.SetPlaceHolder(shown)
	}
}

// SetReadOnly locks or unlocks the entry.
func (i *Input) SetReadOnly(locked bool) {
	if locked {
		i.entry.Disable()
	} else {
		i.entry.Enable()
	}
	i.paint()
}

// CreateRenderer implements fyne.Widget.
func (i *Input) CreateRenderer() fyne.WidgetRenderer { return &inputRenderer{i: i} }

type inputRenderer struct{ i *Input }

func (r *inputRenderer) Destroy() {}

func (r *inputRenderer) MinSize() fyne.Size {
	if r.i.rows > 1 {
		return fyne.NewSize(60, float32(r.i.rows)*19+18)
	}
	return fyne.NewSize(60, inputHeight)
}

func (r *inputRenderer) Layout(size fyne.Size) {
	i := r.i
	i.box.Resize(size)
	left, right := float32(inputPadding), size.Width-inputPadding
	after := entryPadding // the entry's own space behind its text
	if i.leading != nil {
		least := i.leading.MinSize()
		i.leading.Resize(least)
		i.leading.Move(fyne.NewPos(left, (size.Height-least.Height)/2))
		left += least.Width + 8
	}
	for n := len(i.trailing) - 1; n >= 0; n-- {
		o := i.trailing[n]
		if !o.Visible() {
			continue
		}
		least := o.MinSize()
		right -= least.Width
		o.Resize(least)
		o.Move(fyne.NewPos(right, (min(size.Height, inputHeight)-least.Height)/2)) // beside the first line
		right -= 6
		after = 0 // long text goes on into that space, and would lie under the icon
	}
	// The entry has space of its own around its text, which is taken back here.
	height := i.entry.MinSize().Height
	top := (size.Height - height) / 2
	if i.rows > 1 {
		height, top = size.Height-2, 1
	}
	i.wheel.Resize(size)
	i.over.Move(fyne.NewPos(left-entryPadding, top))
	i.over.Resize(fyne.NewSize(max(right-left+entryPadding+after, 0), height))
	if right > left {
		i.fitPlaceHolder(right - left)
	}
}

func (r *inputRenderer) Objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{r.i.box, r.i.over, r.i.wheel}
	if r.i.leading != nil {
		objects = append(objects, r.i.leading)
	}
	return append(objects, r.i.trailing...)
}

func (r *inputRenderer) Refresh() {
	r.i.paint()
	r.Layout(r.i.Size())
	r.i.box.Refresh()
	r.i.entry.Refresh()
	for _, o := range r.i.trailing {
		o.Refresh()
	}
}

// entry is the toolkit's entry; Esc and the program's shortcuts go on to the
// window instead of ending here.
type entry struct {
	widget.Entry
	owner   *Input
	focused bool
	pressed bool // by the pointer, which gives the focus too
}

// MouseDown implements desktop.Mouseable. What is under the pointer stays there until
// the press has ended: moved on, the press would end elsewhere and select text.
func (e *entry) MouseDown(m *desktop.MouseEvent) {
	e.pressed = true
	e.Entry.MouseDown(m)
}

// MouseUp implements desktop.Mouseable.
func (e *entry) MouseUp(m *desktop.MouseEvent) {
	e.Entry.MouseUp(m)
	if e.pressed && e.focused {
		Reveal(e.owner)
	}
	e.pressed = false
}

// FocusGained implements fyne.Focusable.
func (e *entry) FocusGained() {
	e.focused = true
	e.Entry.FocusGained()
	e.owner.focusChanged()
	if again := focusedAgain(e.owner); !again && !e.pressed {
		Reveal(e.owner)
	}
	if e.owner.OnFocus != nil {
		e.owner.OnFocus(true)
	}
}

// FocusLost implements fyne.Focusable.
func (e *entry) FocusLost() {
	e.focused, e.pressed = false, false
	e.Entry.FocusLost()
	e.owner.focusChanged()
	if e.owner.OnFocus != nil {
		e.owner.OnFocus(false)
	}
}

// AcceptsTab implements fyne.Tabbable: Tab goes on to the next field, also from
// an entry of several lines.
func (e *entry) AcceptsTab() bool { return false }

// TypedKey implements fyne.Focusable.
func (e *entry) TypedKey(key *fyne.KeyEvent) {
	if e.owner.OnKey != nil && e.owner.OnKey(key.Name) {
		return
	}
	if key.Name == fyne.KeyEscape {
		PassKey(e, key)
		return
	}
	e.Entry.TypedKey(key)
}

// TypedShortcut implements fyne.Shortcutable.
func (e *entry) TypedShortcut(shortcut fyne.Shortcut) {
	if own, ok := shortcut.(*desktop.CustomShortcut); ok && !editsText(own.KeyName) {
		if c, ok := fyne.CurrentApp().Driver().CanvasForObject(e).(fyne.Shortcutable); ok {
			c.TypedShortcut(shortcut)
		}
		return
	}
	e.Entry.TypedShortcut(shortcut)
}

// editsText tells whether the toolkit's entry has a use for the key with a modifier.
func editsText(key fyne.KeyName) bool {
	switch key {
	case fyne.KeyLeft, fyne.KeyRight, fyne.KeyUp, fyne.KeyDown, fyne.KeyHome, fyne.KeyEnd, fyne.KeyBackspace, fyne.KeyDelete:
		return true
	}
	return false
}

// PassKey gives a key that a focused widget has no use for to the window.
func PassKey(w fyne.CanvasObject, key *fyne.KeyEvent) {
	c := fyne.CurrentApp().Driver().CanvasForObject(w)
	if c == nil {
		return
	}
	if f := c.OnTypedKey(); f != nil {
		f(key)
	}
}
