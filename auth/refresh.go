package auth

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/google/uuid"

	"tokenwell/auth/killpoint"
)

// The times that a refresh or an exchange may take. A caller's own context
// ends its waiting earlier, never the work.
const (
	lockTimeout = 90 * time.Second // another process may be in the middle of the same
	readTimeout = 15 * time.Second
	postTimeout = 45 * time.Second // above the limit of Wire, which ends it first
)

// Words of Status.LastOutcome beside the codes of services and of Wire. They
// are stored.
const (
	OutcomeOK          = "ok"
	outcomeRevoked     = "revoked"
	outcomeInterrupted = "interrupted" // the program ended in the middle
	outcomeWaiting     = "waiting"
	// refusedOnce: the service refused the stored refresh token. The user may
	// try it once more: some services answer so when they have an outage (R27).
	refusedOnce = "invalid_grant"
	// refusedTwice: the refresh token was presented twice. It never is again.
	refusedTwice = CodeRefusedTwice
)

// maxPresented is how often a refresh token may be presented in all when the
// end of the first time is not known, or was a refusal: some servers grant a
// short time in which the old one still counts; a third time would look like
// theft and end the whole family (RFC 9700 section 4.14).
const maxPresented = 2

// Refresh gets a new access token with the stored refresh token (RFC 6749
// section 6). Calls for the same authorization at the same time, from any
// process, send one request and share its outcome. A failure changes the state
// at most: no stored token is ever erased. An access token that was refreshed
// by someone else while the call waited is the outcome too.
func (e *Engine) Refresh(ctx context.Context, id string) (Detail, error) {
	r, err := e.refreshShared(ctx, id, anyGeneration)
	if err != nil {
		return Detail{}, err
	}
	return e.detailOf(r), nil
}

// anyGeneration is what refreshShared is given by those who want a new token
// whatever is stored.
const anyGeneration = -1

// refreshShared is Refresh for who wants the tokens. With another seen than
// anyGeneration the row was read before, at that generation: newer tokens, or
// the failure that someone else met since or a moment ago, are the outcome then.
func (e *Engine) refreshShared(ctx context.Context, id string, seen int64) (Record, error) {
	asked := e.now()
	return await(ctx, e, func() (Record, error) {
		r, err, _ := e.flights.Do(id, func() (any, error) { return e.refreshOver(id, asked, seen) })
		record, _ := r.(Record)
		return record, err
	})
}

// refreshOver refreshes under the lock that holds over all processes, unless
// someone else has done so since asked: their tokens, or the refusal that they
// met, are the outcome then.
func (e *Engine) refreshOver(id string, asked time.Time, seen int64) (Record, error) {
	release, err := e.lock(id)
	if err != nil {
		return Record{}, err
	}
	defer release()
	killpoint.At("refresh.after_lock")

	ctx, cancel := context.WithTimeout(e.ctx, readTimeout)
	defer cancel()
	r, err := e.load(ctx, id)
	if err != nil {
		return Record{}, err
	}
	since := func(at time.Time) bool { // a time to come would be the work of a clock that was set back
		// Times are stored in whole milliseconds: what happened in that of asked
		// may have happened after it.
		same := at.Before(asked) && at.Equal(asked.Truncate(time.Millisecond))
		return (at.After(asked) || same) && !at.After(e.now())
	}
	switch s := r.Status; {
	case s.State == StateActive && since(s.IssuedAt), seen != anyGeneration && s.Generation > seen:
		return r, nil
	case seen != anyGeneration && s.LastOutcome != OutcomeOK && asked.Sub(s.LastOutcomeAt) < failurePause && !s.LastOutcomeAt.After(e.now()):
		return Record{}, e.lastFailure(r)
	case s.State == StateNeedsSignIn && s.LastOutcome == refusedOnce && since(s.LastOutcomeAt):
		// To try it once more is for a user who has seen the refusal (R27).
		return Record{}, e.explain(&CodedError{Code: refusedOnce}, r)
	}
	return e.renew(ctx, r)
}

