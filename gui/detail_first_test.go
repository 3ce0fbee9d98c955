package gui

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
)

// untouched puts an authorization without any token into the engine.
func untouched(change func(d *auth.Detail)) func(*guitest.Engine) {
	return func(e *guitest.Engine) {
		withHistory(e)
		d := sample("05", "Graph mail", "microsoft-graph", "Microsoft Graph", auth.StateNeverAuthorized, 0)
		d.CanRefresh, d.WhyNotRefresh = false, "There is no token yet. Sign in first."
		change(&d)
		e.Put(d, auth.Secret{})
	}
}

// A first sign-in that did not end well is no dead end.
func TestWithoutATokenThereIsAWayToSignIn(t *testing.T) {
	for name, c := range map[string]struct {
		change       func(d *auth.Detail)
		says, button string
		calls        []string
	}{
		"cancelled": {
			func(d *auth.Detail) { d.Status.LastOutcome = auth.CodeCancelled },
			"It is not authorized yet, so there is no token.", "Sign in",
			[]string{"reauthorize 05"},
		},
		"waiting": {
			func(d *auth.Detail) { d.Status.State, d.Status.LastOutcome = auth.StateWaiting, "waiting" },
			"It is not authorized yet, so there is no token.", "Sign in",
			[]string{"reauthorize 05"},
		},
		"failed at the service": {
			func(d *auth.Detail) { d.Status.LastOutcome = auth.CodeServerError },
			"The service has a fault. Wait and try again.", "Sign in",
			[]string{"reauthorize 05"},
		},
		"without a browser": {
			func(d *auth.Detail) { d.Authorization.Grant = auth.GrantClientCredentials },
			"It is not authorized yet, so there is no token.", "Authorize",
			[]string{"reauthorize 05"},
		},
		"wrong settings": {
			func(d *auth.Detail) { d.Status.LastOutcome = "invalid_client" },
			"The client ID or the secret is wrong. Check the client ID and the secret.", "Edit", nil,
		},
		"pasted": {
			func(d *auth.Detail) { d.Authorization.Grant = auth.GrantAccessToken },
			"It is not authorized yet, so there is no token.", "Edit", nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			atDesk(t, wide, untouched(c.change), func(d *desk) {
				d.tap("Graph mail")
				assert.True(t, d.shows(c.says))
				d.tap(c.button)
				assert.Equal(t, c.calls, d.engine.Calls)
				assert.Equal(t, c.calls != nil, d.w.u.frame.shown == d.w.u.frame.home, "only Edit opens the form")
			})
		})
	}
}

func TestWithoutATokenNothingIsMasked(t *testing.T) {
	atDesk(t, wide, func(e *guitest.Engine) {
		few(e)
		untouched(func(d *auth.Detail) { d.Authorization.Name = "Gamma new" })(e)
	}, func(d *desk) {
		d.tap("Alpha report")
		assert.True(t, d.shows(tokenMask))
		d.tap("Reveal")
		d.tap("Gamma new")
		assert.False(t, d.shows("•"))
		assert.False(t, d.shows("Reveal"))
		assert.False(t, readable(d))
		assert.True(t, d.shows("There is no access token yet"))
		d.tap("Alpha report")
		assert.True(t, d.shows(tokenMask))
		assert.True(t, d.shows("Reveal"))
	})
}

// A refresh token that was pasted is stored before it has brought an access token.
func TestPastedRefreshTokenAloneIsNoAccessToken(t *testing.T) {
	for _, state := range []auth.State{auth.StateNeverAuthorized, auth.StateNeedsAttention, auth.StateNeedsSignIn, auth.StatePaused} {
		atDesk(t, wide, untouched(func(d *auth.Detail) {
			d.Authorization.Grant, d.Status.Generation, d.HasRefreshToken = auth.GrantRefreshToken, 1, true
			d.Status.State = state
		}), func(d *desk) {
			d.tap("Graph mail")
			assert.True(t, d.shows("There is no access token yet"), state)
			assert.False(t, d.shows("Reveal"), state)
			assert.True(t, d.shows("Refresh token "+tokenMask[:len(tokenMask)/2]), state)
			assert.True(t, d.w.u.frame.home.detail.copy.Disabled(), state)
		})
	}
}

func TestReauthorizeSpeaksOfStoredTokensOnlyWhereThereAreSome(t *testing.T) {
	const stay = "The tokens that are stored stay in use until the new ones are there."
	atDesk(t, wide, one(func(*auth.Detail) {}), func(d *desk) {
		d.tap("Graph mail")
		d.w.u.runCommand(cmdAgain)
		assert.True(t, d.shows(stay))
	})
	atDesk(t, wide, untouched(func(*auth.Detail) {}), func(d *desk) {
		d.tap("Graph mail")
		d.w.u.runCommand(cmdAgain)
		assert.True(t, d.shows("Ask for consent again"))
		assert.False(t, d.shows(stay))
	})
}
