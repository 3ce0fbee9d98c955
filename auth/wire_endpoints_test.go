package auth_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

const endpointToken = authtest.Sentinel + "access-77"

// endpointCalls are the requests beside that for tokens, each with a secret in
// every place that has one.
var endpointCalls = map[string]func(ctx context.Context, w *auth.Wire, r auth.ClientRequest) error{
	authtest.PathDevice: func(ctx context.Context, w *auth.Wire, r auth.ClientRequest) error {
		_, err := w.Device(ctx, r, []string{"read"}, " ", url.Values{"own": {authtest.Sentinel + "param-77"}})
		return err
	},
	authtest.PathPAR: func(ctx context.Context, w *auth.Wire, r auth.ClientRequest) error {
		_, _, err := w.Push(ctx, r, url.Values{"redirect_uri": {"http://127.0.0.1/callback"}, "code_challenge": {authtest.Sentinel + "challenge-77"}})
		return err
	},
	authtest.PathIntrospect: func(ctx context.Context, w *auth.Wire, r auth.ClientRequest) error {
		_, _, err := w.Introspect(ctx, r, auth.IntrospectionStyle{}, auth.NewSecret(endpointToken))
		return err
	},
	authtest.PathJWKS: func(ctx context.Context, w *auth.Wire, r auth.ClientRequest) error {
		_, err := w.Keys(ctx, r)
		return err
	},
	authtest.PathRevoke: func(ctx context.Context, w *auth.Wire, r auth.ClientRequest) error {
		return w.Revoke(ctx, auth.Revocation{
			Endpoint: r.Endpoint, ClientID: r.ClientID, ClientAuth: r.ClientAuth, ClientSecret: r.ClientSecret, Headers: r.Headers,
			Token: auth.NewSecret(endpointToken), Hint: "access_token",
		})
	},
	authtest.PathUserInfo: func(ctx context.Context, w *auth.Wire, r auth.ClientRequest) error {
		_, err := w.Via(r).UserInfo(ctx, r.Endpoint, auth.UserInfoStyle{}, auth.NewSecret(endpointToken))
		return err
	},
}

func endpointRequest(s *authtest.Evilas, path string) auth.ClientRequest {
	return auth.ClientRequest{
		Endpoint: s.URL() + path, Issuer: s.URL(), ClientID: "client", ClientAuth: auth.ClientAuthPost,
		ClientSecret: auth.NewSecret(authtest.Sentinel + "secret-77"), Headers: map[string]string{"X-Own": authtest.Sentinel + "header-77"},
	}
}

// T28: no redirect is followed: not to another host, not to another path.
func TestWire_EndpointsFollowNoRedirect(t *testing.T) {
	s, second := authtest.NewEvilas(t, authtest.EvilasParams{}), authtest.NewEvilas(t, authtest.EvilasParams{})
	for path, call := range endpointCalls {
		for _, status := range []int{301, 302, 303, 307, 308} {
			for _, to := range []string{second.URL() + path, s.URL() + "/elsewhere", "http://as.example.test/"} {
				s.Script(path, authtest.Redirect(status, to))
				failed := wireError(t, call(t.Context(), newTestWire(s), endpointRequest(s, path)))
				assert.Equal(t, auth.CodeRedirectRefused, failed.Code, path)
				assert.Equal(t, status, failed.Status)
			}
		}
		assert.Len(t, s.Requests(path), 15, "one request per call")
	}
	assert.Empty(t, second.Requests(""))
	assert.Empty(t, s.Requests("/elsewhere"))
}

// T27: a certificate that nobody vouches for gets no request.
func TestWire_EndpointsTrustNoStranger(t *testing.T) {
	s := authtest.NewEvilas(t, authtest.EvilasParams{TLS: &tls.Config{MinVersion: tls.VersionTLS12}})
	for path, call := range endpointCalls {
		failed := wireError(t, call(t.Context(), auth.NewWire(auth.WireParams{}), endpointRequest(s, path)))
		assert.Equal(t, auth.CodeTLSUntrusted, failed.Code, path)
		r := endpointRequest(s, path)
		r.Endpoint = "http://as.example.test" + path
		failed = wireError(t, call(t.Context(), auth.NewWire(auth.WireParams{}), r))
		assert.Equal(t, auth.CodeAddressRefused, failed.Code, path)
	}
	assert.Empty(t, s.Requests(""))
}

