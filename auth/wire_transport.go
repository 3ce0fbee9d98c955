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

// wireMaxAddress is the longest address that is taken (T23).
const wireMaxAddress = 8 << 10

var errWireAddress = errors.New("the address is refused")

// wireAddress checks the address of an endpoint: https, or http to this very
// machine; a host; no user, fragment or control character.
func wireAddress(raw string) (*url.URL, error) {
	if len(raw) > wireMaxAddress || strings.ContainsFunc(raw, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return nil, errWireAddress
	}
	address, err := url.Parse(raw)
	if err != nil || address.Opaque != "" || address.Hostname() == "" || address.User != nil ||
		address.Fragment != "" || strings.HasSuffix(address.Host, ":") {
		return nil, errWireAddress
	}
	switch address.Scheme {
	case "https":
		return address, nil
	case "http":
		if wireLoopbackHost(address.Hostname()) {
			return address, nil
		}
	}
	return nil, errWireAddress
}

// wireLoopbackHost tells whether host is the name localhost or a literal
// loopback address. What localhost resolves to is checked when it is dialled.
func wireLoopbackHost(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && !ip.Is4In6() && ip.Zone() == "" && ip.IsLoopback()
}

// wireDialRule decides on the address that is really dialled, after the name
// was resolved, so that a lying resolver gets nowhere (T41).
type wireDialRule func(ip netip.Addr) bool

// wireDialPublic leaves out what no authorization server has: link-local
// addresses, where cloud machines keep their credentials, and no addresses at all.
func wireDialPublic(ip netip.Addr) bool {
	ip = ip.Unmap()
	return !ip.IsLinkLocalUnicast() && !ip.IsMulticast() && !ip.IsUnspecified()
}

// wireDialLoopback is for http without TLS.
func wireDialLoopback(ip netip.Addr) bool { return ip.IsLoopback() }

// newWireTransport returns a transport with a connection per request. See
// wireCall.do for the reasons.
func newWireTransport(p WireParams, rule wireDialRule, proxy func(*http.Request) (*url.URL, error)) *http.Transport {
	dialer := &net.Dialer{
		Timeout: wireConnectTimeout,
		ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
			to, err := netip.ParseAddrPort(address)
			if err != nil || !rule(to.Addr()) {
				return errWireAddress
			}
			return nil
		},
	}
	dial := dialer.DialContext
	if p.dial != nil {
		dial = p.dial
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
	}
}

// wireHeaderSafe tells whether a token can stand in a header: visible ASCII.
func wireHeaderSafe(token string) bool {
	return token != "" && !strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}
