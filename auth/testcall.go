package auth

import (
	"context"
	"net/http"
	"strings"
	"time"
)

// testSoon is how much of a token's life must be left for Test to go without a
// new one: a refresh token that rotates is not used up without need.
const testSoon = time.Minute

// Test gets a fresh access token where it can, then fetches address with it;
// "" means the service's userinfo endpoint, where it has one. Only https
// addresses are fetched (http on this machine), no redirect is followed, and
// the answer comes back with everything masked that is, or looks like, a
// secret. An answer of any status is a result; that none came is a *Failure.
func (e *Engine) Test(ctx context.Context, id, address string) (TestResult, error) {
	r, err := e.load(ctx, id)
	if err != nil {
		return TestResult{}, err
	}
	if address = strings.TrimSpace(address); address == "" {
		address = r.Authorization.Endpoints.UserInfo
	} else if address, err = CheckAddress(address); err != nil {
		return TestResult{}, untestable(r, err, e.now().UTC())
	}
	result, err := e.test(ctx, r, address)
	outcome := OutcomeOK
	switch {
	case err != nil:
		outcome = outcomeOf(err)
	case address != "" && (result.Status < 200 || result.Status > 299):
		outcome = replyErrorOf(result.Status, "", nil).code
	}
	e.remember(id, WordTest, outcome)
	return result, err
}

// untestable says why an address is not fetched, before anything is sent.
func untestable(r Record, wrong error, now time.Time) *Failure {
	return &Failure{
		Title:    "This address can't be tested",
		Happened: "The access token of “" + r.Authorization.Name + "” goes to a whole https address only. Nothing was sent.",
		Mover:    MoverUser, Steps: []string{wrong.Error() + ".", "Test again."}, Code: CodeAddressRefused,
		At: now, State: r.Status.State, cause: wrong,
	}
}

// test makes the token call, then the request.
func (e *Engine) test(ctx context.Context, r Record, address string) (TestResult, error) {
	id := r.Authorization.ID
	result := TestResult{Address: address}
	if e.renewsForTest(r) {
		begun := e.now()
		if _, err := e.Refresh(ctx, id); err != nil {
			return result, err
		}
		result.Took = e.now().Sub(begun)
		renewed, err := e.load(ctx, id)
		if err != nil {
			return result, err
		}
		result.Renewed = renewed.Status.Generation > r.Status.Generation
		r = renewed
	}
	now := e.now().UTC()
	switch state := r.Status.Effective(now); {
	case state != StateActive && state != StateExpiring:
		return result, noTokenInForce(r, now)
	case address == "":
		return result, nil
	case !r.Status.HandOut && r.Authorization.Grant != GrantAccessToken: // it is no bearer token (T31, T32)
		return result, e.explain(&CodedError{Code: CodeNotHandedOut}, r)
	}
	return e.fetch(ctx, r, result)
}

// renewsForTest tells whether Test begins with a token call: always where
// nothing is used up by it, else only when the token is over or about to be.
func (e *Engine) renewsForTest(r Record) bool {
	svc, _ := e.catalog.Get(r.Authorization.ServiceID)
	if whyNotRefresh(svc, r) != "" {
		return false
	}
	info, _ := r.Authorization.Grant.Info()
	end := r.Status.Expiry.At
	return info.Renewal == RenewAsk || r.Tokens.Access.Empty() || !end.IsZero() && end.Sub(e.now()) < testSoon
}

// fetch sends the access token to the address of result and fills in what came.
func (e *Engine) fetch(ctx context.Context, r Record, result TestResult) (TestResult, error) {
	begun := e.now()
	svc, _ := e.catalog.Get(r.Authorization.ServiceID)
	use := svc.Use
	if named := r.Status.TokenType; r.Authorization.Grant == GrantAccessToken && !strings.EqualFold(named, "Bearer") {
		use = TokenUse{Scheme: named} // by the user
	}
	got, err := e.wire.Fetch(ctx, clientRequest(r.Authorization, result.Address), use, r.Tokens.Access)
	result.FetchTook = e.now().Sub(begun)
	if err != nil {
		return result, e.explain(err, r)
	}
	result.Status, result.Size, result.ContentType = got.Status, got.Size, readable(got.ContentType)
	result.Body, result.Cut = maskedBody(got.Body, secretsOf(r), TestBodyLimit)
	result.Cut = result.Cut || got.Cut
	e.learnExpiry(ctx, r, result.Address, got)
	return result, nil
}

// learnExpiry takes a 401 as the end of a token whose lifetime was not reported
// (T34), when it comes from the service itself or says that the token is not
// valid (RFC 6750 section 3.1). Any other address may refuse every token.
func (e *Engine) learnExpiry(ctx context.Context, r Record, address string, got Fetched) {
	s := r.Status
	ours := address == r.Authorization.Endpoints.UserInfo || strings.Contains(got.Challenge, "invalid_token")
	if got.Status != http.StatusUnauthorized || s.Expiry.Rule != ExpiryNotReported || !ours {
		return
	}
	s.Expiry.At = e.now().UTC()
	s.Expiry.Lifetime = max(0, s.Expiry.At.Sub(s.IssuedAt))
	r.Status = s
	id := r.Authorization.ID
	if err := e.store.SetExpiry(ctx, id, s.Generation, s.Expiry, e.plan(r)); err != nil {
		e.log.Warn("the end of an access token could not be stored", "authorization", id, "error", err)
		return
	}
	e.kickScheduler()
	e.publish(EventList, id)
}
