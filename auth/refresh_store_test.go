package auth_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// faults lets a method of the store fail that many times.
func faults(method string, times int32) func(string) error {
	var count atomic.Int32
	return func(called string) error {
		if called == method && count.Add(1) <= times {
			return auth.ErrStorage
		}
		return nil
	}
}

func TestRefreshCommitsAgainWhenTheDiskComesBack(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
	before := r.stored(nil)
	r.store.Fault = faults("CommitGrant", 3)
	_, err := r.engine.Refresh(background(), before.Authorization.ID)
	require.NoError(t, err)
	assert.True(t, r.server.Alive(r.row(before.Authorization.ID).Tokens.Refresh.Reveal()))
	assert.Zero(t, r.store.Spills())
}

func TestTokensThatCannotBeCommittedAreSpilledAndDrainedAtTheNextStart(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
	before := r.stored(nil)
	id := before.Authorization.ID
	r.store.Fault = faults("CommitGrant", 1000)

	_, err := r.engine.Refresh(background(), id)
	require.ErrorIs(t, err, auth.ErrStorage)
	assert.Equal(t, 1, r.store.Spills())
	assert.Equal(t, before.Tokens, r.row(id).Tokens)

	r.store.Fault = nil
	next := r.another(authtest.BrowserIgnore)
	require.NoError(t, next.Start(background()))
	after := r.row(id)
	assert.Equal(t, auth.StateActive, after.Status.State)
	assert.True(t, r.server.Alive(after.Tokens.Refresh.Reveal()))
	assert.Equal(t, 1, r.server.Shown(before.Tokens.Refresh.Reveal()))
}

func TestSpilledTokensAreFoundByTheNextRefresh(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
	before := r.stored(nil)
	id := before.Authorization.ID
	r.store.Fault = faults("CommitGrant", 5)
	_, err := r.engine.Refresh(background(), id)
	require.Error(t, err)

	d, err := r.engine.Refresh(background(), id)

	require.NoError(t, err)
	assert.Equal(t, auth.StateActive, d.Status.State)
	assert.Equal(t, 1, r.posts(), "the spilled tokens are the outcome")
}

func TestTokensAreKeptInMemoryUntilSomethingTakesThem(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
	before := r.stored(nil)
	commit, spill := faults("CommitGrant", 5), faults("Spill", 1)
	r.store.Fault = func(method string) error { return errors.Join(commit(method), spill(method)) }
	_, err := r.engine.Refresh(background(), before.Authorization.ID)
	require.NoError(t, err)
	assert.True(t, r.server.Alive(r.row(before.Authorization.ID).Tokens.Refresh.Reveal()))
}

// Closing the window ends the waiting, not the work.
func TestTokensOnTheirWayAreStoredWhoeverLeaves(t *testing.T) {
	for name, leave := range map[string]func(cancel context.CancelFunc, e *auth.Engine){
		"the caller":  func(cancel context.CancelFunc, _ *auth.Engine) { cancel() },
		"the program": func(_ context.CancelFunc, e *auth.Engine) { e.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
			before := r.stored(nil)
			id := before.Authorization.ID
			reply := make(chan struct{})
			r.server.Script(authtest.PathToken, authtest.Answer{Apply: true, Hold: reply})
			begun := r.events(r.engine, auth.EventRefreshing, id)
			ctx, cancel := context.WithCancel(background())
			defer cancel()
			returned, left := make(chan struct{}), make(chan struct{})
			go func() {
				defer close(returned)
				_, _ = r.engine.Refresh(ctx, id)
			}()
			<-begun
			go func() {
				defer close(left)
				leave(cancel, r.engine)
			}()
			if name == "the caller" {
				<-returned
			}
			close(reply)
			<-left
			r.engine.Close()
			assert.Equal(t, int64(2), r.row(id).Status.Generation)
			<-returned
		})
	}
}

// R29: a reply for a row that was deleted meanwhile is revoked and dropped.
func TestLateReplyForADeletedRowIsRevoked(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
	before := r.stored(nil)
	id := before.Authorization.ID
	reply := make(chan struct{})
	r.server.Script(authtest.PathToken, authtest.Answer{Apply: true, Hold: reply})
	begun := r.events(r.engine, auth.EventRefreshing, id)
	failed := make(chan error, 1)
	go func() {
		_, err := r.engine.Refresh(background(), id)
		failed <- err
	}()
	<-begun
	_, err := r.engine.Delete(background(), id, false)
	require.NoError(t, err)
	close(reply)
	require.ErrorIs(t, <-failed, auth.ErrStale)
	assert.Equal(t, before.Tokens, r.row(id).Tokens, "resurrected")
	queued := r.store.Revocations()
	require.Len(t, queued, 2)

	dropped := r.calls("DropRevocation")
	require.NoError(t, r.another(authtest.BrowserIgnore).Start(background()))
	<-dropped
	<-dropped
	assert.False(t, r.server.Alive(before.Tokens.Refresh.Reveal()))
}

// R27, T54: a call that waited while the service refused the refresh token
// shares the refusal: to try once more is for a user who has seen it.
func TestRefusalIsSharedByThoseWhoWaited(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	id := r.stored(nil).Authorization.ID
	another := r.another(authtest.BrowserIgnore)
	var waits atomic.Bool
	r.store.Fault = func(method string) error {
		if method == "Lock" && waits.CompareAndSwap(false, true) {
			r.server.Script(authtest.PathToken, authtest.JSON(400, `{"error":"invalid_grant"}`))
			_, err := another.Refresh(background(), id)
			assert.Error(t, err)
		}
		return nil
	}
	_, err := r.engine.Refresh(background(), id)
	failure := asFailure(t, err)
	assert.Equal(t, "invalid_grant", failure.Code)
	assert.Equal(t, auth.StateNeedsSignIn, failure.State)
	assert.Equal(t, 1, r.posts())

	_, err = r.engine.Refresh(background(), id)
	require.NoError(t, err, "the user tries once more")
}
