//go:build unix

package main

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
	"tokenwell/auth/handout"
	"tokenwell/db"
	"tokenwell/db/dbtest"
)

// realPassphrase opens the vaults of these tests.
const realPassphrase = sentinel + "passphrase"

// real is a data folder on the disk, and the service of what is in it.
type real struct {
	*testing.T
	dir    string
	store  *db.DB
	server *authtest.Evilas
}

func newReal(t *testing.T) *real {
	t.Helper()
	r := &real{T: t, dir: t.TempDir(), server: authtest.NewEvilas(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})}
	r.store = dbtest.OpenIn(t, r.dir, dbtest.NewKeyring())
	require.NoError(t, r.store.Vault().Create(t.Context(), auth.NewSecret(realPassphrase)))
	return r
}

// keep stores an authorization with a token for another hour.
func (r *real) keep(name string, rule auth.HandOutRule, change func(*auth.Record)) auth.Record {
	r.Helper()
	record := r.server.Stored(name, time.Now())
	record.Authorization.ServiceID = auth.OtherServiceID
	record.Status.Expiry.At = time.Now().Add(time.Hour).UTC().Truncate(time.Millisecond)
	if change != nil {
		change(&record)
	}
	ctx, store, id := r.Context(), r.store, record.Authorization.ID
	require.NoError(r, store.Create(ctx, record.Authorization, auth.StateNeverAuthorized))
	require.NoError(r, store.CommitGrant(ctx, id, 0, auth.Grantee{Tokens: record.Tokens, Status: record.Status}))
	require.NoError(r, store.SetHandOutRule(ctx, id, rule))
	return record
}

// command is the console command on this data folder, with the passphrase at
// file descriptor 3 unless it is empty.
func (r *real) command(passphrase string, args ...string) *exec.Cmd {
	r.Helper()
	args = append(args[:1:1], append([]string{"--data-dir", r.dir}, args[1:]...)...)
	var read *os.File
	if passphrase != "" {
		file := filepath.Join(r.TempDir(), "passphrase")
		require.NoError(r, os.WriteFile(file, []byte(passphrase+"\n"), 0o600))
		var err error
		read, err = os.Open(file) //nolint:gosec // made above
		require.NoError(r, err)
		r.Cleanup(func() { _ = read.Close() })
		args = append(args[:1:1], append([]string{"--passphrase-fd", "3"}, args[1:]...)...)
	}
	c := process(r.T, &script{}, args...)
	c.Env = append(c.Env, asConsole+"=real", "DBUS_SESSION_BUS_ADDRESS=disabled:", "SSL_CERT_FILE="+filepath.Join(r.dir, "none"))
	if read != nil {
		c.ExtraFiles = []*os.File{read}
	}
	return c
}

var anyone = auth.HandOutRule{Mode: auth.HandOutAnyone}

// Without a running program the vault is opened here, with the same rules.
func TestRealWithoutARunningProgram(t *testing.T) {
	r := newReal(t)
	mail := r.keep("Graph mail", anyone, nil)
	r.keep("Asked about", auth.HandOutRule{}, nil)
	r.keep("Certain hosts", auth.HandOutRule{Mode: auth.HandOutAnyone, Hosts: []string{"api.example.com"}}, nil)
	access := mail.Tokens.Access.Reveal()

	assert.Equal(t, said{0, access + "\n", ""}, ended(t, r.command(realPassphrase, "exec", "GRAPH mail", "--", "sh", "-c", `echo "$ACCESS_TOKEN"`)))
	assert.Empty(t, r.server.Requests(authtest.PathToken), "the stored token is good for an hour")

	list := ended(t, r.command("", "list"))
	assert.Zero(t, list.code, "the list needs no passphrase")
	assert.Contains(t, list.out, "Graph mail")
	for _, c := range []struct {
		code       int
		passphrase string
		args       string
		says       string
	}{
		{3, realPassphrase, "token|Nobody", "Nobody"},
		{5, "", "token|Graph mail", "passphrase"},
		{5, "not the passphrase", "token|Graph mail", "not the right one"},
		{6, realPassphrase, "token|Asked about", ""},
		{6, realPassphrase, "token|Certain hosts|--for|api.example.com.evil.example", ""},
		{125, realPassphrase, "curl|Certain hosts|--|https://evil.example", ""},
		{0, realPassphrase, "header|Certain hosts|--for|API.example.com", ""},
	} {
		got := ended(t, r.command(c.passphrase, strings.Split(c.args, "|")...))
		assert.Equal(t, c.code, got.code, "%s: %s", c.args, got.errOut)
		assert.Contains(t, got.errOut, c.says, c.args)
		if c.code != 0 {
			assert.Empty(t, got.out, c.args)
			assert.NotEmpty(t, got.errOut, c.args)
		}
	}
}

// A passphrase may come as a credential of systemd's.
func TestRealCredential(t *testing.T) {
	r := newReal(t)
	mail := r.keep("Graph mail", anyone, nil)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, auth.PassphraseCredential), []byte(realPassphrase+"\n"), 0o600))
	c := r.command("", "token", "Graph mail")
	c.Env = append(c.Env, "CREDENTIALS_DIRECTORY="+dir)
	assert.Equal(t, said{0, mail.Tokens.Access.Reveal() + "\n", ""}, ended(t, c))
}

