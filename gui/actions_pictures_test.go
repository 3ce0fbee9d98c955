package gui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
)

// longName is as long as a name may be.
var longName = strings.Repeat("Quarterly revenue by region ", 3)[:64]

// deviceSignIn is a device sign-in as GitHub's.
func deviceSignIn() *fakeSignIn {
	s := newFakeSignIn()
	s.kind, s.url = auth.PromptDevice, "https://github.com/login/device"
	s.device = auth.DevicePrompt{
		UserCode: "WDJB-MJHT", Address: "https://github.com/login/device",
		Complete: "https://github.com/login/device?user_code=WDJB-MJHT", Expires: signInStart.Add(13*time.Minute + 42*time.Second),
	}
	return s
}

// openDevice shows the sheet of a device sign-in whose end is held back.
func openDevice(b *bench, s *fakeSignIn, scopes ...string) (w *deviceSheet, end func()) {
	return deviceOn(b.t, b.u, s, scopes)
}

func deviceOn(t *testing.T, u *ui, s *fakeSignIn, scopes []string) (w *deviceSheet, end func()) {
	var held []func()
	inline := u.run.spawn
	u.run.spawn = func(f func()) { held = append(held, f) }
	w = u.newDeviceSheet(s, &auth.Draft{Scopes: scopes})
	w.begin()
	u.run.spawn = inline
	require.Len(t, held, 1, "only the wait for the end runs: no page is opened")
	return w, held[0]
}

// busy is an authorization with everything that the detail pane can show.
func busy(name string) auth.Detail {
	d := sample("05", name, "microsoft-graph", "Microsoft Graph (Entra ID)", auth.StateActive, 42*time.Minute+30*time.Second)
	now := time.Now()
	d.Authorization.Scopes = []string{"offline_access", "User.Read", "Mail.Read"}
	d.Authorization.AutoRefresh, d.Authorization.RefreshLimit = true, 10
	d.Status.Granted, d.Status.Refreshes, d.Status.Failures = d.Authorization.Scopes, 3, 2
	d.Status.NextRefreshAt, d.Status.SignedInAs = now.Add(12*time.Minute+9*time.Second), "mara.lind@northwind.example"
	d.Status.LastOutcome = auth.CodeServerError
	d.HasRefreshToken, d.HasIDToken, d.CanIntrospect = true, true, true
	d.TestAddress = "https://graph.microsoft.com/oidc/userinfo"
	return d
}

// withHistory gives an engine past events and words for an error.
func withHistory(e *guitest.Engine) {
	now := time.Now()
	e.Errors = []auth.Explanation{
		{Code: auth.CodeServerError, Title: "The service has a fault", Steps: []string{"Wait and try again."}},
		{Code: "invalid_client", Title: "The client ID or the secret is wrong", Steps: []string{"Check the client ID and the secret."}, Action: auth.ActionEdit},
	}
	e.Past = map[string][]auth.HistoryEvent{"05": {
		{At: now.Add(-time.Minute), Kind: auth.WordRefresh, Outcome: auth.CodeServerError},
		{At: now.Add(-time.Hour), Kind: auth.WordRefresh, Outcome: auth.OutcomeOK},
		{At: now.Add(-2 * time.Hour), Kind: auth.WordRule, Outcome: auth.OutcomeOK},
		{At: now.Add(-24 * time.Hour), Kind: auth.WordSignIn, Outcome: auth.OutcomeOK},
	}}
	e.OnTest = func(string, string) (auth.TestResult, error) {
		return auth.TestResult{
			Renewed: true, Took: 231 * time.Millisecond, Address: "https://graph.microsoft.com/oidc/userinfo", Status: 200,
			FetchTook: 128 * time.Millisecond, Size: 412, ContentType: "application/json",
			Body: `{"sub":"hJ2k9","name":"Mara Lind","email":"mara.lind@northwind.example","access_token":"•••"}`,
		}, nil
	}
	e.OnInspect = func(string) (auth.Inspection, error) {
		return auth.Inspection{
			Access: &auth.JWTView{
				Signature: auth.SignatureUnchecked, Why: "Microsoft signs this token for its own use: the keys are not published.",
				Header: []auth.Claim{{Name: "alg", Value: "RS256"}, {Name: "kid", Value: "nOo3ZDrODXEK1jKWhXslHR_KXEg"}},
				Claims: []auth.Claim{
					{Name: "aud", Value: "00000003-0000-0000-c000-000000000000"},
					{Name: "exp", Value: "1795176300"},
					{Name: "scp", Value: "Mail.Read User.Read"},
					{Name: "upn", Value: "mara.lind@northwind.example"},
				},
			},
			ID: &auth.JWTView{
				Signature: auth.SignatureValid, Header: []auth.Claim{{Name: "alg", Value: "RS256"}},
				Claims: []auth.Claim{{Name: "iss", Value: "https://login.microsoftonline.com/northwind/v2.0"}, {Name: "name", Value: "Mara Lind"}},
			},
		}, nil
	}
	e.OnIntrospect = func(string) (auth.Introspection, error) {
		return auth.Introspection{Active: true, Claims: []auth.Claim{{Name: "client_id", Value: "client-05"}, {Name: "scope", Value: "Mail.Read"}}}, nil
	}
}

