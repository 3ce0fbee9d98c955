package auth_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

func base64Text(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

// names are the names of parameters.
func names(values url.Values) []string {
	all := make([]string, 0, len(values))
	for name := range values {
		all = append(all, name)
	}
	return all
}

// Other names, no response_type, no scope, no PKCE, a JSON body without
// grant_type (https://business-api.tiktok.com/portal/docs?id=1738373164380162).
func TestQuirk_TikTokForBusiness(t *testing.T) {
	p := play(t, "tiktok-business", authtest.BrowserFollow, nil)
	query, request := p.signedIn(p.draft())
	assert.ElementsMatch(t, []string{"app_id", "state", "redirect_uri"}, names(query))
	assert.Equal(t, authtest.ClientID, query.Get("app_id"))
	assert.Equal(t, "application/json", request.Header.Get("Content-Type"))
	assert.Empty(t, request.Header.Get("Authorization"))
	assert.Empty(t, request.Query)
	assert.JSONEq(t, `{"app_id":"client","secret":"TWSENT-secret-0","auth_code":"TWSENT-code-1"}`, request.Body)
}

// client_key everywhere, scopes with commas, the challenge in hexadecimal with
// method S256 (https://developers.tiktok.com/doc/login-kit-desktop).
func TestQuirk_TikTok(t *testing.T) {
	p := play(t, "tiktok", authtest.BrowserFollow, nil)
	d := p.draft()
	d.Scopes = []string{p.service.Scopes[0].Name, p.service.Scopes[1].Name}
	query, request := p.signedIn(d)
	assert.Equal(t, authtest.ClientID, query.Get("client_key"))
	assert.False(t, query.Has("client_id"))
	assert.Equal(t, d.Scopes[0]+","+d.Scopes[1], query.Get("scope"))
	sum := sha256.Sum256([]byte(request.Form.Get("code_verifier")))
	assert.Equal(t, hex.EncodeToString(sum[:]), query.Get("code_challenge"))
	assert.Equal(t, "S256", query.Get("code_challenge_method"))
	assert.ElementsMatch(t, []string{"client_key", "client_secret", "code", "grant_type", "redirect_uri", "code_verifier"}, names(request.Form))
}

// With a secret neither challenge nor verifier; without one both, and an
// endpoint of its own
// (https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow-native).
func TestQuirk_LinkedIn(t *testing.T) {
	p := play(t, "linkedin", authtest.BrowserFollow, func(s *auth.Service) {
		s.ClientAuth = []auth.ClientAuth{auth.ClientAuthPost, auth.ClientAuthNone}
	})
	d := p.draft()
	query, request := p.signedIn(d)
	assert.False(t, query.Has("code_challenge") || query.Has("code_challenge_method"))
	assert.ElementsMatch(t, []string{"client_id", "client_secret", "code", "grant_type", "redirect_uri"}, names(request.Form))
	assert.Len(t, p.server.Requests(authtest.PathAuthorize), 1)

	d.Name, d.Public, d.ClientSecret, d.Confirmation = "Native", true, auth.Secret{}, auth.Secret{}
	s, err := p.engine.Authorize(background(), d)
	require.NoError(t, err)
	defer s.Cancel()
	link, err := url.Parse(s.URL())
	require.NoError(t, err)
	assert.Equal(t, authtest.PathNative, link.Path)
	assert.Equal(t, "S256", link.Query().Get("code_challenge_method"))
}

// Optional scopes go in a parameter of their own; what the user adds goes with
// the others (https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/oauth).
func TestQuirk_HubSpotOptionalScopes(t *testing.T) {
	p := play(t, "hubspot", authtest.BrowserFollow, nil)
	d := p.draft()
	var plain, optional string
	for _, scope := range p.service.Scopes {
		if scope.Parameter == "" {
			plain = scope.Name
		} else {
			assert.Equal(t, "optional_scope", scope.Parameter)
			optional = scope.Name
		}
	}
	require.NotEmpty(t, plain)
	require.NotEmpty(t, optional)
	d.Scopes = []string{plain, optional, "own.scope"}
	query, _ := p.signedIn(d)
	assert.Equal(t, plain+" own.scope", query.Get("scope"))
	assert.Equal(t, optional, query.Get("optional_scope"))
}

// Scopes of the person go in user_scope, with commas; added ones too
// (https://docs.slack.dev/authentication/installing-with-oauth).
func TestQuirk_SlackUserScope(t *testing.T) {
	p := play(t, "slack", authtest.BrowserFollow, nil)
	d := p.draft()
	d.Scopes = []string{"users:read", "own:scope"}
	query, _ := p.signedIn(d)
	assert.Equal(t, "users:read,own:scope", query.Get("user_scope"))
	assert.False(t, query.Has("scope"))

	d.Name, d.AuthParams = "Twice", []auth.Pair{{Name: "user_scope", Value: auth.NewSecret("admin")}}
	_, err := p.engine.Authorize(background(), d)
	assert.Equal(t, auth.CodeAddressRefused, asFailure(t, err).Code, "no row of the user's stands in for it")
}

// A fixed parameter with a placeholder follows the user's value, and is left
// out while there is none (https://auth0.com/docs/get-started/apis/api-settings).
func TestQuirk_Auth0Audience(t *testing.T) {
	p := play(t, "auth0", authtest.BrowserFollow, nil)
	d := p.draft()
	delete(d.Params, "audience")
	query, request := p.signedIn(d)
	assert.False(t, query.Has("audience"))
	assert.False(t, request.Form.Has("audience"))

	d.Name, d.Params["audience"] = "With one", "https://api.example.com/v1"
	query, request = p.signedIn(d)
	assert.Equal(t, "https://api.example.com/v1", query.Get("audience"))
	assert.Equal(t, "https://api.example.com/v1", request.Form.Get("audience"))

	page, err := p.store.List(background(), auth.Query{Search: "with one", Limit: 1, Now: p.now()})
	require.NoError(t, err)
	require.Len(t, page.Rows, 1)
	for _, duplicate := range []bool{false, true} {
		edited, err := p.engine.DraftOf(background(), page.Rows[0].ID, duplicate)
		require.NoError(t, err)
		assert.Empty(t, edited.AuthParams, "a filled parameter is none of the user's rows")
		assert.Empty(t, edited.TokenParams)
		edited.Params["audience"] = "https://api.example.com/v2"
		query, request = p.signedIn(edited)
		assert.Equal(t, "https://api.example.com/v2", query.Get("audience"))
		assert.Equal(t, "https://api.example.com/v2", request.Form.Get("audience"))
	}
}

// Whatever a service's data says, the answer of a sign-in can be told from a
// forged one.
func TestQuirk_LeavesOutNeverState(t *testing.T) {
	p := play(t, "pipedrive", authtest.BrowserFollow, func(s *auth.Service) {
		for i := range s.Quirks {
			if s.Quirks[i].ID == auth.QuirkLeavesOut {
				s.Quirks[i].Params = map[string]string{"authorization": "scope state"}
			}
		}
	})
	query, _ := p.signedIn(p.draft())
	assert.False(t, query.Has("scope"))
	assert.NotEmpty(t, query.Get("state"))
}
