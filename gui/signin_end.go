package gui

import (
	"errors"

	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
)

// followSignIn shows the sheet of a sign-in, as its kind asks for it.
func (u *ui) followSignIn(s signIn) { u.follow(s, nil) }

// followDraft does the same for a sign-in that the form has started: what was
// typed comes back when it has to be corrected.
func (u *ui) followDraft(s signIn, used auth.Draft) { u.follow(s, &used) }

func (u *ui) follow(s signIn, used *auth.Draft) {
	switch s.Kind() {
	case auth.PromptDevice:
		u.newDeviceSheet(s, used).begin()
	case auth.PromptNone:
		u.newDirectSheet(s, used).begin()
	case auth.PromptBrowser:
		u.newSignInSheet(s, used).begin()
	}
}

// endSignIn cancels a sign-in off the UI thread: Cancel waits for an exchange
// that is under way.
func (u *ui) endSignIn(s signIn) {
	u.run.spawn(s.Cancel)
}

// signInEnded shows what came of a sign-in, once its sheet is gone.
func (u *ui) signInEnded(s signIn, used *auth.Draft, d auth.Detail, err error) {
	cancelled := errors.Is(err, auth.ErrCancelled)
	if s.Kind() != auth.PromptNone && !cancelled {
		u.window.RequestFocus() // the user is in another window
	}
	switch {
	case err == nil:
		u.showAuthorizations(s.ID())
		u.toast(signedInText(d), "", nil)
	case cancelled && s.Kind() == auth.PromptNone:
		u.toast(lang.L("Cancelled. “{{.Name}}” is kept.", briefly(s.Name())), "", nil)
	case cancelled:
		u.toast(lang.L("The sign-in was cancelled. “{{.Name}}” is kept.", briefly(s.Name())), "", nil)
	default:
		u.showFailureOf(asFailure(err), s.ID(), s.Name(), used)
	}
}

// signedInText tells who signed in and how many permissions came of it.
func signedInText(d auth.Detail) string {
	asked := len(d.Authorization.Scopes)
	data := briefly(d.Authorization.Name)
	data["Who"], data["N"], data["All"] = d.Status.SignedInAs, asked-len(d.Missing), asked
	switch {
	case asked == 0 && d.Status.SignedInAs == "":
		return lang.L("“{{.Name}}” is authorized.", data)
	case asked == 0:
		return lang.L("Signed in as {{.Who}}.", data)
	case d.Status.SignedInAs == "":
		return lang.L("“{{.Name}}” is authorized, {{.N}} of {{.All}} permissions granted.", data)
	default:
		return lang.L("Signed in as {{.Who}}, {{.N}} of {{.All}} permissions granted.", data)
	}
}
