package auth_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"software.sslmate.com/src/go-pkcs12"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

func pemCertificate(raw []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}))
}

// T27: a CA of the user's own is trusted by this authorization and by no other.
func TestWire_OwnCA(t *testing.T) {
	authority := newAuthority(t)
	s := tlsEvilas(t, authority)
	w := auth.NewWire(auth.WireParams{})
	r := refreshRequest(s)
	r.Form.Set("refresh_token", s.Grant(""))
	r.Values = auth.Values{auth.FieldCA: auth.NewSecret(pemCertificate(newAuthority(t).certificate.Raw) + "\n" + pemCertificate(authority.certificate.Raw))}
	_, err := w.Token(t.Context(), r)
	require.NoError(t, err)
	r.Values = nil
	_, err = w.Token(t.Context(), r)
	assert.Equal(t, auth.CodeTLSUntrusted, wireError(t, err).Code)
	r.Values = auth.Values{auth.FieldCA: auth.NewSecret(pemCertificate(newAuthority(t).certificate.Raw))}
	_, err = w.Token(t.Context(), r)
	assert.Equal(t, auth.CodeTLSUntrusted, wireError(t, err).Code)
	assert.Len(t, s.Requests(""), 1)
}

// connectProxy is a proxy that makes tunnels for one user, and notes what it saw.
type connectProxy struct {
	*httptest.Server
	mu   sync.Mutex
	seen []authtest.Request
}

func newConnectProxy(t *testing.T, user string) *connectProxy {
	t.Helper()
	p := &connectProxy{}
	var tunnels sync.WaitGroup
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		p.mu.Lock()
		p.seen = append(p.seen, authtest.Request{Method: r.Method, Path: r.Host, Header: r.Header.Clone(), Body: string(body)})
		p.mu.Unlock()
		if r.Header.Get("Proxy-Authorization") != user {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		there, err := new(net.Dialer).DialContext(r.Context(), "tcp", r.Host)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		here, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
		for _, pair := range [][2]net.Conn{{here, there}, {there, here}} {
			tunnels.Go(func() {
				_, _ = io.Copy(pair[0], pair[1])
				_, _ = pair[0].Close(), pair[1].Close()
			})
		}
	}))
	t.Cleanup(func() { p.Close(); tunnels.Wait() })
	return p
}

func (p *connectProxy) requests() []authtest.Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen
}

// T42: the authorization's own proxy is used by its own requests alone, for
// https alone and by CONNECT alone; it learns the host and nothing else.
func TestWire_OwnProxy(t *testing.T) {
	authority := newAuthority(t)
	s, local := tlsEvilas(t, authority), authtest.NewEvilas(t, authtest.EvilasParams{})
	proxy := newConnectProxy(t, "Basic "+base64.StdEncoding.EncodeToString([]byte("ana:TWSENT-proxy-1")))
	var log bytes.Buffer
	roots := x509.NewCertPool()
	roots.AddCert(authority.certificate)
	w := auth.NewWire(auth.WireParams{RootCAs: roots, Log: slog.New(slog.NewTextHandler(&log, nil))})
	address, err := url.Parse(proxy.URL)
	require.NoError(t, err)
	address.User = url.UserPassword("ana", "TWSENT-proxy-1")

	r := refreshRequest(s)
	r.Form.Set("refresh_token", s.Grant(""))
	_, err = w.Token(t.Context(), r)
	require.NoError(t, err)
	assert.Empty(t, proxy.requests(), "an authorization without a proxy")
	assert.NotContains(t, log.String(), "proxy=")

	r.Values = auth.Values{auth.FieldProxy: auth.NewSecret(address.String())}
	_, err = w.Token(t.Context(), r)
	require.NoError(t, err)
	seen := proxy.requests()
	require.Len(t, seen, 1)
	assert.Equal(t, http.MethodConnect, seen[0].Method)
	assert.Empty(t, seen[0].Body)
	assert.Empty(t, seen[0].Header["Authorization"])

	plain := refreshRequest(local)
	plain.Form.Set("refresh_token", local.Grant(""))
	plain.Values = r.Values
	_, err = w.Token(t.Context(), plain)
	require.NoError(t, err)
	assert.Len(t, proxy.requests(), 1, "plain http goes to this machine itself")

	address.User = url.UserPassword("ana", "TWSENT-proxy-2")
	r.Values = auth.Values{auth.FieldProxy: auth.NewSecret(address.String())}
	_, err = w.Token(t.Context(), r)
	failed := wireError(t, err)
	assert.Equal(t, auth.CodeProxyAuth, failed.Code)
	assert.Equal(t, auth.NotSent, failed.Phase)
	assert.NotContains(t, err.Error()+log.String(), authtest.Sentinel)
	assert.Contains(t, log.String(), "proxy="+address.Host, "the log says which proxy was used")
	assert.Len(t, s.Requests(""), 2)
}

