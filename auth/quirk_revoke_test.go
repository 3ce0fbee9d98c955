package auth_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// wantRevocation is the first request that revokes at a service, and the answer
// that confirms it.
type wantRevocation struct {
	method, authorization, contentType, body string
	query                                    url.Values
	confirms                                 authtest.Answer
}

const (
	revokedAccess = authtest.Sentinel + "access-0"
	bearerAccess  = "Bearer " + revokedAccess
	formType      = "application/x-www-form-urlencoded"
)

// The revocations of services that have a way of their own, each as the
// provider's page describes it. The refresh token is TWSENT-refresh-1.
var ownRevocations = map[string]wantRevocation{
	// https://www.dropbox.com/developers/documentation/http/documentation#auth-token-revoke
	"dropbox": {method: "POST", authorization: bearerAccess, confirms: authtest.JSON(200, "null")},
	// https://developers.facebook.com/docs/facebook-login/guides/permissions/request-revoke
	"facebook": {method: "DELETE", authorization: bearerAccess, confirms: authtest.JSON(200, `{"success":true}`)},
	// https://docs.digitalocean.com/reference/api/oauth
	"digitalocean": {method: "POST", authorization: bearerAccess, contentType: formType, body: "token=" + revokedAccess, confirms: authtest.JSON(200, `{}`)},
	// https://developers.miro.com/reference/revoke-token
	"miro": {method: "POST", query: url.Values{"access_token": {revokedAccess}}, confirms: authtest.Answer{Status: http.StatusNoContent}},
	// https://developers.notion.com/reference/revoke-token
	"notion": {method: "POST", authorization: basicOf("client", "TWSENT-secret-0"), contentType: "application/json", body: `{"token":"TWSENT-refresh-1"}`, confirms: authtest.JSON(200, `{}`)},
	// https://developer.squareup.com/reference/square/o-auth-api/revoke-token
	"square": {method: "POST", authorization: "Client TWSENT-secret-0", contentType: "application/json", body: `{"access_token":"` + revokedAccess + `","client_id":"client"}`, confirms: authtest.JSON(200, `{"success":true}`)},
	// https://developers.strava.com/docs/authentication
	"strava": {method: "POST", contentType: formType, body: "access_token=" + revokedAccess, confirms: authtest.JSON(200, `{"access_token":"x"}`)},
	// https://docs.slack.dev/reference/methods/auth.revoke
	"slack": {method: "POST", authorization: bearerAccess, confirms: authtest.JSON(200, `{"ok":true,"revoked":true}`)},
	// https://developers.smartsheet.com/api/smartsheet/openapi/tokens
	"smartsheet": {method: "DELETE", authorization: bearerAccess, confirms: authtest.JSON(200, `{"message":"SUCCESS","resultCode":0}`)},
	// https://www.zoho.com/crm/developer/docs/api/v8/revoke-tokens.html
	"zoho-crm": {method: "POST", contentType: formType, body: "token=TWSENT-refresh-1", confirms: authtest.JSON(200, `{"status":"success"}`)},
	// https://github.com/reddit-archive/reddit/wiki/OAuth2#manually-revoking-a-token
	"reddit": {method: "POST", authorization: basicOf("client", "TWSENT-secret-0"), contentType: formType, body: "token=TWSENT-refresh-1", confirms: authtest.Answer{Status: http.StatusNoContent}},
	// https://business-api.tiktok.com/portal/docs?id=1738373164380162
	"tiktok-business": {method: "POST", contentType: "application/json", body: `{"access_token":"` + revokedAccess + `","app_id":"client","secret":"TWSENT-secret-0"}`, confirms: authtest.JSON(200, `{"code":0,"message":"OK"}`)},
}

func TestQuirk_Revocations(t *testing.T) {
	for id, want := range ownRevocations {
		t.Run(id, func(t *testing.T) {
			p := play(t, id, authtest.BrowserIgnore, nil)
			r := p.stored(withSecretMethod(p))
			p.server.Script(authtest.PathRevoke, want.confirms, want.confirms)
			outcome, err := p.engine.Revoke(background(), r.Authorization.ID)
			require.NoError(t, err)
			assert.Equal(t, auth.Revoked, outcome)
			assert.Equal(t, auth.StateRevoked, p.row(r.Authorization.ID).Status.State)
			got := p.server.Requests(authtest.PathRevoke)[0]
			assert.Equal(t, want.method, got.Method)
			assert.Equal(t, want.authorization, got.Header.Get("Authorization"))
			assert.Equal(t, want.contentType, got.Header.Get("Content-Type"))
			assert.Equal(t, want.body, got.Body)
			if len(want.query)+len(got.Query) > 0 {
				assert.Equal(t, want.query, got.Query)
			}
		})
	}
}

