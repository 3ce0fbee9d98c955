package localserver

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"syscall"
	"time"

	"tokenwell/auth"
)

// DefaultAddr is where the server listens unless told otherwise.
const DefaultAddr = "127.0.0.1:17655"

// Paths of the endpoints; those of the library's routes are handed to it.
const (
	pathAuthorize  = "/authorize"
	pathPushed     = "/oauth/par"
	pathDevice     = "/oauth/device"
	pathToken      = "/oauth/token"
	pathIntrospect = "/oauth/introspect"
	pathUserinfo   = "/userinfo"
	pathRevoke     = "/revoke"
	pathKeys       = "/keys"
	pathOpenID     = "/.well-known/openid-configuration"
	pathRFC8414    = "/.well-known/oauth-authorization-server"
)

// Params is what a Server needs.
type Params struct {
	Store Store
	Pages fs.FS // holds pages/local_*.html

	// optional
	Addr string           // "127.0.0.1:port"; port 0 takes the port of the last start; default DefaultAddr
	Log  *slog.Logger     // default slog.Default()
	Now  func() time.Time // default time.Now
}

// Server is the local authorization server. Safe for concurrent use.
type Server struct {
	store Store
	addr  string
	log   *slog.Logger
	now   func() time.Time
	pages *pages

	changes  *watchers
	requests *requestLog
	making   sync.Mutex // over what is made at the first run
	editing  sync.Mutex // over what the registry reads and then replaces
	running  sync.Mutex // over Start, Close and RotateKey, which wait for the disk

	mu       sync.Mutex    // over what follows, never while something is waited for
	http     *http.Server  // nil while it does not run
	provider *provider     // of http
	served   chan struct{} // closed when the goroutine of http has ended
	info     auth.LocalInfo
	refusal  time.Duration // how long the first wrong password is held back
}

