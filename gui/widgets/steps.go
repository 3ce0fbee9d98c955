package widgets

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// StepState is how far a step is.
type StepState int

// The states of a StepMark.
const (
	StepNumber  StepState = iota // a number on the accent
	StepWaiting                  // an empty ring
	StepRunning                  // a thick ring
	StepDone                     // a tick on green
	StepFailed                   // an error sign on red
)

// StepMark is the disc of 20 before a step.
type StepMark struct {
	widget.BaseWidget
	state  StepState
	number int
	icons  Icons
}

// NewStepMark returns a disc; number counts from 1 and shows in StepNumber only.
func NewStepMark(icons Icons, state StepState, number int) *StepMark {
	m := &StepMark{state: state, number: number, icons: icons}
	m.ExtendBaseWidget(m)
	return m
}

// SetState changes the state.
func (m *StepMark) SetState(state StepState) {
	if m.state != state {
		m.state = state
		m.Refresh()
	}
}

// State returns the state.
func (m *StepMark) State() StepState { return m.state }

// CreateRenderer implements fyne.Widget.
func (m *StepMark) CreateRenderer() fyne.WidgetRenderer {
	r := &stepMarkRenderer{
		m: m, disc: canvas.NewCircle(color.Transparent), hole: canvas.NewCircle(color.Transparent), icon: newIcon(nil),
		number: canvas.NewText(strconv.Itoa(m.number), color.Transparent),
	}
	r.number.TextSize, r.number.TextStyle.Bold, r.number.Alignment = 12, true, fyne.TextAlignCenter
	r.Refresh()
	return r
}

type stepMarkRenderer struct {
	m      *StepMark
	disc   *canvas.Circle
	hole   *canvas.Circle // makes a ring of the disc; the toolkit's painters place strokes differently
	ring   float32        // its width, 0 for a full disc
	icon   *canvas.Image
	number *canvas.Text
}

func (r *stepMarkRenderer) Destroy() {}

func (r *stepMarkRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(20) }

func (r *stepMarkRenderer) Layout(fyne.Size) {
	r.disc.Resize(fyne.NewSquareSize(20))
	r.hole.Move(fyne.NewSquareOffsetPos(r.ring))
	r.hole.Resize(fyne.NewSquareSize(20 - 2*r.ring))
	r.icon.Move(fyne.NewPos(3, 3))
	r.icon.Resize(fyne.NewSquareSize(14))
	h := r.number.MinSize().Height
	r.number.Move(fyne.NewPos(0, (20-h)/2))
	r.number.Resize(fyne.NewSize(20, h))
}

func (r *stepMarkRenderer) Objects() []fyne.CanvasObject {
	return painted(r.disc, r.hole, r.icon, r.number)
}

func (r *stepMarkRenderer) Refresh() {
	m := r.m
	fill, icon := ColorNameAccent, ""
	r.ring = 0
	switch m.state {
	case StepNumber:
	case StepWaiting:
		fill, r.ring = ColorNameFieldEdge, 1.5
	case StepRunning:
		r.ring = 5
	case StepDone:
		fill, icon = ColorNameOK, "check"
	case StepFailed:
		fill, icon = ColorNameBad, "close"
	}
	r.disc.FillColor, r.hole.FillColor = Color(m, fill), Color(m, ColorNameRaised)
	r.hole.Hidden = r.ring == 0
	r.number.Hidden = m.state != StepNumber
	r.number.Color = Color(m, ColorNameOnAccent)
	if icon == "" {
		setIcon(r.icon, nil, "")
	} else {
		setIcon(r.icon, m.icons.Icon(icon), ColorNameOnAccent)
	}
	r.Layout(m.Size())
	canvas.Refresh(m)
}

// NewSteps returns numbered steps below each other.
func NewSteps(icons Icons, gap float32, texts ...string) *fyne.Container {
	rows := make([]fyne.CanvasObject, len(texts))
	for i, text := range texts {
		rows[i] = NewRow(10, 1, false, NewStepMark(icons, StepNumber, i+1), NewParagraph(text))
	}
	return NewColumn(gap, rows...)
}
