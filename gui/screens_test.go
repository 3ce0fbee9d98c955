package gui

import (
	"reflect"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/assert"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
)

// The toolkit forgets what it has drawn of a screen that was out of sight for a minute.
func TestAScreenHasTheFocusAlsoAfterAWhile(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, _ *guitest.Registry, s *localScreen) {
		u := d.w.u
		screens := []struct {
			name  string
			show  func()
			focus func() fyne.Focusable
		}{
			{"authorizations", func() { u.showAuthorizations("") }, func() fyne.Focusable { return u.frame.home.table }},
			{"services", u.showServices, func() fyne.Focusable { return u.frame.services.search.Focusable() }},
			{"clients", u.showLocal, func() fyne.Focusable { return s.page().(*localClientsPage).search.Focusable() }},
			{"activity", u.showActivity, func() fyne.Focusable { return u.frame.activity.search.Focusable() }},
			{"help", u.showHelp, func() fyne.Focusable { return u.frame.help.search.Focusable() }},
		}
		for _, away := range []int{0, 12} { // quarters of a minute
			for i, to := range screens {
				u.leaveFor(screens[(i+1)%len(screens)].show)
				for range away {
					d.wait(15 * time.Second)
					d.c.Capture()
				}
				u.leaveFor(to.show)
				d.wait(time.Second)
				assert.Same(t, to.focus(), d.c.Focused(), to.name)
			}
		}
	})
}

// The toolkit gives a new theme to what is in the window, and nothing else.
func TestAThemeReachesWhatWasOutOfSight(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, _ *guitest.Registry, s *localScreen) {
		u := d.w.u
		now := time.Now()
		u.now = func() time.Time { return now }
		show := map[string]func(){
			"authorizations": func() { u.showAuthorizations("") },
			"services":       u.showServices,
			"clients":        func() { u.showLocal(); s.tabs.Choose(localClients) },
			"tokens":         func() { u.showLocal(); s.tabs.Choose(localTokens) },
			"activity":       u.showActivity,
			"help":           u.showHelp,
		}
		u.leaveFor(show["authorizations"])
		d.wait(time.Second)
		u.frame.home.table.choose(1)
		for _, screen := range show {
			u.leaveFor(screen)
			d.wait(time.Second)
		}
		for look, at := range map[themeChoice]string{themeDark: "services", themeLight: "authorizations"} {
			u.leaveFor(show[at])
			u.setTheme(look) // the others do not see it
			for name, screen := range show {
				u.leaveFor(screen)
				d.wait(2 * time.Second)
				d.c.Unfocus()
				assert.True(t, d.fresh(look), "%s, changed at %s", name, at)
			}
		}
	})
}

// fresh tells whether all that can be seen has the theme.
func (d *desk) fresh(look themeChoice) bool {
	seen := d.c.Capture()
	d.w.u.setTheme(look)
	return reflect.DeepEqual(d.c.Capture(), seen)
}

func TestAThemeOfTheFirstRunScreenReachesTheTable(t *testing.T) {
	atDesk(t, wide, nil, func(d *desk) {
		assert.True(t, d.shows("Try it with the local server"))
		d.w.u.setTheme(themeDark)
		d.engine.Put(sample("01", "Alpha report", "local", "Local server", auth.StateNeverAuthorized, 0), auth.Secret{})
		d.engine.Emit(auth.Event{Kind: auth.EventList})
		d.wait(2 * time.Second)
		assert.True(t, d.shows("Alpha report"))
		assert.True(t, d.fresh(themeDark))
	})
}

// The ring stands around the row that the commands mean.
func TestTheRingGoesWithTheChoice(t *testing.T) {
	atDesk(t, wide, fourteen, func(d *desk) {
		home := d.w.u.frame.home
		assert.Same(t, home.table, d.c.Focused(), "the arrows work at once")
		d.key(fyne.KeyDown)
		d.wait(time.Second)
		ring := test.WidgetRenderer(home.table).(*rowTableRenderer).ring
		assert.True(t, ring.Visible())
		assert.Zero(t, ring.Position().Y)
		home.choose(target{row: *home.rows.row(3)}) // as a right click does
		assert.InDelta(t, 3*rowHeight, ring.Position().Y, 0.1)
	})
}
