package auth

import "net/netip"

// PrivateAddress is privateAddress, for tests.
func PrivateAddress(ip netip.Addr) bool { return privateAddress(ip) }
