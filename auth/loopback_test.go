package auth

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"golang.org/x/net/html"
)

// holdPort takes a free port on host and keeps it until the test ends.
func holdPort(t *testing.T, host string) int {
	t.Helper()
	l, err := listenOn(host, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	return portOf(l)
}

// listeningAddresses returns the local addresses that listen on port, as the
// kernel tells them.
func listeningAddresses(t *testing.T, port int) []string {
	t.Helper()
	var found []string
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		content, err := os.ReadFile(table)
		require.NoError(t, err)
		for line := range strings.Lines(string(content)) {
			fields := strings.Fields(line)
			const listening = "0A"
			if len(fields) > 3 && fields[3] == listening && strings.HasSuffix(fields[1], fmt.Sprintf(":%04X", port)) {
				found = append(found, strings.Split(fields[1], ":")[0])
			}
		}
	}
	return found
}

// T16, T17: only literal loopback addresses are bound, from ListenLoopback to
// Close.
func TestLoopbackBindsLoopbackOnly(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc/net")
	}
	const v4, v6 = "0100007F", "00000000000000000000000001000000"
	for host, want := range map[string][]string{"127.0.0.1": {v4}, "::1": {v6}, "localhost": {v4, v6}} {
		l, err := ListenLoopback(Redirect{Host: host, Path: "/callback"})
		require.NoError(t, err, host)
		u, err := url.Parse(l.RedirectURI())
		require.NoError(t, err)
		port, err := strconv.Atoi(u.Port())
		require.NoError(t, err)
		assert.Equal(t, host, u.Hostname())
		assert.Equal(t, want, listeningAddresses(t, port), host)
		l.Close()
		assert.Empty(t, listeningAddresses(t, port), host)
	}
}

// T16: the name localhost leads to either family, so whoever holds the port in
// one of them could take the answer.
func TestLoopbackLocalhostNeedsBothFamilies(t *testing.T) {
	for _, squatter := range []string{"127.0.0.1", "::1"} {
		port := holdPort(t, squatter)
		_, err := ListenLoopback(Redirect{Host: "localhost", Port: port, Path: "/callback"})
		require.Error(t, err, squatter)
		other := "::1"
		if squatter == other {
			other = "127.0.0.1"
		}
		freed, err := listenOn(other, port)
		require.NoError(t, err, "the half that was bound is given back")
		require.NoError(t, freed.Close())
	}
}

// T18, R31: a port that is taken is named, and nothing else happens.
func TestLoopbackPortTaken(t *testing.T) {
	port := holdPort(t, "127.0.0.1")
	p := testFlowParams()
	p.Redirect.Port = port
	_, err := startFlow(p)
	var failure *Failure
	require.ErrorAs(t, err, &failure)
	assert.Equal(t, CodePortInUse, failure.Code)
	assert.Contains(t, failure.Happened, strconv.Itoa(port))
	assert.NotEmpty(t, failure.Steps)
	assert.Same(t, failure, Explain(err, ExplainContext{}))
}

func TestLoopbackRefusesOtherRedirects(t *testing.T) {
	for _, r := range []Redirect{
		{Host: "0.0.0.0"},
		{Host: "::"},
		{Host: ""},
		{Host: "192.168.0.1"},
		{Host: "example.com"},
		{Host: "127.0.0.1", Path: "callback"},
		{Host: "127.0.0.1", Path: "/a?b"},
		{Host: "127.0.0.1", Path: "/a b"},
		{Host: "127.0.0.1", Port: 70_000},
	} {
		_, err := ListenLoopback(r)
		assert.Equal(t, CodeAddressRefused, codeOf(t, err), r)
	}
}

// Some services register the redirect URI without a path.
func TestLoopbackWithoutPath(t *testing.T) {
	f := startTestFlow(t, func(p *flowParams) { p.Redirect.Path = "" })
	assert.Regexp(t, `^http://127\.0\.0\.1:\d+$`, f.RedirectURI())
	got := send(t, http.MethodGet, f.RedirectURI()+"/?"+genuine(f).Encode(), nil)
	assert.Equal(t, "/done", got.header.Get("Location"))
	requireCode(t, f)
}

// rawRequest writes text to the flow's port and returns the status.
func rawRequest(t *testing.T, f *flow, text string) int {
	t.Helper()
	conn := dial(t, f)
	_, err := io.WriteString(conn, text)
	require.NoError(t, err)
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return response.StatusCode
}

