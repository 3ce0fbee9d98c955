package gui

import (
	"context"
	"time"

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

// notifyEnding tells the user on the desktop that a sign-in or a client secret
// ends soon. The engine says so once per ending.
func (u *ui) notifyEnding(id string) {
	async(u.run, func(ctx context.Context) (auth.Detail, error) { return u.engine.Detail(ctx, id) },
		func(d auth.Detail, err error) {
			if err != nil {
				u.log.Warn("what ends soon could not be read", "authorization", id, "error", err)
				return
			}
			note := endingNote(d, u.now())
			u.run.spawn(func() { u.app.SendNotification(note) }) // it waits for the desktop
		})
}

// endingNote names what ends first, and what to do.
func endingNote(d auth.Detail, now time.Time) *fyne.Notification {
	signIn, secret := d.Status.SignInEnds, d.SecretEnds
	name := named(d.Authorization.Name)
	if !secret.IsZero() && (signIn.IsZero() || secret.Before(signIn)) {
		return fyne.NewNotification(lang.L("The client secret of “{{.Name}}” ends soon", name),
			lang.L("It ends {{.When}}. Make a new one at the service and enter it with Edit & re-authorize.", map[string]any{"When": relative(secret, now)}))
	}
	return fyne.NewNotification(lang.L("The sign-in of “{{.Name}}” ends soon", name),
		lang.L("It ends about {{.When}}. Open Tokenwell and authorize it again to go on without a break.", map[string]any{"When": relative(signIn, now)}))
}