// What has run out is refreshed, here as in the window; what is over says so.
func TestRealRefresh(t *testing.T) {
	r := newReal(t)
	past := func(record *auth.Record) { record.Status.Expiry.At = time.Now().Add(-time.Minute).UTC() }
	r.keep("Run out", anyone, past)
	r.keep("Over", anyone, func(record *auth.Record) { record.Status.State = auth.StateNeedsSignIn })

	first := ended(t, r.command(realPassphrase, "token", "Run out"))
	require.Zero(t, first.code, first.errOut)
	assert.Len(t, r.server.Requests(authtest.PathToken), 1)
	again := ended(t, r.command(realPassphrase, "token", "Run out"))
	assert.Equal(t, first, again, "it was stored")
	assert.Len(t, r.server.Requests(authtest.PathToken), 1)

	refreshed := ended(t, r.command(realPassphrase, "refresh", "Run out"))
	require.Zero(t, refreshed.code, refreshed.errOut)
	assert.Empty(t, refreshed.out)
	assert.Len(t, r.server.Requests(authtest.PathToken), 2)

	assert.Equal(t, 4, ended(t, r.command(realPassphrase, "token", "Over")).code)
	r.server.Close()
	assert.Equal(t, 7, ended(t, r.command(realPassphrase, "refresh", "Run out")).code)
}

// serve runs the program that owns the data folder: in this process.
func (r *real) serve() {
	r.Helper()
	engine, err := newEngine(r.store)
	require.NoError(r, err)
	place := db.PlaceIn(r.dir)
	require.NoError(r, db.MakeRunDir(place.Run))
	self, err := os.Executable()
	require.NoError(r, err)
	server := handout.NewServer(handout.ServerParams{
		Engine: engine, Socket: place.Socket(), Status: handout.Status{Program: handout.ProgramAgent}, Console: []string{self},
	})
	require.NoError(r, server.Start())
	r.Cleanup(func() {
		_ = server.Close()
		engine.Close()
	})
}

// With a running program neither a passphrase nor the database is needed.
func TestRealThroughTheSocket(t *testing.T) {
	r := newReal(t)
	mail := r.keep("Graph mail", anyone, nil)
	r.keep("Asked about", auth.HandOutRule{}, nil)
	r.keep("Over", anyone, func(record *auth.Record) { record.Status.State = auth.StateNeedsSignIn })
	r.serve()
	access := mail.Tokens.Access.Reveal()

	assert.Equal(t, said{0, access + "\n", ""}, ended(t, r.command("", "token", "Graph mail")))
	assert.Equal(t, said{0, access + "\n", ""}, ended(t, r.command("", "exec", "Graph mail", "--", "sh", "-c", `echo "$ACCESS_TOKEN"`)))
	for line, code := range map[string]int{"token|Nobody": 3, "token|Over": 4, "token|Asked about": 6, "token|x\ny": 3} {
		got := ended(t, r.command("", strings.Split(line, "|")...))
		assert.Equal(t, code, got.code, "%s: %s", line, got.errOut)
		assert.Empty(t, got.out)
	}
	list := ended(t, r.command("", "list", "--json"))
	assert.Contains(t, list.out, `"name": "Graph mail"`)
	before := ended(t, r.command("", "token", "Graph mail")).out
	require.Zero(t, ended(t, r.command("", "refresh", "Graph mail")).code)
	assert.NotEqual(t, before, ended(t, r.command("", "token", "Graph mail")).out)
}

// The vault is opened for each token again; a file descriptor gives the
// passphrase once.
func TestRealPassphraseIsReadOnce(t *testing.T) {
	r := newReal(t)
	r.keep("Graph mail", anyone, nil)
	read, write, err := os.Pipe()
	require.NoError(t, err)
	_, err = write.WriteString(realPassphrase + "\n")
	require.NoError(t, errors.Join(err, write.Close()))
	t.Cleanup(func() { _ = read.Close() })
	fd, err := syscall.Dup(int(read.Fd()))
	require.NoError(t, err)
	e := &env{in: strings.NewReader(""), out: io.Discard, errOut: io.Discard, dataDir: r.dir, passphraseFD: fd}
	for range 2 {
		token, err := e.tokenFor(t.Context(), handout.TokenRequest{Name: "Graph mail", Purpose: auth.PurposeProxy})
		require.NoError(t, err)
		assert.False(t, token.AccessToken.Empty())
	}
}

// A helper for every host does not stand in the way of hosts that are none of ours.
func TestRealGitLeavesOtherHostsAlone(t *testing.T) {
	r := newReal(t)
	r.keep("Code", auth.HandOutRule{Mode: auth.HandOutAnyone, Hosts: []string{"git.example.com"}}, nil)
	for host, want := range map[string]said{
		"other.example.com": {},
		"git.example.com":   {code: 5, out: "quit=1\n"},
	} {
		c := r.command("", "git-credential", "get")
		c.Stdin = strings.NewReader("protocol=https\nhost=" + host + "\n\n")
		got := ended(t, c)
		assert.Equal(t, want.code, got.code, host)
		assert.Equal(t, want.out, got.out, host)
		assert.Equal(t, want.code != 0, strings.Contains(got.errOut, "The vault is locked"), host)
	}
}

// A folder that was misspelt stays as it is: not there.
func TestRealAgentMakesNothingWhereNothingIs(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mistyped")
	c := process(t, &script{}, "--data-dir", dir, "agent")
	c.Env = append(c.Env, asConsole+"=real")
	got := ended(t, c)
	assert.Equal(t, 5, got.code)
	assert.Contains(t, got.errOut, "--data-dir")
	assert.NoDirExists(t, dir)
}
