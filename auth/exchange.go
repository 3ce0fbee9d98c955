package auth

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/google/uuid"

	"tokenwell/auth/killpoint"
)

// pending is a sign-in under way, as the engine needs it when its answer comes.
type pending struct {
	// config is what the sign-in was begun with. What is presented goes to the
	// token endpoint that stands in it, whatever is stored meanwhile (T06, T09).
	config  Authorization
	replace bool   // store config with the tokens: Edit & re-authorize
	moved   bool   // store config's addresses with the tokens: the service has moved, or named another host
	pasted  Values // the tokens that the user pasted
	options ReauthorizeOptions
	got     answer // what the browser brought; nothing for the other grants
}

// exchange turns an authorization code into stored tokens (RFC 6749 section
// 4.1.3 with RFC 7636 section 4.5).
func (e *Engine) exchange(p pending, got answer) (Detail, error) {
	p.got = got
	svc, _ := e.catalog.Get(p.config.ServiceID)
	p, err := p.atNamedHost(svc)
	if err != nil {
		return Detail{}, err
	}
	form := url.Values{
		"grant_type": {"authorization_code"}, "code": {got.Code.Reveal()},
		"redirect_uri": {got.RedirectURI}, "code_verifier": {got.Verifier.Reveal()},
	}
	return e.underSignIn(context.WithoutCancel(e.ctx), p, func(ctx context.Context, r Record) (Record, error) {
		return e.redeem(ctx, p, r, AttemptExchange, form, got.Nonce)
	})
}

// underSignIn loads the row of a sign-in under its lock and lets f bring it
// tokens. The end of ctx before that is the end of the sign-in.
func (e *Engine) underSignIn(ctx context.Context, p pending, f func(ctx context.Context, r Record) (Record, error)) (Detail, error) {
	id := p.config.ID
	release, err := e.lock(id)
	if err != nil {
		return Detail{}, err
	}
	defer release()
	if err := ctx.Err(); err != nil {
		return Detail{}, err
	}
	within, cancel := e.detached(readTimeout)
	defer cancel()
	r, err := e.load(within, id)
	if err != nil {
		return Detail{}, err
	}
	if r.Status.State == StatePaused { // since the sign-in began
		return Detail{}, e.pausedErr(r)
	}
	if r, err = f(within, r); err != nil {
		return Detail{}, err
	}
	return e.detailOf(r), nil
}

// redeem turns what form presents into the first tokens of a sign-in: the
// intent is committed first, the request is sent once, the tokens are committed
// before anything is done with them. The lock is held; ctx counts until the
// request leaves.
func (e *Engine) redeem(ctx context.Context, p pending, r Record, kind AttemptKind, form url.Values, nonce string) (Record, error) {
	a, err := e.beginExchange(ctx, r, kind)
	if err != nil {
		return Record{}, e.explain(err, r)
	}
	killpoint.At("exchange.after_intent")
	svc, _ := e.catalog.Get(p.config.ServiceID)
	reply, err := e.postToken(p.config, svc, r.Tokens, form)
	if err != nil {
		return Record{}, e.endExchange(r, a, err)
	}
	killpoint.At("exchange.after_response")
	r, err = e.keep(p, r, e.signedIn(p, r, reply, nonce))
	if err != nil {
		return Record{}, err
	}
	if kind != AttemptExchange { // nobody signed in
		return r, nil
	}
	return e.lengthened(svc, r), nil
}

