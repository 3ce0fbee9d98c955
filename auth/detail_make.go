package auth

import (
	"context"
	"maps"
	"slices"
)

// Detail returns one authorization for the detail pane, without any secret. It
// acts on nothing, so it works for a row in any state; a row that does not
// match its seal gives a *Failure.
func (e *Engine) Detail(ctx context.Context, id string) (Detail, error) {
	r, err := e.load(ctx, id)
	if err != nil {
		return Detail{}, err
	}
	return e.detailOf(r), nil
}

// load opens a row; its errors are fit for the user.
func (e *Engine) load(ctx context.Context, id string) (Record, error) {
	r, err := e.store.Load(ctx, id)
	if err != nil {
		return Record{}, e.explain(err, Record{Authorization: Authorization{ID: id}})
	}
	return r, nil
}

// explain makes a failure of an error about a row, in the state it is left in.
func (e *Engine) explain(err error, r Record) error {
	svc, _ := e.catalog.Get(r.Authorization.ServiceID)
	return Explain(err, ExplainContext{
		Service: r.Authorization.ServiceName, Provider: svc.Provider, Name: r.Authorization.Name, Grant: r.Authorization.Grant,
		Host: hostOf(r.Authorization.Endpoints.Token), State: r.Status.State,
	})
}

// detailOf takes the secrets out of a record and says what can be done with it.
func (e *Engine) detailOf(r Record) Detail {
	svc, _ := e.catalog.Get(r.Authorization.ServiceID)
	d := Detail{Authorization: r.Authorization, Status: r.Status, HasSecret: !r.Authorization.ClientSecret.Empty(), Rule: r.Rule}
	d.Authorization.ClientSecret, d.Authorization.Values = Secret{}, nil
	d.Authorization.Headers = emptied(r.Authorization.Headers)
	d.RefreshesLeft = r.RefreshesLeft()
	d.HasRefreshToken, d.HasIDToken = !r.Tokens.Refresh.Empty(), !r.Tokens.ID.Empty()
	d.CanPause = canPause(r)
	d.CanIntrospect = r.Authorization.Endpoints.Introspection != "" && !r.Tokens.Access.Empty()
	d.TestAddress = r.Authorization.Endpoints.UserInfo
	d.Facts = maps.Clone(r.Tokens.Facts)
	d.SecretEnds = r.Authorization.SecretEnds()
	d.Authorization.AuthParams = emptied(r.Authorization.AuthParams)
	d.Authorization.TokenParams = emptied(r.Authorization.TokenParams)
	d.Missing = missingScopes(svc, r)
	d.WhyNotRevoke = whyNotRevoke(svc, r)
	d.CanRevoke = d.WhyNotRevoke == ""
	d.WhyNotRefresh = whyNotRefresh(svc, r)
	d.CanRefresh = d.WhyNotRefresh == ""
	return d
}

// emptied keeps the names of parameters and drops their values.
func emptied(params map[string]string) map[string]string {
	names := maps.Clone(params)
	for name := range names {
		names[name] = ""
	}
	return names
}

// missingScopes returns what was asked for and not granted. A scope that only
// asks for a refresh token or an ID token counts as granted when that token is
// there: many services leave it out of their answer.
func missingScopes(svc Service, r Record) []string {
	if r.Status.Granted == nil {
		return nil
	}
	missing := []string{}
	for _, scope := range r.Authorization.Scopes {
		byToken := scope == "openid" && !r.Tokens.ID.Empty() ||
			scope == svc.Refresh.Scope && svc.Refresh.Needs == "scope" && r.Status.HasRefresh
		if !byToken && !slices.Contains(r.Status.Granted, scope) {
			missing = append(missing, scope)
		}
	}
	return missing
}

func whyNotRevoke(svc Service, r Record) string {
	switch {
	case r.Tokens.Access.Empty() && r.Tokens.Refresh.Empty():
		return "There is no token to revoke."
	case r.Status.State == StateRevoked:
		return "The tokens are revoked already."
	case r.Status.LastOutcome == CodeRevokeQueued:
		return r.Authorization.ServiceName + " has not confirmed the revocation yet. It is tried again by itself."
	case r.Authorization.Endpoints.Revocation == "":
		return r.Authorization.ServiceName + " offers no revocation to programs. " + whereToWithdraw(svc)
	case svc.revocationStyle().wantsSecret() && r.Authorization.ClientSecret.Empty():
		return r.Authorization.ServiceName + " revokes only for apps with a client secret. " + whereToWithdraw(svc)
	}
	return ""
}

func whereToWithdraw(svc Service) string {
	if svc.Help.WithdrawURL != "" {
		return "Withdraw the consent at " + svc.Help.WithdrawURL + " instead."
	}
	return "Withdraw the consent in your account there instead."
}

// whyNotRefresh says why Refresh can't do anything for r; "" when it can.
func whyNotRefresh(svc Service, r Record) string {
	info, _ := r.Authorization.Grant.Info()
	switch {
	case r.Status.State == StatePaused:
		return "It is paused. Resume it first."
	case info.Renewal == RenewNever:
		return "The token was pasted in. Paste a new one when it has run out."
	case r.RefreshesLeft() == 0:
		return "All refreshes that its own limit allows are used up. Raise the limit, or sign in again."
	case r.Status.LastOutcome == CodeRevokeQueued:
		return "The tokens are being revoked, and new ones would outlive that. Authorize again to go on using it."
	case info.Renewal == RenewAsk:
		return "" // nothing is used up by asking again, whatever came of the last time
	}
	return whyNotPresent(svc, r)
}

// whyNotPresent says why there is no refresh token to present.
func whyNotPresent(svc Service, r Record) string {
	switch state := r.Status.State; {
	case state == StateRevoked:
		return "The tokens are revoked. Sign in again."
	case state == StateNeedsSignIn && r.Status.LastOutcome != refusedOnce:
		return "The sign-in is over at the service. Sign in again."
	case r.Tokens.Access.Empty() && r.Tokens.Refresh.Empty():
		return "There is no token yet. Sign in first."
	case r.Tokens.Refresh.Empty() && svc.Refresh.Needs == "never":
		return r.Authorization.ServiceName + " gives no refresh tokens. Sign in again when the access token has run out."
	case r.Tokens.Refresh.Empty() && MissingRefreshScope(svc, r.Authorization.Scopes) != "":
		return "The service gave no refresh token. Add the scope " + svc.Refresh.Scope + " and sign in again."
	case r.Tokens.Refresh.Empty():
		return "The service gave no refresh token. Sign in again when the access token has run out."
	}
	return ""
}
