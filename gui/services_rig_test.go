package gui

import (
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
	"tokenwell/gui/widgets"
)

// input returns the input of a field of the editor, as it stands on the page.
func input(t *testing.T, e *serviceEditor, name string) *widgets.Input {
	t.Helper()
	e.tabs.Choose(servicePage(auth.ServiceField(name)))
	slot := e.slots[auth.ServiceField(name)]
	require.NotNil(t, slot, "no field %s", name)
	focus := slot.focus()
	in, ok := shown(e.object, func(in *widgets.Input) bool { return in.Focusable() == focus })
	require.True(t, ok, "the input of %s is not on the page", name)
	return in
}

// shown returns the first visible object of a type that ok accepts.
func shown[T fyne.CanvasObject](root fyne.CanvasObject, ok func(T) bool) (found T, seen bool) {
	guitest.Walk(root, func(o fyne.CanvasObject) bool {
		if w, is := o.(T); is && !seen && ok(w) {
			found, seen = w, true
		}
		return !seen
	})
	return found, seen
}

// sheetInput is the input of the sheet on top under a label.
func (d *desk) sheetInput(n int) *widgets.Input {
	d.t.Helper()
	var all []*widgets.Input
	guitest.Walk(d.c.Overlays().Top(), func(o fyne.CanvasObject) bool {
		if in, ok := o.(*widgets.Input); ok {
			all = append(all, in)
		}
		return true
	})
	require.Greater(d.t, len(all), n)
	return all[n]
}

// own returns a service as a user has it.
func own(id, name string) auth.Service {
	base := "https://id.northwind.example/realms/analytics"
	return auth.Service{
		Schema: auth.ServiceSchema, ID: id, Name: name, Description: "Sign-in of the data hub", Issuer: base,
		Endpoints: auth.Endpoints{Authorization: base + "/auth", Token: base + "/token", Revocation: base + "/revoke"},
		Grants:    []auth.Grant{auth.GrantAuthorizationCode}, ClientAuth: []auth.ClientAuth{auth.ClientAuthBasic}, PKCE: "supported", ScopeSeparator: " ",
		Redirect: auth.RedirectRule{Scheme: "http", Host: "127.0.0.1", Port: auth.PortAny, Path: "/callback"},
		Refresh:  auth.RefreshRule{Needs: "nothing", Lifetime: auth.Lifetime{Rule: "unknown"}}, AccessToken: auth.Lifetime{Rule: "unknown"},
		Scopes: []auth.Scope{
			{Name: "openid", Description: "Sign you in", Group: "Sign-in", Default: true},
			{Name: "reports", Description: "Read reports", Group: "Data", Admin: true},
		},
	}
}

// someServices are two of the user's own, the second of which is used, and three
// of the catalog.
func someServices(e *guitest.Engine) {
	few(e)
	e.Own = []auth.Service{own("own-1", "Data hub"), own("own-2", "People hub")}
	graph := own("microsoft-graph", "Microsoft Graph")
	graph.Provider, graph.Category, graph.Description = "Microsoft", "Productivity", "Mail and calendars"
	graph.Quirks = []auth.Quirk{{ID: auth.QuirkAssertionAudience}, {ID: auth.QuirkIssuerTemplate, Params: map[string]string{"literal": "{tenantid}", "claim": "tid"}}}
	graph.Departures = []auth.Departure{
		{What: "The metadata names {tenantid}.", By: auth.HandledByQuirk, Ref: string(auth.QuirkIssuerTemplate)},
		{What: "Errors carry numbers.", By: auth.HandledByStanding, Ref: "errors_explained"},
		{What: "Photos come late.", By: auth.HandledByNothing, Why: "no request of the program is about them"},
	}
	graph.Help = auth.Help{RegisterURL: "https://entra.microsoft.com", Steps: []string{"Open the admin center."}, Notes: []string{"No secret is needed."}}
	graph.Sources = []string{"https://learn.microsoft.com/en-us/entra/oauth"}
	zoho := own("zoho", "Zoho")
	zoho.Provider, zoho.Category, zoho.Description = "Zoho", "Sales", "Customers"
	e.Catalog = []auth.Service{graph, zoho}
	e.Put(sample("90", "People data", "own-2", "People hub", auth.StateActive, 0), auth.Secret{})
	e.Users = map[string][]string{"own-2": {"People data"}, "microsoft-graph": {"a", "b"}}
}

// atServices runs a test on the Services screen.
func atServices(t *testing.T, run func(*desk, *servicesScreen)) {
	t.Helper()
	atDesk(t, wide, someServices, func(d *desk) {
		d.w.u.leaveFor(d.w.u.showServices)
		run(d, d.w.u.frame.services)
	})
}

// lineNames are the headings and names in the list.
func lineNames(s *servicesScreen) []string {
	var names []string
	for _, line := range s.list.lines {
		if line.entry == nil {
			names = append(names, "# "+line.heading)
			continue
		}
		names = append(names, line.entry.Service.Name)
	}
	return names
}