// New returns a server that is not started. It panics on pages that can't be
// parsed, which are part of the program.
func New(p Params) *Server {
	s := &Server{store: p.Store, addr: p.Addr, log: p.Log, now: p.Now, pages: parsePages(p.Pages), refusal: guessHold}
	if s.addr == "" {
		s.addr = DefaultAddr
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.changes = &watchers{}
	s.requests = &requestLog{store: s.store, log: s.log, changes: s.changes}
	return s
}

// Info returns what the form and the sign-in window show; Problem says why the
// server does not run when Start failed. It never waits for the disk.
func (s *Server) Info() auth.LocalInfo {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.info
}

// Start binds the address and serves until Close. The first start makes the
// signing key, the user analyst and the practice client. The context bounds
// the start alone. Errors are sentences for the user; Info carries them too.
func (s *Server) Start(ctx context.Context) error {
	s.running.Lock()
	defer s.running.Unlock()
	if s.current() != nil {
		return errors.New("the local server runs already")
	}
	err := s.start(ctx)
	if err != nil {
		s.mu.Lock()
		s.info = auth.LocalInfo{Problem: err.Error()}
		s.mu.Unlock()
	}
	s.changes.changed()
	return err
}

// current is what answers requests now, nil while the server does not run.
func (s *Server) current() *provider {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.provider
}

func (s *Server) start(ctx context.Context) error {
	at := s.now()
	if err := s.store.Purge(ctx, at.Add(-purgeAge)); err != nil {
		return fmt.Errorf("the local server can't tidy its data: %w", err)
	}
	keys, err := loadKeys(ctx, s.store)
	if err != nil {
		return fmt.Errorf("the local server can't read or make its key: %w", err)
	}
	first, err := s.firstRun(ctx)
	if err != nil {
		return err
	}
	listener, err := s.listen(ctx)
	if err != nil {
		return err
	}
	host := listener.Addr().String()
	p := s.newProvider("http://"+host, keys)
	p.tidied.Store(at.UnixMilli())
	server, served := newHTTPServer(s.handler(p, host), s.log), make(chan struct{})
	s.mu.Lock()
	s.http, s.provider, s.served = server, p, served
	s.info = auth.LocalInfo{
		Running: true, Since: at, Issuer: p.issuer, Discovery: p.issuer + pathOpenID,
		User: first.user.Name, Password: first.user.Password, ClientID: first.client.ID, ClientSecret: first.client.Secret,
	}
	s.mu.Unlock()
	go s.serve(server, listener, served)
	return nil
}

func (s *Server) newProvider(issuer string, keys keyring) *provider {
	p := &provider{
		store: s.store, now: s.now, issuer: issuer, log: s.log, stopping: make(chan struct{}),
		state: newBrowserState(s.now), devices: newDevices(s.now), pushed: newPushedRequests(s.now),
	}
	p.keys.Store(&keys)
	p.guesses = &guesses{now: s.now, hold: p.hold, base: s.refusal, subjects: map[string]*subject{}}
	return p
}

// serve runs until the server is shut down. An end that nobody asked for is
// told by Info, and the server can be started again.
func (s *Server) serve(server *http.Server, listener net.Listener, done chan struct{}) {
	defer close(done)
	err := server.Serve(listener)
	if errors.Is(err, http.ErrServerClosed) {
		return
	}
	s.log.Error("the local server has stopped", "error", err)
	s.mu.Lock()
	ended := s.http == server
	if ended {
		close(s.provider.stopping)
		s.http, s.served, s.provider = nil, nil, nil
		s.info.Running, s.info.Since = false, time.Time{}
		s.info.Problem = "The local server has stopped. Start it again."
	}
	s.mu.Unlock()
	if ended {
		_ = server.Close()
		s.changes.changed()
	}
}

// listen binds the literal loopback address and remembers the port, so that a
// start without a fixed port keeps the issuer.
func (s *Server) listen(ctx context.Context) (net.Listener, error) {
	host, text, err := net.SplitHostPort(s.addr)
	if err != nil || host != "127.0.0.1" {
		return nil, fmt.Errorf("the local server listens on 127.0.0.1 only, not on %q", s.addr)
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("the local server can't use the port %q", text)
	}
	last, err := storedPort(ctx, s.store)
	if err != nil {
		return nil, err
	}
	if port == 0 && last > 0 && last <= 65535 {
		port = uint64(last)
	}
	address := net.JoinHostPort(host, strconv.FormatUint(port, 10))
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp4", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("the local server can't start because another program uses port %d of this computer; close that program, then start the local server again", port)
	}
	if err != nil {
		return nil, fmt.Errorf("the local server can't listen on %s: %w", address, err)
	}
	bound := listener.Addr().(*net.TCPAddr).Port
	if bound != last {
		if err := s.store.SetSetting(ctx, settingPort, auth.NewSecret(strconv.Itoa(bound))); err != nil {
			_ = listener.Close()
			return nil, fmt.Errorf("the local server can't store its port: %w", err)
		}
	}
	return listener, nil
}

// closeGrace is how long Close waits for requests that are being answered.
const closeGrace = 2 * time.Second

// Close stops the server and waits for its goroutines. The user, the client and
// the issuer stay in Info. Closing a server that does not run does nothing.
func (s *Server) Close() error {
	s.running.Lock()
	defer s.running.Unlock()
	s.mu.Lock()
	server, served, p := s.http, s.served, s.provider
	s.http, s.served, s.provider = nil, nil, nil
	s.info.Running, s.info.Since = false, time.Time{}
	s.mu.Unlock()
	if server == nil {
		return nil
	}
	close(p.stopping)
	ctx, cancel := context.WithTimeout(context.Background(), closeGrace)
	defer cancel()
	err := server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	<-served
	s.changes.changed()
	if logged := s.requests.flush(context.WithoutCancel(ctx)); err == nil && logged != nil {
		err = fmt.Errorf("the local server can't write its log: %w", logged)
	}
	return err
}
