//go:build e2e

package localserver

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// chromium starts a real browser, which knows Fetch Metadata, cookies and
// Content-Security-Policy as no test double does.
func chromium(t *testing.T, more ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	require.NoError(t, err)
	options := append(chromedp.DefaultExecAllocatorOptions[:len(chromedp.DefaultExecAllocatorOptions):len(chromedp.DefaultExecAllocatorOptions)],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WindowSize(1180, 760))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), append(options, more...)...)
	limited, release := context.WithTimeout(allocator, time.Minute)
	tab, closeTab := chromedp.NewContext(limited)
	t.Cleanup(func() {
		_ = chromedp.Cancel(tab)
		closeTab()
		release()
		stop()
	})
	return tab
}

// until waits for a JavaScript expression to become true in the page.
func until(t *testing.T, tab context.Context, expression string) {
	t.Helper()
	ok := false
	for !ok {
		var err error
		// a page that is being replaced can't be asked
		if ok, err = chromedp.Run(tab, chromedp.Evaluate[bool](expression)); err != nil {
			ok = false
			require.NoError(t, tab.Err(), expression)
		}
		if !ok {
			require.NoError(t, chromedp.Do(tab, chromedp.Sleep(50*time.Millisecond)), expression)
		}
	}
}

func at(path string) string {
	return fmt.Sprintf("location.pathname === %q && document.readyState === 'complete'", path)
}

// atSignIn is true on the sign-in page once it takes what is typed.
var atSignIn = at(pathSignIn) + " && document.activeElement.id === 'username'"

func TestChromiumSignsInWithTheKeyboardAlone(t *testing.T) {
	b := start(t)
	tab := chromium(t)
	came := make(chan *http.Request, 8)
	client := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		came <- r
		_, _ = fmt.Fprint(w, "done")
	}))
	t.Cleanup(client.Close)
	redirect := client.URL + "/callback"
	query := b.params("redirect_uri", redirect).Encode()

	require.NoError(t, chromedp.Do(tab, chromedp.Navigate(b.info.Issuer+"/authorize?"+query)))
	until(t, tab, atSignIn)
	styled, err := chromedp.Run(tab, chromedp.Evaluate[string]("getComputedStyle(document.querySelector('main')).maxWidth"))
	require.NoError(t, err)
	assert.Equal(t, "520px", styled, "the policy lets the page's own style through")

	require.NoError(t, chromedp.Do(tab, chromedp.KeyEvent("analyst\twrong-wrong\r")))
	until(t, tab, "document.querySelector('[role=alert]') !== null && document.activeElement.id === 'password'")
	require.NoError(t, chromedp.Do(tab, chromedp.KeyEvent(b.info.Password.Reveal()+"\r")))
	until(t, tab, at(pathApprove)+" && document.activeElement.value === 'grant'")
	require.NoError(t, chromedp.Do(tab, chromedp.KeyEvent("\r")))
	until(t, tab, at("/callback"))

	var r *http.Request
	for r = range came {
		if r.URL.Path == "/callback" {
			break
		}
	}
	assert.Equal(t, http.MethodGet, r.Method)
	assert.Empty(t, r.Header.Get("Referer"))
	assert.Empty(t, r.Header.Get("Cookie"), "the session stays with the server's pages")
	a := b.api(pathToken, exchange(r.URL.Query().Get("code"), "redirect_uri", redirect))
	assert.Equal(t, http.StatusOK, a.StatusCode, a.text)
}

// evilPage tries every kind of request that a web page can cause.
const evilPage = `<!doctype html><title>evil</title>
<iframe name="frame"></iframe>
<form id="form" method="post" target="frame"><input name="decision" value="grant"><input name="scope" value="reports.write"></form>
<script>
const issuer = %q, query = %q, tried = [];
async function attack() {
  for (const path of ["/authorize?" + query, "/.well-known/openid-configuration", "/keys", "/oauth/token", "/revoke", "/oauth/introspect", "/userinfo", "/session/signin", "/session/approve", "/session/switch", "/session/device", "/session/consents", "/oauth/par", "/oauth/device"]) {
    for (const options of [{}, {method: "POST", body: new URLSearchParams({grant_type: "refresh_token"})}, {credentials: "include"}, {headers: {Authorization: "Bearer x"}}]) {
      try { const r = await fetch(issuer + path, options); tried.push("read " + path + " " + r.status); } catch (e) { tried.push("blocked"); }
      try { await fetch(issuer + path, {...options, headers: undefined, mode: "no-cors"}); } catch (e) { }
    }
    new Image().src = issuer + path;
    document.querySelector("iframe").src = issuer + path;
    await new Promise(done => setTimeout(done, 50));
    document.getElementById("form").action = issuer + path;
    document.getElementById("form").submit();
    await new Promise(done => setTimeout(done, 50));
  }
  try { new WebSocket(issuer.replace("http", "ws") + "/oauth/token"); } catch (e) { }
  document.title = "done";
}
attack();
</script>`

func TestChromiumKeepsPagesOfOthersOut(t *testing.T) {
	b := start(t)
	tab := chromium(t)
	// signed in, with a request that waits: what an attacker would like to use
	require.NoError(t, chromedp.Do(tab, chromedp.Navigate(b.info.Issuer+"/authorize?"+b.params().Encode())))
	until(t, tab, atSignIn)
	require.NoError(t, chromedp.Do(tab, chromedp.KeyEvent("analyst\t"+b.info.Password.Reveal()+"\r")))
	until(t, tab, at(pathApprove))

	var served atomic.Int64
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		served.Add(1)
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintf(w, evilPage, b.info.Issuer, b.params().Encode())
	}))
	t.Cleanup(evil.Close)
	_, port, err := net.SplitHostPort(strings.TrimPrefix(evil.URL, "http://"))
	require.NoError(t, err)
	// another site, and another origin of the same site
	for _, host := range []string{"localhost", "127.0.0.1"} {
		require.NoError(t, chromedp.Do(tab, chromedp.Navigate((&url.URL{Scheme: "http", Host: net.JoinHostPort(host, port)}).String())))
		until(t, tab, "document.title === 'done'")
		tried, err := chromedp.Run(tab, chromedp.Evaluate[[]string]("tried"))
		require.NoError(t, err)
		assert.Len(t, tried, 56)
		for _, line := range tried {
			assert.Equal(t, "blocked", line, host)
		}
	}
	assert.NotZero(t, served.Load())
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	assert.Empty(t, b.store.grants)
	assert.Empty(t, b.store.tokens)
}
