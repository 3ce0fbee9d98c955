//go:build e2e

package conformance

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// TestCurl: what a developer types to see whether the server does anything.
func TestCurl(t *testing.T) {
	s := newStage(t)
	curl := program(t, "curl", "apt-get install curl")
	c := s.client("curl", nil)
	ask := func(path string, arguments ...string) map[string]any {
		t.Helper()
		command := exec.Command(curl, append([]string{"--silent", "--show-error", "--fail-with-body", "--max-time", "30", s.issuer + path}, arguments...)...)
		said, err := command.Output()
		require.NoError(t, err, string(said))
		var reply map[string]any
		require.NoError(t, json.Unmarshal(said, &reply), string(said))
		return reply
	}
	as := c.ID + ":" + c.Secret.Reveal()
	reply := ask("/oauth/token", "--user", as, "-d", "grant_type=client_credentials", "-d", "scope="+localScope)
	assert.Equal(t, localScope, reply["scope"])
	access := reply["access_token"].(string)
	told := ask("/oauth/introspect", "--user", as, "-d", "token="+access)
	assert.Equal(t, true, told["active"])
	assert.Equal(t, c.ID, told["client_id"])
	reply = ask("/oauth/token", "-d", "client_id="+c.ID, "-d", "client_secret="+c.Secret.Reveal(), "-d", "grant_type=password",
		"-d", "username="+localUser, "-d", "password="+localPassword, "-d", "scope=openid profile")
	assert.Equal(t, "Alice Liddell", ask("/userinfo", "-H", "Authorization: Bearer "+reply["access_token"].(string))["name"])

	refused, err := exec.Command(curl, "--silent", "--output", os.DevNull, "--write-out", "%{http_code}", "--user", c.ID+":wrong",
		"-d", "grant_type=client_credentials", s.issuer+"/oauth/token").Output()
	require.NoError(t, err)
	assert.Equal(t, "401", string(refused))
}

// agent is Debian's oidc-agent with a configuration folder of its own.
type agent struct {
	*stage
	environment []string
	passphrase  string // a file
}

func startAgent(t *testing.T, s *stage) *agent {
	t.Helper()
	folder, err := os.MkdirTemp("", "oidc-agent") // short: the path of a socket has 108 bytes
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(folder)) })
	socket := filepath.Join(folder, "socket")
	a := &agent{stage: s, passphrase: filepath.Join(folder, "passphrase")}
	require.NoError(t, os.MkdirAll(filepath.Join(folder, "oidc-agent"), 0o700))
	require.NoError(t, os.WriteFile(a.passphrase, []byte("passphrase of the test\n"), 0o600))
	a.environment = append(os.Environ(), "HOME="+folder, "XDG_CONFIG_HOME="+folder, "OIDC_SOCK="+socket, "TMPDIR="+folder)

	command := exec.Command(program(t, "oidc-agent", "apt-get install oidc-agent-cli"), "--console", "--no-autoload", "--socket-path="+socket)
	command.Env = a.environment
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(t, command.Start())
	t.Cleanup(func() {
		_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL)
		_ = command.Wait()
	})
	require.Eventually(t, func() bool { _, err := os.Stat(socket); return err == nil }, startTimeout, 50*time.Millisecond)
	return a
}

// What oidc-gen tells its user: an address to open, and the code of a device.
var (
	toldLink = regexp.MustCompile(`https?://[^\s"']+`)
	toldCode = regexp.MustCompile(`\b[A-Z]{4}-[A-Z]{4}\b`)
)

// generate makes an account by the device flow, with somebody who types its code.
func (a *agent) generate(t *testing.T, name string, c auth.LocalClient) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), stepTimeout)
	defer cancel()
	command := exec.CommandContext(ctx, "oidc-gen", name,
		"--flow=device", "--manual", "--issuer="+a.issuer, "--client-id="+c.ID, "--client-secret="+c.Secret.Reveal(),
		"--scope=openid profile offline_access "+localScope, "--prompt=none", "--confirm-default", "--no-url-call", "--pw-file="+a.passphrase)
	command.Env = a.environment
	output, err := command.StdoutPipe()
	require.NoError(t, err)
	command.Stderr = command.Stdout
	require.NoError(t, command.Start())
	var said strings.Builder
	link := ""
	for lines := bufio.NewScanner(output); lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		if told := toldLink.FindString(lines.Text()); strings.HasPrefix(told, a.issuer+"/") {
			link = told
		}
		if a.browser.code = toldCode.FindString(lines.Text()); a.browser.code != "" {
			_, err := a.person(ctx, link)
			assert.NoError(t, err)
		}
	}
	require.NoError(t, command.Wait(), said.String())
}

// token has the agent give out an access token.
func (a *agent) token(t *testing.T, name string, arguments ...string) string {
	t.Helper()
	command := exec.Command("oidc-token", append([]string{name}, arguments...)...)
	command.Env = a.environment
	said, err := command.CombinedOutput()
	require.NoError(t, err, string(said))
	return strings.TrimSpace(string(said))
}

// TestOIDCAgent: Debian's agent makes an account by the device flow and gives
// out tokens from then on, refreshed when asked.
func TestOIDCAgent(t *testing.T) {
	s := newStage(t)
	a := startAgent(t, s)
	c := s.client("oidc-agent", nil)
	a.generate(t, "device", c)
	first := a.token(t, "device")
	s.requireUsable(t, first)
	renewed := a.token(t, "device", "--force-new")
	s.requireUsable(t, renewed)
	assert.NotEqual(t, first, renewed)
}

// requireUsable calls the server's API with the access token.
func (s *stage) requireUsable(t *testing.T, access string) {
	t.Helper()
	(&server{userInfo: s.issuer + "/userinfo"}).requireUsable(t, auth.NewSecret(access))
}
