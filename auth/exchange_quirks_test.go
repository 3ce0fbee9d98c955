package auth_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

func quirkOf(id auth.QuirkID, params ...string) auth.Quirk {
	q := auth.Quirk{ID: id, Params: map[string]string{}}
	for i := 0; i < len(params); i += 2 {
		q.Params[params[i]] = params[i+1]
	}
	return q
}

// redirecting answers the authorization request with further parameters.
func redirecting(extra ...string) authtest.Answer {
	return authtest.Answer{Query: func(q url.Values) {
		for i := 0; i < len(extra); i += 2 {
			q.Set(extra[i], extra[i+1])
		}
	}}
}

// signInAt signs in at a service with quirks whose redirect holds more.
func signInAt(r *rig, redirect authtest.Answer, quirks ...auth.Quirk) (*auth.Engine, *auth.SignIn, error) {
	r.Helper()
	e := r.another(authtest.BrowserFollow, quirks...)
	r.server.Script(authtest.PathAuthorize, redirect)
	s, err := e.Authorize(background(), r.draft("Sales"))
	require.NoError(r, err)
	_, err = r.signIn(s)
	return e, s, err
}

// Zoho: the redirect names the accounts server of the user's data center, where
// the code and everything after it belong.
func TestTokenHostFromTheRedirect(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	home := authtest.NewEvilas(t, authtest.EvilasParams{})
	home.Script(authtest.PathToken, authtest.JSON(200, `{"access_token":"TWSENT-a1","refresh_token":"TWSENT-r1","api_domain":"https://www.zohoapis.eu","token_type":"Bearer","expires_in":3600}`))
	e, s, err := signInAt(r, redirecting("location", "eu", "accounts-server", home.URL()),
		quirkOf(auth.QuirkTokenHost, "parameter", "accounts-server", "hosts", "accounts.zoho.com "+hostOf(home)),
		quirkOf(auth.QuirkRedirectFacts, "names", "location"), quirkOf(auth.QuirkReplyFacts, "names", "api_domain"))
	require.NoError(t, err)

	assert.Zero(t, r.posts(), "the code went to the first host")
	assert.Len(t, home.Requests(authtest.PathToken), 1)
	row := r.row(s.ID())
	want := r.server.Endpoints()
	assert.Equal(t, want.Authorization, row.Authorization.Endpoints.Authorization)
	assert.Equal(t, home.Endpoints().Token, row.Authorization.Endpoints.Token)
	assert.Equal(t, home.Endpoints().Revocation, row.Authorization.Endpoints.Revocation)
	assert.Equal(t, home.Endpoints().UserInfo, row.Authorization.Endpoints.UserInfo)
	assert.Equal(t, map[string]string{"location": "eu", "api_domain": "https://www.zohoapis.eu"}, row.Tokens.Facts)

	home.Script(authtest.PathToken, authtest.JSON(200, `{"access_token":"TWSENT-a2","token_type":"Bearer","expires_in":3600}`))
	_, err = e.Refresh(background(), s.ID())
	require.NoError(t, err)
	assert.Zero(t, r.posts(), "the refresh token went to the first host")
	assert.Equal(t, "eu", r.row(s.ID()).Tokens.Facts["location"], "what a refresh does not repeat stays")
}

// A refresh token of the data center before is none of the new one: it would be
// sent there at the next refresh.
func TestTokenHostThatChangesLeavesNoRefreshTokenBehind(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	home := authtest.NewEvilas(t, authtest.EvilasParams{})
	home.Script(authtest.PathToken, authtest.JSON(200, `{"access_token":"TWSENT-a1","token_type":"Bearer","expires_in":3600}`))
	e := r.another(authtest.BrowserFollow, quirkOf(auth.QuirkTokenHost, "parameter", "accounts-server", "hosts", hostOf(r.server)+" "+hostOf(home)))
	before := r.stored(nil)
	r.server.Script(authtest.PathAuthorize, redirecting("accounts-server", home.URL()))
	s, err := e.Reauthorize(background(), before.Authorization.ID, auth.ReauthorizeOptions{})
	require.NoError(t, err)
	_, err = r.signIn(s)
	require.NoError(t, err)
	row := r.row(s.ID())
	assert.Equal(t, home.Endpoints().Token, row.Authorization.Endpoints.Token)
	assert.True(t, row.Tokens.Refresh.Empty(), "the earlier host's refresh token would go to this one")
}

// A redirect passes through the browser: only hosts that are known are followed.
func TestTokenHostThatIsNotKnownIsNotFollowed(t *testing.T) {
	evil := authtest.NewEvilas(t, authtest.EvilasParams{})
	for name, named := range map[string]string{
		"another host":      evil.URL(),
		"as a host":         hostOf(evil),
		"a known one first": "http://accounts.zoho.com@" + hostOf(evil),
		"a path":            "http://accounts.zoho.com/" + hostOf(evil),
		"another scheme":    "https://accounts.zoho.com",
		"nothing readable":  "http://[::1",
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{})
			_, s, err := signInAt(r, redirecting("accounts-server", named),
				quirkOf(auth.QuirkTokenHost, "parameter", "accounts-server", "hosts", "accounts.zoho.com accounts.zoho.eu"))
			assert.Equal(t, auth.CodeTokenHost, asFailure(t, err).Code)
			assert.Zero(t, r.posts())
			assert.Empty(t, evil.Requests(""))
			assert.Equal(t, auth.StateNeverAuthorized, r.row(s.ID()).Status.State)
		})
	}
}

