package auth

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The bounds of the listener (T21, T22).
const (
	loopbackHeaderTimeout = 5 * time.Second
	loopbackHeaderBytes   = 16 << 10 // the request line and its query included
	loopbackConnections   = 64
	loopbackResultWait    = 30 * time.Second // how long the clean page waits for the outcome
	loopbackDelivery      = 3 * time.Second  // how long the outcome waits for the clean page
	loopbackShutdown      = time.Second
)

// httpSlop is what net/http adds to Server.MaxHeaderBytes.
const httpSlop = 4 << 10

// Loopback is the redirect endpoint of one sign-in (RFC 8252 section 7.3): a
// listener on literal loopback addresses, held from the moment in which the
// port is known until Close. It answers one path, shows only pages of our own
// words, and leaves it to its flow what an answer is worth. Safe for
// concurrent use.
type Loopback struct {
	redirectURI string
	authority   string // the only Host that is answered (T19)
	path        string // of the redirect URI; "/" when that has none
	clean       string // where the browser is sent after an answer (T14)
	listeners   []net.Listener

	server *http.Server
	conns  connections
	judge  func(rawQuery string) answerVerdict // set by serve

	outcome   chan struct{} // closed when succeeded is known
	succeeded bool
	delivered chan struct{} // closed when the clean page was shown, or given up by the browser
	closed    chan struct{}
	serving   sync.WaitGroup

	outcomeOnce, deliveredOnce, closeOnce sync.Once
}

// answerVerdict is what a flow says of one request to the redirect URI.
type answerVerdict int

const (
	answerTaken     answerVerdict = iota // the answer of this sign-in; the first one
	answerUsed                           // this sign-in has had its answer, or is over
	answerStray                          // not an answer of this sign-in: nothing changes
	answerMalformed                      // not readable as an answer: nothing changes
)

// ListenLoopback binds the redirect's address. Port 0 takes a free port, once
// and for good (T17). For the name localhost both families are held on the
// port, since another program could hold the other one (T16). The error is a
// *Failure that names the port (T18); its State is not set.
func ListenLoopback(r Redirect) (*Loopback, error) {
	if err := checkRedirect(r); err != nil {
		return nil, err
	}
	listeners, port, err := bindLoopback(r)
	if err != nil {
		return nil, listenFailure(r, err)
	}
	r.Port = port
	return newLoopback(r, listeners), nil
}

// checkRedirect refuses what is not a loopback redirect of ours.
func checkRedirect(r Redirect) error {
	known := r.Host == "127.0.0.1" || r.Host == "::1" || r.Host == "localhost"
	plain := r.Path == "" || strings.HasPrefix(r.Path, "/") && (&url.URL{Path: r.Path}).EscapedPath() == r.Path
	if !known || !plain || r.Port < 0 || r.Port > 65535 {
		return &CodedError{Code: CodeAddressRefused, Cause: errors.New("the redirect URI is not a loopback address")}
	}
	return nil
}

// bindLoopback opens one listener per family that the redirect's host stands for.
func bindLoopback(r Redirect) ([]net.Listener, int, error) {
	if r.Host != "localhost" {
		l, err := listenOn(r.Host, r.Port)
		if err != nil {
			return nil, 0, err
		}
		return []net.Listener{l}, portOf(l), nil
	}
	const attempts = 10 // a free port of one family may be taken in the other
	for attempt := 1; ; attempt++ {
		listeners, err := bindBoth(r.Port)
		if err == nil {
			return listeners, portOf(listeners[0]), nil
		}
		if r.Port != 0 || attempt == attempts {
			return nil, 0, err
		}
	}
}

// bindBoth holds port (0: a free one) on both families, or on IPv4 alone where
// the machine has no IPv6.
func bindBoth(port int) ([]net.Listener, error) {
	v4, err := listenOn("127.0.0.1", port)
	if err != nil {
		return nil, err
	}
	v6, err := listenOn("::1", portOf(v4))
	if err == nil {
		return []net.Listener{v4, v6}, nil
	}
	if probe, absent := listenOn("::1", 0); absent == nil {
		return nil, errors.Join(err, probe.Close(), v4.Close())
	}
	return []net.Listener{v4}, nil
}

