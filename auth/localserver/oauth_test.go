package localserver

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// addPublicClient registers a client without a secret.
func (b *bench) addPublicClient() string {
	c := Client{
		ID: "public", Name: "Public", Public: true, RedirectURIs: []string{"http://127.0.0.1/callback"}, Scopes: scopeNames(),
		Grants: []auth.LocalGrant{auth.LocalGrantCode, auth.LocalGrantDevice}, AccessSeconds: 900, RefreshCount: auth.LocalUnlimited, Active: true,
	}
	require.NoError(b, b.store.AddClient(b.Context(), c))
	return c.ID
}

func TestAConfidentialClientNeedsItsVerifier(t *testing.T) {
	b := start(t)
	b.refused(b.api(pathToken, exchange(b.code(), "code_verifier", "")), http.StatusBadRequest, "invalid_request")
	b.refused(b.api(pathToken, exchange(b.code(), "code_verifier", verifier+"x")), http.StatusBadRequest, "invalid_grant")
}

func TestAVerifierWithoutAChallengeIsADowngrade(t *testing.T) {
	b := start(t)
	code := b.code("code_challenge", "", "code_challenge_method", "")
	b.refused(b.api(pathToken, exchange(code)), http.StatusBadRequest, "invalid_request")
	code = b.code("code_challenge", "", "code_challenge_method", "")
	assert.Equal(t, http.StatusOK, b.api(pathToken, exchange(code, "code_verifier", "")).StatusCode)
}

func TestAPublicClientMustUsePKCE(t *testing.T) {
	b := start(t)
	id := b.addPublicClient()
	back := b.back(b.authorize("client_id", id, "code_challenge", "", "code_challenge_method", ""))
	assert.Equal(t, "invalid_request", back.Get("error"))

	code := b.code("client_id", id)
	a := b.post(pathToken, exchange(code, "client_id", id))
	assert.Equal(t, http.StatusOK, a.StatusCode, a.text)
	code = b.code("client_id", id)
	b.refused(b.post(pathToken, exchange(code, "client_id", id, "client_secret", "x")), http.StatusUnauthorized, "invalid_client")
	b.refused(b.post(pathToken, exchange(code, "client_id", id, "code_verifier", "")), http.StatusBadRequest, "invalid_request")
}

func TestAFailedPresentationSpendsTheCode(t *testing.T) {
	b := start(t)
	for name, wrong := range map[string][]string{
		"verifier": {"code_verifier", verifier + "x"},
		"redirect": {"redirect_uri", "http://127.0.0.1:54322/callback"},
	} {
		code := b.code()
		b.refused(b.api(pathToken, exchange(code, wrong...)), http.StatusBadRequest, "invalid_grant")
		b.refused(b.api(pathToken, exchange(code)), http.StatusBadRequest, "invalid_grant")
		assert.NotEmpty(t, name)
	}
}

func TestACodeWorksOnceAndItsReuseRevokesWhatItGave(t *testing.T) {
	b := start(t)
	code := b.code()
	reply := b.api(pathToken, exchange(code)).json(t)
	access, _ := reply["access_token"].(string)
	refresh, _ := reply["refresh_token"].(string)
	require.True(t, b.active(access))
	b.refused(b.api(pathToken, exchange(code)), http.StatusBadRequest, "invalid_grant")
	assert.False(t, b.active(access))
	b.refused(b.refresh(refresh), http.StatusBadRequest, "invalid_grant")
}

func TestACodeIsBoundToItsClientAndItsMinute(t *testing.T) {
	b := start(t)
	id := b.addPublicClient()
	code := b.code()
	b.refused(b.post(pathToken, exchange(code, "client_id", id)), http.StatusBadRequest, "invalid_grant")
	assert.Equal(t, http.StatusOK, b.api(pathToken, exchange(code)).StatusCode, "a stranger can't spend it")

	code = b.code()
	b.clock.forward(codeLifetime)
	b.refused(b.api(pathToken, exchange(code)), http.StatusBadRequest, "invalid_grant")
}

