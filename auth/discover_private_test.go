package auth_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/netip"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// engineOver is an engine on a wire of its own.
func (r *rig) engineOver(p auth.WireParams) *auth.Engine {
	r.Helper()
	catalog, err := authtest.Catalog()
	require.NoError(r, err)
	e, err := auth.New(auth.Params{
		Store: r.store, Vault: r.store.Vault(), Catalog: catalog, Wire: auth.NewWire(p), Browser: authtest.NewBrowser(r.T, authtest.BrowserFollow, nil),
	})
	require.NoError(r, err)
	r.Cleanup(e.Close)
	return e
}

// T41: an issuer on a private network is asked only after the user has confirmed
// it. A name is judged by the address that it leads to at that moment.
func TestPrivateIssuerNeedsAConfirmation(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	authority := newAuthority(t)
	secure := authtest.NewEvilas(t, authtest.EvilasParams{TLS: &tls.Config{
		Certificates: []tls.Certificate{authority.issue(t, func(c *x509.Certificate) { c.DNSNames = []string{"localhost"} })}, MinVersion: tls.VersionTLS12,
	}})
	roots := x509.NewCertPool()
	roots.AddCert(authority.certificate)
	engine := r.engineOver(auth.WireParams{RootCAs: roots})
	address, err := url.Parse(secure.URL())
	require.NoError(t, err)
	byName := "https://localhost:" + address.Port()
	for _, issuer := range []string{
		r.server.URL(), secure.URL(), byName,
		"https://10.0.0.1", "https://192.168.1.1/realm", "https://172.16.3.4", "https://[::ffff:127.0.0.1]", "https://[::1]",
		"https://[fd00::1]", "https://100.64.0.1",
	} {
		_, err := engine.FillFromIssuer(background(), issuer, false)
		f := asFailure(t, err)
		assert.Equal(t, auth.CodePrivateAddress, f.Code, issuer)
		assert.NotEmpty(t, f.Host, issuer)
	}
	assert.Empty(t, secure.Requests(""), "nothing was sent")
	assert.Empty(t, r.server.Requests(""))

	_, err = engine.FillFromIssuer(background(), r.server.URL(), true)
	require.NoError(t, err)
	secure.Script(authtest.PathOpenID, authtest.JSON(200, metadataOf(byName, "")))
	_, err = engine.FillFromIssuer(background(), byName, true)
	require.NoError(t, err)
	_, err = engine.FillFromIssuer(background(), "https://169.254.169.254", true)
	assert.Equal(t, auth.CodeAddressRefused, asFailure(t, err).Code, "no confirmation leads to where machines keep their credentials")
}

// The proxy of an organisation lies in its own network and is no reason to ask.
func TestPrivateProxyIsNoPrivateIssuer(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	engine := r.engineOver(auth.WireParams{}.WithProxy(r.server.URL()))
	_, err := engine.FillFromIssuer(background(), "https://as.example.test", false)
	assert.Equal(t, auth.CodeProxy, asFailure(t, err).Code)
	assert.Len(t, r.server.Requests(""), 1, "the proxy was asked")
	_, err = engine.FillFromIssuer(background(), "https://10.0.0.1", false)
	assert.Equal(t, auth.CodePrivateAddress, asFailure(t, err).Code)
	assert.Len(t, r.server.Requests(""), 1)
}

func TestPrivateAddresses(t *testing.T) {
	for address, private := range map[string]bool{
		"127.0.0.1": true, "127.8.9.1": true, "10.1.2.3": true, "172.31.255.255": true, "192.168.0.1": true, "100.127.0.1": true,
		"::1": true, "fd12::1": true, "::ffff:10.0.0.1": true, "::ffff:192.168.0.1": true,
		"172.32.0.1": false, "100.128.0.1": false, "192.0.2.1": false, "2001:db8::1": false, "::ffff:192.0.2.1": false,
	} {
		assert.Equal(t, private, auth.PrivateAddress(netip.MustParseAddr(address)), address)
	}
}
