package auth

import (
	"context"
	"errors"
	"time"
)

// UndoTime is how long a deleted authorization can be brought back.
const UndoTime = 10 * time.Second

// deletePatience is how long Delete waits for a refresh under way, so that
// Undelete brings back tokens that are in force.
const deletePatience = 2 * time.Second

// Delete hides the authorization and returns until when Undelete brings it
// back. With revoke its tokens are revoked at the service when that time is
// over, where the service offers it; that survives the end of the program. A
// row that was changed outside the app is deleted without any request.
func (e *Engine) Delete(ctx context.Context, id string, revoke bool) (until time.Time, err error) {
	if s := e.openSignIn(id); s != nil {
		s.Cancel()
	}
	wait, cancel := context.WithTimeout(ctx, deletePatience)
	defer cancel()
	if release, err := e.store.Lock(wait, id); err == nil {
		defer release()
	}
	if revoke {
		r, err := e.store.Load(ctx, id)
		if errors.Is(err, ErrVaultLocked) {
			return time.Time{}, e.explain(err, Record{})
		}
		revoke = err == nil && r.Authorization.Endpoints.Revocation != "" && r.Status.State != StateRevoked
	}
	until = e.now().Add(UndoTime).UTC()
	if err := e.store.Delete(ctx, id, revoke, until); err != nil {
		return time.Time{}, e.explain(err, Record{})
	}
	e.publish(EventList, id)
	e.kickJanitorAt(until)
	return until, nil
}

// Undelete brings a deleted authorization back and calls its revocation off.
func (e *Engine) Undelete(ctx context.Context, id string) error {
	if err := e.store.Undelete(ctx, id); err != nil {
		return e.explain(err, Record{})
	}
	e.queueAgain(ctx, id)
	e.publish(EventList, id)
	// A refresh that was under way found the row gone: what it left is put in
	// order as after a crash.
	e.spawn(func() { e.recoverRow(id) })
	return nil
}

// queueAgain puts the tokens of a row back into the queue that were waiting to
// be revoked before it was deleted: Undelete has called off all that there was.
func (e *Engine) queueAgain(ctx context.Context, id string) {
	r, err := e.store.Load(ctx, id)
	if err != nil || r.Status.LastOutcome != CodeRevokeQueued {
		return
	}
	for _, revocation := range e.revocationsOf(r) {
		if err := e.store.QueueRevocation(ctx, revocation); err != nil {
			e.log.Error("a revocation could not be queued", "authorization", id, "error", err)
		}
	}
	e.kickJanitor()
}
