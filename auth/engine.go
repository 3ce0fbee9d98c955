package auth

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"
)

// Params is what New needs.
type Params struct {
	Store   Store
	Vault   Vault
	Catalog *Catalog
	Wire    *Wire
	Browser Browser

	// Brief: Start only brings the store in order; nothing is refreshed ahead of
	// time and the local server stays as it is. For a process that does one thing
	// and ends.
	Brief bool

	Local LocalServer      // optional; the built-in authorization server
	Log   *slog.Logger     // optional; never gets a secret
	Now   func() time.Time // optional
}

// LocalServer is the built-in authorization server as the engine sees it. Its
// owner closes it, after the engine.
type LocalServer interface {
	// Start begins to serve; it needs an open vault. The context bounds the
	// start alone. Info carries its error too.
	Start(ctx context.Context) error
	// Info tells about the server. Quick.
	Info() LocalInfo
}

// Engine carries out the use cases of the program. It is safe for concurrent
// use; several engines, in one or several processes, may share one store.
// Errors that a user meets are *Failure or FieldErrors.
//
// A context given to a method ends only the caller's waiting once a request
// has left that can use up a refresh token or a code: its answer is stored in
// any case. Close waits for that.
type Engine struct {
	store   Store
	vault   Vault
	catalog *Catalog
	wire    *Wire
	browser Browser
	local   LocalServer
	brief   bool
	log     *slog.Logger
	now     func() time.Time

	events  publisher
	flights singleflight.Group // refreshes by authorization ID

	ctx    context.Context // ends with Close; for what may be given up
	cancel context.CancelFunc
	wake   chan struct{} // tells the janitor that there is work
	kick   chan struct{} // tells the scheduler to look at once
	room   chan struct{} // tells it that another request may be sent

	traffic   *traffic
	handOuts  handOuts
	consents  consents
	prompts   singleflight.Group // sign-ins for other programs, by authorization ID
	signInsBy atomic.Int32       // programs that wait for one of them
	activity  recorder
	began     time.Time    // for mono
	marginNow atomic.Int64 // of SettingRefreshMargin, a time.Duration

	mu      sync.Mutex // guards what follows
	closed  bool
	started bool
	running sync.WaitGroup     // every goroutine of the engine
	signIns map[string]*SignIn // open sign-ins by authorization ID
	// offered are the addresses that the user was asked about, by authorization ID.
	offered map[string]Endpoints
	// calledOffAt is when queued revocations were called off last, on mono, by
	// authorization ID.
	calledOffAt map[string]time.Duration
}

// New returns an engine that does nothing by itself until Start.
func New(p Params) (*Engine, error) {
	if p.Store == nil || p.Vault == nil || p.Catalog == nil || p.Wire == nil || p.Browser == nil {
		return nil, errors.New("auth: New needs a store, a vault, a catalog, a wire and a browser")
	}
	e := &Engine{
		store: p.Store, vault: p.Vault, catalog: p.Catalog, wire: p.Wire, browser: p.Browser, local: p.Local, brief: p.Brief,
		log: p.Log, now: p.Now, wake: make(chan struct{}, 1), kick: make(chan struct{}, 1), room: make(chan struct{}, 1),
		began: time.Now(), signIns: map[string]*SignIn{}, offered: map[string]Endpoints{}, calledOffAt: map[string]time.Duration{},
	}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	if e.now == nil {
		e.now = time.Now
	}
	e.traffic = newTraffic(e.mono)
	e.ctx, e.cancel = context.WithCancel(context.Background())
	return e, nil
}

// Start brings the store in order once the vault is open: spilled tokens are
// stored before anything else is done and the local server is started; then, in
// the background, rows that a crash left in the middle of something are
// recovered, deleted rows purged, due revocations sent and every row checked
// against its seal. From then on it refreshes ahead of time what is to be. With
// Params.Brief it goes no further than the spilled tokens. Calls before the vault
// is open, and later calls, do nothing.
func (e *Engine) Start(ctx context.Context) error {
	status, err := e.vault.Status(ctx)
	if err != nil || !status.Open {
		return err
	}
	e.mu.Lock()
	again := e.started
	e.started = true
	e.mu.Unlock()
	if again {
		return nil
	}
	if err := e.loadServices(ctx); err != nil {
		e.log.Error("the services of the user's own could not be read", "error", err)
	}
	stored, err := e.store.DrainSpills(ctx)
	if err != nil {
		// What could not be drained stays where it is: the next start, or the
		// next refresh of that row, tries again.
		e.log.Error("spilled tokens could not be stored", "error", err)
	}
	for _, id := range stored {
		e.log.Info("spilled tokens stored", "authorization", id)
	}
	if e.brief {
		return nil
	}
	if e.local != nil {
		e.startLocal(ctx)
	}
	e.spawn(e.recoverAll)
	e.spawn(e.runJanitor)
	e.spawn(e.runScheduler)
	e.spawn(e.verifyAll)
	e.publish(EventList, "")
	return nil
}

