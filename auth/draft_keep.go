package auth

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
)

// draftOf returns a draft that edits r. What the form never shows is left out;
// all else comes back as it was saved.
func draftOf(svc Service, r Record) Draft {
	a := r.Authorization
	info, _ := a.Grant.Info()
	d := Draft{
		ID: a.ID, Name: a.Name, Notes: a.Notes, ServiceID: a.ServiceID, Params: maps.Clone(a.Params), Grant: a.Grant,
		ClientID: a.ClientID, Public: info.Client != NeedNone && a.ClientAuth == ClientAuthNone,
		Values: Values{}, Headers: rowsBeside(nil, a.Headers),
		OmitHeaders: slices.Clone(a.OmitHeaders), OmitFields: slices.Clone(a.OmitFields),
		AutoRefresh: a.AutoRefresh, RefreshLimit: a.RefreshLimit,
	}
	if a.ClientAuth != ClientAuthNone {
		d.ClientAuth = a.ClientAuth
	}
	if !scopesByParameter(info, a.TokenParams) {
		d.Scopes = slices.Clone(a.Scopes)
	}
	if info.Sign {
		d.AuthParams = rowsBeside(filledParams(svc.AuthParams, a.Params), a.AuthParams)
		if a.Redirect.Port != RedirectFor(svc, Draft{}).Port {
			d.Port = a.Redirect.Port
		}
	}
	if info.Request {
		d.TokenParams = rowsBeside(filledParams(svc.TokenParams, a.Params), a.TokenParams)
	}
	if svc.OwnAddresses {
		d.OwnAuthorization, d.OwnToken, d.OwnDevice = a.Endpoints.Authorization, a.Endpoints.Token, a.Endpoints.Device
	}
	for f, value := range a.Values {
		if shown, ok := f.Info(); ok && !shown.Keep {
			d.Values.Set(f, value)
		}
	}
	if _, byItself := svc.Quirk(QuirkAssertionAudience); byItself && d.Values.Text(FieldClientAudience) == a.Endpoints.Token {
		d.Values.Set(FieldClientAudience, Secret{}) // it follows the token endpoint
	}
	if a.Grant == GrantAccessToken && r.Status.Generation > 0 {
		d.Values.Set(FieldTokenPrefix, NewSecret(r.Status.TokenType))
		if r.Status.Expiry.Rule == ExpiryReported {
			d.Values.Set(FieldTokenExpiry, NewSecret(r.Status.Expiry.At.Local().Format(expiryLayout)))
		}
	}
	return d
}

// keepSecrets puts what is stored into a draft that leaves it as it is: the
// client secret and the values that the form never shows. They go only to the
// client and the service that they belong to, and only together with what they
// belong to.
func (e *Engine) keepSecrets(ctx context.Context, d *Draft) error {
	from := d.ID
	if from == "" {
		from = d.CopyOf
	}
	if from == "" {
		return nil
	}
	r, err := e.load(ctx, from)
	if err != nil {
		return err
	}
	svc, _ := e.catalog.Get(d.ServiceID)
	if wrong := keepFrom(svc, r, d); len(wrong) > 0 {
		return wrong
	}
	return nil
}