func TestTokensAreBoundToTheirClient(t *testing.T) {
	b := start(t)
	id := b.addPublicClient()
	access, refresh := b.tokens()
	b.refused(b.post(pathToken, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}, "client_id": {id}}), http.StatusBadRequest, "invalid_grant")
	b.refused(b.post(pathRevoke, url.Values{"token": {refresh}, "client_id": {id}}), http.StatusBadRequest, "unauthorized_client")
	assert.True(t, b.active(access))
	b.refused(b.refresh(access), http.StatusBadRequest, "invalid_grant")

	other := Client{ID: "other", Name: "Other", Secret: auth.NewSecret("other"), RedirectURIs: []string{"http://127.0.0.1/callback"}, Active: true}
	require.NoError(t, b.store.AddClient(t.Context(), other))
	r := b.request(http.MethodPost, pathIntrospect, url.Values{"token": {access}})
	r.SetBasicAuth("other", "other")
	assert.JSONEq(t, `{"active":false}`, b.send(r).text, "a stranger learns nothing")
	r = b.request(http.MethodPost, pathToken, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}})
	r.SetBasicAuth("other", "other")
	b.refused(b.send(r), http.StatusBadRequest, "invalid_grant")
	assert.True(t, b.active(refresh), "and ends nothing")
}

func TestFailedClientAuthenticationIs401WithAChallenge(t *testing.T) {
	b := start(t)
	b.addPublicClient()
	for _, path := range []string{pathToken, pathRevoke, pathIntrospect} {
		for name, set := range map[string]func(*http.Request, url.Values){
			"wrong secret in Basic":  func(r *http.Request, _ url.Values) { r.SetBasicAuth(b.info.ClientID, "wrong") },
			"empty secret in Basic":  func(r *http.Request, _ url.Values) { r.SetBasicAuth(b.info.ClientID, "") },
			"unknown client":         func(r *http.Request, _ url.Values) { r.SetBasicAuth("nobody", "x") },
			"broken escape in Basic": func(r *http.Request, _ url.Values) { r.SetBasicAuth("%zz", "x") },
			"wrong secret in body": func(_ *http.Request, v url.Values) {
				v.Set("client_id", b.info.ClientID)
				v.Set("client_secret", "wrong")
			},
			"no secret": func(_ *http.Request, v url.Values) { v.Set("client_id", b.info.ClientID) },
			"assertion": func(_ *http.Request, v url.Values) {
				v.Set("client_assertion", "e30.e30.e30")
				v.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
			},
		} {
			v := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"x"}, "token": {"x"}}
			probe := b.request(http.MethodPost, path, nil)
			set(probe, v)
			r := b.request(http.MethodPost, path, v)
			r.Header.Set("Authorization", probe.Header.Get("Authorization"))
			a := b.send(r)
			require.Equal(t, http.StatusUnauthorized, a.StatusCode, "%s %s: %s", path, name, a.text)
			require.Equal(t, "invalid_client", a.json(t)["error"], name)
			require.Equal(t, clientChallenge, a.Header.Get("WWW-Authenticate"), name)
		}
	}
}

func TestTheSecretMayStandInTheBody(t *testing.T) {
	b := start(t)
	a := b.post(pathToken, exchange(b.code(), "client_id", b.info.ClientID, "client_secret", b.info.ClientSecret.Reveal()))
	assert.Equal(t, http.StatusOK, a.StatusCode, a.text)
}

func TestTheAPIRefusesQueriesAndRepeatedParameters(t *testing.T) {
	b := start(t)
	code := b.code()
	for _, path := range []string{pathToken, pathRevoke, pathIntrospect} {
		assert.Equal(t, http.StatusMethodNotAllowed, b.get(path).StatusCode, path)
		b.refused(b.api(path+"?token=x", exchange(code)), http.StatusBadRequest, "invalid_request")
	}
	twice := exchange(code)
	twice.Add("code", "other")
	b.refused(b.api(pathToken, twice), http.StatusBadRequest, "invalid_request")
	both := exchange(code, "client_id", b.info.ClientID, "client_secret", b.info.ClientSecret.Reveal())
	b.refused(b.api(pathToken, both), http.StatusBadRequest, "invalid_request")
	assert.Equal(t, http.StatusOK, b.api(pathToken, exchange(code)).StatusCode, "none of these spent the code")
}

