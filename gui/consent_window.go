package gui

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	fynetooltip "github.com/dweymouth/fyne-tooltip"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

const (
	consentWidth float32 = 540
	// powersHeight is how much of what a token is good for is seen without scrolling.
	powersHeight float32 = 136
	// consentGuard is how long keys and buttons are not heard after a question has
	// appeared. The window takes the keyboard from what the user is typing in and
	// comes up under the pointer: what was meant for another window, or for the
	// question before, must not answer one that nobody has read. Nothing is lost
	// by it, because silence denies.
	consentGuard = 500 * time.Millisecond
)

// consentWindow asks one question after the other. Deny has the focus; Esc,
// closing the window and no answer in time deny.
type consentWindow struct {
	a      *asking
	window fyne.Window

	q        auth.Consent
	appeared time.Time
	answered bool // the engine has been told and has not replied yet
	over     bool // its time has run out
	closed   bool
	left     *widgets.Text
	waiting  *widgets.Text
	bar      *widgets.Bar
	deny     *widgets.Button
	allow    []*widgets.Button
	stop     func() // stops the clock
}

func newConsentWindow(a *asking, q auth.Consent, waiting int) *consentWindow {
	w := &consentWindow{a: a, window: a.u.app.NewWindow("Tokenwell")}
	w.window.SetIcon(a.u.icons.WindowIcon())
	w.window.SetPadded(false)
	w.window.SetFixedSize(true)
	w.window.SetCloseIntercept(func() { w.answer(auth.Deny) })
	w.window.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape {
			w.press(auth.Deny)
		}
	})
	if top, ok := w.window.(desktop.Window); ok {
		top.RequestAlwaysOnTop()
	}
	w.show(q, waiting)
	w.window.CenterOnScreen()
	return w
}

// open shows the window; the time in which nothing is heard begins then.
func (w *consentWindow) open() {
	w.window.Show()
	w.window.RequestFocus()
	w.appeared = w.a.u.now()
}

// show asks a question, with so many waiting behind it.
func (w *consentWindow) show(q auth.Consent, waiting int) {
	u := w.a.u
	w.q, w.answered, w.over = q, false, false
	root := container.New(consentLayout{}, widgets.NewStacked(widgets.NewPanel(widgets.ColorNameSurface, "", 0), w.body()))
	w.setWaiting(waiting)
	c := w.window.Canvas()
	fynetooltip.DestroyWindowToolTipLayer(c)
	w.window.SetContent(fynetooltip.AddWindowToolTipLayer(root, c))
	w.window.Resize(root.MinSize())
	c.Focus(w.deny)
	w.appeared = u.now()
	w.tick()
}

// consentLayout gives the window its width and the height that it asks for.
type consentLayout struct{}

// Layout implements fyne.Layout.
func (consentLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) { objects[0].Resize(size) }

// MinSize implements fyne.Layout.
func (consentLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(consentWidth, widgets.HeightAt(objects[0], consentWidth))
}

// body makes what stands in the window.
func (w *consentWindow) body() fyne.CanvasObject {
	u := w.a.u
	sign := widgets.NewStacked(widgets.NewPanel(widgets.ColorNameButton, "", 8),
		widgets.NewInset(10, 10, 10, 10, widgets.NewGlyph(u.icons.Icon("program"), widgets.ColorNameText, 24)))
	of := widgets.NewText(lang.L("of “{{.Name}}”", named(plain(w.q.Name)))).Colored(widgets.ColorNameMuted).Shrinking()
	of.SetHint(plain(w.q.Service))
	head := widgets.NewRow(16, 1, true, widgets.NewFixed(44, 44, sign),
		widgets.NewColumn(0, widgets.NewTitle(askTitle(w.q.Asker)).Shrinking(), of))
	top := widgets.NewColumn(16, head, w.asker())
	if posesAsUs(w.q.Asker) {
		top.Add(widgets.NewWarning(u.icons, widgets.NewParagraph(lang.L("This is not Tokenwell, though it is called so. Look at its path.")), nil))
	}
	top.Add(w.powers())

	w.left, w.waiting, w.bar = widgets.NewText("").Sized(12).Mono(), widgets.NewSmallText("").Right(), widgets.NewBar()
	clock := widgets.NewColumn(6, widgets.NewRow(8, 2, true, widgets.NewSmallText(lang.L("Denied by itself in")), w.left, w.waiting), w.bar)

	button := func(b *widgets.Button, answer auth.ConsentAnswer) *widgets.Button {
		b.OnTapped = func() { w.press(answer) }
		return b
	}
	w.deny = button(widgets.NewButton(lang.L("Deny"), nil, nil), auth.Deny)
	always := button(widgets.NewButton(lang.L("Always"), nil, nil), auth.AllowAlways)
	hour := button(widgets.NewButton(lang.L("For 1 hour"), nil, nil), auth.AllowHour)
	once := button(widgets.NewPrimaryButton(lang.L("Allow once"), nil, nil), auth.AllowOnce)
	w.allow = []*widgets.Button{always, hour, once}
	for _, b := range w.allow { // Tab and Space come one after the other in what is being typed elsewhere
		b.OnFocus = func() { w.appeared = u.now() }
	}
	if w.q.Asker.Path == "" { // the next one that can't be found out could be any program
		w.allow = []*widgets.Button{once}
		for _, b := range []*widgets.Button{always, hour} {
			b.Disable()
			b.SetToolTip(lang.L("It is not known which program asks"))
		}
	}
	buttons := widgets.NewRow(8, 1, true, w.deny, widgets.NewParagraph(""), always, hour, once)
	return widgets.NewColumn(0,
		widgets.NewInset(22, 28, 0, 28, top), widgets.NewInset(20, 28, 20, 28, clock),
		widgets.NewRule(widgets.ColorNameLine), widgets.NewInset(14, 28, 16, 28, buttons))
}

