package localserver

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// golden are the headers of every answer but Date, Content-Length, Set-Cookie
// and Location.
var golden = map[string]string{
	"Cache-Control":                "no-store",
	"Pragma":                       "no-cache",
	"Content-Security-Policy":      "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Referrer-Policy":              "no-referrer",
	"X-Content-Type-Options":       "nosniff",
	"X-Frame-Options":              "DENY",
}

func TestHeadersOfEveryAnswer(t *testing.T) {
	b := start(t)
	answers := map[string]answer{
		"metadata": b.get(pathOpenID), "keys": b.get(pathKeys), "nothing": b.get("/nothing"),
		"token error": b.api(pathToken, exchange("x")), "tokens": b.api(pathToken, exchange(b.code())),
		"userinfo": b.get(pathUserinfo), "sign-in": newSession(b).authorize(), "approval": b.approval(),
		"problem": b.authorize("client_id", "nobody"), "back": b.authorize("scope", "nonsense"),
		"code": b.get(pathVerify), "consents": b.get(pathConsents), "pushed": b.post(pathPushed, nil), "device": b.post(pathDevice, nil),
	}
	for name, a := range answers {
		for header, want := range golden {
			got := a.Header.Get(header)
			if header == "Content-Security-Policy" && slices.Contains([]string{"sign-in", "approval", "problem", "code", "consents"}, name) {
				assert.Regexp(t, `^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; base-uri 'none'; frame-ancestors 'none'$`, got, name)
				continue
			}
			assert.Equal(t, want, got, "%s: %s", name, header)
		}
		for header := range a.Header {
			assert.False(t, strings.HasPrefix(header, "Access-Control-"), "%s: %s", name, header)
			assert.NotEqual(t, "Server", header)
		}
	}
}

// newSession is the same server with another browser.
func newSession(b *bench) *bench {
	other := *b
	other.browser = newBrowser(b.T)
	return &other
}

func TestNoCORSWhateverIsAsked(t *testing.T) {
	b := start(t)
	for _, path := range []string{pathOpenID, pathKeys, pathToken, pathUserinfo, pathAuthorize, pathSignIn} {
		r := b.request(http.MethodOptions, path, nil)
		r.Header.Set("Origin", "https://evil.example")
		r.Header.Set("Access-Control-Request-Method", "POST")
		a := b.send(r)
		assert.GreaterOrEqual(t, a.StatusCode, 400, path)
		assert.Empty(t, a.Header.Get("Access-Control-Allow-Origin"), path)
		assert.Empty(t, a.Header.Get("Access-Control-Allow-Credentials"), path)
	}
	// our own origin is let through to the library, which would allow it
	r := b.request(http.MethodGet, pathOpenID, nil)
	r.Header.Set("Origin", b.info.Issuer)
	a := b.send(r)
	assert.Equal(t, http.StatusOK, a.StatusCode)
	assert.Empty(t, a.Header.Get("Access-Control-Allow-Origin"))
	assert.Empty(t, a.Header.Get("Vary"))
}

