package gui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// grantDraft prepares a form for a grant of a service that offers all.
func grantDraft(service string, grant auth.Grant, change func(d *auth.Draft)) func(*formEngine) auth.Draft {
	return func(e *formEngine) auth.Draft {
		everyGrant(e)
		d := e.DraftFor(service)
		d.Grant = grant
		if change != nil {
			change(&d)
		}
		return d
	}
}

// chooseGrant changes the grant as a click in its list does.
func (b *bench) chooseGrant(g auth.Grant) {
	b.t.Helper()
	s := find(b, "the grant's select", func(s *widgets.Select) bool {
		_, known := auth.Grant(s.Selected()).Info()
		return known
	})
	s.Choose(string(g))
	b.rest()
}

// save presses the primary button and returns what was handed over.
func (b *bench) save(label string) auth.Draft {
	b.t.Helper()
	b.tap(label)
	require.NotEmpty(b.t, b.engine.submitted)
	return b.engine.submitted[len(b.engine.submitted)-1]
}

// openMore unfolds More.
func (b *bench) openMore() {
	b.t.Helper()
	find(b, "More", func(f *widgets.FoldHead) bool { return f.Title == "More" }).SetOpen(true)
}

func (b *bench) check(label string) *widgets.Check {
	b.t.Helper()
	return find(b, label, func(c *widgets.Check) bool { return c.Label == label })
}

// labelled tells whether a field has exactly that label.
func (b *bench) labelled(label string) bool {
	_, seen := lookFor(b, func(t *widgets.Text) bool { return t.Text() == label })
	return seen
}

func TestForm_EachGrantShowsItsFieldsOnly(t *testing.T) {
	atForm(t, grantDraft("microsoft-graph", auth.GrantAuthorizationCode, nil), func(b *bench) {
		for _, info := range auth.Grants {
			b.chooseGrant(info.ID)
			for _, field := range auth.FieldInfos {
				more := field.ID == auth.FieldTimeout || field.ID == auth.FieldProxy || field.ID == auth.FieldCA
				if !more {
					assert.Equal(t, info.Has(field.ID), b.labelled(field.Label), "%s: %s", info.ID, field.Label)
				}
			}
			assert.Equal(t, info.Client != auth.NeedNone, b.labelled("Client ID"), info.ID)
			assert.Equal(t, info.Scopes, b.labelled("Scopes (permissions)"), info.ID)
			assert.Equal(t, info.Warning != "", b.shows("Less secure"), info.ID)
			assert.Equal(t, info.Sign, b.shows("Redirect URI"), info.ID)
			assert.True(t, b.shows(info.Caption), info.ID)
			assert.True(t, b.labelledCheck("Auto-refresh token"), "%s: always visible", info.ID)
			assert.NotNil(t, b.button(info.Button), info.ID)
		}
	})
}

func (b *bench) labelledCheck(label string) bool {
	_, seen := lookFor(b, func(c *widgets.Check) bool { return c.Label == label })
	return seen
}

func TestForm_ValuesStayWhenTheUserGoesToAnotherGrantAndBack(t *testing.T) {
	atForm(t, grantDraft("generic-oidc", auth.GrantPassword, nil), func(b *bench) {
		b.fill("Friendly name", "Reports")
		b.fill("Issuer", "https://login.example.com")
		b.fill("User name", "ada")
		b.fill("Password", "correct horse")
		b.chooseGrant(auth.GrantAccessToken)
		b.fill("Access token", "token-1")
		d := b.save("Save Token")
		assert.Equal(t, auth.Values{auth.FieldAccessToken: auth.NewSecret("token-1")}, d.Values,
			"what stands in the fields of another grant is not sent along")
		b.tap("Close")
		b.chooseGrant(auth.GrantPassword)
		assert.Equal(t, "ada", b.entry("User name").Text())
		assert.Equal(t, "correct horse", b.entry("Password").Text())
	})
}