// signedIn is what the reply to a sign-in makes of a row. What belonged to the
// sign-in before counts no more.
func (e *Engine) signedIn(p pending, r Record, reply Reply, nonce string) Grantee {
	svc, _ := e.catalog.Get(p.config.ServiceID)
	g := Grantee{Tokens: reply.Tokens, Status: e.statusOf(r, reply)}
	g.Status.Granted, g.Status.Refreshes = reply.Granted, 0
	if granted := redirectScopes(svc, p.got); granted != nil {
		g.Status.Granted = granted
	}
	g.Tokens.Facts = signInFacts(svc, p, reply)
	g.Status.SignInEnds = signInEnds(svc, p.config, reply, time.Time{}, true)
	g.Status.SignedInAs = identityOf(reply.Tokens.ID, p.config, nonce, svc)
	g.DropRefresh = p.options.ChooseAccount || (p.replace || p.moved) && otherGrant(r.Authorization, p.config) ||
		g.Status.SignedInAs != "" && r.Status.SignedInAs != "" && g.Status.SignedInAs != r.Status.SignedInAs
	return g
}

// renewed is what the reply to a refresh makes of a row. What it does not say stays.
func (e *Engine) renewed(r Record, reply Reply) Grantee {
	svc, _ := e.catalog.Get(r.Authorization.ServiceID)
	g := Grantee{Tokens: reply.Tokens, Status: e.statusOf(r, reply)}
	g.Status.Refreshes++
	g.Tokens.Facts = renewedFacts(r.Tokens.Facts, reply.Tokens.Facts)
	g.Status.SignInEnds = signInEnds(svc, r.Authorization, reply, r.Status.SignInEnds, false)
	return e.withPlan(r, g)
}

// otherGrant tells whether a refresh token that was granted under one
// configuration is none of the other's.
func otherGrant(was, is Authorization) bool {
	return was.ServiceID != is.ServiceID || was.ClientID != is.ClientID || was.Grant != is.Grant || was.Endpoints.Token != is.Endpoints.Token
}

// keep stores the tokens of a sign-in and does what follows from them. The
// lock is held.
func (e *Engine) keep(p pending, r Record, g Grantee) (Record, error) {
	using := r // the client that can revoke what can't be stored
	using.Authorization = p.config
	switch {
	case p.replace:
		g.Config = &p.config
		g = e.withPlan(using, g)
	case p.moved:
		config := r.Authorization.at(p.config.Endpoints) // it may have been renamed meanwhile
		g.Config = &config
		g = e.withPlan(r, g)
	default:
		g = e.withPlan(r, g) // the rule may have changed since the sign-in began
	}
	if err := e.commit(using, g); err != nil {
		return Record{}, err
	}
	killpoint.At("exchange.after_commit")
	e.callOff(p.config)
	e.revokeOld(r, g)
	if g.Status.SignedInAs == "" {
		e.learnIdentity(p.config, g, r.Status.Generation+1)
	}
	e.publish(EventList, p.config.ID)
	return e.reload(p.config.ID)
}

// lengthened exchanges a token that lasts an hour or two only for one that lasts,
// where the service wants that done right after the sign-in (QuirkRefreshByAccess
// with at_sign_in). When it fails, the scheduler tries again. The lock is held.
func (e *Engine) lengthened(svc Service, r Record) Record {
	if quirk, own := svc.Quirk(QuirkRefreshByAccess); !own || quirk.Params["at_sign_in"] != "true" {
		return r
	}
	ctx, cancel := e.detached(readTimeout)
	defer cancel()
	longer, err := e.present(ctx, r)
	if err != nil {
		e.log.Warn("the token of a sign-in could not be exchanged for one that lasts", "authorization", r.Authorization.ID, "error", err)
		if longer, err = e.reload(r.Authorization.ID); err != nil {
			return r
		}
	}
	return longer
}

// revokeOld queues what a sign-in with this program had brought before, now
// that its successor is stored: the refresh token, or the access token where
// there is none. What the user pasted or a client got for itself is left to
// run out, and so is all else that may belong to the new tokens' grant.
func (e *Engine) revokeOld(old Record, g Grantee) {
	info, _ := old.Authorization.Grant.Info()
	stays := g.Tokens.Refresh.Empty() && !g.DropRefresh && !old.Tokens.Refresh.Empty()
	// A grant that the service has called over is not shown to it again (R27).
	over := old.Status.State == StateRevoked || old.Status.State == StateNeedsSignIn
	if info.Prompt == PromptNone || stays || over || !e.grantedApart(old, g) {
		return
	}
	all := e.revocationsOf(old)
	if len(all) == 0 || all[0].Token.Equal(g.Tokens.Refresh) || all[0].Token.Equal(g.Tokens.Access) {
		return
	}
	ctx, cancel := e.detached(readTimeout)
	defer cancel()
	if err := e.store.QueueRevocation(ctx, all[0]); err != nil {
		e.log.Error("the revocation of an old grant could not be queued", "authorization", old.Authorization.ID, "error", err)
		return
	}
	e.kickJanitor()
}

