package gui

import (
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