func TestForm_AutoRefreshFollowsTheRefreshScopeUntilItIsSet(t *testing.T) {
	atForm(t, newDraft("microsoft-graph"), func(b *bench) {
		auto := b.check("Auto-refresh token")
		assert.True(t, auto.Checked)
		assert.True(t, b.shows("Needs offline_access, which is chosen."))
		b.tap("None")
		assert.False(t, auto.Checked)
		assert.True(t, b.shows("Needs offline_access, which is not chosen."))
		test.Tap(auto)
		assert.True(t, auto.Checked, "it can be set all the same")
		b.tap("All")
		b.tap("None")
		assert.True(t, auto.Checked, "the user's own choice stays")
	})
}

func TestForm_AutoRefreshOfGrantsWithoutARefreshScope(t *testing.T) {
	atForm(t, grantDraft("microsoft-graph", auth.GrantClientCredentials, nil), func(b *bench) {
		assert.True(t, b.check("Auto-refresh token").Checked, "asking again is all it takes")
		b.chooseGrant(auth.GrantAccessToken)
		auto := b.check("Auto-refresh token")
		assert.True(t, auto.Disabled())
		assert.False(t, auto.Checked)
		assert.True(t, b.shows("Nothing renews this token"))
		b.fill("Friendly name", "Pasted")
		b.fill("Access token", "token-1")
		assert.False(t, b.save("Save Token").AutoRefresh)
	})
}

func TestForm_OtherAsksForTheAddressesThatTheGrantNeeds(t *testing.T) {
	for grant, want := range map[auth.Grant][3]bool{
		auth.GrantAuthorizationCode: {true, false, true},
		auth.GrantDeviceCode:        {false, true, true},
		auth.GrantClientCredentials: {false, false, true},
		auth.GrantAccessToken:       {false, false, false},
	} {
		atForm(t, grantDraft("other", grant, nil), func(b *bench) {
			got := [3]bool{b.labelled("OAuth2 Endpoint"), b.labelled("Device endpoint"), b.labelled("OAuth2 Token")}
			assert.Equal(t, want, got, grant)
		})
	}
}

// A client that signs in as itself has to have something to prove it with.
func TestForm_ClientCredentialsAreNotForPublicClients(t *testing.T) {
	atForm(t, newDraft("microsoft-graph"), func(b *bench) {
		require.True(t, b.check("This app has no secret").Checked)
		b.chooseGrant(auth.GrantClientCredentials)
		assert.False(t, b.labelledCheck("This app has no secret"))
		assert.True(t, b.labelled("Client secret confirmation"))
		b.fill("Friendly name", "App")
		b.fill("Client ID", "c")
		assert.False(t, b.save("Save & Get Token").Public)
		b.chooseGrant(auth.GrantAuthorizationCode)
		assert.True(t, b.check("This app has no secret").Checked, "the choice for the other grant stays")
	})
}

func TestForm_AnOptionalSecretThatIsEmptyMeansAPublicClient(t *testing.T) {
	atForm(t, grantDraft("microsoft-graph", auth.GrantDeviceCode, nil), func(b *bench) {
		b.fill("Friendly name", "Screen")
		b.fill("Client ID", "c")
		assert.True(t, b.shows("Leave both empty for an app without a secret."))
		assert.True(t, b.save("Save & Authorize").Public)
		b.tap("Close")
		b.fill("Client secret", "s3cret")
		assert.True(t, b.button("Save & Authorize").Disabled(), "a secret needs its confirmation")
		b.fill("Client secret confirmation", "s3cret")
		d := b.save("Save & Authorize")
		assert.False(t, d.Public)
		assert.Equal(t, "s3cret", d.ClientSecret.Reveal())
	})
}

