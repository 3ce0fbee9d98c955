package auth

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
)

// The hints of RFC 7009 section 2.1.
const (
	hintRefreshToken = "refresh_token"
	hintAccessToken  = "access_token"
)

// RevocationsOf returns what it takes to revoke the tokens of r, the refresh
// token first; nothing when the service offers no revocation.
func RevocationsOf(r Record, notBefore time.Time) []Revocation {
	a := r.Authorization
	if a.Endpoints.Revocation == "" {
		return nil
	}
	var all []Revocation
	client := clientRequest(a, a.Endpoints.Revocation)
	for _, token := range []struct {
		value Secret
		hint  string
	}{{r.Tokens.Refresh, hintRefreshToken}, {r.Tokens.Access, hintAccessToken}} {
		if token.value.Empty() {
			continue
		}
		all = append(all, Revocation{
			ID: uuid.NewString(), AuthorizationID: a.ID, Endpoint: client.Endpoint, Issuer: client.Issuer,
			ClientID: a.ClientID, ClientAuth: a.ClientAuth, ClientSecret: a.ClientSecret,
			Values: a.Values, Headers: a.Headers, OmitHeaders: a.OmitHeaders, OmitFields: a.OmitFields,
			Token: token.value, Hint: token.hint, NotBefore: notBefore,
		})
	}
	return all
}

// Revoke ends the tokens of an authorization at the service (RFC 7009), the
// refresh token first. When the service does not confirm it (T39: only status
// 200 does), the tokens have to be taken as alive: they are queued, the state
// stays, nothing is refreshed any more and RevokeQueued comes back; the state
// becomes StateRevoked when a later try is confirmed. A definite refusal is a
// *Failure and queues nothing. A service without revocation gives a *Failure
// that wraps ErrNotSupported and says where to withdraw the consent.
func (e *Engine) Revoke(ctx context.Context, id string) (RevokeOutcome, error) {
	return await(ctx, e, func() (RevokeOutcome, error) { return e.revoke(id) })
}

func (e *Engine) revoke(id string) (RevokeOutcome, error) {
	release, err := e.lock(id)
	if err != nil {
		return "", err
	}
	defer release()
	ctx, cancel := e.detached(readTimeout + 2*postTimeout)
	defer cancel()
	r, err := e.load(ctx, id)
	if err != nil {
		return "", err
	}
	svc, _ := e.catalog.Get(r.Authorization.ServiceID)
	if why := whyNotRevoke(svc, r); why != "" {
		return "", notRevocable(e.explain(fmt.Errorf("%w: %s", ErrNotSupported, why), r), why)
	}
	defer e.publish(EventList, id)
	all := RevocationsOf(r, e.now().UTC())
	if err := e.wire.Revoke(ctx, all[0]); err != nil {
		if hopeless(err) {
			e.remember(id, WordRevoke, outcomeOf(err))
			return "", e.explain(err, r)
		}
		return e.queueRevocations(ctx, r, all, err)
	}
	for _, revocation := range all[1:] {
		// Most services end the access token together with its refresh token,
		// and some refuse to revoke it by itself.
		if err := e.wire.Revoke(ctx, revocation); err != nil && !hopeless(err) {
			if err := e.queue(ctx, revocation, err); err != nil {
				e.log.Error("a revocation could not be queued", "authorization", id, "error", err)
			}
		}
	}
	if err := e.settle(ctx, r, StateRevoked, outcomeRevoked, 0); err != nil {
		return "", e.explain(err, r)
	}
	return Revoked, nil
}

// notRevocable puts the reason into a failure that knows only that it can't be done.
func notRevocable(err error, why string) error {
	var f *Failure
	if errors.As(err, &f) {
		f.Happened = why
	}
	return err
}

// queueRevocations keeps the tokens of r for later tries, the first of which
// was not confirmed because of cause. Nothing is refreshed meanwhile: new
// tokens would outlive the revocation.
func (e *Engine) queueRevocations(ctx context.Context, r Record, all []Revocation, cause error) (RevokeOutcome, error) {
	for _, revocation := range all {
		if err := e.queue(ctx, revocation, cause); err != nil {
			return "", e.explain(err, r)
		}
	}
	end := Ending{State: r.Status.State, Outcome: r.Status.LastOutcome, Failures: r.Status.Failures}
	if stateAfter(end.Outcome) == StateActive { // else nothing is refreshed anyway, and the outcome says why
		end.Outcome = CodeRevokeQueued
	}
	if err := e.store.SetState(ctx, r.Authorization.ID, r.Status.Generation, end); err != nil {
		return "", e.explain(err, r)
	}
	return RevokeQueued, nil
}

// queue keeps one revocation until the service has had time to recover.
func (e *Engine) queue(ctx context.Context, r Revocation, cause error) error {
	r.NotBefore = e.now().Add(revocationPause(0, cause)).UTC()
	if err := e.store.QueueRevocation(ctx, r); err != nil {
		return err
	}
	e.kickJanitorAt(r.NotBefore)
	return nil
}

// settle stores a state that comes without tokens and ends an open attempt.
func (e *Engine) settle(ctx context.Context, r Record, state State, outcome string, failures int) error {
	id, gen := r.Authorization.ID, r.Status.Generation
	_, open, err := e.store.OpenAttempt(ctx, id)
	if err != nil {
		return err
	}
	if open {
		return e.store.EndAttempt(ctx, id, gen, Ending{State: state, Outcome: outcome, Failures: failures})
	}
	return e.store.SetState(ctx, id, gen, Ending{State: state, Outcome: outcome, Failures: failures})
}

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
		e.sendRevocation(r)
	}
}

// sendRevocation sends one queued revocation and takes it from the queue when
// the service has confirmed it, or will never do.
func (e *Engine) sendRevocation(r Revocation) {
	ctx, cancel := e.detached(readTimeout + postTimeout)
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
	outcome := OutcomeOK
	if cause != nil {
		outcome = outcomeOf(cause)
	}
	e.remember(id, WordRevokeOld, outcome)
	if !carries(row, r.Token) {
		return
	}
	release, err := e.lock(id)
	if err != nil {
		return
	}
	defer release()
	if row, err = e.reload(id); err != nil || !carries(row, r.Token) {
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

// carries tells whether a row stands and falls with a token: its refresh
// token, or its access token where there is no other.
func carries(r Record, token Secret) bool {
	if !r.Tokens.Refresh.Empty() {
		return r.Tokens.Refresh.Equal(token)
	}
	return r.Tokens.Access.Equal(token)
}

// hopeless tells whether the service will answer the same for ever: it knows
// what was asked and refuses it (RFC 7009 section 2.2.1).
func hopeless(err error) bool {
	var failed *WireError
	if !errors.As(err, &failed) {
		return false
	}
	return failed.Phase == NotSent && (failed.Code == CodeAddressRefused || failed.Code == CodeClientAuth) ||
		failed.Phase == Answered && failed.Status >= 400 && failed.Status < 500 && failed.Status != 408 && failed.Status != 429
}

// revocationPause doubles with each try, with jitter, and is never shorter than
// what the service asked for (R24).
func revocationPause(tries int, err error) time.Duration {
	pause := min(revokeFirstPause<<min(tries, 10), revokeLongPause)
	pause += time.Duration(rand.Int64N(int64(pause)/4 + 1)) //nolint:gosec // jitter, no secret
	var failed *WireError
	if errors.As(err, &failed) {
		pause = max(pause, failed.RetryAfter)
	}
	return pause
}
