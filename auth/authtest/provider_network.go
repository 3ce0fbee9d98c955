package authtest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

// World is a network of one handler: every host name leads to it, by TLS with a
// certificate of that name. Connections are pipes, so that a test in a synctest
// bubble can use it. Safe for concurrent use.
type World struct {
	authority *x509.Certificate
	key       *ecdsa.PrivateKey
	mu        sync.Mutex
	leaves    map[string]*tls.Certificate
}

// NewWorld returns a world with a certificate authority of its own.
func NewWorld(t testing.TB) *World {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	w := &World{key: key, leaves: map[string]*tls.Certificate{}}
	// A bubble's clock begins in 2000.
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "World"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC),
		KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	if w.authority, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return w
}

// RootCAs trusts the world's authority alone.
func (w *World) RootCAs() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(w.authority)
	return pool
}

// certificate returns the certificate of a host.
func (w *World) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if leaf := w.leaves[hello.ServerName]; leaf != nil {
		return leaf, nil
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(int64(len(w.leaves) + 2)), Subject: pkix.Name{CommonName: hello.ServerName},
		DNSNames: []string{hello.ServerName}, NotBefore: w.authority.NotBefore, NotAfter: w.authority.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, w.authority, &w.key.PublicKey, w.key)
	if err != nil {
		return nil, err
	}
	leaf := &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: w.key}
	w.leaves[hello.ServerName] = leaf
	return leaf, nil
}

// Serve serves handler until the test ends and returns how to reach it, plain for
// the ports of plainPorts.
func (w *World) Serve(t testing.TB, handler http.Handler, plainPorts ...string) func(ctx context.Context, network, address string) (net.Conn, error) {
	t.Helper()
	pipes := &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute, ErrorLog: discardLog}
	var running sync.WaitGroup
	running.Go(func() { _ = server.Serve(pipes) })
	var mu sync.Mutex
	var ends []net.Conn
	t.Cleanup(func() {
		_ = pipes.Close()
		mu.Lock()
		defer mu.Unlock()
		for _, end := range ends { // both sides may be about to say good-bye, which nobody reads
			_ = end.Close()
		}
		// Only now: it holds a lock while it says good-bye, and no clock of a test
		// goes on while others wait for that.
		_ = server.Close()
		running.Wait()
	})
	// A plain curve spares the race detector thousands of costly handshakes.
	config := &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: w.certificate, CurvePreferences: []tls.CurveID{tls.X25519}}
	return func(ctx context.Context, _, address string) (net.Conn, error) {
		_, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		here, there := net.Pipe()
		mu.Lock()
		ends = append(ends, here, there)
		mu.Unlock()
		accepted := there
		if !slices.Contains(plainPorts, port) {
			accepted = tls.Server(there, config)
		}
		select {
		case pipes.conns <- accepted:
			return here, nil
		case <-pipes.done:
			return nil, net.ErrClosed
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// pipeListener accepts the far ends of pipes.
type pipeListener struct {
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

// Accept implements net.Listener.
func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (l *pipeListener) Close() error { l.once.Do(func() { close(l.done) }); return nil }

// Addr implements net.Listener.
func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }
