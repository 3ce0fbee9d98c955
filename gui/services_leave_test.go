package gui

import (
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
)

func TestServicesLeave_UnsavedEditsAskEverywhere(t *testing.T) {
	ways := map[string]func(d *desk, s *servicesScreen){
		"another line":   func(d *desk, _ *servicesScreen) { d.tap("Zoho") },
		"the rail":       func(d *desk, _ *servicesScreen) { d.tap("Authorizations") },
		"the menu":       func(d *desk, _ *servicesScreen) { d.shortcut(fyne.Key1) },
		"help":           func(d *desk, _ *servicesScreen) { d.tap("Help") },
		"Esc":            func(d *desk, s *servicesScreen) { d.c.Unfocus(); d.key(fyne.KeyEscape) },
		"Cancel":         func(d *desk, _ *servicesScreen) { d.tap("Cancel") },
		"a new service":  func(d *desk, _ *servicesScreen) { d.tap("New service") },
		"import":         func(d *desk, _ *servicesScreen) { d.w.u.importService() },
		"authorize with": func(d *desk, _ *servicesScreen) { d.w.u.authorizeWith("own-1") },
	}
	for name, leave := range ways {
		t.Run(name, func(t *testing.T) {
			atServices(t, func(d *desk, s *servicesScreen) {
				input(t, s.editor, "description").SetText("Changed")
				leave(d, s)
				require.True(t, d.shows("Leave without saving?"))
				d.tap("Keep editing")
				assert.True(t, d.w.u.frame.shown == d.w.u.frame.services)
				assert.Equal(t, "Changed", input(t, s.editor, "description").Text())
				assert.Equal(t, "own-1", s.list.lines[s.list.current].entry.Service.ID, "the line is that of what is shown")
				leave(d, s)
				d.tap("Discard")
				assert.False(t, d.shows("Leave without saving?"))
				if s.editor != nil {
					assert.False(t, s.editor.m.dirty())
				}
				d.engine.OnSaveService = func(auth.Service) (auth.Service, error) {
					t.Error("nothing is saved")
					return auth.Service{}, nil
				}
			})
		})
	}
}

func TestServicesLeave_WithoutEditsNothingIsAsked(t *testing.T) {
	atServices(t, func(d *desk, s *servicesScreen) {
		d.tap("Authorizations")
		assert.True(t, d.w.u.frame.shown == d.w.u.frame.home)
		d.shortcut(fyne.Key2)
		assert.True(t, d.w.u.frame.shown == d.w.u.frame.services)
		assert.Equal(t, "own-1", s.chosen, "it is as it was left")
		input(t, s.editor, "description").SetText("Changed")
		d.shortcut(fyne.KeyS)
		assert.Contains(t, d.engine.Calls, "save service Data hub", "the editor that came back can save")
		assert.False(t, s.editor.m.dirty())
		d.tap("Zoho")
		assert.Equal(t, "zoho", s.chosen)
	})
}

// What was read from a file is on no screen yet: it is lost as what is typed is. A
// copy in which nothing was typed can be made again.
func TestServicesLeave_AnImportedServiceIsNotLostUnasked(t *testing.T) {
	file := filepath.Join(t.TempDir(), "hub.json")
	require.NoError(t, os.WriteFile(file, []byte(`{}`), 0o600))
	atServices(t, func(d *desk, s *servicesScreen) {
		d.engine.OnImport = func([]byte) (auth.Service, error) { return own("", "Imported hub"), nil }
		imports := func() {
			d.w.u.importService()
			d.sheetInput(0).Entry().OnSubmitted(file)
			d.tap("Load")
		}
		imports()
		d.tap("Authorizations")
		assert.True(t, d.shows("Leave without saving?") && d.shows("This service was imported and is not saved yet."))
		d.tap("Keep editing")
		s.editor.head.sample.Choose("zoho")
		assert.True(t, d.shows("Start anew from “Zoho”?"))
		d.tap("Keep what is here")
		d.w.u.saveService()
		d.tap("Authorizations")
		assert.False(t, d.shows("Leave without saving?"), "it is saved")

		d.shortcut(fyne.Key2)
		imports()
		d.tap("Authorizations")
		d.tap("Discard")
		assert.True(t, d.w.u.frame.shown == d.w.u.frame.home)

		d.shortcut(fyne.Key2)
		d.tap("Zoho")
		d.tap("Customise a copy")
		d.tap("Authorizations")
		assert.False(t, d.shows("Leave without saving?"))
	})
}

