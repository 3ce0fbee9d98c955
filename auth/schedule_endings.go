package auth

import (
	"context"
	"slices"
	"time"
)

// When the user is told that something ends although the program refreshes.
const (
	endingsEvery = 24 * time.Hour
	// secretAhead is how long before its end a client secret is spoken of: who
	// renews it may have to ask an administrator.
	secretAhead = 14 * 24 * time.Hour
	// signInAhead is the same for a sign-in. One that lasts less than twice as
	// long in all is spoken of when a quarter of it is left.
	signInAhead = 7 * 24 * time.Hour
	// endingsAtOnce bounds what one look finds; the next one finds the rest.
	endingsAtOnce = 1000
)

// noteEndings tells, once for each, of sign-ins and client secrets that end
// soon. What was told stands in the history, so that it holds over restarts.
func (e *Engine) noteEndings() {
	if !e.afterStart() {
		return
	}
	now := e.now().UTC()
	soon, err := e.store.SoonEnding(e.ctx, now, now.Add(secretAhead), endingsAtOnce)
	if err != nil {
		if e.ctx.Err() == nil {
			e.log.Error("what ends soon could not be read", "error", err)
		}
		return
	}
	for _, ending := range soon {
		if e.ctx.Err() != nil {
			return
		}
		e.noteEnding(ending, now)
	}
}

// noteEnding tells of one ending if its time has come and it was not told yet.
func (e *Engine) noteEnding(ending SoonEnding, now time.Time) {
	ctx, cancel := context.WithTimeout(e.ctx, readTimeout)
	defer cancel()
	r, err := e.store.Read(ctx, ending.ID)
	if err != nil {
		return // deleted, changed outside, the vault locked: nothing to act on
	}
	ends, ahead := e.endingOf(r, ending.What)
	told := ends.Add(-ahead)
	if ends.IsZero() || !ends.After(now) || told.After(now) {
		return
	}
	events, err := e.store.History(ctx, ending.ID)
	if err != nil || slices.ContainsFunc(events, func(event HistoryEvent) bool {
		return event.Kind == WordNotice && event.Outcome == string(ending.What) && !event.At.Before(told)
	}) {
		return
	}
	if err := e.store.Remember(ctx, ending.ID, HistoryEvent{At: now, Kind: WordNotice, Outcome: string(ending.What)}); err != nil {
		e.log.Error("a notice could not be remembered", "authorization", ending.ID, "error", err)
		return // the next look tells of it
	}
	e.publish(EventEnding, ending.ID)
}

// endingOf is when something of r ends and how long before that the user is
// told; zero when it does not end, or needs nobody.
func (e *Engine) endingOf(r Record, what Ender) (ends time.Time, ahead time.Duration) {
	if what == EndsSecret {
		return r.Authorization.SecretEnds(), secretAhead
	}
	svc, _ := e.catalog.Get(r.Authorization.ServiceID)
	life := svc.SignInLifetime(r.Authorization.Params)
	next, ends := r.Status.NextRefreshAt, r.Status.SignInEnds
	switch r.Status.State {
	case StateActive, StateRefreshing, StateUnknown, StateNeedsAttention:
	default:
		return time.Time{}, 0 // over already, or put aside
	}
	if life.Rule != "fixed" && !next.IsZero() && next.Before(ends) {
		return time.Time{}, 0 // each use starts it anew, and one comes in time
	}
	ahead = signInAhead
	if whole := replyLifetime(float64(life.Seconds)); whole > 0 && whole < 2*signInAhead {
		ahead = whole / 4
	}
	return ends, ahead
}
