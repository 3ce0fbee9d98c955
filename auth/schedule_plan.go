package auth

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"time"
)

// SettingRefreshMargin is the setting that says how many seconds before its end
// an access token is refreshed at the latest. Empty or no number: five minutes.
const SettingRefreshMargin = "refresh_margin_seconds"

// When a refresh is planned.
const (
	defaultMargin = 5 * time.Minute
	maxMargin     = 24 * time.Hour
	// refreshFloor is the shortest time from one access token to the next,
	// whatever lifetime the service reports (T34).
	refreshFloor = time.Minute
	// retryLongest bounds the pause after a failure.
	retryLongest = 30 * time.Minute
	// retryUnknown is the longest wait before a refresh token whose first
	// presentation has no known end is presented once more: some services take
	// it again for a few seconds only.
	retryUnknown = 4 * time.Second
	// attentionAfter is how many failures in a row end the automatic tries.
	attentionAfter = 18
)

// plan is when the scheduler refreshes r next, for a row that is stored as r
// stands; zero: never by itself. Every new plan but that after a failure comes
// from here.
func (e *Engine) plan(r Record) time.Time {
	now := e.now().UTC()
	s := r.Status
	switch {
	case s.State == StateUnknown && e.canRenew(r): // commit protocol, step 7; whatever the user set
		return now.Add(jitter(retryUnknown))
	case s.State != StateActive || s.Expiry.Rule == ExpiryNever || !e.renewsByItself(r):
		return time.Time{}
	}
	life := s.Expiry.Lifetime
	next := s.IssuedAt.Add(life - aheadOf(life, e.margin()))
	if floor := s.IssuedAt.Add(refreshFloor); next.Before(floor) {
		next = floor
	}
	return next.UTC()
}

// withPlan completes what is stored for r with the time of the next refresh.
// Where no refresh token renews there is no sign-in that could end, and facts that
// are not new stay unless they belong to another grant.
func (e *Engine) withPlan(r Record, g Grantee) Grantee {
	if g.Tokens.Facts == nil && !g.DropRefresh {
		g.Tokens.Facts = r.Tokens.Facts
	}
	if g.Tokens.Facts == nil {
		g.Tokens.Facts = map[string]string{} // nil makes the store look for those that it has
	}
	if !g.Tokens.Refresh.Empty() || g.DropRefresh {
		r.Tokens.Refresh = g.Tokens.Refresh
	}
	r.Tokens.Access, r.Status = g.Tokens.Access, g.Status
	r.Status.LastOutcome, r.Status.Failures = OutcomeOK, 0
	if info, _ := r.Authorization.Grant.Info(); r.Tokens.Refresh.Empty() || info.Renewal == RenewAsk {
		g.Status.SignInEnds = time.Time{}
	}
	g.Status.NextRefreshAt = e.plan(r)
	return g
}

// renewsByItself tells whether the user wants new access tokens ahead of time
// and one can be had.
func (e *Engine) renewsByItself(r Record) bool { return r.Authorization.AutoRefresh && e.canRenew(r) }

func (e *Engine) canRenew(r Record) bool {
	svc, _ := e.catalog.Get(r.Authorization.ServiceID)
	return whyNotRefresh(svc, r) == ""
}

// aheadOf is how long before its end a token of this lifetime is refreshed: a
// tenth of it, at least the margin, and up to 15 % more by chance, so that
// tokens that came together do not go together (R30). A token that lives less
// than two margins is refreshed about half way.
func aheadOf(life, margin time.Duration) time.Duration {
	life = max(life, 0)
	ahead := min(max(life/10, margin), life/2)
	return min(ahead+jitter(life*15/100), life*3/4)
}

// retryAt completes the end of an attempt that brought no tokens: whether and
// when the scheduler tries again. After attentionAfter failures in a row it
// does not, and the row needs attention. r is the row before the attempt.
func (e *Engine) retryAt(r Record, cause error, end Ending) Ending {
	now := e.now().UTC()
	end.Next = time.Time{}
	var failed *WireError
	if !errors.As(cause, &failed) {
		failed = &WireError{}
	}
	absent := failed.unreached() && e.Offline()
	if absent {
		end.Failures = r.Status.Failures // says nothing about this authorization (R21)
	}
	switch end.State {
	case StateUnknown:
		end.Next = now.Add(jitter(retryUnknown))
		if absent { // nothing was presented this time
			end.Next = now.Add(restUnreached(failed))
		}
		return end
	case StateActive:
	default:
		return end
	}
	switch {
	case !e.renewsByItself(r):
	case end.Failures >= attentionAfter:
		end.State = StateNeedsAttention
	case absent:
		end.Next = now.Add(restUnreached(failed))
		if planned := r.Status.NextRefreshAt; planned.After(end.Next) && !misdated(r, now) {
			end.Next = planned
		}
	default:
		end.Next = now.Add(max(retryPause(end.Failures), failed.RetryAfter+jitter(failed.RetryAfter/10)))
	}
	return end
}

// restUnreached is how long an authorization rests whose request did not reach
// its service: what was not sent is due as soon as the host may be asked again,
// what something in between has answered counts as a refresh for the floor.
func restUnreached(failed *WireError) time.Duration {
	if failed.Phase == NotSent {
		return 0
	}
	return refreshFloor
}

// retryPause is how long an authorization rests after its failures in a row:
// twice as long each time, with jitter, never below the floor.
func retryPause(failures int) time.Duration {
	pause := min(refreshFloor<<min(max(failures-1, 0), 10), retryLongest)
	return pause + jitter(pause/2)
}

// jitter is a random time below limit.
func jitter(limit time.Duration) time.Duration {
	if limit <= 0 {
		return 0
	}
	return rand.N(limit) //nolint:gosec // spreads load, no secret
}

// margin is the setting SettingRefreshMargin as it was read last.
func (e *Engine) margin() time.Duration {
	if margin := time.Duration(e.marginNow.Load()); margin > 0 {
		return margin
	}
	return defaultMargin
}

// readMargin takes the setting over for the plans from now on.
func (e *Engine) readMargin(ctx context.Context) {
	settings, err := e.store.Settings(ctx)
	if err != nil {
		return // the last one counts
	}
	seconds, err := strconv.ParseInt(settings[SettingRefreshMargin], 10, 64)
	if err != nil {
		seconds = 0
	}
	margin := time.Duration(min(max(seconds, 0), int64(maxMargin/time.Second))) * time.Second
	e.marginNow.Store(int64(margin))
}

// SetRefreshRule changes automatic refresh and its limit (0: none) at once. It
// waits for a refresh that is under way. A limit below zero gives FieldErrors.
func (e *Engine) SetRefreshRule(ctx context.Context, id string, auto bool, limit int) error {
	if limit < 0 {
		return FieldErrors{{Field: FieldRefreshLimit, Message: "The limit is a whole number, 0 for none."}}
	}
	err := e.underLock(ctx, id, func(ctx context.Context, r Record) error {
		r.Authorization.AutoRefresh, r.Authorization.RefreshLimit = auto, limit
		if err := e.store.SetRefreshRule(ctx, id, r.Status.Generation, auto, limit, e.plan(r)); err != nil {
			return e.explain(err, r)
		}
		return nil
	})
	e.kickScheduler()
	return err
}
