package gui

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// signIn is what the sheet needs of a sign-in in progress. *auth.SignIn is one.
type signIn interface {
	ID() string
	Name() string
	Kind() auth.Prompt
	Device() auth.DevicePrompt
	Host() string
	URL() string
	RedirectURI() string
	PasteOnly() bool
	SilentErrors() bool
	Deadline() time.Time
	OnPhase(f func(auth.SignInPhase))
	OpenBrowser(ctx context.Context) error
	Paste(address string) error
	Wait(ctx context.Context) (auth.Detail, error)
	Cancel()
}

var _ signIn = (*auth.SignIn)(nil)

// signInSheet accompanies a sign-in in the browser: what happens, how long it waits, and the
// ways out when the browser does not open or does not come back.
type signInSheet struct {
	u    *ui
	s    signIn
	used *auth.Draft // what the form held, to go back to; nil for a sign-in without a form

	sheet    *sheet
	about    *widgets.Paragraph
	marks    [3]*widgets.StepMark
	words    [3]*widgets.Paragraph
	left     *widgets.Text
	bar      *widgets.Bar
	barRow   *fyne.Container
	buttons  *fyne.Container
	trouble  *fyne.Container
	paste    *widgets.Input
	pasteBox *widgets.Field
	goOn     *widgets.Button
	cancel   *widgets.Button
	phase    auth.SignInPhase
	stop     func()
	ended    bool
}

func (u *ui) newSignInSheet(s signIn, used *auth.Draft) *signInSheet {
	w := &signInSheet{u: u, s: s, used: used, phase: auth.PhaseBrowser}
	w.about = widgets.NewParagraph(w.guide(lang.L("Your browser opens."))).Colored(widgets.ColorNameMuted)
	texts := [3]string{
		lang.L("Saved as “{{.Name}}”", map[string]any{"Name": s.Name()}),
		w.waiting(),
		lang.L("Tokenwell exchanges the code for tokens"),
	}
	rows := [3]fyne.CanvasObject{}
	w.left = widgets.NewSmallText("").Mono()
	w.bar = widgets.NewBar()
	w.barRow = widgets.NewInset(4, 0, 6, 32, w.bar)
	for i := range texts {
		w.marks[i] = widgets.NewStepMark(u.icons, widgets.StepWaiting, i+1)
		w.words[i] = widgets.NewParagraph(texts[i])
		row := []fyne.CanvasObject{w.marks[i], w.words[i]}
		if i == 1 {
			row = append(row, w.left)
		}
		rows[i] = widgets.NewRow(12, 1, true, row...)
	}
	w.buttons = widgets.NewInset(8, 0, 4, 32, widgets.NewRow(8, -1, true,
		widgets.NewButton(lang.L("Open the browser again"), u.icons.Icon("external"), w.openBrowser),
		u.copyButton(lang.L("Copy link"), false, func() { u.copyText(s.URL()) })))
	w.trouble = widgets.NewWarning(u.icons, widgets.NewParagraph(lang.L("The browser could not be opened. Copy the link and open it in a browser on this computer.")), nil)
	w.trouble.Hide()
	head := widgets.NewColumn(6, sheetTitle(lang.L("Sign in at {{.Host}}", map[string]any{"Host": s.Host()})), w.about)
	top := widgets.NewInset(24, 28, 12, 28, widgets.NewColumn(10, head, widgets.NewInset(8, 0, 0, 0, rows[0]), rows[1], w.barRow, rows[2], w.trouble, w.buttons))
	column := widgets.NewColumn(0, top)
	if account := u.practiceAccount(s.URL(), func() { w.sheet.refit() }); account != nil {
		column.Add(account)
	}
	column.Add(widgets.NewRule(widgets.ColorNameLine))
	column.Add(w.pastePart())
	w.cancel = widgets.NewButton(lang.L("Cancel"), nil, w.giveUp)
	w.sheet = u.openSheet(560, column, sheetFoot(widgets.NewCaption(w.facts()), w.cancel), w.giveUp)
	return w
}

// guide says what to do in the browser; opened is what has become of it.
func (w *signInSheet) guide(opened string) string {
	text := lang.L("Sign in there with the account that you want to use; this window goes on by itself.")
	if w.s.PasteOnly() {
		text = lang.L("Sign in there with the account that you want to use. The browser ends on a page that may not load: copy its whole address and paste it below.")
	}
	if w.s.SilentErrors() {
		text += " " + lang.L("If something is wrong, this service says so in the browser alone: come back then and press Cancel.")
	}
	return strings.TrimSpace(opened + " " + text)
}

// waiting names the step in which the user has to act.
func (w *signInSheet) waiting() string {
	if w.s.PasteOnly() {
		return lang.L("Waiting for the address from the browser")
	}
	return lang.L("Waiting for you in the browser")
}

// giveUp ends the sign-in; the sheet closes when it has ended.
func (w *signInSheet) giveUp() { w.u.endSignIn(w.s) }

