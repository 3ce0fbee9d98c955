package gui

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// atEditor runs a test with a service of the user's own in the editor.
func atEditor(t *testing.T, run func(*desk, *serviceEditor)) {
	t.Helper()
	atServices(t, func(d *desk, s *servicesScreen) { run(d, s.editor) })
}

// saves makes the engine note what is saved.
func saves(d *desk) *auth.Service {
	saved := &auth.Service{}
	d.engine.OnSaveService = func(s auth.Service) (auth.Service, error) {
		*saved = s
		return s, nil
	}
	return saved
}

func TestServiceEditor_HostAndPathMakeTheAddress(t *testing.T) {
	atEditor(t, func(d *desk, e *serviceEditor) {
		saved := saves(d)
		token := e.addresses.rows[1]
		assert.Equal(t, "https://id.northwind.example", text(token.host))
		assert.Equal(t, "/realms/analytics/token", text(token.path))
		token.host.Control.(*widgets.Input).SetText("login.example.com")
		token.path.Control.(*widgets.Input).SetText("oauth/token")
		assert.True(t, d.shows("https://login.example.com/oauth/token"), "the whole is shown while typing")
		d.w.u.saveService()
		assert.Equal(t, "https://login.example.com/oauth/token", saved.Endpoints.Token)
		assert.Equal(t, "https://login.example.com/realms/analytics/revoke", saved.Endpoints.Revocation, "revocation goes with the token's host")
	})
}

func TestServiceEditor_AHostWithAPathIsRefusedAndCanBeMoved(t *testing.T) {
	atEditor(t, func(d *desk, e *serviceEditor) {
		saved := saves(d)
		row := e.addresses.rows[0]
		row.path.Control.(*widgets.Input).SetText("/auth")
		row.host.Control.(*widgets.Input).SetText("https://id.example/realms/x/")
		assert.True(t, d.shows("A host has no path. Move “/realms/x/” to the path."))
		d.w.u.saveService()
		assert.Empty(t, saved.ID, "nothing is saved")
		assert.Same(t, row.host.Control.Focusable(), d.c.Focused())
		assert.True(t, d.shows("1 field needs a correction"))
		e.tabs.Choose(pageScopes)
		d.w.u.saveService()
		assert.Equal(t, pageEndpoints, e.tabs.Current(), "the page with the error comes to the front")
		link, ok := shown(e.object, func(l *widgets.Link) bool { return l.Text == "Move to path" })
		require.True(t, ok)
		link.Tapped(nil)
		assert.Equal(t, "https://id.example/realms/x/auth", e.m.draft.Endpoints.Authorization)
		assert.False(t, d.shows("A host has no path"))
		d.w.u.saveService()
		assert.Equal(t, "https://id.example/realms/x/auth", saved.Endpoints.Authorization)
	})
}

func TestServiceEditor_WholeURLsAndIssuer(t *testing.T) {
	atEditor(t, func(d *desk, e *serviceEditor) {
		radio, _ := shown(e.object, func(*widgets.Radio) bool { return true })
		radio.Choose(byWholeURLs)
		assert.Equal(t, "https://id.northwind.example/realms/analytics/auth", text(e.addresses.rows[0].whole))
		input(t, e, "endpoints.authorization").SetText("https://other.example/a?b=c")
		radio.Choose(byHostAndPath)
		assert.Equal(t, "/a?b=c", text(e.addresses.rows[0].path))
		before := e.m.draft.Endpoints
		radio.Choose(byIssuer)
		assert.True(t, e.m.draft.Discovery)
		assert.Equal(t, auth.Endpoints{}, e.m.draft.Endpoints, "the engine takes no addresses beside the issuer's")
		assert.False(t, d.shows("Authorize host"))
		radio.Choose(byHostAndPath)
		assert.Equal(t, before, e.m.draft.Endpoints, "they come back")
		assert.False(t, e.m.draft.Discovery)
	})
}