// dial connects to the flow's port until the test ends.
func dial(t *testing.T, f *flow) net.Conn {
	t.Helper()
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(t.Context(), "tcp", f.loopback.listeners[0].Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	return conn
}

// T19: only the authority of the redirect URI is answered, whatever name leads
// to this address.
func TestLoopbackHost(t *testing.T) {
	f := startTestFlow(t, nil)
	own := f.loopback.authority
	port := own[strings.LastIndex(own, ":"):]
	target := "/callback?" + genuine(f).Encode()
	get := func(target, headers string) string {
		return "GET " + target + " HTTP/1.1\r\n" + headers + "Connection: close\r\n\r\n"
	}
	for name, c := range map[string]struct {
		text   string
		status int
	}{
		"foreign":             {get(target, "Host: evil.example"+port+"\r\n"), 421},
		"no port":             {get(target, "Host: 127.0.0.1\r\n"), 421},
		"other port":          {get(target, "Host: 127.0.0.1:1\r\n"), 421},
		"localhost":           {get(target, "Host: localhost"+port+"\r\n"), 421},
		"other family":        {get(target, "Host: [::1]"+port+"\r\n"), 421},
		"trailing dot":        {get(target, "Host: 127.0.0.1."+port+"\r\n"), 421},
		"user":                {get(target, "Host: 127.0.0.1"+port+"@evil.example\r\n"), 400},
		"user before":         {get(target, "Host: evil.example@"+own+"\r\n"), 400},
		"decimal":             {get(target, "Host: 2130706433"+port+"\r\n"), 421},
		"empty":               {get(target, "Host:\r\n"), 421},
		"absent":              {get(target, ""), 400},
		"absent, 1.0":         {"GET " + target + " HTTP/1.0\r\n\r\n", 421},
		"twice":               {get(target, "Host: "+own+"\r\nHost: "+own+"\r\n"), 400},
		"absolute, foreign":   {get("http://evil.example"+target, "Host: "+own+"\r\n"), 421},
		"absolute, own":       {get("http://"+own+target, "Host: "+own+"\r\n"), 421},
		"absolute, host evil": {get("http://"+own+target, "Host: evil.example\r\n"), 421},
		"favicon, foreign":    {get("/favicon.ico", "Host: evil.example\r\n"), 421},
	} {
		assert.Equal(t, c.status, rawRequest(t, f, c.text), name)
	}
	requirePending(t, f)
	assert.Equal(t, 303, rawRequest(t, f, get(target, "Host: "+own+"\r\n")))
	requireCode(t, f)

	named := startTestFlow(t, func(p *flowParams) { p.Redirect.Host = "localhost" })
	target = "/callback?" + genuine(named).Encode()
	assert.Equal(t, 421, rawRequest(t, named, get(target, "Host: 127.0.0.1:1\r\n")))
	assert.Equal(t, 303, rawRequest(t, named, get(target, "Host: "+named.loopback.authority+"\r\n")))
}

// T20: a page can make the browser fetch our address for itself; only a tab
// brings an answer. No answer may be read by another origin.
func TestLoopbackFetchMetadata(t *testing.T) {
	f := startTestFlow(t, nil)
	for _, destination := range []string{"image", "iframe", "empty", "script", "websocket"} {
		got := send(t, http.MethodGet, f.RedirectURI()+"?"+genuine(f).Encode(), http.Header{"Sec-Fetch-Dest": {destination}, "Origin": {"https://evil.example"}})
		assert.Equal(t, http.StatusForbidden, got.status, destination)
		assert.Empty(t, got.header.Get("Access-Control-Allow-Origin"))
	}
	requirePending(t, f)
	got := send(t, http.MethodGet, f.RedirectURI()+"?"+genuine(f).Encode(), http.Header{"Sec-Fetch-Dest": {"document"}, "Sec-Fetch-Site": {"cross-site"}})
	assert.Equal(t, http.StatusSeeOther, got.status)
	assert.Empty(t, got.header.Get("Access-Control-Allow-Origin"))
}

// T14, T15: the answer leads to a clean address and to nothing else; no page
// is kept, framed, or tells another where it came from.
func TestLoopbackCleanPage(t *testing.T) {
	f := startTestFlow(t, nil)
	hostile := "&next=https%3A%2F%2Fevil.example&redirect_uri=https%3A%2F%2Fevil.example&url=//evil.example"
	taken := visit(t, f, genuine(f).Encode()+hostile)
	assert.Equal(t, []string{"/callback/done"}, taken.header.Values("Location"))
	pages := make(chan seen, 1)
	go func() { pages <- send(t, http.MethodGet, f.RedirectURI()+"/done", nil) }()
	f.Finish(true)
	page := <-pages
	assert.Equal(t, http.StatusOK, page.status)
	assert.Contains(t, page.body, pageSignedIn.Title)
	for name, got := range map[string]seen{"redirect": taken, "page": page} {
		assert.Contains(t, got.header.Get("Content-Security-Policy"), "default-src 'none'", name)
		assert.Contains(t, got.header.Get("Content-Security-Policy"), "frame-ancestors 'none'", name)
		assert.NotContains(t, got.header.Get("Content-Security-Policy"), "unsafe", name)
		assert.Equal(t, "no-store", got.header.Get("Cache-Control"), name)
		assert.Equal(t, "no-referrer", got.header.Get("Referrer-Policy"), name)
		assert.Equal(t, "nosniff", got.header.Get("X-Content-Type-Options"), name)
	}
	assert.Contains(t, page.header.Get("Content-Security-Policy"), "style-src 'sha256-", "the page's own style is allowed, by its hash")
	for _, outside := range []string{"http:", "https:", "<script", "<link", "<img", "<a ", "url("} {
		assert.NotContains(t, page.body, outside)
	}
}

// elements lists a page's elements with their attributes' names.
func elements(t *testing.T, page string) []string {
	t.Helper()
	var found []string
	tokens := html.NewTokenizer(strings.NewReader(page))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			require.ErrorIs(t, tokens.Err(), io.EOF)
			slices.Sort(found)
			return found
		case html.StartTagToken, html.SelfClosingTagToken:
			token := tokens.Token()
			name := token.Data
			for _, a := range token.Attr {
				name += " " + a.Key
			}
			found = append(found, name)
		}
	}
}

