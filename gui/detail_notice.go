package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// notice says at the top of the pane why the authorization does not work by
// itself, with the button that makes the next move; nil while all is well.
func (p *detailPane) notice(d *auth.Detail) fyne.CanvasObject {
	u := p.u
	button := func(label string, id commandID) fyne.CanvasObject {
		b := widgets.NewQuietButton(label, nil, func() { u.runCommand(id) })
		b.Small = true
		return b
	}
	info, known := d.Authorization.Grant.Info()
	first, again := lang.L("Sign in"), lang.L("Sign in again")
	if known && info.Prompt == auth.PromptNone {
		first, again = lang.L("Authorize"), lang.L("Authorize again")
	}
	why := widgets.NewParagraph(u.troubleText(d))
	switch d.Status.State {
	case auth.StatePaused:
		text := widgets.NewParagraph(lang.L("Paused: hands out and refreshes nothing."))
		return widgets.NewBanner(u.icons.Icon("pause"), widgets.ColorNameIdleTint, widgets.ColorNameIdle, text,
			button(lang.L("Resume"), cmdPause))
	case auth.StateRevoked:
		text := widgets.NewParagraph(lang.L("Revoked: these tokens are of no use any more."))
		return widgets.NewBanner(u.icons.Icon("info"), widgets.ColorNameIdleTint, widgets.ColorNameIdle, text, button(again, cmdSignIn))
	case auth.StateNeverAuthorized, auth.StateWaiting:
		// What only the form can mend would fail again in the same way.
		if e, ok := u.lastFailure(d); ok && e.Action == auth.ActionEdit || info.Renewal == auth.RenewNever {
			return widgets.NewWarning(u.icons, why, button(lang.L("Edit"), cmdEdit))
		}
		return widgets.NewWarning(u.icons, why, button(first, cmdSignIn))
	case auth.StateNeedsSignIn:
		return widgets.NewWarning(u.icons, why, button(again, cmdSignIn))
	case auth.StateNeedsAttention:
		if e, ok := u.lastFailure(d); ok && e.Action == auth.ActionSignIn {
			return widgets.NewWarning(u.icons, why, button(again, cmdSignIn))
		}
		return widgets.NewWarning(u.icons, why, button(lang.L("Edit"), cmdEdit))
	case auth.StateUnknown:
		return widgets.NewWarning(u.icons, why, button(lang.L("Refresh now"), cmdRefresh))
	default:
		return nil
	}
}

// lastFailure is what is known of how the last attempt failed. Of one that was
// cancelled or cut off before there was a token there is nothing to tell: none
// can have been lost by it.
func (u *ui) lastFailure(d *auth.Detail) (auth.Explanation, bool) {
	if _, plain := outcomeWords[d.Status.LastOutcome]; plain && !hasAccess(d.Status) {
		return auth.Explanation{}, false
	}
	return u.explained(d.Status.LastOutcome, d.Authorization.Grant)
}

// hasAccess tells whether there is an access token that was not revoked: a refresh
// token that was pasted may be all that is stored, and has no time of issue.
func hasAccess(s auth.Status) bool {
	return s.Generation > 0 && !s.IssuedAt.IsZero() && s.State != auth.StateRevoked
}

// troubleText says what went wrong last and what to do.
func (u *ui) troubleText(d *auth.Detail) string {
	if e, ok := u.lastFailure(d); ok && len(e.Steps) > 0 {
		return lang.L("{{.What}}. {{.Step}}", map[string]any{"What": told(e.Title), "Step": told(e.Steps[0])})
	}
	switch d.Status.State {
	case auth.StateNeverAuthorized, auth.StateWaiting:
		return lang.L("It is not authorized yet, so there is no token.")
	case auth.StateNeedsSignIn:
		return lang.L("The sign-in is over at the service.")
	case auth.StateUnknown:
		return lang.L("The last refresh was cut off; it is not known whether it worked.")
	default:
		return lang.L("Automatic refresh has stopped. Check the settings.")
	}
}
