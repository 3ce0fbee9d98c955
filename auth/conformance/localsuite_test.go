//go:build e2e

package conformance

import (
	"context"
	"testing"

	"tokenwell/auth"
)

// The program's own server is one more of the servers that the engine signs in to.
func TestLocalServer(t *testing.T) {
	l := startLocal(t)
	keys := newClientKeys(t)
	callback := freePort(t)
	s := &server{
		issuer: l.issuer, userInfo: l.issuer + "/userinfo", port: callback, pushes: true,
		browser:  newFormBrowser(localUser, localPassword, callback),
		inactive: func(_ *testing.T, token auth.Secret) bool { return l.worthless(token) },
	}
	s.approve = func(ctx context.Context, prompt auth.DevicePrompt) error {
		return s.browser.visit(ctx, prompt.Complete, "").err
	}
	scopes := []string{"openid", "profile", "offline_access", localScope}
	entered := func(c auth.LocalClient, method auth.ClientAuth) client {
		return client{id: c.ID, secret: c.Secret.Reveal(), method: method, scopes: scopes}
	}
	public := entered(l.publicClient("public"), auth.ClientAuthNone)
	public.noInspection = true // RFC 7662 section 2.1: the endpoint is protected
	secret := l.client("secret", nil)
	basic, post := entered(secret, auth.ClientAuthBasic), entered(secret, auth.ClientAuthPost)
	onlyPost := entered(l.client("only post", func(c *auth.LocalClient) { c.ClientAuth = auth.ClientAuthPost }), auth.ClientAuthPost)
	secretJWT := entered(l.client("secret JWT", func(c *auth.LocalClient) { c.ClientAuth = auth.ClientAuthSecretJWT }), auth.ClientAuthSecretJWT)
	private := entered(l.keyClient("keys", keys), auth.ClientAuthPrivateKeyJWT)
	private.secret, private.values = "", keys.values()

	for name, c := range map[string]client{
		"public": public, "basic": basic, "post": post, "only post": onlyPost, "secret JWT": secretJWT, "keys": private,
	} {
		t.Run(name, func(t *testing.T) { s.run(t, c) })
		t.Run("refresh token, "+name, func(t *testing.T) { s.runPastedRefreshToken(t, c) })
		t.Run("device code, "+name, func(t *testing.T) { s.runDevice(t, c) })
		if c.method != auth.ClientAuthNone {
			t.Run("password, "+name, func(t *testing.T) { s.runPassword(t, c, localUser, localPassword) })
			c.scopes = []string{localScope}
			t.Run("client credentials, "+name, func(t *testing.T) { s.runClientCredentials(t, c) })
		}
	}
	t.Run("signed in again in one browser", func(t *testing.T) { s.runSecondSignIn(t, basic) })
	t.Run("discovery", func(t *testing.T) { s.runDiscovery(t, false) })
	t.Run("JWT bearer", func(t *testing.T) { s.runJWTBearer(t, keys, private.id, localUser, "openid", localScope) })
}
