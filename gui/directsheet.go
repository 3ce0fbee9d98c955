package gui

import (
	"time"

	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// directPause is how long a request may take before its sheet is shown: one
// that comes and goes at once would only startle.
const directPause = 300 * time.Millisecond

// directSheet accompanies a grant that asks nothing of the user: the program
// gets the token by itself.
type directSheet struct {
	u     *ui
	s     signIn
	used  *auth.Draft
	sheet *sheet // nil before directPause
	show  func() // stops the timer
	ended bool
}

func (u *ui) newDirectSheet(s signIn, used *auth.Draft) *directSheet {
	return &directSheet{u: u, s: s, used: used}
}

// begin waits for the end, and shows the sheet when that takes a while.
func (w *directSheet) begin() {
	w.show = w.u.run.after(directPause, w.open)
	async(w.u.run, w.s.Wait, w.end)
}

func (w *directSheet) open() {
	if w.ended {
		return
	}
	text := lang.L("The request is on its way.")
	if host := w.s.Host(); host != "" {
		text = lang.L("Getting a token from {{.Host}}…", map[string]any{"Host": host})
	}
	body := widgets.NewColumn(10,
		sheetTitle(lang.L("Authorizing “{{.Name}}”", named(w.s.Name()))),
		widgets.NewRow(12, 1, true, widgets.NewStepMark(w.u.icons, widgets.StepRunning, 1), widgets.NewParagraph(text)))
	cancel := widgets.NewButton(lang.L("Cancel"), nil, w.giveUp)
	w.sheet = w.u.openSheet(440, widgets.NewInset(24, 28, 20, 28, body), sheetFoot(nil, cancel), w.giveUp)
	w.u.window.Canvas().Focus(cancel)
}

// giveUp ends the request; the sheet closes when it has ended.
func (w *directSheet) giveUp() { w.u.endSignIn(w.s) }

func (w *directSheet) end(d auth.Detail, err error) {
	w.ended = true
	w.show()
	if w.sheet != nil {
		w.sheet.close()
	}
	w.u.signInEnded(w.s, w.used, d, err)
}
