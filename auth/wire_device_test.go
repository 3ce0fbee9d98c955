package auth_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

func deviceRequest(s *authtest.Evilas) auth.ClientRequest {
	return auth.ClientRequest{Endpoint: s.URL() + authtest.PathDevice, ClientID: "client", ClientAuth: auth.ClientAuthNone}
}

// deviceReply is an answer of a device authorization endpoint, members changed
// by the rest: "name", raw JSON, ...; "" takes one away.
func deviceReply(change ...string) string {
	members := map[string]string{
		"device_code": `"TWSENT-device-1"`, "user_code": `"WDJB-MJHT"`, "verification_uri": `"https://as.example.test/device"`,
		"expires_in": "900", "interval": "7",
	}
	for i := 0; i < len(change); i += 2 {
		members[change[i]] = change[i+1]
	}
	var parts []string
	for name, raw := range members {
		if raw != "" {
			parts = append(parts, fmt.Sprintf("%q:%s", name, raw))
		}
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// T25: whatever a server says, polling is neither a flood nor without end.
func TestWire_DeviceTimes(t *testing.T) {
	s := authtest.NewEvilas(t, authtest.EvilasParams{})
	for _, c := range []struct {
		interval, expires  string
		wantPause, wantEnd time.Duration
	}{
		{"7", "900", 7 * time.Second, 900 * time.Second},
		{"", "", 5 * time.Second, 600 * time.Second},
		{"-1", "-1", 5 * time.Second, 600 * time.Second},
		{"0", "0", 5 * time.Second, 600 * time.Second},
		{"1", "1", 5 * time.Second, time.Second},
		{"60", "1800", 60 * time.Second, 1800 * time.Second},
		{"61", "1801", 60 * time.Second, 1800 * time.Second},
		{"9223372037", "9223372037", 60 * time.Second, 1800 * time.Second},
		{"9223372036854775807", "1e400", 60 * time.Second, 1800 * time.Second},
		{"-1e400", "-1e400", 5 * time.Second, 600 * time.Second},
		{`"7"`, `"900"`, 7 * time.Second, 900 * time.Second},
		{`"soon"`, `[]`, 5 * time.Second, 600 * time.Second},
		{"null", "true", 5 * time.Second, 600 * time.Second},
	} {
		s.Script(authtest.PathDevice, authtest.JSON(http.StatusOK, deviceReply("interval", c.interval, "expires_in", c.expires)))
		got, err := newTestWire(s).Device(t.Context(), deviceRequest(s), nil, " ", nil)
		require.NoError(t, err, c.interval)
		assert.Equal(t, c.wantPause, got.Interval, c.interval)
		assert.Equal(t, wireNow.Add(c.wantEnd), got.Expires, c.expires)
	}
}

// T25: what the user is shown and led to.
func TestWire_DeviceReplies(t *testing.T) {
	long := strings.Repeat("x", 10<<10)
	s := authtest.NewEvilas(t, authtest.EvilasParams{})
	for _, c := range []struct {
		name, body string
		code       string // "": accepted
		check      func(got auth.DeviceReply)
	}{
		{"as it should be", deviceReply("verification_uri_complete", `"https://as.example.test/device?user_code=WDJB-MJHT"`), "", func(got auth.DeviceReply) {
			assert.Equal(t, "WDJB-MJHT", got.UserCode)
			assert.Equal(t, "TWSENT-device-1", got.DeviceCode.Reveal())
			assert.Equal(t, "https://as.example.test/device", got.Address)
			assert.Equal(t, "https://as.example.test/device?user_code=WDJB-MJHT", got.Complete)
		}},
		{"Google's name", deviceReply("verification_uri", "", "verification_url", `"https://www.google.com/device"`), "", func(got auth.DeviceReply) {
			assert.Equal(t, "https://www.google.com/device", got.Address)
		}},
		{"40 characters", deviceReply("user_code", `"`+strings.Repeat("ä", 40)+`"`), "", nil},
		{"a fragment", deviceReply("verification_uri", `"https://as.example.test/#/device"`), "", func(got auth.DeviceReply) {
			assert.Equal(t, "https://as.example.test/#/device", got.Address)
		}},
		{"the complete address elsewhere", deviceReply("verification_uri_complete", `"https://evil.example.test/?c"`), "", func(got auth.DeviceReply) {
			assert.Empty(t, got.Complete)
		}},
		{"the complete address is a script", deviceReply("verification_uri_complete", `"javascript:alert(1)"`), "", func(got auth.DeviceReply) {
			assert.Empty(t, got.Complete)
		}},
		{"http", deviceReply("verification_uri", `"http://as.example.test/device"`), auth.CodeAddressRefused, nil},
		{"a script", deviceReply("verification_uri", `"javascript:alert(1)"`), auth.CodeAddressRefused, nil},
		{"a file", deviceReply("verification_uri", `"file:///etc/passwd"`), auth.CodeAddressRefused, nil},
		{"a user name", deviceReply("verification_uri", `"https://google.com@evil.example.test/"`), auth.CodeAddressRefused, nil},
		{"a shell's characters", deviceReply("verification_uri", `"https://as.example.test/;calc"`), auth.CodeAddressRefused, nil},
		{"a bad fragment", deviceReply("verification_uri", `"https://as.example.test/#a b"`), auth.CodeAddressRefused, nil},
		{"a long address", deviceReply("verification_uri", `"https://as.example.test/`+long+`"`), auth.CodeAddressRefused, nil},
		{"no address", deviceReply("verification_uri", ""), auth.CodeAddressRefused, nil},
		{"no user code", deviceReply("user_code", ""), auth.CodeReplyUnusable, nil},
		{"41 characters", deviceReply("user_code", `"`+strings.Repeat("ä", 41)+`"`), auth.CodeReplyUnusable, nil},
		{"a user code of 10 KiB", deviceReply("user_code", `"`+long+`"`), auth.CodeReplyUnusable, nil},
		{"a line break", deviceReply("user_code", `"A\nB"`), auth.CodeReplyUnusable, nil},
		{"another direction", deviceReply("user_code", `"A\u202eB"`), auth.CodeReplyUnusable, nil},
		{"nothing to see", deviceReply("user_code", `"A\u200bB"`), auth.CodeReplyUnusable, nil},
		{"blanks", deviceReply("user_code", `"  "`), auth.CodeReplyUnusable, nil},
		{"a number", deviceReply("user_code", `7`), auth.CodeReplyUnusable, nil},
		{"no device code", deviceReply("device_code", ""), auth.CodeReplyUnusable, nil},
		{"a device code with a line break", deviceReply("device_code", `"a\r\nb"`), auth.CodeReplyUnusable, nil},
		{"a device code of 10 KiB", deviceReply("device_code", `"`+long+`"`), auth.CodeReplyUnusable, nil},
		{"an error with status 200", `{"error":"invalid_scope"}`, "invalid_scope", nil},
		{"no object", `[]`, auth.CodeReplyUnusable, nil},
		{"a page", `<html>`, auth.CodeCaptivePortal, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.Script(authtest.PathDevice, authtest.JSON(http.StatusOK, c.body))
			got, err := newTestWire(s).Device(t.Context(), deviceRequest(s), nil, " ", nil)
			if c.code != "" {
				failed := wireError(t, err)
				assert.Equal(t, c.code, failed.Code)
				assert.Equal(t, auth.Answered, failed.Phase)
				return
			}
			require.NoError(t, err)
			assert.NotContains(t, fmt.Sprintf("%v %+v %#v", got, got, got), authtest.Sentinel)
			if c.check != nil {
				c.check(got)
			}
		})
	}
}

// A whole device sign-in on the wire: what is asked for, and each answer to a poll.
func TestWire_Device(t *testing.T) {
	now := wireNow
	s := authtest.NewEvilas(t, authtest.EvilasParams{Now: func() time.Time { return now }})
	w := newTestWire(s)
	extra := url.Values{"audience": {"api"}, "scope": {"another"}}
	code, err := w.Device(t.Context(), deviceRequest(s), []string{"read", "offline"}, ",", extra)
	require.NoError(t, err)
	asked := s.Requests("")[0]
	assert.Equal(t, url.Values{"client_id": {"client"}, "scope": {"read,offline"}, "audience": {"api"}}, asked.Form)
	assert.Equal(t, url.Values{"audience": {"api"}, "scope": {"another"}}, extra, "the caller's values are not changed")

	poll := func(code auth.DeviceReply) error {
		r := auth.TokenRequest{ClientRequest: deviceRequest(s), Form: url.Values{
			"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "device_code": {code.DeviceCode.Reveal()},
		}}
		r.Endpoint = s.URL() + authtest.PathToken
		_, err := w.Token(t.Context(), r)
		return err
	}
	answered := func(err error, code string) {
		t.Helper()
		failed := wireError(t, err)
		assert.Equal(t, code, failed.Code)
		assert.Equal(t, auth.Answered, failed.Phase)
	}
	answered(poll(code), "authorization_pending")
	for status, word := range map[int]string{428: "authorization_pending", 403: "slow_down", 400: "slow_down"} {
		s.Script(authtest.PathToken, authtest.JSON(status, `{"error":"`+word+`"}`))
		answered(poll(code), word)
	}
	s.Approve(code.UserCode)
	require.NoError(t, poll(code))
	answered(poll(code), "invalid_grant")

	denied, err := w.Device(t.Context(), deviceRequest(s), nil, " ", nil)
	require.NoError(t, err)
	s.Deny(denied.UserCode)
	answered(poll(denied), "access_denied")
	late, err := w.Device(t.Context(), deviceRequest(s), nil, " ", nil)
	require.NoError(t, err)
	now = now.Add(time.Hour)
	answered(poll(late), "expired_token")
}
