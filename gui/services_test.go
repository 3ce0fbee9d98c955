package gui

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
)

func TestServices_GroupsAndCounts(t *testing.T) {
	atServices(t, func(d *desk, s *servicesScreen) {
		assert.Equal(t, []string{"# Yours", "Data hub", "People hub", "# Built in, used", "Microsoft Graph", "# Built in", "Zoho"}, lineNames(s))
		for _, words := range []string{"your own, 1 authorization", "Microsoft, 2 authorizations", "Zoho, not used"} {
			assert.True(t, d.shows(words), words)
		}
		assert.Equal(t, "Search 4 services", s.search.PlaceHolder())
		assert.Equal(t, "own-1", s.chosen, "the first one is open")
	})
}

// The line names the grants too; what is cut off stands in its tooltip.
func TestServices_LinesNameTheGrants(t *testing.T) {
	everywhere := []auth.Grant{
		auth.GrantPassword, auth.GrantAuthorizationCode, auth.GrantDeviceCode, auth.GrantClientCredentials, auth.GrantJWTBearer,
		auth.GrantRefreshToken, auth.GrantAccessToken,
	}
	assert.Equal(t, "Zoho, not used · code, device, client, JWT, password", grantsText("Zoho, not used", everywhere))
	assert.Equal(t, "Zoho, not used", grantsText("Zoho, not used", []auth.Grant{auth.GrantAccessToken}))
	atServices(t, func(d *desk, s *servicesScreen) {
		assert.True(t, d.shows("your own, not used · code"))
		s.all[0].Service.Grants = everywhere
		s.take(entriesOf(s))
		assert.Equal(t, "Data hub\nyour own, not used · code, device, client, JWT, password", s.list.tooltipAt(1, 0))
		d.typed("jwt bearer")
		assert.Equal(t, []string{"# Yours", "Data hub"}, lineNames(s))
	})
}

// entriesOf are the entries that a screen shows.
func entriesOf(s *servicesScreen) []auth.ServiceEntry {
	var entries []auth.ServiceEntry
	for _, e := range s.all {
		entries = append(entries, e.ServiceEntry)
	}
	return entries
}

func TestServices_SearchLooksAtProviderCategoryAndDescription(t *testing.T) {
	atServices(t, func(d *desk, s *servicesScreen) {
		for typed, want := range map[string]string{"zoh": "Zoho", "SALES": "Zoho", "microsoft calendars": "Microsoft Graph"} {
			d.typed(typed)
			assert.Equal(t, want, lineNames(s)[1], typed)
			assert.Len(t, lineNames(s), 2, typed)
			d.key(fyne.KeyEscape)
			assert.Empty(t, s.search.Text(), "Esc clears the search first")
		}
		d.typed("no such thing")
		assert.True(t, d.shows("No service matches."))
		d.tap("Show all")
		assert.False(t, d.shows("No service matches."))
		assert.Len(t, lineNames(s), 7)
	})
}

func TestServices_KeysMoveOverHeadings(t *testing.T) {
	atServices(t, func(d *desk, s *servicesScreen) {
		d.typed("")
		d.key(fyne.KeyDown)
		assert.Equal(t, "own-2", s.chosen)
		d.key(fyne.KeyDown)
		assert.Equal(t, "microsoft-graph", s.chosen, "a heading is passed over")
		d.key(fyne.KeyEnd)
		assert.Equal(t, "microsoft-graph", s.chosen, "End is the search box's own")
	})
	atServices(t, func(d *desk, s *servicesScreen) {
		d.c.Focus(s.list)
		for _, step := range []struct {
			key  fyne.KeyName
			want string
		}{
			{fyne.KeyEnd, "zoho"}, {fyne.KeyUp, "microsoft-graph"}, {fyne.KeyUp, "own-2"}, {fyne.KeyHome, "own-1"}, {fyne.KeyUp, "own-1"}, {fyne.KeyPageDown, "zoho"},
		} {
			d.key(step.key)
			assert.Equal(t, step.want, s.chosen, step.key)
		}
		d.key(fyne.KeyReturn)
		assert.True(t, d.shows("Customise a copy"), "Enter opens the menu")
	})
}

func TestServices_CatalogEntryIsShownWithWhatIsSpecial(t *testing.T) {
	atServices(t, func(d *desk, s *servicesScreen) {
		d.tap("Microsoft Graph")
		for _, words := range []string{"built in, read only; Microsoft, 2 authorizations", "https://id.northwind.example/realms/analytics/token", "not known", "learn.microsoft.com/…/oauth"} {
			assert.True(t, d.shows(words), words)
		}
		d.tap("What is special here")
		for _, words := range []string{
			"The metadata names {tenantid}.", "The program acts on it: The issuer in the metadata",
			"The service's own error codes are explained with what to do.", "Not handled: no request of the program is about them",
			"A client's assertion names the token endpoint as its audience.",
		} {
			assert.True(t, d.shows(words), words)
		}
		v := s.view
		v.tabs.Choose(viewScopes)
		assert.True(t, d.shows("Read reports") && d.shows("administrator") && d.shows("ticked"))
		v.tabs.Choose(viewHelp)
		assert.True(t, d.shows("Open the admin center.") && d.shows("No secret is needed."))
		d.tap("entra.microsoft.com")
		v.tabs.Choose(viewFacts)
		d.tap("New authorization with it")
		assert.False(t, d.w.u.frame.shown == d.w.u.frame.services)
		assert.True(t, d.shows("Application (OAuth2) Authorization Token"))
	})
}

