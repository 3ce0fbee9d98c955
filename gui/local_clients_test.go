package gui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
)

func clientNames(p *localClientsPage) []string {
	var names []string
	for _, line := range p.list.lines {
		names = append(names, clientTitle(*line.client))
	}
	return names
}

func TestLocalClients_SearchAndSort(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, _ *guitest.Registry, s *localScreen) {
		p := s.clientPage()
		assert.Equal(t, []string{"Nightly report 2.1", "Old import 1.0", "Practice desktop 1.0"}, clientNames(p))
		assert.True(t, d.shows("confidential, 4 tokens"))
		d.typed("desktop")
		assert.Equal(t, []string{"Practice desktop 1.0"}, clientNames(p))
		d.key(fyne.KeyEscape)
		p.openListMenu(fyne.NewPos(200, 200))
		d.tap("Newest first")
		assert.Equal(t, []string{"Nightly report 2.1", "Old import 1.0", "Practice desktop 1.0"}, clientNames(p))
		p.openListMenu(fyne.NewPos(200, 200))
		d.tap("Most tokens first")
		assert.Equal(t, []string{"Nightly report 2.1", "Practice desktop 1.0", "Old import 1.0"}, clientNames(p))
	})
}

func TestLocalEditor_NewClientIsSavedAndShown(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, r *guitest.Registry, s *localScreen) {
		d.tap("New client")
		e := s.clientPage().editor
		assert.Same(t, e.slots["client.name"].focus(), d.c.Focused())
		assert.False(t, d.shows("Client ID"), "there is none yet")
		clientInput(t, e, "client.name").SetText("Weekly")
		e.rules.grants[auth.LocalGrantClientCredentials].Tapped(nil)
		d.shortcut(fyne.KeyS)
		assert.Contains(t, r.Calls, "save client Weekly 1.0")
		e = s.clientPage().editor
		assert.False(t, e.m.isNew())
		assert.Equal(t, []auth.LocalGrant{auth.LocalGrantCode, auth.LocalGrantClientCredentials}, e.m.start.Grants)
		assert.True(t, d.shows("weekly-1.0"))
		assert.Equal(t, "weekly-1.0", s.clientPage().list.lines[s.clientPage().list.current].client.ID)
		assert.True(t, e.slots["client.name"].focus().(fyne.Disableable).Disabled(), "the name is fixed now")
	})
}

func TestLocalEditor_TypeDecidesOverGrantsAndForgetsNothing(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, r *guitest.Registry, s *localScreen) {
		e := s.clientPage().editor
		credentials, implicit := e.rules.grants[auth.LocalGrantClientCredentials], e.rules.grants[auth.LocalGrantImplicit]
		assert.True(t, implicit.Disabled())
		assert.Equal(t, "outdated, for public clients", implicit.Caption)
		assert.Equal(t, "outdated", e.rules.grants[auth.LocalGrantPassword].Caption)
		e.who.kind.Choose(1)
		assert.True(t, credentials.Disabled())
		assert.False(t, credentials.Checked)
		assert.False(t, implicit.Disabled())
		assert.True(t, d.shows("Saving takes the client secret away."))
		assert.NotContains(t, e.m.ready().Grants, auth.LocalGrantClientCredentials, "it is not saved with what its type can't have")
		e.who.kind.Choose(0)
		assert.True(t, credentials.Checked, "what was ticked before is back")
		assert.False(t, e.m.dirty())
	})
}

func TestLocalEditor_NumbersAndWords(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, _ *guitest.Registry, s *localScreen) {
		e := s.clientPage().editor
		clientInput(t, e, "client.access").SetText("soon")
		assert.True(t, d.shows("Enter a whole number of seconds."))
		e.submit()
		assert.True(t, d.shows("1 field needs a correction"))
		clientInput(t, e, "client.access").SetText("0")
		assert.True(t, d.shows("Enter a whole number of seconds."), "0 seconds would mean that it never ends")
		clientInput(t, e, "client.access").SetText("120")
		assert.Equal(t, int64(120), e.m.draft.AccessSeconds)
		clientInput(t, e, "client.refresh").SetText("")
		assert.Equal(t, 0, e.m.draft.RefreshCount)
		assert.Empty(t, e.m.wrong())
		d.tap("Cancel")
		d.tap("Discard")
		e = s.clientPage().editor
		assert.Equal(t, "3600", clientInput(t, e, "client.access").Text())
		s.clientPage().edit(s.clients[2])
		e = s.clientPage().editor
		assert.Same(t, fyne.Focusable(e.rules.access.pick), e.slots["client.access"].focus(), "it never expires")
		e.rules.access.pick.Choose(0)
		assert.Equal(t, int64(3600), e.m.ready().AccessSeconds, "a usual value stands there")
	})
}

