package auth_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// T36, T61: whatever a server echoes, no secret and no text of its own gets
// into an error, a failure or the log at its lowest level.
func TestWire_NothingLeaks(t *testing.T) {
	const echo = "refresh_token=TWSENT-refresh-77 client_secret=TWSENT-secret-77 TWSENT-body-1"
	s := authtest.NewEvilas(t, authtest.EvilasParams{})
	var log bytes.Buffer
	w := auth.NewWire(auth.WireParams{Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	header := http.Header{
		"Content-Type": {"text/plain; x=TWSENT-type-1"}, "Location": {"http://TWSENT-location-1/%zz"},
		"Www-Authenticate": {"TWSENT-header-1"}, "Retry-After": {"TWSENT-retry-1"},
	}
	answers := []authtest.Answer{
		{Body: echo},
		{Body: "<html>" + echo},
		{Raw: "HTTP/1.1 200 TWSENT-status-1\r\n" + echo},
		{Raw: echo},
		{Raw: "HTTP/1.1 200 OK\r\nContent-Length: TWSENT-length-1\r\n\r\n"},
		{Raw: "HTTP/1.1 200 OK\r\nTransfer-Encoding: TWSENT-coding-1\r\n\r\n"},
		{Body: `{"access_token":"TWSENT-access-1","access_token":"TWSENT-access-2"}`},
		{Body: `{"error":"TWSENT-refresh-77"}`},
		{Body: `{"error":"x TWSENT-secret-77"}`},
		{Body: `{"error":"invalid_grant","error_description":"` + echo + `"}`},
		{CutAt: 20, Body: `{"access_token":"TWSENT-access-1"`},
	}
	for _, status := range []int{301, 307, 400, 401, 403, 404, 429, 500, 503, 511} {
		answers = append(answers,
			authtest.Answer{Status: status, Header: header, Body: echo},
			authtest.Answer{Status: status, Header: header, Body: `{"error":"` + echo + `","error_description":"` + echo + `"}`},
			authtest.Answer{Status: status, Body: `{"error":"TWSENT-refresh-77"}`})
	}
	for i, answer := range answers {
		s.Script(authtest.PathToken, answer)
		_, err := w.Token(t.Context(), refreshRequest(s))
		require.Error(t, err, "answer %d", i)
		failure := auth.Explain(err, auth.ExplainContext{Service: "Evil", Name: "mine", State: auth.StateActive})
		slog.New(slog.NewJSONHandler(&log, nil)).Error("failed", "error", err, "failure", failure, "wrapped", fmt.Errorf("refresh: %w", err))
		asJSON, jsonErr := json.Marshal(failure)
		require.NoError(t, jsonErr)
		for e := err; e != nil; {
			fmt.Fprintf(&log, "%v %+v %#v %q\n", e, e, e, e)
			unwrapped, ok := e.(interface{ Unwrap() error })
			if !ok {
				break
			}
			e = unwrapped.Unwrap()
		}
		fmt.Fprintf(&log, "%v %+v %#v %s", failure, *failure, failure, asJSON)
	}
	require.Equal(t, len(answers), strings.Count(log.String(), `msg=request`))
	if at := strings.Index(log.String(), "TWSENT"); at >= 0 {
		assert.Fail(t, "a secret or foreign text leaked", log.String()[max(0, at-300):at+40])
	}
	assert.NotContains(t, log.String(), echo)
}

// The log of a good exchange names host and status and nothing of the exchange.
func TestWire_LogOfSuccess(t *testing.T) {
	s := authtest.NewEvilas(t, authtest.EvilasParams{})
	var log bytes.Buffer
	w := auth.NewWire(auth.WireParams{Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	r := refreshRequest(s)
	r.Form.Set("refresh_token", s.Grant("mail.read"))
	reply, err := w.Token(t.Context(), r)
	require.NoError(t, err)
	_, err = w.UserInfo(t.Context(), s.URL()+authtest.PathUserInfo, auth.UserInfoStyle{}, reply.Tokens.Access)
	require.NoError(t, err)
	assert.Contains(t, log.String(), "host="+strings.TrimPrefix(s.URL(), "http://"))
	assert.Contains(t, log.String(), "status=200")
	assert.NotContains(t, log.String()+fmt.Sprintf("%v %+v %#v", reply, reply, reply), authtest.Sentinel)
	assert.NotContains(t, log.String(), "ana@example.test")
}