// A service that names a status of its own confirms by RFC 7009's too: Reddit's
// documentation says 204, and its server answers 200.
func TestQuirk_RevocationConfirmedByTheRFCsStatusToo(t *testing.T) {
	p := play(t, "reddit", authtest.BrowserIgnore, nil)
	r := p.stored(withSecretMethod(p))
	p.server.Script(authtest.PathRevoke, authtest.JSON(200, `{}`))
	outcome, err := p.engine.Revoke(background(), r.Authorization.ID)
	require.NoError(t, err)
	assert.Equal(t, auth.Revoked, outcome)
}

// withSecretMethod makes a stored client one with a secret, as the service wants
// it, and gives it the refresh token of the table.
func withSecretMethod(p *played) func(*auth.Record) {
	return func(r *auth.Record) {
		for _, method := range p.service.ClientAuth {
			if method.UsesSecret() {
				r.Authorization.ClientAuth = method
				r.Authorization.ClientSecret = auth.NewSecret(authtest.Sentinel + "secret-0")
				break
			}
		}
		r.Tokens.Refresh = auth.NewSecret(authtest.Sentinel + "refresh-1")
	}
}

// Slack says no with status 200: that is no confirmation.
func TestQuirk_RevocationRefusedInTheBody(t *testing.T) {
	p := play(t, "slack", authtest.BrowserIgnore, nil)
	r := p.stored(withSecretMethod(p))
	p.server.Script(authtest.PathRevoke, authtest.JSON(200, `{"ok":false,"error":"invalid_auth"}`))
	_, err := p.engine.Revoke(background(), r.Authorization.ID)
	asFailure(t, err)
	assert.Equal(t, auth.StateActive, p.row(r.Authorization.ID).Status.State)
	assert.Empty(t, p.store.Revocations())
}

// What the service does not revoke is not sent, and when nothing is left that is
// said at once (Amazon Cognito revokes refresh tokens alone).
func TestQuirk_RevocationOfOneKind(t *testing.T) {
	p := play(t, "aws-cognito", authtest.BrowserIgnore, nil)
	r := p.stored(withSecretMethod(p))
	_, err := p.engine.Revoke(background(), r.Authorization.ID)
	require.NoError(t, err)
	require.Len(t, p.server.Requests(authtest.PathRevoke), 1)

	without := p.stored(func(r *auth.Record) {
		r.Authorization.ID, r.Authorization.Name = "9d3f1f6e-0c53-4c0e-9f0c-5b6a4f0e8a11", "Without"
		r.Tokens.Refresh, r.Status.HasRefresh = auth.Secret{}, false
	})
	_, err = p.engine.Revoke(background(), without.Authorization.ID)
	assert.ErrorIs(t, err, auth.ErrNotSupported)
	assert.Len(t, p.server.Requests(authtest.PathRevoke), 1)
}

// A queued revocation is sent in the service's own way, also one that the store
// queued itself, and carries that way for when the service is gone.
func TestQuirk_QueuedRevocation(t *testing.T) {
	p := play(t, "square", authtest.BrowserIgnore, nil)
	r := p.stored(withSecretMethod(p))
	p.server.Script(authtest.PathRevoke, authtest.JSON(503, ""))
	outcome, err := p.engine.Revoke(background(), r.Authorization.ID)
	require.NoError(t, err)
	require.Equal(t, auth.RevokeQueued, outcome)
	queue := p.store.Revocations()
	require.Len(t, queue, 1)
	assert.Equal(t, "Client", queue[0].Style.Auth)

	bare := auth.RevocationsOf(r, time.Now())
	require.Len(t, bare, 2)
	assert.Empty(t, bare[0].Style, "the store knows no services")
	for i := range bare {
		bare[i].NotBefore = time.Now().Add(-time.Minute)
		require.NoError(t, p.store.QueueRevocation(background(), bare[i]))
	}
	dropped := p.calls("DropRevocation")
	require.NoError(t, p.engine.Start(background()))
	<-dropped
	<-dropped
	requests := p.server.Requests(authtest.PathRevoke)
	require.Len(t, requests, 2, "the refresh token can't be revoked there")
	assert.Equal(t, requests[0].Body, requests[1].Body)
	assert.Equal(t, "Client TWSENT-secret-0", requests[1].Header.Get("Authorization"))
}
