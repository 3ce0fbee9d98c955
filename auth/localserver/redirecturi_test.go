package localserver

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestRedirectAllowed(t *testing.T) {
	registered := []string{"http://127.0.0.1/callback", "https://app.example:8443/back?x=1"}
	for _, uri := range []string{
		"http://127.0.0.1/callback",
		"http://127.0.0.1:17654/callback",
		"http://127.0.0.1:1/callback",
		"http://127.0.0.1:65535/callback",
		"https://app.example:8443/back?x=1",
	} {
		assert.True(t, redirectAllowed(registered, uri), uri)
	}
	for _, uri := range []string{
		"",
		"http://localhost:17654/callback",
		"http://localhost/callback",
		"https://127.0.0.1:17654/callback",
		"https://127.0.0.2/callback",
		"http://127.0.0.2:17654/callback",
		"http://127.1:17654/callback",
		"http://2130706433/callback",
		"http://0x7f.0.0.1/callback",
		"http://[::1]:17654/callback",
		"http://[::ffff:127.0.0.1]/callback",
		"http://127.0.0.1.evil.example/callback",
		"http://127.0.0.1:17654@evil.example/callback",
		"http://evil@127.0.0.1:17654/callback",
		"http://127.0.0.1:17654/callback/",
		"http://127.0.0.1:17654/callback/..",
		"http://127.0.0.1:17654//callback",
		"http://127.0.0.1:17654/%63allback",
		"http://127.0.0.1:17654/callback?next=https://evil.example",
		"http://127.0.0.1:17654/callback?",
		"http://127.0.0.1:17654/callback#",
		"http://127.0.0.1:17654/callback#x",
		"http://127.0.0.1:0/callback",
		"http://127.0.0.1:65536/callback",
		"http://127.0.0.1:/callback",
		"http://127.0.0.1:+80/callback",
		"http://127.0.0.1:17654\\callback",
		"HTTPS://app.example:8443/back?x=1",
		"https://app.example:8444/back?x=1",
		"https://app.example/back?x=1",
		"https://app.example:8443/back?x=2",
		"javascript:alert(1)",
		"javascript://127.0.0.1/callback",
		"data:text/html,x",
		"/callback",
		"//127.0.0.1/callback",
		"http:/callback",
		"http:127.0.0.1/callback",
		"http://127.0.0.1/callback\r\nX: 1",
	} {
		assert.False(t, redirectAllowed(registered, uri), uri)
	}
}

func TestRedirectAllowedNeverTakesARegisteredScript(t *testing.T) {
	assert.False(t, redirectAllowed([]string{"javascript:alert(1)"}, "javascript:alert(1)"))
}
