package auth_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// R22: each stage has its own limit, and all of them together have one. The
// network is a pipe inside a bubble, so that the clock is the test's.
func TestWire_TimeLimits(t *testing.T) {
	const answerHead = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2000\r\n\r\n"
	for _, c := range []struct {
		name, endpoint string
		noDial         bool
		serve          func(net.Conn)
		after          time.Duration
		phase          auth.WirePhase
		code           string
	}{
		{"no connection", "http://127.0.0.1/token", true, nil, 10 * time.Second, auth.NotSent, auth.CodeTimeout},
		{"no TLS", "https://as.example.test/token", false, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }, 10 * time.Second, auth.NotSent, auth.CodeTimeout},
		{"no first byte", "http://127.0.0.1/token", false, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }, 10 * time.Second, auth.Ambiguous, auth.CodeNoAnswer},
		{"request not read", "http://127.0.0.1/token", false, func(net.Conn) {}, 30 * time.Second, auth.Ambiguous, auth.CodeNoAnswer},
		{"a byte a second", "http://127.0.0.1/token", false, func(c net.Conn) {
			if _, err := http.ReadRequest(bufio.NewReader(c)); err != nil {
				return
			}
			_, err := io.WriteString(c, answerHead)
			for err == nil {
				<-time.After(time.Second)
				_, err = io.WriteString(c, " ")
			}
		}, 30 * time.Second, auth.Ambiguous, auth.CodeNoAnswer},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := auth.NewWire(auth.WireParams{}.WithProxy("").WithDial(func(ctx context.Context, _, _ string) (net.Conn, error) {
					if c.noDial {
						<-ctx.Done()
						return nil, ctx.Err()
					}
					client, server := net.Pipe()
					served := make(chan struct{})
					go func() {
						c.serve(server)
						close(served)
					}()
					t.Cleanup(func() {
						_ = server.Close()
						<-served
					})
					return client, nil
				}))
				begin := time.Now()
				_, err := w.Token(t.Context(), auth.TokenRequest{
					ClientRequest: auth.ClientRequest{Endpoint: c.endpoint, ClientID: "c", ClientAuth: auth.ClientAuthNone}, Form: url.Values{"a": {"b"}},
				})
				failed := wireError(t, err)
				assert.Equal(t, c.after, time.Since(begin))
				assert.Equal(t, c.phase, failed.Phase)
				assert.Equal(t, c.code, failed.Code)
			})
		})
	}
}

// R24: Retry-After in all its forms, never more than an hour.
func TestWire_RetryAfter(t *testing.T) {
	s := authtest.NewEvilas(t, authtest.EvilasParams{})
	w := newTestWire(s)
	for value, want := range map[string]time.Duration{
		"":   0,
		"0":  0,
		"7":  7 * time.Second,
		" 8": 8 * time.Second,
		wireNow.Add(90 * time.Second).Format(http.TimeFormat): 90 * time.Second,
		wireNow.Add(-time.Hour).Format(http.TimeFormat):       0,
		wireNow.AddDate(10, 0, 0).Format(http.TimeFormat):     time.Hour,
		"315360000":               time.Hour,
		"99999999999999999999999": time.Hour,
		"-5":                      0,
		"1.5":                     0,
		"soon":                    0,
	} {
		header := http.Header{}
		if value != "" {
			header.Set("Retry-After", value)
		}
		s.Script(authtest.PathToken, authtest.Answer{Status: http.StatusTooManyRequests, Header: header})
		_, err := w.Token(t.Context(), refreshRequest(s))
		failed := wireError(t, err)
		assert.Equal(t, want, failed.RetryAfter, value)
		require.Equal(t, auth.CodeTooManyRequests, failed.Code)
	}
}
