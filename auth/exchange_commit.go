package auth

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// How a commit that fails is tried again: the tokens are kept in memory until
// they are stored, or spilled to another folder.
const (
	commitTries    = 5
	commitTimeout  = 15 * time.Second // of one try
	commitPause    = time.Second      // between rounds, when spilling fails too
	commitPatience = 2 * time.Minute  // in all
)

// commit stores new tokens for r (commit protocol, step 6). It gives up only
// when neither the database nor the spill folder takes them for minutes. Tokens
// for a row that is gone, or has newer ones, are dropped (R29). A row that was
// changed outside the app takes none: they wait in the spill folder for the row
// to match its seal again.
func (e *Engine) commit(r Record, g Grantee) error {
	ctx, cancel := e.detached(commitPatience)
	defer cancel()
	id, gen := r.Authorization.ID, r.Status.Generation
	for {
		err := e.tryCommit(ctx, id, gen, g)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, ErrStale), errors.Is(err, ErrNotFound):
			if e.isStored(ctx, id, g) {
				return nil
			}
			e.dropLate(ctx, r, g)
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

// isStored tells whether a commit that seemed to fail, such as one whose time
// was up, has stored these tokens after all.
func (e *Engine) isStored(ctx context.Context, id string, g Grantee) bool {
	now, err := e.store.Load(ctx, id)
	return err == nil && !g.Tokens.Access.Empty() && now.Tokens.Access.Equal(g.Tokens.Access)
}

// dropLate forgets tokens that came too late. They are queued for revocation
// unless that could end newer ones that are stored.
func (e *Engine) dropLate(ctx context.Context, r Record, g Grantee) {
	id := r.Authorization.ID
	if e.mayShareGrant(ctx, r, g) {
		e.log.Warn("late tokens are left to run out: to revoke them could end newer ones", "authorization", id)
		return
	}
	r.Tokens = g.Tokens
	for _, revocation := range e.revocationsOf(r) {
		if err := e.store.QueueRevocation(ctx, revocation); err != nil {
			e.log.Error("a revocation could not be queued", "authorization", id, "error", err)
		}
	}
	e.kickJanitor()
}

// mayShareGrant tells whether tokens that came too late may belong to the grant
// of those that are stored and in use, see grantedApart. Two that both came by
// refreshes may always be of one sign-in.
func (e *Engine) mayShareGrant(ctx context.Context, late Record, g Grantee) bool {
	now, err := e.store.Load(ctx, late.Authorization.ID)
	switch {
	case errors.Is(err, ErrNotFound):
		return false
	case err != nil:
		return true // not known
	case now.Tokens.Access.Empty() && now.Tokens.Refresh.Empty(),
		now.Status.State == StateRevoked, now.Status.State == StateNeedsSignIn:
		return false
	case now.Status.Refreshes > 0 && g.Status.Refreshes > 0:
		return !otherUser(now.Tokens.ID, g.Tokens.ID)
	}
	return !e.grantedApart(now, g)
}
