//go:build e2e && unix

package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// thief is a page that knows where the proxy listens, and not its key. It tries
// all that a page can send to another address, and keeps whatever it can read.
const thief = `<!doctype html><title>thief</title><body><script>
const hosts = ["127.0.0.1:PORT", "localhost:PORT", "[::1]:PORT"];
const paths = ["/", "/me", "/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/me", "//", "/.."];
window.loot = [];
const jobs = [];
const settled = (make) => jobs.push(new Promise((done) => { make(done); setTimeout(done, 4000); }));
const element = (kind, attribute, address) => settled((done) => {
  const e = document.createElement(kind);
  e.onload = e.onerror = done;
  if (kind === "link") e.rel = "stylesheet";
  e[attribute] = address;
  document.body.append(e);
  if (kind === "iframe") e.addEventListener("load", () => { try { loot.push(e.contentDocument.body.innerText); } catch {} });
});
for (const host of hosts) for (const path of paths) {
  const address = "http://" + host + path;
  for (const mode of ["cors", "no-cors"]) for (const method of ["GET", "POST"]) for (const credentials of ["include", "omit"])
    jobs.push(fetch(address, { mode, method, credentials, body: method === "POST" ? "x" : undefined }).then((r) => r.text()).then((t) => loot.push(t), () => {}));
  jobs.push(fetch(address, { headers: { Authorization: "Bearer x" } }).then((r) => r.text()).then((t) => loot.push(t), () => {}));
  settled((done) => { const x = new XMLHttpRequest(); x.onloadend = () => { loot.push(x.responseText); done(); }; x.open("GET", address); x.send(); });
  settled((done) => { const w = new WebSocket("ws://" + host + path); w.onmessage = (m) => loot.push(m.data); w.onclose = done; });
  settled((done) => { const s = new EventSource(address); s.onmessage = (m) => loot.push(m.data); s.onerror = () => { s.close(); done(); }; });
  navigator.sendBeacon(address, "x");
  element("img", "src", address);
  element("script", "src", address);
  element("link", "href", address);
  element("iframe", "src", address);
  const form = document.createElement("form");
  form.method = "post"; form.action = address; form.target = "sink";
  document.body.append(form);
  form.submit();
}
Promise.all(jobs).then(() => { document.title = "done"; });
</script><iframe name="sink"></iframe>`

// No page gets anything through the proxy without its key (T45).
func TestProxyAgainstAPage(t *testing.T) {
	h := newHome(t)
	record := h.keep("Graph mail", auth.HandOutRule{Mode: auth.HandOutAnyone})
	h.agent()
	served := newAPI(t, record.Tokens.Access)
	address := h.startProxy("tokenwell proxy 'Graph mail' --to " + served.URL)
	u, err := url.Parse(address)
	require.NoError(t, err)

	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(strings.ReplaceAll(thief, "PORT", u.Port())))
	}))
	t.Cleanup(page.Close)
	tab := chromium(t)
	_, err = chromedp.Run(tab, chromedp.Navigate(page.URL))
	require.NoError(t, err)
	for title := ""; title != "done"; {
		require.NoError(t, tab.Err(), "the page does not come to its end")
		if title, err = chromedp.Run(tab, chromedp.Evaluate[string]("document.title")); err != nil {
			title = ""
		}
		require.NoError(t, chromedp.Do(tab, chromedp.Sleep(100*time.Millisecond)))
	}
	loot, err := chromedp.Run(tab, chromedp.Evaluate[string]("JSON.stringify(window.loot)"))
	require.NoError(t, err)
	assert.NotContains(t, loot, "ana")
	assert.NotContains(t, loot, "TWSENT")
	answered, refused := served.counts()
	assert.Zero(t, answered+refused, "the API was reached")

	reply, err := get(t.Context(), address+"/me")
	require.NoError(t, err)
	assert.Equal(t, answerOfAPI, reply, "a tool that knows the address is served")
}

// chromium starts a real browser.
func chromium(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	require.NoError(t, err)
	options := append(chromedp.DefaultExecAllocatorOptions[:len(chromedp.DefaultExecAllocatorOptions):len(chromedp.DefaultExecAllocatorOptions)],
		chromedp.ExecPath(path), chromedp.NoSandbox)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
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