// startLocal starts the local server unless the user keeps it from starting
// with the program.
func (e *Engine) startLocal(ctx context.Context) {
	settings, err := e.store.Settings(ctx)
	if err != nil {
		e.log.Error("the settings could not be read", "error", err)
	}
	if settings[SettingLocalServer] == "off" {
		return
	}
	if err := e.local.Start(ctx); err != nil {
		e.log.Error("the local server did not start", "error", err)
	}
	e.publish(EventLocal, "")
}

// Close ends open sign-ins and background work and returns when everything
// has ended and every token that was on its way is stored.
func (e *Engine) Close() {
	e.mu.Lock()
	e.closed = true
	open := make([]*SignIn, 0, len(e.signIns))
	for _, s := range e.signIns {
		open = append(open, s)
	}
	e.mu.Unlock()
	e.cancel()
	for _, s := range open {
		s.Cancel()
	}
	e.running.Wait()
	e.closeActivity()
}

// spawn runs f in a goroutine that Close waits for. It reports false, and does
// nothing, after Close.
func (e *Engine) spawn(f func()) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return false
	}
	e.running.Go(f)
	return true
}

// startDelay leaves the start of the program to what the user waits for.
const startDelay = 2 * time.Second

// afterStart waits for startDelay; false: Close came first.
func (e *Engine) afterStart() bool {
	select {
	case <-time.After(startDelay):
		return true
	case <-e.ctx.Done():
		return false
	}
}

// verifyAll looks for rows that were changed outside the app. A row that is acted
// on is checked at once in any case.
func (e *Engine) verifyAll() {
	if !e.afterStart() {
		return
	}
	marked, err := e.store.Verify(e.ctx)
	debug.FreeOSMemory() // every row went through memory once
	switch {
	case err != nil && e.ctx.Err() == nil:
		e.log.Error("rows could not be verified", "error", err)
	case marked > 0:
		e.log.Warn("rows were changed outside the app", "rows", marked)
		e.publish(EventList, "")
	}
}

// VaultStatus tells what the vault needs. Quick.
func (e *Engine) VaultStatus(ctx context.Context) (VaultStatus, error) { return e.vault.Status(ctx) }

// ProbeKeyring tells whether a keyring can be reached, see Vault.
func (e *Engine) ProbeKeyring(ctx context.Context) error { return e.vault.ProbeKeyring(ctx) }

// CreateVault makes the vault, see Vault, and starts the engine.
func (e *Engine) CreateVault(ctx context.Context, passphrase Secret) error {
	if err := e.vault.Create(ctx, passphrase); err != nil {
		return err
	}
	return e.opened(ctx)
}

// Unlock opens the vault, see Vault, and starts the engine.
func (e *Engine) Unlock(ctx context.Context, passphrase Secret) error {
	if err := e.vault.Unlock(ctx, passphrase); err != nil {
		return err
	}
	return e.opened(ctx)
}

func (e *Engine) opened(ctx context.Context) error {
	err := e.Start(ctx)
	if !e.brief { // one that ends at once opens it too often to tell of it
		e.record(ActivityEntry{At: e.now().UTC(), Kind: WordVault, Asker: Asker{Own: true}, Outcome: OutcomeOK, Count: 1})
	}
	e.publish(EventVault, "")
	return err
}

// Services returns the catalog in the order of the form's list. Quick.
func (e *Engine) Services() []Service { return e.catalog.All() }

// LocalServer tells about the built-in authorization server. Quick.
func (e *Engine) LocalServer() LocalInfo {
	if e.local == nil {
		return LocalInfo{Problem: "This program runs without the local server."}
	}
	return e.local.Info()
}

// List returns one page of the table, see Query. A zero Now means now.
func (e *Engine) List(ctx context.Context, q Query) (Page, error) {
	if q.Now.IsZero() {
		q.Now = e.now()
	}
	return e.store.List(ctx, q)
}

// CountStates counts the rows by effective state.
func (e *Engine) CountStates(ctx context.Context) (map[State]int, error) {
	return e.store.CountStates(ctx, e.now())
}

// UsedServices counts the rows by service ID.
func (e *Engine) UsedServices(ctx context.Context) (map[string]int, error) {
	return e.store.UsedServices(ctx)
}

// Settings returns the program's settings.
func (e *Engine) Settings(ctx context.Context) (map[string]string, error) {
	return e.store.Settings(ctx)
}

// SetSetting stores one setting.
func (e *Engine) SetSetting(ctx context.Context, key, value string) error {
	if err := e.store.SetSetting(ctx, key, value); err != nil {
		return err
	}
	switch key {
	case SettingRefreshMargin:
		e.readMargin(ctx)
	case SettingActivityDays:
		e.spawn(e.pruneActivity)
	}
	return nil
}
