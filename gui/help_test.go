package gui

import (
	"testing"

	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/assert"

	"tokenwell/auth"
)

func TestHelp_TheTooltipSaysWhatTheNextClickDoes(t *testing.T) {
	atForm(t, newDraft("github"), func(b *bench) {
		fold := b.u.form.help.fold
		assert.Equal(t, "Show the steps", fold.ToolTip())
		test.Tap(fold)
		assert.Equal(t, "Hide the steps", fold.ToolTip())
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
