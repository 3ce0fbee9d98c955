//go:build e2e && unix

package main

import (
	"encoding/pem"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// gitServer is a real git server over TLS that wants a token for a password.
type gitServer struct {
	*httptest.Server
	host string // and port
	ca   string // a file

	mu        sync.Mutex
	takes     func(password string) bool
	passwords []string
}

func newGitServer(h *home) *gitServer {
	h.Helper()
	root := h.TempDir()
	repository := filepath.Join(root, "team", "reports.git")
	seed := filepath.Join(root, "seed")
	for _, args := range [][]string{
		{"init", "-q", "--bare", repository},
		{"init", "-q", "-b", "main", seed},
		{"-C", seed, "-c", "user.name=t", "-c", "user.email=t@example.test", "commit", "-q", "--allow-empty", "-m", "first"},
		{"-C", seed, "push", "-q", repository, "main:main"},
		{"-C", repository, "symbolic-ref", "HEAD", "refs/heads/main"},
		{"-C", repository, "config", "http.receivepack", "true"},
	} {
		out, err := h.command("git", args...).CombinedOutput()
		require.NoError(h, err, "%s", out)
	}
	lib, err := exec.Command("git", "--exec-path").Output()
	require.NoError(h, err)
	backend := &cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(lib)), "git-http-backend"),
		Env:  []string{"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER=t"},
	}
	s := &gitServer{takes: func(string) bool { return false }}
	s.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, password, given := r.BasicAuth()
		s.mu.Lock()
		if given {
			s.passwords = append(s.passwords, password)
		}
		good := given && s.takes(password)
		s.mu.Unlock()
		if !good {
			w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		backend.ServeHTTP(w, r)
	}))
	h.Cleanup(s.Close)
	address, err := url.Parse(s.URL)
	require.NoError(h, err)
	s.host = address.Host
	s.ca = filepath.Join(root, "ca.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	require.NoError(h, os.WriteFile(s.ca, certificate, 0o600))
	return s
}

// git runs a script of git commands as the user, who is not there to answer.
func (h *home) git(s *gitServer, script string) (string, error) {
	c := h.command("sh", "-e", "-c", script)
	c.Env = append(c.Env, "GIT_SSL_CAINFO="+s.ca, "GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=", "SSH_ASKPASS=")
	out, err := c.CombinedOutput()
	return string(out), err
}

// TestGitOverTLS follows the recipe for git against a real server, in which the
// example's host alone is another one.
func TestGitOverTLS(t *testing.T) {
	h := newHome(t)
	server := newGitServer(h)
	record := h.keep("Graph mail", auth.HandOutRule{Mode: auth.HandOutAnyone, Hosts: []string{server.host}})
	h.keep("Other place", auth.HandOutRule{Mode: auth.HandOutAnyone, Hosts: []string{"git.example.com", "*.0.0.1"}})
	copied := h.snippets("Graph mail")["git"]
	h.agent()
	first := record.Tokens.Access.Reveal()
	server.takes = func(password string) bool { return password == first }
	out, err := h.git(server, copied+"git clone -q https://"+server.host+"/team/reports.git copied")
	require.NoError(t, err, "what the window gives to copy: %s", out)
	recipe := ""
	for _, b := range tried(t, "../docs/recipes.md") {
		if b.kind == "git" {
			recipe = strings.ReplaceAll(b.text, "git.example.com", server.host)
		}
	}
	require.NotEmpty(t, recipe)
	out, err = h.git(server, recipe)
	require.NoError(t, err, out)
	assert.FileExists(t, filepath.Join(h.dir, "reports", ".git", "HEAD"))
	assert.NotContains(t, out, first)

	out, err = h.git(server, `cd reports && git -c user.name=t -c user.email=t@example.test commit -q --allow-empty -m second && git push -q origin main`)
	require.NoError(t, err, out)

	// The server calls the token over: the helper is told, and the next try has a new one.
	server.mu.Lock()
	server.takes = func(password string) bool { return password != first }
	server.mu.Unlock()
	out, err = h.git(server, "cd reports && git fetch -q")
	require.Error(t, err, "the old token was still good")
	assert.NotContains(t, out, first)
	out, err = h.git(server, "cd reports && git fetch -q")
	require.NoError(t, err, out)
	assert.Equal(t, 1, h.server.MostShown("refresh"))
}

// A server that is not named gets nothing, whatever its address looks like (T47, T48).
func TestGitServerThatIsNotNamed(t *testing.T) {
	h := newHome(t)
	server := newGitServer(h)
	h.keep("Named elsewhere", auth.HandOutRule{Mode: auth.HandOutAnyone, Hosts: []string{"127.0.0.1", "localhost:1", "*.0.0.1"}})
	h.keep("Not limited", auth.HandOutRule{Mode: auth.HandOutAnyone})
	h.agent()
	helper := `git config --global credential.helper "!tokenwell git-credential"` + "\n"
	for name, address := range map[string]string{
		"another port":        server.URL + "/team/reports.git",
		"a line in the host":  "https://" + server.host + "%0ahost=127.0.0.1/team/reports.git",
		"a return in it":      "https://" + server.host + "%0dhost=127.0.0.1/team/reports.git",
		"a user like a name":  "https://Named%20elsewhere@" + server.host + "/team/reports.git",
		"a host in the user":  "https://127.0.0.1%0a@" + server.host + "/team/reports.git",
		"without TLS":         "http://" + server.host + "/team/reports.git",
		"the name of another": "https://localhost:" + server.host[strings.LastIndex(server.host, ":")+1:] + "/team/reports.git",
	} {
		out, err := h.git(server, helper+"git clone -q '"+address+"' copy")
		require.Error(t, err, name)
		assert.NotContains(t, out, "TWSENT", name)
	}
	for _, password := range server.passwords {
		assert.NotContains(t, password, "TWSENT")
	}
}
