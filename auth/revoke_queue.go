package auth

import (
	"errors"
	"slices"
	"time"
)

// How the queue of revocations is worked off.
const (
	janitorRest      = time.Minute // between two looks at the queue, kicks aside
	revokeFirstPause = 5 * time.Second
	revokeLongPause  = 15 * time.Minute
	revokeTries      = 200 // about two days
)

// kickJanitor makes the janitor look at once.
func (e *Engine) kickJanitor() {
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

// kickJanitorAt makes the janitor look at a time.
func (e *Engine) kickJanitorAt(at time.Time) {
	e.spawn(func() {
		select {
		case <-time.After(at.Sub(e.now())):
			e.kickJanitor()
		case <-e.ctx.Done():
		}
	})
}

// runJanitor removes rows whose undo has ended and sends due revocations,
// until Close.
func (e *Engine) runJanitor() {
	for {
		e.clean()
		select {
		case <-e.wake:
		case <-time.After(janitorRest):
		case <-e.ctx.Done():
			return
		}
	}
}

func (e *Engine) clean() {
	purged, err := e.store.Purge(e.ctx, e.now())
	if err != nil && e.ctx.Err() == nil {
		e.log.Error("deleted rows could not be removed", "error", err)
	}
	if purged > 0 {
		e.publish(EventList, "")
	}
	read := e.mono()
	due, err := e.store.DueRevocations(e.ctx, e.now())
	if err != nil {
		if e.ctx.Err() == nil && !errors.Is(err, ErrVaultLocked) {
			e.log.Error("the queue of revocations could not be read", "error", err)
		}
		return
	}
	for _, r := range due {
		if e.ctx.Err() != nil {
			return
		}
		if r = e.styled(r); !r.possible() {
			e.dropRevocation(r)
			continue
		}
		if !e.calledOff(r.AuthorizationID, read) {
			e.sendRevocation(r)
		}
	}
}

// callOff drops what waits to be revoked of an authorization that was signed in
// again: at most services one user's sign-ins share one grant, and a revocation
// now would end the new one too (RFC 7009 section 2.1). Where each sign-in is a
// grant of its own, the old one still goes.
func (e *Engine) callOff(a Authorization) {
	svc, _ := e.catalog.Get(a.ServiceID)
	if _, apart := svc.Quirk(QuirkGrantPerSignIn); apart {
		return
	}
	e.mu.Lock()
	e.calledOffAt[a.ID] = e.mono() // for those that the janitor has read and not sent yet
	e.mu.Unlock()
	ctx, cancel := e.detached(readTimeout)
	defer cancel()
	if _, err := e.store.DropRevocationsOf(ctx, a.ID); err != nil {
		e.log.Error("the queue of revocations could not be written", "authorization", a.ID, "error", err)
	}
}

// calledOff tells whether the revocations of an authorization were called off
// since a time of mono.
func (e *Engine) calledOff(id string, since time.Duration) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	at, was := e.calledOffAt[id]
	return was && at >= since
}

// sendRevocation sends one queued revocation and takes it from the queue when
// the service has confirmed it, or will never do.
func (e *Engine) sendRevocation(r Revocation) {
	ctx, cancel := e.detached(readTimeout + patience(r.Values, r.ClientAuth))
	defer cancel()
	err := e.wire.Revoke(ctx, r)
	if err != nil && !hopeless(err) && r.Tries+1 < revokeTries {
		at := e.now().Add(revocationPause(r.Tries, err)).UTC()
		if err := e.store.PostponeRevocation(ctx, r.ID, at); err != nil {
			e.log.Error("the queue of revocations could not be written", "error", err)
			return
		}
		e.kickJanitorAt(at)
		return
	}
	if err != nil {
		e.log.Warn("a token was not revoked", "authorization", r.AuthorizationID, "error", err)
	}
	e.revocationEnded(r, err)
	e.dropRevocation(r)
}

func (e *Engine) dropRevocation(r Revocation) {
	ctx, cancel := e.detached(readTimeout)
	defer cancel()
	if err := e.store.DropRevocation(ctx, r.ID); err != nil {
		e.log.Error("the queue of revocations could not be written", "error", err)
	}
}

// revocationEnded brings a row in line with a queued revocation that was
// confirmed (cause nil) or given up, when the row is still there. One that has
// newer tokens keeps its state.
func (e *Engine) revocationEnded(r Revocation, cause error) {
	id := r.AuthorizationID
	row, err := e.reload(id)
	if err != nil {
		return // deleted, as most that are in the queue
	}
	switch {
	case cause != nil:
		e.remember(id, WordRevokeOld, outcomeOf(cause))
	case !carries(row, r):
		e.remember(id, WordRevokeOld, OutcomeOK)
	}
	if !carries(row, r) {
		return
	}
	release, err := e.lock(id)
	if err != nil {
		return
	}
	defer release()
	if row, err = e.reload(id); err != nil || !carries(row, r) {
		return
	}
	ctx, cancel := e.detached(readTimeout)
	defer cancel()
	switch {
	case cause == nil:
		err = e.settle(ctx, row, StateRevoked, outcomeRevoked, 0)
	case row.Status.LastOutcome == CodeRevokeQueued:
		s := row.Status
		err = e.store.SetState(ctx, id, s.Generation, Ending{State: s.State, Outcome: CodeRevokeRefused, Failures: s.Failures})
	}
	if err != nil && !errors.Is(err, ErrStale) {
		e.log.Error("the end of a revocation could not be stored", "authorization", id, "error", err)
	}
	e.publish(EventList, id)
}

// carries tells whether a row stands and falls with the token of a revocation:
// its refresh token, or its access token where there is no other, or where the
// service ends all by that one.
func carries(row Record, r Revocation) bool {
	if !row.Tokens.Refresh.Empty() && r.Style.Kind != kindAccess {
		return row.Tokens.Refresh.Equal(r.Token)
	}
	return row.Tokens.Access.Equal(r.Token)
}

// hopeless tells whether the service will answer the same for ever: it knows
// what was asked and refuses it (RFC 7009 section 2.2.1).
func hopeless(err error) bool {
	var failed *WireError
	if !errors.As(err, &failed) {
		return false
	}
	return failed.Phase == NotSent && slices.Contains(settingCodes, failed.Code) ||
		failed.Phase == Answered && failed.Status >= 400 && failed.Status < 500 && failed.Status != 408 && failed.Status != 429
}

// revocationPause doubles with each try, with jitter, and is never shorter than
// what the service asked for (R24).
func revocationPause(tries int, err error) time.Duration {
	pause := min(revokeFirstPause<<min(tries, 10), revokeLongPause)
	pause += jitter(pause / 4)
	var failed *WireError
	if errors.As(err, &failed) {
		pause = max(pause, failed.RetryAfter)
	}
	return pause
}
