package gui

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"tokenwell/auth"
)

func TestRefreshMarginIsChanged(t *testing.T) {
	atDesk(t, wide, one(func(*auth.Detail) {}), func(d *desk) {
		d.engine.Preset(auth.SettingRefreshMargin, "600")
		d.w.u.openMargin()
		entry := d.c.Focused().(interface {
			SetText(string)
			SelectedText() string
		})
		assert.True(t, d.shows("When tokens are refreshed"))
		for _, wrong := range []string{"0", "-5", "soon", "1441"} {
			entry.SetText(wrong)
			d.key("Return")
			assert.True(t, d.shows("Enter a number from 1 to 1,440, or nothing."), wrong)
			assert.Equal(t, "600", d.engine.Stored()[auth.SettingRefreshMargin], wrong)
		}
		entry.SetText("15")
		d.key("Return")
		d.wait(time.Second)
		assert.Equal(t, "900", d.engine.Stored()[auth.SettingRefreshMargin])
		assert.Nil(t, d.c.Overlays().Top())

		d.w.u.openMargin()
		d.c.Focused().(interface{ SetText(string) }).SetText("")
		d.key("Return")
		d.wait(time.Second)
		assert.Empty(t, d.engine.Stored()[auth.SettingRefreshMargin], "as usual again")
	})
}
