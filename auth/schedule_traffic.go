package auth

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
)

// How token endpoints are spared (R21, R24, R25, R30).
const (
	perHost        = 4  // requests in flight to one host
	inAll          = 16 // requests of automatic refreshes in flight
	jobsInAll      = 32 // automatic refreshes under way, those included that store their tokens
	endpointLimit  = 5  // failures in a row until an endpoint is left alone
	hostLimit      = 1  // requests that did not reach a host until it is left alone
	breakerPause   = 5 * time.Second
	breakerLongest = 15 * time.Minute
)

// traffic knows how the hosts and endpoints of token requests fare. All times
// are on the engine's monotonic clock, which no change of the wall clock moves.
// Safe for concurrent use.
type traffic struct {
	mono func() time.Duration
	link func() string // what the machine's network looks like; any change of it may be a way out

	mu        sync.Mutex
	jobs      int              // automatic refreshes under way
	flying    map[string]*host // those that have not had their answer yet, by authorization ID
	hosts     map[string]*host
	endpoints map[string]*breaker
	reached   time.Duration // when any host answered last
	offline   bool
	seen      string // link when the network was found missing
}

// host is one host of token endpoints.
type host struct {
	slots  *semaphore.Weighted // requests in flight, of the user too
	flying int                 // automatic refreshes that have not had their answer yet
	rest   time.Duration       // Retry-After: no automatic request before it
	reach  breaker             // trips when the host is not reached
	downAt time.Duration       // when it was first not reached; counts while reach is tripped
}

// breaker leaves something alone after failures in a row, longer each time, and
// lets then one probe through, whose end decides (a circuit breaker). The zero
// value with a limit is closed. Its own few lines, since ready-made ones know
// neither a pause that grows by chance nor a clock that is not the wall's.
type breaker struct {
	limit    int
	failures int
	until    time.Duration // while tripped: when a probe may go
	since    time.Duration // when it tripped
	probing  bool
}

func (b *breaker) tripped() bool { return b.failures >= b.limit }

// wait tells how long a request has to wait; zero: it may go. While a probe is
// under way that is until it ends.
func (b *breaker) wait(now time.Duration) time.Duration {
	switch {
	case !b.tripped():
		return 0
	case b.probing:
		return breakerLongest
	default:
		return max(0, b.until-now)
	}
}

// failed counts the end of a request that began at begun. What began before it
// tripped says nothing new.
func (b *breaker) failed(begun, now time.Duration) {
	if b.tripped() && begun < b.since {
		return
	}
	b.failures++
	if b.failures == b.limit {
		b.since = now
	}
	if b.tripped() {
		pause := min(breakerPause<<min(b.failures-b.limit, 10), breakerLongest)
		b.until = now + pause/4 + jitter(pause*3/4)
	}
}

func (b *breaker) worked() { b.failures = 0 }

func newTraffic(mono func() time.Duration) *traffic {
	return &traffic{mono: mono, link: linkFingerprint, flying: map[string]*host{}, hosts: map[string]*host{}, endpoints: map[string]*breaker{}}
}

// of returns what is known of an endpoint and its host. The mutex is held.
func (t *traffic) of(endpoint string) (*host, *breaker) {
	name := hostOf(endpoint)
	h, ok := t.hosts[name]
	if !ok {
		h = &host{slots: semaphore.NewWeighted(perHost), reach: breaker{limit: hostLimit}}
		t.hosts[name] = h
	}
	b, ok := t.endpoints[endpoint]
	if !ok {
		b = &breaker{limit: endpointLimit}
		t.endpoints[endpoint] = b
	}
	return h, b
}

