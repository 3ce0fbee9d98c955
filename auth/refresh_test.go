package auth_test

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

func TestRefreshCommitsTheIntentFirstAndTheTokensBeforeUse(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
	before := r.stored(nil)
	r.store.Fault = func(method string) error {
		switch method {
		case "BeginAttempt":
			assert.Equal(t, 0, r.posts(), "sent before the intent was committed")
		case "CommitGrant":
			assert.Equal(t, 1, r.posts())
			assert.Equal(t, auth.StateRefreshing, r.row(before.Authorization.ID).Status.State)
		}
		return nil
	}

	d, err := r.engine.Refresh(background(), before.Authorization.ID)

	require.NoError(t, err)
	after := r.row(before.Authorization.ID)
	assert.Equal(t, auth.StateActive, d.Status.State)
	assert.Equal(t, int64(2), after.Status.Generation)
	assert.False(t, after.Tokens.Access.Equal(before.Tokens.Access), "the access token is the old one")
	assert.False(t, after.Tokens.Refresh.Equal(before.Tokens.Refresh), "the rotated refresh token was not stored")
	assert.True(t, r.server.Alive(after.Tokens.Refresh.Reveal()))
	assert.Equal(t, 1, r.server.Shown(before.Tokens.Refresh.Reveal()))
	_, open, _ := r.store.OpenAttempt(background(), before.Authorization.ID)
	assert.False(t, open)
}

func TestRefreshAsksForNoScopeAndSendsTheExtraParameters(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	before := r.stored(func(rec *auth.Record) { rec.Authorization.TokenParams = map[string]string{"audience": "sales"} })

	_, err := r.engine.Refresh(background(), before.Authorization.ID)

	require.NoError(t, err)
	form := r.server.Requests(authtest.PathToken)[0].Form
	assert.NotContains(t, form, "scope", "RFC 6749 section 6: without a scope nothing more than before is asked for")
	assert.Equal(t, "sales", form.Get("audience"))
}

func TestRefreshKeepsWhatTheReplyDoesNotSay(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	before := r.stored(func(rec *auth.Record) { rec.Status.SignedInAs = "ana@example.test" })
	r.server.Script(authtest.PathToken, authtest.JSON(200, `{"access_token":"TWSENT-access-9","token_type":"Bearer","expires_in":60}`))

	d, err := r.engine.Refresh(background(), before.Authorization.ID)

	require.NoError(t, err)
	after := r.row(before.Authorization.ID)
	assert.True(t, after.Tokens.Refresh.Equal(before.Tokens.Refresh), "the refresh token is gone")
	assert.Equal(t, before.Status.Granted, after.Status.Granted)
	assert.Equal(t, "ana@example.test", d.Status.SignedInAs)
}

// A service whose tokens do not run out when it sends no expires_in has said
// nothing of the kind with one that is -1 (T34).
func TestRefreshTakesOnlyAMissingExpiryForNever(t *testing.T) {
	for expires, want := range map[string]auth.ExpiryRule{``: auth.ExpiryNever, `,"expires_in":-1`: auth.ExpiryNotReported, `,"expires_in":60`: auth.ExpiryReported} {
		r := newRig(t, authtest.EvilasParams{})
		engine := r.another(authtest.BrowserFollow, auth.Quirk{ID: auth.QuirkNoExpiryMeansNever})
		before := r.stored(nil)
		r.server.Script(authtest.PathToken, authtest.JSON(200, `{"access_token":"TWSENT-access-9","token_type":"Bearer"`+expires+`}`))

		d, err := engine.Refresh(background(), before.Authorization.ID)

		require.NoError(t, err)
		assert.Equal(t, want, d.Status.Expiry.Rule, expires)
	}
}

