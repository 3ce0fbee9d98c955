package gui

import (
	"errors"
	"testing"

	"fyne.io/fyne/v2"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
)

// TestLocalPictures draws the Local server screen into the folder that
// TOKENWELL_PICTURES names; without one it is not drawn.
func TestLocalPictures(t *testing.T) {
	if !guitest.PicturesWanted() {
		return
	}
	for _, look := range []themeChoice{themeLight, themeDark} {
		for name, size := range map[string]fyne.Size{"": wide, "-small": tight} {
			atLocal(t, size, nil, func(d *desk, r *guitest.Registry, s *localScreen) {
				d.w.u.setTheme(look)
				drawLocal(t, d, r, s, name+"-"+string(look))
			})
		}
	}
}

func drawLocal(t *testing.T, d *desk, r *guitest.Registry, s *localScreen, suffix string) {
	picture := func(name string) { guitest.SavePicture(t, d.c, "10"+name+suffix) }
	u := d.w.u
	picture("a-clients")
	e := s.clientPage().editor
	e.odd.head.SetOpen(true)
	e.scroll.ScrollToBottom()
	picture("b-misbehave")
	e.scroll.ScrollToTop()
	r.OnSaveClient = func(c auth.LocalClient) (auth.LocalClient, error) {
		return c, auth.FieldErrors{
			{Field: auth.LocalField("client.redirects"), Message: "http://x#y: leave out the # and what follows it"},
			{Field: auth.LocalField("client.scopes"), Message: "Allow at least one scope"},
		}
	}
	e.submit()
	picture("c-errors")
	r.OnSaveClient = nil
	u.askNewSecret(e.m.start)
	picture("d-secret")
	d.key(fyne.KeyEscape)
	e.rules.scopes.open()
	picture("e-scopes")
	d.key(fyne.KeyEscape)
	s.clientPage().openMenu(0, fyne.NewPos(300, 250))
	picture("f-menu")
	d.key(fyne.KeyEscape)
	u.newLocalClient()
	picture("g-new")
	d.c.Unfocus()
	s.tabs.Choose(localScopes)
	s.page().(*localScopesPage).table.selectRow(5)
	picture("h-scopes")
	s.tabs.Choose(localUsers)
	s.page().(*localUsersPage).table.selectRow(2)
	picture("i-users")
	s.page().(*localUsersPage).edit(auth.LocalUser{Active: true})
	picture("j-user")
	d.key(fyne.KeyEscape)
	s.tabs.Choose(localTokens)
	d.c.Unfocus()
	s.page().(*localTokensPage).table.selectRow(2)
	picture("k-tokens")
	s.tabs.Choose(localLog)
	s.page().(*localLogPage).table.selectRow(1)
	picture("l-log")
	u.showScopeInUse(&auth.LocalScopeInUse{Scope: "reports.read", Clients: []string{"Nightly report 2.1", "Old import 1.0"}, Tokens: 4})
	picture("m-inuse")
	d.key(fyne.KeyEscape)
	r.OnStart = func() error {
		return errors.New("Port 17655 is taken by another program. Stop that program, or start Tokenwell with another --local-port.")
	}
	u.stopLocal()
	u.startLocal()
	picture("n-problem")
	r.OnStart = nil
	u.startLocal()
	r.Fill([]auth.LocalClient{}, []auth.LocalUser{}, []auth.LocalToken{}, []auth.LocalConsent{}, []auth.LocalLogEntry{})
	u.stopLocal()
	for i, name := range []string{"o-none-clients", "p-none-scopes", "q-none-users", "r-none-tokens", "s-none-log"} {
		s.tabs.Choose(i)
		s.reload()
		d.wait(toastTime * 2)
		picture(name)
	}
}
