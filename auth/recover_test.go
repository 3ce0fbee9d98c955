package auth_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// R02, R03: whatever the end of the program cut off, the next start leads to a
// state with a next step, and presents an old refresh token at most once more.
func TestStartCompletesWhatWasInterrupted(t *testing.T) {
	never := func(rec *auth.Record) {
		rec.Tokens, rec.Status = auth.Tokens{}, auth.Status{State: auth.StateWaiting}
	}
	in := func(state auth.State, outcome string) func(*auth.Record) {
		return func(rec *auth.Record) { rec.Status.State, rec.Status.LastOutcome = state, outcome }
	}
	exchange, first, second := auth.Attempt{Kind: auth.AttemptExchange, Presented: 1},
		auth.Attempt{Kind: auth.AttemptRefresh, Presented: 1}, auth.Attempt{Kind: auth.AttemptRefresh, Presented: 2}
	refused := authtest.JSON(400, `{"error":"invalid_grant"}`)
	for name, test := range map[string]struct {
		row     func(*auth.Record)
		attempt *auth.Attempt
		answer  *authtest.Answer
		state   auth.State
		posts   int
	}{
		"waiting in the browser":            {row: never, state: auth.StateNeverAuthorized},
		"a new one's code was sent":         {row: never, attempt: &exchange, state: auth.StateNeverAuthorized},
		"a refresh, the old token lives":    {row: in(auth.StateRefreshing, "ok"), attempt: &first, state: auth.StateActive, posts: 1},
		"a refresh, the old token is dead":  {row: in(auth.StateRefreshing, "ok"), attempt: &first, answer: &refused, state: auth.StateNeedsSignIn, posts: 1},
		"an unknown outcome":                {row: in(auth.StateUnknown, "cut_off"), attempt: &first, state: auth.StateActive, posts: 1},
		"the one more try, too":             {row: in(auth.StateRefreshing, "cut_off"), attempt: &second, state: auth.StateNeedsSignIn},
		"re-authorizing an active one":      {row: in(auth.StateRefreshing, "ok"), attempt: &exchange, state: auth.StateActive},
		"re-authorizing a refused one":      {row: in(auth.StateRefreshing, "refused_twice"), attempt: &exchange, state: auth.StateNeedsSignIn},
		"re-authorizing one with attention": {row: in(auth.StateRefreshing, "invalid_client"), attempt: &exchange, state: auth.StateNeedsAttention},
		"re-authorizing a revoked one":      {row: in(auth.StateRefreshing, "revoked"), attempt: &exchange, state: auth.StateRevoked},
		"re-authorizing an unknown outcome": {row: in(auth.StateRefreshing, "interrupted"), attempt: &exchange, state: auth.StateNeedsSignIn},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{Rotation: authtest.RotateGrace, Grace: time.Hour})
			before := r.stored(test.row)
			id := before.Authorization.ID
			if test.attempt != nil {
				r.store.PutAttempt(id, *test.attempt)
			}
			if test.answer != nil {
				r.server.Script(authtest.PathToken, *test.answer)
			}
			done := r.events(r.engine, auth.EventList, id)

			require.NoError(t, r.engine.Start(background()))
			<-done
			r.engine.Close()

			after := r.row(id)
			assert.Equal(t, test.state, after.Status.State)
			assert.Equal(t, test.posts, r.posts())
			_, open, _ := r.store.OpenAttempt(background(), id)
			assert.False(t, open)
			if test.posts == 0 || test.answer != nil {
				assert.Equal(t, before.Tokens, after.Tokens)
			}
			d, err := r.engine.Detail(background(), id)
			require.NoError(t, err)
			assert.True(t, d.CanRefresh || d.Status.State != auth.StateActive, "no next step")
		})
	}
}

// After two presentations no start presents the token again.
func TestStartNeverPresentsAThirdTime(t *testing.T) {
	scheduled(t, func(b *bubble) {
		id := b.put(7001, func(r *auth.Record) {
			r.Authorization.AutoRefresh, r.Status.NextRefreshAt, r.Status.State = false, time.Time{}, auth.StateRefreshing
		})
		b.store.PutAttempt(id, auth.Attempt{Kind: auth.AttemptRefresh, Presented: 1})
		b.net.at(7001, func(post) answer { return answer{Cut: true} })
		for range 4 {
			e := b.another()
			require.NoError(t, e.Start(b.Context()))
			b.pass(time.Minute)
			e.Close()
		}
		assert.Equal(t, auth.StateNeedsSignIn, b.row(id).Status.State)
		assert.Len(t, b.net.got(0), 1, "presented once before")
	})
}

func TestStartWaitsForTheVault(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	r.store.NewVault()
	require.NoError(t, r.engine.Start(background()))
	assert.Zero(t, r.store.Calls("DrainSpills"))
	opened := r.events(r.engine, auth.EventVault, "")
	require.NoError(t, r.engine.CreateVault(background(), auth.NewSecret("a good long passphrase")))
	<-opened
	assert.Equal(t, 1, r.store.Calls("DrainSpills"))
	require.NoError(t, r.engine.Unlock(background(), auth.NewSecret("a good long passphrase")))
	assert.Equal(t, 1, r.store.Calls("DrainSpills"), "started twice")
	assert.ErrorIs(t, r.engine.Unlock(background(), auth.NewSecret("another")), auth.ErrVaultKey)
}
