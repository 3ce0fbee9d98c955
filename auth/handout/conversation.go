package handout

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"tokenwell/auth"
)

// conversation answers the requests of a connection, one after the other, as
// RFC 9112 has it, and then those of the next connection. It is not net/http's
// server, because what that does for each request (a goroutine that reads ahead,
// a context, a header in a map) takes longer than to answer from the vault;
// requests are read by net/http all the same.
type conversation struct {
	server  *Server
	from    limited
	in      *bufio.Reader // from
	scratch []byte        // of bodies, then of answers
	watch   watch

	// of the connection
	conn    *peerConn
	ctx     context.Context    // of its answers
	cancel  context.CancelFunc // its program has gone, or the server closes
	backend Backend
	asker   func() auth.Asker
	last    bool // it ends with this answer
	lines   bool // the answer has begun: what follows are lines of it

	// guarded by connections.mu
	answering bool
	restedAt  uint64 // see connections.rest; 0: nothing was asked yet
}

// limited reads a connection up to a limit.
type limited struct {
	conn net.Conn
	left int
	cut  bool  // the limit was reached
	err  error // of the connection
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		l.cut = true
		return 0, io.EOF
	}
	n, err := l.conn.Read(p[:min(len(p), l.left)])
	l.left -= n
	if err != nil {
		l.err = err
	}
	return n, err
}

// maxScratch is how much room for a request and its answer is kept for the next.
const maxScratch = 16 << 10

func (s *Server) newConversation() *conversation {
	t := &conversation{server: s}
	t.in = bufio.NewReader(&t.from)
	t.watch.of = t
	return t
}

// open prepares the conversation for a connection. Who is at the other end, is
// found out with the first request: until it is answered the program waits and
// can be looked at.
func (t *conversation) open(c *peerConn) {
	s := t.server
	if t.ctx == nil || t.ctx.Err() != nil {
		t.ctx, t.cancel = context.WithCancel(s.ctx)
	}
	t.conn, t.last, t.lines, t.answering, t.restedAt = c, false, false, false, 0
	t.from = limited{conn: c}
	t.in.Reset(&t.from)
	t.asker = sync.OnceValue(func() auth.Asker { return s.askers.at(c.pid, c.accepted) })
	t.backend = s.backend(t.asker)
}

// run goes on until one side has enough. The caller closes the connection.
func (t *conversation) run() {
	for !t.last && t.await() {
		if r, ok := t.read(); ok {
			t.answer(r)
		}
		if cap(t.scratch) > maxScratch {
			t.scratch = nil
		}
		if !t.server.connections.rest(t) {
			return
		}
	}
}

// await waits for the next request; it reports false when none will come. Who has
// not asked anything yet can't be ended for others, and so gets less time.
func (t *conversation) await() bool {
	patience := t.server.idle
	if t.restedAt == 0 {
		patience = t.server.patience
	}
	_ = t.conn.SetReadDeadline(time.Now().Add(patience))
	for {
		t.from.left, t.from.cut, t.from.err = maxHeader, false, nil
		first, err := t.in.Peek(1)
		if err != nil {
			return false
		}
		if first[0] != '\r' && first[0] != '\n' {
			return t.server.connections.work(t)
		}
		_, _ = t.in.Discard(1) // RFC 9112 section 2.2: some send a line too many
	}
}

// read reads the head of a request. What can't be understood is told, and is the
// last on its connection.
func (t *conversation) read() (*http.Request, bool) {
	_ = t.conn.SetReadDeadline(time.Now().Add(t.server.patience))
	r, err := http.ReadRequest(t.in)
	switch {
	case err == nil && wellFormed(r):
		t.last = t.last || r.Close || !r.ProtoAtLeast(1, 1)
		t.from.left = maxHeader + 2*maxRequest // the body has its own limit
		return r, true
	case err != nil && t.from.err != nil: // the connection has ended, or it took too long
	case t.from.cut:
		t.refuse(http.StatusRequestHeaderFieldsTooLarge, tooLarge())
	default:
		t.refuse(http.StatusBadRequest, badRequest("It is not a request of HTTP/1.1."))
	}
	t.last = true
	return nil, false
}

// wellFormed tells whether a request that could be read is one of HTTP/1. A space
// before the colon makes another header of one that says how long the body is: it
// must not be passed over (RFC 9112 section 5.1).
func wellFormed(r *http.Request) bool {
	for name := range r.Header {
		if strings.Contains(name, " ") {
			return false
		}
	}
	return r.ProtoMajor == 1 && (r.Host != "" || r.ProtoMinor == 0)
}

// answer answers one request.
func (t *conversation) answer(r *http.Request) {
	defer t.rescue()
	if refused := t.server.refuse(r); refused != nil {
		t.refuse(statusOf(refused), refused)
		return
	}
	body, err := t.readBody(r)
	if err != nil {
		t.refuse(statusOf(err), err)
		return
	}
	t.asker()               // while it waits for the answer it can be looked at
	t.from.left = maxHeader // what comes from here on is the next request
	t.watch.begin()
	defer t.watch.end()
	t.server.carryOut(t, r.URL.Path, body)
}

// readBody reads a request's body, which is overwritten by the answer.
func (t *conversation) readBody(r *http.Request) ([]byte, *Error) {
	if r.ContentLength > maxRequest {
		return nil, tooLarge()
	}
	if t.waits(r) {
		t.write([]byte("HTTP/1.1 100 Continue\r\n\r\n"))
	}
	if n := int(r.ContentLength); n >= 0 {
		t.scratch = slices.Grow(t.scratch[:0], n)[:n]
		if _, err := io.ReadFull(r.Body, t.scratch); err != nil {
			return nil, cutOff()
		}
		return t.scratch, nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxRequest))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, tooLarge()
	case err != nil:
		return nil, cutOff()
	}
	return body, nil
}

// waits tells whether the program wants to be told to go on before it sends the
// body (RFC 9110 section 10.1.1).
func (t *conversation) waits(r *http.Request) bool {
	return r.ContentLength != 0 && r.ProtoAtLeast(1, 1) && t.in.Buffered() == 0 &&
		strings.EqualFold(r.Header.Get("Expect"), "100-continue")
}

// rescue keeps a mistake of ours from ending the program. What a panic says may
// hold a secret: only its type is told (T61).
func (t *conversation) rescue() {
	if p := recover(); p != nil {
		t.server.log.Error("a request could not be answered", "panic", fmt.Sprintf("%T", p))
		t.last = true // nobody knows how far the request was read
		t.fail(errors.New("panic"))
	}
}
