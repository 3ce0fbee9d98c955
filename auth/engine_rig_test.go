package auth_test

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// rig is an engine on a store in memory, and the server that it talks to.
type rig struct {
	*testing.T
	store  *authtest.MemStore
	server *authtest.Evilas
	engine *auth.Engine
	now    func() time.Time
	log    *lockedBuffer
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

func newRig(t *testing.T, p authtest.EvilasParams) *rig {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) }) // runs last: everything is closed then
	r := &rig{T: t, store: authtest.NewMemStore(), now: time.Now, log: &lockedBuffer{}}
	r.server = authtest.NewEvilas(t, p)
	r.engine = r.another(authtest.BrowserFollow)
	t.Cleanup(func() { assert.NotContains(t, r.log.String(), authtest.Sentinel, "a secret stands in the log") })
	return r
}

// another makes one more engine on the same store, as another process or the
// next start of the program is.
func (r *rig) another(mode authtest.BrowserMode, quirks ...auth.Quirk) *auth.Engine {
	r.Helper()
	catalog, err := authtest.Catalog(quirks...)
	require.NoError(r, err)
	log := slog.New(slog.NewJSONHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	e, err := auth.New(auth.Params{
		Store: r.store, Vault: r.store.Vault(), Catalog: catalog, Wire: auth.NewWire(auth.WireParams{Log: log}),
		Browser: authtest.NewBrowser(r.T, mode, nil), Log: log, Now: func() time.Time { return r.now() },
	})
	require.NoError(r, err)
	r.Cleanup(e.Close)
	return e
}

// stored puts an authorization with tokens into the store.
func (r *rig) stored(edit func(*auth.Record)) auth.Record {
	record := r.server.Stored("Sales", time.Now())
	if edit != nil {
		edit(&record)
	}
	r.store.Put(record)
	return record
}

// row is what is stored now.
func (r *rig) row(id string) auth.Record {
	r.Helper()
	record, ok := r.store.Record(id)
	require.True(r, ok, "the row is gone")
	return record
}

// posts is the number of token requests so far.
func (r *rig) posts() int { return len(r.server.Requests(authtest.PathToken)) }

// draft is one that can be authorized.
func (r *rig) draft(name string) auth.Draft {
	d := r.engine.DraftFor(authtest.ServiceID)
	d.Name, d.ClientID, d.Params["issuer"] = name, authtest.ClientID, r.server.URL()
	d.ClientSecret = auth.NewSecret(authtest.Sentinel + "secret-0")
	d.Confirmation = d.ClientSecret
	return d
}

// signIn opens the browser and waits for the end.
func (r *rig) signIn(s *auth.SignIn) (auth.Detail, error) {
	r.Helper()
	require.NoError(r, s.OpenBrowser(r.Context()))
	return s.Wait(r.Context())
}

// events returns a channel of the events of one kind about one authorization.
func (r *rig) events(e *auth.Engine, kind auth.EventKind, id string) <-chan struct{} {
	happened := make(chan struct{}, 100)
	r.Cleanup(e.Subscribe(func(event auth.Event) {
		if event.Kind == kind && event.ID == id {
			happened <- struct{}{}
		}
	}))
	return happened
}

// calls returns a channel of the calls of a method of the store.
func (r *rig) calls(method string) <-chan struct{} {
	called := make(chan struct{}, 100)
	r.store.Fault = func(name string) error {
		if name == method {
			called <- struct{}{}
		}
		return nil
	}
	return called
}

// asFailure is the *Failure of an error.
func asFailure(t *testing.T, err error) *auth.Failure {
	t.Helper()
	var f *auth.Failure
	require.ErrorAs(t, err, &f)
	require.NotEmpty(t, f.Title)
	require.NotEmpty(t, f.Steps, "a failure must say what to do")
	return f
}

func background() context.Context { return context.Background() }
