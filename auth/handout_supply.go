package auth

import (
	"context"
	"errors"
	"sync"
	"time"
)

// How requests for tokens that can't be had are spared.
const (
	// justIssued: a token that was issued so lately is not the one that a server
	// has just refused.
	justIssued = 5 * time.Second
	// failurePause is how long a failed refresh answers for others; it doubles
	// with each failure in a row up to failureLongest.
	failurePause   = 10 * time.Second
	failureLongest = time.Minute
	// supplyTries bounds how often a request waits for a refresh: one that
	// others asked for may bring what this one can't use.
	supplyTries = 3
)

// handOuts is what the engine remembers between requests for tokens. The zero
// value is ready.
type handOuts struct {
	mu     sync.Mutex
	failed map[string]failedSupply // by authorization ID
	wanted map[string]wanted       // what the user was told of, by authorization ID
}

// failedSupply is a refresh that failed.
type failedSupply struct {
	failure    *Failure
	generation int64
	pause      time.Duration
	until      time.Duration // on the engine's monotonic clock
}

// wanted is the condition in which the user was told that a program waits.
type wanted struct {
	generation int64
	state      State
}

// supply sees to it that h.record has a token that lasts as long as it has to.
func (e *Engine) supply(ctx context.Context, h *handing) error {
	for range supplyTries {
		if err := e.standing(h.record); err != nil {
			return err
		}
		now := e.now().UTC()
		switch s := h.record.Status; {
		case h.refused(now):
		case e.lasts(h.record, now, h.request.MinValid):
			h.renewed = s.Generation > h.began
			return nil
		case tooShort(s, now, h.request.MinValid):
			return &CodedError{Code: CodeTooShort}
		}
		h.waited = true
		r, err := e.renewShared(ctx, h.record)
		if err != nil {
			return err
		}
		h.record = r
	}
	return &CodedError{Code: CodeTooShort}
}

// refused tells whether the token of h.record is the one that a server has
// refused.
func (h *handing) refused(now time.Time) bool {
	s := h.record.Status
	age := now.Sub(s.IssuedAt)
	return h.request.Rejected && s.Generation == h.began && (age >= justIssued || age < 0)
}

// lasts tells whether the access token of r is still good for as long as that.
// One whose lifetime nobody told is good until a new one can be had (T53): the
// program learns that its end is not known.
func (e *Engine) lasts(r Record, now time.Time, atLeast time.Duration) bool {
	s := r.Status
	switch {
	case r.Tokens.Access.Empty():
		return false
	case s.Expiry.Rule == ExpiryNever || s.Expiry.At.IsZero():
		return true
	case misdated(r, now): // its end is the work of another clock
		return false
	case s.Expiry.Rule == ExpiryNotReported:
		if s.Expiry.At.Sub(now) >= min(atLeast, DefaultMinValid) {
			return true
		}
		svc, _ := e.catalog.Get(r.Authorization.ServiceID)
		return s.Expiry.Lifetime == replyAssumedLifetime && whyNotRefresh(svc, r) != ""
	}
	return s.Expiry.At.Sub(now) >= atLeast
}

// tooShort tells whether a new token would not last long enough either, as far
// as a rather new one can tell.
func tooShort(s Status, now time.Time, atLeast time.Duration) bool {
	age := now.Sub(s.IssuedAt)
	return s.Expiry.Rule == ExpiryReported && s.Expiry.Lifetime < atLeast && age >= 0 && age < max(s.Expiry.Lifetime/2, failurePause)
}

// renewShared refreshes r, or takes what others got since it was read. One that
// failed a moment ago answers for all who ask meanwhile.
func (e *Engine) renewShared(ctx context.Context, r Record) (Record, error) {
	id, gen := r.Authorization.ID, r.Status.Generation
	if info, _ := r.Authorization.Grant.Info(); info.Renewal == RenewNever {
		svc, _ := e.catalog.Get(r.Authorization.ServiceID)
		failure := Explain(e.neverRenewed(svc, r), ExplainContext{})
		failure.Code = CodeNoAccessToken // it is the user's move, not a thing that the service lacks
		return Record{}, failure
	}
	if failure := e.handOuts.failedBefore(id, gen, e.mono()); failure != nil {
		return Record{}, failure
	}
	if rest := e.traffic.resting(r.Authorization.Endpoints.Renewal(r.Authorization.Grant)); rest > 0 {
		return Record{}, e.explain(&WireError{
			Op: OpToken, Phase: NotSent, Code: CodeTooManyRequests, Host: hostOf(r.Authorization.Endpoints.Token), RetryAfter: rest, At: e.now().UTC(),
		}, r)
	}
	renewed, err := e.refreshShared(ctx, id, gen)
	var failure *Failure
	switch {
	case err == nil:
		e.handOuts.worked(id)
	case errors.As(err, &failure) && EndOf(failure) != EndLocked && failure.Code != CodeCancelled:
		e.handOuts.fail(id, gen, failure, e.mono())
	}
	return renewed, err
}

// failedBefore returns the failure of a refresh that was tried a moment ago.
func (o *handOuts) failedBefore(id string, gen int64, now time.Duration) *Failure {
	o.mu.Lock()
	defer o.mu.Unlock()
	if f, ok := o.failed[id]; ok && f.generation == gen && now < f.until {
		return f.failure
	}
	return nil
}

// fail remembers a failure. Those who waited for the same refresh remember it once.
func (o *handOuts) fail(id string, gen int64, failure *Failure, now time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	last, ok := o.failed[id]
	pause := failurePause
	if ok && last.generation == gen {
		if last.failure == failure {
			return
		}
		pause = min(2*last.pause, failureLongest)
	}
	if o.failed == nil {
		o.failed = map[string]failedSupply{}
	}
	o.failed[id] = failedSupply{failure: failure, generation: gen, pause: pause, until: now + pause}
}

func (o *handOuts) worked(id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.failed, id)
}

// networkChanged forgets failures: they may have been the network's.
func (o *handOuts) networkChanged() {
	o.mu.Lock()
	defer o.mu.Unlock()
	clear(o.failed)
}

// noteWanted tells the user once that a program wants a token of a grant that
// is over, until that has changed.
func (e *Engine) noteWanted(h *handing, failure *Failure) {
	id, state := h.record.Authorization.ID, failure.State
	if state == StateExpired || state == StateExpiring {
		state = StateActive
	}
	if id == "" || EndOf(failure) != EndNeedsSignIn && state != StateNeedsAttention {
		return
	}
	now := wanted{h.record.Status.Generation, state}
	o := &e.handOuts
	o.mu.Lock()
	told, ok := o.wanted[id]
	if o.wanted == nil {
		o.wanted = map[string]wanted{}
	}
	o.wanted[id] = now
	o.mu.Unlock()
	if !ok || told != now {
		e.publish(EventWanted, id)
	}
}
