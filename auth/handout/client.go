package handout

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"time"

	"tokenwell/auth"
)

// keptFor is how long a connection may have been idle to be used again: less
// than the server's own limit.
const keptFor = idleTimeout / 2

// patience is how long a call waits for its answer unless its context says less: a
// question to the user, then a refresh behind another one. A server that has
// stopped would keep scripts waiting for ever. A sign-in has its own time as well.
const patience = auth.ConsentTimeout + 3*time.Minute

// Client is a Backend over the socket. It uses one connection, one call at a
// time; calls from several goroutines wait for each other. A connection that the
// server has closed meanwhile is made anew, with all checks. Errors are *Error;
// one whose server has ended is ErrNoServer for errors.Is.
type Client struct {
	socket string
	turn   chan struct{} // held by the call that is under way
	conn   *clientConn   // nil: none

	patience time.Duration // see the constant
}

// clientConn is a connection to a server that was checked.
type clientConn struct {
	*net.UnixConn
	used time.Time // when the last call ended; zero: never
}

// Dial connects to the socket after it has checked folder, socket and the
// process at the other end (T44). ErrNoServer when nobody serves, ErrUntrusted
// when one of them is not this user's.
func Dial(ctx context.Context, socket string) (*Client, error) {
	conn, err := dial(ctx, socket)
	if err != nil {
		return nil, err
	}
	return &Client{socket: socket, turn: make(chan struct{}, 1), conn: conn, patience: patience}, nil
}

// dial makes one connection.
func dial(ctx context.Context, socket string) (*clientConn, error) {
	f, err := openFolder(socket)
	if err != nil {
		return nil, orNoServer(err)
	}
	defer f.close()
	if _, err := f.socket(); err != nil {
		return nil, orNoServer(err)
	}
	conn, err := connect(ctx, f)
	if err != nil {
		return nil, orNoServer(err)
	}
	if _, err := peerWithin(conn); err != nil { // another user's process is not spoken to
		return nil, errors.Join(err, conn.Close())
	}
	return &clientConn{UnixConn: conn}, nil
}

// orNoServer turns the errors that mean that nobody serves into ErrNoServer.
func orNoServer(err error) error {
	if absent(err) {
		return fmt.Errorf("%w: %w", ErrNoServer, err)
	}
	return err
}

