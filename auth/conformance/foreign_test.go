//go:build e2e

package conformance

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// stage is the local server with somebody who signs in at it for clients that
// others wrote. Their redirect URI is where the test listens.
type stage struct {
	*local
	browser  *formBrowser
	redirect string
	came     chan string // addresses at which browsers came back
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{local: startLocal(t), came: make(chan string, 1)}
	listener := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.came <- "http://" + r.Host + r.URL.String()
		_, _ = fmt.Fprint(w, "You can close this tab.")
	}))
	t.Cleanup(listener.Close)
	s.redirect = listener.URL + "/callback"
	s.browser = &formBrowser{user: localUser, password: localPassword, home: listener.URL + "/"}
	return s
}

// person does what a client asks of its user and returns where the browser
// ended: at the client, or "" when it stays at the server, as for a device.
func (s *stage) person(ctx context.Context, link string) (string, error) {
	home := s.browser.home
	if strings.HasPrefix(link, s.issuer+"/device") {
		home = ""
	}
	end := s.browser.visit(ctx, link, home)
	switch {
	case end.err != nil:
		return "", end.err
	case end.status != http.StatusOK:
		return "", fmt.Errorf("the visit ended with status %d: %s", end.status, end.page)
	case home == "":
		return "", nil
	}
	came := <-s.came
	if end.fragment != "" {
		came += "#" + end.fragment
	}
	return came, nil
}

// play runs a client that writes "visit URL" where it needs its user, and fails
// when the client does.
func (s *stage) play(t *testing.T, command *exec.Cmd) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), stepTimeout)
	defer cancel()
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var complaints strings.Builder
	command.Stderr = &complaints
	output, err := command.StdoutPipe()
	require.NoError(t, err)
	input, err := command.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	stop := context.AfterFunc(ctx, func() { _ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL) })
	defer stop()
	for lines := bufio.NewScanner(output); lines.Scan(); {
		link, asks := strings.CutPrefix(lines.Text(), "visit ")
		if !asks {
			t.Log(lines.Text())
			continue
		}
		end, err := s.person(ctx, link)
		assert.NoError(t, err)
		_, _ = io.WriteString(input, end+"\n")
	}
	assert.NoError(t, command.Wait(), complaints.String())
}

// environment tells a client who it is.
func (s *stage) environment(c auth.LocalClient, more ...string) []string {
	return append(append(os.Environ(),
		"ISSUER="+s.issuer, "CLIENT_ID="+c.ID, "CLIENT_SECRET="+c.Secret.Reveal(), "REDIRECT_URI="+s.redirect,
		"SCOPE=openid profile offline_access "+localScope, "API_SCOPE="+localScope, "PASSWORD="+localPassword,
		"PYTHONDONTWRITEBYTECODE=1", "OAUTHLIB_INSECURE_TRANSPORT=1", "AUTHLIB_INSECURE_TRANSPORT=1"), more...)
}

// TestOpenIDClient: the certified client of npm, with every way in which a
// client can prove itself.
func TestOpenIDClient(t *testing.T) {
	s := newStage(t)
	binary := node(t)
	keys := newClientKeys(t)
	pem := filepath.Join(t.TempDir(), "client.pem")
	require.NoError(t, os.WriteFile(pem, []byte(keys.private), 0o600))
	public := s.client("public", func(c *auth.LocalClient) {
		c.Public, c.Grants = true, []auth.LocalGrant{auth.LocalGrantCode, auth.LocalGrantDevice, auth.LocalGrantImplicit}
	})
	secret, private := s.client("secret", nil), s.keyClient("keys", keys)
	private.Secret = auth.Secret{} // it has one, but proves itself with its key
	secretJWT := s.client("secret JWT", func(c *auth.LocalClient) { c.ClientAuth = auth.ClientAuthSecretJWT })
	all := []string{"code", "replay", "rotation", "refusals", "par", "device", "client_credentials", "password"}
	for _, play := range []struct {
		name   string
		client auth.LocalClient
		steps  []string
		more   []string
	}{
		{name: "public", client: public, steps: []string{"discovery", "code", "replay", "rotation", "refusals", "par", "device", "implicit"}},
		{name: "basic", client: secret, steps: append(all, "stranger")},
		{name: "post", client: secret, steps: []string{"code", "par", "client_credentials"}, more: []string{"CLIENT_AUTH=post"}},
		{name: "secret JWT", client: secretJWT, steps: []string{"code", "par", "client_credentials"}, more: []string{"CLIENT_AUTH=jwt"}},
		{name: "keys", client: private, steps: all, more: []string{"CLIENT_KEY=" + pem, "CLIENT_KEY_ID=" + keys.id}},
	} {
		for _, step := range play.steps {
			t.Run(play.name+", "+step, func(t *testing.T) {
				if step == "device" { // waits for the server's five seconds
					t.Parallel()
				}
				command := exec.Command(binary, "client.mjs", step)
				command.Dir, command.Env = "openid-client", s.environment(play.client, play.more...)
				s.play(t, command)
			})
		}
	}
}

// Debian's two Python clients.
func TestPythonClients(t *testing.T) {
	s := newStage(t)
	python := program(t, "/usr/bin/python3", "apt-get install python3-authlib python3-requests-oauthlib")
	keys := newClientKeys(t)
	pem := filepath.Join(t.TempDir(), "client.pem")
	require.NoError(t, os.WriteFile(pem, []byte(keys.private), 0o600))
	public, secret, private := s.publicClient("public"), s.client("secret", nil), s.keyClient("keys", keys)
	private.Secret = auth.Secret{}
	scripts := map[string]string{"authlib": filepath.Join("authlib", "client.py"), "requests-oauthlib": filepath.Join("requests-oauthlib", "client.py")}
	for library, script := range scripts {
		for _, step := range []string{"code", "client_credentials", "password"} {
			t.Run(library+", "+step, func(t *testing.T) {
				command := exec.Command(python, script, step)
				command.Env = s.environment(secret)
				s.play(t, command)
			})
		}
		t.Run(library+", code, public", func(t *testing.T) {
			command := exec.Command(python, script, "code")
			command.Env = s.environment(public)
			s.play(t, command)
		})
	}
	for _, step := range []string{"code", "client_credentials", "jwt_bearer"} {
		t.Run("authlib, keys, "+step, func(t *testing.T) {
			command := exec.Command(python, scripts["authlib"], step)
			command.Env = s.environment(private, "CLIENT_KEY="+pem, "CLIENT_KEY_ID="+keys.id)
			s.play(t, command)
		})
	}
}