// T36, T61: no endpoint's answer brings a secret or a foreign text into an
// error, a failure or the log.
func TestWire_EndpointsLeakNothing(t *testing.T) {
	const echo = "TWSENT-access-77 TWSENT-secret-77 TWSENT-header-77 TWSENT-param-77 TWSENT-body-1"
	s := authtest.NewEvilas(t, authtest.EvilasParams{})
	var log bytes.Buffer
	w := auth.NewWire(auth.WireParams{Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	answers := []authtest.Answer{
		{Body: echo},
		{Body: "<html>" + echo},
		{Raw: "HTTP/1.1 200 TWSENT-status-1\r\n" + echo},
		{Raw: echo},
		{Body: `{"error":"` + echo + `"}`},
		{Body: `{"error":"TWSENT-header-77","keys":7,"active":"TWSENT-body-1"}`},
		{Body: `{"access_token":"TWSENT-access-1","access_token":"TWSENT-access-2"}`},
		{CutAt: 20, Body: `{"device_code":"TWSENT-device-1"`},
	}
	for _, status := range []int{307, 400, 401, 403, 404, 429, 500, 511} {
		header := http.Header{"Location": {"http://TWSENT-location-1/%zz"}, "Www-Authenticate": {"TWSENT-header-1"}, "Date": {"TWSENT-date-1"}}
		answers = append(answers, authtest.Answer{Status: status, Header: header, Body: echo})
	}
	for path, call := range endpointCalls {
		all := answers
		for _, word := range endpointSecrets[path] {
			all = append(all, authtest.Answer{Status: 400, Body: `{"error":"` + word + `","error_description":"` + echo + `"}`},
				authtest.Answer{Status: 401, Body: `{"error":"x ` + word + ` x"}`})
		}
		for i, answer := range all {
			if answer.Status == 0 && (path == authtest.PathRevoke || path == authtest.PathUserInfo && strings.HasPrefix(answer.Body, "{")) {
				continue // 200 is all that counts here
			}
			s.Script(path, answer)
			err := call(t.Context(), w, endpointRequest(s, path))
			require.Error(t, err, "%s, answer %d", path, i)
			failure := auth.Explain(err, auth.ExplainContext{Service: "Evil", Name: "mine", State: auth.StateActive})
			asJSON, jsonErr := json.Marshal(failure)
			require.NoError(t, jsonErr)
			fmt.Fprintf(&log, "%s: %v %+v %#v %v %#v %s\n", path, err, err, err, failure, failure, asJSON)
		}
	}
	if at := strings.Index(log.String(), "TWSENT"); at >= 0 {
		assert.Fail(t, "a secret or foreign text leaked", log.String()[max(0, at-300):at+40])
	}
}

// endpointSecrets are what each endpoint is shown and could echo.
var endpointSecrets = map[string][]string{
	authtest.PathDevice:     {"TWSENT-secret-77", "TWSENT-header-77", "TWSENT-param-77"},
	authtest.PathPAR:        {"TWSENT-secret-77", "TWSENT-header-77", "TWSENT-challenge-77"},
	authtest.PathIntrospect: {"TWSENT-secret-77", "TWSENT-header-77", "TWSENT-access-77"},
	authtest.PathRevoke:     {"TWSENT-secret-77", "TWSENT-header-77", "TWSENT-access-77"},
	authtest.PathUserInfo:   {"TWSENT-access-77"},
}

// RFC 9126: the request is kept at the server, which answers 201; some say 200.
func TestWire_Push(t *testing.T) {
	s := authtest.NewEvilas(t, authtest.EvilasParams{ClientID: "client", ClientSecret: "s"})
	r := endpointRequest(s, authtest.PathPAR)
	r.ClientAuth, r.ClientSecret, r.OmitFields = auth.ClientAuthBasic, auth.NewSecret("s"), []string{"redirect_uri"}
	request := url.Values{"redirect_uri": {"http://127.0.0.1/callback"}, "client_id": {"client"}}
	uri, life, err := newTestWire(s).Push(t.Context(), r, request)
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(uri, "urn:ietf:params:oauth:request_uri:"))
	assert.Equal(t, time.Minute, life)
	assert.Equal(t, []string{"http://127.0.0.1/callback"}, s.Requests("")[0].Form["redirect_uri"], "fields are left out of token requests alone")
	for body, want := range map[string]string{
		`{"request_uri":"urn:x","expires_in":90}`:             "",
		`{"request_uri":"urn:x"}`:                             "",
		`{"request_uri":"urn:x","expires_in":1e400}`:          "",
		`{"request_uri":""}`:                                  auth.CodeReplyUnusable,
		`{"request_uri":"a\r\nb"}`:                            auth.CodeReplyUnusable,
		`{"request_uri":"` + strings.Repeat("x", 1025) + `"}`: auth.CodeReplyUnusable,
		`{}`: auth.CodeReplyUnusable,
	} {
		s.Script(authtest.PathPAR, authtest.JSON(http.StatusOK, body))
		_, life, err := newTestWire(s).Push(t.Context(), r, request)
		if want != "" {
			assert.Equal(t, want, wireError(t, err).Code, body)
			continue
		}
		require.NoError(t, err, body)
		assert.Positive(t, life)
		assert.LessOrEqual(t, life, 10*time.Minute)
	}
}

// RFC 7662.
func TestWire_Introspect(t *testing.T) {
	s := authtest.NewEvilas(t, authtest.EvilasParams{})
	w := newTestWire(s)
	r := endpointRequest(s, authtest.PathIntrospect)
	s.Script(authtest.PathIntrospect, authtest.JSON(http.StatusOK, `{"active":true,"scope":"read","username":"ana\u202e","exp":1}`))
	active, claims, err := w.Introspect(t.Context(), r, auth.IntrospectionStyle{}, auth.NewSecret(endpointToken))
	require.NoError(t, err)
	assert.True(t, active)
	assert.Contains(t, claims, auth.Claim{Name: "username", Value: "ana"})
	assert.Equal(t, "access_token", s.Requests("")[0].Form.Get("token_type_hint"))
	active, _, err = w.Introspect(t.Context(), r, auth.IntrospectionStyle{}, auth.NewSecret("unknown"))
	require.NoError(t, err)
	assert.False(t, active)
	for body, code := range map[string]string{
		`{}`: auth.CodeReplyUnusable, `{"active":"true"}`: auth.CodeReplyUnusable, `[]`: auth.CodeReplyUnusable, `<html>`: auth.CodeCaptivePortal,
		`{"active":true,"active":false}`: auth.CodeReplyUnusable, `{"active":true}x`: auth.CodeReplyUnusable,
		strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40): auth.CodeReplyUnusable,
	} {
		s.Script(authtest.PathIntrospect, authtest.JSON(http.StatusOK, body))
		_, _, err = w.Introspect(t.Context(), r, auth.IntrospectionStyle{}, auth.NewSecret(endpointToken))
		assert.Equal(t, code, wireError(t, err).Code, body)
	}
	for status, code := range map[int]string{401: auth.CodeAuthenticationFailed, 403: auth.CodeRefused, 404: auth.CodeNotFound} {
		s.Script(authtest.PathIntrospect, authtest.Answer{Status: status})
		_, _, err = w.Introspect(t.Context(), r, auth.IntrospectionStyle{}, auth.NewSecret(endpointToken))
		assert.Equal(t, code, wireError(t, err).Code)
	}
}

