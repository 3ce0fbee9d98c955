package gui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
)

// notifyAttention tells the user on the desktop that automatic refresh has
// given up on an authorization: once, until new tokens have come.
func (u *ui) notifyAttention(id string) {
	async(u.run, func(ctx context.Context) (auth.Detail, error) { return u.engine.Detail(ctx, id) },
		func(d auth.Detail, err error) {
			if err != nil {
				u.log.Warn("who needs attention could not be read", "authorization", id, "error", err)
				return
			}
			if generation, known := u.notified[id]; known && generation == d.Status.Generation {
				return
			}
			u.notified[id] = d.Status.Generation
			note := attentionNote(d)
			u.run.spawn(func() { u.app.SendNotification(note) }) // it waits for the desktop
		})
}

// attentionNote is the notification: the name and what to do, in words of our
// own. The name stands in the title, which desktops never read as markup.
func attentionNote(d auth.Detail) *fyne.Notification {
	text := lang.L("Automatic refresh has stopped. Open Tokenwell to see why and what to do.")
	if d.Status.State == auth.StateNeedsSignIn {
		text = lang.L("The sign-in is over at the service. Open Tokenwell and sign in again.")
	}
	return fyne.NewNotification(lang.L("“{{.Name}}” needs attention", named(d.Authorization.Name)), text)
}
