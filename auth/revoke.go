package auth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// The hints of RFC 7009 section 2.1.
const (
	hintRefreshToken = "refresh_token"
	hintAccessToken  = "access_token"
)

// RevocationsOf returns what it takes to revoke the tokens of r, the refresh
// token first; nothing when the service offers no revocation. How the service
// wants the requests turns out when they are sent.
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
		// Under QuirkRefreshByAccess both are one, which the service knows as the second kind.
		if token.value.Empty() || token.hint == hintRefreshToken && token.value.Equal(r.Tokens.Access) {
			continue
		}
		all = append(all, Revocation{
			ID: uuid.NewString(), AuthorizationID: a.ID, ServiceID: a.ServiceID, Endpoint: client.Endpoint, Issuer: client.Issuer,
			ClientID: client.ClientID, ClientAuth: client.ClientAuth, ClientSecret: client.ClientSecret,
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
		return "", notRevocable(e.explain(fmt.Errorf("%w: %s", ErrNotSupported, why), r), why, svc)
	}
	defer e.publish(EventList, id)
	all := e.revocationsOf(r)
	if len(all) == 0 {
		why := "There is no token that " + r.Authorization.ServiceName + " would revoke."
		return "", notRevocable(e.explain(fmt.Errorf("%w: %s", ErrNotSupported, why), r), why, svc)
	}
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

// revocationsOf is RevocationsOf for requests at once, in the service's own way:
// without what it does not revoke.
func (e *Engine) revocationsOf(r Record) []Revocation {
	var all []Revocation
	for _, revocation := range RevocationsOf(r, e.now().UTC()) {
		if styled := e.styled(revocation); styled.possible() {
			all = append(all, styled)
		}
	}
	return all
}

// styled is a revocation as its service wants it now.
func (e *Engine) styled(r Revocation) Revocation {
	if svc, known := e.catalog.Get(r.ServiceID); known {
		r.Style = svc.revocationStyle()
	}
	return r
}

// notRevocable puts the reason, and the page that helps, into a failure that
// knows only that it can't be done.
func notRevocable(err error, why string, svc Service) error {
	var f *Failure
	if errors.As(err, &f) {
		f.Happened, f.Link = why, svc.Help.WithdrawURL
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
	e.remember(r.Authorization.ID, WordRevoke, CodeRevokeQueued)
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
	r.Status.State, r.Status.LastOutcome = state, outcome
	end := Ending{State: state, Outcome: outcome, Failures: failures, Next: e.plan(r)}
	_, open, err := e.store.OpenAttempt(ctx, id)
	if err != nil {
		return err
	}
	if open {
		return e.store.EndAttempt(ctx, id, gen, end)
	}
	return e.store.SetState(ctx, id, gen, end)
}
