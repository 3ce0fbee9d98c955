package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/handout"
)

const proxyToken = "TWSENT-access-proxy"

// proxyRig is a proxy before a host that remembers what it was asked.
type proxyRig struct {
	*testing.T
	front, host *httptest.Server
	proxy       *proxy
	answer      http.HandlerFunc // of the host

	mu       sync.Mutex
	seen     []*http.Request
	bodies   []string
	rejected []bool // what each token was asked for with
	fail     error
}

func newProxyRig(t *testing.T) *proxyRig {
	r := &proxyRig{T: t, answer: func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "data") }}
	r.host = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		r.mu.Lock()
		r.seen, r.bodies = append(r.seen, q.Clone(context.WithoutCancel(q.Context()))), append(r.bodies, string(body))
		r.mu.Unlock()
		r.answer(w, q)
	}))
	t.Cleanup(r.host.Close)
	target, err := proxyTarget(r.host.URL)
	require.NoError(t, err)
	r.proxy = &proxy{target: target, key: proxyKey(), token: r.token}
	r.front = httptest.NewServer(r.proxy.handler())
	t.Cleanup(r.front.Close)
	r.proxy.authority = r.front.Listener.Addr().String()
	return r
}

func (r *proxyRig) token(_ context.Context, rejected bool) (handout.Token, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fail != nil {
		return handout.Token{}, r.fail
	}
	r.rejected = append(r.rejected, rejected)
	value := proxyToken
	if rejected {
		value += "-new"
	}
	return handout.Token{Header: "Authorization", HeaderValue: auth.NewSecret("Bearer " + value)}, nil
}

// proxied is the head of an answer, whose body has been read.
type proxied struct {
	StatusCode int
	Header     http.Header
}

