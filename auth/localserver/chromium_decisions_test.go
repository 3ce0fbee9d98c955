//go:build e2e

package localserver

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/assets"
)

// visitor is a person in a real browser, and a client to come back to.
type visitor struct {
	*bench
	tab      context.Context
	redirect string
	came     chan url.Values
}

func newVisitor(t *testing.T, b *bench, more ...chromedp.ExecAllocatorOption) *visitor {
	t.Helper()
	v := &visitor{bench: b, tab: chromium(t, more...), came: make(chan url.Values, 1)}
	client := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/callback" {
			v.came <- r.URL.Query()
		}
		_, _ = fmt.Fprint(w, "done")
	}))
	t.Cleanup(client.Close)
	v.redirect = client.URL + "/callback"
	return v
}

// opens leads the browser to an address.
func (v *visitor) opens(address string) {
	v.Helper()
	require.NoError(v, chromedp.Do(v.tab, chromedp.Navigate(address)))
}

// clicks clicks with the mouse on what a CSS selector finds.
func (v *visitor) clicks(selector string) {
	v.Helper()
	require.NoError(v, chromedp.Do(v.tab, chromedp.Click(chromedp.CSS(selector))))
}

// types types on the keyboard.
func (v *visitor) types(keys string) {
	v.Helper()
	require.NoError(v, chromedp.Do(v.tab, chromedp.KeyEvent(keys)))
}

// reaches goes through the sign-in page to the approval page.
func (v *visitor) reaches() {
	v.Helper()
	v.opens(v.info.Issuer + "/authorize?" + v.params("redirect_uri", v.redirect).Encode())
	until(v.T, v.tab, atSignIn)
	v.types(v.info.User + "\t" + v.info.Password.Reveal() + "\r")
	until(v.T, v.tab, at(pathApprove))
}

// comesBack is what the client gets.
func (v *visitor) comesBack() url.Values {
	v.Helper()
	select {
	case query := <-v.came:
		assert.Equal(v, v.info.Issuer, query.Get("iss"))
		assert.Equal(v, "st&te=1", query.Get("state"))
		return query
	case <-v.tab.Done():
		require.FailNow(v, "the browser does not come back")
		return nil
	}
}

// evaluate asks the page.
func evaluate[T any](v *visitor, expression string) T {
	v.Helper()
	value, err := chromedp.Run(v.tab, chromedp.Evaluate[T](expression))
	require.NoError(v, err)
	return value
}

// nothingGranted tells that the server gave nothing to anybody.
func (v *visitor) nothingGranted() {
	v.Helper()
	v.store.mu.Lock()
	defer v.store.mu.Unlock()
	assert.Empty(v, v.store.grants)
	assert.Empty(v, v.store.tokens)
}

func TestChromiumApprovesWithOneScopeUnticked(t *testing.T) {
	v := newVisitor(t, start(t))
	v.reaches()
	ticked := "Array.from(document.querySelectorAll('input[name=scope]:checked'), box => box.value).join(' ')"
	assert.Equal(t, "openid profile reports.read offline_access", evaluate[string](v, ticked), "what changes something is not ticked at first")
	assert.True(t, evaluate[bool](v, "document.querySelector('input[value=openid]').disabled"))
	v.clicks("input[value=profile]")
	v.clicks("button[value=grant]")

	a := v.api(pathToken, exchange(v.comesBack().Get("code"), "redirect_uri", v.redirect))
	require.Equal(t, http.StatusOK, a.StatusCode, a.text)
	reply := a.json(t)
	assert.ElementsMatch(t, []string{"openid", "offline_access", "reports.read"}, strings.Fields(reply["scope"].(string)))
	r := v.request(http.MethodGet, pathUserinfo, nil)
	r.Header.Set("Authorization", "Bearer "+reply["access_token"].(string))
	info := v.send(r).json(t)
	assert.NotEmpty(t, info["sub"])
	assert.NotContains(t, info, "name", "it was not allowed to know the name")
}

func TestChromiumDenies(t *testing.T) {
	v := newVisitor(t, start(t))
	v.reaches()
	v.clicks("button[form=deny]")
	back := v.comesBack()
	assert.Equal(t, "access_denied", back.Get("error"))
	assert.False(t, back.Has("code"))
	v.nothingGranted()
}