// Settings that can't be used make the request fail before it is sent: it never
// goes another way instead.
func TestWire_ConnectionThatCannotBeUsed(t *testing.T) {
	s := authtest.NewEvilas(t, authtest.EvilasParams{})
	for _, c := range []struct {
		field auth.Field
		value string
		code  string
	}{
		{auth.FieldTimeout, "0", auth.CodeConnection},
		{auth.FieldTimeout, "301", auth.CodeConnection},
		{auth.FieldTimeout, "99999999999999999999", auth.CodeConnection},
		{auth.FieldTimeout, "9223372037", auth.CodeConnection},
		{auth.FieldTimeout, "soon", auth.CodeConnection},
		{auth.FieldProxy, "proxy.example.test:8080", auth.CodeConnection},
		{auth.FieldProxy, "ftp://proxy.example.test", auth.CodeConnection},
		{auth.FieldProxy, "http://proxy.example.test/path", auth.CodeConnection},
		{auth.FieldProxy, "http://TWSENT-user:TWSENT-pass@", auth.CodeConnection},
		{auth.FieldProxy, "http://proxy.example.test/?a", auth.CodeConnection},
		{auth.FieldCA, "TWSENT-ca", auth.CodeConnection},
		{auth.FieldCA, pemCertificate([]byte("TWSENT-ca")), auth.CodeConnection},
		{auth.FieldClientCert, "", auth.CodeClientCertificate},
		{auth.FieldClientCert, "TWSENT-cert", auth.CodeClientCertificate},
	} {
		r := refreshRequest(s)
		if c.field == auth.FieldClientCert {
			r.ClientAuth = auth.ClientAuthTLS
		}
		r.Values = auth.Values{c.field: auth.NewSecret(c.value)}
		_, err := newTestWire(s).Token(t.Context(), r)
		failed := wireError(t, err)
		assert.Equal(t, c.code, failed.Code, c.value)
		assert.Equal(t, auth.NotSent, failed.Phase, c.value)
		assert.NotContains(t, err.Error(), authtest.Sentinel)
	}
	assert.Empty(t, s.Requests(""))
}

// The authorization's own time-out ends a request that the usual one would not.
func TestWire_OwnTimeout(t *testing.T) {
	s := authtest.NewEvilas(t, authtest.EvilasParams{})
	s.Script(authtest.PathToken, authtest.Answer{Hold: make(chan struct{})})
	r := refreshRequest(s)
	r.Values = auth.Values{auth.FieldTimeout: auth.NewSecret(" 1 ")}
	begun := time.Now()
	_, err := newTestWire(s).Token(t.Context(), r)
	failed := wireError(t, err)
	assert.Equal(t, auth.CodeNoAnswer, failed.Code)
	assert.Equal(t, auth.Ambiguous, failed.Phase)
	assert.Less(t, time.Since(begun), 8*time.Second)
}

// clientCertificate is a certificate with its key, for a client.
func clientCertificate(t *testing.T, a certificateAuthority) tls.Certificate {
	t.Helper()
	return a.issue(t, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} })
}

// mtlsEvilas is a server that asks for a client certificate of this authority.
func mtlsEvilas(t *testing.T, server, clients certificateAuthority, version uint16) *authtest.Evilas {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AddCert(clients.certificate)
	return authtest.NewEvilas(t, authtest.EvilasParams{TLS: &tls.Config{
		Certificates: []tls.Certificate{server.issue(t, func(*x509.Certificate) {})}, MinVersion: tls.VersionTLS12, MaxVersion: version,
		ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool,
	}})
}

