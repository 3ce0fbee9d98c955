package gui

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	fynetooltip "github.com/dweymouth/fyne-tooltip"

	"tokenwell/gui/widgets"
)

// sheet is a modal card in the middle of the window. It is as high as its body
// asks for and scrolls inside where the window is lower. Esc does what escape says.
type sheet struct {
	u        *ui
	dim      *widgets.Dim
	pop      *widget.PopUp
	body     *fyne.Container
	foot     *fyne.Container
	content  *fyne.Container
	card     *fyne.Container   // content on its ground
	scroll   *container.Scroll // of the body, where the window is too low for it
	width    float32
	escape   func()
	previous func(*fyne.KeyEvent)
	open     bool
}

// openSheet shows body above foot; foot may be nil.
func (u *ui) openSheet(width float32, body *fyne.Container, foot *fyne.Container, escape func()) *sheet {
	s := &sheet{u: u, body: body, foot: foot, width: width, escape: escape, open: true}
	tall, scroll := widgets.NewTallScroll(body, nil)
	s.scroll = scroll
	s.content = container.New(&sheetLayout{s: s}, tall)
	if foot != nil {
		s.content.Add(foot)
	}
	c := u.window.Canvas()
	ground := widgets.NewLiftedGround(widgets.ColorNameRaised, widgets.ColorNameBorder, 12)
	s.dim = widgets.ShowDim(c)
	s.card = widgets.NewStacked(ground, s.content)
	s.pop = widget.NewModalPopUp(s.card, c)
	fynetooltip.AddPopUpToolTipLayer(s.pop)
	widgets.Override(s.pop, popTheme{raised()}) // once: a tooltip that is shown later keeps its ground
	s.previous = c.OnTypedKey()
	c.SetOnTypedKey(s.key)
	s.pop.Show()
	s.refit()
	return s
}

// sheetTheme is the raised theme without the shadows of what scrolls.
type sheetTheme struct{ fyne.Theme }

// Color implements fyne.Theme.
func (t sheetTheme) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	if name == theme.ColorNameShadow {
		return color.Transparent
	}
	return t.Theme.Color(name, v)
}

// popTheme is that of the pop-up around a sheet, which draws nothing itself: the
// dim and the ground are ours.
type popTheme struct{ fyne.Theme }

// Color implements fyne.Theme.
func (t popTheme) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	if name == theme.ColorNameShadow || name == theme.ColorNameOverlayBackground {
		return color.Transparent
	}
	return t.Theme.Color(name, v)
}

// raised is the theme of what lies above a screen.
func raised() fyne.Theme {
	if t, ok := fyne.CurrentApp().Settings().Theme().(*Theme); ok {
		return t.Raised()
	}
	return fyne.CurrentApp().Settings().Theme()
}

func (s *sheet) key(key *fyne.KeyEvent) {
	if key.Name == fyne.KeyEscape && s.escape != nil {
		s.escape()
	}
}

// height is that of the whole card.
func (s *sheet) height() float32 {
	height := widgets.HeightAt(s.body, s.width)
	if s.foot != nil {
		height += widgets.HeightAt(s.foot, s.width)
	}
	return min(height, s.u.window.Canvas().Size().Height-32)
}

// refit gives the card the height that its content asks for now.
func (s *sheet) refit() {
	if !s.open {
		return
	}
	size, window := fyne.NewSize(s.width, s.height()), s.u.window.Canvas().Size()
	s.pop.Resize(size)
	s.pop.Move(fyne.NewPos((window.Width-size.Width)/2, (window.Height-size.Height)/2))
	widgets.Relayout(s.content)
	widgets.Override(s.card, sheetTheme{raised()})
	s.pop.Refresh()
}

// close takes the sheet away. More than once is harmless.
func (s *sheet) close() {
	if !s.open {
		return
	}
	s.open = false
	fynetooltip.DestroyPopUpToolTipLayer(s.pop)
	s.pop.Hide()
	s.dim.Close()
	s.u.window.Canvas().SetOnTypedKey(s.previous)
}

// sheetScrolls is how far below the top a body begins that scrolls: its bar keeps
// clear of the round corner.
const sheetScrolls float32 = 8

// sheetLayout puts the foot at the bottom and the body above it.
type sheetLayout struct{ s *sheet }

func (l *sheetLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	height := size.Height
	if len(objects) > 1 {
		foot := widgets.HeightAt(objects[1], size.Width)
		height -= foot
		objects[1].Move(fyne.NewPos(0, height))
		objects[1].Resize(fyne.NewSize(size.Width, foot))
	}
	var top float32
	if widgets.HeightAt(l.s.body, size.Width) > height+0.5 { // more than the rounding of a sum
		top = sheetScrolls
	}
	objects[0].Move(fyne.NewPos(0, top))
	objects[0].Resize(fyne.NewSize(size.Width, height-top))
}

func (l *sheetLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(l.s.width, l.s.height())
}

// copiedFor is how long a button says that it has copied.
const copiedFor = 2 * time.Second

// copyButton returns a small or normal button that copies and says so.
func (u *ui) copyButton(label string, small bool, copyIt func()) *widgets.Button {
	icon := u.icons.Icon("copy")
	b := widgets.NewButton(label, icon, nil)
	b.Small = small
	b.OnTapped = func() {
		copyIt()
		b.SetText(lang.L("Copied"))
		b.SetIcon(u.icons.Icon("check"))
		u.run.after(copiedFor, func() {
			b.SetText(label)
			b.SetIcon(icon)
		})
	}
	return b
}

// A button without a ground stands with its label, not with its padding, at the
// edge of what is above and below it.
const quietPadding = 10

func flushLeft(quiet *widgets.Button) *fyne.Container {
	return widgets.NewInset(0, 0, 0, -quietPadding, quiet)
}

func flushRight(quiet *widgets.Button) *fyne.Container {
	return widgets.NewInset(0, -quietPadding, 0, 0, quiet)
}

// sheetFoot returns the bottom of a sheet: a rule, what stands at the left, and
// the buttons at the right.
func sheetFoot(left fyne.CanvasObject, buttons ...fyne.CanvasObject) *fyne.Container {
	if left == nil {
		left = widgets.NewParagraph("")
	}
	row := widgets.NewRow(8, 0, true, append([]fyne.CanvasObject{left}, buttons...)...)
	return widgets.NewColumn(0, widgets.NewRule(widgets.ColorNameLine), widgets.NewInset(14, 28, 14, 28, row))
}

// sheetTitle returns the heading of a sheet.
func sheetTitle(text string) *widgets.Paragraph {
	return widgets.NewParagraph(text).Sized(18, 24).Styled(fyne.TextStyle{Bold: true})
}

// askFirst opens a small sheet with a question; yes runs when its button is pressed.
func (u *ui) askFirst(title, text, stay, verb string, yes func()) {
	var s *sheet
	stayButton := widgets.NewButton(stay, nil, func() { s.close() })
	verbButton := widgets.NewButton(verb, nil, func() { s.close(); yes() })
	verbButton.Importance = widgets.Destructive
	body := widgets.NewInset(24, 28, 20, 28, widgets.NewColumn(8,
		sheetTitle(title), widgets.NewParagraph(text).Colored(widgets.ColorNameMuted)))
	s = u.openSheet(440, body, sheetFoot(nil, stayButton, verbButton), func() { s.close() })
	u.window.Canvas().Focus(stayButton)
}
