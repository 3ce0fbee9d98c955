package gui

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
)

// readable tells whether the token stands in the window, on one line or broken
// over several.
func readable(d *desk) bool {
	return strings.Contains(strings.Join(guitest.Texts(d.c), ""), "SENTINEL")
}

func TestTokenIsMaskedAndRevealedFor30Seconds(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		d.tap("Alpha report")
		assert.False(t, readable(d))
		d.tap("Reveal")
		assert.True(t, readable(d))
		d.wait(revealTime - time.Second)
		assert.True(t, readable(d))
		d.wait(2 * time.Second)
		assert.False(t, readable(d), "it hides by itself")
		d.tap("Reveal")
		d.tap("Hide")
		assert.False(t, readable(d))
	})
}

func TestRevealedTokenGoesWithTheSelection(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		d.tap("Alpha report")
		d.tap("Reveal")
		require.True(t, readable(d))
		d.tap("Beta mail")
		assert.False(t, readable(d))
		d.tap("Alpha report")
		assert.False(t, readable(d), "and does not come back by itself")
	})
}

func TestMaskTellsNothingOfTheLength(t *testing.T) {
	atDesk(t, wide, func(e *guitest.Engine) {
		few(e)
		e.Put(sample("a", "Alpha report", "local-server", "Local server", auth.StateActive, time.Hour), auth.NewSecret(strings.Repeat("x", 2000)))
	}, func(d *desk) {
		d.tap("Alpha report")
		assert.True(t, d.shows(tokenMask))
		d.tap("Beta mail")
		assert.True(t, d.shows(tokenMask))
	})
}

func TestCopiedTokenLeavesTheClipboardAfterTenSeconds(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		board := d.w.u.app.Clipboard()
		d.tap("Alpha report")
		d.tap("Copy access token")
		assert.Equal(t, tokenValue, board.Content())
		assert.True(t, d.shows("Access token copied."))
		d.wait(9 * time.Second)
		assert.Equal(t, tokenValue, board.Content())
		d.wait(2 * time.Second)
		assert.Empty(t, board.Content())

		d.shortcut(fyne.KeyC)
		d.tap("Copy access token")
		board.SetContent("the user's own words")
		d.wait(11 * time.Second)
		assert.Equal(t, "the user's own words", board.Content(), "what was copied since is left alone")
	})
}

func TestClosingClearsTheClipboardAndStoresTheWindow(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		d.tap("Alpha report")
		d.tap("Copy access token")
		closed := false
		d.w.u.quit = func() { closed = true }
		d.w.u.shutDown()
		assert.True(t, closed)
		assert.Empty(t, d.w.u.app.Clipboard().Content())
		assert.Equal(t, "1180", d.engine.Stored()[keyWidth])
	})
}

func TestMissingPermissionIsMarkedAndAskedForAgain(t *testing.T) {
	atDesk(t, wide, fourteen, func(d *desk) {
		d.tap("Graph mail, finance team")
		assert.True(t, d.shows("6 of 7 granted"))
		assert.True(t, d.shows("asked for, not granted"))
		assert.True(t, d.shows("mara.lind@northwind.example"))
		d.tap("Show all 7")
		assert.True(t, d.shows("Calendars.Read"))
		assert.True(t, d.shows("not granted"))
		d.tap("Ask again")
		assert.Equal(t, []string{"reauthorize 05"}, d.engine.Calls)
	})
}

func TestRefreshNowShowsTheFreshToken(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		d.tap("Beta mail")
		require.True(t, d.shows("Expired"))
		d.tap("Refresh now")
		d.wait(time.Second)
		assert.Equal(t, []string{"refresh b"}, d.engine.Calls)
		assert.True(t, d.shows("Expires in 59 min"))
		assert.InDelta(t, 1.0, d.w.u.frame.home.detail.token.bar.Share(), 0.01)
		d.wait(30 * time.Minute)
		assert.InDelta(t, 0.5, d.w.u.frame.home.detail.token.bar.Share(), 0.02, "the bar runs down")
	})
}

func TestDetailClosesByEscAndByItsButton(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		d.tap("Alpha report")
		require.True(t, d.w.u.frame.home.split.open)
		d.key(fyne.KeyEscape)
		assert.False(t, d.w.u.frame.home.split.open)
		assert.False(t, d.shows("Refresh now"))
	})
}

func TestWindowNeverShowsSecretsByItself(t *testing.T) {
	atDesk(t, wide, func(e *guitest.Engine) {
		few(e)
		d := sample("a", "Alpha report", "local-server", "Local server", auth.StateActive, time.Hour)
		d.Authorization.ClientSecret = auth.NewSecret("SENTINEL-CLIENT-SECRET")
		e.Put(d, auth.NewSecret(tokenValue))
		e.Local.Password, e.Local.ClientSecret = auth.NewSecret("SENTINEL-PASSWORD"), auth.NewSecret("SENTINEL-PRACTICE")
	}, func(d *desk) {
		d.tap("Alpha report")
		assert.False(t, readable(d))
		d.key(fyne.KeyReturn)
		assert.False(t, readable(d))
		d.tap("Rename")
		assert.False(t, readable(d))
		d.tap("Cancel")
		d.key(fyne.KeyDelete)
		assert.False(t, readable(d))
	})
}

func TestRevokedTokensAreNotOffered(t *testing.T) {
	atDesk(t, wide, func(e *guitest.Engine) {
		e.Put(sample("01", "Alpha report", "local", "Local server", auth.StateRevoked, time.Hour), auth.NewSecret("SENTINEL"))
	}, func(d *desk) {
		d.tap("Alpha report")
		d.wait(time.Second)
		assert.True(t, d.shows("Revoked: these tokens are of no use any more.") && d.shows("Sign in again"))
		assert.True(t, d.shows("The tokens were revoked"))
		assert.False(t, d.shows("Reveal"))
		assert.False(t, d.shows("not known when it expires"))
		assert.True(t, d.w.u.frame.home.detail.copy.Disabled() && d.w.u.frame.home.detail.test.Disabled())
	})
}