func TestGrantsThatAreNotOffered(t *testing.T) {
	b := start(t)
	for _, grant := range []string{
		"implicit", "urn:ietf:params:oauth:grant-type:device_code",
		"urn:ietf:params:oauth:grant-type:jwt-bearer", "urn:ietf:params:oauth:grant-type:token-exchange",
	} {
		a := b.api(pathToken, url.Values{
			"grant_type": {grant}, "username": {b.info.User}, "password": {b.info.Password.Reveal()}, "device_code": {"x"}, "assertion": {"x"},
			"subject_token": {"x"}, "subject_token_type": {"urn:ietf:params:oauth:token-type:access_token"},
		})
		assert.Equal(t, http.StatusBadRequest, a.StatusCode, grant)
		assert.NotContains(t, a.json(t), "access_token", grant)
	}
	for _, path := range []string{"/healthz", "/ready", "/end_session", "/device_authorization", "/authorize/callback", "/", "/favicon.ico"} {
		assert.Equal(t, http.StatusNotFound, b.get(path).StatusCode, path)
	}
}

func TestErrorsOfTheAuthorizationRequestGoBackByRedirect(t *testing.T) {
	b := start(t)
	for _, c := range []struct {
		want   string
		change []string
	}{
		{"invalid_scope", []string{"scope", "openid nonsense"}},
		{"invalid_scope", []string{"scope", "phone"}},
		{"invalid_request", []string{"response_type", ""}},
		{"unsupported_response_type", []string{"response_type", "id_token token"}},
		{"unsupported_response_type", []string{"response_type", "code id_token"}},
		{"invalid_request", []string{"response_mode", "form_post"}},
		{"invalid_request", []string{"code_challenge_method", "plain"}},
		{"invalid_request", []string{"code_challenge_method", ""}},
		{"invalid_request", []string{"code_challenge", "short"}},
		{"invalid_request", []string{"code_challenge", ""}},
		{"request_not_supported", []string{"request", "e30.e30."}},
		{"request_uri_not_supported", []string{"request_uri", "https://evil.example/"}},
		{"login_required", []string{"prompt", "none"}},
		{"invalid_request", []string{"prompt", "none login"}},
		{"invalid_request", []string{"max_age", "-1"}},
		{"invalid_request", []string{"max_age", "soon"}},
	} {
		back := b.back(b.authorize(c.change...))
		assert.Equal(t, c.want, back.Get("error"), c.change)
		assert.Equal(t, "st&te=1", back.Get("state"), c.change)
		assert.Empty(t, back.Get("code"), c.change)
	}
	v := b.params()
	v.Add("scope", "openid")
	assert.Equal(t, "invalid_request", b.back(b.get("/authorize?"+v.Encode())).Get("error"), "a repeated parameter")
}

func TestAWrongClientOrRedirectURINeverRedirects(t *testing.T) {
	b := start(t)
	for _, change := range [][]string{
		{"client_id", "nobody"},
		{"client_id", ""},
		{"redirect_uri", ""},
		{"redirect_uri", "https://evil.example/callback"},
		{"redirect_uri", "http://localhost:54321/callback"},
		{"redirect_uri", "https://127.0.0.2:54321/callback"},
		{"redirect_uri", "http://127.0.0.1:54321/other"},
		{"redirect_uri", "javascript:alert(1)"},
	} {
		a := b.authorize(append(change, "scope", "nonsense", "next", "https://evil.example/")...)
		assert.Equal(t, http.StatusBadRequest, a.StatusCode, change)
		assert.Empty(t, a.Header.Get("Location"), change)
		assert.Contains(t, a.text, "This sign-in can’t go on", change)
		assert.NotContains(t, a.text, "evil", change)
	}
	v := b.params()
	v.Add("redirect_uri", "http://127.0.0.1:54322/callback")
	a := b.get("/authorize?" + v.Encode())
	assert.Equal(t, http.StatusBadRequest, a.StatusCode)
	assert.Equal(t, http.StatusMethodNotAllowed, b.post("/authorize", b.params()).StatusCode)
}
