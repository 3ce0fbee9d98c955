package auth

import (
	"cmp"
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
)

// askForms are the token requests of the grants that can be made again and
// again: nothing that they present is used up.
var askForms = map[Grant]func(a Authorization, now time.Time) (url.Values, error){
	GrantClientCredentials: clientCredentialsForm,
	GrantJWTBearer:         jwtBearerForm,
	GrantPassword:          passwordForm,
}

// ask gets the first tokens of an authorization whose grant needs no user. The
// end of ctx before the request leaves ends it.
func (e *Engine) ask(ctx context.Context, p pending) (Detail, error) {
	return e.underSignIn(ctx, p, func(ctx context.Context, r Record) (Record, error) {
		form, err := e.askForm(p.config)
		if err != nil {
			return Record{}, e.unusable(err, r)
		}
		return e.redeem(ctx, p, r, AttemptAsk, form, "")
	})
}

// askForm is the token request of an authorization that can ask again and again.
func (e *Engine) askForm(a Authorization) (url.Values, error) {
	form, err := askForms[a.Grant](a, e.now())
	if info, _ := a.Grant.Info(); err == nil && info.Scopes && len(a.Scopes) > 0 {
		svc, _ := e.catalog.Get(a.ServiceID)
		form.Set("scope", strings.Join(a.Scopes, cmp.Or(svc.ScopeSeparator, " ")))
	}
	return form, err
}

// unusable says that the stored settings make no request.
func (e *Engine) unusable(err error, r Record) error {
	return e.explain(&CodedError{Code: CodeClientKey, Cause: err}, r)
}

// renew gets a new access token for r, in the way of its grant. The lock is
// held; ctx counts until the request leaves.
func (e *Engine) renew(ctx context.Context, r Record) (Record, error) {
	if _, err := e.serviceOf(r); err != nil {
		if outcomeOf(err) != CodeServiceMissing { // it could not be read
			return Record{}, err
		}
		if err := e.settle(ctx, r, StateNeedsAttention, CodeServiceMissing, r.Status.Failures+1); err != nil {
			return Record{}, e.explain(err, r)
		}
		return Record{}, err
	}
	if info, _ := r.Authorization.Grant.Info(); info.Renewal == RenewAsk {
		return e.askAgain(ctx, r)
	}
	return e.present(ctx, r)
}

// askAgain makes the token request of r once more. However it ends, it can be
// made again: an end that is not known changes nothing.
func (e *Engine) askAgain(ctx context.Context, r Record) (Record, error) {
	r, _, done, err := e.takeUp(ctx, r)
	if err != nil || done {
		return r, err
	}
	svc, _ := e.catalog.Get(r.Authorization.ServiceID)
	if why := whyNotRefresh(svc, r); why != "" {
		return Record{}, e.explain(refusedErr(r), r)
	}
	form, err := e.askForm(r.Authorization)
	if err != nil {
		if err := e.settle(ctx, r, StateNeedsAttention, CodeClientKey, r.Status.Failures+1); err != nil {
			return Record{}, e.explain(err, r)
		}
		r.Status.State = StateNeedsAttention
		return Record{}, e.unusable(err, r)
	}
	id := r.Authorization.ID
	intent := Attempt{ID: uuid.NewString(), Kind: AttemptAsk, StartedAt: e.now().UTC(), Presented: 1}
	ahead := e.wire.ahead(context.WithoutCancel(ctx), svc.request(r.Authorization, r.Authorization.Endpoints.Token))
	defer ahead.close()
	if err := e.store.BeginAttempt(ctx, id, r.Status.Generation, intent); err != nil {
		return Record{}, e.explain(err, r)
	}
	e.publish(EventRefreshing, id)
	defer e.publish(EventRefreshing, id)
	reply, err := e.postTokenOn(ahead, r.Authorization, svc, r.Tokens, form)
	if err != nil {
		return Record{}, e.endAsk(r, err)
	}
	g := e.renewed(r, reply)
	if err := e.commit(r, g); err != nil {
		return Record{}, err
	}
	return e.stored(r, g), nil
}

// endAsk stores that asking brought no tokens, and explains it. Refused
// credentials are settings that are wrong: there is no sign-in to be over.
func (e *Engine) endAsk(r Record, cause error) error {
	ctx, cancel := e.detached(readTimeout)
	defer cancel()
	id, s := r.Authorization.ID, r.Status
	code := outcomeOf(cause)
	state := s.State
	switch explainRow(code).state {
	case StateNeedsSignIn, StateNeedsAttention:
		state = StateNeedsAttention
	}
	end := e.retryAt(r, cause, Ending{State: state, Outcome: code, Failures: s.Failures + 1})
	if err := e.store.EndAttempt(ctx, id, s.Generation, end); err != nil {
		// Recovery at the next start ends it.
		e.log.Error("the end of a token request could not be stored", "authorization", id, "error", err)
	}
	e.publish(EventList, id)
	failure := Explain(e.explain(cause, r), ExplainContext{})
	failure.State = end.State
	return failure
}
