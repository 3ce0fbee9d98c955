package localserver

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

// device starts a device request.
func (b *bench) device(c Client) map[string]any {
	b.Helper()
	return b.reply(b.as(c, pathDevice, pairs("scope", "openid profile reports.read reports.write")))
}

func (b *bench) poll(c Client, started map[string]any) answer {
	b.Helper()
	code, _ := started["device_code"].(string)
	return b.as(c, pathToken, pairs("grant_type", deviceGrant, "device_code", code))
}

// enter types a code on the verification page.
func (b *bench) enter(code string) answer {
	b.Helper()
	f := forms(b.T, b.get(pathVerify).text)[0]
	f.values.Set("user_code", code)
	return b.post(f.action, f.values)
}

// confirm leads a device to the approval page.
func (b *bench) confirm(started map[string]any) answer {
	b.Helper()
	code, _ := started["user_code"].(string)
	page := b.enter(code)
	if page.Request.URL.Path == pathSignIn {
		page = b.signIn(page, b.info.Password.Reveal())
	}
	require.Equal(b, pathApprove, page.Request.URL.Path, page.text)
	return page
}

func TestADeviceFromStartToEnd(t *testing.T) {
	b := start(t)
	for _, public := range []bool{true, false} {
		c := b.newClient("tv-"+map[bool]string{true: "public", false: "confidential"}[public], func(c *Client) { c.Public = public })
		started := b.device(c)
		assert.Equal(t, b.info.Issuer+"/device", started["verification_uri"])
		code, _ := started["user_code"].(string)
		assert.Regexp(t, `^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$`, code)
		assert.Equal(t, b.info.Issuer+"/device?user_code="+code, started["verification_uri_complete"])
		assert.InEpsilon(t, 600, started["expires_in"], 0)
		assert.InEpsilon(t, 5, started["interval"], 0)
		b.refused(b.poll(c, started), http.StatusBadRequest, "authorization_pending")

		typed := strings.ToLower(strings.ReplaceAll(code, "-", " "))
		page := b.confirm(map[string]any{"user_code": typed})
		assert.Contains(t, page.text, code, "to be compared")
		assert.Contains(t, page.text, "Go on only if you started this yourself")
		assert.NotContains(t, page.text, `name="remember"`)
		done := b.grant(page)
		require.Equal(t, http.StatusOK, done.StatusCode)
		assert.Contains(t, done.text, "The device has access")

		reply := b.reply(b.poll(c, started))
		assert.Equal(t, "openid profile reports.read", reply["scope"], "reports.write was not ticked")
		assert.NotContains(t, reply, "refresh_token", "off by default")
		assert.Equal(t, "analyst", b.verify(reply["id_token"].(string))["preferred_username"])
		b.refused(b.poll(c, started), http.StatusBadRequest, "invalid_grant") // once
	}
}

func TestTheCompleteURIFillsInTheCode(t *testing.T) {
	b := start(t)
	c := b.newClient("tv", nil)
	started := b.device(c)
	page := b.get(started["verification_uri_complete"].(string))
	assert.Contains(t, page.text, `value="`+started["user_code"].(string)+`"`)
	f := forms(t, page.text)[0]
	assert.Equal(t, pathSignIn, b.post(f.action, f.values).Request.URL.Path, "it has to be confirmed with a click")
	for _, bad := range []string{"x", poison, "https://evil.example/", strings.Repeat("B", 9)} {
		page := b.get(pathVerify + "?user_code=" + url.QueryEscape(bad))
		assert.Equal(t, pathDevicePage, page.Request.URL.RequestURI(), "nothing else goes on")
	}
}

func TestADeviceThatAsksTooOftenIsSlowedDown(t *testing.T) {
	b := start(t)
	c := b.newClient("tv", nil)
	started := b.device(c)
	want := func(code string) {
		t.Helper()
		b.refused(b.poll(c, started), http.StatusBadRequest, code)
	}
	want("authorization_pending")
	b.clock.forward(deviceInterval - time.Second)
	want("slow_down")
	b.clock.forward(2*deviceInterval - time.Second)
	want("slow_down") // the interval is 10 s from the first slow_down on, then 15
	b.clock.forward(3 * deviceInterval)
	want("authorization_pending")
	b.why("authorization_pending", "not decided yet")
}

func TestADeviceRequestExpires(t *testing.T) {
	b := start(t)
	c := b.newClient("tv", nil)
	late, decided := b.device(c), b.device(c)
	page := b.confirm(late)
	b.clock.forward(deviceLifetime - time.Second)
	done := b.grant(b.confirm(decided))
	require.Contains(t, done.text, "has access")
	b.clock.forward(time.Second)
	assert.Contains(t, b.enter(late["user_code"].(string)).text, "No device waits with this code")
	a := b.grant(page)
	assert.NotContains(t, a.text, "has access")
	b.refused(b.poll(c, late), http.StatusBadRequest, "expired_token")
	b.reply(b.poll(c, decided))
	b.clock.forward(deviceRemembered)
	b.refused(b.poll(c, late), http.StatusBadRequest, "invalid_grant")
}

func TestADeniedDevice(t *testing.T) {
	b := start(t)
	c := b.newClient("tv", nil)
	started := b.device(c)
	page := b.confirm(started)
	twice := b.confirm(started)
	f := forms(t, page.text)[2]
	done := b.post(f.action, f.values)
	assert.Contains(t, done.text, "gets no access")
	assert.Equal(t, http.StatusBadRequest, b.grant(twice).StatusCode, "decided on before")
	b.refused(b.poll(c, started), http.StatusBadRequest, "access_denied")
	b.refused(b.poll(c, started), http.StatusBadRequest, "invalid_grant")
}

func TestADeviceCodeBelongsToItsClient(t *testing.T) {
	b := start(t)
	c, other := b.newClient("tv", nil), b.newClient("other", nil)
	started := b.device(c)
	b.grant(b.confirm(started))
	b.refused(b.poll(other, started), http.StatusBadRequest, "invalid_grant")
	b.reply(b.poll(c, started))
}

func TestADeviceOfAUserWhoWasSwitchedOff(t *testing.T) {
	b := start(t)
	c := b.newClient("tv", nil)
	started := b.device(c)
	b.grant(b.confirm(started))
	b.switchOff(b.practiceUser())
	b.refused(b.poll(c, started), http.StatusBadRequest, "access_denied")
}

func TestAnApprovalOfADeviceOutlivesAFailureOfTheStore(t *testing.T) {
	b := start(t)
	c := b.newClient("tv", func(c *Client) { c.RefreshForAll = true })
	started := b.device(c)
	b.grant(b.confirm(started))
	failing := func(err error) {
		b.store.mu.Lock()
		defer b.store.mu.Unlock()
		b.store.failIssue = err
	}
	failing(auth.ErrVaultLocked)
	b.refused(b.poll(c, started), http.StatusInternalServerError, "server_error")
	failing(nil)
	reply := b.reply(b.poll(c, started))
	assert.NotEmpty(t, reply["refresh_token"], "the client is set so")
}

func TestDevicesAreBounded(t *testing.T) {
	b := start(t)
	c := b.newClient("tv", nil)
	first := b.device(c)
	for range maxDevices {
		b.device(c)
	}
	b.refused(b.poll(c, first), http.StatusBadRequest, "invalid_grant")
	assert.Len(t, b.server.provider.devices.waiting.entries, maxDevices)
}
