package auth_test

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

func wireError(t *testing.T, err error) *auth.WireError {
	t.Helper()
	var failed *auth.WireError
	require.ErrorAs(t, err, &failed)
	return failed
}

// The one request as it reaches the server: headers that strict endpoints
// insist on and exactly one kind of client authentication (T35, T37).
func TestWire_TokenRequest(t *testing.T) {
	const id, secret = "my client:ä", "s&c r/e+t:%"
	for _, c := range []struct {
		method  auth.ClientAuth
		form    url.Values
		isBasic bool
	}{
		{auth.ClientAuthBasic, url.Values{}, true},
		{auth.ClientAuthPost, url.Values{"client_id": {id}, "client_secret": {secret}}, false},
		{auth.ClientAuthNone, url.Values{"client_id": {id}}, false},
	} {
		t.Run(string(c.method), func(t *testing.T) {
			s := authtest.NewEvilas(t, authtest.EvilasParams{})
			form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {s.Grant("")}, "client_secret": {"another"}}
			_, err := newTestWire(s).Token(t.Context(), auth.TokenRequest{
				ClientRequest: auth.ClientRequest{Endpoint: s.URL() + authtest.PathToken, ClientID: id, ClientAuth: c.method, ClientSecret: auth.NewSecret(secret)},
				Form:          form,
			})
			require.NoError(t, err)
			assert.Len(t, form, 3, "the caller's form is not changed")
			requests := s.Requests("")
			require.Len(t, requests, 1)
			got := requests[0]
			assert.Equal(t, http.MethodPost, got.Method)
			assert.Equal(t, []string{"application/x-www-form-urlencoded"}, got.Header["Content-Type"])
			assert.Equal(t, []string{"application/json"}, got.Header["Accept"])
			c.form.Set("grant_type", "refresh_token")
			c.form.Set("refresh_token", form.Get("refresh_token"))
			assert.Equal(t, c.form, got.Form)
			if c.isBasic {
				assert.Equal(t, "Basic bXkrY2xpZW50JTNBJUMzJUE0OnMlMjZjK3IlMkZlJTJCdCUzQSUyNQ==", got.Header.Get("Authorization"))
				assert.Equal(t, 1, s.Shown(secret))
			} else {
				assert.Empty(t, got.Header["Authorization"])
			}
		})
	}
}

func TestWire_UnknownClientAuthSendsNothing(t *testing.T) {
	s := authtest.NewEvilas(t, authtest.EvilasParams{})
	r := refreshRequest(s)
	r.ClientAuth = "client_secret_rot13"
	_, err := newTestWire(s).Token(t.Context(), r)
	failed := wireError(t, err)
	assert.Equal(t, auth.NotSent, failed.Phase)
	require.ErrorIs(t, err, auth.ErrNotSupported)
	assert.Empty(t, s.Requests(""))
}

// T23, T27, T41: what is not https or this machine gets no connection at all.
func TestWire_RefusedAddresses(t *testing.T) {
	dialled := false
	w := auth.NewWire(auth.WireParams{}.WithDial(func(context.Context, string, string) (net.Conn, error) {
		dialled = true
		return nil, net.ErrClosed
	}))
	for _, address := range []string{
		"", "http://as.example.test/token", "http://10.0.0.1/token", "http://169.254.169.254/token", "file:///etc/passwd",
		"javascript:alert(1)", "https://user:secret@as.example.test/token", "https:///token", "https://as.example.test/a b",
		"https://as.example.test/\nx", "//as.example.test/token", "http://127.0.0.1.evil.test/", "http://0x7f000001/",
		"https://as.example.test/token#f", `\\host\share`,
	} {
		_, err := w.Token(t.Context(), auth.TokenRequest{ClientRequest: auth.ClientRequest{Endpoint: address, ClientAuth: auth.ClientAuthNone}})
		failed := wireError(t, err)
		assert.Equal(t, auth.NotSent, failed.Phase, address)
		assert.Equal(t, auth.CodeAddressRefused, failed.Code, address)
	}
	assert.False(t, dialled)
}