func TestServiceEditor_RevocationNeedsItsPath(t *testing.T) {
	atEditor(t, func(d *desk, e *serviceEditor) {
		saved := saves(d)
		e.addresses.revoke.Tapped(nil)
		assert.Empty(t, e.m.draft.Endpoints.Revocation)
		e.addresses.revoke.Tapped(nil)
		d.w.u.saveService()
		assert.Empty(t, saved.ID)
		assert.True(t, d.shows("Enter the address, or take the tick out."))
		input(t, e, "endpoints.revocation").SetText("/realms/analytics/end")
		d.w.u.saveService()
		assert.Equal(t, "https://id.northwind.example/realms/analytics/end", saved.Endpoints.Revocation)
	})
}

// The engine's errors stand beside their fields; what was typed stays.
func TestServiceEditor_ErrorsStandBesideTheirFields(t *testing.T) {
	atEditor(t, func(d *desk, e *serviceEditor) {
		d.engine.OnCheckService = func(s auth.Service) []auth.FieldError {
			var wrong []auth.FieldError
			if s.Name == "" {
				wrong = append(wrong, auth.FieldError{Field: auth.ServiceField("name"), Message: "Enter a name", Fix: "Data hub 2"})
			}
			if s.Names.ClientID == "bad name" {
				wrong = append(wrong, auth.FieldError{Field: auth.ServiceField("names.client_id"), Message: "Use letters, digits and _ only"})
			}
			return wrong
		}
		input(t, e, "names.client_id").SetText("bad name")
		assert.False(t, d.shows("Use letters"), "not while it is typed")
		d.wait(time.Second)
		assert.True(t, d.shows("Use letters, digits and _ only"))
		input(t, e, "name").SetText("")
		d.wait(time.Second)
		e.tabs.Choose(pageHelp)
		d.w.u.saveService()
		assert.Equal(t, pageEndpoints, e.tabs.Current())
		assert.Same(t, input(t, e, "name").Focusable(), d.c.Focused())
		assert.True(t, d.shows("2 fields need a correction"))
		link, ok := shown(e.object, func(l *widgets.Link) bool { return l.Text == "Use “Data hub 2”" })
		require.True(t, ok)
		link.Tapped(nil)
		d.wait(time.Second)
		assert.Equal(t, "Data hub 2", e.m.draft.Name)
		d.w.u.saveService()
		assert.Equal(t, pageRequests, e.tabs.Current(), "the next one")
		assert.Equal(t, "bad name", input(t, e, "names.client_id").Text())
	})
}

func TestServiceEditor_RefusedSavesKeepWhatWasTyped(t *testing.T) {
	atEditor(t, func(d *desk, e *serviceEditor) {
		d.engine.OnSaveService = func(auth.Service) (auth.Service, error) {
			return auth.Service{}, auth.FieldErrors{{Field: auth.ServiceField("help.docs_url"), Message: "This is not an address"}}
		}
		input(t, e, "description").SetText("Mine")
		d.w.u.saveService()
		assert.Equal(t, pageHelp, e.tabs.Current())
		assert.True(t, d.shows("This is not an address"))
		assert.Equal(t, "Mine", e.m.draft.Description)
		d.engine.OnSaveService = func(auth.Service) (auth.Service, error) { return auth.Service{}, errors.New("disk full") }
		d.w.u.saveService()
		assert.True(t, d.shows("disk full"))
		d.key(fyne.KeyEscape)
		assert.Equal(t, "Mine", e.m.draft.Description)
	})
}

func TestServiceEditor_ScopesAreAddedChangedAndRemoved(t *testing.T) {
	atEditor(t, func(d *desk, e *serviceEditor) {
		e.tabs.Choose(pageScopes)
		assert.True(t, d.shows("Read reports") && d.shows("administrator"))
		d.tap("Add a scope")
		d.tap("Add")
		assert.True(t, d.shows("Enter the scope."))
		d.sheetInput(0).SetText("reports")
		d.tap("Add")
		assert.True(t, d.shows("This scope is in the list already."))
		d.sheetInput(0).SetText("files.read")
		d.sheetInput(1).SetText("Read files")
		d.tap("Ticked at first")
		d.tap("Add")
		require.Len(t, e.m.draft.Scopes, 3)
		assert.Equal(t, auth.Scope{Name: "files.read", Description: "Read files", Group: "Data", Default: true}, e.m.draft.Scopes[2])
		d.tap("reports")
		d.sheetInput(1).SetText("See reports")
		d.tap("Apply")
		assert.Equal(t, "See reports", e.m.draft.Scopes[1].Description)
		line, _ := shown(e.object, func(l *widgets.EditLine) bool { return l.Title == "reports" })
		line.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDelete})
		assert.Len(t, e.m.draft.Scopes, 2)
		assert.Equal(t, "2", countNote(len(e.m.draft.Scopes)))
	})
}

