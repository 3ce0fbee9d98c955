package auth_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

const (
	pathRegister    = "/register"
	managementToken = authtest.Sentinel + "registration-0"
)

// registering is a draft for the rig's server, whose metadata offers registration.
func (r *rig) registering(more string) auth.Draft {
	metadata := `{"issuer":"` + r.server.URL() + `","authorization_endpoint":"` + r.server.URL() + authtest.PathAuthorize +
		`","token_endpoint":"` + r.server.URL() + authtest.PathToken + `","registration_endpoint":"` + r.server.URL() + pathRegister + `"` + more + `}`
	for range 4 {
		r.server.Script(authtest.PathOpenID, authtest.JSON(200, metadata))
	}
	d := r.engine.DraftFor(authtest.ServiceID)
	d.Name, d.Params["issuer"], d.Scopes = "Sales", r.server.URL(), []string{"offline_access", "read"}
	return d
}

// answers lets the server repeat what was asked for, changed by edit.
func (r *rig) answers(edit func(client map[string]any)) {
	client := map[string]any{
		"client_id": "made-1", "redirect_uris": []string{"http://127.0.0.1/callback"}, "grant_types": []string{"authorization_code", "refresh_token"},
		"response_types": []string{"code"}, "token_endpoint_auth_method": "client_secret_basic",
		"client_secret": authtest.Sentinel + "secret-0", "client_secret_expires_at": 0,
		"registration_access_token": managementToken, "registration_client_uri": r.server.URL() + pathRegister + "/made-1",
	}
	edit(client)
	body, err := json.Marshal(client)
	require.NoError(r, err)
	r.server.Script(pathRegister, authtest.JSON(http.StatusCreated, string(body)))
}

func TestRegisterClient(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	d := r.registering(`,"token_endpoint_auth_methods_supported":["private_key_jwt","client_secret_post","client_secret_basic"]`)
	require.True(t, r.engine.CanRegister(d))
	ends := time.Now().Add(90 * 24 * time.Hour).Truncate(time.Minute)
	r.answers(func(c map[string]any) {
		c["token_endpoint_auth_method"], c["client_secret_expires_at"] = "client_secret_post", ends.Unix()
		c["logo_uri"], c["jwks_uri"] = r.server.URL()+"/logo", r.server.URL()+"/fetched"
	})
	got, err := r.engine.RegisterClient(background(), d)
	require.NoError(t, err)
	assert.Equal(t, "made-1", got.ClientID)
	assert.Equal(t, auth.ClientAuthPost, got.ClientAuth)
	assert.Equal(t, authtest.Sentinel+"secret-0", got.ClientSecret.Reveal())
	assert.Equal(t, ends.Local().Format("2006-01-02 15:04"), got.Values.Text(auth.FieldSecretExpiry))
	assert.Equal(t, managementToken, got.Values.Text(auth.FieldRegistrationToken))
	assert.Equal(t, r.server.URL()+pathRegister+"/made-1", got.Values.Text(auth.FieldRegistrationURI))

	requests := r.server.Requests("")
	require.Len(t, requests, 2, "the metadata and the registration, and no other address of either")
	assert.Equal(t, "application/json", requests[1].Header.Get("Content-Type"))
	assert.Empty(t, requests[1].Header.Get("Authorization"))
	assert.JSONEq(t, `{"redirect_uris":["http://127.0.0.1/callback"],"grant_types":["authorization_code","refresh_token"],"response_types":["code"],
		"token_endpoint_auth_method":"client_secret_post","client_name":"Tokenwell","scope":"read offline_access","application_type":"native"}`, requests[1].Body)
}

