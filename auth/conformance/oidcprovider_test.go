//go:build e2e

package conformance

import (
	"context"
	"testing"

	"tokenwell/auth"
)

func TestOIDCProvider(t *testing.T) {
	keys := newClientKeys(t)
	issuer := startOIDCProvider(t, keys)
	callback := freePort(t)
	s := &server{
		issuer: issuer, introspect: issuer + "/token/introspection", userInfo: issuer + "/me", port: callback, pushes: true,
		browser:     newFormBrowser("anybody", "any", callback),
		inspectorID: "basic", inspectorSecret: oidcProviderSecret,
	}
	s.approve = func(ctx context.Context, prompt auth.DevicePrompt) error {
		return s.browser.visit(ctx, prompt.Complete, "").err
	}
	scopes := []string{"openid", "profile", "email", "offline_access"}
	public := client{id: "public", method: auth.ClientAuthNone, scopes: scopes}
	basic := client{id: "basic", secret: s.inspectorSecret, method: auth.ClientAuthBasic, scopes: scopes}
	post := client{id: "post", secret: "post-secret-0123456789abcdef0123456789abcdef0", method: auth.ClientAuthPost, scopes: scopes}
	odd := client{id: "od d:client", secret: "p:a ss+%&=0123456789abcdef0123456789", method: auth.ClientAuthBasic, scopes: scopes}
	secretJWT := client{id: "secret-jwt", secret: "secret-jwt-0123456789abcdef0123456789abcdef01", method: auth.ClientAuthSecretJWT, scopes: scopes}
	privateJWT := client{id: "private-jwt", method: auth.ClientAuthPrivateKeyJWT, values: keys.values(), scopes: scopes}
	for _, c := range []client{public, basic, post, odd, secretJWT, privateJWT} {
		t.Run(c.id, func(t *testing.T) { s.run(t, c) })
	}
	// The scopes here are a user's: a program that acts for itself has none of them.
	for _, c := range []client{basic, post, secretJWT, privateJWT} {
		c.scopes = nil
		t.Run("client credentials, "+c.id, func(t *testing.T) { s.runClientCredentials(t, c) })
	}
	t.Run("signed in again in one browser", func(t *testing.T) { s.runSecondSignIn(t, basic) })
	t.Run("discovery", func(t *testing.T) { s.runDiscovery(t, true) })
	t.Run("registered", func(t *testing.T) { s.run(t, s.register(t, auth.GrantAuthorizationCode, scopes)) })
	t.Run("registered for a device", func(t *testing.T) { s.runDevice(t, s.register(t, auth.GrantDeviceCode, scopes)) })
	t.Run("registered for itself", func(t *testing.T) { s.runClientCredentials(t, s.register(t, auth.GrantClientCredentials, nil)) })
	for _, c := range []client{public, basic} {
		t.Run("device code, "+c.id, func(t *testing.T) { s.runDevice(t, c) })
		t.Run("refresh token, "+c.id, func(t *testing.T) { s.runPastedRefreshToken(t, c) })
	}
}
