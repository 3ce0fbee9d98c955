package localserver

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSignInFromStartToEnd(t *testing.T) {
	b := start(t)

	page := b.authorize()
	require.Equal(t, pathSignIn, page.Request.URL.Path)
	assert.Contains(t, page.text, "“Practice client 1.0” asks for access")
	assert.NotContains(t, page.text, b.info.Password.Reveal())
	assert.Regexp(t, `name="username"[^>]* autofocus>`, page.text)

	page = b.signIn(page, b.info.Password.Reveal())
	require.Equal(t, pathApprove, page.Request.URL.Path)
	assert.Contains(t, page.text, "You are signed in as analyst.")
	assert.Contains(t, page.text, callback)
	assert.Contains(t, page.text, "Tokenwell local server, "+strings.TrimPrefix(b.info.Issuer, "http://")+", reachable from this computer only")
	assert.Regexp(t, `value="openid" checked disabled`, page.text)
	assert.Regexp(t, `value="reports.write">`, page.text, "not ticked at first")

	back := b.back(b.grant(page))
	assert.Equal(t, "st&te=1", back.Get("state"))
	a := b.api(pathToken, exchange(back.Get("code")))
	require.Equal(t, http.StatusOK, a.StatusCode, a.text)
	reply := a.json(t)
	assert.Equal(t, "Bearer", reply["token_type"])
	assert.InEpsilon(t, 900, reply["expires_in"], 0)
	assert.Equal(t, "offline_access openid profile reports.read", reply["scope"])
	access, _ := reply["access_token"].(string)
	refresh, _ := reply["refresh_token"].(string)
	assert.True(t, strings.HasPrefix(access, "twl_at_"), "watermark")
	assert.True(t, strings.HasPrefix(refresh, "twl_rt_"), "watermark")

	claims := b.verify(reply["id_token"].(string))
	assert.Equal(t, b.info.Issuer, claims["iss"])
	assert.Equal(t, "n-1", claims["nonce"])
	assert.Equal(t, "analyst", claims["preferred_username"])
	assert.NotContains(t, claims, "email", "that scope was not granted")

	r := b.request(http.MethodGet, pathUserinfo, nil)
	r.Header.Set("Authorization", "Bearer "+access)
	info := b.send(r).json(t)
	assert.Equal(t, claims["sub"], info["sub"])
	assert.Equal(t, "analyst", info["preferred_username"])

	state := b.api(pathIntrospect, url.Values{"token": {access}}).json(t)
	assert.Equal(t, true, state["active"])
	assert.Equal(t, b.info.ClientID, state["client_id"])
	assert.Equal(t, "analyst", state["username"])
	assert.Equal(t, "offline_access openid profile reports.read", state["scope"])
}

// verify checks an ID token against the published keys.
func (b *bench) verify(token string) map[string]any {
	b.Helper()
	var set jose.JSONWebKeySet
	require.NoError(b, json.Unmarshal([]byte(b.get(pathKeys).text), &set))
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.RS256})
	require.NoError(b, err)
	keys := set.Key(signed.Signatures[0].Header.KeyID)
	require.Len(b, keys, 1)
	require.True(b, keys[0].IsPublic())
	payload, err := signed.Verify(keys[0])
	require.NoError(b, err)
	var claims map[string]any
	require.NoError(b, json.Unmarshal(payload, &claims))
	return claims
}

func TestMetadataAtBothAddresses(t *testing.T) {
	b := start(t)
	openID, rfc8414 := b.get(pathOpenID), b.get(pathRFC8414)
	require.Equal(t, http.StatusOK, rfc8414.StatusCode)
	assert.JSONEq(t, openID.text, rfc8414.text)
	m := rfc8414.json(t)
	assert.Equal(t, b.info.Issuer, m["issuer"])
	assert.Equal(t, true, m["authorization_response_iss_parameter_supported"])
	assert.Equal(t, []any{"code", "token"}, m["response_types_supported"])
	assert.Equal(t, []any{"S256"}, m["code_challenge_methods_supported"])
	for _, key := range []string{"authorization_endpoint", "token_endpoint", "revocation_endpoint", "introspection_endpoint", "userinfo_endpoint", "jwks_uri"} {
		a := b.get(strings.TrimPrefix(m[key].(string), b.info.Issuer))
		assert.NotEqual(t, http.StatusNotFound, a.StatusCode, key)
	}
}