// connect connects, and comes again while more wait than the system lets wait.
func connect(ctx context.Context, f *folder) (*net.UnixConn, error) {
	const pause = 2 * time.Millisecond
	for {
		conn, err := f.connect(ctx)
		if err == nil || !busy(err) {
			return conn, err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Close ends the connection.
func (c *Client) Close() error {
	c.turn <- struct{}{}
	defer func() { <-c.turn }()
	return c.drop()
}

// drop ends the connection. The turn is held.
func (c *Client) drop() error {
	if c.conn == nil {
		return nil
	}
	err := c.conn.Close()
	c.conn = nil
	return err
}

// call sends one request and gives the answer to read.
func (c *Client) call(ctx context.Context, path string, request any, how *exchange) error {
	body, err := json.Marshal(request)
	if err != nil {
		return badRequest("It can't be encoded.")
	}
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return ended(ctx, ctx.Err())
	}
	how.path, how.request = path, body
	limit := c.patience
	if how.signIn {
		limit += auth.SignInTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for {
		kept, err := c.attempt(ctx, how)
		var told *Error
		switch {
		case err == nil, errors.As(err, &told):
			return err
		case kept && errors.Is(err, errUnanswered) && ctx.Err() == nil:
			continue // the server closed it while nobody used it, or has ended
		default:
			return ended(ctx, err)
		}
	}
}

// attempt carries out one exchange; kept tells that it was not the first one of
// its connection. After an error that is not the server's word the connection is
// given up.
func (c *Client) attempt(ctx context.Context, how *exchange) (kept bool, err error) {
	if c.conn != nil && !c.conn.used.IsZero() && (how.once || time.Since(c.conn.used) > keptFor) {
		_ = c.drop()
	}
	if c.conn == nil {
		if c.conn, err = dial(ctx, c.socket); err != nil {
			return false, err
		}
	}
	kept = !c.conn.used.IsZero()
	over := context.AfterFunc(ctx, func(conn net.Conn) func() {
		return func() { _ = conn.SetDeadline(time.Unix(1, 0)) }
	}(c.conn))
	last, err := how.run(c.conn.UnixConn, !kept)
	if !over() {
		last = true // its deadline has passed
	}
	var told *Error
	if last || err != nil && !errors.As(err, &told) {
		_ = c.drop()
		return kept, err
	}
	c.conn.used = time.Now()
	return kept, err
}

// ended is the Error of a call that got no answer.
func ended(ctx context.Context, err error) *Error {
	if ctx.Err() != nil {
		if errors.Is(ctx.Err(), context.Canceled) {
			return errorOf(ctx.Err())
		}
		return refusal(auth.EndOther, CodeBusy, "Tokenwell did not answer in time", "The process that serves is busy.", "Ask again.")
	}
	if errors.Is(err, errAnswer) {
		return refusal(auth.EndOther, CodeBadAnswer, "The answer can't be understood",
			"The process that serves is of another version.", "Restart Tokenwell, so that all of it is of one version.")
	}
	if errors.Is(err, ErrUntrusted) {
		return refusal(auth.EndOther, CodeNotOffered, "The socket is not to be trusted",
			"Another user could reach it, or serves it. Nothing was sent.", "Run tokenwell doctor.")
	}
	return refusal(auth.EndOther, CodeNoServer, "Tokenwell has ended", "The process that served ended before it answered.", "Ask again.")
}

// Status implements Backend.
func (c *Client) Status(ctx context.Context) (s Status, err error) {
	err = c.call(ctx, PathStatus, done{}, &exchange{into: &s})
	return s, err
}

// List implements Backend.
func (c *Client) List(ctx context.Context) ([]Listing, error) {
	var all listReply
	err := c.call(ctx, PathList, done{}, &exchange{into: &all})
	return all.Authorizations, err
}

// Token implements Backend. The process is hardened (see Harden) once the answer
// is there, before it is read.
func (c *Client) Token(ctx context.Context, r TokenRequest) (Token, error) {
	var j tokenJSON // read directly: it is on the way of every command
	err := c.call(ctx, PathToken, r, &exchange{into: &j, secret: true, signIn: r.Interactive})
	return j.token(), err
}

// Refresh implements Backend.
func (c *Client) Refresh(ctx context.Context, name string) (l Listing, err error) {
	err = c.call(ctx, PathRefresh, nameRequest{name}, &exchange{into: &l})
	return l, err
}

// Revoke implements Backend.
func (c *Client) Revoke(ctx context.Context, name string) (r Revocation, err error) {
	err = c.call(ctx, PathRevoke, nameRequest{name}, &exchange{into: &r, once: true})
	return r, err
}

// Test implements Backend.
func (c *Client) Test(ctx context.Context, r TestRequest) (t TestReply, err error) {
	err = c.call(ctx, PathTest, r, &exchange{into: &t})
	return t, err
}

// Raise brings the window of the program that serves to the front.
func (c *Client) Raise(ctx context.Context) error {
	return c.call(ctx, PathRaise, done{}, &exchange{into: &done{}})
}

// Yield asks the agent to give the data folder up.
func (c *Client) Yield(ctx context.Context) error {
	return c.call(ctx, PathYield, done{}, &exchange{into: &done{}})
}

// Authorize implements Backend.
func (c *Client) Authorize(ctx context.Context, r AuthorizeRequest, prompt func(Prompt)) (l Listing, err error) {
	over := false
	line := func(text []byte) error {
		var next AuthorizeLine
		if over || json.Unmarshal(text, &next) != nil {
			return errAnswer
		}
		switch {
		case next.Prompt != nil:
			prompt(*next.Prompt)
		case next.Done != nil:
			l, over = *next.Done, true
		case next.Error != nil:
			return next.Error
		}
		return nil
	}
	err = c.call(ctx, PathAuthorize, r, &exchange{line: line, once: true, signIn: true})
	if err == nil && !over {
		return l, ended(ctx, errUnanswered)
	}
	return l, err
}
