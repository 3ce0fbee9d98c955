package auth_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

const longSecret = authtest.Sentinel + "secret-of-more-than-32-bytes"

func newECKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}

func pemKey(t *testing.T, key any) auth.Secret {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return auth.NewSecret(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
}

// keyRequest is a refresh by a client with a private key.
func keyRequest(t *testing.T, s *authtest.Evilas, key any) auth.TokenRequest {
	t.Helper()
	r := refreshRequest(s)
	r.Form.Set("refresh_token", s.Grant(""))
	r.Issuer, r.ClientAuth = s.URL(), auth.ClientAuthPrivateKeyJWT
	r.Values = auth.Values{auth.FieldClientKey: pemKey(t, key), auth.FieldClientKeyID: auth.NewSecret("k1")}
	return r
}

// T37: the server checks signature, audience, life and that no ID comes twice,
// and lets a client in by exactly one method.
func TestWire_ClientAssertions(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	for name, key := range map[string]crypto.Signer{"RSA": rsaKey, "EC": newECKey(t), "Ed25519": edKey} {
		t.Run(name, func(t *testing.T) {
			s := authtest.NewEvilas(t, authtest.EvilasParams{ClientID: "client", ClientKey: key.Public()})
			r := keyRequest(t, s, key)
			w := auth.NewWire(auth.WireParams{})
			for range 2 {
				_, err := w.Token(t.Context(), r)
				require.NoError(t, err)
			}
			require.NoError(t, w.Revoke(t.Context(), auth.Revocation{
				Endpoint: s.URL() + authtest.PathRevoke, Issuer: r.Issuer, ClientID: r.ClientID, ClientAuth: r.ClientAuth, Values: r.Values,
				Token: auth.NewSecret("x"), Hint: "access_token",
			}))
			requests := s.Requests("")
			require.Len(t, requests, 3)
			for _, request := range requests {
				assert.Empty(t, request.Header["Authorization"])
				assert.False(t, request.Form.Has("client_secret"))
				assert.Equal(t, 1, s.Shown(request.Form.Get("client_assertion")))
			}
		})
	}
}

func TestWire_ClientSecretJWT(t *testing.T) {
	s := authtest.NewEvilas(t, authtest.EvilasParams{ClientID: "client", ClientSecret: longSecret})
	r := keyRequest(t, s, newECKey(t))
	r.ClientAuth, r.ClientSecret = auth.ClientAuthSecretJWT, auth.NewSecret(longSecret)
	_, err := auth.NewWire(auth.WireParams{}).Token(t.Context(), r)
	require.NoError(t, err)
	assert.Zero(t, s.Shown(longSecret), "the secret itself does not leave")
	assert.NotContains(t, s.Requests("")[0].Body, longSecret)
}

// The oracle has to be right: it refuses what T37 forbids.
func TestEvilas_RefusesBadAssertions(t *testing.T) {
	key := newECKey(t)
	s := authtest.NewEvilas(t, authtest.EvilasParams{ClientID: "client", ClientKey: key.Public()})
	for name, change := range map[string]func(r *auth.TokenRequest){
		"another audience": func(r *auth.TokenRequest) { r.Issuer = "https://elsewhere.example.test" },
		"another key":      func(r *auth.TokenRequest) { r.Values[auth.FieldClientKey] = pemKey(t, newECKey(t)) },
		"another client":   func(r *auth.TokenRequest) { r.ClientID = "mallory" },
		"a second method":  func(r *auth.TokenRequest) { r.Headers = map[string]string{"Authorization": "Basic eDp5"} },
		"a secret instead": func(r *auth.TokenRequest) { r.ClientAuth = auth.ClientAuthPost },
	} {
		r := keyRequest(t, s, key)
		change(&r)
		_, err := auth.NewWire(auth.WireParams{}).Token(t.Context(), r)
		require.Error(t, err, name)
	}
}

// T37: a clock that is wrong is met by one more try with the server's time, and
// only when the client was refused.
func TestWire_ClockOfAssertions(t *testing.T) {
	key := newECKey(t)
	s := authtest.NewEvilas(t, authtest.EvilasParams{ClientID: "client", ClientKey: key.Public()})
	for _, c := range []struct {
		name     string
		skew     time.Duration
		change   func(r *auth.TokenRequest)
		requests int
		ok       bool
	}{
		{"right", 0, nil, 1, true},
		{"an hour fast", time.Hour, nil, 2, true},
		{"ten minutes slow", -10 * time.Minute, nil, 2, true},
		{"days off", 72 * time.Hour, nil, 1, false},
		{"fast, and a wrong key", time.Hour, func(r *auth.TokenRequest) { r.Values[auth.FieldClientKey] = pemKey(t, newECKey(t)) }, 2, false},
		{"right, and a wrong key", 0, func(r *auth.TokenRequest) { r.Values[auth.FieldClientKey] = pemKey(t, newECKey(t)) }, 1, false},
		{"fast, and a wrong secret", time.Hour, func(r *auth.TokenRequest) { r.ClientAuth = auth.ClientAuthBasic }, 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := auth.NewWire(auth.WireParams{Now: func() time.Time { return time.Now().Add(c.skew) }})
			r := keyRequest(t, s, key)
			if c.change != nil {
				c.change(&r)
			}
			before := len(s.Requests(""))
			_, err := w.Token(t.Context(), r)
			assert.Equal(t, c.ok, err == nil, "%v", err)
			assert.Len(t, s.Requests(""), before+c.requests)
		})
	}

	// An answer that says more than that the client is not known is not
	// followed by a second presentation.
	w := auth.NewWire(auth.WireParams{Now: func() time.Time { return time.Now().Add(time.Hour) }})
	for _, answer := range []authtest.Answer{
		authtest.JSON(http.StatusBadRequest, `{"error":"invalid_grant"}`),
		{Status: http.StatusUnauthorized},
		{Status: http.StatusServiceUnavailable},
		{NoAnswer: true},
		{Body: `{"error":"invalid_client"`},
	} {
		r := keyRequest(t, s, key)
		s.Script(authtest.PathToken, answer)
		_, err := w.Token(t.Context(), r)
		require.Error(t, err)
		assert.Equal(t, 1, s.Shown(r.Form.Get("refresh_token")))
	}
}

