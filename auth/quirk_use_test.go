package auth_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// How an API wants its access token: Shopify's and TikTok's own headers, Zoho's
// and Mailchimp's own schemes.
func TestQuirk_TokenUseInTest(t *testing.T) {
	for id, want := range map[string][2]string{
		"shopify":         {"X-Shopify-Access-Token", revokedAccess},
		"tiktok-business": {"Access-Token", revokedAccess},
		"zoho-crm":        {"Authorization", "Zoho-oauthtoken " + revokedAccess},
		"mailchimp":       {"Authorization", "OAuth " + revokedAccess},
		"github":          {"Authorization", bearerAccess},
	} {
		t.Run(id, func(t *testing.T) {
			p := play(t, id, authtest.BrowserIgnore, nil)
			r := p.stored(func(r *auth.Record) { r.Status.Expiry = auth.Expiry{Rule: auth.ExpiryNever} })
			p.server.Script("/api", authtest.JSON(200, `{}`))
			_, err := p.engine.Test(background(), r.Authorization.ID, p.server.URL()+"/api")
			require.NoError(t, err)
			got := p.server.Requests("/api")[0].Header
			assert.Equal(t, want[1], got.Get(want[0]))
			if want[0] != "Authorization" {
				assert.Empty(t, got.Get("Authorization"), "the token is not shown twice")
			}
		})
	}
}

// A pasted token goes with the word that the user gave it.
func TestTokenUseOfAPastedToken(t *testing.T) {
	p := play(t, "zoho-crm", authtest.BrowserIgnore, nil)
	r := p.stored(func(r *auth.Record) {
		r.Authorization.Grant, r.Status.TokenType = auth.GrantAccessToken, "token"
		r.Status.Expiry = auth.Expiry{Rule: auth.ExpiryNever}
	})
	p.server.Script("/api", authtest.JSON(200, `{}`))
	_, err := p.engine.Test(background(), r.Authorization.ID, p.server.URL()+"/api")
	require.NoError(t, err)
	assert.Equal(t, "token "+revokedAccess, p.server.Requests("/api")[0].Header.Get("Authorization"))
}

// Who signed in, as each service wants to be asked.
func TestQuirk_UserInfo(t *testing.T) {
	const access = authtest.Sentinel + "access-1"
	for id, want := range map[string]struct {
		method, authorization string
		query                 url.Values
		answer, who           string
	}{
		// https://www.dropbox.com/developers/documentation/http/documentation#users-get_current_account
		"dropbox": {"POST", "Bearer " + access, url.Values{}, `{"account_id":"dbid:1","email":"ana@example.test","name":{"display_name":"Ana"}}`, "ana@example.test"},
		// https://developers.tiktok.com/doc/tiktok-api-v2-get-user-info
		"tiktok": {"GET", "Bearer " + access, url.Values{"fields": {"display_name"}}, `{"data":{"user":{"display_name":"Ana"}},"error":{"code":"ok"}}`, "Ana"},
		// https://developer.paypal.com/docs/api/identity/v1/
		"paypal": {"GET", "Bearer " + access, url.Values{"schema": {"paypalv1.1"}}, `{"user_id":"https://www.paypal.com/x","name":"Ana"}`, "Ana"},
		// https://mailchimp.com/developer/marketing/guides/access-user-data-oauth-2
		"mailchimp": {"GET", "OAuth " + access, url.Values{}, `{"dc":"us6","login":{"email":"ana@example.test"}}`, "ana@example.test"},
	} {
		t.Run(id, func(t *testing.T) {
			p := play(t, id, authtest.BrowserFollow, nil)
			p.server.Script(authtest.PathUserInfo, authtest.JSON(200, want.answer))
			d := p.draft()
			d.Grant = auth.GrantAuthorizationCode
			p.signedIn(d)
			requests := p.server.Requests(authtest.PathUserInfo)
			require.Len(t, requests, 1)
			assert.Equal(t, want.method, requests[0].Method)
			assert.Equal(t, want.authorization, requests[0].Header.Get("Authorization"))
			assert.Equal(t, want.query, requests[0].Query)
			assert.Empty(t, requests[0].Body)
			page, err := p.store.List(background(), auth.Query{Limit: 1, Now: p.now()})
			require.NoError(t, err)
			assert.Equal(t, want.who, p.row(page.Rows[0].ID).Status.SignedInAs)
		})
	}
}

// The token itself is what asks about it; Square wants no body and does not say
// active, Fitbit the token as well.
func TestQuirk_Introspection(t *testing.T) {
	for id, want := range map[string]struct{ body, answer string }{
		// https://developer.squareup.com/reference/square/o-auth-api/retrieve-token-status
		"square": {"", `{"scopes":["PAYMENTS_READ"],"client_id":"client","merchant_id":"M1"}`},
		// https://dev.fitbit.com/build/reference/web-api/authorization/introspect
		"fitbit": {"token=" + revokedAccess, `{"active":true,"user_id":"U1"}`},
	} {
		t.Run(id, func(t *testing.T) {
			p := play(t, id, authtest.BrowserIgnore, nil)
			r := p.stored(withSecretMethod(p))
			p.server.Script(authtest.PathIntrospect, authtest.JSON(200, want.answer), authtest.JSON(401, `{"errors":[{"errorType":"invalid_token"}]}`))
			said, err := p.engine.Introspect(background(), r.Authorization.ID)
			require.NoError(t, err)
			assert.True(t, said.Active)
			assert.NotEmpty(t, said.Claims)
			got := p.server.Requests(authtest.PathIntrospect)[0]
			assert.Equal(t, "POST", got.Method)
			assert.Equal(t, bearerAccess, got.Header.Get("Authorization"))
			assert.Equal(t, want.body, got.Body)

			said, err = p.engine.Introspect(background(), r.Authorization.ID)
			require.NoError(t, err)
			assert.False(t, said.Active, "a token that can't ask any more is over")
		})
	}
}

// Every request says which program sends it, and its version.
func TestUserAgent(t *testing.T) {
	s := authtest.NewEvilas(t, authtest.EvilasParams{})
	for version, want := range map[string]string{"": "Tokenwell", "1.2.0": "Tokenwell/1.2.0"} {
		w := auth.NewWire(auth.WireParams{Version: version})
		_, err := w.UserInfo(t.Context(), s.URL()+"/"+version, auth.UserInfoStyle{}, auth.NewSecret("A"))
		require.Error(t, err)
		assert.Equal(t, want, s.Requests("/" + version)[0].Header.Get("User-Agent"))
	}
}
