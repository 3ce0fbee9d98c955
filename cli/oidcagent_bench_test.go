//go:build bench && linux

package main

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tokenwell/assets"
	"tokenwell/auth"
	"tokenwell/auth/localserver" //nolint:depguard // the benchmark runs it, not the command
	"tokenwell/db/dbtest"
)

const (
	rivalAccount  = "sales"
	rivalScope    = "read"
	rivalUser     = "ana"
	rivalPassword = "a-password-of-the-benchmark"
)

// oidcAgent is Debian's oidc-agent with one account at the program's own server,
// the baseline of the benchmarks.
type oidcAgent struct {
	testing.TB
	socket string
	env    []string
	pid    int // of its group
}

// startOIDCAgent returns one that has an access token in hand.
func startOIDCAgent(b testing.TB) *oidcAgent {
	b.Helper()
	dir, err := os.MkdirTemp("", "oidc-agent") // short: the path of a socket has 108 bytes
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, os.RemoveAll(dir)) })
	a := &oidcAgent{TB: b, socket: filepath.Join(dir, "socket")}
	require.NoError(b, os.Mkdir(filepath.Join(dir, "oidc-agent"), 0o700))
	a.env = []string{
		"HOME=" + dir, "XDG_CONFIG_HOME=" + dir, "TMPDIR=" + dir, "OIDC_SOCK=" + a.socket, "LANG=C.UTF-8", "PATH=" + os.Getenv("PATH"),
	}
	c := exec.Command("oidc-agent", "--console", "--no-autoload", "--socket-path="+a.socket)
	c.Env, c.SysProcAttr = a.env, &syscall.SysProcAttr{Setpgid: true}
	require.NoError(b, c.Start(), "apt-get install oidc-agent-cli")
	a.pid = c.Process.Pid
	b.Cleanup(func() {
		_ = syscall.Kill(-a.pid, syscall.SIGKILL)
		_ = c.Wait()
	})
	require.Eventually(b, func() bool { _, err := os.Stat(a.socket); return err == nil }, homeWait, 10*time.Millisecond)
	a.account(dir)
	return a
}

// account makes its account, with the password grant: nobody is there to consent.
func (a *oidcAgent) account(dir string) {
	a.Helper()
	issuer, client := startIssuer(a.TB)
	passphrase := filepath.Join(dir, "passphrase")
	require.NoError(a, os.WriteFile(passphrase, []byte("a passphrase\n"), 0o600))
	ctx, cancel := context.WithTimeout(a.Context(), homeWait)
	defer cancel()
	c := exec.CommandContext(ctx, "oidc-gen", rivalAccount, "--flow=password", "--op-username="+rivalUser, "--op-password="+rivalPassword,
		"--manual", "--issuer="+issuer, "--client-id="+client.ID, "--client-secret="+client.Secret.Reveal(), "--redirect-uri=http://localhost:4242",
		"--scope=openid offline_access "+rivalScope, "--prompt=none", "--confirm-default", "--no-url-call", "--pw-file="+passphrase)
	c.Env = a.env
	said, err := c.CombinedOutput()
	require.NoError(a, err, string(said))
	c = exec.CommandContext(ctx, "oidc-token", rivalAccount)
	c.Env = a.env
	said, err = c.CombinedOutput()
	require.NoError(a, err, string(said))
	require.NotEmpty(a, strings.TrimSpace(string(said)))
}

// startIssuer starts the program's own server with a user, and a client that may
// do everything.
func startIssuer(b testing.TB) (issuer string, c auth.LocalClient) {
	b.Helper()
	ctx := context.Background()
	server := localserver.New(localserver.Params{
		Store: dbtest.Open(b).LocalServer(), Pages: assets.Pages, Addr: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler),
	})
	require.NoError(b, server.Start(ctx))
	b.Cleanup(func() { _ = server.Close() })
	registry := server.Registry()
	require.NoError(b, registry.SaveScope(ctx, auth.LocalScope{Name: rivalScope, Description: "Read it all"}, true))
	_, err := registry.SaveUser(ctx, auth.LocalUser{Name: rivalUser, Active: true, Password: auth.NewSecret(rivalPassword)})
	require.NoError(b, err)
	c = registry.NewClient()
	c.Name, c.Grants, c.RefreshForAll = "oidc-agent", []auth.LocalGrant{auth.LocalGrantPassword}, true
	c.Scopes = append(c.Scopes, rivalScope)
	c, err = registry.SaveClient(ctx, c)
	require.NoError(b, err)
	return server.Info().Issuer, c
}

// memory is what its processes have in memory, in bytes.
func (a *oidcAgent) memory() (sum int64) {
	a.Helper()
	folders, err := filepath.Glob("/proc/[0-9]*")
	require.NoError(a, err)
	for _, folder := range folders {
		pid := number(filepath.Base(folder))
		if group, err := syscall.Getpgid(pid); err == nil && group == a.pid {
			sum += residentMemory(a.TB, pid)
		}
	}
	return sum
}