// The engine tells of the change while the list is still being read.
func TestServiceEditor_StaysOpenAfterSaving(t *testing.T) {
	atServices(t, func(d *desk, s *servicesScreen) {
		d.tap("New service")
		input(t, s.editor, "name").SetText("Hub three")
		input(t, s.editor, "names.client_id").SetText("app_id")
		var waiting []func()
		inline := d.w.u.run.spawn
		d.w.u.run.spawn = func(f func()) { waiting = append(waiting, f) }
		d.w.u.saveService()
		assert.True(t, d.shows("Saving…"))
		waiting[0]() // it is saved; the list is asked for
		s.reload()   // and once more by the event
		for _, read := range waiting[1:] {
			read()
		}
		d.w.u.run.spawn = inline
		d.wait(time.Second)
		assert.False(t, d.shows("not saved yet"))
		assert.Equal(t, pageRequests, s.editor.tabs.Current(), "the page stays")
		assert.Equal(t, "own-Hub three", s.editor.m.draft.ID)
		assert.False(t, s.editor.closed)
		assert.True(t, d.shows("Delete service"))
	})
}

func TestServiceEditor_AScopeInUseIsKept(t *testing.T) {
	atEditor(t, func(d *desk, e *serviceEditor) {
		d.engine.OnSaveService = func(auth.Service) (auth.Service, error) {
			return auth.Service{}, &auth.ServiceInUse{Scope: "openid", Names: []string{"People data"}, More: 3}
		}
		e.tabs.Choose(pageScopes)
		line, _ := shown(e.object, func(l *widgets.EditLine) bool { return l.Title == "openid" })
		line.OnRemove()
		d.w.u.saveService()
		assert.True(t, d.shows("The scope “openid” is in use") && d.shows("People data") && d.shows("and 3 more"))
		d.tap("Keep the scope")
		require.Len(t, e.m.draft.Scopes, 2)
		assert.Equal(t, "openid", e.m.draft.Scopes[0].Name, "where it stood")
		assert.False(t, e.m.dirty())
	})
}

func TestServiceInUse_SaysWhichUsersAreDeletedAlready(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		d.w.u.showInUse("SSO", &auth.ServiceInUse{Names: []string{"Mail", "People data"}, Gone: []string{"Mail"}}, nil)
		assert.True(t, d.shows("Delete them first"))
		assert.True(t, d.shows("deleted a moment ago"))
		d.key(fyne.KeyEscape)
		d.w.u.showInUse("SSO", &auth.ServiceInUse{Names: []string{"Mail"}, Gone: []string{"Mail"}}, nil)
		assert.False(t, d.shows("Delete them first"))
		assert.True(t, d.shows("Try again in ten seconds."))
	})
}

func TestServiceEditor_QuirksAreAddedWithTheirParameters(t *testing.T) {
	atEditor(t, func(d *desk, e *serviceEditor) {
		e.tabs.Choose(pageRequests)
		var taken []auth.Quirk
		e.editQuirk(auth.Quirk{}, true, func(q auth.Quirk) { taken = append(taken, q) })
		d.tap("Add")
		assert.True(t, d.shows("Choose one."))
		sel, ok := shown(d.c.Overlays().Top(), func(*widgets.Select) bool { return true })
		require.True(t, ok)
		sel.Choose(string(auth.QuirkReplyStatus))
		d.tap("Add")
		assert.True(t, d.shows("This is needed."))
		for i, value := range []string{"ok", "true", "error"} {
			d.sheetInput(i).SetText(value)
		}
		d.tap("Add")
		assert.Equal(t, []auth.Quirk{{ID: auth.QuirkReplyStatus, Params: map[string]string{"member": "ok", "good": "true", "error": "error"}}}, taken)
	})
}