// Strava: what was granted stands in the redirect, for the user can untick it.
func TestGrantedScopesFromTheRedirect(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	r.server.Script(authtest.PathToken, authtest.JSON(200, `{"token_type":"Bearer","expires_at":1568775134,"expires_in":21600,"refresh_token":"TWSENT-r","access_token":"TWSENT-a","athlete":{"id":7}}`))
	_, s, err := signInAt(r, redirecting("scope", "read,activity:read"), quirkOf(auth.QuirkRedirectScope, "separator", ","))
	require.NoError(t, err)
	assert.Equal(t, []string{"read", "activity:read"}, r.row(s.ID()).Status.Granted)
}

// QuickBooks: the company stands in the redirect alone. A new sign-in for another
// one takes its place.
func TestFactsOfTheRedirectBelongToTheirSignIn(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	e, s, err := signInAt(r, redirecting("realmId", "1231434565226279"), quirkOf(auth.QuirkRedirectFacts, "names", "realmId environment"))
	require.NoError(t, err)
	detail, err := e.Detail(background(), s.ID())
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"realmId": "1231434565226279"}, detail.Facts)
	data, err := e.Export(background(), s.ID())
	require.NoError(t, err)
	assert.Contains(t, string(data), `"realmId": "1231434565226279"`)

	again, err := e.Reauthorize(background(), s.ID(), auth.ReauthorizeOptions{})
	require.NoError(t, err)
	_, err = r.signIn(again)
	require.NoError(t, err)
	assert.Empty(t, r.row(s.ID()).Tokens.Facts, "of the sign-in before")
}

// GitLab: a refresh has to repeat the redirect URI of its sign-in, port included.
func TestRedirectURIIsKeptForRefreshes(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	e, s, err := signInAt(r, redirecting(), quirkOf(auth.QuirkRefreshRedirect))
	require.NoError(t, err)
	used := r.server.Requests(authtest.PathToken)[0].Form.Get("redirect_uri")
	require.NotEmpty(t, used)
	assert.Equal(t, used, r.row(s.ID()).Tokens.Facts[auth.FactRedirectURI])
	_, err = e.Refresh(background(), s.ID())
	require.NoError(t, err)
	assert.Equal(t, used, r.row(s.ID()).Tokens.Facts[auth.FactRedirectURI])
}

// Facebook: the newest access token is what gets the next one.
func TestAccessTokenAsRefreshToken(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	long := func(token string) authtest.Answer {
		return authtest.JSON(200, `{"access_token":"`+token+`","token_type":"bearer","expires_in":5183944}`)
	}
	r.server.Script(authtest.PathToken, long("TWSENT-fb1"), long("TWSENT-fb2"))
	e, s, err := signInAt(r, redirecting(), quirkOf(auth.QuirkRefreshByAccess, "parameter", "fb_exchange_token", "grant_type", "fb_exchange_token"))
	require.NoError(t, err)
	assert.Equal(t, "TWSENT-fb1", r.row(s.ID()).Tokens.Refresh.Reveal())
	_, err = e.Refresh(background(), s.ID())
	require.NoError(t, err)
	row := r.row(s.ID())
	assert.Equal(t, "TWSENT-fb2", row.Tokens.Refresh.Reveal())
	assert.Equal(t, "TWSENT-fb2", row.Tokens.Access.Reveal())
}

// The token of the sign-in lasts two hours, and nobody knows whether the program
// still runs then: it is exchanged at once, and kept when that fails.
func TestAccessTokenIsLengthenedRightAfterTheSignIn(t *testing.T) {
	quirk := quirkOf(auth.QuirkRefreshByAccess, "parameter", "fb_exchange_token", "grant_type", "fb_exchange_token", "at_sign_in", "true")
	short := authtest.JSON(200, `{"access_token":"TWSENT-short","token_type":"bearer","expires_in":5184}`)

	r := newRig(t, authtest.EvilasParams{})
	r.server.Script(authtest.PathToken, short, authtest.JSON(200, `{"access_token":"TWSENT-long","token_type":"bearer","expires_in":5183944}`))
	_, s, err := signInAt(r, redirecting(), quirk)
	require.NoError(t, err)
	assert.Equal(t, "TWSENT-long", r.row(s.ID()).Tokens.Access.Reveal())
	asked := r.server.Requests(authtest.PathToken)
	require.Len(t, asked, 2)
	assert.Equal(t, "TWSENT-short", asked[1].Form.Get("fb_exchange_token"))

	r = newRig(t, authtest.EvilasParams{})
	r.server.Script(authtest.PathToken, short, authtest.JSON(503, `{}`))
	_, s, err = signInAt(r, redirecting(), quirk)
	require.NoError(t, err, "the sign-in has worked")
	assert.Equal(t, "TWSENT-short", r.row(s.ID()).Tokens.Access.Reveal())
}

// Meta says by a number that a token is over.
func TestMetasNumberEndsTheSignIn(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	r.server.Script(authtest.PathToken,
		authtest.JSON(200, `{"access_token":"TWSENT-fb1","token_type":"bearer","expires_in":5183944}`),
		authtest.JSON(400, `{"error":{"message":"Error validating access token","type":"OAuthException","code":190,"fbtrace_id":"A1"}}`))
	e, s, err := signInAt(r, redirecting(),
		quirkOf(auth.QuirkRefreshByAccess, "parameter", "fb_exchange_token", "grant_type", "fb_exchange_token"), quirkOf(auth.QuirkErrorPath, "code", "error.code"))
	require.NoError(t, err)
	_, err = e.Refresh(background(), s.ID())
	require.Error(t, err)
	assert.Equal(t, auth.StateNeedsSignIn, r.row(s.ID()).Status.State)
}

func hostOf(s *authtest.Evilas) string {
	u, _ := url.Parse(s.URL())
	return u.Host
}