func TestChromiumWaitsLongerAfterEachWrongPassword(t *testing.T) {
	b := start(t)
	require.NoError(t, b.server.Close())
	const first = 200 * time.Millisecond
	b.server = New(Params{Store: b.store, Pages: assets.Pages, Addr: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler), Now: b.clock.now})
	b.server.refusal = first
	require.NoError(t, b.server.Start(t.Context()))
	b.info = b.server.Info()
	v := newVisitor(t, b)
	v.opens(b.info.Issuer + "/authorize?" + b.params("redirect_uri", v.redirect).Encode())
	until(t, v.tab, atSignIn)
	v.types(b.info.User + "\t")
	for n := range 3 {
		require.NoError(t, chromedp.Do(v.tab, chromedp.Evaluate[chromedp.Void]("window.before = true")))
		v.types("wrong\r")
		until(t, v.tab, "window.before === undefined && document.querySelector('[role=alert]') !== null && document.activeElement.id === 'password'")
		waited := time.Duration(evaluate[float64](v, "performance.getEntriesByType('navigation')[0].responseStart") * float64(time.Millisecond))
		assert.GreaterOrEqual(t, waited, first<<n, "after wrong password %d", n+1)
	}
	v.types(b.info.Password.Reveal() + "\r")
	until(t, v.tab, at(pathApprove))
}

// page serves a page of somebody else and returns its addresses: on another
// site, and on another port of the same one.
func page(t *testing.T, content string) []string {
	t.Helper()
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprint(w, "<!doctype html><title>evil</title>"+content)
	}))
	t.Cleanup(evil.Close)
	_, port, err := net.SplitHostPort(strings.TrimPrefix(evil.URL, "http://"))
	require.NoError(t, err)
	return []string{"http://localhost:" + port + "/", "http://127.0.0.1:" + port + "/"}
}

// The person is signed in, and the page of somebody else knows all that a form
// of ours sends but its token: who sends it gives it away (T71, T20).
func TestChromiumSendsNoDecisionOfOthers(t *testing.T) {
	v := newVisitor(t, start(t))
	v.reaches()
	ours := evaluate[string](v, "location.href")
	request := evaluate[string](v, "document.querySelector('input[name=request]').value")
	for _, path := range []string{pathApprove, pathSwitch, pathSignIn} {
		for _, evil := range page(t, fmt.Sprintf(`<form method="post" action="%s%s"><input name="request" value="%s"><input name="decision" value="grant">
<input name="scope" value="reports.write"><input name="username" value="analyst"><input name="password" value="%s"></form><button id="go" onclick="document.forms[0].submit()">Win</button>`,
			v.info.Issuer, path, request, v.info.Password.Reveal())) {
			v.opens(evil)
			v.clicks("#go")
			until(t, v.tab, at(path))
			assert.Equal(t, "Requests from web pages of other sites are refused.", strings.TrimSpace(evaluate[string](v, "document.body.innerText")))
		}
	}
	v.nothingGranted()

	v.opens(ours)
	until(t, v.tab, at(pathApprove))
	v.clicks("button[value=grant]")
	assert.NotEmpty(t, v.comesBack().Get("code"), "the person is still signed in and decides alone")
}

// Nobody can lay our pages under a page of theirs (T71).
func TestChromiumShowsNoPageInAFrame(t *testing.T) {
	v := newVisitor(t, start(t))
	v.reaches()
	ours := evaluate[string](v, "location.href")
	for _, evil := range page(t, fmt.Sprintf(`<iframe src="%s" onload="document.title='loaded'"></iframe>`, ours)) {
		said := chromedp.Console(v.tab)
		v.opens(evil)
		until(t, v.tab, "document.title === 'loaded'")
		for message, err := range said {
			require.NoError(t, err, "Chromium does not say that it refuses the frame")
			if strings.Contains(message.Text, "frame-ancestors") {
				break
			}
		}
	}
	v.nothingGranted()
}

// A name that is bound to 127.0.0.1 once its page has loaded makes that page of
// one origin with the server (T19).
func TestChromiumReachesNothingByAnotherName(t *testing.T) {
	v := newVisitor(t, start(t), chromedp.Flag("host-resolver-rules", "MAP evil.example 127.0.0.1"))
	evil := strings.Replace(v.info.Issuer, "127.0.0.1", "evil.example", 1)
	for _, path := range []string{pathOpenID, pathSignIn, pathConsents, "/authorize?" + v.params().Encode()} {
		v.opens(evil + path)
		assert.Equal(t, "This address belongs to another host.", strings.TrimSpace(evaluate[string](v, "document.body.innerText")))
	}
	for _, path := range []string{pathToken, pathRevoke, pathIntrospect, pathDevice, pathPushed, pathSignIn, pathApprove} {
		v.opens(page(t, fmt.Sprintf(`<form method="post" action="%s%s"><input name="grant_type" value="client_credentials"></form><button id="go" onclick="document.forms[0].submit()">Win</button>`, evil, path))[0])
		v.clicks("#go")
		until(t, v.tab, at(path))
		assert.Equal(t, "This address belongs to another host.", strings.TrimSpace(evaluate[string](v, "document.body.innerText")), path)
	}
	v.nothingGranted()
}