func TestServicesLeave_TypedTextIsUndone(t *testing.T) {
	atServices(t, func(_ *desk, s *servicesScreen) {
		in := input(t, s.editor, "description")
		in.SetText("Changed")
		assert.True(t, s.editor.m.dirty())
		in.SetText("Sign-in of the data hub")
		assert.False(t, s.editor.m.dirty(), "what stands there is what is stored")
	})
}

func TestServicesSample_ReplacesTypedTextOnlyAfterAQuestion(t *testing.T) {
	atServices(t, func(d *desk, s *servicesScreen) {
		d.tap("New service")
		e := s.editor
		e.head.sample.Choose("zoho")
		assert.Equal(t, "Customers", e.m.draft.Description, "an empty one is filled at once")
		input(t, e, "name").SetText("Our Zoho")
		e.head.sample.Choose("microsoft-graph")
		assert.True(t, d.shows("Start anew from “Microsoft Graph”?"))
		d.tap("Keep what is here")
		assert.Equal(t, "Customers", e.m.draft.Description)
		assert.Equal(t, "zoho", e.head.sample.Selected())
		e.head.sample.Choose("microsoft-graph")
		d.tap("Start anew")
		assert.Equal(t, "Mail and calendars", e.m.draft.Description)
		assert.Equal(t, "Our Zoho", e.m.draft.Name, "the name stays")
		assert.Equal(t, "Our Zoho", input(t, e, "name").Text())
		d.tap("Cancel")
		d.tap("Discard")
		assert.Equal(t, "own-1", s.chosen, "back to what was open before")
	})
}

// The form's way: the editor over the form, which is as it was afterwards.
func TestServicesBorrowed_TheFormComesBackWithTheNewService(t *testing.T) {
	atDesk(t, wide, someServices, func(d *desk) {
		u := d.w.u
		u.newAuthorization()
		under := u.frame.screen.Objects[0]
		keys := u.window.Canvas().OnTypedKey()
		var made []string
		note := func(id string) { made = append(made, id) }
		u.showServiceEditor("zoho", note)
		require.NotNil(t, u.serviceInEdit())
		input(t, u.serviceInEdit(), "name").SetText("Our Zoho")
		d.shortcut(fyne.KeyS)
		assert.Equal(t, []string{"own-Our Zoho"}, made)
		assert.Same(t, under, u.frame.screen.Objects[0])
		assert.NotNil(t, keys)

		u.showServiceEditor("", note)
		input(t, u.serviceInEdit(), "name").SetText("Half")
		d.tap("Authorizations")
		assert.True(t, d.shows("Leave without saving?"))
		d.tap("Discard")
		assert.Equal(t, []string{"own-Our Zoho", ""}, made, "none was made")
		assert.True(t, u.frame.shown == u.frame.home, "and then the way goes on")

		u.newAuthorization()
		u.showServiceEditor("", note)
		d.c.Unfocus()
		d.key(fyne.KeyEscape)
		assert.Len(t, made, 3)
		assert.True(t, d.shows("Application (OAuth2) Authorization Token"))
		d.key(fyne.KeyEscape)
		assert.True(t, u.frame.shown == u.frame.home, "Esc is the form's again")
	})
}

func TestServicesFind_IsTheScreensOwnSearch(t *testing.T) {
	atDesk(t, tight, someServices, func(d *desk) {
		u := d.w.u
		d.c.Focus(u.frame.rail.items[1])
		d.key(fyne.KeySpace)
		assert.True(t, u.frame.shown == u.frame.services, "the rail's icon leads there by keyboard")
		d.typed("zoho")
		assert.Equal(t, "zoho", u.frame.services.search.Text())
		d.key(fyne.KeyReturn)
		assert.Equal(t, "zoho", u.frame.services.chosen)
		assert.NotPanics(t, func() { guitest.Texts(d.c) })
	})
}
