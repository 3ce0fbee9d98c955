package gui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
)

// TestActivityPictures draws the Activity screen into the folder that
// TOKENWELL_PICTURES names; without one it is not drawn.
func TestActivityPictures(t *testing.T) {
	if !guitest.PicturesWanted() {
		return
	}
	for _, look := range []themeChoice{themeLight, themeDark} {
		for name, size := range map[string]fyne.Size{"": wide, "-small": tight} {
			suffix := name + "-" + string(look)
			picture := func(d *desk, what string) { guitest.SavePicture(t, d.c, "12"+what+suffix) }
			atActivity(t, size, func(e *guitest.Engine) {
				atNoon()
				someActivity(e)
				e.Rules = map[string]auth.HandOutRule{"a": {Programs: []auth.Program{{Path: rsession.Path, Since: time.Now().Add(-400 * time.Hour)}}}}
			}, func(d *desk, s *activityScreen) {
				d.w.u.setTheme(look)
				picture(d, "a-activity")
				s.table.enter()
				s.table.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
				picture(d, "b-handout")
				d.tap("Stop allowing")
				picture(d, "c-stopped")
				d.wait(2 * toastActionTime)
				s.table.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
				picture(d, "d-menu")
				d.key(fyne.KeyEscape)
				s.table.selectRow(5)
				picture(d, "e-denied")
				d.tap("Everything")
				picture(d, "f-kinds")
				d.key(fyne.KeyEscape)
				s.export()
				picture(d, "g-export")
				d.key(fyne.KeyEscape)
				s.only("nothing like it")
				picture(d, "h-nothing")
			})
			atActivity(t, size, func(e *guitest.Engine) { atNoon(); manyEntries(20000, time.Now())(e) }, func(d *desk, s *activityScreen) {
				d.w.u.setTheme(look)
				s.table.scroll.ScrollToOffset(fyne.NewPos(0, 4000))
				s.table.scroll.OnScrolled(fyne.NewPos(0, 4000))
				manyEntries(20003, time.Now())(d.engine)
				d.engine.Emit(auth.Event{Kind: auth.EventActivity})
				d.wait(time.Second)
				picture(d, "i-many")
			})
			atActivity(t, size, func(*guitest.Engine) {}, func(d *desk, _ *activityScreen) {
				d.w.u.setTheme(look)
				picture(d, "j-empty")
			})
			atDesk(t, size, func(e *guitest.Engine) {
				atNoon()
				fourteen(e)
				someActivity(e)
				for i := range e.Entries {
					e.Entries[i].AuthorizationID = "05"
				}
			}, func(d *desk) {
				d.w.u.setTheme(look)
				d.tap("Graph mail, finance team")
				d.w.u.frame.home.detail.scroll.Objects[0].(*container.Scroll).ScrollToBottom()
				picture(d, "k-used")
			})
		}
	}
}