// admit lets one automatic refresh at an endpoint begin; done ends it, and its
// place in flight is free from landed on. When it may not begin, done is nil and wait says when to ask again at the latest; a
// refresh that ends may make room before.
func (t *traffic) admit(id, endpoint string) (done func(), wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.mono()
	h, b := t.of(endpoint)
	if t.jobs >= jobsInAll || len(t.flying) >= inAll || h.flying >= perHost {
		return nil, breakerLongest
	}
	if wait := max(h.rest-now, h.reach.wait(now), b.wait(now)); wait > 0 {
		return nil, wait
	}
	var probes []*breaker
	for _, b := range []*breaker{&h.reach, b} {
		if b.tripped() {
			b.probing = true
			probes = append(probes, b)
		}
	}
	t.jobs++
	t.flying[id] = h
	h.flying++
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.jobs--
		t.land(id)
		for _, b := range probes {
			b.probing = false
		}
	}, 0
}

// full tells that no further automatic refresh may begin anywhere.
func (t *traffic) full() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.jobs >= jobsInAll || len(t.flying) >= inAll
}

// landed frees the place in flight of an automatic refresh whose request has
// ended: what follows meets this machine alone. It reports whether there was one.
func (t *traffic) landed(id string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.land(id)
}

// land is landed with the mutex held.
func (t *traffic) land(id string) bool {
	h, flies := t.flying[id]
	if flies {
		h.flying--
		delete(t.flying, id)
	}
	return flies
}

// enter waits for one of the host's places for a request and returns its
// release. The user's own requests take part too, and are never refused.
func (t *traffic) enter(ctx context.Context, endpoint string) (leave func(), err error) {
	t.mu.Lock()
	h, _ := t.of(endpoint)
	t.mu.Unlock()
	if err := h.slots.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	return func() { h.slots.Release(1) }, nil
}

// note takes down how a token request that began at begun has ended. It reports
// whether the network went or came back by it.
func (t *traffic) note(endpoint string, begun time.Duration, err error) (changed bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.mono()
	h, b := t.of(endpoint)
	var failed *WireError
	if err != nil && !errors.As(err, &failed) {
		return false
	}
	before := t.offline
	switch {
	case failed != nil && failed.Code == CodeCancelled:
	case failed != nil && failed.unreached():
		h.reach.failed(begun, now)
		if h.reach.failures == hostLimit {
			h.downAt = now
		}
		// Another host that answered since shows that the fault is not the network's.
		if h.downAt >= t.reached {
			t.offline = true
		}
		if t.seen == "" {
			t.seen = t.link()
		}
	case failed != nil && failed.Phase == NotSent: // our own settings
	default:
		t.answered(h, b, failed, begun, now)
	}
	return t.offline != before
}

// answered takes down that a host was reached. The mutex is held.
func (t *traffic) answered(h *host, b *breaker, failed *WireError, begun, now time.Duration) {
	t.reached = now
	h.reach.worked()
	if t.offline {
		t.offline = false
		t.retry(now) // what stopped one host stopped them all
	}
	if failed == nil || !failed.overloaded() {
		b.worked()
	} else {
		b.failed(begun, now)
	}
	if failed != nil && failed.RetryAfter > 0 {
		h.rest = max(h.rest, now+failed.RetryAfter+jitter(failed.RetryAfter/10))
	}
}

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

// enterTraffic waits for a place among the requests to the host of a's token
// endpoint and returns its release. A wait that takes longer than a request
// may is the host not being reached.
func (e *Engine) enterTraffic(a Authorization) (leave func(), err error) {
	ctx, cancel := e.detached(patience(a.Values, a.ClientAuth))
	defer cancel()
	if leave, err = e.traffic.enter(ctx, a.Endpoints.Token); err == nil {
		return leave, nil
	}
	return nil, &WireError{Phase: NotSent, Op: OpToken, Host: hostOf(a.Endpoints.Token), Code: CodeTimeout, At: e.now().UTC()}
}

// noteTraffic takes down the end of a token request and tells of a network that
// went or came back.
func (e *Engine) noteTraffic(a Authorization, begun time.Duration, err error) {
	if e.traffic.note(a.Endpoints.Token, begun, err) {
		e.publish(EventNetwork, "")
		e.kickScheduler()
	}
	if e.traffic.landed(a.ID) { // what it has taught is known by now
		select {
		case e.room <- struct{}{}:
		default:
		}
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
