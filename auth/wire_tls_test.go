package auth_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// certificateAuthority signs the certificates of one test.
type certificateAuthority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) certificateAuthority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test authority"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	certificate, err := x509.ParseCertificate(raw)
	require.NoError(t, err)
	return certificateAuthority{certificate, key}
}

// issue signs a certificate for 127.0.0.1, edited by change.
func (a certificateAuthority) issue(t *testing.T, change func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	change(template)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	raw, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &key.PublicKey, a.key)
	require.NoError(t, err)
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}
}

// T27: no bad certificate and no old TLS is talked to, and the secret stays
// here; the same server with a good certificate gets the request.
func TestWire_TLS(t *testing.T) {
	authority, stranger := newAuthority(t), newAuthority(t)
	good := authority.issue(t, func(*x509.Certificate) {})
	for _, c := range []struct {
		name   string
		config *tls.Config
		code   string // "": accepted
	}{
		{"good", &tls.Config{Certificates: []tls.Certificate{good}}, ""},
		{"signed by nobody known", &tls.Config{Certificates: []tls.Certificate{stranger.issue(t, func(*x509.Certificate) {})}}, auth.CodeTLSUntrusted},
		{"expired", &tls.Config{Certificates: []tls.Certificate{authority.issue(t, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) })}}, auth.CodeTLSExpired},
		{"not valid yet", &tls.Config{Certificates: []tls.Certificate{authority.issue(t, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Minute) })}}, auth.CodeTLSExpired},
		{"wrong name", &tls.Config{Certificates: []tls.Certificate{authority.issue(t, func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 2)} })}}, auth.CodeTLSWrongName},
		{"not for servers", &tls.Config{Certificates: []tls.Certificate{authority.issue(t, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} })}}, auth.CodeTLS},
		{"TLS 1.1", &tls.Config{Certificates: []tls.Certificate{good}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, auth.CodeTLSVersion},
		{"TLS 1.2", &tls.Config{Certificates: []tls.Certificate{good}, MaxVersion: tls.VersionTLS12}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := authtest.NewEvilas(t, authtest.EvilasParams{TLS: c.config})
			roots := x509.NewCertPool()
			roots.AddCert(authority.certificate)
			r := refreshRequest(s)
			r.Form.Set("refresh_token", s.Grant(""))
			_, err := auth.NewWire(auth.WireParams{RootCAs: roots}).Token(t.Context(), r)
			if c.code == "" {
				require.NoError(t, err)
				return
			}
			failed := wireError(t, err)
			assert.Equal(t, c.code, failed.Code)
			assert.Equal(t, auth.NotSent, failed.Phase)
			assert.Empty(t, s.Requests(""))
		})
	}
}

// A server that is known to httptest alone is a stranger to the system's roots.
func TestWire_SelfSigned(t *testing.T) {
	s := authtest.NewEvilas(t, authtest.EvilasParams{TLS: &tls.Config{}})
	_, err := auth.NewWire(auth.WireParams{}).Token(t.Context(), refreshRequest(s))
	assert.Equal(t, auth.CodeTLSUntrusted, wireError(t, err).Code)

	plain := authtest.NewEvilas(t, authtest.EvilasParams{})
	r := refreshRequest(plain)
	r.Endpoint = "https" + plain.URL()[len("http"):] + authtest.PathToken
	_, err = auth.NewWire(auth.WireParams{}).Token(t.Context(), r)
	failed := wireError(t, err)
	assert.Equal(t, auth.CodeTLS, failed.Code)
	assert.Equal(t, auth.NotSent, failed.Phase)
}

// tlsEvilas is a server with a certificate of the authority.
func tlsEvilas(t *testing.T, a certificateAuthority) *authtest.Evilas {
	t.Helper()
	return authtest.NewEvilas(t, authtest.EvilasParams{TLS: &tls.Config{
		Certificates: []tls.Certificate{a.issue(t, func(*x509.Certificate) {})}, MinVersion: tls.VersionTLS12,
	}})
}

func wireTrusting(a certificateAuthority) *auth.Wire {
	roots := x509.NewCertPool()
	roots.AddCert(a.certificate)
	return auth.NewWire(auth.WireParams{RootCAs: roots})
}
