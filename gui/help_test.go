package gui

import (
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/assert"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
)

// hold keeps the pointer where it is until a tooltip has come.
func (b *bench) hold() {
	b.u.run.timers.Unlock()
	time.Sleep(2 * time.Second)
	synctest.Wait()
	b.u.run.timers.Lock()
}

func TestHelp_TheTooltipSaysWhatTheNextClickDoes(t *testing.T) {
	atForm(t, newDraft("github"), func(b *bench) {
		fold := b.u.form.help.fold
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(fold).AddXY(5, 5)
		fold.MouseIn(&desktop.MouseEvent{PointEvent: fyne.PointEvent{AbsolutePosition: at}})
		b.hold()
		assert.True(t, guitest.Shows(b.canvas, "Show the steps"))
		test.Tap(fold)
		assert.False(t, guitest.Shows(b.canvas, "Show the steps"), "they are shown")
		b.hold()
		assert.True(t, guitest.Shows(b.canvas, "Hide the steps"))
		fold.MouseOut()
		fold.SetToolTip("nobody points at it")
		b.hold()
		assert.False(t, guitest.Shows(b.canvas, "nobody points at it"))
	})
}

// Copied from the help, the address of a port that is none would be registered.
func TestHelp_KeepsTheLastRedirectURIThatIsValid(t *testing.T) {
	atMore(t, func(d *auth.Draft) { d.Port = 18000 }, func(b *bench) {
		const valid = "http://localhost:18000"
		assert.True(t, b.shows(valid))
		for _, port := range []string{"99999", "x", "80"} {
			b.entry("Redirect port").SetText(port)
			b.rest()
			assert.True(t, b.shows(valid), port)
		}
		b.fill("Redirect port", "18001")
		assert.True(t, b.shows("http://localhost:18001"))
		b.entry("Redirect port").SetText("99999")
		b.chooseService("github")
		b.chooseService("microsoft-graph")
		assert.False(t, b.shows("99999"))
	})
}
