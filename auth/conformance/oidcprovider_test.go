//go:build e2e

package conformance

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

func TestOIDCProvider(t *testing.T) {
	folder, err := filepath.Abs("oidc-provider")
	require.NoError(t, err)
	// Node comes with the provider: Debian's own is too old for it.
	arch := map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]
	node := program(t, filepath.Join(folder, "node_modules", "node-linux-"+arch, "bin", "node"), "run npm ci in "+folder)

	port := freePort(t)
	issuer := fmt.Sprintf("http://127.0.0.1:%d", port)
	command := exec.Command(node, "server.mjs")
	command.Dir = folder
	command.Env = append(os.Environ(), fmt.Sprintf("PORT=%d", port))
	startServer(t, issuer+"/.well-known/openid-configuration", command)

	s := &server{
		issuer: issuer, introspect: issuer + "/token/introspection", userInfo: issuer + "/me", port: freePort(t),
		browser:     newFormBrowser("alice", "any"),
		inspectorID: "basic", inspectorSecret: "basic-secret-0123456789abcdef0123456789abcdef",
	}
	scopes := []string{"openid", "profile", "email", "offline_access"}
	for _, c := range []client{
		{id: "public", method: auth.ClientAuthNone, scopes: scopes},
		{id: "basic", secret: s.inspectorSecret, method: auth.ClientAuthBasic, scopes: scopes},
		{id: "post", secret: "post-secret-0123456789abcdef0123456789abcdef0", method: auth.ClientAuthPost, scopes: scopes},
		{id: "od d:client", secret: "p:a ss+%&=0123456789abcdef0123456789", method: auth.ClientAuthBasic, scopes: scopes},
	} {
		t.Run(c.id, func(t *testing.T) { s.run(t, c) })
	}
}