// A key that can't be used is found before anything leaves, and said without a
// word of it.
func TestWire_ClientKeyThatCannotBeUsed(t *testing.T) {
	s := authtest.NewEvilas(t, authtest.EvilasParams{})
	r := keyRequest(t, s, newECKey(t))
	r.Values[auth.FieldClientKey] = auth.NewSecret("-----BEGIN PRIVATE KEY-----\nTWSENT-key-1\n-----END PRIVATE KEY-----")
	_, err := auth.NewWire(auth.WireParams{}).Token(t.Context(), r)
	failed := wireError(t, err)
	assert.Equal(t, auth.NotSent, failed.Phase)
	assert.Equal(t, auth.CodeClientKey, failed.Code)
	assert.NotContains(t, err.Error(), authtest.Sentinel)
	assert.Empty(t, s.Requests(""))
}

// The user's headers and what is to be left out, as they reach the server.
func TestWire_HeadersAndFields(t *testing.T) {
	const basic = "Basic Y2xpZW50OlRXU0VOVC1zZWNyZXQtNzc="
	for _, c := range []struct {
		name   string
		change func(r *auth.TokenRequest)
		check  func(t *testing.T, got authtest.Request)
		code   string
	}{
		{"a header more", func(r *auth.TokenRequest) { r.Headers = map[string]string{"x-gateway": "k 1", "accept": "text/json"} }, func(t *testing.T, got authtest.Request) {
			assert.Equal(t, []string{"k 1"}, got.Header["X-Gateway"])
			assert.Equal(t, []string{"text/json"}, got.Header["Accept"])
			assert.Equal(t, []string{basic}, got.Header["Authorization"])
		}, ""},
		{"Basic of the user's own", func(r *auth.TokenRequest) { r.Headers = map[string]string{"authorization": "Basic own"} }, func(t *testing.T, got authtest.Request) {
			assert.Equal(t, []string{"Basic own"}, got.Header["Authorization"])
		}, ""},
		{"left out", func(r *auth.TokenRequest) {
			r.OmitHeaders, r.OmitFields = []string{"User-Agent", "Accept", "Content-Type"}, []string{"scope", " nonsense"}
			r.Form.Set("scope", "a")
		}, func(t *testing.T, got authtest.Request) {
			assert.Empty(t, got.Header["User-Agent"])
			assert.Empty(t, got.Header["Accept"])
			assert.Equal(t, []string{"application/x-www-form-urlencoded"}, got.Header["Content-Type"])
			assert.False(t, got.Form.Has("scope"))
			assert.True(t, got.Form.Has("refresh_token"))
		}, ""},
		{"the content type it has anyway", func(r *auth.TokenRequest) {
			r.Headers = map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
		}, func(t *testing.T, got authtest.Request) {
			assert.Equal(t, []string{"application/x-www-form-urlencoded"}, got.Header["Content-Type"])
		}, ""},
		{"another content type", withHeader("Content-Type", "application/json"), nil, auth.CodeRequestSettings},
		{"a line break", withHeader("X-A", "b\r\nX-Evil: 1"), nil, auth.CodeRequestSettings},
		{"a name that is none", withHeader("X A", "b"), nil, auth.CodeRequestSettings},
		{"Host", withHeader("host", "evil.example.test"), nil, auth.CodeRequestSettings},
		{"Content-Length", withHeader("Content-Length", "1"), nil, auth.CodeRequestSettings},
		{"Transfer-Encoding", withHeader("Transfer-Encoding", "chunked"), nil, auth.CodeRequestSettings},
		{"Connection", withHeader("connection", "keep-alive"), nil, auth.CodeRequestSettings},
		{"Basic beside a secret in the body", func(r *auth.TokenRequest) {
			r.ClientAuth = auth.ClientAuthPost
			r.Headers = map[string]string{"Authorization": "basic eDp5"}
		}, nil, auth.CodeRequestSettings},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := authtest.NewEvilas(t, authtest.EvilasParams{})
			r := refreshRequest(s)
			r.ClientAuth = auth.ClientAuthBasic
			r.Form.Set("refresh_token", s.Grant(""))
			c.change(&r)
			_, err := newTestWire(s).Token(t.Context(), r)
			if c.code != "" {
				failed := wireError(t, err)
				assert.Equal(t, c.code, failed.Code)
				assert.Equal(t, auth.NotSent, failed.Phase)
				assert.Empty(t, s.Requests(""))
				return
			}
			require.NoError(t, err)
			c.check(t, s.Requests("")[0])
		})
	}
}

func withHeader(name, value string) func(r *auth.TokenRequest) {
	return func(r *auth.TokenRequest) { r.Headers = map[string]string{name: value} }
}

// A client without an ID of its own leaves the body as the payload has it.
func TestWire_ClientInThePayload(t *testing.T) {
	s := authtest.NewEvilas(t, authtest.EvilasParams{ClientID: "in", ClientSecret: "payload"})
	r := refreshRequest(s)
	r.ClientID, r.ClientAuth, r.ClientSecret = "", auth.ClientAuthNone, auth.Secret{}
	r.Form.Set("refresh_token", s.Grant(""))
	r.Form.Set("client_id", "in")
	r.Form.Set("client_secret", "payload")
	_, err := newTestWire(s).Token(t.Context(), r)
	require.NoError(t, err)
}
