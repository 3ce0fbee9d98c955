package gui

import (
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
)

// TestServicesPictures draws the Services screen into the folder that
// TOKENWELL_PICTURES names; without one it is not drawn.
func TestServicesPictures(t *testing.T) {
	if !guitest.PicturesWanted() {
		return
	}
	for _, look := range []themeChoice{themeLight, themeDark} {
		for name, size := range map[string]fyne.Size{"": wide, "-small": tight} {
			atDesk(t, size, func(e *guitest.Engine) {
				catalogServices(t, e)
				e.Preset(keyTheme, string(look))
			}, func(d *desk) { drawServices(t, d, name+"-"+string(look)) })
		}
	}
}

func drawServices(t *testing.T, d *desk, suffix string) {
	picture := func(name string) { guitest.SavePicture(t, d.c, "09"+name+"-services"+suffix) }
	u := d.w.u
	u.leaveFor(u.showServices)
	u.frame.services.show(*u.frame.services.entry("own-1"))
	picture("")
	e := u.frame.services.editor
	require.NotNil(t, e)
	for i, name := range []string{"b-requests", "c-scopes", "d-help"} {
		e.tabs.Choose(i + 1)
		picture(name)
	}
	e.tabs.Choose(pageRequests)
	e.part(pageRequests).scroll.ScrollToOffset(fyne.NewPos(0, 560))
	picture("b2-requests")
	e.part(pageRequests).scroll.ScrollToBottom()
	picture("b3-requests")
	e.tabs.Choose(pageEndpoints)
	input(t, e, "endpoints.token").SetText("https://id.northwind.example/realms")
	input(t, e, "name").SetText("")
	d.engine.OnCheckService = func(auth.Service) []auth.FieldError {
		return []auth.FieldError{{Field: auth.ServiceField("name"), Message: "Enter a name"}}
	}
	u.saveService()
	picture("e-errors")
	d.engine.OnCheckService = nil
	e.m.reset(e.m.start)
	e.rebuild()
	e.part(pageEndpoints)
	e.diff.head.SetOpen(true)
	e.part(pageEndpoints).scroll.ScrollToBottom()
	picture("f-diff")
	e.editQuirk(auth.Quirk{ID: auth.QuirkRevocation, Params: map[string]string{"method": "GET", "auth": "bearer"}}, false, func(auth.Quirk) {})
	picture("g-quirk")
	d.key(fyne.KeyEscape)
	e.editScope(auth.Scope{Name: "Mail.Read", Description: "Read your mail", Group: "Mail"}, false, func(auth.Scope) {})
	picture("h-scope")
	d.key(fyne.KeyEscape)
	u.showInUse("Northwind SSO", &auth.ServiceInUse{Scope: "Mail.Read", Names: []string{"People data", "Mail of the finance team"}, Gone: []string{"People data"}, More: 3}, func() {})
	picture("i-inuse")
	d.key(fyne.KeyEscape)
	u.frame.services.show(*u.frame.services.entry("microsoft-graph"))
	picture("j-view")
	for i, name := range []string{"k-view-scopes", "l-view-special", "m-view-help"} {
		u.frame.services.view.tabs.Choose(i + 1)
		picture(name)
	}
	d.typed("nothing like it")
	picture("n-nothing")
	d.key(fyne.KeyEscape)
	u.newService()
	picture("o-new")
	u.openServiceMenu(*u.frame.services.entry("own-1"), fyne.NewPos(300, 200))
	picture("p-menu")
}

// catalogServices gives the engine the real catalog and two services of the
// user's own, one of which is used.
func catalogServices(t *testing.T, e *guitest.Engine) {
	t.Helper()
	few(e)
	e.Catalog = servicesOf(t)
	sso, err := findService(e.Catalog, "github")
	require.NoError(t, err)
	sso.ID, sso.Name, sso.Provider, sso.BasedOn = "own-1", "Northwind SSO", "", "github"
	sso.Description = "Sign-in for analytics services, realm “analytics”"
	sso.Issuer = "https://id.northwind.example/realms/analytics"
	base := sso.Issuer + "/protocol/openid-connect"
	sso.Endpoints = auth.Endpoints{
		Authorization: base + "/auth", Token: base + "/token", Revocation: base + "/revoke",
		Introspection: base + "/token/introspect", UserInfo: base + "/userinfo", Device: base + "/auth/device",
	}
	sso.Parameters = nil
	hub := sso
	hub.ID, hub.Name, hub.BasedOn = "own-2", "Northwind data hub", "generic-oidc"
	e.Own = []auth.Service{hub, sso}
	d := sample("07", "People data", "own-1", "Northwind SSO", auth.StateActive, 0)
	e.Put(d, auth.Secret{})
	e.Users = map[string][]string{"own-1": {"People data"}, "github": {"a"}, "microsoft-graph": {"b", "c"}, "hubspot": {"d"}}
	e.OnDifferences = func(s auth.Service) []auth.Difference {
		if s.ID == "own-2" {
			return nil
		}
		return []auth.Difference{
			{Field: "issuer", Label: "Issuer", Is: s.Issuer},
			{Field: "endpoints.token", Label: "Token endpoint", Was: "https://github.com/login/oauth/access_token", Is: s.Endpoints.Token},
		}
	}
}

func findService(all []auth.Service, id string) (auth.Service, error) {
	for _, s := range all {
		if s.ID == id {
			return copyService(s), nil
		}
	}
	return auth.Service{}, auth.ErrNotFound
}
