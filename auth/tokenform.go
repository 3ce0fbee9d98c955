package auth

import (
	"cmp"
	"net/url"
)

// refreshGrantType is the grant type of RFC 6749 section 6.
const refreshGrantType = "refresh_token"

// tokenForm makes of a grant's form, in the RFCs' words, the one that the
// service wants, and returns the endpoint for it. What the user added to token
// requests is beside it; known are the tokens that are stored. form is not
// changed.
func tokenForm(a Authorization, svc Service, known Tokens, form url.Values) (endpoint string, _ url.Values) {
	form = cloneForm(form)
	addTokenParams(form, a)
	if form.Get("code_verifier") == "" {
		form.Del("code_verifier")
	}
	switch form.Get("grant_type") {
	case "authorization_code":
		if own := svc.Names.Code; own != "" {
			form[own] = form["code"]
			form.Del("code")
		}
	case refreshGrantType:
		refreshForm(a, svc, known, form)
		return a.Endpoints.refreshAt(), form
	case "client_credentials":
		if quirk, own := svc.Quirk(QuirkClientCredentialsGrant); own {
			form.Set("grant_type", quirk.Params["grant_type"])
		}
	case deviceGrantType:
		if quirk, own := svc.Quirk(QuirkDeviceAtToken); own {
			form.Set("grant_type", quirk.Params["grant_type"])
			form["code"] = form["device_code"]
			form.Del("device_code")
		}
		return cmp.Or(a.Endpoints.DeviceToken, a.Endpoints.Token), form
	}
	return a.Endpoints.Token, form
}

// refreshForm completes a refresh.
func refreshForm(a Authorization, svc Service, known Tokens, form url.Values) {
	for name, value := range filledParams(svc.RefreshParams, a.Params) {
		if !form.Has(name) { // the user's own goes before
			form.Set(name, value)
		}
	}
	if redirect := known.Facts[FactRedirectURI]; redirect != "" {
		if _, repeats := svc.Quirk(QuirkRefreshRedirect); repeats {
			form.Set("redirect_uri", redirect)
		}
	}
	if quirk, own := svc.Quirk(QuirkRefreshByAccess); own {
		form.Set("grant_type", quirk.Params["grant_type"])
		form[quirk.Params["parameter"]] = form["refresh_token"]
		form.Del("refresh_token")
	}
}