// grantedApart tells whether the tokens of a sign-in are known to belong to
// another grant than those before. With a token the service ends the whole grant
// (RFC 7009 section 2.1), and at many that is one per user and client, even per
// project, or per session, however often the user signs in.
func (e *Engine) grantedApart(old Record, g Grantee) bool {
	svc, _ := e.catalog.Get(old.Authorization.ServiceID)
	_, each := svc.Quirk(QuirkGrantPerSignIn)
	return each || otherUser(old.Tokens.ID, g.Tokens.ID)
}

// beginExchange commits the intent to present what only a sign-in has.
func (e *Engine) beginExchange(ctx context.Context, r Record, kind AttemptKind) (attempt, error) {
	id, gen := r.Authorization.ID, r.Status.Generation
	open, unfinished, err := e.store.OpenAttempt(ctx, id)
	if err != nil {
		return attempt{}, err
	}
	a := attempt{Attempt: Attempt{ID: uuid.NewString(), Kind: kind, StartedAt: e.now().UTC(), Presented: 1}, before: r.Status}
	if unfinished && open.Kind == AttemptRefresh {
		// The new attempt takes its place. Were the program to end now, this
		// word would say that the refresh token may have been presented.
		a.prior = &open
		if err := e.store.EndAttempt(ctx, id, gen, Ending{State: StateUnknown, Outcome: outcomeInterrupted, Failures: r.Status.Failures, Next: r.Status.NextRefreshAt}); err != nil {
			return attempt{}, err
		}
	}
	return a, e.store.BeginAttempt(ctx, id, gen, a.Attempt)
}

// endExchange stores that a sign-in brought no tokens: an authorization that
// has tokens goes on with them, a new one was never authorized.
func (e *Engine) endExchange(r Record, a attempt, cause error) error {
	ctx, cancel := e.detached(readTimeout)
	defer cancel()
	id, s := r.Authorization.ID, r.Status
	state, outcome, failures, next := s.State, s.LastOutcome, s.Failures, s.NextRefreshAt
	var err error
	switch {
	case s.Generation == 0:
		state, outcome, failures = StateNeverAuthorized, outcomeOf(cause), failuresAfter(s, cause)
	case a.prior != nil:
		state, outcome = StateUnknown, outcomeInterrupted
		r.Status.State = state
		next = e.plan(r)
		err = e.store.BeginAttempt(ctx, id, s.Generation, *a.prior)
	}
	if err == nil {
		err = e.store.EndAttempt(ctx, id, s.Generation, Ending{State: state, Outcome: outcome, Failures: failures, Next: next})
	}
	if err != nil {
		// Recovery at the next start ends it the same way.
		e.log.Error("the end of a sign-in could not be stored", "authorization", id, "error", err)
	}
	e.publish(EventList, id)
	r.Status.State = state
	return e.explain(cause, r)
}

// failuresAfter counts a sign-in that brought nothing. One that the user gave up
// says nothing about the settings.
func failuresAfter(s Status, cause error) int {
	if errors.Is(cause, ErrCancelled) {
		return s.Failures
	}
	return s.Failures + 1
}

// outcomeOf is the word of an error for Status.LastOutcome.
func outcomeOf(err error) string {
	var f *Failure
	if errors.As(err, &f) {
		return f.Code
	}
	return canonicalCode(explainCode(err))
}
