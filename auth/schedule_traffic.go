package auth

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
)

// How token endpoints are spared (R21, R24, R25, R30).
const (
	perHost       = 4  // requests in flight to one host
	inAll         = 16 // requests of automatic refreshes in flight
	jobsInAll     = 32 // automatic refreshes under way, those included that store their tokens
	endpointLimit = 5  // failures in a row until an endpoint is left alone
	hostLimit     = 1  // requests that did not reach a host until it is left alone
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
	reached   time.Duration            // when any host answered last
	lost      map[string]time.Duration // since when an authorization has not reached its host, by ID
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

func newTraffic(mono func() time.Duration) *traffic {
	return &traffic{mono: mono, link: linkFingerprint, flying: map[string]*host{}, hosts: map[string]*host{}, endpoints: map[string]*breaker{}, lost: map[string]time.Duration{}, reached: -1}
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

// admit lets one automatic refresh at an endpoint begin; done ends it, landed
// frees its place in flight before. When it may not begin, done is nil and wait
// says when to ask again at the latest; a refresh that ends may make room sooner.
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

// resting is for how much longer the host of an endpoint asked to be left alone
// (Retry-After); 0: it does not.
func (t *traffic) resting(endpoint string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	h, _ := t.of(endpoint)
	return max(0, h.rest-t.mono())
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

// note takes down how a token request of an authorization that began at begun
// has ended. It reports whether the network went or came back by it.
func (t *traffic) note(id, endpoint string, begun time.Duration, err error) (changed bool) {
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
		if _, known := t.lost[id]; !known {
			t.lost[id] = now
		}
		// Any answer since, to this host's or another's tokens, shows that the
		// fault is not the network's.
		if min(h.downAt, t.lost[id]) > t.reached {
			t.offline = true
		}
		if t.seen == "" {
			t.seen = t.link()
		}
	case failed != nil && failed.Phase == NotSent: // our own settings
	default:
		delete(t.lost, id)
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

// enterTraffic waits for a place among the requests to the host of an endpoint
// for a's tokens and returns its release. A wait that takes longer than a request
// may is the host not being reached.
func (e *Engine) enterTraffic(a Authorization, endpoint string) (leave func(), err error) {
	ctx, cancel := e.detached(patience(a.Values, a.ClientAuth))
	defer cancel()
	if leave, err = e.traffic.enter(ctx, endpoint); err == nil {
		return leave, nil
	}
	return nil, &WireError{Phase: NotSent, Op: OpToken, Host: hostOf(endpoint), Code: CodeTimeout, At: e.now().UTC()}
}

// noteTraffic takes down the end of a token request of an authorization and
// tells of a network that went or came back.
func (e *Engine) noteTraffic(id, endpoint string, begun time.Duration, err error) {
	if e.traffic.note(id, endpoint, begun, err) {
		e.handOuts.networkChanged()
		e.publish(EventNetwork, "")
		e.kickScheduler()
	}
	if e.traffic.landed(id) { // what it has taught is known by now
		select {
		case e.room <- struct{}{}:
		default:
		}
	}
}