// lock takes the authorization's lock. Waiting for it ends with Close.
func (e *Engine) lock(id string) (release func(), err error) {
	ctx, cancel := context.WithTimeout(e.ctx, lockTimeout)
	defer cancel()
	release, err = e.store.Lock(ctx, id)
	if err != nil {
		return nil, e.explain(err, Record{Authorization: Authorization{ID: id}})
	}
	return release, nil
}

// present sends the refresh token of r once, unless it was presented too often,
// and stores what comes of it. The lock is held. ctx counts until the request
// leaves.
func (e *Engine) present(ctx context.Context, r Record) (Record, error) {
	r, prior, done, err := e.takeUp(ctx, r)
	if err != nil || done {
		return r, err
	}
	svc, _ := e.catalog.Get(r.Authorization.ServiceID)
	if why := whyNotRefresh(svc, r); why != "" {
		return Record{}, e.explain(refusedErr(r), r)
	}
	return e.presentWith(ctx, r, prior, r.Authorization, func(reply Reply) (Record, error) {
		g := e.renewed(r, reply)
		killpoint.At("refresh.before_commit")
		if err := e.commit(r, g); err != nil {
			return Record{}, err
		}
		killpoint.At("refresh.after_commit")
		return e.stored(r, g), nil
	})
}

// presentFor presents the stored refresh token as a sign-in that was begun with
// p: under its configuration, and beyond the limit of refreshes.
func (e *Engine) presentFor(ctx context.Context, r Record, p pending) (Record, error) {
	r, prior, done, err := e.takeUp(ctx, r)
	if err != nil || done {
		return r, err
	}
	svc, _ := e.catalog.Get(p.config.ServiceID)
	if why := whyNotPresent(svc, r); why != "" {
		return Record{}, e.explain(refusedErr(r), r)
	}
	return e.presentWith(ctx, r, prior, p.config, func(reply Reply) (Record, error) {
		g := e.signedIn(p, r, reply, "")
		g.DropRefresh = false // an answer without a new one leaves the old one in force
		return e.keep(p, r, g)
	})
}

// takeUp brings a row in order in which an attempt was cut off. It returns the
// row as it is then, and an attempt with the present refresh token whose end is
// not known; done tells that the tokens of such a one were found.
func (e *Engine) takeUp(ctx context.Context, r Record) (_ Record, prior *Attempt, done bool, err error) {
	id, gen := r.Authorization.ID, r.Status.Generation
	if s := r.Status.State; s != StateRefreshing && s != StateUnknown { // none can be open
		return r, nil, false, nil
	}
	open, unfinished, err := e.store.OpenAttempt(ctx, id)
	if err != nil {
		return Record{}, nil, false, e.explain(err, r)
	}
	if !unfinished {
		return r, nil, false, nil
	}
	// Its tokens may lie in a spill file.
	if ids, _ := e.store.DrainSpills(ctx); len(ids) > 0 {
		e.publish(EventList, "")
		if r, err = e.load(ctx, id); err != nil || r.Status.Generation > gen {
			return r, nil, err == nil, err
		}
	}
	if open.Kind == AttemptRefresh {
		return r, &open, false, nil
	}
	// A code that was cut off is lost, and what was only asked can be asked
	// again; what was there before counts.
	r, err = e.restore(ctx, r)
	return r, nil, false, err
}

