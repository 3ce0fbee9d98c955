package gui

import (
	"errors"

	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
)

func whyNothingStored(t target) string {
	if w := whyLocked(t); w != "" {
		return w
	}
	if t.detail.Status.State == auth.StateRevoked {
		return lang.L("The tokens were revoked: authorize it again first")
	}
	if !hasAccess(t.detail.Status) {
		return lang.L("There is no access token yet: authorize it first")
	}
	return ""
}

// whyNoToken says why the access token can't be used.
func whyNoToken(t target) string {
	if w := whyNothingStored(t); w != "" {
		return w
	}
	if isPaused(t) {
		return lang.L("It is paused: resume it first")
	}
	return ""
}

func whyNotRefresh(t target) string {
	if w := whyLocked(t); w != "" {
		return w
	}
	if !t.detail.CanRefresh {
		return t.detail.WhyNotRefresh
	}
	return ""
}

// whyNoOptions: only a sign-in page can ask.
func whyNoOptions(t target) string {
	if w := whyLocked(t); w != "" {
		return w
	}
	if info, ok := t.detail.Authorization.Grant.Info(); ok && info.Prompt != auth.PromptBrowser {
		return lang.L("Only a sign-in in the browser can ask for these")
	}
	return ""
}

func whyNoPause(t target) string {
	if w := whyLocked(t); w != "" {
		return w
	}
	if t.detail.Status.Generation == 0 || t.detail.Status.State == auth.StateRevoked {
		return lang.L("There is no token that could be paused")
	}
	return ""
}

func whyNoAuto(t target) string {
	if w := whyLocked(t); w != "" {
		return w
	}
	if info, ok := t.detail.Authorization.Grant.Info(); ok && info.Renewal == auth.RenewNever {
		return lang.L("Only you can bring a new token for this grant")
	}
	return ""
}

func whyNotRevoke(t target) string {
	if w := whyLocked(t); w != "" {
		return w
	}
	switch {
	case t.detail.Status.Generation == 0:
		return lang.L("There is nothing to revoke yet")
	case !t.detail.CanRevoke:
		return t.detail.WhyNotRevoke
	}
	return ""
}

// whyLocked says why nothing that needs the sealed part of a row can be done.
func whyLocked(t target) string {
	switch {
	case t.detail != nil:
		return ""
	case errors.Is(t.err, auth.ErrVaultLocked), errors.Is(t.err, auth.ErrVaultMissing):
		return lang.L("The vault is locked")
	case errors.Is(t.err, auth.ErrChangedOutside), t.row.State == auth.StateChangedOutside:
		return lang.L("This row was changed outside the app")
	case t.err != nil:
		return lang.L("Its data could not be read")
	default:
		return lang.L("Its data is being read")
	}
}
