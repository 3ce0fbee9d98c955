package handout

import (
	"context"
	"errors"
	"log/slog"
	"net"
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

	patience, idle time.Duration // requestTimeout, idleTimeout

	connections *connections
	ctx         context.Context // of all answers
	cancel      context.CancelFunc
	accepting   sync.WaitGroup

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
	s := &Server{
		params: p, log: p.Log, verbs: verbs(), askers: askers{consoles: p.Console}, backend: backend,
		patience: requestTimeout, idle: idleTimeout, connections: newConnections(),
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
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
	s.listener = l
	s.accepting.Go(func() { s.accept(l) })
	return nil
}

// acceptPause is how long nothing is accepted when the system has no more files;
// it doubles up to acceptLongest while that stays.
const (
	acceptPause   = 10 * time.Millisecond
	acceptLongest = time.Second
)

// accept begins conversations until the listener is closed.
func (s *Server) accept(l *listener) {
	pause := acceptPause
	for s.connections.makeRoom() {
		switch c, err := l.accept(); {
		case err == nil:
			pause = acceptPause
			s.connections.begin(s, c)
		case errors.Is(err, net.ErrClosed):
			return
		default:
			s.connections.giveRoom()
			s.log.Warn("no connection could be accepted", "error", err)
			select {
			case <-time.After(pause):
			case <-s.connections.closed:
			}
			pause = min(2*pause, acceptLongest)
		}
	}
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
	s.connections.stop()
	s.accepting.Wait()
	s.connections.close(closeTimeout)
	s.askers.forget()
	s.cancel()
	return err
}
