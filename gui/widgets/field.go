package widgets

import (
	"fyne.io/fyne/v2"
)

// Mark is the small sign at the end of an entry.
type Mark int

// The marks.
const (
	MarkNone Mark = iota
	MarkGood
	MarkBad
)

// Control is what a Field can hold: an Input or a Select.
type Control interface {
	fyne.CanvasObject
	SetInvalid(bool)
	Focusable() fyne.Focusable
}

// Field is a control with its label above, a note at the label's right end and
// a hint or an error below.
type Field struct {
	Object  *fyne.Container // what to put on the screen
	Control Control
	// OnHeight is called when the field has become higher or lower.
	OnHeight func()

	label, star *Text
	note        *Text
	fix         *Link
	action      *Link
	hint        *Paragraph
	fault       *fyne.Container
	faultText   *Paragraph
	mark        *Glyph
	marked      Mark
	icons       Icons
	hintText    string
}

// NewField returns a field. required puts a star behind the label.
func NewField(icons Icons, label string, required bool, control Control) *Field {
	f := &Field{
		Control: control, icons: icons,
		label:  NewSmallText(label).Colored(ColorNameText),
		star:   NewSmallText("*").Colored(ColorNameBad),
		note:   NewSmallText(""),
		hint:   NewCaption(""),
		fix:    NewSmallLink("", nil, nil),
		action: NewSmallLink("", nil, nil),
	}
	f.mark = NewGlyph(nil, ColorNameOK, iconSide)
	f.mark.Hide()
	if in, ok := control.(*Input); ok {
		in.SetTrailing(append(in.trailing, f.mark)...)
	}
	f.SetRequired(required)
	f.faultText = NewCaption("").Colored(ColorNameBad)
	f.fault = NewRow(5, 1, false, NewGlyph(icons.Icon("error"), ColorNameBad, 16), f.faultText)
	f.note.Hide()
	f.fix.Hide()
	f.action.Hide()
	f.hint.Hide()
	f.fault.Hide()
	head := &fyne.Container{Layout: &headLayout{}, Objects: []fyne.CanvasObject{f.label, f.star, f.note, f.fix, f.action}}
	f.Object = NewColumn(4, head, control, f.hint, f.fault)
	return f
}

// ReplaceControl shows o, which holds the control among others, in its place.
func (f *Field) ReplaceControl(o fyne.CanvasObject) { f.Object.Objects[1] = o }

// SetRequired shows or hides the star.
func (f *Field) SetRequired(required bool) {
	if required {
		f.star.Show()
	} else {
		f.star.Hide()
	}
}

// SetHint sets the line below the control, which an error replaces.
func (f *Field) SetHint(text string) {
	if f.hintText == text {
		return
	}
	f.hintText = text
	f.hint.SetText(text)
	f.arrange(f.faultText.Text())
}

// SetNote shows a few words at the label's right end, such as "free to use".
func (f *Field) SetNote(text string) {
	if f.note.Text() == text && f.note.Hidden == (text == "") && f.fix.Hidden {
		return
	}
	f.fix.Hide()
	f.note.Set(text, ColorNameMuted)
	f.note.Hidden = text == ""
	f.layHead()
}

// SetOutcome shows in the note's place what has gone well.
func (f *Field) SetOutcome(text string) {
	f.SetNote(text)
	f.note.Set(text, ColorNameOK)
}

// layHead places what stands in the line of the label.
func (f *Field) layHead() {
	Relayout(f.Object.Objects[0])
	f.Object.Objects[0].Refresh()
}

// SetFix shows a link in the note's place that mends what is wrong.
func (f *Field) SetFix(text string, tapped func()) {
	f.fix.OnTapped = tapped
	if f.fix.Text == text && !f.fix.Hidden && f.note.Hidden {
		return
	}
	f.note.Hide()
	f.fix.Set(text, tapped)
	f.fix.Hidden = text == ""
	f.layHead()
}

// SetAction shows a link at the label's right end that does something with the
// field, such as loading a file into it.
func (f *Field) SetAction(text string, tapped func()) {
	f.action.Set(text, tapped)
	f.action.Show()
	f.layHead()
}

// SetError shows what is wrong, or nothing for "".
func (f *Field) SetError(text string) {
	f.Control.SetInvalid(text != "")
	if f.faultText.Text() == text {
		return
	}
	f.arrange(text)
}

func (f *Field) arrange(fault string) {
	f.faultText.SetText(fault)
	show(f.fault, fault != "")
	show(f.hint, fault == "" && f.hintText != "")
	Relayout(f.Object)
	if f.OnHeight != nil {
		f.OnHeight()
	}
}

// show shows or hides an object.
func show(o fyne.CanvasObject, on bool) {
	switch {
	case on && !o.Visible():
		o.Show()
	case !on && o.Visible():
		o.Hide()
	}
}

// SetMark shows a tick, an error sign or nothing at the end of an Input.
func (f *Field) SetMark(mark Mark) {
	if f.marked == mark {
		return
	}
	f.marked = mark
	switch mark {
	case MarkGood:
		f.mark.Set(f.icons.Icon("check"), ColorNameOK)
	case MarkBad:
		f.mark.Set(f.icons.Icon("error"), ColorNameBad)
	case MarkNone:
	}
	if hide := mark == MarkNone; f.mark.Hidden != hide {
		f.mark.Hidden = hide
		f.Control.Refresh()
	}
}

// headLayout puts label and star at the left, notes and links at the right end.
type headLayout struct{}

func (headLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	x, right := float32(0), size.Width
	for i, o := range objects {
		if !o.Visible() {
			continue
		}
		width, height := o.MinSize().Width, o.MinSize().Height
		o.Resize(fyne.NewSize(width, 16))
		if i < 2 {
			o.Move(fyne.NewPos(x, 0))
			x += width + 4
			continue
		}
		o.Resize(fyne.NewSize(width, height))
		o.Move(fyne.NewPos(right-width, (16-height)/2))
		right -= width + 16
	}
}

func (headLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(60, 16) }
