package gui

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
	"tokenwell/gui/widgets"
)

// shipped is the catalog, read once for all tests.
var shipped = sync.OnceValues(func() (*auth.Catalog, error) { return auth.LoadCatalog(auth.ShippedServices()) })

func servicesOf(t *testing.T) []auth.Service {
	t.Helper()
	catalog, err := shipped()
	require.NoError(t, err)
	return catalog.All()
}

func TestPickerGroupsServicesAndPutsThoseUsedLastFirst(t *testing.T) {
	services := append(servicesOf(t), auth.Service{ID: auth.OwnServicePrefix + "x", Name: "Northwind SSO", Provider: "Northwind"})
	groups := map[string][]string{}
	var order []string
	for _, o := range serviceOptions(services, []string{"github", "no-longer-there"}) {
		if _, seen := groups[o.Group]; !seen {
			order = append(order, o.Group)
		}
		groups[o.Group] = append(groups[o.Group], o.ID)
	}
	assert.Equal(t, []string{"Used last", "On this computer", "Your own services"}, order[:3])
	assert.Equal(t, []string{"More services", "Any other service"}, order[len(order)-2:])
	assert.Equal(t, []string{"github"}, groups["Used last"])
	assert.Contains(t, groups["More services"], "github", "it stays where people look for it")
	assert.Equal(t, []string{auth.OwnServicePrefix + "x"}, groups["Your own services"])
	assert.Contains(t, groups["Google"], "google-workspace")
	assert.Contains(t, groups["Microsoft"], "microsoft-graph")
	assert.Equal(t, []string{auth.OIDCServiceID, auth.OtherServiceID}, groups["Any other service"])
}

// withChoices is a service whose host is chosen and whose audience may be left out.
var withChoices = auth.Service{
	Schema: 1, ID: "regions", Name: "Regions", Provider: "Regions", Category: "CRM",
	Parameters: []auth.Parameter{
		{Name: "region", Label: "Region", Default: "eu", Help: "Where your account lives.", Choices: []auth.Choice{{Value: "eu", Label: "Europe"}, {Value: "us", Label: "United States"}}},
		{Name: "audience", Label: "Audience", Help: "The API.", Optional: true},
	},
	Endpoints: auth.Endpoints{Authorization: "https://{region}.example.com/authorize", Token: "https://{region}.example.com/token"},
	Grants:    []auth.Grant{auth.GrantAuthorizationCode}, ClientAuth: []auth.ClientAuth{auth.ClientAuthPost}, PKCE: "supported", ScopeSeparator: " ",
	Redirect: auth.RedirectRule{Scheme: "http", Host: "127.0.0.1", Port: auth.PortFixed, Path: "/callback", Confirmed: true},
	Refresh: auth.RefreshRule{Needs: "nothing", Lifetime: auth.Lifetime{Seconds: 90 * 86400, Rule: "sliding"}, When: []auth.LifetimeWhen{
		{Parameter: "region", Value: "us", Lifetime: auth.Lifetime{Seconds: 7 * 86400, Rule: "fixed"}},
	}},
	AccessToken:  auth.Lifetime{Seconds: 3600, Rule: "fixed"},
	ClientSecret: auth.Lifetime{Seconds: 2 * 365 * 86400, Rule: "fixed"},
	Scopes:       []auth.Scope{{Name: "https://{region}.example.com/read", Description: "Read", Group: "Data", Default: true, Admin: true}},
}

func TestParameterIsChosenAndMayBeLeftOut(t *testing.T) {
	prepare := func(e *formEngine) auth.Draft {
		e.Catalog = append(e.Catalog, withChoices)
		return e.DraftFor("regions")
	}
	atForm(t, prepare, func(b *bench) {
		assert.True(t, b.showsLine("https://eu.example.com/read"), "the scope holds what was chosen")
		region := find(b, "the region", func(s *widgets.Select) bool { return s.Selected() == "eu" })
		test.Tap(region)
		b.tapText("United States")
		b.rest()
		assert.True(t, b.showsLine("https://us.example.com/read"))
		b.fill("Friendly name", "Reports")
		b.fill("Client ID", "abc")
		b.fill("Client secret", "s3cret-s3cret")
		b.fill("Client secret confirmation", "s3cret-s3cret")
		b.rest()
		d := b.submit()
		assert.Equal(t, "us", d.Params["region"])
		assert.Empty(t, d.Params["audience"])
	})
}

