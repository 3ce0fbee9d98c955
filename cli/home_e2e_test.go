//go:build (e2e || bench) && unix

package main

import (
	"bufio"
	"cmp"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
	"tokenwell/db"
	"tokenwell/db/dbtest"
)

const (
	homePassphrase = "TWSENT-passphrase-of-the-tests"
	homeWait       = 20 * time.Second
)

// home is a user of the shipped console command: a home folder, a data folder
// with a vault, and an authorization server.
type home struct {
	testing.TB
	dir    string
	server *authtest.Evilas
	bus    string // address of a session bus whose keyring opens the vault; "": the passphrase does
}

// newHome returns one whose vault opens with a passphrase.
func newHome(t testing.TB) *home {
	t.Helper()
	return newHomeAt(t, "")
}

// newHomeAt returns one whose vault opens with the keyring at a session bus. The
// bus has to be the environment's too.
func newHomeAt(t testing.TB, bus string) *home {
	t.Helper()
	require.FileExists(t, binary(), "make build makes it")
	h := &home{TB: t, dir: t.TempDir(), server: authtest.NewEvilas(t, authtest.EvilasParams{Rotation: authtest.RotateStrict}), bus: bus}
	for _, dir := range []string{"run", "config", "data", "state", "cache"} {
		require.NoError(t, os.Mkdir(filepath.Join(h.dir, dir), 0o700))
	}
	store := h.open()
	require.NoError(t, store.Vault().Create(t.Context(), h.passphrase()))
	require.NoError(t, store.Close())
	return h
}

// binary is the console command that make build has made.
func binary() string {
	path, _ := filepath.Abs("../bin/tokenwell")
	return path
}

func (h *home) data() string { return filepath.Join(h.dir, "data", "tokenwell") }

func (h *home) place() db.Place {
	p := db.PlaceIn(h.data())
	p.Run = filepath.Join(h.dir, "run", "tokenwell")
	return p
}

// passphrase is the vault's; empty when the keyring opens it.
func (h *home) passphrase() auth.Secret {
	if h.bus != "" {
		return auth.Secret{}
	}
	return auth.NewSecret(homePassphrase)
}

func (h *home) open() *db.DB {
	h.Helper()
	params := db.Params{Dir: h.data()}
	if h.bus == "" {
		params.Keyring = dbtest.NewKeyring()
	}
	store, err := db.Open(h.Context(), params)
	require.NoError(h, err)
	return store
}

// keep stores an authorization of the test server before any program runs. Its
// access token lasts for an hour.
func (h *home) keep(name string, rule auth.HandOutRule, change ...func(*auth.Record)) auth.Record {
	h.Helper()
	record := h.server.Stored(name, time.Now())
	record.Authorization.ServiceID = auth.OtherServiceID
	record.Status.Expiry.At = time.Now().Add(time.Hour).UTC().Truncate(time.Millisecond)
	for _, c := range change {
		c(&record)
	}
	store := h.open()
	defer func() { _ = store.Close() }()
	ctx, id := h.Context(), record.Authorization.ID
	require.NoError(h, store.Vault().Unlock(ctx, h.passphrase()))
	require.NoError(h, store.Create(ctx, record.Authorization, auth.StateNeverAuthorized))
	require.NoError(h, store.CommitGrant(ctx, id, 0, auth.Grantee{Tokens: record.Tokens, Status: record.Status}))
	require.NoError(h, store.SetHandOutRule(ctx, id, rule))
	return record
}

// env is the environment of every program of the user's.
func (h *home) env() []string {
	in := func(name string) string { return filepath.Join(h.dir, name) }
	return []string{
		"HOME=" + h.dir, "LANG=C.UTF-8", "PATH=" + filepath.Dir(binary()) + ":" + os.Getenv("PATH"),
		"XDG_RUNTIME_DIR=" + in("run"), "XDG_CONFIG_HOME=" + in("config"), "XDG_DATA_HOME=" + in("data"),
		"XDG_STATE_HOME=" + in("state"), "XDG_CACHE_HOME=" + in("cache"), "DBUS_SESSION_BUS_ADDRESS=" + cmp.Or(h.bus, "disabled:"),
		"GOCACHE=" + goCache(), "GOFLAGS=", "GOPATH=" + os.Getenv("GOPATH"),
	}
}

// goCache is the build cache of whoever runs the test: a snippet is compiled.
func goCache() string {
	out, _ := exec.Command("go", "env", "GOCACHE").Output()
	return strings.TrimSpace(string(out))
}

// command is a program of the user's, ready to be started.
func (h *home) command(name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(h.Context(), name, args...)
	c.Env, c.Dir = h.env(), h.dir
	return c
}

// agent starts the agent and returns its process ID when it serves.
func (h *home) agent() int {
	h.Helper()
	passphrase, give, err := os.Pipe()
	require.NoError(h, err)
	_, err = give.WriteString(homePassphrase + "\n")
	require.NoError(h, err)
	require.NoError(h, give.Close())
	c := h.command(binary(), "agent")
	if h.bus == "" {
		c.Args = append(c.Args, "--passphrase-fd", "3")
		c.ExtraFiles = []*os.File{passphrase}
	}
	says, err := c.StderrPipe()
	require.NoError(h, err)
	require.NoError(h, c.Start())
	require.NoError(h, passphrase.Close())
	serving, ended := make(chan struct{}), make(chan struct{})
	var said strings.Builder
	go func() {
		defer close(ended)
		for lines := bufio.NewScanner(says); lines.Scan(); {
			said.WriteString(lines.Text() + "\n")
			if strings.Contains(lines.Text(), "serving") {
				select {
				case <-serving:
				default:
					close(serving)
				}
			}
		}
	}()
	h.Cleanup(func() {
		_ = c.Process.Signal(syscall.SIGTERM)
		<-ended
		_ = c.Wait()
	})
	ctx, cancel := context.WithTimeout(h.Context(), homeWait)
	defer cancel()
	select {
	case <-serving:
	case <-ended:
		h.Fatalf("the agent ended: %s", &said)
	case <-ctx.Done():
		h.Fatal("the agent does not serve")
	}
	return c.Process.Pid
}
