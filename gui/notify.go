package gui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
)

// notifyAttention tells the user on the desktop that automatic refresh has
// given up on an authorization.
func (u *ui) notifyAttention(id string) {
	u.notify(id, func(d auth.Detail, _ []auth.UsedBy) *fyne.Notification {
		if !u.firstNote(d) {
			return nil
		}
		return attentionNote(d)
	})
}

// wantedPause is how long the name of the program that asks is waited for: it is
// written a moment after the event.
const wantedPause = 1500 * time.Millisecond

// notifyWanted tells the user on the desktop that a program wants a token of an
// authorization whose sign-in is over.
func (u *ui) notifyWanted(id string) {
	asked := u.now()
	u.run.after(wantedPause, func() {
		u.notify(id, func(d auth.Detail, used []auth.UsedBy) *fyne.Notification {
			if !u.firstNote(d) {
				return nil
			}
			return wantedNote(d, used, asked)
		})
	})
}

// notifyEnding tells the user on the desktop that a sign-in or a client secret
// ends soon. The engine says so once per ending.
func (u *ui) notifyEnding(id string) {
	u.notify(id, func(d auth.Detail, _ []auth.UsedBy) *fyne.Notification { return endingNote(d, u.now()) })
}

// notify reads what is known of an authorization, and sends the notification that
// note makes of it, unless that is nil.
func (u *ui) notify(id string, note func(d auth.Detail, used []auth.UsedBy) *fyne.Notification) {
	type known struct {
		detail auth.Detail
		used   []auth.UsedBy
	}
	async(u.run, func(ctx context.Context) (k known, err error) {
		if k.detail, err = u.engine.Detail(ctx, id); err != nil {
			return k, err
		}
		k.used, err = u.engine.UsedBy(ctx, id)
		return k, err
	}, func(k known, err error) {
		if err != nil {
			u.log.Warn("what the user is to be told about could not be read", "authorization", id, "error", err)
			return
		}
		if n := note(k.detail, k.used); n != nil {
			u.run.spawn(func() { u.app.SendNotification(n) }) // it waits for the desktop
		}
	})
}

// firstNote tells whether the user has not been told yet that something has to be
// done about an authorization: once, until new tokens have come, however often
// programs ask.
func (u *ui) firstNote(d auth.Detail) bool {
	id := d.Authorization.ID
	if generation, known := u.notified[id]; known && generation == d.Status.Generation {
		return false
	}
	u.notified[id] = d.Status.Generation
	return true
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

// wantedNote names who asked then, where that is known, and what to do.
func wantedNote(d auth.Detail, used []auth.UsedBy, asked time.Time) *fyne.Notification {
	title := lang.L("A program asks for a token of “{{.Name}}”", named(d.Authorization.Name))
	if len(used) > 0 && used[0].Asker.Name() != "" && asked.Sub(used[0].Last) < wantedPause {
		title = lang.L("{{.Program}} asks for a token of “{{.Name}}”", map[string]any{"Program": used[0].Asker.Name(), "Name": d.Authorization.Name})
	}
	return fyne.NewNotification(title, lang.L("The sign-in is over. Open Tokenwell and sign in again."))
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
