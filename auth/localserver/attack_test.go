package localserver

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

const poison = `"><script>alert(1)</script><img src=x onerror=alert(1)>`

// elements counts the elements of a page by name.
func elements(t *testing.T, page string) map[string]int {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	require.NoError(t, err)
	count := map[string]int{}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			count[n.Data]++
			for _, a := range n.Attr {
				assert.False(t, strings.HasPrefix(a.Key, "on") || a.Key == "style", "%s %s", n.Data, a.Key)
			}
		}
	}
	return count
}

func TestPagesCarryNoScriptAndNothingFromOutside(t *testing.T) {
	b := start(t)
	signIn := b.authorize()
	c := b.newClient("tv", nil)
	device := b.confirm(b.device(c))
	b.back(b.remember(b.approval("client_id", c.ID, "scope", "reports.read")))
	for name, page := range map[string]string{
		"sign-in": signIn.text, "approval": b.approval().text, "problem": b.authorize("client_id", "nobody").text,
		"code": b.get(pathVerify).text, "device": device.text, "done": b.grant(device).text, "consents": b.get(pathConsents).text,
	} {
		count := elements(t, page)
		for _, forbidden := range []string{"script", "img", "iframe", "object", "embed", "link", "base", "a"} {
			assert.Zero(t, count[forbidden], "%s: %s", name, forbidden)
		}
		assert.NotContains(t, page, "://fonts", name)
		assert.NotContains(t, page, "url(", name)
		assert.NotContains(t, page, "@import", name)
	}
}

func TestMarkupInParametersDoesNotReachThePages(t *testing.T) {
	b := start(t)
	plain, problem := elements(t, b.authorize().text), elements(t, b.authorize("client_id", "nobody").text)
	for _, name := range []string{"state", "nonce", "login_hint", "display", "ui_locales", "extra", poison} {
		page := b.authorize(name, poison)
		require.Equal(t, pathSignIn, page.Request.URL.Path, name)
		assert.Equal(t, plain, elements(t, page.text), name)
		assert.NotContains(t, page.text, "alert(1)", name)
	}
	for _, name := range []string{"client_id", "redirect_uri"} {
		page := b.authorize(name, poison)
		assert.Equal(t, problem, elements(t, page.text), name)
		assert.NotContains(t, page.text, "alert(1)", name)
	}
	page := b.get(pathSignIn + "?request=" + url.QueryEscape(poison))
	assert.Equal(t, problem, elements(t, page.text))

	f := forms(t, b.authorize().text)[0]
	f.values.Set("username", poison)
	f.values.Set("password", "x")
	page = b.post(f.action, f.values)
	failed := elements(t, b.signIn(b.authorize(), "x").text)
	assert.Equal(t, failed, elements(t, page.text), "the typed name is shown as text")
}

func TestAFormNeedsTheCookieAndTheTokenOfItsBrowser(t *testing.T) {
	b := start(t)
	page := b.approval()
	approve := forms(t, page.text)[1]
	approve.values.Set("decision", "grant")

	for name, change := range map[string]func(url.Values){
		"no token":        func(v url.Values) { v.Del("token") },
		"wrong token":     func(v url.Values) { v.Set("token", "x") },
		"another request": func(v url.Values) { v.Set("request", "other") },
	} {
		v := url.Values{}
		for key, values := range approve.values {
			v[key] = append([]string(nil), values...)
		}
		change(v)
		assert.Equal(t, http.StatusForbidden, b.post(approve.action, v).StatusCode, name)
	}
	assert.Equal(t, http.StatusForbidden, newSession(b).post(approve.action, approve.values).StatusCode, "no cookie")

	// an attacker's own token, from his own session, does not fit the victim's
	attacker := newSession(b)
	f := forms(t, attacker.get(pathSignIn+"?request="+approve.values.Get("request")).text)[0]
	forged := url.Values{"request": approve.values["request"], "token": f.values["token"], "decision": {"grant"}, "scope": {"reports.write"}}
	assert.Equal(t, http.StatusForbidden, b.post(pathApprove, forged).StatusCode)

	assert.NotEmpty(t, b.back(b.post(approve.action, approve.values)).Get("code"), "the real form still works")
}

func TestApprovalWithoutASignInGivesNothing(t *testing.T) {
	b := start(t)
	f := forms(t, b.authorize().text)[0]
	f.values.Set("decision", "grant")
	f.values.Set("scope", "reports.read")
	page := b.post(pathApprove, f.values)
	assert.Equal(t, pathSignIn, page.Request.URL.Path)
	assert.Empty(t, b.store.grants)
}

