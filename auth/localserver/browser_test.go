package localserver

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"tokenwell/assets"
	"tokenwell/auth"
)

const (
	callback = "http://127.0.0.1:54321/callback"
	verifier = "verifier-verifier-verifier-verifier-verifier-0123"
)

// clock is a settable time.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// bench is a started server and a browser beside it.
type bench struct {
	*testing.T
	store   *memoryStore
	clock   *clock
	server  *Server
	info    auth.LocalInfo
	browser *http.Client
}

// testKey is made once: a new RSA key for each test takes most of the time.
var testKey = sync.OnceValue(func() auth.Secret {
	key, err := makeKey(context.Background(), newMemoryStore())
	if err != nil {
		panic(err)
	}
	return key
})

// start runs a server over an empty store that has the shared key.
func start(t *testing.T) *bench {
	store := newMemoryStore()
	store.settings[settingKey] = testKey()
	return startOver(t, store)
}

func startOver(t *testing.T, store *memoryStore) *bench {
	b := &bench{T: t, store: store, clock: &clock{at: time.Now()}}
	b.open()
	t.Cleanup(func() { require.NoError(t, b.server.Close()) })
	return b
}

// open starts a server over the store; the port stays that of the first one.
func (b *bench) open() {
	b.server = New(Params{
		Store: b.store, Pages: assets.Pages, Addr: "127.0.0.1:0",
		Log: slog.New(slog.DiscardHandler), Now: b.clock.now,
	})
	b.server.refusal = time.Millisecond
	require.NoError(b, b.server.Start(context.Background()))
	b.info = b.server.Info()
	b.browser = newBrowser(b.T)
}

// newBrowser keeps cookies and follows redirects within the server, not to a client.
func newBrowser(t *testing.T) *http.Client {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Jar: jar, Transport: transport, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == "/callback" {
			return http.ErrUseLastResponse
		}
		return nil
	}}
}

// answer is a response whose body was read.
type answer struct {
	*http.Response
	text string
}

