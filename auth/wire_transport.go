package auth

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
)

var (
	errWireAddress = errors.New("the address is refused")
	errWireProxy   = errors.New("the proxy did not connect")
)

// wireAddress checks the address of an endpoint once more where it is used: it
// may come from a server's metadata.
func wireAddress(raw string) (*url.URL, error) {
	clean, err := CheckAddress(raw)
	if err != nil {
		return nil, errWireAddress
	}
	return url.Parse(clean)
}

// wireDialRule decides on the address that is really dialled, after the name
// was resolved, so that a lying resolver gets nowhere (T41).
type wireDialRule func(ip netip.Addr) bool

// wireDialPublic leaves out what no authorization server has: link-local
// addresses, where cloud machines keep their credentials, and no addresses at all.
func wireDialPublic(ip netip.Addr) bool {
	return !ip.IsLinkLocalUnicast() && !ip.IsMulticast() && !ip.IsUnspecified()
}

// wireDialLoopback is for http without TLS.
func wireDialLoopback(ip netip.Addr) bool { return ip.IsLoopback() }

// newWireTransport returns a transport with a connection per request. See
// wireCall.do for the reasons.
func newWireTransport(p WireParams, rule wireDialRule, proxy func(*http.Request) (*url.URL, error)) *http.Transport {
	dialer := &net.Dialer{
		ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
			to, err := netip.ParseAddrPort(address)
			if err != nil || !rule(to.Addr()) {
				return errWireAddress
			}
			return nil
		},
	}
	connect := dialer.DialContext
	if p.dial != nil {
		connect = p.dial
	}
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, wireConnectTimeout)
		defer cancel()
		return connect(ctx, network, address)
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:                  proxy,
		DialContext:            dial,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: p.RootCAs},
		TLSHandshakeTimeout:    wireTLSTimeout,
		ResponseHeaderTimeout:  wireAnswerTimeout,
		MaxResponseHeaderBytes: wireMaxHeader,
		DisableKeepAlives:      true,
		Protocols:              protocols,
		OnProxyConnectResponse: func(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
			if answer.StatusCode != http.StatusOK {
				return errWireProxy
			}
			return nil
		},
	}
}

// wireHeaderSafe tells whether a token can stand in a header: visible ASCII.
func wireHeaderSafe(token string) bool {
	return token != "" && !strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}
