package gui

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
)

func TestLocalSecret_IsHiddenAgain(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, r *guitest.Registry, s *localScreen) {
		secret := s.clientPage().editor.who.secret
		assert.False(t, d.shows("SENTINEL"))
		d.c.Focus(secret.eye)
		d.key(fyne.KeySpace)
		assert.True(t, d.shows("SENTINEL-SECRET"))
		d.wait(revealTime + 1)
		assert.False(t, d.shows("SENTINEL"))
		secret.toggle()
		s.clientPage().list.selectLine(1)
		s.clientPage().list.selectLine(0)
		assert.False(t, d.shows("SENTINEL"), "another client hides it too")
		s.clientPage().editor.who.secret.toggle()
		require.True(t, d.shows("SENTINEL-SECRET"))
		r.Err = auth.ErrVaultLocked
		s.reload()
		r.Err = nil
		s.reload()
		assert.False(t, d.shows("SENTINEL"), "so does a locked vault")
	})
}

func TestLocalSecret_NewOneWithOverlapKeepsEdits(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, r *guitest.Registry, s *localScreen) {
		e := s.clientPage().editor
		clientInput(t, e, "client.description").SetText("Half typed")
		d.tap("New secret…")
		d.key(fyne.KeyRight)
		d.tap("Make a new secret")
		assert.Contains(t, r.Calls, "new secret nightly-report-7f3a91 168h0m0s")
		assert.True(t, d.shows("The secret before works until"))
		assert.Equal(t, "Half typed", clientInput(t, e, "client.description").Text())
		e.who.secret.toggle()
		assert.True(t, d.shows("another-secret"))
		e.submit()
		stored, _ := s.clientPage().client("nightly-report-7f3a91")
		assert.Equal(t, "Half typed", stored.Description)
	})
}

func TestLocalClient_SwitchingOffAsksAndNamesTheTokens(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, r *guitest.Registry, s *localScreen) {
		d.check("Active").Tapped(nil)
		assert.True(t, d.shows("Switch off “Nightly report 2.1”?"))
		assert.True(t, d.shows("Its 4 tokens end at once and do not come back."))
		d.tap("Cancel")
		assert.True(t, d.check("Active").Checked, "nothing has happened")
		assert.Empty(t, r.Calls)
		d.check("Active").Tapped(nil)
		d.tap("Switch off")
		assert.Equal(t, []string{"active nightly-report-7f3a91 false"}, r.Calls)
		assert.False(t, d.check("Active").Checked)
		assert.True(t, d.shows("confidential, 0 tokens"))
		d.check("Active").Tapped(nil)
		assert.Equal(t, "active nightly-report-7f3a91 true", r.Calls[1], "switching on asks nothing")
	})
}

func TestLocalClient_DeleteAsksAndThePracticeClientStays(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, r *guitest.Registry, s *localScreen) {
		d.tap("Delete")
		assert.True(t, d.shows("Its 4 tokens end at once"))
		d.tap("Delete client")
		assert.Equal(t, []string{"delete client nightly-report-7f3a91"}, r.Calls)
		assert.Nil(t, s.clientPage().editor)
		assert.Equal(t, []string{"Old import 1.0", "Practice desktop 1.0"}, clientNames(s.clientPage()))
		s.clientPage().list.selectLine(1)
		assert.True(t, s.clientPage().editor.foot.remove.Disabled())
	})
}

func TestLocalClient_UseInANewAuthorizationFillsTheForm(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, _ *guitest.Registry, s *localScreen) {
		d.tap("Use in a new authorization")
		assert.False(t, d.w.u.frame.shown == d.w.u.frame.local)
		assert.True(t, d.shows("Application (OAuth2) Authorization Token"))
		assert.True(t, d.shows("nightly-report-7f3a91"))
		assert.False(t, d.shows("SENTINEL"), "the secret stands there as dots")
	})
	port, ok := redirectPort([]string{"http://localhost:9000/done", "http://127.0.0.1:9100/callback"})
	assert.Equal(t, 9100, port)
	assert.True(t, ok)
	port, ok = redirectPort([]string{"http://127.0.0.1:9100/callback", "http://127.0.0.1/callback"})
	assert.Equal(t, 0, port, "any port is better")
	assert.True(t, ok)
	_, ok = redirectPort([]string{"http://127.0.0.1/other"})
	assert.False(t, ok)
}