// T41: the address that is dialled counts, not the name: literals stand in for
// what a lying resolver would answer.
func TestWire_RefusedDialledAddresses(t *testing.T) {
	w := auth.NewWire(auth.WireParams{}.WithProxy(""))
	for _, host := range []string{"169.254.169.254", "[fe80::1]", "0.0.0.0", "[::]", "224.0.0.1", "[::ffff:169.254.169.254]"} {
		_, err := w.Token(t.Context(), auth.TokenRequest{ClientRequest: auth.ClientRequest{Endpoint: "https://" + host + ":9/token", ClientAuth: auth.ClientAuthNone}})
		failed := wireError(t, err)
		assert.Equal(t, auth.CodeAddressRefused, failed.Code, host)
		assert.Equal(t, auth.NotSent, failed.Phase, host)
	}
}

// T42: a proxy gets CONNECT for https and nothing at all of plain http.
func TestWire_Proxy(t *testing.T) {
	proxy := authtest.NewEvilas(t, authtest.EvilasParams{})
	s := authtest.NewEvilas(t, authtest.EvilasParams{})
	w := auth.NewWire(auth.WireParams{}.WithProxy(proxy.URL()))

	r := refreshRequest(s)
	r.Form.Set("refresh_token", s.Grant(""))
	_, err := w.Token(t.Context(), r)
	require.NoError(t, err)
	assert.Empty(t, proxy.Requests(""))

	r.Endpoint = "https://as.example.test/token"
	_, err = w.Token(t.Context(), r)
	failed := wireError(t, err)
	assert.Equal(t, auth.CodeProxy, failed.Code)
	assert.Equal(t, auth.NotSent, failed.Phase)
	seen := proxy.Requests("")
	require.Len(t, seen, 1)
	assert.Equal(t, http.MethodConnect, seen[0].Method)
	assert.Empty(t, seen[0].Body)

	gone := auth.NewWire(auth.WireParams{}.WithProxy("http://127.0.0.1:1"))
	_, err = gone.Token(t.Context(), r)
	assert.Equal(t, auth.CodeProxy, wireError(t, err).Code)
}

// A connection that was used before is one that net/http may repeat a request
// on, and one that the server may be dropping just now.
func TestWire_EachRequestHasItsOwnConnection(t *testing.T) {
	s := authtest.NewEvilas(t, authtest.EvilasParams{})
	w := newTestWire(s)
	r := refreshRequest(s)
	r.Form.Set("refresh_token", s.Grant(""))
	seen := map[string]bool{}
	for range 3 {
		_, err := w.Token(t.Context(), r)
		require.NoError(t, err)
	}
	for _, request := range s.Requests("") {
		seen[request.Remote] = true
	}
	assert.Len(t, seen, 3)
}

// Findings 2 and 3: no second connection, no second request, whatever comes.
func TestWire_OnePostPerCall(t *testing.T) {
	s := authtest.NewEvilas(t, authtest.EvilasParams{})
	w := newTestWire(s)
	for i, answer := range []authtest.Answer{
		authtest.JSON(http.StatusServiceUnavailable, ""), authtest.JSON(http.StatusUnauthorized, `{"error":"invalid_client"}`),
		{NoAnswer: true},
		{CutAt: 1, Body: "{}"},
		authtest.Redirect(http.StatusTemporaryRedirect, s.URL()+authtest.PathToken),
		{Status: http.StatusRequestTimeout},
		{Status: http.StatusTooEarly},
		{Raw: "HTTP/1.1 421 x\r\n\r\n"},
	} {
		s.Script(authtest.PathToken, answer)
		_, err := w.Token(t.Context(), refreshRequest(s))
		require.Error(t, err)
		assert.Equal(t, i+1, s.Shown(oldRefresh))
		assert.Len(t, s.Requests(""), i+1)
	}
}
