package gui

import (
	"errors"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
)

// one puts a single authorization into the engine, changed by change.
func one(change func(d *auth.Detail)) func(*guitest.Engine) {
	return func(e *guitest.Engine) {
		withHistory(e)
		d := busy("Graph mail")
		change(&d)
		e.Put(d, auth.NewSecret(tokenValue))
	}
}

func TestOtherTokensAreMaskedAndCannotBeTaken(t *testing.T) {
	atDesk(t, wide, one(func(d *auth.Detail) { d.HasIDToken = false }), func(d *desk) {
		d.tap("Graph mail")
		assert.True(t, d.shows("Refresh token "+tokenMask[:len(tokenMask)/2]))
		assert.True(t, d.shows("ID token none"))
		reveals := 0
		for _, text := range guitest.Texts(d.c) {
			if text == "Reveal" {
				reveals++
			}
		}
		assert.Equal(t, 1, reveals, "only the access token can be read")
	})
}

func TestExpiryInTheServicesOwnTerms(t *testing.T) {
	for want, expiry := range map[string]auth.Expiry{
		"Never": {Rule: auth.ExpiryNever},
		"Not reported": {
			Rule: auth.ExpiryNotReported, At: time.Date(2000, 1, 1, 1, 0, 0, 0, time.UTC), Lifetime: time.Hour,
		},
	} {
		t.Run(want, func(t *testing.T) {
			atDesk(t, wide, one(func(d *auth.Detail) { d.Status.Expiry = expiry }), func(d *desk) {
				d.tap("Graph mail")
				assert.True(t, d.shows("Expires "+want))
				assert.True(t, d.shows(map[bool]string{true: "Never expires", false: "Taken to expire in 59 min not reported"}[want == "Never"]))
			})
		})
	}
}

func TestNextTryRunsDown(t *testing.T) {
	atDesk(t, wide, one(func(*auth.Detail) {}), func(d *desk) {
		d.tap("Graph mail")
		assert.True(t, d.shows("next try in 12 min"))
		d.wait(10 * time.Minute)
		assert.True(t, d.shows("next try in 2 min"))
		d.wait(3 * time.Minute)
		assert.True(t, d.shows("next try is due"))
		assert.True(t, d.shows("The service has a fault"), "the last attempt in words")
		assert.True(t, d.shows("2 in a row"))
		assert.True(t, d.shows("7 left"))
	})
}

func TestAutoRefreshIsSwitchedAtOnce(t *testing.T) {
	atDesk(t, wide, one(func(*auth.Detail) {}), func(d *desk) {
		d.tap("Graph mail")
		check := d.w.u.frame.home.detail.fresh.auto
		d.c.Focus(check)
		d.tap("Auto-refresh token")
		d.wait(time.Second)
		assert.Equal(t, []string{"rule 05 auto=false limit=10"}, d.engine.Calls)
		assert.False(t, check.Checked)
		assert.True(t, d.shows("Automatic refresh off"))
		assert.True(t, check.Visible())
		assert.Same(t, check, d.w.u.frame.home.detail.fresh.auto, "it is not made anew, so that it keeps the focus")

		d.engine.RuleErr = &auth.Failure{Title: "Not stored", Steps: []string{"Again."}}
		d.tap("Auto-refresh token")
		assert.True(t, d.shows("Not stored"))
		assert.False(t, check.Checked, "the switch goes back")
	})
}

func TestAutoRefreshOfAPastedTokenCannotBeSwitched(t *testing.T) {
	atDesk(t, wide, one(func(d *auth.Detail) { d.Authorization.Grant = auth.GrantAccessToken }), func(d *desk) {
		d.tap("Graph mail")
		assert.True(t, d.shows("Auto-refresh token"), "it is always visible")
		assert.True(t, d.w.u.frame.home.detail.fresh.auto.Disabled())
		assert.True(t, d.shows("Only you can bring a new token for this grant."))
		assert.False(t, d.shows("Refreshes left"), "there is nothing to refresh")
	})
}