// RFC 8705: the certificate is shown to the service, the client ID stands in the
// body, and nothing else proves the client.
func TestWire_MutualTLS(t *testing.T) {
	authority, clients := newAuthority(t), newAuthority(t)
	certificate := clientCertificate(t, clients)
	leaf, err := x509.ParseCertificate(certificate.Certificate[0])
	require.NoError(t, err)
	key := pemKey(t, certificate.PrivateKey)
	file, err := pkcs12.Modern.Encode(certificate.PrivateKey, leaf, []*x509.Certificate{clients.certificate}, "TWSENT-file-password")
	require.NoError(t, err)
	for name, values := range map[string]auth.Values{
		"PEM":          {auth.FieldClientCert: auth.NewSecret(pemCertificate(leaf.Raw) + key.Reveal())},
		"key first":    {auth.FieldClientCert: auth.NewSecret(key.Reveal() + pemCertificate(leaf.Raw))},
		"chain before": {auth.FieldClientCert: auth.NewSecret(pemCertificate(clients.certificate.Raw) + pemCertificate(leaf.Raw) + key.Reveal())},
		"PKCS#12": {
			auth.FieldClientCert:         auth.NewSecret(base64.StdEncoding.EncodeToString(file)[:100] + "\n" + base64.StdEncoding.EncodeToString(file)[100:]),
			auth.FieldClientCertPassword: auth.NewSecret("TWSENT-file-password"),
		},
	} {
		for version, method := range map[uint16]auth.ClientAuth{tls.VersionTLS12: auth.ClientAuthTLS, tls.VersionTLS13: auth.ClientAuthSelfSignedTLS} {
			s := mtlsEvilas(t, authority, clients, version)
			r := refreshRequest(s)
			r.ClientAuth, r.Values = method, values
			r.Form.Set("refresh_token", s.Grant(""))
			_, err := wireTrusting(authority).Token(t.Context(), r)
			require.NoError(t, err, name)
			got := s.Requests("")[0]
			assert.Equal(t, leaf.Raw, got.Certificate.Raw, name)
			assert.Equal(t, []string{"client"}, got.Form["client_id"], name)
			assert.Empty(t, got.Header["Authorization"])
			assert.False(t, got.Form.Has("client_secret"))
		}
	}
}

// A server that does not take the certificate, or misses one, has not looked at
// the request: the refresh token can be presented again.
func TestWire_MutualTLSRefused(t *testing.T) {
	authority, clients := newAuthority(t), newAuthority(t)
	stranger := clientCertificate(t, newAuthority(t))
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		s := mtlsEvilas(t, authority, clients, version)
		r := refreshRequest(s)
		r.ClientAuth = auth.ClientAuthTLS
		r.Values = auth.Values{auth.FieldClientCert: auth.NewSecret(pemCertificate(stranger.Certificate[0]) + pemKey(t, stranger.PrivateKey).Reveal())}
		failed := afterHandshake(t, wireTrusting(authority), r)
		assert.Equal(t, auth.CodeClientCertRefused, failed.Code)
		assert.Equal(t, auth.NotSent, failed.Phase)
		r.ClientAuth = auth.ClientAuthPost
		failed = afterHandshake(t, wireTrusting(authority), r)
		assert.Equal(t, auth.NotSent, failed.Phase)
		if version == tls.VersionTLS13 { // an older server only says that the handshake failed
			assert.Equal(t, auth.CodeClientCertRefused, failed.Code)
		}
		assert.Empty(t, s.Requests(""))
	}
}

// afterHandshake is the error of a server that ends TLS 1.3 when the client is
// through already. On a busy machine the connection can be gone before the
// client has written, which hides the server's reason: then once more.
func afterHandshake(t *testing.T, w *auth.Wire, r auth.TokenRequest) *auth.WireError {
	t.Helper()
	for range 5 {
		_, err := w.Token(t.Context(), r)
		if failed := wireError(t, err); failed.Code != auth.CodeCutOff {
			return failed
		}
	}
	require.Fail(t, "the server's alert never came")
	return nil
}
