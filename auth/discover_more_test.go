package auth_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// RFC 9126 section 5, RFC 8628 section 4 and RFC 8705 section 5: the endpoints
// of the further requests, held to the same rule as all others.
func TestWire_DiscoverFurtherEndpoints(t *testing.T) {
	s := authtest.NewEvilas(t, authtest.EvilasParams{PAR: true})
	got, err := newTestWire(s).Discover(t.Context(), s.URL(), nil)
	require.NoError(t, err)
	assert.Equal(t, s.URL()+authtest.PathPAR, got.PAR)
	assert.Equal(t, s.URL()+authtest.PathDevice, got.Device)

	s.Script(authtest.PathOpenID, authtest.JSON(http.StatusOK, metadataOf(s.URL(), `,"mtls_endpoint_aliases":{"token_endpoint":"https://mtls.example.test/token",
		"device_authorization_endpoint":"https://mtls.example.test/device","pushed_authorization_request_endpoint":"https://mtls.example.test/par"}`)))
	got, err = newTestWire(s).Discover(t.Context(), s.URL(), nil)
	require.NoError(t, err)
	assert.Equal(t, auth.MTLSEndpoints{
		Token: "https://mtls.example.test/token", Device: "https://mtls.example.test/device", PAR: "https://mtls.example.test/par",
	}, got.MTLS)

	for _, more := range []string{
		`,"pushed_authorization_request_endpoint":"http://as.example.test/par"`,
		`,"device_authorization_endpoint":"javascript:alert(1)"`,
		`,"mtls_endpoint_aliases":{"token_endpoint":"http://mtls.example.test/token"}`,
		`,"mtls_endpoint_aliases":{"revocation_endpoint":"https://a@b/"}`,
	} {
		s.Script(authtest.PathOpenID, authtest.JSON(http.StatusOK, metadataOf(s.URL(), more)))
		_, err = newTestWire(s).Discover(t.Context(), s.URL(), nil)
		assert.Equal(t, auth.CodeAddressRefused, wireError(t, err).Code, more)
	}
	for _, more := range []string{`,"mtls_endpoint_aliases":7`, `,"mtls_endpoint_aliases":{"token_endpoint":[]}`} {
		s.Script(authtest.PathOpenID, authtest.JSON(http.StatusOK, metadataOf(s.URL(), more)))
		got, err = newTestWire(s).Discover(t.Context(), s.URL(), nil)
		require.NoError(t, err)
		assert.Zero(t, got.MTLS)
	}
}
