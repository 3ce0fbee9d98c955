package gui

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
	"tokenwell/gui/widgets"
)

// TestFormPictures draws the screens as the pictures of the design have them:
// into the folder that TOKENWELL_PICTURES names. Without one it goes the same
// way once, in the look that no other test has, and draws the form alone.
func TestFormPictures(t *testing.T) {
	for _, look := range []themeChoice{themeLight, themeDark} {
		for name, size := range map[string]fyne.Size{"": standard, "-small": small} {
			if !guitest.PicturesWanted() && (look != themeDark || size != small) {
				continue
			}
			t.Run(string(look)+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { drawForms(t, look, size, name+"-"+string(look)) })
			})
		}
	}
}

func drawForms(t *testing.T, look themeChoice, size fyne.Size, suffix string) {
	b := newBench(t, look, size)
	d := b.engine.DraftFor("microsoft-graph")
	d.Name, d.ClientID, d.Public = "Graph mail, finance team", "6f1c2b9e-70d4-4a53-9b1f-2c8e5d0a7716", false
	d.Params["tenant"] = "northwind.onmicrosoft.com"
	d.ClientSecret, d.Confirmation = auth.NewSecret("eighteen-characters"), auth.NewSecret("eighteen-characters")
	f := newForm(b.u, d)
	f.check.d = time.Hour // checked by hand below
	b.u.showContent(f.screen)
	f.listen()
	f.runCheck()
	b.picture("03-form" + suffix)
	f.help.toggle()
	b.picture("04-help" + suffix)
	f.help.toggle()

	b.engine.taken = []string{"Graph mail, finance team"}
	f.m.touch(auth.FieldName)
	f.m.touch(auth.FieldConfirmation)
	f.parts.confirmation.Input.SetText("something else")
	f.m.choose("offline_access", false)
	f.scopes.refill()
	f.runCheck()
	b.canvas.Focus(f.parts.name.Control.Focusable())
	b.picture("05-errors" + suffix)
	f.parts.serviceSelect.Tapped(nil)
	b.picture("05b-services" + suffix)
	require.NotNil(t, b.canvas.Capture())
	b.key(fyne.KeyEscape)
	f.close()

	d = b.engine.DraftFor(auth.LocalServiceID)
	f = newForm(b.u, d)
	b.u.showContent(f.screen)
	f.parts.more.open()
	b.picture("03c-local" + suffix)
	d = b.engine.DraftFor(auth.OtherServiceID)
	f = newForm(b.u, d)
	b.u.showContent(f.screen)
	b.picture("03d-other" + suffix)
	f.scopes.askScope()
	b.picture("03e-add-scope" + suffix)
	b.key(fyne.KeyEscape)

	w, _ := openSignIn(b, newFakeSignIn())
	b.picture("06-sign-in" + suffix)
	w.stop()
	w.sheet.close()
	local := newFakeSignIn()
	local.url, local.browserErr = "http://127.0.0.1:17655/authorize?client_id=practice&scope=openid", errors.New("none")
	w, _ = openSignIn(b, local)
	b.picture("06b-sign-in-local" + suffix)
	w.stop()
	w.sheet.close()

	b.u.showFailure(sampleFailure(), "id-1")
	fold := find(b, "Details", func(f *widgets.FoldHead) bool { return f.Title == "Details" })
	fold.SetOpen(true)
	b.picture("08-failure" + suffix)
	b.tap("Close")

	b.engine.Vault = auth.VaultStatus{}
	b.engine.OnProbeKeyring = func() error { return errors.New("No session bus was found, so no keyring can be reached.") }
	b.u.openVault(func() {})
	b.picture("20-choose-passphrase" + suffix)
	b.key(fyne.KeyEscape)
	b.engine.Vault = auth.VaultStatus{Exists: true, HasKeyring: true}
	b.engine.OnUnlock = func(auth.Secret) error { return auth.ErrVaultKey }
	b.u.openVault(func() {})
	b.picture("21-key-missing" + suffix)
	b.key(fyne.KeyEscape)
	b.engine.Vault = auth.VaultStatus{Exists: true, HasPassphrase: true}
	b.u.openVault(func() {})
	b.picture("22-unlock" + suffix)
}
