package auth

import (
	"context"
	"net"
	"net/http"
	"slices"
	"sync"
)

// connections bounds how many connections a Loopback holds. One too many costs
// the oldest its life, not the newest: a crowd of idle sockets must not keep
// the genuine answer out (T21). The zero value is ready.
type connections struct {
	mu      sync.Mutex
	open    []*connection // oldest first
	running sync.WaitGroup
}

type connection struct {
	conn net.Conn
	used bool // a byte of a request has come
	kept bool // it waits for the clean page
}

type connectionKey struct{}

// remember lets a handler find its connection.
func (c *connections) remember(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, connectionKey{}, conn)
}

// changed is the server's ConnState hook.
func (c *connections) changed(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch state {
	case http.StateNew:
		c.running.Add(1)
		c.open = append(c.open, &connection{conn: conn})
		c.evict()
	case http.StateActive:
		if found := c.find(conn); found != nil {
			found.used = true
		}
	case http.StateIdle:
	case http.StateHijacked, http.StateClosed:
		c.open = slices.DeleteFunc(c.open, func(o *connection) bool { return o.conn == conn })
		c.running.Done()
	}
}

// evict closes the oldest connection that nobody needs once there are too many.
func (c *connections) evict() {
	if len(c.open) <= loopbackConnections {
		return
	}
	i := slices.IndexFunc(c.open, func(o *connection) bool { return !o.kept })
	if i < 0 {
		i = len(c.open) - 1
	}
	_ = c.open[i].conn.Close() // the server notices and reports StateClosed
	c.open = slices.Delete(c.open, i, i+1)
}

// keep spares the request's connection from eviction.
func (c *connections) keep(r *http.Request) {
	conn, ok := r.Context().Value(connectionKey{}).(net.Conn)
	if !ok {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if found := c.find(conn); found != nil {
		found.kept = true
	}
}

// closeUnused ends the connections that a browser opened in advance and never
// used: Shutdown would wait for them.
func (c *connections) closeUnused() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, o := range c.open {
		if !o.used {
			_ = o.conn.Close() // a connection without a request has nothing to lose
		}
	}
}

// wait returns when no connection is served any more.
func (c *connections) wait() { c.running.Wait() }

func (c *connections) find(conn net.Conn) *connection {
	for _, o := range c.open {
		if o.conn == conn {
			return o
		}
	}
	return nil
}