func TestHelpSaysHowLongThingsLast(t *testing.T) {
	rows := lifetimeRows(withChoices, map[string]string{"region": "eu"})
	assert.Equal(t, []lifetimeRow{{"Access token", "1 hour", ""}, {"Sign-in", "90 days without use", ""}, {"Client secret", "2 years", ""}}, rows)
	assert.Equal(t, "7 days", lifetimeRows(withChoices, map[string]string{"region": "us"})[1].text, "the rule of the chosen value")
	for seconds, text := range map[int64]string{90: "90 seconds", 600: "10 minutes", 5400: "90 minutes", 7200: "2 hours", 36000: "10 hours", 86400: "1 day", 172800: "2 days", 365 * 86400: "1 year"} {
		assert.Equal(t, text, spanText(seconds))
	}
	for _, svc := range servicesOf(t) {
		for _, row := range lifetimeRows(svc, nil) {
			assert.NotEmpty(t, row.text, svc.ID)
		}
	}
}

// A service of the user's own may say nothing at all about itself.
func TestHelpOfAnOwnServiceIsNeverEmpty(t *testing.T) {
	own := withChoices
	own.ID, own.Help, own.Redirect.Note, own.Redirect.Confirmed = auth.OwnServicePrefix+"1", auth.Help{}, "", false
	own.Scopes = []auth.Scope{{Name: "read", Description: "read", Admin: true}}
	prepare := func(e *formEngine) auth.Draft {
		e.Catalog = append(e.Catalog, own)
		return e.DraftFor(own.ID)
	}
	atForm(t, prepare, func(b *bench) {
		b.tapText("How to set up Regions")
		assert.True(t, b.shows("No steps are written down for this service. Register an app there, enter the redirect URI, and bring its client ID and secret here. How to do that can be written down under Services, on the page Help text."))
		assert.True(t, b.shows("One of the permissions is marked: an administrator has to approve it."))
		assert.False(t, b.shows(auth.UnconfirmedWord), "there is nothing that could be confirmed")
	})
}

// However long the help is: the list of permissions fills what is seen beside
// the fields.
func TestPermissionsFillTheHeightBesideTheFields(t *testing.T) {
	long := withChoices
	long.Help.Notes = slices.Repeat([]string{"A note that takes a line of the panel."}, 24)
	long.Scopes = nil
	for i := range 40 {
		long.Scopes = append(long.Scopes, auth.Scope{Name: fmt.Sprintf("scope.%d", i), Description: "What it allows"})
	}
	prepare := func(e *formEngine) auth.Draft {
		e.Catalog = append(e.Catalog, long)
		return e.DraftFor("regions")
	}
	atForm(t, prepare, func(b *bench) {
		b.tapText("How to set up Regions")
		scroll := find(b, "what scrolls", func(o *container.Scroll) bool { return o.Size().Width > 600 })
		list := find(b, "the permissions", func(o *widgets.List) bool { return true })
		before := list.Size().Height
		scroll.ScrollToBottom()
		assert.Greater(t, list.Size().Height, before+100)
		driver := fyne.CurrentApp().Driver()
		end := driver.AbsolutePositionForObject(list).Y + list.Size().Height
		assert.InDelta(t, driver.AbsolutePositionForObject(scroll).Y+scroll.Size().Height-16, end, 6, "down to the end")
		scroll.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.Delta{DY: 5000}})
		assert.Equal(t, before, list.Size().Height)
	})
}

func TestServiceWithoutScopesAsksForNone(t *testing.T) {
	settled := withChoices
	settled.Scopes = nil
	prepare := func(e *formEngine) auth.Draft {
		e.Catalog = append(e.Catalog, settled)
		return e.DraftFor("regions")
	}
	atForm(t, prepare, func(b *bench) {
		assert.True(t, b.shows("Regions takes no permissions from here"))
	})
}

func TestRegisteringFillsInTheClient(t *testing.T) {
	prepare := func(e *formEngine) auth.Draft {
		e.OnCanRegister = func(d auth.Draft) bool { return d.ServiceID == "github" }
		e.OnRegister = func(auth.Draft) (auth.Registered, error) {
			return auth.Registered{
				ClientID: "made-for-you", ClientSecret: auth.NewSecret("made-secret"), ClientAuth: auth.ClientAuthPost,
				Values: auth.Values{auth.FieldRegistrationToken: auth.NewSecret("manage")},
			}, nil
		}
		return e.DraftFor("github")
	}
	atForm(t, prepare, func(b *bench) {
		b.tap("Register this app at the service")
		b.rest()
		assert.False(t, b.shows("Register this app at the service"), "the client is there")
		b.fill("Friendly name", "Reports")
		b.rest()
		d := b.submit()
		assert.Equal(t, "made-for-you", d.ClientID)
		assert.Equal(t, "made-secret", d.ClientSecret.Reveal())
		assert.Equal(t, "made-secret", d.Confirmation.Reveal())
		assert.Equal(t, auth.ClientAuthPost, d.ClientAuth)
		assert.Equal(t, "manage", d.Values.Text(auth.FieldRegistrationToken), "what manages the client goes into the vault with it")
	})
}

