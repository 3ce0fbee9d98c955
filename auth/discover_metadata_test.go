package auth_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// What the editor is filled with. What is not known to the program is left out.
func TestFillFromIssuer(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	r.server.Script(authtest.PathOpenID, authtest.JSON(200, metadataOf(r.server.URL(), `,
		"device_authorization_endpoint":"https://as.example.test/device","registration_endpoint":"https://as.example.test/register",
		"scopes_supported":["openid","reports.read","openid","no blanks","`+strings.Repeat("x", 3000)+`"],
		"grant_types_supported":["implicit","refresh_token","authorization_code","urn:ietf:params:oauth:grant-type:device_code"],
		"token_endpoint_auth_methods_supported":["private_key_jwt","client_secret_post","magic","none"],
		"code_challenge_methods_supported":["plain","S256"],"service_documentation":"https://as.example.test/docs",
		"logo_uri":"http://169.254.169.254/"`)))
	got, err := r.engine.FillFromIssuer(background(), " "+r.server.URL()+" ", true)
	require.NoError(t, err)
	assert.Equal(t, auth.Metadata{
		Issuer: r.server.URL(),
		Endpoints: auth.Endpoints{
			Authorization: "https://as.example.test/authorize", Token: "https://as.example.test/token",
			Device: "https://as.example.test/device", Registration: "https://as.example.test/register",
		},
		Scopes:     []string{"openid", "reports.read"},
		Grants:     []auth.Grant{auth.GrantAuthorizationCode, auth.GrantDeviceCode, auth.GrantRefreshToken},
		ClientAuth: []auth.ClientAuth{auth.ClientAuthPrivateKeyJWT, auth.ClientAuthPost, auth.ClientAuthNone},
		PKCE:       true, DocsURL: "https://as.example.test/docs",
	}, got)
}

// RFC 8414 section 2 says what holds when metadata is silent; a documentation
// page that no browser should open is left out, an endpoint that no request
// should go to spoils the whole.
func TestFillFromIssuerDefaults(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	r.server.Script(authtest.PathOpenID, authtest.JSON(200, metadataOf(r.server.URL(), `,"service_documentation":"javascript:alert(1)","scopes_supported":7`)))
	got, err := r.engine.FillFromIssuer(background(), r.server.URL(), true)
	require.NoError(t, err)
	assert.Equal(t, []auth.Grant{auth.GrantAuthorizationCode}, got.Grants)
	assert.Equal(t, []auth.ClientAuth{auth.ClientAuthBasic}, got.ClientAuth)
	assert.False(t, got.PKCE)
	assert.Empty(t, got.DocsURL)
	assert.Empty(t, got.Scopes)

	r.server.Script(authtest.PathOpenID, authtest.JSON(200, metadataOf(r.server.URL(), `,"registration_endpoint":"http://10.0.0.1/register"`)))
	_, err = r.engine.FillFromIssuer(background(), r.server.URL(), true)
	assert.Equal(t, auth.CodeAddressRefused, asFailure(t, err).Code)
}

func TestFillFromIssuerRefuses(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	for issuer, fix := range map[string]string{
		"": "", "ftp://as.example.test": "", "file:///etc/passwd": "", "http://as.example.test": "",
		"http://169.254.169.254":           "",
		"https://as.example.test?a=b":      "https://as.example.test",
		r.server.URL() + "/.well-known/x":  r.server.URL(),
		"https://user:pw@as.example.test/": "",
	} {
		_, err := r.engine.FillFromIssuer(background(), issuer, true)
		var wrong auth.FieldErrors
		require.ErrorAs(t, err, &wrong, issuer)
		assert.Equal(t, auth.ServiceField("issuer"), wrong[0].Field)
		assert.Equal(t, fix, wrong[0].Fix)
	}
	assert.Empty(t, r.server.Requests(""))

	for code, answer := range map[string]authtest.Answer{
		auth.CodeIssuerMismatch:  authtest.JSON(200, metadataOf(r.server.URL()+"/", "")),
		auth.CodeReplyUnusable:   authtest.JSON(200, metadataOf(r.server.URL(), `,"x":"`+strings.Repeat("x", 256<<10)+`"`)),
		auth.CodeRedirectRefused: authtest.Redirect(http.StatusFound, "http://127.0.0.1:1/"),
		auth.CodeCaptivePortal:   {Status: 200, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<html>"},
	} {
		r.server.Script(authtest.PathOpenID, answer)
		_, err := r.engine.FillFromIssuer(background(), r.server.URL(), true)
		assert.Equal(t, code, asFailure(t, err).Code)
	}
}
