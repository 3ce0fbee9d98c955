package gui

import (
	"context"
	"errors"

	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
)

func (u *ui) copyAccessToken(id string) {
	async(u.run, func(ctx context.Context) (auth.Secret, error) { return u.engine.AccessToken(ctx, id) },
		func(token auth.Secret, err error) {
			if err != nil {
				u.fail(err, id)
				return
			}
			u.copySecret(token)
			u.recordCopy(id, copiedToken)
			u.toast(lang.L("Access token copied. The clipboard is cleared in 10 seconds."), "", nil)
		})
}

func (u *ui) refreshNow(id, name string) {
	async(u.run, func(ctx context.Context) (auth.Detail, error) { return u.engine.Refresh(ctx, id) },
		func(_ auth.Detail, err error) {
			if err != nil {
				u.fail(err, id)
				return
			}
			u.toast(lang.L("“{{.Name}}” has a fresh access token.", briefly(name)), "", nil)
		})
}

func (u *ui) reauthorize(id string, o auth.ReauthorizeOptions) {
	async(u.run, func(ctx context.Context) (*auth.SignIn, error) { return u.engine.Reauthorize(ctx, id, o) },
		func(s *auth.SignIn, err error) {
			switch {
			case err == nil:
				u.followSignIn(s)
			case u.askEndpoints(err, func() {
				o.AcceptEndpoints = true
				u.reauthorize(id, o)
			}):
			default:
				u.fail(err, id)
			}
		})
}

// setPaused pauses an authorization, or ends its pause.
func (u *ui) setPaused(t target, paused bool) {
	change, text := u.engine.Resume, lang.L("“{{.Name}}” is in use again.", briefly(t.row.Name))
	if paused {
		change, text = u.engine.Pause, lang.L("“{{.Name}}” is paused: it hands out and refreshes nothing.", briefly(t.row.Name))
	}
	async(u.run, func(ctx context.Context) (struct{}, error) { return struct{}{}, change(ctx, t.row.ID) },
		func(_ struct{}, err error) {
			if err != nil {
				u.fail(err, t.row.ID)
				return
			}
			u.toast(text, "", nil)
		})
}

// turnAutoRefresh switches automatic refresh.
func (u *ui) turnAutoRefresh(t target) {
	on := !t.detail.Authorization.AutoRefresh
	u.setRefreshRule(t, on, t.detail.Authorization.RefreshLimit, func(err error) {
		switch {
		case err != nil:
		case on:
			u.toast(lang.L("“{{.Name}}” is refreshed automatically.", briefly(t.row.Name)), "", nil)
		default:
			u.toast(lang.L("“{{.Name}}” is no longer refreshed automatically.", briefly(t.row.Name)), "", nil)
		}
	})
}

func (u *ui) openDraftOf(id string, duplicate bool) {
	async(u.run, func(ctx context.Context) (auth.Draft, error) { return u.engine.DraftOf(ctx, id, duplicate) },
		func(d auth.Draft, err error) {
			if err != nil {
				u.fail(err, id)
				return
			}
			u.openForm(d)
		})
}

// fail shows an error as the user meets it.
func (u *ui) fail(err error, id string) {
	var f *auth.Failure
	if !errors.As(err, &f) {
		f = unexpected(err)
	}
	u.showFailure(f, id)
}

// unexpected describes an error that the engine did not explain.
func unexpected(err error) *auth.Failure {
	f := &auth.Failure{
		Title: lang.L("This could not be done"), Mover: auth.MoverUser, Code: "unexpected",
		Happened: err.Error(), Steps: []string{lang.L("Try it once more. If it happens again, look into the log.")},
	}
	switch {
	case errors.Is(err, auth.ErrVaultLocked), errors.Is(err, auth.ErrVaultMissing):
		f.Title, f.Code = lang.L("The vault is locked"), "vault_locked"
		f.Happened = lang.L("Tokens and secrets can only be used while the vault is open.")
		f.Steps = []string{lang.L("Open the vault, then do it again.")}
	case errors.Is(err, auth.ErrChangedOutside):
		f.Title, f.Code = lang.L("This row was changed outside the app"), "changed_outside"
		f.Happened = lang.L("What is stored does not match its seal, so no request is made with it.")
		f.Steps = []string{lang.L("Delete the authorization and create it anew.")}
	case errors.Is(err, auth.ErrNotFound):
		f.Title, f.Code = lang.L("This authorization is gone"), "not_found"
		f.Happened = lang.L("It was deleted meanwhile.")
		f.Steps = []string{lang.L("Choose another one.")}
	}
	return f
}
