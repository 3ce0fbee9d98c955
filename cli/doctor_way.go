package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"time"
)

// The hops of a way, in their order.
const (
	hopDNS   = "dns"
	hopTCP   = "tcp"
	hopProxy = "proxy"
	hopTLS   = "tls"
	hopHTTP  = "http"
)

// hopNames are for the reader.
var hopNames = map[string]string{hopDNS: "DNS", hopTCP: "TCP", hopProxy: "proxy", hopTLS: "TLS", hopHTTP: "HTTP"}

// way is what is known of one request on its way.
type way struct {
	target *url.URL
	proxy  string // host and port; "": none
	now    func() time.Time

	mu        sync.Mutex // the trace comes from several goroutines
	dialled   time.Time
	connected bool
	inTLS     bool
	hops      []hop
}

func newWay(target *url.URL, now func() time.Time) *way { return &way{target: target, now: now} }

// done adds a hop that went well.
func (w *way) done(name, format string, args ...any) {
	w.hops = append(w.hops, hop{Name: name, Verdict: verdictOK, Found: fmt.Sprintf(format, args...)})
}

// watched returns a context whose request tells of its hops.
func (w *way) watched(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		DNSDone: func(i httptrace.DNSDoneInfo) {
			w.mu.Lock()
			defer w.mu.Unlock()
			if i.Err == nil {
				w.done(hopDNS, "%s", counted(len(i.Addrs), "address", "addresses"))
			}
		},
		ConnectStart: func(string, string) {
			w.mu.Lock()
			defer w.mu.Unlock()
			if w.dialled.IsZero() {
				w.dialled = w.now()
			}
		},
		ConnectDone: func(_, address string, err error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			if err == nil && !w.connected { // of several addresses the first one counts
				w.connected = true
				w.done(hopTCP, "%s in %s", address, shortly(w.now().Sub(w.dialled)))
			}
		},
		TLSHandshakeStart: func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.inTLS = true
		},
		TLSHandshakeDone: func(s tls.ConnectionState, err error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			if err == nil && len(s.PeerCertificates) > 0 {
				leaf := s.PeerCertificates[0]
				w.inTLS = false
				w.done(hopTLS, "%s, certificate by %s until %s", tls.VersionName(s.Version), authorityOf(leaf), leaf.NotAfter.UTC().Format(time.DateOnly))
			}
		},
	})
}

// proxyAnswered is for http.Transport.
func (w *way) proxyAnswered(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if answer.StatusCode != http.StatusOK {
		return &proxyError{answer.StatusCode}
	}
	w.done(hopProxy, "%s connects", w.proxy)
	return nil
}

// proxyError is a proxy that answered, but did not connect.
type proxyError struct{ status int }

// Error implements error.
func (e *proxyError) Error() string { return fmt.Sprintf("the proxy answered %d", e.status) }

// http adds the answer.
func (w *way) http(status int) { w.done(hopHTTP, "%d", status) }

func (w *way) text() string { return hopWords(w.hops) }

// brokenAt says at which hop an error came up, and what to do about it.
func (w *way) brokenAt(err error) (name, found, do string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var (
		dns         *net.DNSError
		proxy       *proxyError
		op          *net.OpError
		certificate *tls.CertificateVerificationError
		inTheEnd    = errors.Is(err, context.DeadlineExceeded)
	)
	switch {
	case errors.As(err, &dns):
		return hopDNS, "no address for " + dns.Name, "Check the name in the authorization, the network and its DNS servers (VPN?)."
	case errors.As(err, &proxy) && proxy.status == http.StatusProxyAuthRequired:
		return hopProxy, w.proxy + " wants a user name and a password", proxyAdvice
	case errors.As(err, &proxy):
		return hopProxy, fmt.Sprintf("%s answers %d and does not connect", w.proxy, proxy.status), "Ask who runs the proxy to let this host through."
	case w.proxy != "" && !w.connected && errors.As(err, &op):
		return hopProxy, w.proxy + " can't be reached", "Correct HTTPS_PROXY, or name the host in NO_PROXY."
	case errors.As(err, &certificate):
		found, do = badCertificate(certificate)
		return hopTLS, found, do
	case !w.connected && inTheEnd:
		return hopTCP, fmt.Sprintf("no connection within %s", hostTime), "A firewall drops it: ask for the way out, or for a proxy."
	case !w.connected:
		return hopTCP, "refused, or not reachable", "Check the network, the VPN and the firewall."
	case w.inTLS && inTheEnd:
		return hopTLS, fmt.Sprintf("no answer within %s", hostTime), "A firewall holds it back: ask for the way out, or for a proxy."
	case w.inTLS:
		return hopTLS, "the other end broke off, or speaks no TLS 1.2", "Check that the port speaks https; a firewall may be in between."
	case inTheEnd:
		return hopHTTP, fmt.Sprintf("no answer within %s", hostTime), "Try again later: the service is slow."
	}
	return hopHTTP, "the connection broke off", "Try again later; a firewall may be in between."
}

// badCertificate says what is wrong with it.
func badCertificate(err *tls.CertificateVerificationError) (found, do string) {
	var (
		unknown x509.UnknownAuthorityError
		invalid x509.CertificateInvalidError
		name    x509.HostnameError
		leaf    = &x509.Certificate{}
	)
	if len(err.UnverifiedCertificates) > 0 {
		leaf = err.UnverifiedCertificates[0]
	}
	switch {
	case errors.As(err, &name):
		return "the certificate is for other names", "Check the address; an inspecting proxy or a sign-in page of the network may answer in its place."
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("the certificate holds from %s to %s", leaf.NotBefore.UTC().Format(time.DateOnly), leaf.NotAfter.UTC().Format(time.DateOnly)),
			"Check this machine's clock; if it is right, the service has to renew its certificate."
	case errors.As(err, &unknown):
		return "the certificate by " + authorityOf(leaf) + " is not trusted",
			"A proxy that inspects traffic is likely: let its CA certificate be added to the system's trusted ones."
	}
	return "the certificate can't be checked", "Update the system's trusted certificates."
}

// authorityOf names who issued a certificate.
func authorityOf(leaf *x509.Certificate) string {
	for _, name := range append([]string{leaf.Issuer.CommonName}, leaf.Issuer.Organization...) {
		if name != "" {
			return "“" + shown(name) + "”"
		}
	}
	return "an unnamed authority"
}

// shortly is a time as far as a reader cares.
func shortly(d time.Duration) time.Duration {
	return max(d.Round(time.Millisecond), time.Millisecond)
}
