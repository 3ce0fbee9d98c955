package auth

import (
	"slices"
	"strings"
	"time"
)

// NewAuthorization returns what a valid draft becomes when it is saved: e are
// its resolved endpoints, now its creation time. Secrets are the draft's own;
// those that stay or are copied are for the caller to fill in. Only what the
// grant uses is taken over.
func NewAuthorization(id string, svc Service, d Draft, e Endpoints, now time.Time) Authorization {
	params, _ := parameterValues(svc, d.Params)
	info := d.grantInfo()
	a := Authorization{
		ID:           id,
		Name:         CleanName(d.Name),
		Notes:        strings.TrimSpace(d.Notes),
		ServiceID:    svc.ID,
		ServiceName:  serviceName(svc, e),
		Params:       params,
		Grant:        d.Grant,
		Endpoints:    e,
		ClientAuth:   clientAuthFor(svc, d),
		AutoRefresh:  d.AutoRefresh && info.Renewal != RenewNever,
		RefreshLimit: d.RefreshLimit,
		CreatedAt:    now.UTC(),
	}
	if info.Client != NeedNone {
		a.ClientID = strings.TrimSpace(d.ClientID)
	}
	if a.ClientAuth.UsesSecret() {
		a.ClientSecret = d.ClientSecret
	}
	if info.Sign {
		a.AuthParams = overlaid(filledParams(svc.AuthParams, params), d.AuthParams)
		a.Redirect = RedirectFor(svc, d)
	}
	if info.Request {
		a.TokenParams = overlaid(filledParams(svc.TokenParams, params), d.TokenParams)
		a.Headers = overlaid(nil, d.Headers)
		a.OmitHeaders, a.OmitFields = listOf(d.OmitHeaders), listOf(d.OmitFields)
	}
	a.Scopes = orderedScopes(svc, d.Scopes, params)
	if scopesByParameter(info, a.TokenParams) {
		a.Scopes = strings.Fields(a.TokenParams["scope"])
	}
	a.Values = valuesFor(info, a.ClientAuth, d.Values)
	if _, tokenEndpoint := svc.Quirk(QuirkAssertionAudience); tokenEndpoint && a.ClientAuth.signsAssertion() && a.Values.Text(FieldClientAudience) == "" {
		a.Values.Set(FieldClientAudience, NewSecret(e.Token))
	}
	return a
}

// serviceName is what the user knows a service by: one whose addresses were
// entered by hand goes by its host.
func serviceName(svc Service, e Endpoints) string {
	if host := hostOf(e.Token); svc.OwnAddresses && host != "" {
		return host
	}
	return svc.Name
}

// scopesByParameter tells whether the scopes are those of the token request's
// parameter: the user's own word, where no sign-in asked for others before.
func scopesByParameter(info GrantInfo, tokenParams map[string]string) bool {
	return !info.Scopes || info.Confidential && tokenParams["scope"] != ""
}

// valuesFor picks the values that the grant, the client authentication and the
// connection use. Pasted tokens are none of them: they are kept as tokens.
func valuesFor(info GrantInfo, method ClientAuth, given Values) Values {
	fields := slices.Concat(info.Fields, method.Fields())
	if info.Request {
		fields = slices.Concat(fields, connectionFields())
	}
	if info.Client != NeedNone {
		fields = append(fields, registrationFields...)
	}
	kept := Values{}
	for _, f := range fields {
		if pastedField(f.Field) {
			continue
		}
		value := given.Text(f.Field)
		switch shown, _ := f.Field.Info(); {
		case strings.TrimSpace(value) == "":
			continue
		case shown.Kind == KindSecret && shown.Keep: // blanks may belong to a password
		default:
			value = strings.TrimSpace(value)
		}
		kept.Set(f.Field, NewSecret(value))
	}
	return kept
}

// pastedField tells whether a value becomes part of the tokens instead of the
// configuration.
func pastedField(f Field) bool {
	switch f {
	case FieldRefreshToken, FieldAccessToken, FieldTokenPrefix, FieldTokenExpiry:
		return true
	default:
		return false
	}
}

// AutoRefreshDefault tells whether automatic refresh starts switched on: where
// new tokens can be asked for again and again, and where what brings a refresh
// token is asked for.
func AutoRefreshDefault(svc Service, d Draft) bool {
	info := d.grantInfo()
	switch {
	case info.Renewal == RenewAsk:
		return true
	case info.Renewal == RenewNever:
		return false
	case !info.Scopes: // a pasted refresh token
		return true
	}
	return svc.Refresh.Needs == "parameter" && info.Sign ||
		svc.Refresh.Needs == "scope" && slices.Contains(d.Scopes, svc.Refresh.Scope)
}
