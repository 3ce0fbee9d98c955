package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// endsCard is the part "What ends next" of the detail pane: what runs out, each
// with a lane on one scale from now to one year.
type endsCard struct {
	u     *ui
	root  *fyne.Container
	lines []endLine
	shown [3]end
}

// endLine is one lane with what stands above it.
type endLine struct {
	root *fyne.Container
	when *widgets.Text
	bar  *widgets.Bar
}

func newEndsCard(u *ui) *endsCard {
	c := &endsCard{u: u}
	lanes := widgets.NewColumn(6)
	for _, label := range []string{lang.L("Access token"), lang.L("Sign-in"), lang.L("Client secret")} {
		l := endLine{when: widgets.NewSmallText(""), bar: widgets.NewBar()}
		l.root = widgets.NewColumn(2, widgets.NewRow(8, 0, true, widgets.NewSmallText(label).Colored(widgets.ColorNameText).Shrinking(), l.when), l.bar)
		c.lines = append(c.lines, l)
		lanes.Add(l.root)
	}
	c.root = widgets.NewColumn(6, widgets.NewText(lang.L("What ends next")).Bold(),
		widgets.NewStacked(container.New(scaleLines{}, scaleRules()...), lanes), container.New(scaleWords{}, scaleTexts()...))
	return c
}

// set shows what is known of an authorization, and tells whether that is more
// than the access token, which has a bar of its own.
func (c *endsCard) set(t target) bool {
	d := t.detail
	r := auth.Row{Expiry: d.Status.Expiry, SignInEnds: d.Status.SignInEnds, SecretEnds: d.SecretEnds}
	c.shown = endsOf(&r, d.Status.State)
	c.tick()
	return !c.shown[1].at.IsZero() || !c.shown[2].at.IsZero()
}

// tick lets the time go on.
func (c *endsCard) tick() {
	now := c.u.now()
	for i, e := range c.shown {
		l := c.lines[i]
		l.root.Hidden = e.at.IsZero()
		if l.root.Hidden {
			continue
		}
		ink, share := e.look(now)
		words := ink
		if ink == widgets.ColorNameSignIn {
			words = widgets.ColorNameMuted
		}
		l.when.Set(e.text(now), words)
		l.when.SetHint(fullDate(e.at))
		l.bar.Set(float64(max(share, 0.02)), ink)
	}
}

// scaleLines draws the hairlines of the scale over the whole height.
type scaleLines struct{}

func scaleRules() []fyne.CanvasObject {
	var rules []fyne.CanvasObject
	for range widgets.TimeMarks {
		rules = append(rules, widgets.NewPanel(widgets.ColorNameLine, "", 0))
	}
	return rules
}

func (scaleLines) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(60, 10) }

func (scaleLines) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for i, o := range objects {
		o.Move(fyne.NewPos(size.Width*widgets.TimeScale(widgets.TimeMarks[i]), 0))
		o.Resize(fyne.NewSize(1, size.Height))
	}
}

// scaleWords puts the names of the marks below them: now, the marks, one year.
type scaleWords struct{}

func scaleTexts() []fyne.CanvasObject {
	var texts []fyne.CanvasObject
	for _, word := range []string{lang.L("now"), lang.L("1 h"), lang.L("1 day"), lang.L("1 month"), lang.L("1 year")} {
		texts = append(texts, widgets.NewSmallText(word))
	}
	return texts
}

func (scaleWords) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(60, 16) }

func (scaleWords) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for i, o := range objects {
		least := o.MinSize()
		x := float32(0)
		switch i {
		case 0:
		case len(objects) - 1:
			x = size.Width - least.Width
		default:
			x = size.Width*widgets.TimeScale(widgets.TimeMarks[i-1]) - least.Width/2
		}
		if i == len(objects)-2 { // it makes room for the last word
			x = min(x, size.Width-least.Width-objects[i+1].MinSize().Width-8)
		}
		o.Move(fyne.NewPos(x, 0))
		o.Resize(least)
	}
}