// send sends a request to the proxy as a tool would; edit may change it.
func (r *proxyRig) send(method, path string, body io.Reader, edit func(*http.Request)) (proxied, string) {
	r.Helper()
	q, err := http.NewRequestWithContext(r.Context(), method, r.front.URL+path, body)
	require.NoError(r, err)
	if edit != nil {
		edit(q)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	reply, err := client.Do(q)
	require.NoError(r, err)
	defer func() { _ = reply.Body.Close() }()
	text, err := io.ReadAll(reply.Body)
	require.NoError(r, err)
	return proxied{reply.StatusCode, reply.Header}, string(text)
}

func TestProxyAddsTheToken(t *testing.T) {
	r := newProxyRig(t)
	reply, text := r.send(http.MethodPost, "/"+r.proxy.key+"/v1/a%2Fb?x=1&y=%20", strings.NewReader("sent"), func(q *http.Request) {
		q.Header.Set("Authorization", "Basic of the tool")
		q.Header.Set("Cookie", "of=this machine")
		q.Header.Set("Referer", r.front.URL+"/"+r.proxy.key+"/")
		q.Header.Set("X-Forwarded-For", "10.0.0.1")
		q.Header.Set("Accept", "text/csv")
		q.Header.Set("Sec-Fetch-Mode", "navigate")
	})
	assert.Equal(t, http.StatusOK, reply.StatusCode)
	assert.Equal(t, "data", text)
	require.Len(t, r.seen, 1)
	q := r.seen[0]
	assert.Equal(t, "/v1/a%2Fb?x=1&y=%20", q.RequestURI)
	assert.Equal(t, r.host.Listener.Addr().String(), q.Host)
	assert.Equal(t, []string{"Bearer " + proxyToken}, q.Header.Values("Authorization"))
	assert.Equal(t, "text/csv", q.Header.Get("Accept"))
	assert.Equal(t, "sent", r.bodies[0])
	for name, values := range q.Header {
		assert.NotContains(t, strings.Join(values, " "), r.proxy.key, name)
		assert.NotContains(t, []string{"Cookie", "Referer", "X-Forwarded-For", "Sec-Fetch-Mode"}, name)
	}
}

// Who does not know the key, or is a page of some site, gets the same answer
// and reaches nothing (T19, T20, T45).
func TestProxyRefuses(t *testing.T) {
	r := newProxyRig(t)
	good := "/" + r.proxy.key + "/data"
	port := r.front.URL[strings.LastIndex(r.front.URL, ":")+1:]
	for name, c := range map[string]struct {
		path, method string
		edit         func(*http.Request)
	}{
		"no key":              {path: "/"},
		"a short key":         {path: "/" + r.proxy.key[:31] + "/data"},
		"a longer key":        {path: "/" + r.proxy.key + "x/data"},
		"the key as a query":  {path: "/?key=" + r.proxy.key},
		"the key later":       {path: "/x/" + r.proxy.key + "/data"},
		"a page's script":     {path: good, edit: func(q *http.Request) { q.Header.Set("Origin", "https://evil.test") }},
		"a sandboxed page":    {path: good, edit: func(q *http.Request) { q.Header.Set("Origin", "null") }},
		"a page of ours":      {path: good, edit: func(q *http.Request) { q.Header.Set("Origin", r.front.URL) }},
		"an image of a page":  {path: good, edit: func(q *http.Request) { q.Header.Set("Sec-Fetch-Site", "cross-site") }},
		"another local site":  {path: good, edit: func(q *http.Request) { q.Header.Set("Sec-Fetch-Site", "same-site") }},
		"a rebound name":      {path: good, edit: func(q *http.Request) { q.Host = "evil.test:" + port }},
		"a name without port": {path: good, edit: func(q *http.Request) { q.Host = "127.0.0.1" }},
		"preflight": {path: good, method: http.MethodOptions, edit: func(q *http.Request) {
			q.Header.Set("Origin", "https://evil.test")
			q.Header.Set("Access-Control-Request-Method", "GET")
		}},
		"trace":       {path: good, method: http.MethodTrace},
		"a websocket": {path: good, edit: func(q *http.Request) { q.Header.Set("Connection", "Upgrade"); q.Header.Set("Upgrade", "websocket") }},
	} {
		t.Run(name, func(t *testing.T) {
			if c.method == "" {
				c.method = http.MethodGet
			}
			reply, text := r.send(c.method, c.path, nil, c.edit)
			assert.Equal(t, http.StatusNotFound, reply.StatusCode)
			assert.Equal(t, "\n", text)
			assert.Empty(t, reply.Header.Values("Access-Control-Allow-Origin"))
			assert.Empty(t, r.seen, "the host was reached")
			assert.Empty(t, r.rejected, "a token was asked for")
		})
	}
	reply, _ := r.send(http.MethodGet, good, nil, func(q *http.Request) { q.Host = "localhost:" + port })
	assert.Equal(t, http.StatusOK, reply.StatusCode, "the other name of this machine is good")
}

func TestProxyGuessing(t *testing.T) {
	r := newProxyRig(t)
	handler := r.proxy.handler()
	key := make([]byte, proxyKeyBytes)
	for range 100_000 {
		_, _ = rand.Read(key)
		q := httptest.NewRequest(http.MethodGet, "http://"+r.proxy.authority+"/"+base64.RawURLEncoding.EncodeToString(key)+"/data", nil)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, q)
		if w.Code != http.StatusNotFound {
			t.Fatal("a guess was answered")
		}
	}
	assert.Empty(t, r.seen)
	assert.Len(t, r.proxy.key, 32, "192 bits")
	assert.NotEqual(t, r.proxy.key, proxyKey())
}

