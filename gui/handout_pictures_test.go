package gui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
)

// TestHandOutPictures draws the sheets of the hand-out in both looks and sizes.
func TestHandOutPictures(t *testing.T) {
	for _, look := range []themeChoice{themeLight, themeDark} {
		for name, size := range map[string]fyne.Size{"": wide, "-small": tight} {
			if !guitest.PicturesWanted() && (look != themeDark || size != tight) {
				continue
			}
			suffix := name + "-" + string(look)
			atDesk(t, size, func(e *guitest.Engine) {
				fourteen(e)
				withSnippets(e)
				e.Put(busy(longName), auth.NewSecret(tokenValue))
				e.Rules = map[string]auth.HandOutRule{"05": {Programs: allowed(), Hosts: []string{"graph.microsoft.com", "*.sharepoint.com"}}}
				e.OnUsedBy = func(string) ([]auth.UsedBy, error) {
					last := time.Now().Add(-40 * time.Minute)
					return []auth.UsedBy{
						{Asker: auth.Asker{Path: "/usr/bin/curl"}, Last: last},
						{Asker: auth.Asker{Path: "/opt/R/bin/Rscript", Script: "/home/mara/weekly.R"}, Last: last.Add(-50 * time.Hour), Allowed: true},
					}, nil
				}
				e.OnSetRule = func(string, auth.HandOutRule) error {
					return auth.FieldErrors{{Field: auth.FieldHosts, Message: "“https://x” is no host: leave out https:// and what follows the host."}}
				}
				e.Preset(keyTheme, string(look))
			}, func(d *desk) {
				d.w.u.showAuthorizations("05")
				d.wait(time.Second)
				d.w.u.frame.home.table.onEnter(d.w.u.frame.home.table.current)
				guitest.SavePicture(t, d.c, "17-menu"+suffix)
				d.key(fyne.KeyEscape)
				d.w.u.runCommand(cmdWho)
				require.NotNil(t, d.c.Overlays().Top())
				guitest.SavePicture(t, d.c, "17a-who"+suffix)
				d.typeHost("https://x")
				d.tap("Save")
				guitest.SavePicture(t, d.c, "17b-who-error"+suffix)
				d.key(fyne.KeyEscape)
				d.tap("Discard")
				for _, kind := range []string{"python", "excel"} {
					d.w.u.prefs.copyAs = kind
					d.w.u.runCommand(cmdCopyAs)
					guitest.SavePicture(t, d.c, "17c-copyas-"+kind+suffix)
					d.key(fyne.KeyEscape)
				}
				require.NotNil(t, d.c.Capture())
			})
		}
	}
}