func TestLocalClient_DuplicateHasNoVersionYet(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, r *guitest.Registry, s *localScreen) {
		s.clientPage().openMenu(0, fyne.NewPos(200, 200))
		d.tap("Duplicate")
		e := s.clientPage().editor
		assert.True(t, e.m.isNew())
		assert.Equal(t, "Nightly report", e.m.draft.Name)
		clientInput(t, e, "client.version").SetText("3.0")
		e.submit()
		assert.Contains(t, r.Calls, "save client Nightly report 3.0")
		assert.Len(t, s.clients, 4)
	})
}

func TestLocalClient_ScopesAreTickedInASheet(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, _ *guitest.Registry, s *localScreen) {
		e := s.clientPage().editor
		d.c.Focus(e.rules.scopes.choose)
		d.key(fyne.KeySpace)
		d.check("email").Tapped(nil)
		d.check("openid").Tapped(nil)
		assert.Equal(t, []string{"reports.read", "mail.read", "openid", "offline_access"}, e.m.draft.Scopes, "nothing before the button")
		d.tap("Take these")
		assert.Equal(t, []string{"reports.read", "mail.read", "offline_access", "email"}, e.m.draft.Scopes)
		assert.True(t, d.shows("4 of 6: reports.read"))
	})
}

func TestLocalClient_FilesInAndOut(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	require.NoError(t, os.WriteFile(filepath.Join(home, "a-clients.json"), []byte(`{"some":"clients"}`), 0o600))
	atLocal(t, wide, nil, func(d *desk, r *guitest.Registry, s *localScreen) {
		s.clientPage().openMenu(0, fyne.NewPos(200, 200))
		d.tap("Export…")
		assert.True(t, d.shows("Client IDs and secrets are not in it."))
		d.tap("Export")
		content, err := os.ReadFile(filepath.Join(home, "Nightly report 2.1.json")) //nolint:gosec // the test's own folder
		require.NoError(t, err)
		assert.Contains(t, string(content), "nightly-report")

		r.OnImport = func(data []byte) ([]auth.LocalClient, error) {
			if !strings.Contains(string(data), "clients") {
				return nil, fmt.Errorf("the client Nightly 2 can't be imported: %w", auth.FieldErrors{{Message: "Enter a version"}})
			}
			return []auth.LocalClient{{ID: "in", Name: "Imported", Version: "1", Active: true}}, nil
		}
		d.w.u.readClients(filepath.Join(home, "a-clients.json"))
		assert.Equal(t, "in", s.clientPage().chosen)
		require.NoError(t, os.WriteFile(filepath.Join(home, "b.json"), []byte(`{}`), 0o600))
		d.w.u.readClients(filepath.Join(home, "b.json"))
		assert.True(t, d.shows("the client Nightly 2 can't be imported: Enter a version"), "a file has several")
		d.key(fyne.KeyEscape)
		d.w.u.readClients(filepath.Join(home, "gone.json"))
		assert.True(t, d.shows("could not be read"))
	})
}

func TestLocalClient_MisbehaviourIsSaidInItsHead(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, _ *guitest.Registry, s *localScreen) {
		e := s.clientPage().editor
		assert.Equal(t, "off", e.odd.head.Caption())
		e.odd.head.SetOpen(true)
		clientInput(t, e, "client.misbehave.many").SetText("30")
		d.check("Answer 503").Tapped(nil)
		assert.Equal(t, "429 for 30 s, 503", e.odd.head.Caption())
		assert.Equal(t, auth.LocalMisbehaviour{TooMany: 30, Unavailable: true}, e.m.ready().Misbehave)
	})
}

func TestLocalRedirects_RowsComeAndGo(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, _ *guitest.Registry, s *localScreen) {
		e := s.clientPage().editor
		d.tap("Add a redirect URL")
		require.Len(t, e.rules.rows.inputs, 3)
		assert.Same(t, e.rules.rows.inputs[2].Focusable(), d.c.Focused())
		assert.False(t, e.m.dirty(), "an empty row is no change")
		e.rules.rows.inputs[2].SetText("https://app.example/cb")
		e.rules.rows.remove(0)
		assert.Equal(t, []string{"http://localhost:9000/done", "https://app.example/cb"}, e.m.ready().RedirectURIs)
		assert.True(t, d.shows("at least one"))
		e.rules.grants[auth.LocalGrantCode].Tapped(nil)
		assert.False(t, d.shows("at least one"))
	})
}
