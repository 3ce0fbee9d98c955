package auth

import (
	"context"
	"sync"
)

// recoverAtOnce is how many rows are recovered at the same time.
const recoverAtOnce = 4

// recoverAll gives every row that the end of the program left in the middle of
// something a state with a next step.
func (e *Engine) recoverAll() {
	ids, err := e.store.Interrupted(e.ctx)
	if err != nil {
		if e.ctx.Err() == nil {
			e.log.Error("interrupted rows could not be read", "error", err)
		}
		return
	}
	var workers sync.WaitGroup
	work := make(chan string)
	for range min(recoverAtOnce, len(ids)) {
		workers.Go(func() {
			for id := range work {
				e.recoverRow(id)
			}
		})
	}
	for _, id := range ids {
		if e.ctx.Err() != nil {
			break
		}
		work <- id
	}
	close(work)
	workers.Wait()
}

// recoverRow ends what was interrupted in one row. A refresh token is presented
// at most once here, and only when it was not presented twice before.
func (e *Engine) recoverRow(id string) {
	if e.openSignIn(id) != nil {
		return // it is waiting in this very program
	}
	release, err := e.lock(id)
	if err != nil {
		return
	}
	defer release()
	ctx, cancel := context.WithTimeout(e.ctx, readTimeout)
	defer cancel()
	r, err := e.store.Load(ctx, id)
	if err != nil {
		return // changed outside, deleted, or the vault is locked again
	}
	open, unfinished, err := e.store.OpenAttempt(ctx, id)
	if err != nil {
		return
	}
	switch state := r.Status.State; {
	case state == StateWaiting, state == StateRefreshing && unfinished && open.Kind != AttemptRefresh:
		_, err = e.restore(ctx, r)
	case state == StateRefreshing, state == StateUnknown:
		_, err = e.present(ctx, r)
	}
	if err != nil {
		e.log.Warn("an interrupted authorization was not completed", "authorization", id, "error", err)
	}
	e.publish(EventList, id)
}

// restore ends a sign-in that was cut off: a row with tokens gets the state back
// that they were in, one without was never authorized.
func (e *Engine) restore(ctx context.Context, r Record) (Record, error) {
	s := &r.Status
	state, outcome, failures := stateAfter(s.LastOutcome), s.LastOutcome, s.Failures
	switch {
	case s.Generation == 0:
		state, outcome, failures = StateNeverAuthorized, outcomeInterrupted, failures+1
	case r.Tokens.Access.Empty(): // a pasted refresh token that has brought nothing yet
		state = StateNeverAuthorized
	case state == StateNeedsSignIn && outcome == outcomeInterrupted:
		outcome = refusedTwice
	}
	if err := e.settle(ctx, r, state, outcome, failures); err != nil {
		return Record{}, e.explain(err, r)
	}
	s.State, s.LastOutcome, s.Failures = state, outcome, failures
	return r, nil
}

// stateAfter is the state of a row with tokens after an outcome. It answers for
// rows whose state was overwritten by an attempt that was then cut off.
func stateAfter(outcome string) State {
	switch outcome {
	case outcomeRevoked:
		return StateRevoked
	case outcomeInterrupted: // a refresh token of which it is not known how often it was presented
		return StateNeedsSignIn
	}
	switch state := explainRow(outcome).state; state {
	case StateNeedsSignIn, StateNeedsAttention:
		return state
	default:
		return StateActive
	}
}
