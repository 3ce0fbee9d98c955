package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
	ttwidget "github.com/dweymouth/fyne-tooltip/widget"
)

// SecretField is a Field for a value that is shown as dots, with an eye that
// shows it.
type SecretField struct {
	*Field
	Input *Input
	eye   *eye
	icons Icons
	show  string
	hide  string
}

// NewSecretField returns a field for a secret. withEye adds the button that
// shows the value, as F2 does; show and hide are its tooltips.
func NewSecretField(icons Icons, label string, required, withEye bool, show, hide string) *SecretField {
	return newSecretField(icons, label, NewInput("", true), required, withEye, show, hide)
}

// NewSecretArea returns a field with an eye for a secret of several lines.
func NewSecretArea(icons Icons, label string, rows int, required bool, show, hide string) *SecretField {
	return newSecretField(icons, label, NewCodeArea("", rows), required, true, show, hide)
}

func newSecretField(icons Icons, label string, in *Input, required, withEye bool, show, hide string) *SecretField {
	s := &SecretField{Input: in, icons: icons, show: show, hide: hide}
	s.Input.Entry().Password = true
	if withEye {
		s.eye = newEye(icons.Icon("eye"), show, s.toggle)
		s.Input.SetTrailing(s.eye)
		s.Input.OnKey = func(key fyne.KeyName) bool {
			if key == fyne.KeyF2 {
				s.toggle()
			}
			return key == fyne.KeyF2
		}
	}
	s.Field = NewField(icons, label, required, s.Input)
	return s
}

// Shown tells whether the value stands there in the clear.
func (s *SecretField) Shown() bool { return !s.Input.Masked() }

func (s *SecretField) toggle() {
	icon, tip := "eye", s.show
	if s.Input.Masked() {
		icon, tip = "eyeoff", s.hide
	}
	s.eye.glyph.Set(s.icons.Icon(icon), ColorNameMuted)
	s.eye.SetToolTip(tip)
	s.Input.SetMasked(!s.Input.Masked())
}

// Mask shows dots again.
func (s *SecretField) Mask() {
	if s.Shown() && s.eye != nil {
		s.toggle()
	}
}

// eye is an icon to click on inside an entry. It does not take the focus, so
// that Tab goes on to the next entry.
type eye struct {
	ttwidget.ToolTipWidget
	glyph  *Glyph
	tapped func()
}

var (
	_ fyne.Tappable      = (*eye)(nil)
	_ desktop.Cursorable = (*eye)(nil)
)

func newEye(icon fyne.Resource, tooltip string, tapped func()) *eye {
	e := &eye{glyph: NewGlyph(icon, ColorNameMuted, iconSide), tapped: tapped}
	e.SetToolTip(tooltip)
	e.ExtendBaseWidget(e)
	return e
}

// Tapped implements fyne.Tappable.
func (e *eye) Tapped(*fyne.PointEvent) { e.tapped() }

// Cursor implements desktop.Cursorable.
func (e *eye) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer implements fyne.Widget.
func (e *eye) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(NewFixed(20, 28, e.glyph))
}
