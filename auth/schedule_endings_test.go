package auth_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

const day = 24 * time.Hour

// lasting makes the bubble's engine one whose service has a lifetime of sign-ins.
func (b *bubble) lasting(life auth.Lifetime) {
	b.Helper()
	b.lifetime = &life
	b.engine = b.another()
}

// idle is an authorization that nobody refreshes.
func idle(r *auth.Record) { r.Authorization.AutoRefresh, r.Status.NextRefreshAt = false, time.Time{} }

// A sign-in that ends soon is spoken of once, whatever is restarted.
func TestNoticeBeforeASignInEnds(t *testing.T) {
	scheduled(t, func(b *bubble) {
		b.lasting(auth.Lifetime{Seconds: int64(90 * day / time.Second), Rule: "fixed"})
		id := b.put(9001, func(r *auth.Record) {
			idle(r)
			r.Status.SignInEnds = b.now().Add(10 * day).UTC()
		})
		b.start()
		b.pass(2*day + time.Hour)
		assert.Zero(t, b.seen(auth.EventEnding), "not yet")
		b.pass(2 * day)
		assert.Equal(t, 1, b.seen(auth.EventEnding))
		events, err := b.engine.History(b.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, auth.WordNotice, events[0].Kind)
		assert.Equal(t, string(auth.EndsSignIn), events[0].Outcome)

		next := b.another()
		require.NoError(t, next.Start(b.Context()))
		b.pass(8 * day)
		assert.Equal(t, 1, b.seen(auth.EventEnding), "told again")

		row := b.row(id) // signed in again, for another 90 days
		row.Status.SignInEnds = b.now().Add(6 * day).UTC()
		b.store.Put(row)
		b.pass(day + time.Hour)
		assert.Equal(t, 2, b.seen(auth.EventEnding), "the next end is another one")
	})
}

// What nobody has to do anything about is not spoken of.
func TestNoNoticeWhereNothingIsToBeDone(t *testing.T) {
	in3 := func(b *bubble, r *auth.Record) { r.Status.SignInEnds = b.now().Add(3 * day).UTC() }
	for name, test := range map[string]struct {
		life auth.Lifetime
		edit func(b *bubble, r *auth.Record)
		told int
	}{
		"fixed, refreshed by itself": {auth.Lifetime{Seconds: 90 * 86400, Rule: "fixed"}, in3, 1},
		"sliding, refreshed by itself": {auth.Lifetime{Seconds: 90 * 86400, Rule: "sliding"}, func(b *bubble, r *auth.Record) {
			in3(b, r)
			r.Status.NextRefreshAt = b.now().Add(2 * day).UTC()
		}, 0},
		"sliding, left alone": {auth.Lifetime{Seconds: 90 * 86400, Rule: "sliding"}, func(b *bubble, r *auth.Record) {
			in3(b, r)
			idle(r)
		}, 1},
		"over already": {auth.Lifetime{Seconds: 90 * 86400, Rule: "fixed"}, func(b *bubble, r *auth.Record) {
			in3(b, r)
			r.Status.State = auth.StateNeedsSignIn
		}, 0},
		"paused": {auth.Lifetime{Seconds: 90 * 86400, Rule: "fixed"}, func(b *bubble, r *auth.Record) {
			in3(b, r)
			r.Status.State = auth.StatePaused
		}, 0},
		"a week in all, most of it left": {auth.Lifetime{Seconds: 7 * 86400, Rule: "fixed"}, in3, 0},
		"a week in all, a day left": {auth.Lifetime{Seconds: 7 * 86400, Rule: "fixed"}, func(b *bubble, r *auth.Record) {
			r.Status.SignInEnds = b.now().Add(day).UTC()
		}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			scheduled(t, func(b *bubble) {
				b.lasting(test.life)
				b.put(9001, func(r *auth.Record) {
					r.Status.Expiry = auth.Expiry{Rule: auth.ExpiryReported, At: b.now().Add(3 * day).UTC(), Lifetime: 3 * day}
					r.Status.NextRefreshAt = b.now().Add(2 * day).UTC()
					test.edit(b, r)
				})
				b.start()
				b.pass(time.Hour)
				assert.Equal(t, test.told, b.seen(auth.EventEnding))
			})
		})
	}
}

func TestNoticeBeforeAClientSecretEnds(t *testing.T) {
	scheduled(t, func(b *bubble) {
		id := b.put(9001, func(r *auth.Record) {
			idle(r)
			r.Authorization.ClientAuth = auth.ClientAuthBasic
			ends := b.now().Add(15 * day).Local().Format("2006-01-02 15:04")
			r.Authorization.Values = auth.Values{auth.FieldSecretExpiry: auth.NewSecret(ends)}
		})
		b.start()
		b.pass(time.Hour)
		assert.Zero(t, b.seen(auth.EventEnding))
		b.pass(2 * day)
		assert.Equal(t, 1, b.seen(auth.EventEnding))
		detail, err := b.engine.Detail(b.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, b.row(id).Authorization.SecretEnds(), detail.SecretEnds)
		assert.Empty(t, detail.Authorization.Values)
	})
}

// What the reply and the data say of a sign-in's end reaches the row.
func TestSignInEndIsStoredWithTheTokens(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	quirk := quirkOf(auth.QuirkRefreshExpiresIn, "member", "refresh_token_expires_in")
	r.server.Script(authtest.PathToken,
		authtest.JSON(200, `{"access_token":"TWSENT-a","refresh_token":"TWSENT-r","token_type":"Bearer","expires_in":3600,"refresh_token_expires_in":604799}`),
		authtest.JSON(200, `{"access_token":"TWSENT-b","token_type":"Bearer","expires_in":3600}`))
	e, s, err := signInAt(r, redirecting(), quirk)
	require.NoError(t, err)
	first := r.row(s.ID()).Status
	assert.Equal(t, first.IssuedAt.Add(604799*time.Second), first.SignInEnds)
	detail, err := e.Refresh(background(), s.ID())
	require.NoError(t, err)
	assert.Equal(t, first.SignInEnds, detail.Status.SignInEnds, "what a refresh does not say stays")

	r.server.Script(authtest.PathToken, authtest.JSON(200, `{"access_token":"TWSENT-c","token_type":"Bearer","expires_in":3600,"refresh_token_expires_in":604799}`))
	again, err := e.Reauthorize(background(), s.ID(), auth.ReauthorizeOptions{ChooseAccount: true}) // drops the old refresh token
	require.NoError(t, err)
	_, err = r.signIn(again)
	require.NoError(t, err)
	assert.Zero(t, r.row(s.ID()).Status.SignInEnds, "without a refresh token there is nothing to end")
}
