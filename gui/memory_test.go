package gui

import (
	"runtime"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/assert"
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