// presentWith presents the refresh token of r as the client of config and hands
// the reply, which has to be stored at once, to keep.
func (e *Engine) presentWith(ctx context.Context, r Record, prior *Attempt, config Authorization, keep func(Reply) (Record, error)) (Record, error) {
	id, gen := r.Authorization.ID, r.Status.Generation
	svc, _ := e.catalog.Get(config.ServiceID)
	a := attempt{Attempt: Attempt{ID: uuid.NewString(), Kind: AttemptRefresh, StartedAt: e.now().UTC(), Presented: 1}, before: r.Status}
	switch {
	case prior != nil:
		a.prior = prior
		a.Presented = prior.Presented + 1
	case r.Status.State == StateNeedsSignIn: // refused once, see whyNotRefresh
		a.Presented = maxPresented
	}
	if a.Presented > maxPresented {
		return Record{}, e.giveUp(ctx, r)
	}

	ahead := e.wire.ahead(context.WithoutCancel(ctx), svc.request(config, config.Endpoints.refreshAt()))
	defer ahead.close()
	if err := e.store.BeginAttempt(ctx, id, gen, a.Attempt); err != nil {
		return Record{}, e.explain(err, r)
	}
	killpoint.At("refresh.after_intent")
	e.publish(EventRefreshing, id)
	defer e.publish(EventRefreshing, id)

	killpoint.At("refresh.before_post")
	reply, err := e.postTokenOn(ahead, config, svc, r.Tokens, url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {r.Tokens.Refresh.Reveal()},
	})
	if err != nil {
		return e.endRefused(r, a, err)
	}
	killpoint.At("refresh.after_response")
	return keep(reply)
}

// attempt is an attempt under way and what it replaced.
type attempt struct {
	Attempt
	before Status   // as it was before the attempt
	prior  *Attempt // an earlier attempt with the same credential whose end is not known
}

// refusedErr says why a refresh token can't be presented.
func refusedErr(r Record) error {
	switch {
	case r.Status.State == StatePaused:
		return &CodedError{Code: CodePaused}
	case r.RefreshesLeft() == 0:
		return &CodedError{Code: CodeLimitUsed}
	case r.Status.LastOutcome == CodeRevokeQueued:
		return &CodedError{Code: CodeRevokeQueued}
	case r.Tokens.Refresh.Empty():
		return ErrNoRefreshToken
	}
	return &CodedError{Code: refusedTwice}
}

// giveUp ends an attempt whose refresh token was presented twice without a
// known end: only a new sign-in helps.
func (e *Engine) giveUp(ctx context.Context, r Record) error {
	s := &r.Status
	if err := e.store.EndAttempt(ctx, r.Authorization.ID, s.Generation, Ending{State: StateNeedsSignIn, Outcome: refusedTwice, Failures: s.Failures + 1}); err != nil {
		return e.explain(err, r)
	}
	e.publish(EventList, r.Authorization.ID)
	s.State = StateNeedsSignIn
	return e.explain(refusedErr(r), r)
}

// postToken sends one token request; form is the grant's own, in the RFCs' words. Once begun, nothing but its own deadline
// ends it: tokens that are on their way are never dropped.
func (e *Engine) postToken(a Authorization, svc Service, known Tokens, form url.Values) (Reply, error) {
	return e.postTokenOn(nil, a, svc, known, form)
}

// postTokenOn is postToken on a connection that was made ahead.
func (e *Engine) postTokenOn(ahead *wireAhead, a Authorization, svc Service, known Tokens, form url.Values) (Reply, error) {
	endpoint, form := tokenForm(a, svc, known, form)
	leave, err := e.enterTraffic(a, endpoint)
	if err != nil {
		return Reply{}, err
	}
	defer leave()
	ctx, cancel := e.detached(patience(a.Values, a.ClientAuth))
	defer cancel()
	begun := e.mono()
	request := TokenRequest{
		ClientRequest: svc.request(a, endpoint), Form: form, Known: known, Quirks: svc.Quirks, Never: svc.AccessToken.Rule == "never",
	}
	if form.Get("grant_type") == jwtBearerType {
		request.Assertion = func(at time.Time) (Secret, error) { return bearerAssertion(a, at) }
	}
	reply, err := e.wire.Token(ahead.with(ctx), request)
	e.noteTraffic(a.ID, endpoint, begun, err)
	return reply, err
}

