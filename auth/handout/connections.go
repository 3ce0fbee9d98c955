package handout

import (
	"sync"
	"time"
)

// maxConnections is how many programs are spoken to at the same time; more wait.
const maxConnections = 512

// connections are the conversations under way. Safe for concurrent use.
type connections struct {
	room   chan struct{}  // holds one for each
	next   chan *peerConn // for goroutines that wait for one
	closed chan struct{}  // with closing

	mu      sync.Mutex
	all     map[*conversation]struct{}
	rests   uint64 // how often one came to rest
	waiting bool   // a program waits for room
	closing bool   // nothing new is begun
	over    sync.WaitGroup
}

func newConnections() *connections {
	return &connections{
		room: make(chan struct{}, maxConnections), next: make(chan *peerConn), closed: make(chan struct{}),
		all: map[*conversation]struct{}{},
	}
}

// makeRoom waits until one more conversation may begin, and ends resting ones for
// that: a program that forgets to close its connections must not keep others out.
// It reports false after stop.
func (c *connections) makeRoom() bool {
	select {
	case c.room <- struct{}{}:
		return true
	default:
	}
	c.setWaiting(true)
	defer c.setWaiting(false)
	select {
	case c.room <- struct{}{}:
		return true
	case <-c.closed:
		return false
	}
}

// giveRoom takes makeRoom back: a conversation has ended, or none began.
func (c *connections) giveRoom() { <-c.room }

// setWaiting tells whether a program waits, and ends the conversation for it that
// has rested the longest.
func (c *connections) setWaiting(waiting bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = waiting
	if !waiting {
		return
	}
	var longest *conversation
	for t := range c.all {
		if t.resting() && (longest == nil || t.restedAt < longest.restedAt) {
			longest = t
		}
	}
	if longest != nil {
		_ = longest.conn.Close()
	}
}

// resting tells whether a conversation is between two requests.
func (t *conversation) resting() bool { return !t.answering && t.restedAt > 0 }

// lingerTime is how long a goroutine waits for another connection: to make one
// for each, with a stack that can answer, takes a part of the time of an answer.
const lingerTime = time.Second

// begin has a connection's requests answered; makeRoom has made room for it.
func (c *connections) begin(s *Server, conn *peerConn) {
	select {
	case c.next <- conn:
		return
	default:
	}
	c.over.Go(func() {
		growStack()
		t := s.newConversation()
		linger := time.NewTimer(lingerTime)
		for ; conn != nil; conn = c.another(linger) {
			t.open(conn)
			c.add(t)
			t.run()
			c.end(t)
		}
		t.cancel()
	})
}

// another waits for a connection for a while; nil when none has come.
func (c *connections) another(linger *time.Timer) *peerConn {
	linger.Reset(lingerTime)
	select {
	case conn := <-c.next:
		return conn
	case <-linger.C:
	case <-c.closed:
	}
	return nil
}

func (c *connections) add(t *conversation) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all[t] = struct{}{}
}

func (c *connections) end(t *conversation) {
	_ = t.conn.Close()
	c.mu.Lock()
	delete(c.all, t)
	c.mu.Unlock()
	c.giveRoom()
}

// work notes that a request arrives; it reports false when it is not answered any more.
func (c *connections) work(t *conversation) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing && t.restedAt > 0 {
		return false
	}
	t.answering = true
	t.last = c.closing
	return true
}

// rest notes that the answer was sent; it reports false when the conversation is over.
func (c *connections) rest(t *conversation) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rests++
	t.answering, t.restedAt = false, c.rests
	return !c.waiting && !c.closing
}

// stop lets nothing new begin.
func (c *connections) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closing {
		c.closing = true
		close(c.closed)
	}
}

// close ends conversations that rest at once, after stop. One that has a request
// to answer, or has not asked anything yet, gets some time.
func (c *connections) close(patience time.Duration) {
	c.mu.Lock()
	for t := range c.all {
		if t.resting() {
			_ = t.conn.Close()
		}
	}
	c.mu.Unlock()
	ended := make(chan struct{})
	go func() {
		c.over.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return
	case <-time.After(patience):
	}
	c.mu.Lock()
	for t := range c.all {
		_ = t.conn.Close() // first: that the server ends is not told as the program's own wish
		t.cancel()
	}
	c.mu.Unlock()
	select {
	case <-ended:
	case <-time.After(patience): // it hangs in something that has limits of its own
	}
}
