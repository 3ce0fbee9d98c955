package gui

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
)

func TestTableShowsRowsCountAndStates(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		d.wait(2 * time.Second)
		assert.Equal(t, []string{"Alpha report", "Beta mail", "Gamma new"}, d.names())
		for _, words := range []string{"3 of 3", "Active", "Needs sign-in", "Never authorized", "in 41 min", "3 authorizations", "1 active", "1 needs you", "Vault open"} {
			assert.True(t, d.shows(words), words)
		}
	})
}

func TestHeaderSortsAndTurnsRound(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		d.tap("Name")
		assert.Equal(t, []string{"Gamma new", "Beta mail", "Alpha report"}, d.names(), "a tap on the sorting column turns it round")
		d.tap("Service")
		assert.Equal(t, []string{"Alpha report", "Beta mail", "Gamma new"}, d.names())
		last := d.engine.Queries[len(d.engine.Queries)-1]
		assert.Equal(t, auth.ColumnService, last.Sort)
		assert.False(t, last.Desc)
		d.wait(2 * time.Second)
		assert.Equal(t, "service", d.engine.Stored()[keySort], "the order is remembered")
	})
}

func TestSearchWaitsForAPauseAndEscClears(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		before := len(d.engine.Queries)
		d.typed("beta")
		d.wait(searchPause / 2)
		assert.Len(t, d.engine.Queries, before, "no read while the user still types")
		d.wait(searchPause)
		assert.Equal(t, []string{"Beta mail"}, d.names())
		assert.True(t, d.shows("1 of 3"))
		assert.Len(t, d.engine.Queries, before+1, "one read for four keys")
		d.key(fyne.KeyEscape)
		assert.Len(t, d.names(), 3)
		assert.True(t, d.shows("3 of 3"))
	})
}

func TestFiltersByStateAndServiceAndShowAll(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		d.tap("All states")
		d.tap("Needs sign-in")
		assert.Equal(t, []string{"Beta mail"}, d.names())
		d.tap("All services")
		d.tap("Local server")
		assert.Empty(t, d.names())
		assert.True(t, d.shows("0 of 3"))
		d.tap("Show all")
		assert.Len(t, d.names(), 3)
		assert.True(t, d.shows("All states"))
		assert.True(t, d.shows("All services"))
	})
}

func TestKeyboardMovesTheSelection(t *testing.T) {
	atDesk(t, wide, many(1000), func(d *desk) {
		table := d.w.u.frame.home.table
		d.c.Focus(table)
		selected := func() string { return d.w.u.frame.home.chosen.row.ID }
		d.key(fyne.KeyDown)
		assert.Equal(t, "0", selected())
		d.key(fyne.KeyDown)
		d.key(fyne.KeyDown)
		d.key(fyne.KeyUp)
		assert.Equal(t, "1", selected())
		d.key(fyne.KeyEnd)
		assert.Equal(t, "999", selected())
		assert.Contains(t, d.names(), "Authorization 000999", "the row is scrolled to")
		d.key(fyne.KeyPageUp)
		assert.NotEqual(t, "999", selected())
		d.key(fyne.KeyHome)
		assert.Equal(t, "0", selected())
		assert.Contains(t, d.names(), "Authorization 000000")
		d.key(fyne.KeyUp)
		assert.Equal(t, "0", selected())
	})
}

func TestEnterOpensTheRowMenuAndEscClosesIt(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		d.tap("Beta mail")
		d.key(fyne.KeyReturn)
		assert.True(t, d.shows("Duplicate"))
		d.key(fyne.KeyEscape)
		assert.False(t, d.shows("Duplicate"))
		assert.Same(t, d.w.u.frame.home.table, d.c.Focused(), "the focus goes back to the table")
		assert.True(t, d.w.u.frame.home.split.open, "Esc closed the menu only")
	})
}

