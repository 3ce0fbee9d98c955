package auth_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

const (
	goodJSON = `{"access_token":"TWSENT-access-9","token_type":"Bearer","expires_in":3600,"refresh_token":"TWSENT-refresh-9"}`
	goodForm = `access_token=TWSENT-access-9&token_type=Bearer&refresh_token=TWSENT-refresh-9`
)

// A reply that is cut brings the whole tokens or an ambiguous end, at every
// byte: never a shortened token, never a clean failure, never a second request.
func TestWire_CutAtEveryByte(t *testing.T) {
	head := "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nConnection: close\r\n%s\r\n\r\n"
	for _, c := range []struct {
		name, raw string
		whole     int // from how many bytes on everything is there
	}{
		{"length", fmt.Sprintf(head, "application/json", "Content-Length: "+strconv.Itoa(len(goodJSON))) + goodJSON, 0},
		{"no length", fmt.Sprintf(head, "application/json", "X-None: 1") + goodJSON, 0},
		{"chunks", fmt.Sprintf(head, "application/json", "Transfer-Encoding: chunked") + fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(goodJSON), goodJSON), len("\r\n0\r\n\r\n")},
		{"form", fmt.Sprintf(head, "application/x-www-form-urlencoded", "Content-Length: "+strconv.Itoa(len(goodForm))) + goodForm, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := authtest.NewEvilas(t, authtest.EvilasParams{})
			w := newTestWire(s)
			for n := 1; n <= len(c.raw); n++ {
				s.Script(authtest.PathToken, authtest.Answer{Raw: c.raw[:n]})
				reply, err := w.Token(t.Context(), refreshRequest(s))
				require.Equal(t, n, s.Shown(oldRefresh))
				if n >= len(c.raw)-c.whole {
					require.NoError(t, err, "cut at %d", n)
					require.Equal(t, "TWSENT-access-9", reply.Tokens.Access.Reveal())
					require.Equal(t, "TWSENT-refresh-9", reply.Tokens.Refresh.Reveal())
					continue
				}
				require.Equal(t, auth.Ambiguous, wireError(t, err).Phase, "cut at %d", n)
				require.NotContains(t, err.Error(), authtest.Sentinel)
				require.True(t, reply.Tokens.Access.Empty() && reply.Tokens.Refresh.Empty())
			}
		})
	}
}

// The end of a form-encoded reply without a length can't be told from a cut.
func TestWire_CutFormWithoutLength(t *testing.T) {
	s := authtest.NewEvilas(t, authtest.EvilasParams{})
	w := newTestWire(s)
	for n := range len(goodForm) + 1 {
		s.Script(authtest.PathToken, authtest.Answer{
			Endless: true, CutAt: n + 1, Body: goodForm, Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
		})
		_, err := w.Token(t.Context(), refreshRequest(s))
		require.Equal(t, auth.Ambiguous, wireError(t, err).Phase, "cut at %d", n)
	}
}

// T28: nothing is ever sent where a redirect points to, on any endpoint.
func TestWire_RedirectsAreNotFollowed(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		second := authtest.NewEvilas(t, authtest.EvilasParams{})
		s := authtest.NewEvilas(t, authtest.EvilasParams{})
		w := newTestWire(s)
		calls := map[string]func() error{
			authtest.PathToken: func() error { _, err := w.Token(t.Context(), refreshRequest(s)); return err },
			authtest.PathRevoke: func() error {
				return w.Revoke(t.Context(), auth.Revocation{Endpoint: s.URL() + authtest.PathRevoke, ClientAuth: auth.ClientAuthNone, Token: auth.NewSecret(oldRefresh)})
			},
			authtest.PathUserInfo: func() error {
				_, err := w.UserInfo(t.Context(), s.URL()+authtest.PathUserInfo, auth.UserInfoStyle{}, auth.NewSecret("A"))
				return err
			},
			authtest.PathOpenID: func() error { _, err := w.Discover(t.Context(), s.URL(), nil); return err },
		}
		for path, call := range calls {
			for _, to := range []string{second.URL() + path, s.URL() + "/elsewhere", "http://[::1", ""} {
				s.Script(path, authtest.Redirect(status, to))
				failed := wireError(t, call())
				assert.Equal(t, auth.Answered, failed.Phase)
				assert.Equal(t, auth.CodeRedirectRefused, failed.Code)
				assert.Equal(t, status, failed.Status)
			}
			assert.Len(t, s.Requests(path), 4)
		}
		assert.Empty(t, second.Requests(""))
		assert.Empty(t, s.Requests("/elsewhere"))
	}
}

