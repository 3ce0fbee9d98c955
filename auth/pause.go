package auth

import (
	"context"
	"os"
)

// Pause makes an authorization hand out and refresh nothing until Resume, also
// after a restart. It waits for a refresh that is under way and ends a sign-in
// that is open: what is paused asks the service for nothing. Pausing what is
// paused does nothing; without tokens, or with revoked ones, there is nothing
// to pause, which a *Failure says.
func (e *Engine) Pause(ctx context.Context, id string) error {
	err := e.underLock(ctx, id, func(ctx context.Context, r Record) error {
		switch {
		case r.Status.State == StatePaused:
			return nil
		case !canPause(r):
			return noTokenInForce(r, e.now().UTC())
		}
		// An attempt whose end is not known stays open: Resume finds it.
		end := Ending{State: StatePaused, Outcome: r.Status.LastOutcome, Failures: r.Status.Failures}
		if err := e.store.SetState(ctx, id, r.Status.Generation, end); err != nil {
			return e.explain(err, r)
		}
		return nil
	})
	// Not under the lock, which the sign-in may be waiting for: it finds the
	// pause when it gets it.
	if s := e.openSignIn(id); err == nil && s != nil {
		s.Cancel()
	}
	return err
}

// Resume ends Pause: the authorization is again in the state that its last
// attempt left it in. What is not paused stays as it is.
func (e *Engine) Resume(ctx context.Context, id string) error {
	unknown := false
	err := e.underLock(ctx, id, func(ctx context.Context, r Record) error {
		if r.Status.State != StatePaused {
			return nil
		}
		open, unfinished, err := e.store.OpenAttempt(ctx, id)
		if err != nil {
			return e.explain(err, r)
		}
		end := Ending{State: stateAfter(r.Status.LastOutcome), Outcome: r.Status.LastOutcome, Failures: r.Status.Failures}
		switch {
		case unfinished && open.Kind == AttemptRefresh:
			end.State, unknown = StateUnknown, true
		case r.Tokens.Access.Empty(): // a pasted refresh token that has brought nothing yet
			end.State = StateNeverAuthorized
		}
		r.Status.State = end.State
		end.Next = e.plan(r)
		if unfinished && !unknown {
			err = e.store.EndAttempt(ctx, id, r.Status.Generation, end)
		} else {
			err = e.store.SetState(ctx, id, r.Status.Generation, end)
		}
		if err != nil {
			return e.explain(err, r)
		}
		return nil
	})
	e.kickScheduler()
	if err == nil && unknown {
		e.spawn(func() { e.recoverRow(id) })
	}
	return err
}

// canPause tells whether there is something that a pause would keep from use.
func canPause(r Record) bool {
	none := r.Tokens.Access.Empty() && r.Tokens.Refresh.Empty()
	return !none && r.Status.State != StatePaused && r.Status.State != StateRevoked
}

// pausedErr says that nothing is done with a paused authorization.
func (e *Engine) pausedErr(r Record) error { return e.explain(&CodedError{Code: CodePaused}, r) }

// underLock loads a row under the lock that holds over all processes and lets f
// act on it; its errors are fit for the user. A ctx that ends earlier ends the
// waiting alone.
func (e *Engine) underLock(ctx context.Context, id string, f func(ctx context.Context, r Record) error) error {
	_, err := await(ctx, e, func() (struct{}, error) {
		release, err := e.lock(id)
		if err != nil {
			return struct{}{}, err
		}
		defer release()
		ctx, cancel := e.detached(readTimeout)
		defer cancel()
		r, err := e.load(ctx, id)
		if err != nil {
			return struct{}{}, err
		}
		defer e.publish(EventList, id)
		return struct{}{}, f(ctx, r)
	})
	return err
}

// await runs f in the background, where Close waits for its end, and returns
// its outcome. A ctx that ends earlier ends the waiting alone.
func await[T any](ctx context.Context, e *Engine, f func() (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	done := make(chan outcome, 1)
	if e.spawn(func() {
		growStack()
		value, err := f()
		done <- outcome{value, err}
	}) {
		select {
		case o := <-done:
			return o.value, o.err
		case <-ctx.Done():
		}
	}
	var none T
	return none, ErrCancelled
}

// stackSize is about what a refresh takes, the store included.
const stackSize = 40 << 10

// growStack makes the stack of this goroutine as large as it will be, while there
// is little on it that has to be moved: on its way down to the disk it would
// move five times.
//
//go:noinline
func growStack() byte {
	var room [stackSize]byte
	return room[len(os.Args)%stackSize]
}