func TestRightClickOpensTheMenuOfThatRow(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		test.TapSecondaryAt(d.w.u.frame.home.table, fyne.NewPos(60, rowHeight*1.5))
		assert.Equal(t, "b", d.w.u.frame.home.chosen.row.ID)
		d.tap("Refresh now")
		assert.Contains(t, d.engine.Calls, "refresh b")
	})
}

func TestMenuSaysWhyACommandCannotBeUsed(t *testing.T) {
	atDesk(t, wide, func(e *guitest.Engine) {
		few(e)
		d := sample("a", "Alpha report", "local-server", "Local server", auth.StateActive, time.Hour)
		d.CanRevoke, d.WhyNotRevoke = false, "This service has no revocation."
		d.CanRefresh, d.WhyNotRefresh = false, "No refresh token is stored."
		e.Put(d, auth.NewSecret(tokenValue))
	}, func(d *desk) {
		d.tap("Alpha report")
		d.key(fyne.KeyReturn)
		assert.True(t, d.shows("This service has no revocation."))
		assert.True(t, d.shows("No refresh token is stored."))
		d.tap("Revoke")
		assert.True(t, d.shows("Duplicate"), "a disabled item does nothing")
		d.key(fyne.KeyEscape)

		revoke := d.menuItem("Revoke (not offered)")
		require.NotNil(t, revoke)
		assert.True(t, revoke.Disabled)
		assert.False(t, d.menuItem("Rename").Disabled)

		d.tap("Gamma new")
		d.key(fyne.KeyReturn)
		assert.True(t, d.shows("There is no access token yet: authorize it first"))
	})
}

// menuItem finds an item of the menu bar by its label.
func (d *desk) menuItem(label string) *fyne.MenuItem {
	for _, m := range d.w.u.window.MainMenu().Items {
		for _, item := range m.Items {
			if item.Label == label {
				return item
			}
		}
	}
	return nil
}

func TestLockedVaultLeavesOnlyDeletion(t *testing.T) {
	atDesk(t, wide, func(e *guitest.Engine) {
		few(e)
		e.DetailErr = auth.ErrVaultLocked
	}, func(d *desk) {
		d.tap("Alpha report")
		assert.True(t, d.shows("Tokens and secrets can only be used while the vault is open."))
		assert.True(t, d.menuItem("Copy access token").Disabled)
		assert.True(t, d.menuItem("Rename").Disabled)
		assert.False(t, d.menuItem("Delete authorization").Disabled)
	})
}

func TestShortcutsRestWhileASheetIsOpen(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		d.tap("Alpha report")
		d.key(fyne.KeyDelete)
		require.True(t, d.shows("Delete “Alpha report”?"))
		d.shortcut(fyne.KeyR)
		assert.Empty(t, d.engine.Calls)
		d.tap("Cancel")
		d.shortcut(fyne.KeyR)
		assert.Equal(t, []string{"refresh a"}, d.engine.Calls)
	})
}

func TestDeleteAsksOnceAndCanBeUndone(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		d.tap("Alpha report")
		d.key(fyne.KeyDelete)
		d.tap("Also revoke at the service")
		d.tap("Delete authorization")
		d.wait(time.Second)
		assert.Equal(t, []string{"delete a revoke=true"}, d.engine.Calls)
		assert.Equal(t, []string{"Beta mail", "Gamma new"}, d.names())
		assert.True(t, d.shows("“Alpha report” was deleted."))
		d.tap("Undo")
		d.wait(time.Second)
		assert.Contains(t, d.engine.Calls, "undelete a")
		assert.Equal(t, []string{"Alpha report", "Beta mail", "Gamma new"}, d.names())
		assert.False(t, d.shows("Undo"))
	})
}

func TestUndoGoesAfterTenSeconds(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		d.tap("Alpha report")
		d.key(fyne.KeyDelete)
		d.tap("Delete authorization")
		d.wait(9 * time.Second)
		assert.True(t, d.shows("Undo"))
		d.wait(2 * time.Second)
		assert.False(t, d.shows("Undo"))
	})
}

