package auth

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/google/uuid"

	"tokenwell/auth/killpoint"
)

// How a commit that fails is tried again: the tokens are kept in memory until
// they are stored, or spilled to another folder.
const (
	commitTries    = 5
	commitTimeout  = 15 * time.Second // of one try
	commitPause    = time.Second      // between rounds, when spilling fails too
	commitPatience = 2 * time.Minute  // in all
)

// pending is a sign-in under way, as the engine needs it when the code comes.
type pending struct {
	// config is what the sign-in was begun with. The code goes to the token
	// endpoint that stands in it, whatever is stored meanwhile (T06, T09).
	config  Authorization
	replace bool // store config with the tokens: Edit & re-authorize
}

// exchange turns an authorization code into stored tokens (RFC 6749 section
// 4.1.3 with RFC 7636 section 4.5): the intent is committed first, the code is
// sent once, the tokens are committed before anything is done with them.
func (e *Engine) exchange(p pending, got answer) (Detail, error) {
	id := p.config.ID
	release, err := e.lock(id)
	if err != nil {
		return Detail{}, err
	}
	defer release()
	ctx, cancel := e.detached(readTimeout)
	defer cancel()
	r, err := e.load(ctx, id)
	if err != nil {
		return Detail{}, err
	}
	a, err := e.beginExchange(ctx, r)
	if err != nil {
		return Detail{}, e.explain(err, r)
	}
	killpoint.At("exchange.after_intent")

	svc, _ := e.catalog.Get(p.config.ServiceID)
	reply, err := e.postToken(p.config, svc, url.Values{
		"grant_type": {"authorization_code"}, "code": {got.Code.Reveal()},
		"redirect_uri": {got.RedirectURI}, "code_verifier": {got.Verifier.Reveal()},
	})
	if err != nil {
		return Detail{}, e.endExchange(r, a, err)
	}
	killpoint.At("exchange.after_response")
	g := Grantee{Tokens: reply.Tokens, Status: e.statusOf(r, reply)}
	g.Status.Granted = reply.Granted
	g.Status.SignedInAs = identityOf(reply.Tokens.ID, p.config, got.Nonce, svc)
	if p.replace {
		g.Config = &p.config
	}
	using := r // the client that can revoke what can't be stored
	using.Authorization = p.config
	if err := e.commit(using, g); err != nil {
		return Detail{}, err
	}
	killpoint.At("exchange.after_commit")
	if g.Status.SignedInAs == "" {
		e.learnIdentity(p.config, g)
	}
	e.publish(EventList, id)
	stored, err := e.reload(id)
	if err != nil {
		return Detail{}, err
	}
	return e.detailOf(stored), nil
}

// beginExchange commits the intent to send a code.
func (e *Engine) beginExchange(ctx context.Context, r Record) (attempt, error) {
	id, gen := r.Authorization.ID, r.Status.Generation
	if r.Status.State == StatePaused { // since the sign-in was begun
		return attempt{}, &CodedError{Code: CodePaused}
	}
	open, unfinished, err := e.store.OpenAttempt(ctx, id)
	if err != nil {
		return attempt{}, err
	}
	a := attempt{Attempt: Attempt{ID: uuid.NewString(), Kind: AttemptExchange, StartedAt: e.now().UTC(), Presented: 1}, before: r.Status}
	if unfinished && open.Kind == AttemptRefresh {
		// The attempt of the code takes its place. Were the program to end now,
		// this word would say that the refresh token may have been presented.
		a.prior = &open
		if err := e.store.EndAttempt(ctx, id, gen, Ending{State: StateUnknown, Outcome: outcomeInterrupted, Failures: r.Status.Failures}); err != nil {
			return attempt{}, err
		}
	}
	return a, e.store.BeginAttempt(ctx, id, gen, a.Attempt)
}

