package gui

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"fyne.io/fyne/v2/lang"
)

// hostOf returns host and port of an address, "" when there is none.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// onThisComputer tells whether no other device reaches an address (RFC 6761
// section 6.3 reserves localhost and the names below it).
func onThisComputer(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	name := strings.ToLower(u.Hostname())
	ip, err := netip.ParseAddr(name)
	return err == nil && ip.IsLoopback() || name == "localhost" || strings.HasSuffix(name, ".localhost")
}

// portOf returns the port of an address, a dash when it names none.
func portOf(address string) string {
	if u, err := url.Parse(address); err == nil && u.Port() != "" {
		return u.Port()
	}
	return dash
}

// shortID returns the ends of a long identifier.
func shortID(id string) string {
	runes := []rune(id)
	if len(runes) <= 24 {
		return id
	}
	return string(runes[:8]) + "…" + string(runes[len(runes)-4:])
}

// scopeCount counts the scopes of a request, whichever way they are separated.
func scopeCount(scope string) int {
	return len(strings.FieldsFunc(scope, func(r rune) bool { return r == ' ' || r == ',' }))
}

// countdown writes the time that is left in minutes and seconds.
func countdown(left time.Duration) string {
	left = max(left, 0).Round(time.Second)
	return fmt.Sprintf("%d:%02d", int(left.Minutes()), int(left.Seconds())%60)
}

// pageName is an address as people read it: host and path, without the scheme
// and what follows the path.
func pageName(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host + strings.TrimSuffix(u.Path, "/")
}

// askedFor sums up what a sign-in asks for.
func askedFor(scopes []string) string {
	data := map[string]any{"N": len(scopes), "Scopes": strings.Join(scopes, ", ")}
	switch len(scopes) {
	case 0:
		return ""
	case 1:
		return lang.L("Asks for 1 permission: {{.Scopes}}", data)
	default:
		return lang.L("Asks for {{.N}} permissions: {{.Scopes}}", data)
	}
}