func TestRenameChecksTheNameInPlace(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		d.tap("Alpha report")
		d.key(fyne.KeyF2)
		d.c.Focused().(interface{ SetText(string) }).SetText("beta MAIL")
		d.wait(time.Second)
		assert.True(t, d.shows("Another authorization has this name"))
		d.key(fyne.KeyReturn)
		d.wait(time.Second)
		assert.Empty(t, d.engine.Calls, "a name that is taken is not sent")
		d.c.Focused().(interface{ SetText(string) }).SetText("Alpha 2")
		d.wait(time.Second)
		assert.False(t, d.shows("Another authorization has this name"))
		d.key(fyne.KeyReturn)
		d.wait(time.Second)
		assert.Equal(t, []string{"rename a Alpha 2"}, d.engine.Calls)
		assert.Contains(t, d.names(), "Alpha 2")
		assert.Nil(t, d.c.Overlays().Top())
	})
}

func TestHundredThousandRowsAskForPagesOnly(t *testing.T) {
	const n = 100_000
	atDesk(t, wide, many(n), func(d *desk) {
		table := d.w.u.frame.home.table
		assert.True(t, d.shows("100,000 of 100,000"))
		for _, at := range []int{0, 5, 20_000, 20_400, 99_999, 50, 73_123} {
			table.show(at)
			assert.Contains(t, d.names(), fmt.Sprintf("Authorization %06d", at))
		}
		seen := map[int]int{}
		for _, q := range d.engine.Queries {
			assert.Equal(t, pageRows, q.Limit)
			assert.Zero(t, q.Offset%pageRows)
			seen[q.Offset]++
		}
		for offset, times := range seen {
			assert.Equal(t, 1, times, "page at %d was read more than once", offset)
		}
		assert.LessOrEqual(t, len(seen), 16)
		assert.Less(t, len(table.views), 40, "only what can be seen is drawn")
		assert.LessOrEqual(t, len(d.w.u.frame.home.rows.pages), pagesKept)
	})
}

func TestManyEventsAreOneRead(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		before := len(d.engine.Queries)
		for range 100 {
			d.engine.Emit(auth.Event{Kind: auth.EventList})
		}
		d.wait(time.Second)
		assert.Equal(t, before+1, len(d.engine.Queries))
	})
}

func TestTimesGoOnWithoutAReadOfTheRows(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		d.tap("Alpha report")
		before := len(d.engine.Queries)
		require.True(t, d.shows("Expires in 41 min"))
		d.wait(150 * time.Second)
		assert.True(t, d.shows("Expires in 39 min"))
		assert.True(t, d.shows("in 39 min"))
		d.wait(36 * time.Minute)
		assert.True(t, d.shows("Expiring"))
		d.wait(5 * time.Minute)
		assert.True(t, d.shows("Expired"))
		assert.Len(t, d.engine.Queries, before)
	})
}

func TestEmptyStateOffersTwoWays(t *testing.T) {
	atDesk(t, wide, nil, func(d *desk) {
		assert.True(t, d.shows("No authorizations yet"))
		assert.False(t, d.shows("All states"))
		d.engine.Put(sample("a", "Alpha report", "local-server", "Local server", auth.StateActive, time.Hour), auth.NewSecret(tokenValue))
		d.engine.Emit(auth.Event{Kind: auth.EventList})
		d.wait(time.Second)
		assert.Equal(t, []string{"Alpha report"}, d.names())
		assert.False(t, d.shows("Try it with the local server"))
	})
}

func TestShowAuthorizationsSelectsAndClearsFilters(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		d.tap("All states")
		d.tap("Active")
		require.Equal(t, []string{"Alpha report"}, d.names())
		d.w.u.showAuthorizations("b")
		assert.Equal(t, []string{"Alpha report", "Beta mail", "Gamma new"}, d.names(), "a filter does not hide what was just made")
		assert.Equal(t, "b", d.w.u.frame.home.chosen.row.ID)
		assert.True(t, d.shows("Copy access token"))
	})
}