func TestUntickedScopesAreNotGranted(t *testing.T) {
	b := start(t)
	page := b.approval()
	f := forms(t, page.text)[1]
	f.values["scope"] = []string{"reports.write", "mail.read"} // mail.read was not asked for
	f.values.Set("decision", "grant")
	a := b.api(pathToken, exchange(b.back(b.post(f.action, f.values)).Get("code")))
	reply := a.json(t)
	assert.Equal(t, "openid reports.write", reply["scope"], "openid can't be unticked, mail.read can't be slipped in")
	assert.NotContains(t, reply, "refresh_token", "offline_access was unticked")
}

func TestGrantingNothingAsksAgain(t *testing.T) {
	b := start(t)
	f := forms(t, b.approval("scope", "reports.write").text)[1]
	f.values.Set("decision", "grant")
	page := b.post(f.action, f.values)
	assert.Equal(t, pathApprove, page.Request.URL.Path)
	assert.Contains(t, page.text, "Nothing was ticked.")
	f.values.Set("scope", "reports.write")
	assert.NotEmpty(t, b.back(b.post(f.action, f.values)).Get("code"))
}

func TestDenyGoesBackWithAccessDenied(t *testing.T) {
	b := start(t)
	f := forms(t, b.approval().text)[2]
	back := b.back(b.post(f.action, f.values))
	assert.Equal(t, "access_denied", back.Get("error"))
	assert.Equal(t, "st&te=1", back.Get("state"))
	assert.Empty(t, back.Get("code"))
}

func TestWrongPasswordKeepsTheNameAndAsksAgain(t *testing.T) {
	b := start(t)
	page := b.signIn(b.authorize(), "wrong-wrong-wrong-wrong")
	require.Equal(t, pathSignIn, page.Request.URL.Path)
	assert.Contains(t, page.text, "The user name or the password is wrong.")
	assert.Contains(t, page.text, `value="analyst"`)
	assert.NotContains(t, page.text, "wrong-wrong")
	page = b.signIn(page, b.info.Password.Reveal())
	assert.Equal(t, pathApprove, page.Request.URL.Path)
}

func TestSecondSignInSkipsThePasswordUntilAnotherUserIsAskedFor(t *testing.T) {
	b := start(t)
	b.code()
	page := b.authorize()
	require.Equal(t, pathApprove, page.Request.URL.Path, "the session is still good")
	f := forms(t, page.text)[0]
	require.Equal(t, pathSwitch, f.action)
	page = b.post(f.action, f.values)
	require.Equal(t, pathSignIn, page.Request.URL.Path)
	assert.Equal(t, pathSignIn, b.authorize().Request.URL.Path, "the session has ended")
}

func TestPromptAndMaxAgeAskForThePasswordAgain(t *testing.T) {
	b := start(t)
	b.code()
	for _, change := range [][]string{{"prompt", "login"}, {"prompt", "select_account"}, {"max_age", "0"}} {
		page := b.authorize(change...)
		require.Equal(t, pathSignIn, page.Request.URL.Path, change)
		page = b.signIn(page, b.info.Password.Reveal())
		assert.NotEmpty(t, b.back(b.grant(page)).Get("code"), change)
	}
	b.clock.forward(time.Minute)
	assert.Equal(t, pathApprove, b.authorize("max_age", "120").Request.URL.Path)
	assert.Equal(t, pathSignIn, b.authorize("max_age", "30").Request.URL.Path)
	b.clock.forward(sessionLifetime)
	assert.Equal(t, pathSignIn, b.authorize().Request.URL.Path)
}

func TestRefreshRotatesAndTheOldTokenEndsTheFamily(t *testing.T) {
	b := start(t)
	access1, refresh1 := b.tokens()
	reply := b.refresh(refresh1).json(t)
	access2, _ := reply["access_token"].(string)
	refresh2, _ := reply["refresh_token"].(string)
	require.NotEqual(t, refresh1, refresh2)
	reply = b.refresh(refresh2).json(t)
	access3, _ := reply["access_token"].(string)
	refresh3, _ := reply["refresh_token"].(string)
	for _, token := range []string{access1, access2, access3, refresh3} {
		require.True(t, b.active(token))
	}
	require.False(t, b.active(refresh2))

	b.refused(b.refresh(refresh1), http.StatusBadRequest, "invalid_grant")
	for _, token := range []string{access1, access2, access3, refresh3} {
		assert.False(t, b.active(token), "the whole family is over")
	}
	b.refused(b.refresh(refresh3), http.StatusBadRequest, "invalid_grant")
}

