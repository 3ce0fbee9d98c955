//go:build e2e || bench

package conformance

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// startTimeout is how long a server may take until it answers.
const startTimeout = 60 * time.Second

// freePort returns a port on the loopback address that nobody listens on.
func freePort(t testing.TB) int {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

// startServer runs command in its own process group until the end of the test
// and returns when url answers. Its output is logged when the test fails.
func startServer(t testing.TB, url string, command *exec.Cmd) {
	t.Helper()
	output, err := os.Create(filepath.Join(t.TempDir(), "output"))
	require.NoError(t, err)
	command.Stdout, command.Stderr = output, output
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(t, command.Start())
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	t.Cleanup(func() {
		_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL)
		<-ended
		_ = output.Close()
		if t.Failed() {
			said, _ := os.ReadFile(output.Name())
			t.Logf("%s said:\n%s", filepath.Base(command.Path), said)
		}
	})

	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	poll := time.NewTicker(50 * time.Millisecond)
	defer poll.Stop()
	for {
		if answers(ctx, url) {
			return
		}
		select {
		case err := <-ended:
			ended <- err
			require.FailNow(t, "the server ended at once", "%s: %v", command.Path, err)
		case <-ctx.Done():
			require.FailNow(t, "the server does not answer", url)
		case <-poll.C:
		}
	}
}

func answers(ctx context.Context, url string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	response, err := (&http.Client{Timeout: 2 * time.Second}).Do(request)
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// program finds an executable; that it is missing is a failure.
func program(t testing.TB, name, install string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	require.NoError(t, err, fmt.Sprintf("%s is missing: %s", name, install))
	path, err = filepath.Abs(path)
	require.NoError(t, err)
	return path
}

// node returns the Node that comes with the provider: Debian's own is too old.
func node(t testing.TB) string {
	t.Helper()
	folder, err := filepath.Abs("oidc-provider")
	require.NoError(t, err)
	arch := map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]
	return program(t, filepath.Join(folder, "node_modules", "node-linux-"+arch, "bin", "node"), "run npm ci in "+folder)
}

// oidcProviderSecret is of the provider's client "basic".
const oidcProviderSecret = "basic-secret-0123456789abcdef0123456789abcdef"

// startOIDCProvider starts panva's oidc-provider and returns its issuer.
func startOIDCProvider(t testing.TB, keys clientKeys) (issuer string) {
	t.Helper()
	port := freePort(t)
	issuer = fmt.Sprintf("http://127.0.0.1:%d", port)
	command := exec.Command(node(t), "server.mjs")
	command.Dir = "oidc-provider"
	command.Env = append(os.Environ(), fmt.Sprintf("PORT=%d", port), "CLIENT_JWKS="+keys.jwks)
	startServer(t, issuer+"/.well-known/openid-configuration", command)
	return issuer
}
