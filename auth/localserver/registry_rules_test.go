package localserver

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

func TestEveryRuleOfAClient(t *testing.T) {
	r, store, _ := newRegistry(t)
	ctx := t.Context()
	set := func(change func(*auth.LocalClient)) error {
		c := r.named("Report")
		change(&c)
		_, err := r.SaveClient(ctx, c)
		return err
	}
	for _, c := range []struct {
		field  string
		change func(*auth.LocalClient)
	}{
		{"client.name", func(c *auth.LocalClient) { c.Name = "  " }},
		{"client.name", func(c *auth.LocalClient) { c.Name = strings.Repeat("x", 65) }},
		{"client.name", func(c *auth.LocalClient) { c.Name = "a\u200bb" }},
		{"client.version", func(c *auth.LocalClient) { c.Version = "" }},
		{"client.version", func(c *auth.LocalClient) { c.Version = "1/2" }},
		{"client.version", func(c *auth.LocalClient) { c.Version = strings.Repeat("1", 33) }},
		{"client.description", func(c *auth.LocalClient) { c.Description = strings.Repeat("x", 501) }},
		{"client.description", func(c *auth.LocalClient) { c.Description = "\x1b[31m" }},
		{"client.grants", func(c *auth.LocalClient) { c.Grants = nil }},
		{"client.grants", func(c *auth.LocalClient) { c.Grants = append(c.Grants, c.Grants...) }},
		{"client.grants", func(c *auth.LocalClient) { c.Grants = append(c.Grants, "magic") }},
		{"client.grants", func(c *auth.LocalClient) { c.Grants = append(c.Grants, auth.LocalGrantImplicit) }},
		{"client.grants", func(c *auth.LocalClient) { c.Public, c.Grants = true, append(c.Grants, auth.LocalGrantPassword) }},
		{"client.grants", func(c *auth.LocalClient) {
			c.Public, c.Grants = true, append(c.Grants, auth.LocalGrantClientCredentials)
		}},
		{"client.redirects", func(c *auth.LocalClient) { c.RedirectURIs = []string{" "} }},
		{"client.redirects", func(c *auth.LocalClient) {
			c.Public, c.Grants, c.RedirectURIs = true, []auth.LocalGrant{auth.LocalGrantImplicit}, nil
		}},
		{"client.redirects", func(c *auth.LocalClient) { c.RedirectURIs = append(c.RedirectURIs, c.RedirectURIs...) }},
		{"client.redirects", func(c *auth.LocalClient) { c.RedirectURIs = make([]string, 51); fill(c.RedirectURIs) }},
		{"client.access", func(c *auth.LocalClient) { c.AccessSeconds = -1 }},
		{"client.access", func(c *auth.LocalClient) { c.AccessSeconds = 2147483648 }},
		{"client.refresh", func(c *auth.LocalClient) { c.RefreshCount = -2 }},
		{"client.scopes", func(c *auth.LocalClient) { c.Scopes = nil }},
		{"client.scopes", func(c *auth.LocalClient) { c.Scopes = append(c.Scopes, "unknown") }},
		{"client.auth", func(c *auth.LocalClient) { c.ClientAuth = auth.ClientAuthTLS }},
		{"client.auth", func(c *auth.LocalClient) { c.ClientAuth = auth.ClientAuthNone }},
		{"client.auth", func(c *auth.LocalClient) { c.Public, c.ClientAuth = true, auth.ClientAuthBasic }},
		{"client.keys", func(c *auth.LocalClient) { c.ClientAuth = auth.ClientAuthPrivateKeyJWT }},
		{"client.keys", func(c *auth.LocalClient) { c.Grants = append(c.Grants, auth.LocalGrantJWTBearer) }},
		{"client.keys", func(c *auth.LocalClient) { c.Keys = "no key" }},
		{"client.misbehave", func(c *auth.LocalClient) { c.Misbehave.Slow = 61 }},
		{"client.misbehave", func(c *auth.LocalClient) { c.Misbehave.TooMany = -1 }},
	} {
		onlyFault(t, set(c.change), c.field)
	}
	for _, sign := range `&()\;,/":'<>` {
		onlyFault(t, set(func(c *auth.LocalClient) { c.Name += string(sign) }), "client.name")
	}
	assert.Len(t, store.clients, 1, "nothing was stored")
	err := set(func(c *auth.LocalClient) { c.Name, c.AccessSeconds = "", -1 })
	assert.NotEmpty(t, faultOf(t, err, "client.name"), "all that is wrong is said at once")
	assert.NotEmpty(t, faultOf(t, err, "client.access"))
}

func fill(uris []string) {
	for i := range uris {
		uris[i] = "http://127.0.0.1/" + strings.Repeat("x", i)
	}
}

func TestEveryKindOfClientCanBeSaved(t *testing.T) {
	r, _, _ := newRegistry(t)
	for i, change := range []func(*auth.LocalClient){
		func(c *auth.LocalClient) { c.AccessSeconds, c.RefreshCount = 0, 0 },
		func(c *auth.LocalClient) { c.AccessSeconds, c.RefreshCount = 2147483647, 2147483647 },
		func(c *auth.LocalClient) {
			c.Grants, c.RedirectURIs = []auth.LocalGrant{auth.LocalGrantClientCredentials}, nil
		},
		func(c *auth.LocalClient) {
			c.Public, c.ClientAuth = true, auth.ClientAuthNone
			c.Grants = []auth.LocalGrant{auth.LocalGrantCode, auth.LocalGrantImplicit, auth.LocalGrantDevice}
		},
		func(c *auth.LocalClient) {
			c.Grants = []auth.LocalGrant{
				auth.LocalGrantCode, auth.LocalGrantClientCredentials, auth.LocalGrantDevice, auth.LocalGrantPassword, auth.LocalGrantJWTBearer,
			}
			c.ClientAuth, c.Keys = auth.ClientAuthPrivateKeyJWT, publicPEM(t)
		},
		func(c *auth.LocalClient) { c.Description = "two\nlines" },
		func(c *auth.LocalClient) { c.Name = "Größenübersicht – Büro №1" },
	} {
		c := r.named("Report")
		c.Version = strings.Repeat("1", i+1)
		change(&c)
		_, err := r.SaveClient(t.Context(), c)
		require.NoError(t, err, i)
	}
}

func TestRedirectURLsAreWholeAddresses(t *testing.T) {
	for _, uri := range []string{
		"http://127.0.0.1/callback", "http://127.0.0.1:9000/done?x=1", "http://[::1]/cb", "https://example.com/cb", "http://localhost:9000/done",
	} {
		assert.NoError(t, checkRedirects([]string{uri}), uri)
	}
	for _, uri := range []string{
		"https://example.com/cb#part", "https://example.com/cb#", "https://*.example.com/cb", "https://example.com/*", "ftp://example.com/",
		"javascript:alert(1)", "com.example.app:/cb", "//example.com/cb", "/cb", "https://user@example.com/cb", "https:///cb", "https://example.com/a b",
		"https://example.com\\@evil.example/", "https://exämple.com/", "https://example.com/\n", "https://example.com/" + strings.Repeat("x", 2000),
	} {
		assert.Error(t, checkRedirects([]string{uri}), uri)
	}
}
