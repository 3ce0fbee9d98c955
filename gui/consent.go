package gui

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
)

// consentNotice is how long a question may wait in a window that is not in front
// before the desktop tells of it.
const consentNotice = time.Second

// asking asks the user whether programs may have tokens: one question at a time,
// in a window of its own, so that neither a sheet of the main window nor its
// being minimised is in the way.
type asking struct {
	u        *ui
	withdraw func()         // takes the offer back; nil: the engine has none
	win      *consentWindow // nil: nothing is asked
}

// offer tells the engine that there is somebody to ask while the vault is open.
func (a *asking) offer() {
	if a.u.closing {
		return
	}
	async(a.u.run, func(ctx context.Context) (func(), error) {
		if s, err := a.u.engine.VaultStatus(ctx); err != nil || !s.Open {
			return nil, err
		}
		return a.u.engine.OfferConsent(), nil
	}, func(withdraw func(), err error) {
		if err != nil {
			a.u.log.Warn("whether programs can be answered is not known", "error", err)
		}
		before := a.withdraw
		a.withdraw = withdraw
		if before != nil { // only now, so that there was an offer all the time
			before()
		}
	})
}

// end takes the offer back and the window away: the engine answers with no.
func (a *asking) end() {
	if a.withdraw != nil {
		a.withdraw()
		a.withdraw = nil
	}
	a.close()
}

// changed shows the question that has waited longest.
func (a *asking) changed() {
	if a.u.closing {
		return
	}
	now := a.u.now()
	open := slices.DeleteFunc(a.u.engine.Consents(), func(q auth.Consent) bool { return !q.Deadline.After(now) })
	switch {
	case len(open) == 0:
		a.close()
	case a.win == nil:
		a.win = newConsentWindow(a, open[0], len(open)-1)
		a.win.open()
		a.u.run.after(consentNotice, func() { a.notify(open[0]) })
	case slices.ContainsFunc(open, func(q auth.Consent) bool { return q.ID == a.win.q.ID }):
		a.win.setWaiting(len(open) - 1)
	default:
		a.win.show(open[0], len(open)-1)
	}
}

// notify tells of a question when the window that asks it did not come to the
// front, which the desktop may refuse: once, whatever else is asked meanwhile.
func (a *asking) notify(q auth.Consent) {
	if a.win == nil || a.u.front.Load() {
		return
	}
	note := consentNote(q)
	a.u.run.spawn(func() { a.u.app.SendNotification(note) }) // it waits for the desktop
}

// consentNote is the notification. Names stand in the title, which desktops never
// read as markup.
func consentNote(q auth.Consent) *fyne.Notification {
	return fyne.NewNotification(
		lang.L("“{{.Program}}” asks for a token of “{{.Name}}”", map[string]any{"Program": programName(q.Asker), "Name": plain(q.Name)}),
		lang.L("Answer in the window that asks. Without an answer within a minute it gets none."),
	)
}

func (a *asking) close() {
	if a.win != nil {
		a.win.close()
		a.win = nil
	}
}