func TestServiceEditor_DifferencesFromTheSample(t *testing.T) {
	atDesk(t, wide, someServices, func(d *desk) {
		d.engine.Own[0].BasedOn = "zoho"
		d.engine.OnDifferences = func(s auth.Service) []auth.Difference {
			return []auth.Difference{{Field: "description", Label: "Description", Was: "Customers", Is: s.Description}}
		}
		d.w.u.leaveFor(d.w.u.showServices)
		e := d.w.u.frame.services.editor
		assert.True(t, d.shows("Differs from Zoho"))
		assert.False(t, d.shows("Customers"))
		assert.Equal(t, widgets.HeightAt(e.diff.head, 600)+9, widgets.HeightAt(e.diff.object, 600), "what is folded takes no room")
		e.diff.head.SetOpen(true)
		assert.True(t, d.shows("Customers") && d.shows("was"))
		input(t, e, "description").SetText("Ours")
		d.wait(time.Second)
		assert.Equal(t, "Ours", e.diff.shown[0].Is)
	})
}

// The line that counts what is wrong begins where the fields do.
func TestServicesFoot_TheCountIsInLineWithTheFields(t *testing.T) {
	atServices(t, func(d *desk, s *servicesScreen) {
		d.engine.OnCheckService = func(auth.Service) []auth.FieldError {
			return []auth.FieldError{{Field: auth.ServiceField("issuer"), Message: "Not this one"}}
		}
		d.tap("New service")
		d.w.u.saveService()
		require.True(t, d.shows("1 field needs a correction"))
		driver := fyne.CurrentApp().Driver()
		at := func(o fyne.CanvasObject) float32 { return driver.AbsolutePositionForObject(o).X }
		assert.InDelta(t, at(s.editor.issuer.field.Object), at(s.editor.foot.fault), 0.5)
	})
}

func TestServiceEditor_ImportAndExport(t *testing.T) {
	file := filepath.Join(t.TempDir(), "hub.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"schema":1}`), 0o600))
	atServices(t, func(d *desk, s *servicesScreen) {
		d.engine.OnExport = func(id string) ([]byte, error) { return []byte(`{"id":"` + id + `"}`), nil }
		d.w.u.exportService(s.editor.m.start)
		assert.True(t, d.shows("Export “Data hub”"))
		out := filepath.Join(t.TempDir(), "out.json")
		d.sheetInput(0).SetText(out)
		d.tap("Export")
		content, err := os.ReadFile(out) //nolint:gosec // the test's own file
		require.NoError(t, err)
		assert.JSONEq(t, `{"id":"own-1"}`, string(content))

		var read string
		d.engine.OnImport = func(data []byte) (auth.Service, error) {
			read = string(data)
			hub := own("", "Imported hub")
			return hub, nil
		}
		d.w.u.importService()
		d.sheetInput(0).Entry().OnSubmitted(file)
		d.tap("Load")
		assert.JSONEq(t, `{"schema":1}`, read)
		assert.Equal(t, "Imported hub", s.editor.m.draft.Name)
		assert.True(t, d.shows("not saved yet"))
		assert.NotContains(t, d.engine.Calls, "save service Imported hub", "nothing is stored before it was looked at")
		d.w.u.saveService()
		assert.Contains(t, d.engine.Calls, "save service Imported hub")

		d.engine.OnImport = func([]byte) (auth.Service, error) {
			return auth.Service{}, &auth.Failure{Title: "This is no service", Happened: "The file has an unknown field.", Steps: []string{"Choose another file."}}
		}
		d.w.u.importService()
		d.sheetInput(0).Entry().OnSubmitted(file)
		d.tap("Load")
		assert.True(t, d.shows("This is no service"))
	})
}

func TestReadBounded_RefusesWhatIsTooLargeOrNoFile(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "a")
	require.NoError(t, os.WriteFile(file, make([]byte, 100), 0o600))
	_, err := readBounded(file, 99, errServiceTooLarge)
	require.ErrorIs(t, err, errServiceTooLarge)
	data, err := readBounded(file, 100, errServiceTooLarge)
	require.NoError(t, err)
	assert.Len(t, data, 100)
	_, err = readBounded(folder, 100, errServiceTooLarge)
	require.ErrorIs(t, err, errFileUnread)
}
