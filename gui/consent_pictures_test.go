package gui

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
)

// TestConsentPictures draws the window that asks in both looks: as in the
// mockup, with everything that it can have to say, and with hardly anything known.
func TestConsentPictures(t *testing.T) {
	for _, look := range []themeChoice{themeLight, themeDark} {
		atDesk(t, wide, func(e *guitest.Engine) {
			few(e)
			e.Preset(keyTheme, string(look))
		}, func(d *desk) {
			show := func(name string, questions ...auth.Consent) {
				d.ask(questions...)
				guitest.SavePicture(t, d.asked(), name+"-"+string(look))
				for _, q := range questions {
					d.engine.Forget(q.ID)
				}
				d.wait(time.Second)
				require.Nil(t, d.asked())
			}
			show("14-consent", question("q"))
			full := question("q")
			full.Asker.Path = "/opt/" + strings.Repeat("very-long-way/", 12) + "Tokenwell helper"
			full.Name, full.Purpose, full.Host = longName, auth.PurposeCurl, "api.a-rather-long-host-name.example:8443"
			full.Before, full.Until = time.Now().Add(-26*time.Hour), time.Now().Add(30*time.Hour)
			full.Scopes = append(full.Scopes, busyScopes(14)...)
			show("14b-consent-full", full, question("q2"), question("q3"))
			bare := question("q")
			bare.Asker, bare.Scopes = auth.Asker{PID: 4711, User: "mara"}, nil
			show("14c-consent-bare", bare)
		})
	}
}

// busyScopes are scopes without words of their own.
func busyScopes(n int) []auth.Scope {
	var out []auth.Scope
	for i := range n {
		out = append(out, auth.Scope{Name: "https://www.example.com/auth/" + strings.Repeat("reports.", i%4+1) + "readonly"})
	}
	return out
}
