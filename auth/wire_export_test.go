package auth

import (
	"context"
	"net"
)

// WithDial lets tests play the network.
func (p WireParams) WithDial(dial func(ctx context.Context, network, address string) (net.Conn, error)) WireParams {
	p.dial = dial
	return p
}
