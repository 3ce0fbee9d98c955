package auth

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"time"
)

// aheadFresh is for how long a connection that was made ahead is used: no server
// drops one that is so young because it has heard nothing yet.
var aheadFresh = 2 * time.Second

// wireAhead is the connection of one request to come. It is made while the intent
// to send the request is written to the disk; nothing is sent on it before that.
// nil is none.
type wireAhead struct {
	address string // host and port
	cancel  context.CancelFunc
	done    chan struct{} // closed when the tries to connect have ended; what follows is set by then
	conn    net.Conn
	err     error
	at      time.Time
}

// ahead begins to connect to where r goes and does not wait for it. It returns
// nil where a proxy or settings of r's own stand in between. The caller closes it.
func (w *Wire) ahead(ctx context.Context, r ClientRequest) *wireAhead {
	address, err := wireAddress(r.Endpoint)
	if err != nil || r.connectsByItself() {
		return nil
	}
	transport := w.transport(address)
	if transport.Proxy != nil {
		if proxy, err := transport.Proxy(&http.Request{URL: address}); proxy != nil || err != nil {
			return nil
		}
	}
	port := cmp.Or(address.Port(), map[string]string{"http": "80", "https": "443"}[address.Scheme])
	ctx, cancel := context.WithCancel(ctx)
	a := &wireAhead{address: net.JoinHostPort(address.Hostname(), port), cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(a.done)
		a.conn, a.err = transport.DialContext(ctx, "tcp", a.address)
		a.at = time.Now()
	}()
	return a
}

// take waits for the connection, or for why there is none, and hands it out once.
// ok is false when the caller has to connect by itself.
func (a *wireAhead) take(ctx context.Context, address string) (conn net.Conn, ok bool, err error) {
	if a == nil || a.address != address {
		return nil, false, nil
	}
	select {
	case <-a.done:
	case <-ctx.Done():
		return nil, true, ctx.Err()
	}
	if a.err != nil || a.conn == nil || time.Since(a.at) > aheadFresh {
		return nil, a.err != nil, a.err
	}
	conn, a.conn = a.conn, nil
	return conn, true, nil
}

// close ends the tries, and the connection when nobody took it.
func (a *wireAhead) close() {
	if a == nil {
		return
	}
	a.cancel()
	<-a.done
	if a.conn != nil {
		_ = a.conn.Close()
	}
}

// wireAheadKey finds the connection in the context of the request that is to use it.
type wireAheadKey struct{}

// with gives the connection to the requests of ctx.
func (a *wireAhead) with(ctx context.Context) context.Context {
	return context.WithValue(ctx, wireAheadKey{}, a)
}

// wireAheadOf is the connection that with gave to ctx.
func wireAheadOf(ctx context.Context) *wireAhead {
	a, _ := ctx.Value(wireAheadKey{}).(*wireAhead)
	return a
}