// endExchange stores that a code brought no tokens: an authorization that has
// tokens goes on with them, a new one was never authorized.
func (e *Engine) endExchange(r Record, a attempt, cause error) error {
	ctx, cancel := e.detached(readTimeout)
	defer cancel()
	id, s := r.Authorization.ID, r.Status
	state, outcome, failures := s.State, s.LastOutcome, s.Failures
	var err error
	switch {
	case s.Generation == 0:
		state, outcome, failures = StateNeverAuthorized, outcomeOf(cause), failures+1
	case a.prior != nil:
		state, outcome = StateUnknown, outcomeInterrupted
		err = e.store.BeginAttempt(ctx, id, s.Generation, *a.prior)
	}
	if err == nil {
		err = e.store.EndAttempt(ctx, id, s.Generation, Ending{State: state, Outcome: outcome, Failures: failures})
	}
	if err != nil {
		// Recovery at the next start ends it the same way.
		e.log.Error("the end of a sign-in could not be stored", "authorization", id, "error", err)
	}
	e.publish(EventList, id)
	r.Status.State = state
	return e.explain(cause, r)
}

// outcomeOf is the word of an error for Status.LastOutcome.
func outcomeOf(err error) string {
	var f *Failure
	if errors.As(err, &f) {
		return f.Code
	}
	return canonicalCode(explainCode(err))
}

// commit stores new tokens for r (commit protocol, step 6). It gives up only
// when neither the database nor the spill folder takes them for minutes. Tokens
// for a row that is gone, or has newer ones, are revoked and dropped (R29).
func (e *Engine) commit(r Record, g Grantee) error {
	ctx, cancel := e.detached(commitPatience)
	defer cancel()
	id, gen := r.Authorization.ID, r.Status.Generation
	for {
		err := e.tryCommit(ctx, id, gen, g)
		switch {
		case err == nil:
			return nil
		case permanent(err):
			e.dropLate(ctx, r, g.Tokens)
			return e.explain(err, r)
		}
		spillErr := e.store.Spill(ctx, id, gen, g)
		if spillErr == nil {
			e.log.Error("tokens could not be stored and were spilled", "authorization", id, "error", err)
			e.publish(EventList, id)
			return e.explain(err, r)
		}
		e.log.Error("tokens can be stored nowhere yet", "authorization", id, "error", err, "spill", spillErr)
		select {
		case <-time.After(commitPause):
		case <-ctx.Done():
			return e.explain(err, r)
		}
	}
}

// tryCommit commits, and tries again while there is hope that the disk comes back.
func (e *Engine) tryCommit(ctx context.Context, id string, gen int64, g Grantee) error {
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval = 50 * time.Millisecond
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		try, cancel := context.WithTimeout(ctx, commitTimeout)
		defer cancel()
		err := e.store.CommitGrant(try, id, gen, g)
		if errors.Is(err, ErrNameTaken) && g.Config != nil {
			// The new tokens matter more than the new name.
			old, loadErr := e.store.Load(try, id)
			if loadErr != nil {
				return struct{}{}, loadErr
			}
			config := *g.Config
			config.Name = old.Authorization.Name
			g.Config = &config
			err = e.store.CommitGrant(try, id, gen, g)
		}
		if permanent(err) {
			return struct{}{}, backoff.Permanent(err)
		}
		return struct{}{}, err
	}, backoff.WithBackOff(pause), backoff.WithMaxTries(commitTries))
	return err
}

// permanent tells whether trying again can't help a commit.
func permanent(err error) bool {
	return errors.Is(err, ErrStale) || errors.Is(err, ErrNotFound) || errors.Is(err, ErrChangedOutside)
}

// dropLate queues tokens that came too late for revocation and forgets them.
func (e *Engine) dropLate(ctx context.Context, r Record, tokens Tokens) {
	r.Tokens = tokens
	for _, revocation := range RevocationsOf(r, e.now().UTC()) {
		if err := e.store.QueueRevocation(ctx, revocation); err != nil {
			e.log.Error("a revocation could not be queued", "authorization", r.Authorization.ID, "error", err)
		}
	}
	e.kickJanitor()
}
