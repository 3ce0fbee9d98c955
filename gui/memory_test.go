package gui

import (
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"github.com/stretchr/testify/assert"

	"tokenwell/gui/guitest"
	"tokenwell/gui/widgets"
)

// The toolkit keeps fonts of its own for every theme that texts have been drawn in:
// a sheet that gave one to its texts cost twelve megabytes each time, for good.
func TestWhatIsClosedGivesItsMemoryBack(t *testing.T) {
	heap := func() int {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc >> 20)
	}
	for name, open := range map[string]func(*ui){
		"sheet":          (*ui).about,
		"sheet of files": func(u *ui) { u.askFile("File", func(string) {}) },
		"form":           (*ui).newAuthorization,
		"editor":         (*ui).newService,
	} {
		t.Run(name, func(t *testing.T) {
			atDesk(t, tight, few, func(d *desk) {
				u := d.w.u
				openAndClose := func() {
					u.showAuthorizations("")
					open(u)
					d.c.Capture()
					d.c.OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
				}
				openAndClose() // what is made once stays
				before := heap()
				for range 2 {
					openAndClose()
				}
				assert.LessOrEqual(t, heap()-before, 4, "megabytes for two more times")
			})
		})
	}
}

// The toolkit forgets the theme of what was out of sight for a minute.
func TestAThemeIsThereAgainAfterAWhileOutOfSight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		guitest.NewApp(t)
		time.Sleep(50 * 365 * 24 * time.Hour) // past the clocks of all other tests, which the toolkit has seen
		in := widgets.NewInput("Name", true)
		w := test.NewTempWindow(t, in)
		edge := func() float32 {
			in.Entry().Refresh() // else it goes on with the theme that it had
			return in.Entry().Theme().Size(theme.SizeNameInputBorder)
		}
		w.Canvas().Capture()
		assert.Zero(t, edge(), "the edge is ours")
		w.SetContent(widgets.NewText("something else"))
		for range 12 {
			time.Sleep(15 * time.Second)
			w.Canvas().Capture()
		}
		assert.NotZero(t, edge(), "it is forgotten")
		w.SetContent(in)
		w.Canvas().Capture()
		assert.Zero(t, edge())
	})
}