// statusOf is what a reply makes of a row. What the reply does not say stays.
func (e *Engine) statusOf(r Record, reply Reply) Status {
	s := r.Status
	s.State = StateActive
	s.TokenType, s.IssuedAt, s.Expiry, s.HandOut = reply.TokenType, reply.At, reply.Expiry, reply.HandOut
	if reply.Granted != nil {
		s.Granted = reply.Granted
	}
	return s
}

// endRefused stores the end of an attempt that brought no tokens and explains
// it (commit protocol, steps 7 and 8). When someone else stored newer tokens
// meanwhile, those are the outcome.
func (e *Engine) endRefused(r Record, a attempt, cause error) (Record, error) {
	ctx, cancel := e.detached(readTimeout)
	defer cancel()
	id, gen := r.Authorization.ID, r.Status.Generation
	state, outcome := outcomeOfRefresh(a, cause)
	end := e.retryAt(r, cause, Ending{State: state, Outcome: outcome, Failures: r.Status.Failures + 1})
	state = end.State
	var err error
	if state == StateUnknown && a.prior != nil {
		// Nothing was presented this time: what counts is the prior attempt.
		err = e.store.BeginAttempt(ctx, id, gen, *a.prior)
	}
	if err == nil {
		err = e.store.EndAttempt(ctx, id, gen, end)
	}
	if state == StateUnknown {
		e.kickScheduler() // the next step is due sooner than it looks
	}
	defer e.publish(EventList, id)
	switch {
	case errors.Is(err, ErrStale):
		now, err := e.load(ctx, id)
		if err == nil && now.Status.State == StateActive {
			return now, nil
		}
		return Record{}, e.explain(cause, now)
	case err != nil:
		// The attempt stays open, which the next one counts as presented.
		e.log.Error("the end of a refresh could not be stored", "authorization", id, "error", err)
		state = StateRefreshing
	}
	r.Status.State = state
	return Record{}, e.explain(cause, r)
}

// outcomeOfRefresh is the state, and the outcome's word, that a failed attempt leaves.
func outcomeOfRefresh(a attempt, cause error) (state State, outcome string) {
	var failed *WireError
	if !errors.As(cause, &failed) {
		return StateUnknown, outcomeInterrupted
	}
	code := canonicalCode(failed.Code)
	away := failed.Phase == NotSent || failed.unreached()
	switch {
	case away && a.prior != nil:
		return StateUnknown, code
	case away && a.before.State == StateNeedsSignIn:
		return a.before.State, a.before.LastOutcome // it may still be tried
	case failed.Phase == NotSent:
		return a.before.State, code
	case a.Presented >= maxPresented:
		return StateNeedsSignIn, refusedTwice
	case failed.Phase == Ambiguous:
		return StateUnknown, code
	}
	switch state := explainRow(code).state; state {
	case StateNeedsSignIn, StateNeedsAttention:
		return state, code
	default:
		return a.before.State, code
	}
}

// stored is r as it is after the commit of g.
func (e *Engine) stored(r Record, g Grantee) Record {
	if g.Tokens.Refresh.Empty() {
		g.Tokens.Refresh = r.Tokens.Refresh
	}
	r.Tokens, r.Status = g.Tokens, g.Status
	r.Status.Generation++
	r.Status.HasRefresh = !r.Tokens.Refresh.Empty()
	r.Status.LastOutcome, r.Status.LastOutcomeAt, r.Status.Failures = OutcomeOK, e.now().UTC(), 0
	return r
}

// detached returns a context for what has to be stored whatever ends meanwhile.
func (e *Engine) detached(timeout time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(e.ctx), timeout)
}

// reload reads a row that was just written.
func (e *Engine) reload(id string) (Record, error) {
	ctx, cancel := e.detached(readTimeout)
	defer cancel()
	return e.load(ctx, id)
}
