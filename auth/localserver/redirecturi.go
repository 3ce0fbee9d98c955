package localserver

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// redirectAllowed tells whether requested is one of the registered redirect
// URIs. They are compared as strings (RFC 9700 4.1.3) but for the port of a
// loopback literal, which may be any (RFC 8252 7.3). A host name such as
// localhost is never a loopback literal.
func redirectAllowed(registered []string, requested string) bool {
	target, ok := parseRedirect(requested)
	if !ok {
		return false
	}
	if slices.Contains(registered, requested) {
		return true
	}
	if !loopbackLiteral(target) {
		return false
	}
	for _, raw := range registered {
		r, ok := parseRedirect(raw)
		if ok && loopbackLiteral(r) && r.Hostname() == target.Hostname() &&
			r.EscapedPath() == target.EscapedPath() && r.RawQuery == target.RawQuery && r.ForceQuery == target.ForceQuery {
			return true
		}
	}
	return false
}

// parseRedirect takes absolute http and https addresses without user
// information or fragment; everything else is no redirect URI here.
func parseRedirect(raw string) (*url.URL, bool) {
	if strings.Contains(raw, "#") {
		return nil, false
	}
	u, err := url.Parse(raw)
	if err != nil || u.User != nil || u.Opaque != "" || u.Host == "" {
		return nil, false
	}
	return u, u.Scheme == "http" || u.Scheme == "https"
}

// loopbackLiteral tells whether u is http on 127.0.0.1 or [::1], written so,
// with no port or a usable one.
func loopbackLiteral(u *url.URL) bool {
	if u.Scheme != "http" {
		return false
	}
	port, found := "", false
	for _, host := range []string{"127.0.0.1", "[::1]"} {
		if rest, ok := strings.CutPrefix(u.Host, host); ok {
			port, found = rest, true
		}
	}
	if !found || port == "" {
		return found
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(port, ":"), 10, 16)
	return err == nil && n > 0 && strings.HasPrefix(port, ":")
}