func TestServices_CopyOfACatalogEntryIsEditedAndSaved(t *testing.T) {
	atServices(t, func(d *desk, s *servicesScreen) {
		d.tap("Zoho")
		d.tap("Customise a copy")
		require.NotNil(t, s.editor)
		assert.Equal(t, "Zoho 2", s.editor.m.draft.Name)
		assert.True(t, d.shows("not saved yet"))
		assert.Equal(t, "zoho", s.editor.head.sample.Selected())
		d.tap("Save service")
		assert.Contains(t, d.engine.Calls, "save service Zoho 2")
		assert.Equal(t, "own-Zoho 2", s.chosen, "what was saved stays open")
		assert.Contains(t, lineNames(s), "Zoho 2")
	})
}

func TestServices_MenuOfALine(t *testing.T) {
	atServices(t, func(d *desk, s *servicesScreen) {
		test.TapSecondaryAt(s.list, fyne.NewPos(60, s.list.top(2)+10))
		assert.True(t, d.shows("Duplicate") && d.shows("Authorizations use it"))
		d.key(fyne.KeyEscape)
		test.TapSecondaryAt(s.list, fyne.NewPos(60, s.list.top(1)+10))
		d.tap("Delete service")
		d.tap("Delete service")
		assert.Contains(t, d.engine.Calls, "delete service own-1")
		assert.NotContains(t, lineNames(s), "Data hub")
	})
}

func TestServices_DeletingOneInUseSaysByWhom(t *testing.T) {
	atServices(t, func(d *desk, s *servicesScreen) {
		d.tap("People hub")
		assert.True(t, d.shows("“People data” uses it"))
		assert.True(t, s.editor.foot.remove.Disabled())
		d.w.u.askDeleteService(s.editor.m.start) // it came into use meanwhile
		d.tap("Delete service")
		assert.True(t, d.shows("“People hub” is in use") && d.shows("People data"))
		d.tap("Close")
		assert.Contains(t, lineNames(s), "People hub")
	})
}

func TestServices_FollowTheEngine(t *testing.T) {
	atServices(t, func(d *desk, s *servicesScreen) {
		d.engine.Own = append(d.engine.Own, own("own-3", "Third hub"))
		d.engine.Emit(auth.Event{Kind: auth.EventServices})
		d.wait(time.Second)
		assert.Contains(t, lineNames(s), "Third hub")
		d.engine.Users["zoho"] = []string{"x"}
		d.engine.Emit(auth.Event{Kind: auth.EventList})
		d.wait(time.Second)
		assert.True(t, d.shows("Zoho, 1 authorization"))
	})
}

// The editor that is left open follows what begins to use its service meanwhile.
func TestServices_TheOpenEditorFollowsWhatUsesItsService(t *testing.T) {
	atServices(t, func(d *desk, s *servicesScreen) {
		assert.True(t, d.shows("not used"))
		input(t, s.editor, "description").SetText("Changed")
		d.engine.Put(sample("91", "Sales data", "own-1", "Data hub", auth.StateActive, 0), auth.Secret{})
		d.engine.Emit(auth.Event{Kind: auth.EventList})
		d.wait(time.Second)
		assert.True(t, d.shows("used by “Sales data”") && d.shows("“Sales data” uses it"))
		assert.True(t, s.editor.foot.remove.Disabled())
		assert.Equal(t, "Changed", input(t, s.editor, "description").Text(), "what was typed stays")
	})
}

// A search hides no service that was just made.
func TestServices_ASavedServiceIsInTheListWhateverTheSearch(t *testing.T) {
	atServices(t, func(d *desk, s *servicesScreen) {
		d.typed("zoho")
		d.tap("New service")
		input(t, s.editor, "name").SetText("Hub three")
		d.w.u.saveService()
		assert.Contains(t, lineNames(s), "Hub three")
		assert.Empty(t, s.search.Text())
		d.typed("three")
		input(t, s.editor, "description").SetText("Changed")
		d.w.u.saveService()
		assert.Equal(t, "three", s.search.Text(), "a search that finds it stays")
	})
}

// Only what is in view is drawn, whatever there is.
func TestServices_HundredsOfOwnOnes(t *testing.T) {
	atDesk(t, tight, func(e *guitest.Engine) {
		someServices(e)
		for i := range 500 {
			e.Own = append(e.Own, own(fmt.Sprintf("own-x%d", i), fmt.Sprintf("Hub number %03d", i)))
		}
	}, func(d *desk) {
		d.w.u.leaveFor(d.w.u.showServices)
		s := d.w.u.frame.services
		assert.Less(t, len(s.list.body.Objects), 20)
		d.c.Focus(s.list)
		d.key(fyne.KeyEnd)
		assert.True(t, d.shows("Zoho"))
		assert.Less(t, len(s.list.views), 20)
		d.typed("number 499")
		assert.Equal(t, []string{"# Yours", "Hub number 499"}, lineNames(s))
		for _, o := range s.list.body.Objects {
			assert.LessOrEqual(t, o.Position().Y+o.Size().Height, s.list.scroll.Size().Height)
		}
	})
}
