package gui

import (
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"tokenwell/gui/guitest"
	"tokenwell/gui/widgets"
)

// The toolkit forgets what it has drawn of a screen that was out of sight for a minute.
func TestAScreenHasTheCursorInItsSearchAlsoAfterAWhile(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, _ *guitest.Registry, s *localScreen) {
		u := d.w.u
		screens := []struct {
			name   string
			show   func()
			search func() *widgets.Input
		}{
			{"authorizations", func() { u.showAuthorizations(""); u.find() }, func() *widgets.Input { return u.frame.home.search }},
			{"services", u.showServices, func() *widgets.Input { return u.frame.services.search }},
			{"clients", u.showLocal, func() *widgets.Input { return s.page().(*localClientsPage).search }},
			{"activity", u.showActivity, func() *widgets.Input { return u.frame.activity.search }},
			{"help", u.showHelp, func() *widgets.Input { return u.frame.help.search }},
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
				assert.Same(t, to.search().Focusable(), d.c.Focused(), to.name)
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
		for _, look := range []themeChoice{themeDark, themeLight} {
			for name, screen := range show {
				u.leaveFor(screen)
				u.setTheme(look) // one of them sees it
				for other, screen := range show {
					if other == name {
						continue
					}
					u.leaveFor(screen)
					d.wait(2 * time.Second)
					d.c.Unfocus()
					seen := d.c.Capture()
					u.setTheme(look)
					assert.True(t, reflect.DeepEqual(d.c.Capture(), seen), "%s, changed at %s", other, name)
				}
				break
			}
		}
	})
}