func TestColumnsLeaveInOrderAndCanBePutAway(t *testing.T) {
	ids := func(width float32, hidden map[string]bool) (out []string) {
		for _, c := range placeColumns(width, hidden) {
			out = append(out, c.id)
		}
		return out
	}
	assert.Equal(t, []string{"name", "service", "grant", "state", "expires", "scopes", "signin_ends", "refreshes_left", "last_used", "time_left"}, ids(1091, nil))
	assert.Equal(t, []string{"name", "service", "state", "expires", "scopes", "signin_ends", "refreshes_left", "last_used", "time_left"}, ids(995, nil))
	assert.Equal(t, []string{"name", "service", "state", "expires", "time_left"}, ids(657, nil))
	assert.Equal(t, []string{"name", "state", "expires", "time_left"}, ids(535, nil))
	assert.Equal(t, []string{"name", "state"}, ids(400, nil))
	assert.Equal(t, []string{"name", "grant", "state", "expires"}, ids(657, map[string]bool{"service": true, "time_left": true, "scopes": true, "last_used": true, "refreshes_left": true, "signin_ends": true}))
	for width := float32(420); width < 1600; width++ {
		var end float32
		for _, c := range placeColumns(width, nil) {
			assert.GreaterOrEqual(t, c.x, end, "columns overlap at %v", width)
			end = c.x + c.width
		}
		assert.LessOrEqual(t, end, width-moreWidth, "columns are cut off at %v", width)
	}
}

func TestKeyboardReachesRowsThatAreNotReadYet(t *testing.T) {
	atDesk(t, wide, many(100_000), func(d *desk) {
		var waiting []func()
		d.w.u.run.spawn = func(f func()) { waiting = append(waiting, f) }
		work := func() {
			for len(waiting) > 0 {
				next := waiting[0]
				waiting = waiting[1:]
				next()
			}
		}
		d.c.Focus(d.w.u.frame.home.table)
		d.key(fyne.KeyEnd)
		assert.Empty(t, d.w.u.frame.home.chosen.row.ID, "its data is on the way")
		work()
		assert.Equal(t, "99999", d.w.u.frame.home.chosen.row.ID)
		assert.Contains(t, d.names(), "Authorization 099999")
		d.key(fyne.KeyPageUp)
		work()
		assert.Greater(t, d.w.u.frame.home.table.current, 99_900)
	})
}

func TestAnswersThatCameTooLateAreDropped(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		var waiting []func()
		d.w.u.run.spawn = func(f func()) { waiting = append(waiting, f) }
		d.tap("Alpha report")
		d.tap("Beta mail")
		require.Len(t, waiting, 2)
		waiting[1]()
		waiting[0]()
		assert.Equal(t, "b", d.w.u.frame.home.detail.target.detail.Authorization.ID)
		assert.True(t, d.shows("client-b"))
		assert.False(t, d.shows("client-a"))
	})
}

func TestNewAuthorizationIsThereOnEveryScreen(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, _ *guitest.Registry, s *localScreen) {
		item := d.menuItem("New authorization")
		assert.False(t, item.Disabled)
		clientInput(t, s.clientPage().editor, "client.description").SetText("Changed")
		d.shortcut(fyne.KeyN)
		assert.True(t, d.shows("Leave without saving?"))
		d.tap("Keep editing")
		assert.True(t, d.w.u.frame.shown == s)
		d.shortcut(fyne.KeyN)
		d.tap("Discard")
		assert.True(t, d.shows("Save & Authorize"))
		d.shortcut(fyne.KeyN)
		assert.True(t, d.shows("Save & Authorize"), "a form that is empty makes room for another")
		d.shortcut(fyne.Key2)
		d.shortcut(fyne.KeyN)
		assert.True(t, d.shows("Save & Authorize"))
	})
}
