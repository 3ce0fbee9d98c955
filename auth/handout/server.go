package handout

import (
	"context"
	"errors"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"tokenwell/auth"
)

// The bounds of the server.
const (
	maxRequest     = 64 << 10 // bytes of a request's body
	maxHeader      = 8 << 10  // bytes of its header
	requestTimeout = 10 * time.Second
	answerTimeout  = 10 * time.Second // to take an answer
	idleTimeout    = time.Minute      // between two requests
	closeTimeout   = 2 * time.Second  // for requests that are being answered when it closes
)

// httpSlop is what net/http adds to Server.MaxHeaderBytes.
const httpSlop = 4 << 10

// ServerParams are what NewServer needs.
type ServerParams struct {
	Engine  *auth.Engine
	Socket  string   // its folder is there already, see db.MakeRunDir
	Status  Status   // API, Vault and Offline are filled in for each answer
	Console []string // files of the console command: who runs it is the asker, not itself
	Log     *slog.Logger
	// Raise and Yield run in a goroutine of their own, once the answer is sent.
	Raise func() // nil: no window
	Yield func() // nil: the folder is not given up
}

// Server serves the API. Safe for concurrent use.
type Server struct {
	params ServerParams
	log    *slog.Logger
	verbs  map[string]verb
	askers askers
	// backend makes what answers one connection.
	backend func(asker func() auth.Asker) Backend

	http    *http.Server
	serving sync.WaitGroup

	mu       sync.Mutex // guards what follows
	listener *listener
	closed   bool
}

// NewServer returns a server that does not listen yet.
func NewServer(p ServerParams) *Server {
	return newServer(p, func(asker func() auth.Asker) Backend {
		return &local{engine: p.Engine, status: p.Status, asker: asker}
	})
}

func newServer(p ServerParams, backend func(asker func() auth.Asker) Backend) *Server {
	s := &Server{params: p, log: p.Log, verbs: verbs(), askers: askers{consoles: p.Console}, backend: backend}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.http = &http.Server{
		Handler:           http.HandlerFunc(s.serve),
		ReadHeaderTimeout: requestTimeout,
		ReadTimeout:       requestTimeout, // of the request alone: an answer may have to wait for the user
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader - httpSlop,
		ConnContext:       s.withCaller,
		ErrorLog:          log.New(io.Discard, "", 0), // it would quote requests

		DisableGeneralOptionsHandler: true,
	}
	return s
}

// Start listens and returns; what a killed server left at the socket's path is
// replaced. The caller owns the data folder (db.Own). ErrServed when another
// process serves the socket, ErrUntrusted when something else lies there or
// others than this user can reach into the folder.
func (s *Server) Start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.listener != nil {
		return errors.New("the server was started before")
	}
	l, err := listen(s.params.Socket, s.log)
	if err != nil {
		return err
	}
	s.listener, s.http.ConnState = l, l.changed
	s.serving.Go(func() { _ = s.http.Serve(l) }) // ends with Close, which is the one error there is
	return nil
}

// Close ends it: requests that are being answered get two seconds. The socket is
// removed first, unless it is another's by now.
func (s *Server) Close() error {
	s.mu.Lock()
	l := s.listener
	s.closed = true
	s.mu.Unlock()
	if l == nil {
		return nil
	}
	err := l.Close()
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	if shut := s.http.Shutdown(ctx); shut != nil && !errors.Is(shut, net.ErrClosed) {
		_ = s.http.Close() // ends their contexts
	}
	s.serving.Wait()
	return err
}

// caller is the program at the other end of a connection.
type caller struct {
	backend Backend
	asker   func() auth.Asker
}

type callerKey struct{}

// withCaller puts the caller of a connection into the context of its requests.
// Who it is, is found out with the first one: until it is answered the program
// waits and can be looked at.
func (s *Server) withCaller(ctx context.Context, c net.Conn) context.Context {
	p, ok := c.(*peerConn)
	if !ok {
		return ctx
	}
	asker := sync.OnceValue(func() auth.Asker { return s.askers.at(p.pid, p.accepted) })
	return context.WithValue(ctx, callerKey{}, &caller{backend: s.backend(asker), asker: asker})
}