// In one process and in several: whoever waited takes what the first one got.
func TestRefreshIsOneRequestForAll(t *testing.T) {
	for name, engines := range map[string]int{"one process": 1, "two processes": 2} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
			before := r.stored(nil)
			const callers = 50
			reply, asked := make(chan struct{}), atomic.Int32{}
			r.server.Script(authtest.PathToken, authtest.Answer{Apply: true, Hold: reply})
			r.now = func() time.Time {
				// Read before it counts, so that nobody asks after the reply was made.
				now := time.Now()
				// Every caller has asked when the time is read once more for the attempt.
				if asked.Add(1) == callers+1 {
					close(reply)
				}
				return now
			}
			all := []*auth.Engine{r.engine}
			for len(all) < engines {
				all = append(all, r.another(authtest.BrowserIgnore))
			}
			var work sync.WaitGroup
			for i := range callers {
				work.Go(func() {
					d, err := all[i%engines].Refresh(background(), before.Authorization.ID)
					assert.NoError(t, err)
					assert.Equal(t, int64(2), d.Status.Generation)
				})
			}
			work.Wait()
			assert.Equal(t, 1, r.posts())
			assert.True(t, r.server.Alive(r.row(before.Authorization.ID).Tokens.Refresh.Reveal()), "the family was ended")
		})
	}
}

// Times are stored in whole milliseconds, calls come at any time between: tokens
// of the millisecond in which a call was made may be those that it waited for.
func TestRefreshTakesTokensOfItsOwnMillisecond(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
	issued := time.Now().UTC().Truncate(time.Millisecond)
	before := r.stored(func(r *auth.Record) { r.Status.IssuedAt = issued })
	for posts, after := range []time.Duration{700 * time.Microsecond, time.Millisecond} {
		r.now = func() time.Time { return issued.Add(after) }
		_, err := r.engine.Refresh(background(), before.Authorization.ID)
		require.NoError(t, err)
		assert.Equal(t, posts, r.posts(), after)
	}
}

// T35, R24-R26, step 8: one presentation for each attempt, and whatever the
// service answers, what is stored stays.
func TestRefreshClassifiesAnswersAndErasesNothing(t *testing.T) {
	tests := map[string]struct {
		answer  authtest.Answer
		state   auth.State
		outcome string
	}{
		"invalid_grant":           {answer: authtest.JSON(400, `{"error":"invalid_grant"}`), state: auth.StateNeedsSignIn, outcome: "invalid_grant"},
		"its word at GitHub":      {answer: authtest.JSON(200, `{"error":"bad_refresh_token"}`), state: auth.StateNeedsSignIn, outcome: "invalid_grant"},
		"invalid_client":          {answer: authtest.JSON(401, `{"error":"invalid_client"}`), state: auth.StateNeedsAttention, outcome: "invalid_client"},
		"unauthorized_client":     {answer: authtest.JSON(400, `{"error":"unauthorized_client"}`), state: auth.StateNeedsAttention, outcome: "unauthorized_client"},
		"invalid_request":         {answer: authtest.JSON(400, `{"error":"invalid_request"}`), state: auth.StateActive, outcome: "invalid_request"},
		"temporarily_unavailable": {answer: authtest.JSON(400, `{"error":"temporarily_unavailable"}`), state: auth.StateActive, outcome: "temporarily_unavailable"},
		"503 without a word":      {answer: authtest.JSON(503, ``), state: auth.StateActive, outcome: auth.CodeServerError},
		"429":                     {answer: authtest.JSON(429, `{}`), state: auth.StateActive, outcome: auth.CodeTooManyRequests},
		"a redirect":              {answer: authtest.Redirect(307, "http://127.0.0.1:1/"), state: auth.StateActive, outcome: auth.CodeRedirectRefused},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
			before := r.stored(nil)
			r.server.Script(authtest.PathToken, test.answer)

			_, err := r.engine.Refresh(background(), before.Authorization.ID)

			f := asFailure(t, err)
			after := r.row(before.Authorization.ID)
			assert.Equal(t, test.state, after.Status.State)
			assert.Equal(t, test.state, f.State)
			assert.Equal(t, test.outcome, after.Status.LastOutcome)
			counted := 1
			if name == "a redirect" {
				counted = 0 // a login page of a network, which says nothing about the authorization (R23)
			}
			assert.Equal(t, counted, after.Status.Failures)
			assert.Equal(t, before.Tokens, after.Tokens, "a failure never erases")
			assert.Equal(t, before.Status.Generation, after.Status.Generation)
			assert.Equal(t, 1, r.server.Shown(before.Tokens.Refresh.Reveal()))
			_, open, _ := r.store.OpenAttempt(background(), before.Authorization.ID)
			assert.False(t, open, "the end is known")
		})
	}
}