func TestProxyKeepsAnswersHarmless(t *testing.T) {
	r := newProxyRig(t)
	r.answer = func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		w.Header().Set("Set-Cookie", "session=of the host")
		w.Header().Set("Content-Security-Policy-Report-Only", "default-src 'none'; report-uri https://evil.test")
		w.Header().Set("Referrer-Policy", "unsafe-url")
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
		switch q.URL.Path {
		case "/within":
			w.Header().Set("Location", "/next?page=2")
		case "/whole":
			w.Header().Set("Location", r.host.URL+"/a%2Fb")
		case "/elsewhere":
			w.Header().Set("Location", "https://elsewhere.test/x")
		}
		w.WriteHeader(http.StatusFound)
	}
	base := "http://" + r.proxy.authority + "/" + r.proxy.key
	for path, want := range map[string]string{
		"/within": base + "/next?page=2", "/whole": base + "/a%2Fb", "/elsewhere": "https://elsewhere.test/x", "/none": "",
	} {
		reply, _ := r.send(http.MethodGet, "/"+r.proxy.key+path, nil, nil)
		assert.Equal(t, want, reply.Header.Get("Location"), path)
		for _, name := range []string{"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Set-Cookie", "Content-Security-Policy-Report-Only"} {
			assert.Empty(t, reply.Header.Values(name), name)
		}
		assert.Equal(t, []string{"no-referrer"}, reply.Header.Values("Referrer-Policy"), "the key stands in the address")
		assert.Equal(t, []string{"same-origin"}, reply.Header.Values("Cross-Origin-Resource-Policy"))
		assert.Equal(t, "same-origin", reply.Header.Get("Cross-Origin-Resource-Policy"))
		assert.Equal(t, "sandbox", reply.Header.Get("Content-Security-Policy"))
		assert.Equal(t, "no-referrer", reply.Header.Get("Referrer-Policy"))
	}
}

func TestProxyReplacesARefusedToken(t *testing.T) {
	r := newProxyRig(t)
	r.answer = func(w http.ResponseWriter, q *http.Request) {
		if q.Header.Get("Authorization") != "Bearer "+proxyToken+"-new" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}
	reply, _ := r.send(http.MethodGet, "/"+r.proxy.key+"/", nil, nil)
	assert.Equal(t, http.StatusOK, reply.StatusCode)
	assert.Equal(t, []bool{false, true}, r.rejected)

	reply, _ = r.send(http.MethodPost, "/"+r.proxy.key+"/", strings.NewReader("order"), nil)
	assert.Equal(t, http.StatusUnauthorized, reply.StatusCode, "what has a body is never sent twice")
	reply, _ = r.send(http.MethodPost, "/"+r.proxy.key+"/", strings.NewReader("order"), nil)
	assert.Equal(t, http.StatusOK, reply.StatusCode)
	assert.Equal(t, []bool{false, true, false, true}, r.rejected)
	assert.Equal(t, []string{"", "", "order", "order"}, r.bodies)

	r.answer = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }
	_, _ = r.send(http.MethodGet, "/"+r.proxy.key+"/", nil, nil)
	assert.Len(t, r.seen, 6, "once more, and no more")
}

// The token that the start has asked for is the first request's, unless it has run
// out meanwhile: who allowed it once is not asked twice.
func TestProxyAsksOnceForTheFirstRequest(t *testing.T) {
	r := newProxyRig(t)
	require.NoError(t, r.proxy.begin(t.Context()))
	for range 3 {
		reply, _ := r.send(http.MethodGet, "/"+r.proxy.key+"/", nil, nil)
		assert.Equal(t, http.StatusOK, reply.StatusCode)
	}
	assert.Equal(t, []bool{false, false, false}, r.rejected, "one at the start, and one each for the second and the third")
	over := time.Now().Add(30 * time.Second)
	r.proxy.first.Store(&handout.Token{Header: "Authorization", HeaderValue: auth.NewSecret("Bearer old"), ExpiresAt: &over})
	_, _ = r.send(http.MethodGet, "/"+r.proxy.key+"/", nil, nil)
	assert.Equal(t, "Bearer "+proxyToken, r.seen[3].Header.Get("Authorization"))
	r.fail = &handout.Error{End: auth.EndDenied}
	require.Error(t, r.proxy.begin(t.Context()))
	assert.Nil(t, r.proxy.first.Load())
}