// TestActionPictures draws the sheets of the actions in both looks, and the
// detail pane with a name as long as can be.
func TestActionPictures(t *testing.T) {
	for _, look := range []themeChoice{themeLight, themeDark} {
		for name, size := range map[string]fyne.Size{"": wide, "-small": tight} {
			if !guitest.PicturesWanted() && (look != themeDark || size != tight) {
				continue
			}
			suffix := name + "-" + string(look)
			atDesk(t, size, func(e *guitest.Engine) {
				fourteen(e)
				withHistory(e)
				e.NoLink = true
				e.Put(busy(longName), auth.NewSecret(tokenValue))
				e.Preset(keyTheme, string(look))
			}, func(d *desk) { drawActions(d, suffix) })
			t.Run("device"+suffix, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := newBench(t, look, size)
					long := deviceSignIn()
					long.device.UserCode = "WDJB-MJHT-WDJB-MJHT-WDJB"
					long.device.Address = "https://identity.a-rather-long-host-name.example/realms/northwind/device"
					long.device.Complete = long.device.Address + "?user_code=WDJB-MJHT-WDJB-MJHT-WDJB"
					w, _ := openDevice(b, long, "repo")
					b.picture("07b-device-long" + suffix)
					w.stop()
					w.sheet.close()
				})
			})
		}
	}
}

func drawActions(d *desk, suffix string) {
	t := d.t
	d.w.u.showAuthorizations("05")
	d.wait(time.Second)
	d.w.u.frame.home.detail.past.fold.SetOpen(true)
	guitest.SavePicture(t, d.c, "01i-detail"+suffix)
	d.w.u.frame.home.detail.scroll.Objects[0].(*container.Scroll).ScrollToBottom()
	guitest.SavePicture(t, d.c, "01i-history"+suffix)
	d.w.u.frame.home.table.onEnter(d.w.u.frame.home.table.current)
	guitest.SavePicture(t, d.c, "01j-menu"+suffix)
	d.key(fyne.KeyEscape)
	d.w.u.runCommand(cmdTest)
	d.tap("Run test")
	guitest.SavePicture(t, d.c, "01k-test"+suffix)
	require.NotNil(t, d.c.Capture())
	d.key(fyne.KeyEscape)
	d.w.u.runCommand(cmdInspect)
	d.tap("Ask the service")
	guitest.SavePicture(t, d.c, "01l-inspect"+suffix)
	d.tap("Close")
	d.w.u.runCommand(cmdAgain)
	guitest.SavePicture(t, d.c, "01m-reauthorize"+suffix)
	d.key(fyne.KeyEscape)
	d.w.u.askLimit(d.w.u.frame.home.chosen)
	guitest.SavePicture(t, d.c, "01n-limit"+suffix)
	d.key(fyne.KeyEscape)
	d.w.u.runCommand(cmdExport)
	guitest.SavePicture(t, d.c, "01o-export"+suffix)
	d.key(fyne.KeyEscape)
	d.w.u.runCommand(cmdPause)
	d.wait(time.Second)
	guitest.SavePicture(t, d.c, "01p-paused"+suffix)
	d.w.u.showAuthorizations("08")
	d.wait(time.Second)
	guitest.SavePicture(t, d.c, "01r-without-token"+suffix)
	s := newFakeSignIn()
	s.kind, s.url = auth.PromptNone, "https://login.microsoftonline.com/x"
	direct := d.w.u.newDirectSheet(s, nil)
	direct.open()
	guitest.SavePicture(t, d.c, "01q-direct"+suffix)
	direct.sheet.close()
	device := deviceSignIn()
	device.device.Expires = time.Now().Add(13*time.Minute + 42*time.Second)
	w, _ := deviceOn(t, d.w.u, device, []string{"repo", "read:org", "read:user"})
	w.whole = 15 * time.Minute
	w.stop()
	w.tick()
	guitest.SavePicture(t, d.c, "07-device"+suffix)
	w.stop()
	w.sheet.close()
	atHome := localDevice()
	atHome.device.Expires = device.device.Expires
	w, _ = deviceOn(t, d.w.u, atHome, []string{"openid", "profile"})
	d.tap("Copy password")
	guitest.SavePicture(t, d.c, "07c-device-local"+suffix)
	w.stop()
	w.sheet.close()
	f := sampleFailure()
	f.At, f.Link = time.Now(), "https://learn.microsoft.com/entra/identity-platform/reference-error-codes"
	d.w.u.showFailure(f, "05")
	guitest.SavePicture(t, d.c, "08b-failure-link"+suffix)
}
