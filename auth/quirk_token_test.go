package auth_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// refreshed refreshes a stored authorization and returns the one request.
func (p *played) refreshed(path string, edit func(*auth.Record)) (auth.Record, authtest.Request) {
	p.Helper()
	r := p.stored(edit)
	p.server.Script(path, authtest.JSON(200, plainReply))
	_, _ = p.engine.Refresh(background(), r.Authorization.ID)
	requests := p.server.Requests("")
	require.Len(p, requests, 1)
	require.Equal(p, path, requests[0].Path)
	return r, requests[0]
}

// JSON with Basic (https://developers.notion.com/reference/create-a-token).
func TestQuirk_NotionJSON(t *testing.T) {
	p := play(t, "notion", authtest.BrowserFollow, nil)
	_, request := p.signedIn(p.draft())
	assert.Equal(t, "application/json", request.Header.Get("Content-Type"))
	assert.Equal(t, basicOf("client", "TWSENT-secret-0"), request.Header.Get("Authorization"))
	assert.JSONEq(t, `{"grant_type":"authorization_code","code":"TWSENT-code-1","redirect_uri":"`+redirectOf(p)+`"}`, request.Body)
	assert.NotContains(t, request.Body, "secret")
}

// redirectOf is the redirect URI of the last authorization request.
func redirectOf(p *played) string {
	requests := p.server.Requests(authtest.PathAuthorize)
	return requests[len(requests)-1].Query.Get("redirect_uri")
}

// A public client in JSON, whose refresh repeats the redirect URI
// (https://docs.cloud.google.com/looker/docs/api-cors).
func TestQuirk_LookerJSONAndRefreshRedirect(t *testing.T) {
	p := play(t, "looker", authtest.BrowserFollow, nil)
	r, request := p.refreshed(authtest.PathToken, func(r *auth.Record) {
		r.Tokens.Facts = map[string]string{auth.FactRedirectURI: "http://localhost:17654/callback"}
	})
	assert.Equal(t, "application/json", request.Header.Get("Content-Type"))
	assert.JSONEq(t, `{"client_id":"client","grant_type":"refresh_token","refresh_token":"`+r.Tokens.Refresh.Reveal()+`","redirect_uri":"http://localhost:17654/callback"}`, request.Body)
}

// redirect_uri in a refresh (https://docs.gitlab.com/api/oauth2).
func TestQuirk_GitLabRefreshRedirect(t *testing.T) {
	p := play(t, "gitlab", authtest.BrowserFollow, nil)
	_, request := p.refreshed(authtest.PathToken, func(r *auth.Record) {
		r.Tokens.Facts = map[string]string{auth.FactRedirectURI: "http://127.0.0.1:40123/callback"}
	})
	assert.Equal(t, "http://127.0.0.1:40123/callback", request.Form.Get("redirect_uri"))
}

// The client names itself in the query, with nothing else there
// (https://developer.adobe.com/developer-console/docs/guides/authentication/UserAuthentication/ims).
func TestQuirk_AdobeClientIDInQuery(t *testing.T) {
	p := play(t, "adobe", authtest.BrowserFollow, nil)
	r, request := p.refreshed(authtest.PathToken, func(r *auth.Record) {
		r.Authorization.ClientAuth, r.Authorization.ClientSecret = auth.ClientAuthNone, auth.Secret{}
	})
	assert.Equal(t, url.Values{"client_id": {"client"}}, request.Query)
	assert.Equal(t, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {r.Tokens.Refresh.Reveal()}}, request.Form)
}

// With a secret the ID stays in the header.
func TestQuirk_AdobeWithASecret(t *testing.T) {
	p := play(t, "adobe", authtest.BrowserFollow, nil)
	_, request := p.refreshed(authtest.PathToken, func(r *auth.Record) { r.Authorization.ClientAuth = auth.ClientAuthBasic })
	assert.Empty(t, request.Query)
	assert.Equal(t, basicOf("client", "TWSENT-secret-0"), request.Header.Get("Authorization"))
}

// Basic with an empty password (https://github.com/reddit-archive/reddit/wiki/OAuth2).
func TestQuirk_RedditBasicWithoutSecret(t *testing.T) {
	p := play(t, "reddit", authtest.BrowserFollow, nil)
	r, request := p.refreshed(authtest.PathToken, func(r *auth.Record) {
		r.Authorization.ClientAuth, r.Authorization.ClientSecret = auth.ClientAuthNone, auth.Secret{}
	})
	assert.Equal(t, basicOf("client", ""), request.Header.Get("Authorization"))
	assert.Equal(t, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {r.Tokens.Refresh.Reveal()}}, request.Form)
}

