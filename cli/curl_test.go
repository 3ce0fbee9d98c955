//go:build unix

package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// site is a server that keeps what it was sent.
type site struct {
	*httptest.Server
	mu       sync.Mutex
	sent     []http.Header
	redirect string // where everything is sent on to
	watch    func()
}

func newSite(t *testing.T) *site {
	s := &site{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.sent = append(s.sent, r.Header.Clone())
		if s.watch != nil {
			s.watch()
		}
		if s.redirect != "" {
			http.Redirect(w, r, s.redirect, http.StatusFound)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// header is what the only request brought under a name.
func (s *site) header(t *testing.T, name string) string {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	require.Len(t, s.sent, 1)
	return strings.Join(s.sent[0].Values(name), ", ")
}

// requests is how many there were.
func (s *site) requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sent)
}

// answer says where everything is sent on to, and what is done at each request.
func (s *site) answer(redirect string, watch func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.redirect, s.watch = redirect, watch
}

func needCurl(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("no curl here")
	}
	for _, proxy := range []string{"http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"} {
		t.Setenv(proxy, "")
	}
}

func TestCurlCarriesTheHeader(t *testing.T) {
	needCurl(t)
	s := newSite(t)
	s.answer("", func() { assert.NotContains(t, commandLines(t), accessToken, "the token stands in a command line") })
	got := ended(t, process(t, &script{}, "curl", "Graph mail", "--", "-sS", s.URL))
	assert.Equal(t, said{0, "", ""}, got)
	assert.Equal(t, "Bearer "+accessToken, s.header(t, "Authorization"))

	own := newSite(t)
	got = ended(t, process(t, &script{Header: "X-Shop-Token"}, "curl", "Graph mail", "--", "-sS", own.URL))
	assert.Zero(t, got.code, got.errOut)
	assert.Equal(t, accessToken, own.header(t, "X-Shop-Token"))
	assert.Empty(t, own.header(t, "Authorization"))
}

// commandLines are those of all processes that may be read.
func commandLines(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	var all strings.Builder
	for _, file := range files {
		line, _ := os.ReadFile(file) //nolint:gosec // ended meanwhile: nothing
		all.Write(line)
	}
	return all.String()
}

func TestCurlsCodeIsOurs(t *testing.T) {
	needCurl(t)
	got := ended(t, process(t, &script{}, "curl", "Graph mail", "--", "-sS", "https://127.0.0.1:1/"))
	assert.Equal(t, 7, got.code, "curl's own code: could not connect")
	t.Setenv("PATH", t.TempDir())
	assert.Equal(t, 127, ended(t, process(t, &script{}, "curl", "Graph mail", "--", "https://a.example")).code)
}

// A redirect to another host gets no token: curl takes Authorization off, and
// with a header of the service's own redirects are not followed at all.
func TestCurlRedirects(t *testing.T) {
	needCurl(t)
	other, first := newSite(t), newSite(t)
	first.answer(strings.Replace(other.URL, "127.0.0.1", "localhost", 1), nil)
	got := ended(t, process(t, &script{}, "curl", "Graph mail", "--", "-sSL", first.URL))
	require.Zero(t, got.code, got.errOut)
	assert.Equal(t, "Bearer "+accessToken, first.header(t, "Authorization"))
	assert.Empty(t, other.header(t, "Authorization"))

	own := newSite(t)
	own.answer(other.URL, nil)
	got = ended(t, process(t, &script{Header: "X-Shop-Token"}, "curl", "Graph mail", "--", "-sSL", own.URL))
	assert.Equal(t, 125, got.code)
	assert.Contains(t, got.errOut, "X-Shop-Token")
	assert.Zero(t, own.requests())
}

// An unencrypted request to this machine does not go through a proxy, which
// would read the token.
func TestCurlPassesTheProxyBy(t *testing.T) {
	needCurl(t)
	proxy, s := newSite(t), newSite(t)
	t.Setenv("http_proxy", proxy.URL)
	require.Zero(t, ended(t, process(t, &script{}, "curl", "Graph mail", "--", "-sS", s.URL)).code)
	assert.Zero(t, proxy.requests())
	assert.Equal(t, "Bearer "+accessToken, s.header(t, "Authorization"))
}

// The user's config file could take the token anywhere.
func TestCurlReadsNoConfigFile(t *testing.T) {
	needCurl(t)
	other, s := newSite(t), newSite(t)
	t.Setenv("CURL_HOME", t.TempDir())
	require.NoError(t, os.WriteFile(filepath.Join(os.Getenv("CURL_HOME"), ".curlrc"), []byte("url = \""+other.URL+"\"\nverbose\n"), 0o600))
	got := ended(t, process(t, &script{}, "curl", "Graph mail", "--", "-sS", s.URL))
	assert.Equal(t, said{0, "", ""}, got)
	assert.Zero(t, other.requests())
}

// T48: every host is asked for, and one that is not allowed gets nothing.
func TestCurlAsksForEachHost(t *testing.T) {
	needCurl(t)
	a, b := newSite(t), newSite(t)
	s := &script{Limited: []string{strings.TrimPrefix(a.URL, "http://")}}
	require.Zero(t, ended(t, process(t, s, "curl", "Graph mail", "--", "-sS", a.URL, a.URL+"/again")).code)
	assert.Equal(t, 2, a.requests())
	got := ended(t, process(t, s, "curl", "Graph mail", "--", "-sS", a.URL, b.URL))
	assert.Equal(t, 125, got.code)
	assert.Contains(t, got.errOut, "Not for this host")
	assert.Equal(t, 2, a.requests(), "nothing is sent when one of the hosts is not allowed")
	assert.Zero(t, b.requests())
}

func TestCurlConfig(t *testing.T) {
	config, err := curlConfig(tokenWith("X-Token", `a"b\c`))
	require.NoError(t, err)
	assert.Equal(t, `header = "X-Token: a\"b\\c"`+"\n", string(config))
	for _, bad := range []string{"a\nurl = https://evil.example", "a\rb", "a\x00b"} {
		_, err := curlConfig(tokenWith("Authorization", bad))
		assert.Error(t, err)
	}
}