// T13: markup from outside reaches no page.
func TestLoopbackPagesHoldNothingFromOutside(t *testing.T) {
	golden := func(page callbackPage) []string {
		return elements(t, string(page.html()))
	}
	const sentinel = "TWSENT"
	f := startTestFlow(t, nil)
	for _, markup := range []string{
		"<script>" + sentinel + "</script>", "\"><img src=x onerror=" + sentinel + ">", "</style><b>" + sentinel, "javascript:" + sentinel, "<!--" + sentinel, "{{.Title}}" + sentinel,
	} {
		for _, name := range []string{"error", "error_description", "error_uri", "state", "code", "iss", "x"} {
			got := visit(t, f, url.Values{name: {markup}, "a": {markup}}.Encode())
			assert.Equal(t, golden(pageStray), elements(t, got.body))
			assert.NotContains(t, got.body, sentinel)
		}
		base := strings.TrimSuffix(f.RedirectURI(), "/callback")
		assert.NotContains(t, send(t, http.MethodGet, base+"/"+url.PathEscape(markup), nil).body, sentinel)
	}
	visit(t, f, genuine(f, "error", "<b>"+sentinel, "error_description", "<b>"+sentinel).Encode())
	pages := make(chan seen, 1)
	go func() { pages <- send(t, http.MethodGet, f.RedirectURI()+"/done?x=<b>"+sentinel, nil) }()
	f.Finish(false)
	page := <-pages
	assert.Equal(t, golden(pageFailed), elements(t, page.body))
	assert.NotContains(t, page.body, sentinel)
}

// The page waits for the outcome, but not for ever.
func TestLoopbackPageGivesUpWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := unservedFlow(t, testFlowParams())
		recorder := httptest.NewRecorder()
		shown := make(chan struct{})
		start := time.Now()
		go func() {
			defer close(shown)
			request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/callback/done", nil)
			request.Host = f.loopback.authority
			f.loopback.handle(recorder, request)
		}()
		<-shown
		assert.Equal(t, 30*time.Second, time.Since(start))
		assert.Contains(t, recorder.Body.String(), pageWorking.Title)
		assert.NotContains(t, recorder.Body.String(), pageSignedIn.Title)
	})
}