// pastePart makes the box for the address from the browser.
func (w *signInSheet) pastePart() fyne.CanvasObject {
	w.paste = widgets.NewInput(pasteExample(w.s.RedirectURI()), true)
	w.goOn = widgets.NewButton(lang.L("Continue"), nil, w.takePaste)
	w.goOn.Disable()
	w.paste.Entry().OnChanged = func(v string) {
		w.pasteBox.SetError("")
		if v == "" {
			w.goOn.Disable()
		} else {
			w.goOn.Enable()
		}
	}
	w.paste.Entry().OnSubmitted = func(string) { w.takePaste() }
	label := lang.L("Nothing happens? Paste the address that the browser shows after the sign-in")
	if w.s.PasteOnly() {
		label = lang.L("Address that the browser ends on")
	}
	w.pasteBox = widgets.NewField(w.u.icons, label, w.s.PasteOnly(), w.paste)
	w.pasteBox.ReplaceControl(widgets.NewRow(8, 0, true, w.paste, w.goOn))
	w.pasteBox.OnHeight = func() {
		if w.sheet != nil {
			w.sheet.refit()
		}
	}
	return widgets.NewInset(16, 28, 18, 28, w.pasteBox.Object)
}

// pasteExample is how the address begins that is to be pasted.
func pasteExample(redirectURI string) string {
	if redirectURI == "" {
		return ""
	}
	if u, err := url.Parse(redirectURI); err == nil && u.Path == "" {
		redirectURI += "/" // as browsers write it
	}
	return redirectURI + "?code=…"
}

// facts sum up, for those who look closer, what is asked for.
func (w *signInSheet) facts() string {
	link, err := url.Parse(w.s.URL())
	if err != nil {
		return ""
	}
	q := link.Query()
	data := map[string]any{"Client": shortID(q.Get("client_id")), "N": scopeCount(q.Get("scope")), "Port": portOf(w.s.RedirectURI())}
	switch {
	case q.Get("client_id") == "" && w.s.PasteOnly(): // some services call it otherwise
		return ""
	case q.Get("client_id") == "":
		return lang.L("Answer on port {{.Port}}", data)
	case w.s.PasteOnly():
		return lang.L("Client {{.Client}}, the answer is pasted", data)
	case data["N"] == 1:
		return lang.L("Client {{.Client}}, 1 permission, answer on port {{.Port}}", data)
	}
	return lang.L("Client {{.Client}}, {{.N}} permissions, answer on port {{.Port}}", data)
}

// begin opens the browser and waits for the end.
func (w *signInSheet) begin() {
	w.s.OnPhase(func(p auth.SignInPhase) { w.u.run.ui(func() { w.setPhase(p) }) })
	w.tick()
	if w.s.PasteOnly() {
		w.u.window.Canvas().Focus(w.paste.Focusable())
	}
	w.openBrowser()
	async(w.u.run, w.s.Wait, w.end)
}

// openBrowser opens the link; when that fails the user is told what to do instead.
func (w *signInSheet) openBrowser() {
	async(w.u.run, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, w.s.OpenBrowser(ctx)
	}, func(_ struct{}, err error) {
		if w.ended {
			return
		}
		w.trouble.Hidden = err == nil
		if err == nil {
			w.about.SetText(w.guide(lang.L("Your browser is open.")))
		} else {
			w.about.SetText(w.guide(""))
		}
		w.sheet.refit()
	})
}

// setPhase lights the step that runs.
func (w *signInSheet) setPhase(p auth.SignInPhase) {
	if w.ended {
		return
	}
	w.phase = p
	states := map[auth.SignInPhase][3]widgets.StepState{
		auth.PhaseBrowser:  {widgets.StepDone, widgets.StepRunning, widgets.StepWaiting},
		auth.PhaseExchange: {widgets.StepDone, widgets.StepDone, widgets.StepRunning},
		auth.PhaseDone:     {widgets.StepDone, widgets.StepDone, widgets.StepDone},
	}[p]
	for i, state := range states {
		w.marks[i].SetState(state)
		w.words[i].Styled(fyne.TextStyle{Bold: state == widgets.StepRunning})
		ink := widgets.ColorNameText
		if state == widgets.StepWaiting {
			ink = widgets.ColorNameMuted
		}
		w.words[i].Colored(ink)
	}
	waiting := p == auth.PhaseBrowser
	w.barRow.Hidden, w.left.Hidden, w.buttons.Hidden = !waiting, !waiting, !waiting
	if !waiting {
		w.goOn.Disable()
		w.cancel.Disable()
	}
	w.sheet.refit()
}

// tick shows the time that is left, and does so again in a second.
func (w *signInSheet) tick() {
	left := max(w.s.Deadline().Sub(w.u.now()), 0)
	w.left.SetText(lang.L("{{.Time}} left", map[string]any{"Time": countdown(left)}))
	w.bar.Set(float64(left)/float64(auth.SignInTimeout), widgets.ColorNameAccent)
	if !w.ended {
		w.stop = w.u.run.after(time.Second, w.tick)
	}
}

// takePaste hands the pasted address on; a wrong one is refused and can be corrected.
func (w *signInSheet) takePaste() {
	address := w.paste.Text()
	if address == "" || w.phase != auth.PhaseBrowser {
		return
	}
	async(w.u.run, func(context.Context) (struct{}, error) {
		return struct{}{}, w.s.Paste(address)
	}, func(_ struct{}, err error) {
		if err == nil || w.ended {
			return
		}
		message := lang.L("This is not the address of this sign-in. Copy the whole line from the browser after you have signed in.")
		var failure *auth.Failure
		if errors.As(err, &failure) {
			message = told(failure.Happened)
		}
		w.pasteBox.SetError(message)
		w.u.window.Canvas().Focus(w.paste.Focusable())
	})
}

// end takes the sheet away and shows what came of the sign-in.
func (w *signInSheet) end(d auth.Detail, err error) {
	w.ended = true
	if w.stop != nil {
		w.stop()
	}
	w.sheet.close()
	w.u.signInEnded(w.s, w.used, d, err)
}