func TestPagesOfOtherSites(t *testing.T) {
	b := start(t)
	send := func(method, path string, headers ...string) int {
		r := b.request(method, path, url.Values{"x": {"y"}})
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		return b.send(r).StatusCode
	}
	authorize := "/authorize?" + b.params().Encode()
	for _, site := range []string{"cross-site", "same-site"} {
		assert.Equal(t, 200, send("GET", authorize, "Sec-Fetch-Site", site, "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"), "a link is fine")
		assert.Equal(t, 403, send("GET", authorize, "Sec-Fetch-Site", site, "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"))
		assert.Equal(t, 403, send("GET", authorize, "Sec-Fetch-Site", site, "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "image"))
		assert.Equal(t, 403, send("GET", pathOpenID, "Sec-Fetch-Site", site, "Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty"))
		assert.Equal(t, 403, send("GET", pathOpenID, "Sec-Fetch-Site", site, "Sec-Fetch-Mode", "websocket", "Sec-Fetch-Dest", "websocket"))
		for _, path := range []string{pathSignIn, pathApprove, pathSwitch, pathToken, pathRevoke, pathIntrospect, pathPushed, pathDevice, pathDevicePage, pathConsentsPage} {
			assert.Equal(t, 403, send("POST", path, "Sec-Fetch-Site", site, "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"), path)
		}
	}
	assert.Equal(t, 403, send("POST", pathToken, "Origin", "https://evil.example"), "a browser without Fetch Metadata")
	assert.Equal(t, 403, send("POST", pathToken, "Origin", "null"))
	assert.Equal(t, 401, send("GET", pathUserinfo, "Origin", b.info.Issuer))
}

func TestHostHeader(t *testing.T) {
	b := start(t)
	host := strings.TrimPrefix(b.info.Issuer, "http://")
	_, port, err := net.SplitHostPort(host)
	require.NoError(t, err)
	raw := func(request string) string {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp4", host)
		require.NoError(t, err)
		defer func() { _ = conn.Close() }()
		require.NoError(t, conn.SetDeadline(time.Now().Add(5*time.Second)))
		_, err = fmt.Fprint(conn, request)
		require.NoError(t, err)
		line, err := bufio.NewReader(conn).ReadString('\n')
		require.NoError(t, err)
		return strings.Fields(line)[1]
	}
	get := func(target, host string) string {
		return raw("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
	}
	assert.Equal(t, "200", get(pathKeys, host))
	for _, bad := range []string{
		"evil.example:" + port, "evil.example", "127.0.0.1", "localhost:" + port, "127.0.0.1.:" + port, "127.0.0.1:1",
		"127.0.0.2:" + port, "[::1]:" + port, "127.0.0.1:" + port + ".evil.example", "", "127.1:" + port,
	} {
		assert.Equal(t, "421", get(pathKeys, bad), bad)
	}
	assert.Equal(t, "421", get("http://evil.example"+pathKeys, host), "absolute form")
	assert.Equal(t, "400", get(pathKeys, "user@"+host))
	assert.Equal(t, "400", raw("GET "+pathKeys+" HTTP/1.1\r\nConnection: close\r\n\r\n"), "absent")
	assert.Equal(t, "421", raw("GET "+pathKeys+" HTTP/1.0\r\n\r\n"), "absent in HTTP/1.0")
	assert.Equal(t, "400", raw("GET "+pathKeys+" HTTP/1.1\r\nHost: "+host+"\r\nHost: "+host+"\r\n\r\n"), "twice")
}

func TestLimits(t *testing.T) {
	b := start(t)
	big := b.api(pathToken, exchange("x", "pad", strings.Repeat("x", maxBodyBytes)))
	b.refused(big, http.StatusBadRequest, "invalid_request")
	r := b.request(http.MethodGet, pathKeys, nil)
	r.Header.Set("X-Pad", strings.Repeat("x", 64<<10))
	assert.Equal(t, http.StatusRequestHeaderFieldsTooLarge, b.send(r).StatusCode)
}

func TestSilentConnectionsDoNotKeepOthersOut(t *testing.T) {
	b := start(t)
	host := strings.TrimPrefix(b.info.Issuer, "http://")
	var silent []net.Conn
	for range 4 * maxConnections {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp4", host)
		require.NoError(t, err)
		t.Cleanup(func() { _ = conn.Close() })
		silent = append(silent, conn)
	}
	began := time.Now()
	assert.Equal(t, http.StatusOK, b.get(pathKeys).StatusCode)
	assert.Less(t, time.Since(began), time.Second)
	// closed for the crowd, long before the time for headers is up
	require.NoError(t, silent[0].SetReadDeadline(began.Add(3*time.Second)))
	_, err := silent[0].Read(make([]byte, 1))
	assert.ErrorIs(t, err, io.EOF)
}

func TestCrowdClosesTheOneThatWaitedLongest(t *testing.T) {
	c := &crowd{waiting: map[net.Conn]time.Time{}}
	var ends []net.Conn
	for range maxConnections + 1 {
		near, far := net.Pipe()
		t.Cleanup(func() { _ = far.Close() })
		require.NoError(t, far.SetReadDeadline(time.Now().Add(5*time.Second)))
		ends = append(ends, far)
		c.watch(near, http.StateNew)
	}
	assert.Len(t, c.waiting, maxConnections)
	_, err := ends[0].Read(make([]byte, 1))
	assert.ErrorContains(t, err, "EOF")
}
