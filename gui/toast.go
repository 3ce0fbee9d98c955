package gui

import (
	"image/color"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"tokenwell/gui/widgets"
)

// How long a toast stays. With an action it stays as long as the action can
// still be taken: a deletion can be undone for 10 seconds.
const (
	toastTime       = 5 * time.Second
	toastActionTime = 10 * time.Second
	toastsAtOnce    = 3
)

// toasts are short messages at the bottom of the screen that go by themselves.
type toasts struct {
	run  *runner
	root *fyne.Container
	list *fyne.Container
}

func newToasts(run *runner) *toasts {
	t := &toasts{run: run, list: widgets.NewColumn(8)}
	t.root = container.New(&toastLayout{}, t.list)
	return t
}

// toastWidth is where a message goes on in a second line.
const toastWidth = 640

// toastLift keeps the messages off the buttons at the foot of forms and editors.
const toastLift = 76

// toastLayout puts the messages low, in the middle.
type toastLayout struct{}

func (*toastLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (*toastLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	width := min(objects[0].MinSize().Width, size.Width-32)
	height := widgets.HeightAt(objects[0], width)
	objects[0].Resize(fyne.NewSize(width, height))
	objects[0].Move(fyne.NewPos((size.Width-width)/2, size.Height-height-toastLift))
}

// toast shows a message; with an actionLabel a button that runs action and
// takes the message away.
func (u *ui) toast(text, actionLabel string, action func()) {
	u.frame.toasts.add(text, actionLabel, action)
}

func (t *toasts) add(text, actionLabel string, action func()) {
	var card fyne.CanvasObject
	stop := func() {}
	remove := func() {
		stop()
		if i := slices.Index(t.list.Objects, card); i >= 0 {
			t.list.Objects = slices.Delete(t.list.Objects, i, i+1)
			t.refresh()
		}
	}
	words := widgets.NewParagraph(text)
	inset := widgets.NewInset(12, 16, 13, 16, words)
	stay := toastTime
	if actionLabel != "" {
		stay = toastActionTime
		button := widgets.NewQuietButton(actionLabel, nil, func() {
			remove()
			action()
		})
		inset = widgets.NewInset(4, 6, 4, 16, widgets.NewRow(12, 0, true, words, button))
	}
	width := fyne.MeasureText(text, 14, fyne.TextStyle{}).Width + 33
	if actionLabel != "" {
		width += 40 + fyne.MeasureText(actionLabel, 14, fyne.TextStyle{}).Width
	}
	card = widgets.NewFixed(min(width, toastWidth), 0, widgets.NewStacked(newRaisedCard(), inset))
	if len(t.list.Objects) == toastsAtOnce {
		t.list.Objects = t.list.Objects[1:]
	}
	t.list.Objects = append(t.list.Objects, card)
	t.refresh()
	stop = t.run.after(stay, remove)
}

func (t *toasts) refresh() {
	t.root.Layout.Layout(t.root.Objects, t.root.Size())
	t.list.Refresh()
	t.root.Refresh()
}

// raisedCard is the ground of what floats over a screen.
type raisedCard struct{ widget.BaseWidget }

func newRaisedCard() *raisedCard {
	c := &raisedCard{}
	c.ExtendBaseWidget(c)
	return c
}

// CreateRenderer implements fyne.Widget.
func (c *raisedCard) CreateRenderer() fyne.WidgetRenderer {
	r := &raisedCardRenderer{c: c, box: canvas.NewRectangle(color.Transparent)}
	r.box.CornerRadius, r.box.StrokeWidth = 8, 1
	r.box.Shadow = canvas.Shadow{BlurRadius: 20, Offset: fyne.NewPos(0, 6), Variant: canvas.DropShadow}
	r.Refresh()
	return r
}

type raisedCardRenderer struct {
	c   *raisedCard
	box *canvas.Rectangle
}

func (r *raisedCardRenderer) Destroy() {}

func (r *raisedCardRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.box} }

func (r *raisedCardRenderer) MinSize() fyne.Size { return fyne.Size{} }

func (r *raisedCardRenderer) Layout(size fyne.Size) { r.box.Resize(size) }

func (r *raisedCardRenderer) Refresh() {
	r.box.FillColor = widgets.Color(r.c, widgets.ColorNameRaised)
	r.box.StrokeColor = widgets.Color(r.c, widgets.ColorNameBorder)
	r.box.Shadow.Color = widgets.Color(r.c, widgets.ColorNameLift)
	r.box.Refresh()
}