// T29: sizes count after decompression, and reading stops at the limit.
func TestWire_HugeAnswers(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	_, err := z.Write([]byte(`{"access_token":"A","token_type":"Bearer","x":"` + strings.Repeat("x", 4<<20) + `"}`))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	for name, answer := range map[string]authtest.Answer{
		"endless body":            {Endless: true, Body: goodJSON, Fill: -1},
		"endless chunks":          {Body: goodJSON, Fill: -1},
		"a length of 1 GiB":       {Body: goodJSON, Header: http.Header{"Content-Length": {strconv.Itoa(1 << 30)}}, Fill: 2 << 20},
		"a bomb":                  {Body: bomb.String(), Header: http.Header{"Content-Encoding": {"gzip"}}},
		"a megabyte of headers":   {Raw: "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 1<<20) + "\r\n\r\n" + goodJSON},
		"no HTTP at all":          {Raw: "220 mail.example.test ESMTP TWSENT-banner-1\r\n"},
		"a wrong encoding":        {Body: goodJSON, Header: http.Header{"Content-Encoding": {"gzip"}}},
		"two lengths":             {Raw: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"},
		"a negative length":       {Raw: "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}"},
		"a status that is no one": {Raw: "HTTP/1.1 TWSENT-x OK\r\n\r\n{}"},
		"an upgrade":              {Raw: "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n" + goodJSON},
	} {
		t.Run(name, func(t *testing.T) {
			s := authtest.NewEvilas(t, authtest.EvilasParams{})
			s.Script(authtest.PathToken, answer)
			_, err := newTestWire(s).Token(t.Context(), refreshRequest(s))
			failed := wireError(t, err)
			assert.Equal(t, auth.Ambiguous, failed.Phase, failed.Code)
			assert.NotContains(t, fmt.Sprintf("%v %+v %#v", err, err, err), authtest.Sentinel)
		})
	}
}

// A compressed answer is as good as another.
func TestWire_CompressedAnswer(t *testing.T) {
	var body bytes.Buffer
	z := gzip.NewWriter(&body)
	_, err := z.Write([]byte(goodJSON))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	s := authtest.NewEvilas(t, authtest.EvilasParams{})
	s.Script(authtest.PathToken, authtest.Answer{Body: body.String(), Header: http.Header{"Content-Encoding": {"gzip"}}})
	reply, err := newTestWire(s).Token(t.Context(), refreshRequest(s))
	require.NoError(t, err)
	assert.Equal(t, "TWSENT-refresh-9", reply.Tokens.Refresh.Reveal())
}

// Only what certainly did not leave is called not sent.
func TestWire_NotSent(t *testing.T) {
	gone := authtest.NewEvilas(t, authtest.EvilasParams{})
	gone.Close()
	_, err := newTestWire(gone).Token(t.Context(), refreshRequest(gone))
	failed := wireError(t, err)
	assert.Equal(t, auth.NotSent, failed.Phase)
	assert.Equal(t, auth.CodeNetworkUnreachable, failed.Code)

	lost := auth.NewWire(auth.WireParams{}.WithDial(func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "as.example.test", IsNotFound: true}}
	}).WithProxy(""))
	r := refreshRequest(gone)
	r.Endpoint = "https://as.example.test/token"
	_, err = lost.Token(t.Context(), r)
	failed = wireError(t, err)
	assert.Equal(t, auth.NotSent, failed.Phase)
	assert.Equal(t, auth.CodeDNS, failed.Code)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := authtest.NewEvilas(t, authtest.EvilasParams{})
	_, err = newTestWire(s).Token(ctx, refreshRequest(s))
	assert.Equal(t, auth.NotSent, wireError(t, err).Phase)
	require.ErrorIs(t, err, auth.ErrCancelled)
	assert.Empty(t, s.Requests(""))
}

// Cancelling after the request has left does not make its end known.
func TestWire_CancelledWhileWaiting(t *testing.T) {
	s := authtest.NewEvilas(t, authtest.EvilasParams{})
	hold := make(chan struct{})
	s.Script(authtest.PathToken, authtest.Answer{Apply: true, Hold: hold})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := newTestWire(s).Token(ctx, refreshRequest(s))
		ended <- err
	}()
	require.Eventually(t, func() bool { return s.Shown(oldRefresh) == 1 }, 10*time.Second, time.Millisecond)
	cancel()
	err := <-ended
	assert.Equal(t, auth.Ambiguous, wireError(t, err).Phase)
	require.ErrorIs(t, err, auth.ErrCancelled)
}