func (b *bench) send(r *http.Request) answer {
	b.Helper()
	response, err := b.browser.Do(r)
	require.NoError(b, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	require.NoError(b, err)
	return answer{Response: response, text: string(body)}
}

func (b *bench) request(method, path string, form url.Values) *http.Request {
	b.Helper()
	target := path
	if !strings.HasPrefix(path, "http") {
		target = b.info.Issuer + path
	}
	r, err := http.NewRequestWithContext(b.Context(), method, target, strings.NewReader(form.Encode()))
	require.NoError(b, err)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

func (b *bench) get(path string) answer {
	b.Helper()
	return b.send(b.request(http.MethodGet, path, nil))
}

func (b *bench) post(path string, form url.Values) answer {
	b.Helper()
	return b.send(b.request(http.MethodPost, path, form))
}

// api posts as the practice client.
func (b *bench) api(path string, form url.Values) answer {
	b.Helper()
	r := b.request(http.MethodPost, path, form)
	r.SetBasicAuth(url.QueryEscape(b.info.ClientID), url.QueryEscape(b.info.ClientSecret.Reveal()))
	return b.send(r)
}

func (a answer) json(t *testing.T) map[string]any {
	t.Helper()
	var m map[string]any
	require.NoError(t, json.Unmarshal([]byte(a.text), &m), a.text)
	return m
}

func challengeOf(v string) string {
	sum := sha256.Sum256([]byte(v))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// params are those of a good authorization request; change overrides some, ""
// leaves one out.
func (b *bench) params(change ...string) url.Values {
	v := url.Values{
		"response_type": {"code"}, "client_id": {b.info.ClientID}, "redirect_uri": {callback},
		"scope": {"openid profile offline_access reports.read reports.write"}, "state": {"st&te=1"}, "nonce": {"n-1"},
		"code_challenge": {challengeOf(verifier)}, "code_challenge_method": {"S256"},
	}
	for i := 0; i < len(change); i += 2 {
		v.Set(change[i], change[i+1])
		if change[i+1] == "" {
			v.Del(change[i])
		}
	}
	return v
}

func (b *bench) authorize(change ...string) answer {
	b.Helper()
	return b.get("/authorize?" + b.params(change...).Encode())
}

// form is what a browser would send of a page's form with this action.
type form struct {
	action string
	values url.Values
}

func forms(t *testing.T, page string) []form {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	require.NoError(t, err)
	var all []form
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "form":
			require.Equal(t, "post", attr(n, "method"))
			all = append(all, form{action: attr(n, "action"), values: url.Values{}})
		case "input":
			_, off := find(n, "disabled")
			_, ticked := find(n, "checked")
			if len(all) > 0 && !off && (attr(n, "type") != "checkbox" || ticked) {
				all[len(all)-1].values.Add(attr(n, "name"), attr(n, "value"))
			}
		}
	}
	return all
}

func attr(n *html.Node, name string) string {
	v, _ := find(n, name)
	return v
}

func find(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// signIn submits the sign-in page.
func (b *bench) signIn(page answer, password string) answer {
	b.Helper()
	require.Equal(b, pathSignIn, page.Request.URL.Path, page.text)
	f := forms(b.T, page.text)[0]
	f.values.Set("username", b.info.User)
	f.values.Set("password", password)
	return b.post(f.action, f.values)
}

// approval leads a request to the approval page.
func (b *bench) approval(change ...string) answer {
	b.Helper()
	page := b.authorize(change...)
	if page.Request.URL.Path == pathSignIn {
		page = b.signIn(page, b.info.Password.Reveal())
	}
	require.Equal(b, pathApprove, page.Request.URL.Path, page.text)
	return page
}

// grant clicks "Grant access" with the page's own ticks.
func (b *bench) grant(page answer) answer {
	b.Helper()
	f := forms(b.T, page.text)[1]
	f.values.Set("decision", "grant")
	return b.post(f.action, f.values)
}

// back returns the parameters with which the browser came to the callback.
func (b *bench) back(a answer) url.Values {
	b.Helper()
	require.Equal(b, http.StatusSeeOther, a.StatusCode, a.text)
	target, err := url.Parse(a.Header.Get("Location"))
	require.NoError(b, err)
	query := target.Query()
	target.RawQuery = ""
	require.Equal(b, callback, target.String())
	require.Equal(b, b.info.Issuer, query.Get("iss"))
	return query
}

// code runs the whole sign-in.
func (b *bench) code(change ...string) string {
	b.Helper()
	code := b.back(b.grant(b.approval(change...))).Get("code")
	require.NotEmpty(b, code)
	return code
}

func exchange(code string, change ...string) url.Values {
	v := url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback}, "code_verifier": {verifier},
	}
	for i := 0; i < len(change); i += 2 {
		v.Set(change[i], change[i+1])
		if change[i+1] == "" {
			v.Del(change[i])
		}
	}
	return v
}

// tokens runs sign-in and exchange.
func (b *bench) tokens(change ...string) (access, refresh string) {
	b.Helper()
	a := b.api(pathToken, exchange(b.code(change...)))
	require.Equal(b, http.StatusOK, a.StatusCode, a.text)
	reply := a.json(b.T)
	access, _ = reply["access_token"].(string)
	refresh, _ = reply["refresh_token"].(string)
	return access, refresh
}

func (b *bench) refresh(token string, change ...string) answer {
	b.Helper()
	v := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}}
	for i := 0; i < len(change); i += 2 {
		v.Set(change[i], change[i+1])
	}
	return b.api(pathToken, v)
}

func (b *bench) active(token string) bool {
	b.Helper()
	active, _ := b.api(pathIntrospect, url.Values{"token": {token}}).json(b.T)["active"].(bool)
	return active
}

// refused checks an error answer of an API endpoint.
func (b *bench) refused(a answer, status int, code string) {
	b.Helper()
	require.Equal(b, status, a.StatusCode, a.text)
	require.Equal(b, code, a.json(b.T)["error"], a.text)
}