func TestRefreshMayNarrowButNotWiden(t *testing.T) {
	b := start(t)
	_, refresh := b.tokens()
	b.refused(b.refresh(refresh, "scope", "openid mail.read"), http.StatusBadRequest, "invalid_scope")
	reply := b.refresh(refresh, "scope", "reports.read").json(t)
	assert.Equal(t, "reports.read", reply["scope"])
	assert.NotContains(t, reply, "id_token", "openid was left out")
	next, _ := reply["refresh_token"].(string)
	assert.Equal(t, "offline_access openid profile reports.read", b.refresh(next).json(t)["scope"], "the grant is as wide as before")
}

// practiceAccess is how long the practice client's access tokens last.
const practiceAccess = 15 * time.Minute

func TestTokensExpire(t *testing.T) {
	b := start(t)
	access, refresh := b.tokens()
	b.clock.forward(practiceAccess - time.Second)
	assert.True(t, b.active(access))
	b.clock.forward(time.Second)
	assert.False(t, b.active(access))
	b.clock.forward(refreshLifetime)
	b.refused(b.refresh(refresh), http.StatusBadRequest, "invalid_grant")
}

func TestWhatIsOverIsRemoved(t *testing.T) {
	b := start(t)
	_, refresh := b.tokens()
	for range 3 {
		b.clock.forward(purgeAge)
		next, _ := b.refresh(refresh).json(t)["refresh_token"].(string)
		require.NotEmpty(t, next)
		refresh = next
	}
	access := 0
	for _, token := range b.store.tokens {
		if token.Kind == AccessToken {
			access++
		}
	}
	assert.LessOrEqual(t, access, 2, "expired access tokens go a day later")
	assert.Len(t, b.store.grants, 1, "the grant is in use")
}

func TestRevocation(t *testing.T) {
	b := start(t)
	access, refresh := b.tokens()
	assert.Equal(t, http.StatusOK, b.api(pathRevoke, url.Values{"token": {"unknown"}}).StatusCode, "RFC 7009 2.2")
	assert.Equal(t, http.StatusOK, b.api(pathRevoke, url.Values{"token": {access}}).StatusCode)
	assert.False(t, b.active(access))
	assert.True(t, b.active(refresh), "an access token goes alone")
	access, _ = b.refresh(refresh).json(t)["access_token"].(string)
	require.True(t, b.active(access))

	access, refresh = b.tokens()
	assert.Equal(t, http.StatusOK, b.api(pathRevoke, url.Values{"token": {refresh}, "token_type_hint": {"access_token"}}).StatusCode)
	assert.False(t, b.active(access), "a refresh token takes its family along")
	b.refused(b.refresh(refresh), http.StatusBadRequest, "invalid_grant")
}

func TestUserinfoRefusals(t *testing.T) {
	b := start(t)
	bearer := func(token string) answer {
		r := b.request(http.MethodGet, pathUserinfo, nil)
		r.Header.Set("Authorization", "Bearer "+token)
		return b.send(r)
	}
	_, refresh := b.tokens()
	for _, token := range []string{"nonsense", refresh} {
		a := bearer(token)
		b.refused(a, http.StatusUnauthorized, "invalid_token")
		assert.Equal(t, `Bearer realm="Tokenwell local server", error="invalid_token"`, a.Header.Get("WWW-Authenticate"))
	}
	a := b.get(pathUserinfo)
	assert.Equal(t, http.StatusUnauthorized, a.StatusCode)
	assert.Equal(t, `Bearer realm="Tokenwell local server"`, a.Header.Get("WWW-Authenticate"))

	access, _ := b.tokens("scope", "reports.read")
	b.refused(bearer(access), http.StatusForbidden, "insufficient_scope")
	access, _ = b.tokens()
	b.refused(b.get(pathUserinfo+"?access_token="+access), http.StatusBadRequest, "invalid_request")
}

func TestStorageFailureIsNotASuccess(t *testing.T) {
	b := start(t)
	code := b.code()
	_, refresh := b.tokens()
	page := b.approval()
	b.store.mu.Lock()
	b.store.fail = context.DeadlineExceeded
	b.store.mu.Unlock()
	b.refused(b.api(pathToken, exchange(code)), http.StatusInternalServerError, "server_error")
	b.refused(b.refresh(refresh), http.StatusInternalServerError, "server_error")
	a := b.grant(page)
	assert.Equal(t, "server_error", b.back(a).Get("error"))
	assert.Equal(t, http.StatusInternalServerError, b.authorize().StatusCode)
	b.store.mu.Lock()
	b.store.fail = nil // so that the log can be written at the end
	b.store.mu.Unlock()
}
