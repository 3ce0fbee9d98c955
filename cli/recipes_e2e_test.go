//go:build e2e && unix

package main

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// answerOfAPI is what the API of the recipes says to who brings the token.
const answerOfAPI = `{"me":"ana"}`

// api is a service's API: it wants the access token in its header.
type api struct {
	*httptest.Server
	mu      sync.Mutex
	token   string // that it takes
	refused int
	served  int
}

func newAPI(t *testing.T, token auth.Secret) *api {
	a := &api{token: token.Reveal()}
	a.Server = httptest.NewServer(a)
	t.Cleanup(a.Close)
	return a
}

// ServeHTTP implements http.Handler.
func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer "+a.token {
		a.refused++
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	a.served++
	_, _ = w.Write([]byte(answerOfAPI))
}

func (a *api) counts() (served, refused int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.served, a.refused
}

// runAs runs text as a file of a language and returns what it printed.
func (h *home) runAs(language, text string) string {
	h.Helper()
	program := map[string][]string{
		"sh": {"sh"}, "python": {"python3"}, "r": {"Rscript"}, "javascript": {"node"}, "go": {"go", "run"},
	}[language]
	require.NotNil(h, program, language)
	suffix := map[string]string{"javascript": ".mjs", "go": ".go"}[language]
	dir := h.TempDir()
	file := filepath.Join(dir, "recipe"+suffix)
	require.NoError(h, os.WriteFile(file, []byte(text), 0o600))
	c := h.command(program[0], append(program[1:], file)...)
	var complaint strings.Builder
	c.Stderr = &complaint
	out, err := c.Output()
	require.NoError(h, err, "%s said: %s", language, &complaint)
	return string(out)
}

// tried are the blocks of a document that it says are tried, by kind.
func tried(t *testing.T, file string) []block {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var found []block
	for _, m := range regexp.MustCompile("(?s)<!-- tried: (\\w+) -->\n```\\w+\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		found = append(found, block{kind: m[1], text: m[2]})
	}
	return found
}

type block struct{ kind, text string }

// The recipes are carried out as they stand, with the address of a real server
// in the place of the example's. The one for git is tried in the test of git, that of
// the agent in its own.
func TestRecipes(t *testing.T) {
	h := newHome(t)
	record := h.keep("Graph mail", auth.HandOutRule{Mode: auth.HandOutAnyone})
	h.agent()
	served := newAPI(t, record.Tokens.Access)
	blocks := append(tried(t, "../docs/recipes.md"), tried(t, "../docs/handout-api.md")...)
	kinds := map[string]int{}
	for i, b := range blocks {
		kinds[b.kind]++
		text := strings.ReplaceAll(b.text, "https://api.example.com", served.URL)
		t.Run(strconv.Itoa(i+1)+" "+b.kind, func(t *testing.T) {
			h := &home{TB: t, dir: h.dir, server: h.server}
			before, _ := served.counts()
			switch b.kind {
			case "git", "agent":
				return
			case "proxy":
				h.throughProxy(text)
			default:
				out := h.runAs(b.kind, text)
				if strings.Contains(b.text, "http.client") {
					assert.Contains(t, out, "Authorization is what carries the token")
					return
				}
				assert.Contains(t, out, answerOfAPI)
			}
			after, _ := served.counts()
			assert.Greater(t, after, before, "the API was not reached")
		})
	}
	assert.Equal(t, map[string]int{"sh": 2, "python": 3, "r": 1, "proxy": 1, "git": 1, "agent": 1}, kinds)

	t.Run("a refused token is replaced once", func(t *testing.T) {
		h := &home{TB: t, dir: h.dir, server: h.server}
		served.mu.Lock()
		served.token = "another" // until the next one is fetched
		served.mu.Unlock()
		_, refused := served.counts()
		text := strings.ReplaceAll(blocks[2].text, "https://api.example.com", served.URL)
		h.runAs("python", text)
		_, again := served.counts()
		assert.GreaterOrEqual(t, again-refused, 2, "it asked once more with a new token")
		assert.Equal(t, 1, h.server.MostShown("refresh"), "one refresh, whatever is asked within seconds")
	})
}

