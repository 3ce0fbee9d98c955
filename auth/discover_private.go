package auth

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
)

// FillFromIssuer reads the metadata of an issuer. A host on a private network
// gives a *Failure of code CodePrivateAddress unless private is true (T41); an
// issuer that is no address gives FieldErrors. The endpoints come as a service
// holds them: what only stored authorizations have is left out.
func (e *Engine) FillFromIssuer(ctx context.Context, issuer string, private bool) (Metadata, error) {
	issuer = strings.TrimSpace(issuer)
	field := ServiceField("issuer")
	if message, fix := checkIssuer(issuer); message != "" {
		return Metadata{}, FieldErrors{{Field: field, Message: message, Fix: fix}}
	}
	if _, err := CheckAddress(issuer); err != nil {
		return Metadata{}, FieldErrors{{Field: field, Message: addressMessage(issuer, err)}}
	}
	ask := e.wire.Metadata
	if !private {
		ask = e.wire.publicMetadata
	}
	found, err := ask(ctx, issuer, nil)
	if err != nil {
		return Metadata{}, Explain(err, ExplainContext{Host: hostOf(issuer)})
	}
	found.Endpoints.Issuer, found.Endpoints.MTLS = "", MTLSEndpoints{}
	return found, nil
}

// publicMetadata is Metadata that dials no private address: its error has
// CodePrivateAddress then, and nothing was sent. It is judged where a name has
// been resolved already, so that a resolver that changes its mind gets nowhere.
// Through a proxy, which resolves names by itself, only literals are judged.
func (w *Wire) publicMetadata(ctx context.Context, issuer string, quirks []Quirk) (Metadata, error) {
	public, kept := w.public()
	if u, err := url.Parse(issuer); err == nil && privateHost(u.Hostname()) {
		call := w.newCall(OpDiscover, http.MethodGet)
		call.host = u.Host
		return Metadata{}, call.failed(NotSent, CodePrivateAddress, nil)
	}
	found, err := public.Metadata(ctx, issuer, quirks)
	var failed *WireError
	if errors.As(err, &failed) && failed.Phase == NotSent && kept.Load() {
		failed.Code = CodePrivateAddress
	}
	return found, err
}

// public returns a Wire that dials no private address, and what tells that it
// was kept from one. It is for one request at a time.
func (w *Wire) public() (via *Wire, kept *atomic.Bool) {
	kept = new(atomic.Bool)
	var proxied atomic.Bool
	rule := func(ip netip.Addr) bool {
		if !proxied.Load() && privateAddress(ip) {
			kept.Store(true)
			return false
		}
		return wireDialPublic(ip)
	}
	ask := w.params.proxy
	if ask == nil {
		ask = http.ProxyFromEnvironment
	}
	c := wireConnection{
		answer: wireAnswerTimeout, tls: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: w.params.RootCAs},
		proxy: notingProxy(func(r *http.Request) (*url.URL, error) {
			used, err := ask(r)
			proxied.Store(used != nil)
			return used, err
		}),
	}
	public := *w
	public.secure = newWireTransport(w.params, rule, c)
	c.proxy = nil
	public.plain = newWireTransport(w.params, rule, c)
	return &public, kept
}

// sharedNetwork holds the addresses behind a provider's own translation (RFC 6598).
var sharedNetwork = netip.MustParsePrefix("100.64.0.0/10")

// privateAddress tells whether an address is one of this machine or of a network
// that is not the internet.
func privateAddress(ip netip.Addr) bool {
	ip = ip.Unmap()
	return ip.IsLoopback() || ip.IsPrivate() || sharedNetwork.Contains(ip)
}

// privateHost is privateAddress for a host that is written as an address.
func privateHost(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && privateAddress(ip)
}