func TestLimitOfRefreshesIsChanged(t *testing.T) {
	atDesk(t, wide, one(func(*auth.Detail) {}), func(d *desk) {
		d.tap("Graph mail")
		d.tap("Change…")
		assert.True(t, d.shows("3 of 10 used since the last sign-in"))
		entry := d.c.Focused().(interface{ SetText(string) })
		for _, wrong := range []string{"-1", "0", "x", "9999999"} {
			entry.SetText(wrong)
			assert.True(t, d.shows("Enter a number from 1 to 1,000,000, or nothing."), wrong)
			d.key("Return")
			assert.Empty(t, d.engine.Calls, wrong)
		}
		entry.SetText("")
		d.key("Return")
		d.wait(time.Second)
		assert.Equal(t, []string{"rule 05 auto=true limit=0"}, d.engine.Calls)
		assert.True(t, d.shows("Unlimited"))
		assert.Nil(t, d.c.Overlays().Top())
	})
}

func TestHistoryIsReadWhenItIsOpened(t *testing.T) {
	atDesk(t, wide, one(func(*auth.Detail) {}), func(d *desk) {
		reads := 0
		d.engine.OnHistory = func(string) ([]auth.HistoryEvent, error) {
			reads++
			return d.engine.Past["05"], nil
		}
		d.tap("Graph mail")
		assert.Zero(t, reads)
		fold := d.w.u.frame.home.detail.past.fold
		test.Tap(fold)
		assert.Equal(t, 1, reads)
		for _, words := range []string{"Refresh: The service", "Refresh rule changed", "Sign-in"} {
			assert.True(t, d.shows(words), words)
		}
		d.w.u.runCommand(cmdRefresh)
		d.wait(time.Second)
		assert.Equal(t, 2, reads, "something has happened")
		d.wait(time.Minute)
		assert.Equal(t, 2, reads, "time alone reads nothing")
		d.engine.OnHistory = func(string) ([]auth.HistoryEvent, error) { return nil, errors.New("disk") }
		test.Tap(fold)
		test.Tap(fold)
		assert.True(t, d.shows("The history could not be read."))
	})
}

func TestPausedSaysSoAndResumes(t *testing.T) {
	atDesk(t, wide, one(func(*auth.Detail) {}), func(d *desk) {
		d.tap("Graph mail")
		d.w.u.frame.home.table.onEnter(d.w.u.frame.home.table.current)
		d.tap("Pause")
		d.wait(time.Second)
		assert.True(t, d.shows("Paused: hands out and refreshes nothing."))
		assert.True(t, d.menuItem("Copy access token").Disabled)
		assert.Nil(t, d.menuItem("Pause"))
		require.NotNil(t, d.menuItem("Resume"))
		d.tap("Resume")
		d.wait(time.Second)
		assert.Equal(t, []string{"pause 05", "resume 05"}, d.engine.Calls)
		assert.False(t, d.shows("Paused:"))
		assert.False(t, d.menuItem("Copy access token").Disabled)
	})
}

func TestTroubleNamesTheNextStep(t *testing.T) {
	atDesk(t, wide, one(func(d *auth.Detail) {
		d.Status.State, d.Status.LastOutcome = auth.StateNeedsAttention, "invalid_client"
	}), func(d *desk) {
		d.tap("Graph mail")
		assert.True(t, d.shows("The client ID or the secret is wrong. Check the client ID and the secret."))
		d.tap("Edit")
		assert.False(t, d.w.u.frame.shown == d.w.u.frame.home, "the form is open")
	})
}

func TestNoRefreshesAreLeftWhereNothingCanBeRefreshed(t *testing.T) {
	for name, c := range map[string]struct {
		change func(d *auth.Detail)
		want   string
	}{
		"no refresh token": {func(d *auth.Detail) { d.Status.HasRefresh = false }, dash},
		"refresh token":    {func(*auth.Detail) {}, "Unlimited"},
		"asks anew": {func(d *auth.Detail) {
			d.Authorization.Grant, d.Status.HasRefresh = auth.GrantClientCredentials, false
		}, "Unlimited"},
		"asks anew, revoked": {func(d *auth.Detail) {
			d.Authorization.Grant, d.Status.State = auth.GrantClientCredentials, auth.StateRevoked
		}, dash},
	} {
		t.Run(name, func(t *testing.T) {
			atDesk(t, wide, one(func(d *auth.Detail) {
				d.Authorization.RefreshLimit = 0
				c.change(d)
			}), func(d *desk) {
				d.tap("Graph mail")
				d.wait(time.Second)
				assert.Equal(t, c.want, d.w.u.frame.home.detail.fresh.left.Text())
			})
		})
	}
}