func TestLocalEditor_ATickForgivesNoNumber(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, r *guitest.Registry, s *localScreen) {
		e := s.clientPage().editor
		clientInput(t, e, "client.refresh").SetText("often")
		d.check("For every grant with a user").Tapped(nil)
		assert.Equal(t, []string{"client.refresh"}, e.m.wrong())
		e.odd.head.SetOpen(true)
		clientInput(t, e, "client.misbehave").SetText("long")
		d.check("Answer 503").Tapped(nil)
		assert.Equal(t, []string{"client.refresh", "client.misbehave"}, e.m.wrong())
		before := len(r.Calls)
		e.submit()
		assert.NotContains(t, r.Calls[before:], "save client Nightly report 2.1", "another number than the one that stands there")
	})
}

func TestLocalEditor_AKeyIsInSightUntilItIsGone(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, _ *guitest.Registry, s *localScreen) {
		e := s.clientPage().editor
		jwt := e.rules.grants[auth.LocalGrantJWTBearer]
		jwt.Tapped(nil)
		clientInput(t, e, "client.keys").SetText("no key")
		jwt.Tapped(nil)
		assert.True(t, d.shows("Public key of the client"), "it is saved all the same, and may be refused")
		clientInput(t, e, "client.keys").SetText("")
		assert.False(t, d.shows("Public key of the client"))
	})
}

func TestLocalEditor_ErrorsStandAtTheirFields(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, r *guitest.Registry, s *localScreen) {
		e := s.clientPage().editor
		r.OnSaveClient = func(c auth.LocalClient) (auth.LocalClient, error) {
			return c, auth.FieldErrors{
				{Field: auth.LocalField("client.misbehave"), Message: "Answer at most 60 seconds late"},
				{Field: auth.LocalField("client.redirects"), Message: "This address is wrong"},
			}
		}
		clientInput(t, e, "client.redirects").SetText("x")
		e.submit()
		assert.True(t, d.shows("This address is wrong"))
		assert.True(t, d.shows("2 fields need a correction"))
		assert.Same(t, e.slots["client.redirects"].focus(), d.c.Focused(), "the first of the form")
		assert.Equal(t, "x", clientInput(t, e, "client.redirects").Text(), "nothing typed is lost")
		clientInput(t, e, "client.redirects").SetText("http://127.0.0.1/callback")
		assert.False(t, d.shows("This address is wrong"))
		e.submit()
		r.OnSaveClient = func(c auth.LocalClient) (auth.LocalClient, error) {
			return c, auth.FieldErrors{{Field: auth.LocalField("client.misbehave"), Message: "Answer at most 60 seconds late"}}
		}
		e.submit()
		assert.True(t, e.odd.head.Open(), "its fold opens")
		assert.Same(t, e.slots["client.misbehave"].focus(), d.c.Focused())
	})
}

func TestLocalEditor_LeavingAsks(t *testing.T) {
	ways := map[string]func(d *desk, s *localScreen){
		"another line": func(_ *desk, s *localScreen) { s.clientPage().list.selectLine(1) },
		"the rail":     func(d *desk, _ *localScreen) { d.tap("Authorizations") },
		"the keyboard": func(d *desk, _ *localScreen) { d.shortcut(fyne.Key2) },
		"Esc":          func(d *desk, _ *localScreen) { d.c.Unfocus(); d.key(fyne.KeyEscape) },
		"Cancel":       func(d *desk, _ *localScreen) { d.tap("Cancel") },
		"a new client": func(d *desk, _ *localScreen) { d.tap("New client") },
		"using it":     func(d *desk, _ *localScreen) { d.tap("Use in a new authorization") },
	}
	for name, leave := range ways {
		t.Run(name, func(t *testing.T) {
			atLocal(t, wide, nil, func(d *desk, _ *guitest.Registry, s *localScreen) {
				clientInput(t, s.clientPage().editor, "client.description").SetText("Changed")
				leave(d, s)
				require.True(t, d.shows("Leave without saving?"))
				d.tap("Keep editing")
				assert.Equal(t, "Changed", clientInput(t, s.clientPage().editor, "client.description").Text())
				assert.Equal(t, 0, s.clientPage().list.current)
				leave(d, s)
				d.tap("Discard")
				assert.False(t, d.shows("Leave without saving?"))
			})
		})
	}
}

func TestLocalEditor_LiveChangesKeepWhatIsTyped(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, r *guitest.Registry, s *localScreen) {
		clientInput(t, s.clientPage().editor, "client.description").SetText("Changed")
		others := append([]auth.LocalClient{}, s.clients...)
		others[0].Description = "By somebody else"
		r.Fill(others, nil, []auth.LocalToken{}, nil, nil)
		d.wait(localPause + time.Millisecond)
		assert.True(t, d.shows("confidential, 0 tokens"))
		e := s.clientPage().editor
		assert.Equal(t, "Changed", clientInput(t, e, "client.description").Text())
		e.m.draft = copyClient(e.m.start)
		r.Fill(others, nil, nil, nil, nil)
		d.wait(localPause + time.Millisecond)
		assert.Equal(t, "By somebody else", clientInput(t, s.clientPage().editor, "client.description").Text())
	})
}