// IDs such as sb-app!t123 go into Basic as they are.
func TestQuirk_SAPBasicRaw(t *testing.T) {
	p := play(t, "sap-btp-xsuaa", authtest.BrowserFollow, nil)
	_, request := p.refreshed(authtest.PathToken, func(r *auth.Record) {
		r.Authorization.ClientID, r.Authorization.ClientAuth = "sb-app!b1|uaa!t2", auth.ClientAuthBasic
		r.Authorization.ClientSecret = auth.NewSecret("TWSENT-secret-0=$")
	})
	assert.Equal(t, basicOf("sb-app!b1|uaa!t2", "TWSENT-secret-0=$"), request.Header.Get("Authorization"))
}

// The access token is exchanged for the next one
// (https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived).
func TestQuirk_FacebookRefreshByAccess(t *testing.T) {
	p := play(t, "facebook", authtest.BrowserFollow, nil)
	r, request := p.refreshed(authtest.PathToken, func(r *auth.Record) { r.Authorization.ClientAuth = auth.ClientAuthPost })
	assert.Equal(t, url.Values{
		"grant_type": {"fb_exchange_token"}, "fb_exchange_token": {r.Tokens.Refresh.Reveal()},
		"client_id": {"client"}, "client_secret": {"TWSENT-secret-0"},
	}, request.Form)
}

// Refreshes go to an endpoint of their own, as which the limits know it
// (https://developers.figma.com/docs/rest-api/authentication).
func TestQuirk_FigmaRefreshEndpoint(t *testing.T) {
	p := play(t, "figma", authtest.BrowserFollow, nil)
	r, request := p.refreshed(authtest.PathRefresh, func(r *auth.Record) {
		r.Authorization.AutoRefresh, r.Status.NextRefreshAt = true, p.now()
	})
	assert.Equal(t, r.Tokens.Refresh.Reveal(), request.Form.Get("refresh_token"))
	due, err := p.store.DueRefreshes(background(), p.now().AddDate(1, 0, 0), 10)
	require.NoError(t, err)
	require.Len(t, due, 1)
	assert.Equal(t, p.server.URL()+authtest.PathRefresh, due[0].Endpoint)
	e := r.Authorization.Endpoints
	assert.Equal(t, e.Token, e.Renewal(auth.GrantClientCredentials), "what is asked anew is no refresh")
}

// Further parameters of refreshes alone; the user's own goes before.
func TestQuirk_RefreshParams(t *testing.T) {
	p := play(t, "figma", authtest.BrowserFollow, func(s *auth.Service) {
		s.RefreshParams = map[string]string{"kind": "{as}", "other": "theirs"}
	})
	_, request := p.refreshed(authtest.PathRefresh, func(r *auth.Record) {
		r.Authorization.TokenParams = map[string]string{"other": "mine"}
	})
	assert.Equal(t, p.server.URL(), request.Form.Get("kind"))
	assert.Equal(t, "mine", request.Form.Get("other"))
	d := p.draft()
	d.Name = "Another"
	_, request = p.signedIn(d)
	assert.False(t, request.Form.Has("kind"), "a code is no refresh")
}

// The grant of server-to-server apps (https://developers.zoom.us/docs/internal-apps/s2s-oauth).
func TestQuirk_ZoomAccountCredentials(t *testing.T) {
	p := play(t, "zoom", authtest.BrowserFollow, nil)
	d := p.draft()
	d.Grant, d.Params["account_id"], d.Scopes = auth.GrantClientCredentials, "acc-1", nil
	p.server.Script(authtest.PathToken, authtest.JSON(200, plainReply))
	s, err := p.engine.Authorize(background(), d)
	require.NoError(t, err)
	_, err = s.Wait(background())
	require.NoError(t, err)
	request := p.server.Requests(authtest.PathToken)[0]
	assert.Equal(t, url.Values{"grant_type": {"account_credentials"}, "account_id": {"acc-1"}}, request.Form)
	assert.Equal(t, basicOf("client", "TWSENT-secret-0"), request.Header.Get("Authorization"))
}

// The token request goes without redirect_uri (https://developers.smartsheet.com/api/smartsheet/guides/advanced-topics/oauth).
func TestQuirk_SmartsheetLeavesOut(t *testing.T) {
	p := play(t, "smartsheet", authtest.BrowserFollow, nil)
	_, request := p.signedIn(p.draft())
	assert.False(t, request.Form.Has("redirect_uri"))
	assert.True(t, request.Form.Has("code"))
}
