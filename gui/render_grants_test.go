package gui

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
	"tokenwell/gui/widgets"
)

// TestGrantPictures draws the form of each grant into the folder that
// TOKENWELL_PICTURES names; without one it goes the same way once.
func TestGrantPictures(t *testing.T) {
	for _, look := range []themeChoice{themeLight, themeDark} {
		for name, size := range map[string]fyne.Size{"": standard, "-small": small} {
			if !guitest.PicturesWanted() && (look != themeDark || size != small) {
				continue
			}
			t.Run(string(look)+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { drawGrants(t, look, size, name+"-"+string(look)) })
			})
		}
	}
}

// everyGrant lets all services offer all grants, whatever the catalog says.
func everyGrant(e *formEngine) {
	for i := range e.Catalog {
		e.Catalog[i].Grants = nil
		for _, info := range auth.Grants {
			e.Catalog[i].Grants = append(e.Catalog[i].Grants, info.ID)
		}
	}
}

// sampleAssertion is a preview as the engine makes it.
var sampleAssertion = auth.AssertionPreview{
	Header: "{\n  \"alg\": \"RS256\",\n  \"kid\": \"2026-03\",\n  \"typ\": \"JWT\"\n}",
	Claims: "{\n  \"iss\": \"reports@northwind-analytics.iam.example.com\",\n  \"sub\": \"ada@northwind.example\",\n" +
		"  \"aud\": \"https://login.example.com/oauth2/token\",\n  \"scope\": \"https://api.example.com/auth/reports.readonly\",\n" +
		"  \"iat\": 1795000000,\n  \"exp\": 1795000300\n}",
}

func drawGrants(t *testing.T, look themeChoice, size fyne.Size, suffix string) {
	b := newBench(t, look, size)
	everyGrant(b.engine)
	b.engine.OnPreview = func(auth.Draft) (auth.AssertionPreview, error) { return sampleAssertion, nil }
	show := func(service string, grant auth.Grant, fill func(d *auth.Draft)) *form {
		d := b.engine.DraftFor(service)
		d.Name, d.Grant, d.Values = "Finance reports", grant, auth.Values{}
		if info, _ := grant.Info(); info.Confidential {
			d.Scopes = nil
		}
		if fill != nil {
			fill(&d)
		}
		f := newForm(b.u, d)
		f.check.d, f.preview.debounce.d = time.Hour, time.Hour // asked by hand
		b.u.showContent(f.screen)
		f.runCheck()
		if f.preview.wanted() {
			f.preview.run()
		}
		return f
	}
	show("microsoft-graph", auth.GrantDeviceCode, func(d *auth.Draft) { d.ClientID = "6f1c2b9e-70d4-4a53-9b1f-2c8e5d0a7716" })
	b.picture("30-device" + suffix)
	f := show("microsoft-graph", auth.GrantClientCredentials, func(d *auth.Draft) {
		d.ClientID = "6f1c2b9e-70d4-4a53-9b1f-2c8e5d0a7716"
		d.TokenParams = []auth.Pair{{Name: "scope", Value: auth.NewSecret("https://graph.microsoft.com/.default")}}
	})
	b.picture("31-client-credentials" + suffix)
	f.parts.more.open()
	b.picture("31b-client-credentials-more" + suffix)
	scrollToEnd(f.scroll)
	b.picture("31c-client-credentials-end" + suffix)

	jwt := func(d *auth.Draft) {
		d.Params["issuer"] = "https://login.example.com"
		d.Values.Set(auth.FieldJWTIssuer, auth.NewSecret("reports@northwind-analytics.iam.example.com"))
		d.Values.Set(auth.FieldJWTSubject, auth.NewSecret("ada@northwind.example"))
		d.Values.Set(auth.FieldJWTAudience, auth.NewSecret("https://login.example.com/oauth2/token"))
		d.Values.Set(auth.FieldPayload, auth.NewSecret("{\n  \"scope\": \"https://api.example.com/auth/reports.readonly\"\n}"))
		d.Values.Set(auth.FieldPrivateKey, auth.NewSecret("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF\n-----END PRIVATE KEY-----\n"))
	}
	f = show("generic-oidc", auth.GrantJWTBearer, jwt)
	b.picture("32-jwt" + suffix)
	scrollToEnd(f.scroll)
	b.picture("32b-jwt-end" + suffix)
	f = show("generic-oidc", auth.GrantJWTBearer, jwt)
	header := f.parts.values[auth.FieldJWTHeader].widget.Control.(*widgets.Input)
	header.SetText("{\n  \"alg\": \"RS256\",\n  kid: 1\n}")
	f.m.submitted = true
	f.runCheck()
	b.picture("32c-jwt-error" + suffix)

	show("generic-oidc", auth.GrantPassword, func(d *auth.Draft) {
		d.Params["issuer"] = "https://login.example.com"
		d.Values.Set(auth.FieldUserName, auth.NewSecret("ada@northwind.example"))
		d.Values.Set(auth.FieldPassword, auth.NewSecret("correct horse"))
	})
	b.picture("33-password" + suffix)
	show("github", auth.GrantRefreshToken, func(d *auth.Draft) {
		d.ClientID = "Iv1.8a61f9b3a7aba766"
		d.Values.Set(auth.FieldRefreshToken, auth.NewSecret("ghr_1B4a2e77838347a7E420ce178F2E7c6912E169246c34E1ccbF66C46812d16D5B1A9Dc86A1498"))
	})
	b.picture("34-refresh-token" + suffix)
	show("other", auth.GrantAccessToken, func(d *auth.Draft) {
		d.Values.Set(auth.FieldTokenExpiry, auth.NewSecret("2026-12-31 18:00"))
	})
	b.picture("35-access-token" + suffix)
	show("other", auth.GrantDeviceCode, nil)
	b.picture("36-other-device" + suffix)

	f = show("other", auth.GrantAuthorizationCode, func(d *auth.Draft) {
		d.ClientAuth = auth.ClientAuthPrivateKeyJWT
		d.AuthParams = []auth.Pair{{Name: "audience", Value: auth.NewSecret("https://api.example.com")}, {Name: "login_hint", Value: auth.NewSecret("ada")}}
		d.Headers = []auth.Pair{{Name: "X-Client", Value: auth.NewSecret("tokenwell")}}
		d.OmitFields, d.OmitHeaders = []string{"client_id", "redirect_uri"}, []string{"User-Agent"}
	})
	f.parts.more.open()
	for i, part := range []float32{0, 0.5, 1} {
		f.scroll.ScrollToOffset(fyne.NewPos(0, part*(f.scroll.Content.MinSize().Height-f.scroll.Size().Height)))
		b.picture("37" + string(rune('a'+i)) + "-more" + suffix)
	}
	drawFileSheet(t, b, suffix)
}

// drawFileSheet draws the sheet in which a file is chosen.
func drawFileSheet(t *testing.T, b *bench, suffix string) {
	folder := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(folder, "archive"), 0o700))
	for _, name := range slices.Sorted(slices.Values([]string{"service-account.pem", "client.p12", "notes.txt"})) {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), make([]byte, 1700), 0o600))
	}
	t.Setenv("HOME", folder)
	b.u.askFile("Load key file…", func(string) {})
	b.tapText("service-account.pem")
	b.picture("38-load-file" + suffix)
	b.key(fyne.KeyEscape)
}

func scrollToEnd(scroll *container.Scroll) { scroll.ScrollToBottom() }
