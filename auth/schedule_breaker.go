package auth

import "time"

// How long a breaker that has tripped waits for its next probe.
const (
	breakerPause   = 5 * time.Second
	breakerLongest = 15 * time.Minute
)

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