// T21: a crowd of idle or slow connections does not keep the answer out.
func TestLoopbackUnderSiege(t *testing.T) {
	f := startTestFlow(t, nil)
	for i := range 500 {
		conn := dial(t, f)
		if i%2 == 0 {
			_, _ = io.WriteString(conn, "GET /callback HTTP/1.1\r\nX-Slow: ") // may be cut off already
		}
	}
	start := time.Now()
	assert.Equal(t, http.StatusSeeOther, visit(t, f, genuine(f).Encode()).status)
	assert.Less(t, time.Since(start), time.Second)
	requireCode(t, f)
	f.loopback.conns.mu.Lock()
	assert.LessOrEqual(t, len(f.loopback.conns.open), 64)
	f.loopback.conns.mu.Unlock()
	assert.Equal(t, 5*time.Second, f.loopback.server.ReadHeaderTimeout)
}

// T21: the page that waits for the outcome is not pushed out by others.
func TestLoopbackKeepsTheWaitingPage(t *testing.T) {
	f := startTestFlow(t, nil)
	visit(t, f, genuine(f).Encode())
	pages := make(chan seen, 1)
	go func() { pages <- send(t, http.MethodGet, f.RedirectURI()+"/done", nil) }()
	require.Eventually(t, func() bool {
		f.loopback.conns.mu.Lock()
		defer f.loopback.conns.mu.Unlock()
		return slices.ContainsFunc(f.loopback.conns.open, func(c *connection) bool { return c.kept })
	}, 5*time.Second, time.Millisecond)
	for range 200 {
		dial(t, f)
	}
	f.Finish(true)
	assert.Contains(t, (<-pages).body, pageSignedIn.Title)
}

// T21: headers are bounded and bodies are not read.
func TestLoopbackBoundsRequests(t *testing.T) {
	f := startTestFlow(t, nil)
	head := func(extra string) string {
		return "GET /callback?" + genuine(f).Encode() + " HTTP/1.1\r\nHost: " + f.loopback.authority + "\r\n" + extra
	}
	assert.Equal(t, http.StatusRequestHeaderFieldsTooLarge, rawRequest(t, f, head("X: "+strings.Repeat("x", 17<<10)+"\r\n\r\n")))
	assert.Equal(t, http.StatusRequestEntityTooLarge, rawRequest(t, f, head("Content-Length: 5\r\n\r\nhello")))
	assert.Equal(t, http.StatusRequestEntityTooLarge, rawRequest(t, f, head("Content-Length: 1000000\r\n\r\n")), "answered without waiting for the body")
	assert.Equal(t, http.StatusRequestEntityTooLarge, rawRequest(t, f, head("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")))
	requirePending(t, f)
}

// T22, R33: after each ending nothing listens and nothing runs.
func TestLoopbackEndsWithTheFlow(t *testing.T) {
	for name, end := range map[string]func(*testing.T, *flow){
		"closed":          func(_ *testing.T, f *flow) { f.Close() },
		"closed twice":    func(_ *testing.T, f *flow) { f.Close(); f.Close() },
		"pasted":          func(t *testing.T, f *flow) { require.NoError(t, f.Paste(genuine(f).Encode())); f.Finish(true) },
		"page not wanted": func(t *testing.T, f *flow) { visit(t, f, genuine(f).Encode()); f.Finish(true) },
		"page shown": func(t *testing.T, f *flow) {
			visit(t, f, genuine(f).Encode())
			shown := make(chan seen, 1)
			go func() { shown <- send(t, http.MethodGet, f.RedirectURI()+"/done", nil) }()
			f.Finish(false)
			assert.Contains(t, (<-shown).body, pageFailed.Title)
		},
		"crowded": func(t *testing.T, f *flow) {
			for range 20 {
				dial(t, f)
			}
			f.Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			before := goleak.IgnoreCurrent()
			f, err := startFlow(testFlowParams())
			require.NoError(t, err)
			start := time.Now()
			end(t, f)
			limit := 2 * time.Second
			if name == "page not wanted" {
				limit = loopbackDelivery + loopbackShutdown + time.Second
			}
			assert.Less(t, time.Since(start), limit)
			_, err = (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(strings.TrimSuffix(f.RedirectURI(), "/callback"), "http://"))
			require.Error(t, err, "nothing listens any more")
			goleak.VerifyNone(t, before)
		})
	}
}
