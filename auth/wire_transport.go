package auth

import (
	"context"
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
	// errWireProxyAuth: it wants a user name and a password, or others.
	errWireProxyAuth = errors.New("the proxy did not let us in")
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
func newWireTransport(p WireParams, rule wireDialRule, c wireConnection) *http.Transport {
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
		if conn, ok, err := wireAheadOf(ctx).take(ctx, address); ok {
			return conn, err
		}
		ctx, cancel := context.WithTimeout(ctx, wireConnectTimeout)
		defer cancel()
		return connect(ctx, network, address)
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:                  c.proxy,
		DialContext:            dial,
		TLSClientConfig:        c.tls,
		TLSHandshakeTimeout:    wireTLSTimeout,
		ResponseHeaderTimeout:  c.answer,
		MaxResponseHeaderBytes: wireMaxHeader,
		DisableKeepAlives:      true,
		Protocols:              protocols,
		OnProxyConnectResponse: func(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
			switch answer.StatusCode {
			case http.StatusOK:
				return nil
			case http.StatusProxyAuthRequired:
				return errWireProxyAuth
			default:
				return errWireProxy
			}
		},
	}
}

// wireHeaderSafe tells whether a token can stand in a header: visible ASCII.
func wireHeaderSafe(token string) bool {
	return token != "" && !strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}
