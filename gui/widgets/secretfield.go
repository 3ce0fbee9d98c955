package widgets

// SecretField is a Field for a value that is shown as dots, with an eye that
// shows it.
type SecretField struct {
	*Field
	Input *Input
	eye   *IconButton
	icons Icons
	show  string
	hide  string
}

// NewSecretField returns a field for a secret. withEye adds the button that
// shows the value; show and hide are its tooltips.
func NewSecretField(icons Icons, label string, required, withEye bool, show, hide string) *SecretField {
	s := &SecretField{Input: NewInput("", true), icons: icons, show: show, hide: hide}
	s.Input.Entry().Password = true
	if withEye {
		s.eye = NewIconButton(icons.Icon("eye"), show, s.toggle)
		s.Input.SetTrailing(s.eye)
	}
	s.Field = NewField(icons, label, required, s.Input)
	return s
}

// Shown tells whether the value stands there in the clear.
func (s *SecretField) Shown() bool { return !s.Input.Entry().Password }

func (s *SecretField) toggle() {
	e := s.Input.Entry()
	e.Password = !e.Password
	icon, tip := "eye", s.show
	if !e.Password {
		icon, tip = "eyeoff", s.hide
	}
	s.eye.SetIcon(s.icons.Icon(icon))
	s.eye.SetToolTip(tip)
	e.Refresh()
}

// Mask shows dots again.
func (s *SecretField) Mask() {
	if s.Shown() && s.eye != nil {
		s.toggle()
	}
}
