//go:build e2e

package conformance

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

const (
	authlibUser     = "alice"
	authlibPassword = "wonderland"
)

// authlib starts the server of authlib/server.py, with further settings of its
// environment.
func authlib(t *testing.T, keys clientKeys, settings ...string) *server {
	t.Helper()
	script, err := filepath.Abs(filepath.Join("authlib", "server.py"))
	require.NoError(t, err)
	port, callback := freePort(t), freePort(t)
	issuer := fmt.Sprintf("http://127.0.0.1:%d", port)
	// Debian's own interpreter: the package's modules are there and nowhere else.
	command := exec.Command(program(t, "/usr/bin/python3", "apt-get install python3-authlib python3-flask"), script)
	command.Env = append(os.Environ(), fmt.Sprintf("PORT=%d", port),
		fmt.Sprintf("CALLBACK=http://127.0.0.1:%d/callback", callback), "CLIENT_JWKS="+keys.jwks, "PYTHONDONTWRITEBYTECODE=1")
	command.Env = append(command.Env, settings...)
	startServer(t, issuer+"/.well-known/openid-configuration", command)
	s := &server{
		issuer: issuer, introspect: issuer + "/oauth/introspect", userInfo: issuer + "/userinfo", port: callback,
		browser:     newFormBrowser(authlibUser, authlibPassword, callback),
		inspectorID: "basic", inspectorSecret: "basic-secret-0123456789abcdef",
	}
	s.approve = func(ctx context.Context, prompt auth.DevicePrompt) error {
		return s.browser.visit(ctx, prompt.Complete, "").err
	}
	return s
}

func TestAuthlib(t *testing.T) {
	keys := newClientKeys(t)
	s := authlib(t, keys)
	scopes := []string{"openid", "read", "offline_access"}
	public := client{id: "public", method: auth.ClientAuthNone, scopes: scopes}
	basic := client{id: "basic", secret: s.inspectorSecret, method: auth.ClientAuthBasic, scopes: scopes}
	post := client{id: "post", secret: "post-secret-0123456789abcdef", method: auth.ClientAuthPost, scopes: scopes}
	private := client{id: "keys", method: auth.ClientAuthPrivateKeyJWT, values: keys.values(), scopes: scopes}
	for _, c := range []client{public, basic, post, private} {
		t.Run(c.id, func(t *testing.T) { s.run(t, c) })
		t.Run("device code, "+c.id, func(t *testing.T) { s.runDevice(t, c) })
		t.Run("refresh token, "+c.id, func(t *testing.T) { s.runPastedRefreshToken(t, c) })
		c.scopes = []string{"read"}
		t.Run("password, "+c.id, func(t *testing.T) { s.runPassword(t, c, authlibUser, authlibPassword) })
		if c.method != auth.ClientAuthNone {
			t.Run("client credentials, "+c.id, func(t *testing.T) { s.runClientCredentials(t, c) })
		}
	}
	t.Run("discovery", func(t *testing.T) { s.runDiscovery(t, false) })
	t.Run("JWT bearer", func(t *testing.T) { s.runJWTBearer(t, keys, "keys", authlibUser, "read") })
}

// The server says slow_down until it is asked less often than it promised at
// first: the client waits 5 seconds more after each (RFC 8628 section 3.5).
func TestAuthlibSlowDown(t *testing.T) {
	keys := newClientKeys(t)
	s := authlib(t, keys, "DEVICE_PATIENCE=8")
	s.runDevice(t, client{id: "public", method: auth.ClientAuthNone, scopes: []string{"read"}})
}

func TestAuthlibDeviceCodeExpires(t *testing.T) {
	keys := newClientKeys(t)
	s := authlib(t, keys, "DEVICE_TTL=7")
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), stepTimeout)
	defer cancel()
	store := authtest.NewMemStore()
	engine := s.engine(t, store)
	started := time.Now()

	signIn, err := engine.Authorize(ctx, s.draft(engine, client{id: "public", method: auth.ClientAuthNone, scopes: []string{"read"}}, auth.GrantDeviceCode))
	require.NoError(t, err)
	_, err = signIn.Wait(ctx)

	var failure *auth.Failure
	require.ErrorAs(t, err, &failure)
	assert.Less(t, time.Since(started), 30*time.Second, "nobody waits longer than the code lives")
	record, ok := store.Record(signIn.ID())
	require.True(t, ok)
	assert.Equal(t, auth.StateNeverAuthorized, record.Status.State)
}