// The form leads a registered client through sign-in, edit and duplicate; what
// manages it stays with its client ID and is shown nowhere.
func TestRegisteredClientSignsIn(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{ClientID: "made-1", ClientSecret: authtest.Sentinel + "secret-0"})
	d := r.registering(`,"token_endpoint_auth_methods_supported":["client_secret_basic"]`)
	r.answers(func(map[string]any) {})
	got, err := r.engine.RegisterClient(background(), d)
	require.NoError(t, err)
	d.ClientID, d.ClientSecret, d.Confirmation, d.ClientAuth, d.Values = got.ClientID, got.ClientSecret, got.ClientSecret, got.ClientAuth, got.Values
	s, err := r.engine.Authorize(background(), d)
	require.NoError(t, err)
	_, err = r.signIn(s)
	require.NoError(t, err)
	kept := func(id string) string { return r.row(id).Authorization.Values.Text(auth.FieldRegistrationToken) }
	assert.Equal(t, managementToken, kept(s.ID()))

	edit, err := r.engine.DraftOf(background(), s.ID(), false)
	require.NoError(t, err)
	assert.Empty(t, edit.Values)
	edit.Notes = "changed"
	edited, err := r.engine.Authorize(background(), edit)
	require.NoError(t, err)
	_, err = r.signIn(edited)
	require.NoError(t, err)
	assert.Equal(t, managementToken, kept(s.ID()))

	duplicate, err := r.engine.DraftOf(background(), s.ID(), true)
	require.NoError(t, err)
	copied, err := r.engine.Authorize(background(), duplicate)
	require.NoError(t, err)
	assert.Empty(t, kept(copied.ID()), "a copy does not manage the client")
	copied.Cancel()
}

