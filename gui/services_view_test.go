package gui

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
)

// The address of the local server is known; the entry has a placeholder for it.
// What is said of a note's number can be found there.
func TestServicesView_ShowsTheLocalServersAddressAndNumbersOfNotes(t *testing.T) {
	atDesk(t, wide, func(e *guitest.Engine) {
		someServices(e)
		local := own("practice", "Practice")
		local.Endpoints = auth.Endpoints{Authorization: "{local}/authorize", Token: "{local}/oauth/token", JWKS: "{local}/keys"}
		local.Help = auth.Help{Steps: []string{"None."}, Notes: []string{"The first.", "The second."}}
		e.Catalog = append(e.Catalog, local)
	}, func(d *desk) {
		d.w.u.leaveFor(d.w.u.showServices)
		d.tap("Practice")
		for _, path := range []string{"/authorize", "/oauth/token", "/keys"} {
			assert.True(t, d.shows(d.engine.Local.Issuer+path), path)
		}
		assert.False(t, d.shows("{local}"))
		d.engine.Local.Issuer = "http://127.0.0.1:18000"
		d.w.u.frame.services.reload()
		assert.True(t, d.shows("http://127.0.0.1:18000/keys"), "its port was changed")
		d.w.u.frame.services.view.tabs.Choose(viewHelp)
		assert.True(t, d.shows("Note 2") && d.shows("The second."))
	})
}