// Whoever pauses an authorization, or takes it from the program, does not wait for
// a tool to have used up what the start has brought.
func TestProxyForgetsTheFirstToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		p := &proxy{token: func(context.Context, bool) (handout.Token, error) {
			asked++
			return handout.Token{}, nil
		}}
		require.NoError(t, p.begin(t.Context()))
		time.Sleep(firstFor)
		synctest.Wait()
		assert.Nil(t, p.first.Load())
		_, err := p.next(t.Context(), false)
		require.NoError(t, err)
		assert.Equal(t, 2, asked)
	})
}

func TestProxySaysWhatStandsInTheWay(t *testing.T) {
	r := newProxyRig(t)
	for end, status := range map[auth.HandOutEnd]int{
		auth.EndDenied: 403, auth.EndNeedsSignIn: 503, auth.EndLocked: 503, auth.EndUnreachable: 502, auth.EndOther: 502,
	} {
		r.fail = &handout.Error{End: end, Title: "What happened", Happened: "And why.", Steps: []string{"Do this."}}
		reply, text := r.send(http.MethodGet, "/"+r.proxy.key+"/", nil, nil)
		assert.Equal(t, status, reply.StatusCode, end)
		assert.Equal(t, "What happened. And why. Do this.\n", text)
	}
	assert.Empty(t, r.seen)
	r.fail = nil
	r.host.Close()
	reply, text := r.send(http.MethodGet, "/"+r.proxy.key+"/", nil, nil)
	assert.Equal(t, http.StatusBadGateway, reply.StatusCode)
	assert.NotContains(t, text, r.proxy.key)
	assert.NotContains(t, text, proxyToken)
}

func TestProxyTarget(t *testing.T) {
	for _, to := range []string{"https://api.example.com", "https://api.example.com:8443/v1/", "http://127.0.0.1:8080", "http://[::1]:8080", "http://localhost"} {
		target, err := proxyTarget(to)
		require.NoError(t, err, to)
		p := &proxy{target: target, key: "KEY", authority: "127.0.0.1:1"}
		u, err := url.Parse(to)
		require.NoError(t, err)
		assert.Equal(t, "http://127.0.0.1:1/KEY"+strings.TrimSuffix(u.Path, "/"), p.address())
	}
	for _, to := range []string{
		"", "api.example.com", "http://api.example.com", "ftp://api.example.com", "https://", "https://:443", "https://a@api.example.com",
		"https://api.example.com/?x=1", "https://api.example.com/#x", "http://127.0.0.1.evil.test", "http://localhost.evil.test", "https://%zz",
	} {
		_, err := proxyTarget(to)
		assert.Error(t, err, to)
	}
}

func TestProxyAddressKeepsThePathAsItIs(t *testing.T) {
	for to, path := range map[string]string{
		"https://api.example.com":              "",
		"https://api.example.com/":             "",
		"https://api.example.com/v1/":          "/v1",
		"https://api.example.com/my%20files/":  "/my%20files",
		"https://api.example.com/a%2Fb/c%2Fd/": "/a%2Fb/c%2Fd",
	} {
		target, err := proxyTarget(to)
		require.NoError(t, err, to)
		p := proxy{target: target, key: "key", authority: "127.0.0.1:1"}
		assert.Equal(t, "http://127.0.0.1:1/key"+path, p.address(), to)
	}
}

// A host has one name, however its address is written.
func TestProxyKnowsItsHostByEveryAddress(t *testing.T) {
	for _, to := range []string{"https://api.example.com", "https://API.example.com:443/"} {
		target, err := proxyTarget(to)
		require.NoError(t, err)
		p := proxy{target: target, key: "key", authority: "127.0.0.1:1"}
		for location, want := range map[string]string{
			"https://api.example.com/x":      "http://127.0.0.1:1/key/x",
			"https://Api.Example.com:443/x":  "http://127.0.0.1:1/key/x",
			"https://api.example.com:8443/x": "https://api.example.com:8443/x",
			"http://api.example.com/x":       "http://api.example.com/x",
		} {
			reply := &http.Response{Header: http.Header{"Location": {location}}, Request: &http.Request{URL: target.JoinPath("old")}}
			require.NoError(t, p.answered(reply))
			assert.Equal(t, want, reply.Header.Get("Location"), to)
		}
	}
}