// asker is the card with what the system knows of the program.
func (w *consentWindow) asker() fyne.CanvasObject {
	u, a := w.a.u, w.q.Asker
	lines := widgets.NewColumn(5)
	add := func(label string, value *widgets.Text) {
		lines.Add(widgets.NewRow(0, 1, true, widgets.NewFixed(96, 19, widgets.NewSmallText(label)), value.Shrinking()))
	}
	path := widgets.NewText(plain(a.Path)).Mono().Sized(12).InMiddle()
	if a.Path == "" {
		path = widgets.NewText(lang.L("could not be found out")).Colored(widgets.ColorNameWarn)
	}
	add(lang.L("Program"), path)
	if a.Script != "" {
		add(lang.L("Runs"), widgets.NewText(plain(a.Script)).Mono().Sized(12).InMiddle())
	}
	add(lang.L("Started by"), widgets.NewText(startedBy(a)))
	before := widgets.NewText(lang.L("never"))
	if !w.q.Before.IsZero() {
		before = widgets.NewText(relative(w.q.Before, u.now()))
		before.SetHint(fullDate(w.q.Before))
	}
	add(lang.L("Asked before"), before)
	if use := usedFor(w.q.Purpose); use != "" {
		add(lang.L("Used for"), widgets.NewText(use))
	}
	if host := plain(w.q.Host); host != "" {
		add(lang.L("Sent to"), widgets.NewText(host).Mono().Sized(12).InMiddle())
	}
	return widgets.NewStacked(widgets.NewPanel("", widgets.ColorNameBorder, 8), widgets.NewInset(12, 16, 12, 16, lines))
}

// powers lists what the token is good for, two beside each other.
func (w *consentWindow) powers() fyne.CanvasObject {
	icons, list := w.a.u.icons, powersOf(w.q.Scopes)
	cell := func(p power) fyne.CanvasObject {
		text := widgets.NewText(p.text).Shrinking()
		if p.mono {
			text.Mono().Sized(12).InMiddle()
		}
		if p.dim {
			text.Colored(widgets.ColorNameMuted)
		}
		text.SetHint(p.hint)
		return widgets.NewRow(8, 1, true, widgets.NewGlyph(icons.Icon("check"), widgets.ColorNameMuted, 16), text)
	}
	grid := widgets.NewColumn(6)
	for i := 0; i < len(list); i += 2 {
		second := fyne.CanvasObject(widgets.NewParagraph(""))
		if i+1 < len(list) {
			second = cell(list[i+1])
		}
		grid.Add(widgets.NewEvenRow(16, cell(list[i]), second))
	}
	title := strong(canUntil(w.q.Until, w.a.u.now()))
	if len(list) == 0 {
		return widgets.NewColumn(6, title, widgets.NewCaption(lang.L("whatever your account may do at the service: no permission is known by name.")))
	}
	if widgets.HeightAt(grid, consentWidth-56) <= powersHeight {
		return widgets.NewColumn(6, title, grid)
	}
	scroll, _ := widgets.NewTallScroll(widgets.NewInset(0, 14, 0, 0, grid), nil)
	return widgets.NewColumn(6, title, widgets.NewFixed(0, powersHeight, withoutShadows(scroll)))
}

// setWaiting says how many questions follow.
func (w *consentWindow) setWaiting(n int) {
	w.waiting.SetText(waitingWords(n))
}

// tick lets the time run down; at its end the answer is no.
func (w *consentWindow) tick() {
	if w.stop != nil {
		w.stop()
	}
	left := w.q.Deadline.Sub(w.a.u.now())
	w.left.SetText(countdown(left))
	w.bar.Set(float64(left)/float64(auth.ConsentTimeout), widgets.ColorNameSignIn)
	if left <= 0 {
		w.over = true
		w.answer(auth.Deny)
		return
	}
	w.stop = w.a.u.run.after(min(time.Second, left), w.tick)
}

// press is an answer by key or button: see consentGuard.
func (w *consentWindow) press(answer auth.ConsentAnswer) {
	if since := w.a.u.now().Sub(w.appeared); since >= consentGuard {
		w.answer(answer)
	}
}

// answer tells the engine, once; the next question or the end follows when it has heard.
func (w *consentWindow) answer(answer auth.ConsentAnswer) {
	if w.answered || w.closed {
		return
	}
	w.setAnswered(true)
	u, id := w.a.u, w.q.ID
	async(u.run, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, u.engine.AnswerConsent(ctx, id, answer)
	}, func(_ struct{}, err error) {
		if w.q.ID == id {
			w.setAnswered(false)
		}
		if err != nil && !errors.Is(err, auth.ErrNotFound) {
			u.log.Warn("an answer to a program was not taken", "answer", string(answer), "error", err)
			if !w.over {
				u.fail(err, "")
			}
		}
		w.a.changed()
	})
}

// setAnswered locks the buttons while the engine is told.
func (w *consentWindow) setAnswered(answered bool) {
	w.answered = answered
	for _, b := range w.allow {
		if answered {
			b.Disable()
		} else {
			b.Enable()
		}
	}
}

// close takes the window away.
func (w *consentWindow) close() {
	if w.closed {
		return
	}
	w.closed = true
	if w.stop != nil {
		w.stop()
	}
	fynetooltip.DestroyWindowToolTipLayer(w.window.Canvas())
	w.window.Close()
}