// R22, R28, step 7: after a cut the old token is presented once more, and never
// a third time.
func TestRefreshCutOffIsTriedOnceMore(t *testing.T) {
	cuts := map[string]authtest.Answer{
		"before the head":  {Apply: true, NoAnswer: true},
		"after the head":   {Apply: true, CutAt: 1},
		"inside the body":  {Apply: true, CutAt: 20},
		"nothing but HTML": {Status: 200, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<html>"},
	}
	for name, cut := range cuts {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
			before := r.stored(nil)
			id, token := before.Authorization.ID, before.Tokens.Refresh.Reveal()
			r.server.Script(authtest.PathToken, cut)

			_, err := r.engine.Refresh(background(), id)
			assert.Equal(t, auth.StateUnknown, asFailure(t, err).State)
			assert.Equal(t, auth.StateUnknown, r.row(id).Status.State)
			attempt, open, _ := r.store.OpenAttempt(background(), id)
			assert.True(t, open)
			assert.Equal(t, 1, attempt.Presented)

			r.server.Script(authtest.PathToken, authtest.JSON(400, `{"error":"invalid_grant"}`))
			_, err = r.engine.Refresh(background(), id)
			assert.Equal(t, auth.StateNeedsSignIn, asFailure(t, err).State)
			d, err := r.engine.Detail(background(), id)
			require.NoError(t, err)
			assert.False(t, d.CanRefresh)

			_, err = r.engine.Refresh(background(), id)
			assert.Equal(t, auth.StateNeedsSignIn, asFailure(t, err).State)
			assert.Equal(t, 2, r.server.Shown(token), "presented a third time")
			assert.Equal(t, before.Tokens, r.row(id).Tokens)
		})
	}
}

func TestRefreshCutOffSucceedsWhereTheServerGrantsARetry(t *testing.T) {
	for _, rotation := range []authtest.Rotation{authtest.RotateGrace, authtest.RotateNever} {
		t.Run(string(rotation), func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{Rotation: rotation, Grace: 1 << 40})
			before := r.stored(nil)
			r.server.Script(authtest.PathToken, authtest.Answer{Apply: true, CutAt: 1})
			_, err := r.engine.Refresh(background(), before.Authorization.ID)
			require.Error(t, err)

			d, err := r.engine.Refresh(background(), before.Authorization.ID)

			require.NoError(t, err)
			assert.Equal(t, auth.StateActive, d.Status.State)
			assert.Zero(t, d.Status.Failures)
			assert.Equal(t, 2, r.server.Shown(before.Tokens.Refresh.Reveal()))
		})
	}
}

func TestRefreshCutOffTwiceEndsTheSignIn(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{Rotation: authtest.RotateGrace, Grace: 1 << 40})
	before := r.stored(nil)
	cut := authtest.Answer{Apply: true, NoAnswer: true}
	r.server.Script(authtest.PathToken, cut, cut)
	for range 5 {
		_, err := r.engine.Refresh(background(), before.Authorization.ID)
		require.Error(t, err)
	}
	assert.Equal(t, auth.StateNeedsSignIn, r.row(before.Authorization.ID).Status.State)
	assert.Equal(t, 2, r.server.Shown(before.Tokens.Refresh.Reveal()))
}

func TestRefreshThatNeverLeftChangesNothing(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	before := r.stored(nil)
	r.server.Close()

	_, err := r.engine.Refresh(background(), before.Authorization.ID)

	assert.Equal(t, auth.StateActive, asFailure(t, err).State)
	after := r.row(before.Authorization.ID)
	assert.Equal(t, auth.StateActive, after.Status.State)
	assert.Equal(t, before.Tokens, after.Tokens)
	_, open, _ := r.store.OpenAttempt(background(), before.Authorization.ID)
	assert.False(t, open)
}