// keepFrom takes what d leaves empty over from r. The errors name what is
// required and can't be kept.
func keepFrom(svc Service, r Record, d *Draft) FieldErrors {
	a, info := r.Authorization, d.grantInfo()
	same := a.ServiceID == d.ServiceID && a.ClientID == strings.TrimSpace(d.ClientID) && sameServer(svc, a, *d)
	var wrong FieldErrors
	method := clientAuthFor(svc, withSecret(*d))
	if info.Client != NeedNone && !d.Public && method.UsesSecret() && d.ClientSecret.Empty() {
		switch {
		case same && !a.ClientSecret.Empty():
			d.ClientSecret, d.Confirmation = a.ClientSecret, a.ClientSecret
		case info.Secret == NeedRequired || d.ClientAuth.UsesSecret():
			wrong = append(wrong, FieldError{Field: FieldClientSecret, Message: "Enter the secret of this client"})
		}
	}
	fields := slices.Clone(info.Fields)
	if info.Client != NeedNone && !d.Public {
		fields = append(fields, method.Fields()...)
	}
	given := d.Values
	d.Values = maps.Clone(given)
	if d.Values == nil {
		d.Values = Values{}
	}
	for _, f := range fields {
		shown, _ := f.Field.Info()
		if !shown.Keep || !d.mayKeep(f.Field) || !given[f.Field].Empty() {
			continue
		}
		kept := storedValue(r, *d, f.Field)
		switch {
		case same && !kept.Empty() && !replaced(shown.With, a, given):
			d.Values.Set(f.Field, kept)
		case f.Required:
			wrong = append(wrong, FieldError{Field: f.Field, Message: "Enter the " + lowerFirst(shown.Label)})
		}
	}
	if same && d.ID != "" && info.Client != NeedNone { // a copy does not manage the client of another
		for _, f := range registrationFields {
			if d.Values[f.Field].Empty() {
				d.Values.Set(f.Field, a.Values[f.Field])
			}
		}
	}
	return wrong
}

// replaced tells whether the field that another belongs to has a new value.
func replaced(with Field, a Authorization, given Values) bool {
	shown, ok := with.Info()
	switch {
	case !ok:
		return false
	case shown.Keep: // empty: it is kept itself
		return !given[with].Empty()
	default:
		return !given[with].Equal(a.Values[with])
	}
}

// storedValue is what the vault holds for a field. A pasted token lies with the
// tokens, as long as those came of one.
func storedValue(r Record, d Draft, f Field) Secret {
	switch {
	case f == FieldRefreshToken && r.Authorization.Grant == d.Grant:
		return r.Tokens.Refresh
	case f == FieldAccessToken && r.Authorization.Grant == d.Grant:
		return r.Tokens.Access
	case pastedField(f):
		return Secret{}
	}
	return r.Authorization.Values[f]
}

// sameServer tells whether a draft leads to the server of a stored
// authorization, as far as the user decides that with an address.
func sameServer(svc Service, a Authorization, d Draft) bool {
	if svc.OwnAddresses {
		return !d.grantInfo().Request || a.Endpoints.Token == "" || hostOf(a.Endpoints.Token) == hostOf(cleanAddress(d.OwnToken))
	}
	was, wrong := Resolve(svc, withTyped(svc, d, a.Params))
	is, wrongNow := Resolve(svc, d)
	if len(wrong)+len(wrongNow) > 0 {
		return false
	}
	// With discovery the issuer stands for the endpoints.
	return hostOf(cmp.Or(was.Token, was.Issuer)) == hostOf(cmp.Or(is.Token, is.Issuer))
}

// withTyped is the draft with other values of the parameters that the user types.
// Those that the program fills in, and those that the service gives a choice of,
// lead to no server that is not the service's.
func withTyped(svc Service, d Draft, params map[string]string) Draft {
	d.Params = maps.Clone(d.Params)
	if d.Params == nil {
		d.Params = map[string]string{}
	}
	for _, p := range svc.Parameters {
		if !p.Hidden && len(p.Choices) == 0 {
			d.Params[p.Name] = params[p.Name]
		}
	}
	return d
}

// cleanAddress is a typed address as it is stored; "" when it can't be used.
func cleanAddress(typed string) string {
	clean, err := CheckAddress(typed)
	if err != nil {
		return ""
	}
	return clean
}

// withSecret is the draft as if its client secret were there.
func withSecret(d Draft) Draft {
	if d.ClientSecret.Empty() {
		d.ClientSecret = NewSecret("kept")
	}
	return d
}

// pastedValues are the values that become part of the tokens.
func pastedValues(given Values) Values {
	pasted := Values{}
	for f, value := range given {
		if !pastedField(f) {
			continue
		}
		if f == FieldRefreshToken || f == FieldAccessToken {
			value = pastedToken(value)
		}
		pasted.Set(f, value)
	}
	return pasted
}
