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
	again := lang.L("Sign in again")
	if info, ok := d.Authorization.Grant.Info(); ok && info.Prompt == auth.PromptNone {
		again = lang.L("Authorize again")
	}
	why := widgets.NewParagraph(u.troubleText(d))
	switch d.Status.State {
	case auth.StatePaused:
		text := widgets.NewParagraph(lang.L("Paused: hands out and refreshes nothing."))
		return widgets.NewBanner(u.icons.Icon("pause"), widgets.ColorNameIdleTint, widgets.ColorNameIdle, text,
			button(lang.L("Resume"), cmdPause))
	case auth.StateNeedsSignIn:
		return widgets.NewWarning(u.icons, why, button(again, cmdSignIn))
	case auth.StateNeedsAttention:
		if e, ok := u.explained(d.Status.LastOutcome, d.Authorization.Grant); ok && e.Action == auth.ActionSignIn {
			return widgets.NewWarning(u.icons, why, button(again, cmdSignIn))
		}
		return widgets.NewWarning(u.icons, why, button(lang.L("Edit"), cmdEdit))
	case auth.StateUnknown:
		return widgets.NewWarning(u.icons, why, button(lang.L("Refresh now"), cmdRefresh))
	default:
		return nil
	}
}

// troubleText says what went wrong last and what to do.
func (u *ui) troubleText(d *auth.Detail) string {
	if e, ok := u.explained(d.Status.LastOutcome, d.Authorization.Grant); ok && len(e.Steps) > 0 {
		return lang.L("{{.What}}. {{.Step}}", map[string]any{"What": told(e.Title), "Step": told(e.Steps[0])})
	}
	switch d.Status.State {
	case auth.StateNeedsSignIn:
		return lang.L("The sign-in is over at the service.")
	case auth.StateUnknown:
		return lang.L("The last refresh was cut off; it is not known whether it worked.")
	default:
		return lang.L("Automatic refresh has stopped. Check the settings.")
	}
}
