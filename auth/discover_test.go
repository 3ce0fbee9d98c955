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

// metadataOf returns metadata for an issuer with one more member.
func metadataOf(issuer, more string) string {
	return `{"issuer":"` + issuer + `","authorization_endpoint":"https://as.example.test/authorize","token_endpoint":"https://as.example.test/token"` + more + `}`
}

func TestWire_Discover(t *testing.T) {
	s := authtest.NewEvilas(t, authtest.EvilasParams{})
	got, err := newTestWire(s).Discover(t.Context(), s.URL(), nil)
	require.NoError(t, err)
	assert.Equal(t, s.Endpoints(), got)
}

// RFC 8414 section 3.1 puts the well-known part between host and path, OpenID
// appends it; the second is asked when the first has nothing.
func TestWire_DiscoverAddresses(t *testing.T) {
	s := authtest.NewEvilas(t, authtest.EvilasParams{})
	issuer := s.URL() + "/realms/one/"
	s.Script("/.well-known/oauth-authorization-server/realms/one", authtest.JSON(http.StatusOK, metadataOf(issuer, "")))
	got, err := newTestWire(s).Discover(t.Context(), issuer, nil)
	require.NoError(t, err)
	assert.Equal(t, auth.Endpoints{Issuer: issuer, Authorization: "https://as.example.test/authorize", Token: "https://as.example.test/token"}, got)
	requests := s.Requests("")
	require.Len(t, requests, 2)
	assert.Equal(t, "/realms/one/.well-known/openid-configuration", requests[0].Path)
	assert.Equal(t, http.MethodGet, requests[0].Method)
	assert.Empty(t, requests[0].Header["Authorization"])

	s.Script("/x/.well-known/openid-configuration", authtest.JSON(http.StatusServiceUnavailable, ""))
	_, err = newTestWire(s).Discover(t.Context(), s.URL()+"/x", nil)
	assert.Equal(t, auth.CodeServerError, wireError(t, err).Code)
	assert.Len(t, s.Requests(""), 3, "a server in trouble is not asked elsewhere")
}

// T09: the issuer is compared without any normalising.
func TestWire_DiscoverIssuer(t *testing.T) {
	microsoft := []auth.Quirk{{ID: auth.QuirkIssuerTemplate, Params: map[string]string{"literal": "{tenantid}", "claim": "tid"}}}
	for _, c := range []struct {
		name, path, says string // says: the issuer in the metadata, {url} is the server
		quirks           []auth.Quirk
		ok               bool
	}{
		{"the same", "", "{url}", nil, true},
		{"with a slash at the end", "", "{url}/", nil, false},
		{"without the slash asked for", "/", "{url}", nil, false},
		{"in another case", "/A", "{url}/a", nil, false},
		{"with the default port", "", "https://as.example.test:443", nil, false},
		{"another host", "", "https://evil.test", nil, false},
		{"none", "", "", nil, false},
		{"the quirk's literal", "/common/v2.0", "{url}/{tenantid}/v2.0", microsoft, true},
		{"the literal without the quirk", "/common/v2.0", "{url}/{tenantid}/v2.0", nil, false},
		{"the literal elsewhere", "/common/v2.0", "{url}/v2.0/{tenantid}", microsoft, false},
		{"the literal for two parts", "/common/x/v2.0", "{url}/{tenantid}/v2.0", microsoft, false},
		{"the literal for nothing", "//v2.0", "{url}/{tenantid}/v2.0", microsoft, false},
		{"the literal as host", "/common/v2.0", "http://{tenantid}/common/v2.0", microsoft, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := authtest.NewEvilas(t, authtest.EvilasParams{})
			body := metadataOf(strings.ReplaceAll(c.says, "{url}", s.URL()), "")
			s.Script(strings.TrimSuffix(c.path, "/")+authtest.PathOpenID, authtest.JSON(http.StatusOK, body))
			got, err := newTestWire(s).Discover(t.Context(), s.URL()+c.path, c.quirks)
			if !c.ok {
				assert.Equal(t, auth.CodeIssuerMismatch, wireError(t, err).Code)
				assert.Empty(t, got)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, s.URL()+c.path, got.Issuer)
		})
	}
}

// One bad endpoint spoils the metadata, and so does a size that no metadata has.
func TestWire_DiscoverRefuses(t *testing.T) {
	for name, c := range map[string]struct{ more, code string }{
		"an endpoint without TLS":        {`,"userinfo_endpoint":"http://as.example.test/me"`, auth.CodeAddressRefused},
		"a script as an endpoint":        {`,"jwks_uri":"javascript:alert(1)"`, auth.CodeAddressRefused},
		"a file as an endpoint":          {`,"revocation_endpoint":"file:///etc/passwd"`, auth.CodeAddressRefused},
		"a user name in an endpoint":     {`,"revocation_endpoint":"https://a@b.test/"`, auth.CodeAddressRefused},
		"more than 256 KiB":              {`,"x":"` + strings.Repeat("x", 256<<10) + `"`, auth.CodeReplyUnusable},
		"bytes after the metadata":       {`}{"a":1`, auth.CodeReplyUnusable},
		"an empty authorization address": {`,"authorization_endpoint":""`, auth.CodeReplyUnusable},
	} {
		t.Run(name, func(t *testing.T) {
			s := authtest.NewEvilas(t, authtest.EvilasParams{})
			s.Script(authtest.PathOpenID, authtest.JSON(http.StatusOK, metadataOf(s.URL(), c.more)))
			got, err := newTestWire(s).Discover(t.Context(), s.URL(), nil)
			assert.Equal(t, c.code, wireError(t, err).Code)
			assert.Empty(t, got)
		})
	}
	s := authtest.NewEvilas(t, authtest.EvilasParams{})
	for _, issuer := range []string{"", "http://as.example.test", "ftp://as.example.test", s.URL() + "?a=b", s.URL() + "#a"} {
		_, err := newTestWire(s).Discover(t.Context(), issuer, nil)
		assert.Equal(t, auth.CodeAddressRefused, wireError(t, err).Code, issuer)
	}
	assert.Empty(t, s.Requests(""))
}

// An issuer out there can't point at plain http on this machine.
func TestWire_DiscoverLoopbackEndpoints(t *testing.T) {
	authority := newAuthority(t)
	s := tlsEvilas(t, authority)
	s.Script(authtest.PathOpenID, authtest.JSON(http.StatusOK, metadataOf(s.URL(), `,"userinfo_endpoint":"http://127.0.0.1:1/me"`)))
	_, err := wireTrusting(authority).Discover(t.Context(), s.URL(), nil)
	assert.Equal(t, auth.CodeAddressRefused, wireError(t, err).Code)
}
