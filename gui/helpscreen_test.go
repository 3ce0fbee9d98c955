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

// errorsTable gives the engine the program's own table of errors.
func errorsTable(e *guitest.Engine) {
	few(e)
	e.Errors = new(auth.Engine).Explanations()
}

// atHelp runs a test on the Help screen.
func atHelp(t *testing.T, size fyne.Size, run func(*desk, *helpScreen)) {
	t.Helper()
	atDesk(t, size, errorsTable, func(d *desk) {
		d.w.u.leaveFor(d.w.u.showHelp)
		run(d, d.w.u.frame.help)
	})
}

func TestHelpFindsAnErrorByAllWords(t *testing.T) {
	atHelp(t, wide, func(d *desk, h *helpScreen) {
		all := len(h.all)
		require.Greater(t, all, 150)
		assert.Same(t, h.search.Focusable(), d.c.Focused(), "one can type at once")
		d.typed("microsoft SECRET")
		assert.Len(t, h.found, all, "nothing is sought while the user still types")
		d.wait(searchPause + time.Millisecond)
		require.NotEmpty(t, h.found)
		assert.Less(t, len(h.found), 15)
		for _, i := range h.found {
			words := strings.ToLower(h.all[i].words)
			assert.Contains(t, words, "microsoft")
			assert.Contains(t, words, "secret")
		}
		assert.True(t, d.shows("AADSTS7000222"))
		d.key(fyne.KeyEscape)
		assert.Len(t, h.found, all)
		assert.Empty(t, h.search.Text())
	})
}

func TestHelpSaysWhenNothingMatches(t *testing.T) {
	atHelp(t, wide, func(d *desk, _ *helpScreen) {
		d.typed("zzqqxx")
		d.wait(time.Second)
		assert.True(t, d.shows("No error matches the search."))
		d.key(fyne.KeyDown)
		d.key(fyne.KeyReturn)
		d.key(fyne.KeyEscape)
		assert.False(t, d.shows("No error matches the search."))
	})
}

func TestHelpShowsWhatAnErrorMeansAndItsPage(t *testing.T) {
	atHelp(t, wide, func(d *desk, h *helpScreen) {
		d.typed("aadsts7000222")
		d.wait(time.Second)
		d.tap("AADSTS7000222")
		for _, words := range []string{"The client secret ran out", "Whose move it is", "You", "What happened", "What to do", "Edit & re-authorize", "Open Microsoft's page"} {
			assert.True(t, d.shows(words), words)
		}
		d.key(fyne.KeyEscape)
		d.typed("consent_required")
		d.wait(time.Second)
		d.key(fyne.KeyDown)
		assert.True(t, d.shows("Your administrator"), "the arrows choose while the search has the focus")
		d.key(fyne.KeyEscape)
		assert.True(t, h.split.open, "Esc clears the search first; what was chosen stays")
		assert.Equal(t, "consent_required", h.entryAt(h.table.current).Code)
		d.key(fyne.KeyEscape)
		assert.False(t, h.split.open)
	})
}

func TestHelpIsMovedThroughByKeys(t *testing.T) {
	atHelp(t, tight, func(d *desk, h *helpScreen) {
		d.key(fyne.KeyReturn)
		require.Same(t, h.table, d.c.Focused())
		assert.Equal(t, 0, h.table.current)
		d.key(fyne.KeyEnd)
		assert.Equal(t, len(h.all)-1, h.table.current)
		assert.True(t, d.shows(h.all[len(h.all)-1].Code), "the row is scrolled to")
		d.key(fyne.KeyPageUp)
		d.key(fyne.KeyHome)
		d.key(fyne.KeyDown)
		d.key(fyne.KeyUp)
		d.key(fyne.KeyUp)
		assert.Equal(t, 0, h.table.current)
	})
}

// The list of shortcuts is that of the menus: one that is added there is here.
func TestHelpListsEveryShortcut(t *testing.T) {
	atHelp(t, wide, func(d *desk, h *helpScreen) {
		d.tap("Shortcuts")
		listed := 0
		for i := range d.w.u.commands {
			if c := &d.w.u.commands[i]; c.keys() != "" {
				assert.True(t, d.shows(c.label) && d.shows(c.keys()), c.label)
				listed++
			}
		}
		assert.Greater(t, listed, 5)
		assert.True(t, d.shows("Ctrl+N") && d.shows("Ctrl+F") && d.shows("Find"))
		assert.False(t, d.shows("AADSTS"))
		d.w.u.find()
		assert.Equal(t, 0, h.tabs.Current(), "Find goes to the search")
	})
}

func TestHelpIsAPlaceOfTheRail(t *testing.T) {
	atDesk(t, wide, errorsTable, func(d *desk) {
		u := d.w.u
		d.tap("Help")
		assert.True(t, u.frame.shown == u.frame.help)
		assert.False(t, u.frame.shown == u.frame.home)
		u.runCommand(cmdDelete)
		assert.False(t, d.shows("Delete authorization"), "commands for rows rest")
		d.typed("slack")
		d.tap("Authorizations")
		assert.True(t, u.frame.shown == u.frame.home)
		assert.Len(t, d.names(), 3)
		d.tap("Help")
		assert.Equal(t, "slack", u.frame.help.search.Text(), "it is as it was left")

		d.tap("Authorizations")
		u.newAuthorization()
		require.False(t, u.frame.shown == u.frame.home)
		d.tap("Help")
		assert.True(t, u.frame.shown == u.frame.help, "a form in which nothing was typed is left at once")
	})
}

// Who helps gets the service's own code, which its documentation explains.
func TestFailureDetailsNameTheServicesCode(t *testing.T) {
	f := &auth.Failure{Code: "invalid_client", Word: "AADSTS7000222", Host: "login.microsoftonline.com"}
	assert.Contains(t, failureDetails(f), "error: invalid_client\nthe service's code: AADSTS7000222\nhost:")
	f.Word = ""
	assert.NotContains(t, failureDetails(f), "the service's code")
}

// TestHelpPictures draws the Help screen into the folder that
// TOKENWELL_PICTURES names; without one it is not drawn.
func TestHelpPictures(t *testing.T) {
	if !guitest.PicturesWanted() {
		return
	}
	for _, look := range []themeChoice{themeLight, themeDark} {
		for name, size := range map[string]fyne.Size{"": wide, "-small": tight} {
			atDesk(t, size, func(e *guitest.Engine) { errorsTable(e); e.Preset(keyTheme, string(look)) }, func(d *desk) {
				suffix := name + "-" + string(look)
				d.w.u.leaveFor(d.w.u.showHelp)
				guitest.SavePicture(t, d.c, "17-help"+suffix)
				d.typed("aadsts7000222")
				d.wait(time.Second)
				d.key(fyne.KeyDown)
				d.key(fyne.KeyEscape)
				guitest.SavePicture(t, d.c, "17b-help-error"+suffix)
				d.typed("consent_required")
				d.wait(time.Second)
				d.key(fyne.KeyDown)
				guitest.SavePicture(t, d.c, "17e-help-rfc"+suffix)
				d.typed("zzz")
				d.wait(time.Second)
				guitest.SavePicture(t, d.c, "17c-help-nothing"+suffix)
				d.tap("Shortcuts")
				guitest.SavePicture(t, d.c, "17d-help-shortcuts"+suffix)
			})
		}
	}
}