func TestRegistrationAsksForWhatTheGrantNeeds(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(d *auth.Draft)
		methods string
		want    string
	}{
		"public where it may be": {
			func(*auth.Draft) {}, `"client_secret_basic","none"`,
			`"grant_types":["authorization_code","refresh_token"],"response_types":["code"],"token_endpoint_auth_method":"none"`,
		},
		"a fixed port": {func(d *auth.Draft) { d.Port = 4711 }, `"client_secret_basic"`, `"redirect_uris":["http://127.0.0.1:4711/callback"]`},
		"a device": {
			func(d *auth.Draft) { d.Grant = auth.GrantDeviceCode }, `"none"`,
			`{"grant_types":["urn:ietf:params:oauth:grant-type:device_code","refresh_token"],"response_types":[],"token_endpoint_auth_method":"none"`,
		},
		"an app by itself": {
			func(d *auth.Draft) { d.Grant = auth.GrantClientCredentials }, `"none","client_secret_post"`,
			`{"grant_types":["client_credentials"],"response_types":[],"token_endpoint_auth_method":"client_secret_post"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{})
			d := r.registering(`,"token_endpoint_auth_methods_supported":[` + c.methods + `]`)
			c.change(&d)
			r.server.Script(pathRegister, authtest.JSON(400, `{"error":"invalid_redirect_uri"}`))
			_, err := r.engine.RegisterClient(background(), d)
			assert.Equal(t, "invalid_redirect_uri", asFailure(t, err).Code)
			assert.Contains(t, r.server.Requests(pathRegister)[0].Body, c.want)
		})
	}
}

// T40: a client that is not what was asked for is not used.
func TestRegistrationThatIsNotWhatWasAskedFor(t *testing.T) {
	past := time.Now().Add(-time.Hour).Unix()
	for name, edit := range map[string]func(c map[string]any){
		"another redirect URI": func(c map[string]any) { c["redirect_uris"] = []string{"https://evil.test/"} },
		"one more redirect URI": func(c map[string]any) {
			c["redirect_uris"] = []string{"http://127.0.0.1/callback", "https://evil.test/"}
		},
		"redirect URIs as a text":    func(c map[string]any) { c["redirect_uris"] = "http://127.0.0.1/callback" },
		"no redirect URI":            func(c map[string]any) { c["redirect_uris"] = []string{} },
		"a broader grant":            func(c map[string]any) { c["grant_types"] = []string{"authorization_code", "password"} },
		"another grant":              func(c map[string]any) { c["grant_types"] = []string{"refresh_token"} },
		"tokens in the redirect":     func(c map[string]any) { c["response_types"] = []string{"code", "token"} },
		"no secret any more":         func(c map[string]any) { c["token_endpoint_auth_method"] = "none" },
		"keys nobody has":            func(c map[string]any) { c["token_endpoint_auth_method"] = "private_key_jwt" },
		"a method of its own":        func(c map[string]any) { c["token_endpoint_auth_method"] = "magic" },
		"a method that is a number":  func(c map[string]any) { c["token_endpoint_auth_method"] = 7 },
		"a secret method, no secret": func(c map[string]any) { delete(c, "client_secret") },
		"a short secret to sign with": func(c map[string]any) {
			c["token_endpoint_auth_method"], c["client_secret"] = "client_secret_jwt", "short"
		},
		"a secret that has ended":   func(c map[string]any) { c["client_secret_expires_at"] = past },
		"an end that is no number":  func(c map[string]any) { c["client_secret_expires_at"] = []int{1} },
		"an end in a million years": func(c map[string]any) { c["client_secret_expires_at"] = int64(1) << 45 },
		"no client ID":              func(c map[string]any) { delete(c, "client_id") },
		"a client ID of two lines":  func(c map[string]any) { c["client_id"] = "a\nb" },
		"an endless client ID":      func(c map[string]any) { c["client_id"] = strings.Repeat("x", 2000) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{})
			d := r.registering(`,"token_endpoint_auth_methods_supported":["client_secret_basic"]`)
			r.answers(edit)
			got, err := r.engine.RegisterClient(background(), d)
			f := asFailure(t, err)
			assert.Equal(t, auth.CodeRegistrationUnusable, f.Code)
			assert.NotContains(t, f.Happened, "{")
			assert.Empty(t, got)
		})
	}
}

func TestRegistrationThatFails(t *testing.T) {
	for name, c := range map[string]struct {
		answer authtest.Answer
		code   string
	}{
		"closed":             {authtest.JSON(401, `{"error":"invalid_token"}`), auth.CodeRegistrationClosed},
		"forbidden":          {authtest.JSON(403, ``), auth.CodeRegistrationClosed},
		"refused":            {authtest.JSON(400, `{"error":"invalid_client_metadata"}`), "invalid_client_metadata"},
		"a page":             {authtest.Answer{Status: 201, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<html>"}, auth.CodeCaptivePortal},
		"a list":             {authtest.JSON(201, `[]`), auth.CodeReplyUnusable},
		"one megabyte":       {authtest.JSON(201, `{"client_id":"x","logo":"`+strings.Repeat("x", 1<<20)+`"}`), auth.CodeReplyUnusable},
		"nested without end": {authtest.JSON(201, `{"x":`+strings.Repeat("[", 1000)), auth.CodeReplyUnusable},
		"a redirect":         {authtest.Redirect(307, "http://127.0.0.1:1/"), auth.CodeRedirectRefused},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{})
			d := r.registering("")
			r.server.Script(pathRegister, c.answer)
			_, err := r.engine.RegisterClient(background(), d)
			assert.Equal(t, c.code, asFailure(t, err).Code)
			assert.Len(t, r.server.Requests(pathRegister), 1)
		})
	}
}

func TestServiceWithoutRegistration(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	d := r.engine.DraftFor(authtest.ServiceID)
	assert.False(t, r.engine.CanRegister(d), "the issuer is not entered yet")
	d.Params["issuer"] = r.server.URL()
	_, err := r.engine.RegisterClient(background(), d)
	assert.Equal(t, auth.CodeNotSupported, asFailure(t, err).Code)

	s := r.saved(r.ownService("Intranet"))
	fixed := r.engine.DraftFor(s.ID)
	assert.False(t, r.engine.CanRegister(fixed))
	s.Endpoints.Registration = r.server.URL() + pathRegister
	r.saved(s)
	assert.True(t, r.engine.CanRegister(fixed))
	fixed.Grant = auth.GrantAccessToken
	assert.False(t, r.engine.CanRegister(fixed))
}

// What manages the client goes to the host that made it, or is not kept.
func TestManagementElsewhereIsNotKept(t *testing.T) {
	for _, uri := range []string{"https://evil.test/register", "http://10.0.0.1/", "", "javascript:alert(1)"} {
		r := newRig(t, authtest.EvilasParams{})
		d := r.registering("")
		r.answers(func(c map[string]any) { c["registration_client_uri"] = uri })
		got, err := r.engine.RegisterClient(background(), d)
		require.NoError(t, err)
		assert.Empty(t, got.Values, uri)
		assert.NotContains(t, fmt.Sprint(got), authtest.Sentinel)
		r.engine.Close()
	}
}