func TestMovedAddressesAreShownBeforeASignIn(t *testing.T) {
	var accepted []bool
	moved := &auth.EndpointsChanged{Issuer: "https://id.example.com", Changes: []auth.Difference{
		{Field: "endpoints.token", Label: "Token endpoint", Was: "https://id.example.com/token", Is: "https://other.example.net/token"},
	}}
	prepare := func(e *guitest.Engine) {
		few(e)
		e.OnReauthorize = func(_ string, o auth.ReauthorizeOptions) (*auth.SignIn, error) {
			accepted = append(accepted, o.AcceptEndpoints)
			return nil, moved
		}
	}
	atDesk(t, wide, prepare, func(d *desk) {
		d.w.u.reauthorize("a", auth.ReauthorizeOptions{Consent: true})
		d.wait(time.Second)
		assert.True(t, d.shows("https://id.example.com/token"))
		assert.True(t, d.shows("https://other.example.net/token"))
		assert.Equal(t, []bool{false}, accepted, "nothing goes on by itself")
		d.tap("Accept and sign in")
		d.wait(time.Second)
		assert.Equal(t, []bool{false, true}, accepted)
	})
}

func TestDetailShowsWhatTheServiceSaidBesideTheTokens(t *testing.T) {
	change := func(d *auth.Detail) {
		d.Facts = map[string]string{"instance_url": "https://northwind.example.com"}
		d.Status.SignInEnds = signInStart.Add(3 * 24 * time.Hour)
		d.SecretEnds = signInStart.Add(30 * 24 * time.Hour)
	}
	atDesk(t, wide, one(change), func(d *desk) {
		d.tap("Graph mail")
		assert.True(t, d.shows("From the service"))
		assert.True(t, d.shows("https://northwind.example.com"))
		assert.True(t, d.shows("Sign-in until"))
		assert.True(t, d.shows("Secret until"))
	})
}

func TestEndingNoticeNamesWhatEndsFirst(t *testing.T) {
	d := auth.Detail{Authorization: auth.Authorization{Name: "Reports"}}
	d.Status.SignInEnds = signInStart.Add(5 * 24 * time.Hour)
	note := endingNote(d, signInStart)
	assert.Contains(t, note.Title, "sign-in of “Reports”")
	assert.Contains(t, note.Content, "in 5 days")
	d.SecretEnds = signInStart.Add(48 * time.Hour)
	assert.Contains(t, endingNote(d, signInStart).Title, "client secret of “Reports”")
}

// TestServiceFormPictures draws the forms of services with the help open, into
// the folder that TOKENWELL_PICTURES names.
func TestServiceFormPictures(t *testing.T) {
	for _, look := range []themeChoice{themeLight, themeDark} {
		for name, size := range map[string]fyne.Size{"": standard, "-small": small} {
			if !guitest.PicturesWanted() && (look != themeDark || size != small) {
				continue
			}
			t.Run(string(look)+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := newBench(t, look, size)
					for _, id := range strings.Fields("hubspot slack microsoft-power-bi facebook salesforce") {
						d := b.engine.DraftFor(id)
						d.Name = "Weekly numbers"
						f := newForm(b.u, d)
						f.check.d = time.Hour
						b.u.showContent(f.screen)
						f.runCheck()
						b.picture("50-" + id + name + "-" + string(look))
						f.help.toggle()
						b.picture("51-" + id + "-help" + name + "-" + string(look))
					}
				})
			})
		}
	}
}

func TestLanesSayWhatEndsAndWhen(t *testing.T) {
	r := auth.Row{
		Expiry: auth.Expiry{Rule: auth.ExpiryReported, At: signInStart.Add(42 * time.Minute)}, SignInEnds: signInStart.Add(6 * 24 * time.Hour),
		SecretEnds: signInStart.Add(-time.Hour),
	}
	ends := endsOf(&r, auth.StateActive)
	assert.Equal(t, "Access token: in 42 min\nSign-in: about "+r.SignInEnds.Local().Format("2 Jan 2006")+"\nClient secret: ended 1 h ago", endsTip(ends, signInStart))
	ink, _ := ends[0].look(signInStart)
	assert.Equal(t, widgets.ColorNameAccent, ink)
	ink, _ = ends[1].look(signInStart)
	assert.Equal(t, widgets.ColorNameWarn, ink, "less than a week is left")
	ink, share := ends[2].look(signInStart)
	assert.Equal(t, widgets.ColorNameBad, ink)
	assert.Zero(t, share)
	over := endsOf(&r, auth.StateRevoked)
	assert.True(t, over[0].at.IsZero() && over[1].at.IsZero(), "nothing runs down of what is over")
}