func listenOn(host string, port int) (net.Listener, error) {
	config := net.ListenConfig{Control: exclusivePort}
	return config.Listen(context.Background(), "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
}

func portOf(l net.Listener) int {
	address, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return 0
	}
	return address.Port
}

// listenFailure says which port could not be had.
func listenFailure(r Redirect, cause error) *Failure {
	f := Explain(&CodedError{Code: CodePortInUse, Cause: cause}, ExplainContext{})
	f.Happened = fmt.Sprintf("Port %d on %s, where the browser hands over the answer, is held by another program or closed to this one. The browser was not opened.", r.Port, r.Host)
	if r.Port == 0 {
		f.Happened = fmt.Sprintf("No port on %s could be opened for the answer of the browser. The browser was not opened.", r.Host)
	}
	return f
}

// newLoopback makes a Loopback over listeners that hold the redirect's port.
func newLoopback(r Redirect, listeners []net.Listener) *Loopback {
	authority := net.JoinHostPort(r.Host, strconv.Itoa(r.Port))
	l := &Loopback{
		redirectURI: "http://" + authority + r.Path,
		authority:   authority,
		path:        r.Path,
		listeners:   listeners,
		outcome:     make(chan struct{}),
		delivered:   make(chan struct{}),
		closed:      make(chan struct{}),
	}
	if r.Port == 80 { // browsers leave the scheme's own port out of Host
		l.authority = strings.TrimSuffix(authority, ":80")
	}
	if l.path == "" {
		l.path = "/"
	}
	l.clean = strings.TrimRight(l.path, "/") + "/done"
	l.server = &http.Server{
		Handler:           http.HandlerFunc(l.handle),
		ReadHeaderTimeout: loopbackHeaderTimeout,
		IdleTimeout:       loopbackHeaderTimeout,
		WriteTimeout:      loopbackResultWait + loopbackHeaderTimeout,
		MaxHeaderBytes:    loopbackHeaderBytes - httpSlop,
		ConnState:         l.conns.changed,
		ConnContext:       l.conns.remember,
		ErrorLog:          quietLog, // a stranger's broken requests are no event of ours
	}
	return l
}

// serve begins to answer. judge is called for each readable request to the
// redirect URI, concurrently.
func (l *Loopback) serve(judge func(rawQuery string) answerVerdict) {
	l.judge = judge
	for _, listener := range l.listeners {
		l.serving.Go(func() { _ = l.server.Serve(listener) }) // ends with Close, which is the one error there is
	}
}

// RedirectURI is the literal that goes into the authorization request.
func (l *Loopback) RedirectURI() string { return l.redirectURI }

// finish lets the clean page tell the outcome and closes the listener. With
// awaited, the browser was sent to that page: it gets a few seconds to fetch it.
func (l *Loopback) finish(succeeded, awaited bool) {
	l.outcomeOnce.Do(func() {
		l.succeeded = succeeded
		close(l.outcome)
	})
	if awaited {
		limit := time.NewTimer(loopbackDelivery)
		defer limit.Stop()
		select {
		case <-l.delivered:
		case <-l.closed:
		case <-limit.C:
		}
		l.conns.closeUnused()
		ctx, cancel := context.WithTimeout(context.Background(), loopbackShutdown)
		defer cancel()
		_ = l.server.Shutdown(ctx) // what did not end in time is closed below
	}
	l.Close()
}

// Close frees the port at once, ends every connection and returns when nothing
// of the listener runs any more. It may be called again.
func (l *Loopback) Close() {
	l.closeOnce.Do(func() {
		close(l.closed)
		_ = l.server.Close()
		for _, listener := range l.listeners {
			_ = listener.Close() // closed twice when it was served; there is nothing to do about either
		}
	})
	l.serving.Wait()
	l.conns.wait()
}
