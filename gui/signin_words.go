package gui

import (
	"net/url"
	"strings"
)

// hostOf returns host and port of an address, "" when there is none.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
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