// Without a network the one further presentation is not used up.
func TestRefreshOfAnUnknownOutcomeThatNeverLeftCanBeTriedAgain(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	before := r.stored(func(rec *auth.Record) { rec.Status.State = auth.StateUnknown })
	r.store.PutAttempt(before.Authorization.ID, auth.Attempt{ID: "a", Kind: auth.AttemptRefresh, Presented: 1})
	r.server.Close()
	for range 3 {
		_, err := r.engine.Refresh(background(), before.Authorization.ID)
		assert.Equal(t, auth.StateUnknown, asFailure(t, err).State)
	}
	attempt, open, _ := r.store.OpenAttempt(background(), before.Authorization.ID)
	assert.True(t, open)
	assert.Equal(t, auth.Attempt{ID: "a", Kind: auth.AttemptRefresh, Presented: 1}, attempt)
}

// R27: a refusal ends automatic tries; the user may try once more.
func TestRefreshAfterARefusalIsTheUsersOneMoreTry(t *testing.T) {
	refusal := authtest.JSON(400, `{"error":"invalid_grant"}`)
	for name, test := range map[string]struct {
		answers []authtest.Answer
		state   auth.State
		shown   int
	}{
		"the refusal was wrong": {[]authtest.Answer{refusal}, auth.StateActive, 2},
		"it was right":          {[]authtest.Answer{refusal, refusal}, auth.StateNeedsSignIn, 2},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
			before := r.stored(nil)
			id := before.Authorization.ID
			r.server.Script(authtest.PathToken, test.answers...)
			_, err := r.engine.Refresh(background(), id)
			require.Error(t, err)
			d, err := r.engine.Detail(background(), id)
			require.NoError(t, err)
			assert.True(t, d.CanRefresh, "the user has one more try")

			_, _ = r.engine.Refresh(background(), id)
			assert.Equal(t, test.state, r.row(id).Status.State)
			if test.state == auth.StateNeedsSignIn {
				_, err = r.engine.Refresh(background(), id)
				require.Error(t, err)
			}
			assert.Equal(t, test.shown, r.server.Shown(before.Tokens.Refresh.Reveal()))
		})
	}
}

func TestRefreshSendsNothingForARowThatCannot(t *testing.T) {
	for name, edit := range map[string]func(*auth.Record){
		"no refresh token": func(rec *auth.Record) { rec.Tokens.Refresh = auth.Secret{} },
		"revoked":          func(rec *auth.Record) { rec.Status.State = auth.StateRevoked },
		"never authorized": func(rec *auth.Record) {
			rec.Tokens, rec.Status = auth.Tokens{}, auth.Status{State: auth.StateNeverAuthorized}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{})
			before := r.stored(edit)
			d, err := r.engine.Detail(background(), before.Authorization.ID)
			require.NoError(t, err)
			assert.False(t, d.CanRefresh)
			assert.NotEmpty(t, d.WhyNotRefresh)
			_, err = r.engine.Refresh(background(), before.Authorization.ID)
			asFailure(t, err)
			assert.Equal(t, before.Status.State, r.row(before.Authorization.ID).Status.State)
			assert.Zero(t, r.posts())
		})
	}
}

// T58
func TestNoRequestForARowThatWasChangedOutside(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	before := r.stored(nil)
	id := before.Authorization.ID
	r.store.ChangeOutside(id)
	_, err := r.engine.Refresh(background(), id)
	assert.Equal(t, auth.StateChangedOutside, asFailure(t, err).State)
	_, err = r.engine.Revoke(background(), id)
	require.Error(t, err)
	_, err = r.engine.Reauthorize(background(), id, auth.ReauthorizeOptions{})
	require.Error(t, err)
	_, err = r.engine.AccessToken(background(), id)
	require.Error(t, err)
	_, err = r.engine.Delete(background(), id, true)
	require.NoError(t, err, "it can always be deleted here")
	assert.Empty(t, r.store.Revocations())
	assert.Empty(t, r.server.Requests(""))
}

func TestNothingIsSentWhenTheIntentCannotBeStored(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	before := r.stored(nil)
	r.store.Fault = faults("BeginAttempt", 1)
	_, err := r.engine.Refresh(background(), before.Authorization.ID)
	asFailure(t, err)
	require.ErrorIs(t, err, auth.ErrStorage)
	assert.Zero(t, r.posts())
}
