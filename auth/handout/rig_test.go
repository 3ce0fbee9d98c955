package handout

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"tokenwell/auth"
)

func TestMain(m *testing.M) {
	if runAsHelper() {
		return
	}
	os.Exit(m.Run())
}

// secretWord stands in everything that must not get out.
const secretWord = "SENTINEL"

// fakeBackend answers as it is told.
type fakeBackend struct {
	token     func(ctx context.Context, r TokenRequest) (Token, error)
	authorize func(ctx context.Context, prompt func(Prompt)) (Listing, error)
}

func (f *fakeBackend) Status(context.Context) (Status, error) {
	return Status{API: Version, Program: ProgramAgent, Vault: VaultOpen, PID: os.Getpid()}, nil
}

func (f *fakeBackend) List(context.Context) ([]Listing, error) {
	return []Listing{{Name: "Sales", Hosts: []string{}}}, nil
}

func (f *fakeBackend) Token(ctx context.Context, r TokenRequest) (Token, error) {
	if f.token != nil {
		return f.token(ctx, r)
	}
	return Token{
		Name: r.Name, AccessToken: auth.NewSecret("at-" + r.Name), TokenType: "Bearer", Header: "Authorization",
		HeaderValue: auth.NewSecret("Bearer at-" + r.Name), Scopes: []string{"a"},
	}, nil
}

func (f *fakeBackend) Refresh(_ context.Context, name string) (Listing, error) {
	return Listing{Name: name}, nil
}

func (f *fakeBackend) Revoke(_ context.Context, name string) (Revocation, error) {
	return Revocation{Name: name, Outcome: auth.Revoked}, nil
}

func (f *fakeBackend) Test(_ context.Context, r TestRequest) (TestReply, error) {
	return TestReply{Name: r.Name, Address: r.Address}, nil
}

func (f *fakeBackend) Authorize(ctx context.Context, _ AuthorizeRequest, prompt func(Prompt)) (Listing, error) {
	if f.authorize == nil {
		return Listing{}, errors.New("unforeseen " + secretWord)
	}
	return f.authorize(ctx, prompt)
}

// rig is a server on a socket of its own.
type rig struct {
	*testing.T
	socket  string
	backend *fakeBackend
	params  ServerParams
	server  *Server
	log     *lockedBuffer

	mu     sync.Mutex
	askers []func() auth.Asker // of the connections
}

type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// runDir is a folder as db.MakeRunDir makes it.
func runDir(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	require.NoError(t, os.Mkdir(dir, 0o700))
	return dir
}

// newRig starts a server; edit changes its parameters before.
func newRig(t *testing.T, edit func(*ServerParams)) *rig {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) }) // runs last: everything is closed then
	r := &rig{T: t, socket: filepath.Join(runDir(t), "handout.sock"), backend: &fakeBackend{}, log: &lockedBuffer{}}
	r.params = ServerParams{Socket: r.socket, Log: slog.New(slog.NewTextHandler(r.log, nil))}
	if edit != nil {
		edit(&r.params)
	}
	r.server = r.another()
	require.NoError(t, r.server.Start())
	t.Cleanup(func() {
		assert.NoError(t, r.server.Close())
		assert.NotContains(t, r.log.String(), secretWord, "a secret stands in the log")
	})
	return r
}

// another makes one more server for the same socket.
func (r *rig) another() *Server {
	return newServer(r.params, func(asker func() auth.Asker) Backend {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.askers = append(r.askers, asker)
		return r.backend
	})
}

// serverAt is a server that answers as fakeBackend does.
func serverAt(socket string) *Server {
	return newServer(ServerParams{Socket: socket}, func(func() auth.Asker) Backend { return &fakeBackend{} })
}

// seen is who the connections came from so far.
func (r *rig) seen() []auth.Asker {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]auth.Asker, len(r.askers))
	for i, asker := range r.askers {
		all[i] = asker()
	}
	return all
}

// dial returns a client that is closed at the end.
func (r *rig) dial() *Client {
	r.Helper()
	c, err := Dial(r.ctx(), r.socket)
	require.NoError(r, err)
	r.Cleanup(func() { assert.NoError(r, c.Close()) })
	return c
}

// ctx bounds what should not take long.
func (r *rig) ctx() context.Context {
	ctx, cancel := context.WithTimeout(r.Context(), 20*time.Second)
	r.Cleanup(cancel)
	return ctx
}

// asError is the *Error of an error.
func asError(t *testing.T, err error) *Error {
	t.Helper()
	var e *Error
	require.ErrorAs(t, err, &e)
	require.NotEmpty(t, e.Title)
	require.NotEmpty(t, e.Steps, "an error must say what to do")
	return e
}
