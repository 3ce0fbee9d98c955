package auth

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"time"
)

// WithDial lets tests play the network.
func (p WireParams) WithDial(dial func(ctx context.Context, network, address string) (net.Conn, error)) WireParams {
	p.dial = dial
	return p
}

// WithProxy lets tests play the environment; "" stands for no proxy.
func (p WireParams) WithProxy(proxy string) WireParams {
	p.proxy = func(*http.Request) (*url.URL, error) {
		if proxy == "" {
			return nil, nil // as http.ProxyFromEnvironment answers
		}
		return url.Parse(proxy)
	}
	return p
}

// SetAheadFresh changes for how long a connection that was made ahead is used,
// and returns what brings the time back.
func SetAheadFresh(fresh time.Duration) (back func()) {
	was := aheadFresh
	aheadFresh = fresh
	return func() { aheadFresh = was }
}