// startProxy starts the proxy by a line for the shell and returns its address.
func (h *home) startProxy(line string) string {
	h.Helper()
	c := h.command("sh", "-c", "exec "+strings.TrimSpace(line))
	out, err := c.StdoutPipe()
	require.NoError(h, err)
	require.NoError(h, c.Start())
	h.Cleanup(func() {
		_ = c.Process.Signal(syscall.SIGTERM)
		_ = c.Wait()
	})
	lines := bufio.NewScanner(out)
	require.True(h, lines.Scan(), "it prints its address")
	address := strings.TrimSpace(lines.Text())
	assert.Regexp(h, `^http://127\.0\.0\.1:\d+/[A-Za-z0-9_-]{32}$`, address)
	return address
}

// throughProxy reads through the proxy.
func (h *home) throughProxy(line string) {
	h.Helper()
	reply, err := get(h.Context(), h.startProxy(line)+"/me")
	require.NoError(h, err)
	assert.Equal(h, answerOfAPI, reply)
}

func get(ctx context.Context, address string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	client := &http.Client{Transport: &http.Transport{DialContext: (&net.Dialer{}).DialContext, DisableKeepAlives: true}}
	reply, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = reply.Body.Close() }()
	var body strings.Builder
	_, err = bufio.NewReader(reply.Body).WriteTo(&body)
	return body.String(), err
}

// The texts of "Copy as" are run as the user would paste them.
func TestSnippets(t *testing.T) {
	const name = `It's "ours" $(false) \`
	h := newHome(t)
	var served *api
	h.keep(name, auth.HandOutRule{Mode: auth.HandOutAnyone}, func(r *auth.Record) {
		served = newAPI(t, r.Tokens.Access)
		r.Authorization.Endpoints.UserInfo = served.URL + "/me"
	})
	texts := h.snippets(name)
	h.agent()
	for id, language := range map[string]string{
		"curl": "sh", "python": "python", "r": "r", "go": "go", "javascript": "javascript",
	} {
		t.Run(id, func(t *testing.T) {
			h := &home{TB: t, dir: h.dir, server: h.server}
			assert.Contains(t, h.runAs(language, texts[id]), answerOfAPI)
		})
	}
	t.Run("powershell", func(t *testing.T) {
		if _, err := exec.LookPath("pwsh"); err != nil {
			t.Log("not run: Debian has no package of PowerShell")
			return
		}
		file := filepath.Join(t.TempDir(), "snippet.ps1")
		require.NoError(t, os.WriteFile(file, []byte(texts["powershell"]), 0o600))
		out, err := h.command("pwsh", "-NoProfile", "-File", file).Output()
		require.NoError(t, err)
		assert.Contains(t, string(out), "ana")
	})
	t.Run("powerquery", func(t *testing.T) {
		h := &home{TB: t, dir: h.dir, server: h.server}
		_, line, found := strings.Cut(texts["powerquery"], "//   ")
		require.True(t, found)
		line, _, _ = strings.Cut(line, "\n")
		h.throughProxy(line)
	})
}

// snippets are the texts that the window shows for an authorization.
func (h *home) snippets(name string) map[string]string {
	h.Helper()
	store := h.open()
	defer func() { _ = store.Close() }()
	require.NoError(h, store.Vault().Unlock(h.Context(), auth.NewSecret(homePassphrase)))
	services, err := auth.LoadCatalog(os.DirFS("../assets/services"))
	require.NoError(h, err)
	e, err := auth.New(auth.Params{
		Store: store, Vault: store.Vault(), Catalog: services, Wire: auth.NewWire(auth.WireParams{}), Browser: auth.SystemBrowser(), Brief: true,
	})
	require.NoError(h, err)
	defer e.Close()
	id, err := e.IDOf(h.Context(), name)
	require.NoError(h, err)
	list, err := e.Snippets(h.Context(), id)
	require.NoError(h, err)
	texts := map[string]string{}
	for _, s := range list {
		texts[s.ID] = s.Text
	}
	return texts
}
