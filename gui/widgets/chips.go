package widgets

import (
	"slices"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
)

// Chips is a list of names: an entry that adds to it and, below, each name with
// a cross. Enter, a comma, a blank and leaving the entry add what was typed;
// Backspace in the empty entry takes the last name away. It is a Control: put it
// into a Field with ReplaceControl.
type Chips struct {
	*fyne.Container
	// OnChanged is called at each change by the user.
	OnChanged func(names []string)
	// OnHeight is called when it has become higher or lower.
	OnHeight func()
	// OnFocus is called when the entry gets or loses the focus.
	OnFocus func(in *Input, gained bool)

	icons  Icons
	remove func(name string) string // tooltip of a cross
	names  []string
	input  *Input
	row    *fyne.Container
}

// NewChips returns the list of names. remove gives the tooltip of a name's cross.
func NewChips(icons Icons, placeholder string, remove func(name string) string, names []string) *Chips {
	c := &Chips{icons: icons, remove: remove, names: slices.Clone(names), input: NewInput(placeholder, true), row: NewWrap(6)}
	c.input.Entry().OnChanged = c.typed
	c.input.OnFocus = func(gained bool) {
		if !gained {
			c.add(c.input.Text())
		}
		if c.OnFocus != nil {
			c.OnFocus(c.input, gained)
		}
	}
	c.input.OnKey = c.key
	c.Container = NewColumn(6, c.input, c.row)
	c.show()
	return c
}

// SetInvalid implements Control.
func (c *Chips) SetInvalid(invalid bool) { c.input.SetInvalid(invalid) }

// SetWheel does so for the entry, see Input.SetWheel.
func (c *Chips) SetWheel(scrolled func(*fyne.ScrollEvent)) { c.input.SetWheel(scrolled) }

// Focusable implements Control.
func (c *Chips) Focusable() fyne.Focusable { return c.input.Focusable() }

// Names returns the list.
func (c *Chips) Names() []string { return slices.Clone(c.names) }

// typed adds all that stands before the last separator.
func (c *Chips) typed(text string) {
	if end := strings.LastIndexFunc(text, separates); end >= 0 {
		c.add(text)
	}
}

func separates(r rune) bool { return r == ',' || r == ';' || unicode.IsSpace(r) }

func (c *Chips) key(key fyne.KeyName) bool {
	switch {
	case key == fyne.KeyReturn || key == fyne.KeyEnter:
		c.add(c.input.Text())
		return true
	case key == fyne.KeyBackspace && c.input.Text() == "" && len(c.names) > 0:
		c.drop(c.names[len(c.names)-1])
		return true
	}
	return false
}

// add takes the names of the text into the list; each stands there once.
func (c *Chips) add(text string) {
	names := strings.FieldsFunc(text, separates)
	if text != "" {
		c.input.SetText("")
	}
	changed := false
	for _, name := range names {
		known := slices.ContainsFunc(c.names, func(n string) bool { return strings.EqualFold(n, name) })
		if !known {
			c.names, changed = append(c.names, name), true
		}
	}
	if changed {
		c.changed()
	}
}

func (c *Chips) drop(name string) {
	c.names = slices.DeleteFunc(c.names, func(n string) bool { return n == name })
	c.changed()
}

func (c *Chips) changed() {
	c.show()
	if c.OnChanged != nil {
		c.OnChanged(c.Names())
	}
}

func (c *Chips) show() {
	c.row.Objects = nil
	for _, name := range c.names {
		cross := newEye(c.icons.Icon("close"), c.remove(name), func() { c.drop(name) })
		cross.glyph.Set(c.icons.Icon("close"), ColorNameMuted)
		text := NewText(name).Sized(12).Mono()
		c.row.Add(NewFixed(0, 26, NewStacked(NewPanel(ColorNameButton, "", 13),
			NewInset(0, 6, 0, 10, NewRow(4, -1, true, text, cross)))))
	}
	c.row.Hidden = len(c.names) == 0
	Relayout(c.Container)
	c.Refresh()
	if c.OnHeight != nil {
		c.OnHeight()
	}
}