// Headers and parameters may be secret: another service must not get them.
func TestForm_WhatIsSentAlongStaysWithItsService(t *testing.T) {
	atForm(t, grantDraft("github", auth.GrantAuthorizationCode, func(d *auth.Draft) {
		d.Headers = []auth.Pair{{Name: "X-Api-Key", Value: auth.NewSecret("github-key")}}
		d.TokenParams = []auth.Pair{{Name: "p", Value: auth.NewSecret("v")}}
		d.OmitHeaders = []string{"Accept"}
	}), func(b *bench) {
		b.fill("Friendly name", "Mail")
		b.fill("Client ID", "c")
		b.chooseService("microsoft-graph")
		d := b.save("Save & Authorize")
		assert.Empty(t, d.Headers)
		assert.Empty(t, d.TokenParams)
		assert.Empty(t, d.OmitHeaders)
		b.tap("Close")
		b.chooseService("github")
		assert.Equal(t, "github-key", b.save("Save & Authorize").Headers[0].Value.Reveal())
	})
}

func TestForm_EditingKeepsWhatItNeverShows(t *testing.T) {
	edit := grantDraft("generic-oidc", auth.GrantJWTBearer, func(d *auth.Draft) {
		d.ID, d.Name, d.Params["issuer"] = "id-1", "Reports", "https://login.example.com"
		d.Values = auth.Values{auth.FieldJWTIssuer: auth.NewSecret("me"), auth.FieldJWTAudience: auth.NewSecret("https://login.example.com/token")}
	})
	atForm(t, edit, func(b *bench) {
		assert.Equal(t, "me", b.entry("Issuer").Text())
		assert.Empty(t, b.entry("Private key").Text())
		assert.True(t, b.shows("Stored. Leave empty to keep it."))
		assert.True(t, b.shows("Leave empty to keep what is stored."), "its password")
		assert.True(t, b.save("Save & Get Token").Values[auth.FieldPrivateKey].Empty())
		b.tap("Close")
		b.fill("Private key", "new")
		assert.False(t, b.shows("Stored. Leave empty to keep it."))
		assert.False(t, b.shows("Leave empty to keep what is stored."), "the old password belongs to the old key")
		b.chooseGrant(auth.GrantPassword)
		assert.False(t, b.shows("Stored. Leave empty"), "nothing of another grant is stored")
	})
	user := grantDraft("generic-oidc", auth.GrantPassword, func(d *auth.Draft) {
		d.ID, d.Name, d.Params["issuer"] = "id-1", "Reports", "https://login.example.com"
		d.Values = auth.Values{auth.FieldUserName: auth.NewSecret("mara")}
	})
	atForm(t, user, func(b *bench) {
		assert.True(t, b.shows("Stored. Leave empty to keep it."))
		b.fill("User name", "ada")
		assert.False(t, b.shows("Stored. Leave empty to keep it."), "the old password belongs to the old user")
	})
}

func TestForm_TokensAreDotsUntilTheEyeIsPressed(t *testing.T) {
	atForm(t, grantDraft("other", auth.GrantAccessToken, nil), func(b *bench) {
		b.fill("Access token", "eyJ-very-secret")
		assert.False(t, b.showsLine("eyJ-very-secret"))
		b.key(fyne.KeyF2)
		assert.True(t, b.showsLine("eyJ-very-secret"))
		b.key(fyne.KeyF2)
		assert.False(t, b.showsLine("eyJ-very-secret"))
	})
}

// A grant that needs no sign-in goes the same way on: the window follows it.
func TestForm_SavingHandsOverWhatWasStarted(t *testing.T) {
	atForm(t, grantDraft("other", auth.GrantAccessToken, nil), func(b *bench) {
		d := b.engine.DraftFor("other")
		d.Name, d.Grant, d.Values = "Pasted", auth.GrantAccessToken, auth.Values{auth.FieldAccessToken: auth.NewSecret("t")}
		f := newForm(b.u, d)
		b.u.showContent(f.screen)
		var followed auth.Draft
		f.follow = func(_ signIn, used auth.Draft) { followed = used }
		b.engine.OnAuthorize = func(auth.Draft) (*auth.SignIn, error) { return &auth.SignIn{}, nil }
		b.tap("Save Token")
		assert.Equal(t, "Pasted", followed.Name)
		assert.True(t, b.u.frame.shown == b.u.frame.home, "the table is shown below what follows")
	})
}
