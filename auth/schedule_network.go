package auth

import (
	"net"
	"slices"
	"strings"
	"time"
)

// retry lets every host that was not reached be probed at once. The mutex is held.
func (t *traffic) retry(now time.Duration) {
	for _, h := range t.hosts {
		if h.reach.tripped() {
			h.reach.failures, h.reach.until, h.reach.since = hostLimit, now+jitter(breakerPause), now
		}
	}
}

// reset gives everything that was not reached, or broken, its chance: the
// machine was asleep, or its clock can't be trusted. What a service asked for
// by Retry-After still counts.
func (t *traffic) reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.mono()
	t.retry(now)
	for _, b := range t.endpoints {
		if b.tripped() {
			b.failures, b.until, b.since = b.limit, now+jitter(breakerPause), now
		}
	}
}

// linkChanged looks whether the machine's network has changed since a host was
// not reached, and lets it be probed then.
func (t *traffic) linkChanged() {
	t.mu.Lock()
	defer t.mu.Unlock()
	down := false
	for _, h := range t.hosts {
		down = down || h.reach.tripped()
	}
	if !down {
		t.seen = ""
		return
	}
	if now := t.link(); now != t.seen {
		t.seen = now
		t.retry(t.mono())
	}
}

// noneWaits ends the talk of a missing network when nothing waits for one.
func (e *Engine) noneWaits() {
	e.traffic.mu.Lock()
	was := e.traffic.offline
	e.traffic.offline = false
	e.traffic.mu.Unlock()
	if was {
		e.publish(EventNetwork, "")
	}
}

// Offline tells whether the last requests failed for want of a network. Quick.
func (e *Engine) Offline() bool {
	e.traffic.mu.Lock()
	defer e.traffic.mu.Unlock()
	return e.traffic.offline
}

// unreached tells that a request did not get to the service: no network, no
// name, a proxy or a login page in between (R21, R23).
func (e *WireError) unreached() bool {
	switch e.Code {
	case CodeNetworkUnreachable, CodeDNS, CodeTimeout, CodeProxy, CodeTLS, CodeTLSUntrusted, CodeTLSExpired, CodeTLSWrongName, CodeTLSVersion:
		return e.Phase == NotSent
	case CodeCaptivePortal, CodeRedirectRefused:
		return true
	default:
		return false
	}
}

// overloaded tells that the service itself does not work at the moment.
func (e *WireError) overloaded() bool {
	return e.Phase == Ambiguous || e.Status >= 500 || e.Status == 429
}

// linkFingerprint describes the addresses of this machine that lead elsewhere.
func linkFingerprint() string {
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return "unknown"
	}
	var all []string
	for _, address := range addresses {
		if ip, ok := address.(*net.IPNet); ok && !ip.IP.IsLoopback() && !ip.IP.IsLinkLocalUnicast() {
			all = append(all, ip.String())
		}
	}
	slices.Sort(all)
	return "up " + strings.Join(all, " ")
}