// RFC 7517: keys of kinds that are not known are passed over, private ones too.
func TestWire_Keys(t *testing.T) {
	s := authtest.NewEvilas(t, authtest.EvilasParams{})
	w, r := newTestWire(s), endpointRequest(s, authtest.PathJWKS)
	set, err := w.Keys(t.Context(), r)
	require.NoError(t, err)
	require.Len(t, set.Keys, 1)
	own, err := set.Keys[0].MarshalJSON()
	require.NoError(t, err)
	private, err := jose.JSONWebKey{Key: newECKey(t)}.MarshalJSON()
	require.NoError(t, err)
	assert.Empty(t, s.Requests("")[0].Header["Authorization"])
	for body, count := range map[string]int{
		`{"keys":[]}`: 0,
		`{"keys":[{"kty":"new"},{"kty":"oct","k":"c2VjcmV0"},` + string(private) + `,` + string(own) + `,7]}`: 1,
		`{}`: -1, `{"keys":7}`: -1, `[]`: -1, `<html>`: -1,
		`{"keys":[` + strings.Repeat(`{},`, 100) + `{}]}`: -1,
		strings.Repeat(`{"keys":`, 40):                    -1,
	} {
		s.Script(authtest.PathJWKS, authtest.JSON(http.StatusOK, body))
		set, err := w.Keys(t.Context(), r)
		if count < 0 {
			require.Error(t, err, body)
			continue
		}
		require.NoError(t, err, body)
		assert.Len(t, set.Keys, count)
	}
	s.Script(authtest.PathJWKS, authtest.Answer{Body: `{"keys":[]}`, Fill: 257 << 10})
	_, err = w.Keys(t.Context(), r)
	assert.Equal(t, auth.CodeReplyUnusable, wireError(t, err).Code)
}