func TestSignInGivesANewSessionID(t *testing.T) {
	b := start(t)
	page := b.authorize()
	planted := b.sessionID()
	require.NotEmpty(t, planted)
	b.signIn(page, b.info.Password.Reveal())
	assert.NotEqual(t, planted, b.sessionID())

	first := b.sessionID()
	b.signIn(b.authorize("prompt", "login"), b.info.Password.Reveal())
	stale := newSession(b)
	for _, cookie := range []string{planted, first} {
		r := b.request(http.MethodGet, "/authorize?"+b.params().Encode(), nil)
		at, err := url.Parse(b.info.Issuer + pathSignIn)
		require.NoError(t, err)
		stale.browser.Jar.SetCookies(at, []*http.Cookie{{Name: sessionCookie, Value: cookie, Path: pathPages}})
		assert.Equal(t, pathSignIn, stale.send(r).Request.URL.Path, "an older session has ended")
	}

	r := b.request(http.MethodGet, pathSignIn+"?request=x", nil)
	a := newSession(b).send(r)
	assert.Empty(t, a.Header.Values("Set-Cookie"), "a problem page plants nothing")
}

func (b *bench) sessionID() string {
	b.Helper()
	at, err := url.Parse(b.info.Issuer + pathSignIn)
	require.NoError(b, err)
	for _, c := range b.browser.Jar.Cookies(at) {
		return c.Value
	}
	return ""
}

func TestTheCookieStaysOnThePages(t *testing.T) {
	b := start(t)
	r := b.request(http.MethodGet, "/authorize?"+b.params().Encode(), nil)
	a := b.send(r)
	raw := a.Header.Get("Set-Cookie")
	assert.Contains(t, raw, "HttpOnly")
	assert.Contains(t, raw, "SameSite=Lax")
	at, err := url.Parse(callback)
	require.NoError(t, err)
	assert.Empty(t, b.browser.Jar.Cookies(at), "cookies know no ports: the callback of a client must not get it")
}

func TestADecisionCountsOnce(t *testing.T) {
	b := start(t)
	f := forms(t, b.approval().text)[1]
	f.values.Set("decision", "grant")
	var wg sync.WaitGroup
	codes := make(chan string, 8)
	for range cap(codes) {
		r := b.request(http.MethodPost, f.action, f.values)
		wg.Go(func() {
			response, err := b.browser.Do(r)
			if err != nil {
				return
			}
			_ = response.Body.Close()
			codes <- response.Header.Get("Location")
		})
	}
	wg.Wait()
	close(codes)
	redirects := 0
	for location := range codes {
		if location != "" {
			redirects++
		}
	}
	assert.Equal(t, 1, redirects)
	assert.Len(t, b.store.grants, 1)
}

func TestARedeemRaceHasOneWinnerAndEndsTheGrant(t *testing.T) {
	b := start(t)
	code := b.code()
	var wg sync.WaitGroup
	statuses := make(chan int, 8)
	for range cap(statuses) {
		r := b.request(http.MethodPost, pathToken, exchange(code))
		r.SetBasicAuth(b.info.ClientID, b.info.ClientSecret.Reveal())
		wg.Go(func() {
			response, err := b.browser.Do(r)
			if err != nil {
				return
			}
			_ = response.Body.Close()
			statuses <- response.StatusCode
		})
	}
	wg.Wait()
	close(statuses)
	won := 0
	for status := range statuses {
		if status == http.StatusOK {
			won++
		}
	}
	assert.Equal(t, 1, won)
	for _, g := range b.store.grants {
		assert.False(t, g.Revoked.IsZero())
	}
}

func TestPendingRequestsAreBounded(t *testing.T) {
	b := start(t)
	first := b.authorize()
	for range maxRequests {
		b.authorize()
	}
	assert.Equal(t, http.StatusBadRequest, b.get(first.Request.URL.RequestURI()).StatusCode, "the oldest is gone")

	page := b.authorize()
	b.clock.forward(requestLifetime)
	a := b.get(page.Request.URL.RequestURI())
	assert.Equal(t, http.StatusBadRequest, a.StatusCode)
	assert.Contains(t, a.text, "has expired")
}

func TestNothingSecretIsStoredInTheClear(t *testing.T) {
	b := start(t)
	code := b.code()
	reply := b.api(pathToken, exchange(code)).json(t)
	for hash := range b.store.tokens {
		assert.NotEqual(t, reply["access_token"], hash)
		assert.NotEqual(t, reply["refresh_token"], hash)
		assert.Len(t, hash, 64)
	}
	for _, g := range b.store.grants {
		assert.Equal(t, Hash(code), g.CodeHash)
	}
}
