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

// Revoke ends the tokens of an authorization at the service (RFC 7009). When
// the service does not confirm it, the state stays and the *Failure says that
// the tokens still live. A service without revocation gives a *Failure that
// wraps ErrNotSupported.
func (e *Engine) Revoke(ctx context.Context, id string) (RevokeOutcome, error) {
	done := make(chan error, 1)
	if !e.spawn(func() { done <- e.revoke(id) }) {
		return "", ErrCancelled
	}
	select {
	case err := <-done:
		return Revoked, err
	case <-ctx.Done():
		return "", ErrCancelled
	}
}

func (e *Engine) revoke(id string) error {
	release, err := e.lock(id)
	if err != nil {
		return err
	}
	defer release()
	ctx, cancel := e.detached(readTimeout + 2*postTimeout)
	defer cancel()
	r, err := e.load(ctx, id)
	if err != nil {
		return err
	}
	svc, _ := e.catalog.Get(r.Authorization.ServiceID)
	if why := whyNotRevoke(svc, r); why != "" {
		return e.explain(fmt.Errorf("%w: %s", ErrNotSupported, why), r)
	}
	for i, revocation := range RevocationsOf(r, e.now().UTC()) {
		err := e.wire.Revoke(ctx, revocation)
		switch {
		case err == nil:
		case i == 0:
			return e.explain(err, r)
		default:
			// Most services end the access token together with its refresh
			// token, and some refuse to revoke it by itself.
			if !hopeless(err) {
				if err := e.store.QueueRevocation(ctx, revocation); err != nil {
					e.log.Error("a revocation could not be queued", "authorization", id, "error", err)
				}
				e.kickJanitor()
			}
		}
	}
	if err := e.settle(ctx, r, StateRevoked, outcomeRevoked, 0); err != nil {
		return e.explain(err, r)
	}
	e.publish(EventList, id)
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
	if err == nil || hopeless(err) || r.Tries+1 >= revokeTries {
		if err != nil {
			e.log.Warn("a token was not revoked", "authorization", r.AuthorizationID, "error", err)
		}
		if err := e.store.DropRevocation(ctx, r.ID); err != nil {
			e.log.Error("the queue of revocations could not be written", "error", err)
		}
		return
	}
	at := e.now().Add(revocationPause(r.Tries, err)).UTC()
	if err := e.store.PostponeRevocation(ctx, r.ID, at); err != nil {
		e.log.Error("the queue of revocations could not be written", "error", err)
		return
	}
	e.kickJanitorAt(at)
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
