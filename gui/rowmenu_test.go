package gui

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
	"tokenwell/gui/widgets"
)

func TestReauthorizeTakesItsOptions(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		d.tap("Alpha report")
		d.shortcut(fyne.KeyL)
		assert.Equal(t, "reauthorize a", d.engine.Calls[0], "one click asks nothing")
		d.key(fyne.KeyEscape)
		d.w.u.runCommand(cmdAgain)
		d.tap("Choose another account")
		d.tap("Re-authorize")
		assert.Equal(t, "reauthorize a account", d.engine.Calls[1])
		d.key(fyne.KeyEscape)
		d.w.u.runCommand(cmdAgain)
		d.tap("Ask for consent again")
		d.key(fyne.KeyEscape)
		assert.Len(t, d.engine.Calls, 2, "Esc does nothing")
	})
}

func TestOnlySignInsInTheBrowserHaveOptions(t *testing.T) {
	atDesk(t, wide, one(func(d *auth.Detail) { d.Authorization.Grant = auth.GrantClientCredentials }), func(d *desk) {
		d.tap("Graph mail")
		assert.True(t, d.menuItem("Re-authorize with options…").Disabled)
		assert.False(t, d.menuItem("Re-authorize").Disabled)
	})
}

func TestAutomaticRefreshFromTheMenu(t *testing.T) {
	atDesk(t, wide, one(func(*auth.Detail) {}), func(d *desk) {
		d.tap("Graph mail")
		d.w.u.frame.home.table.onEnter(d.w.u.frame.home.table.current)
		d.tap("Turn automatic refresh off")
		d.wait(time.Second)
		assert.Equal(t, []string{"rule 05 auto=false limit=10"}, d.engine.Calls)
		assert.NotNil(t, d.menuItem("Turn automatic refresh on"))
	})
}

func TestRevocationTellsHowItEnded(t *testing.T) {
	for words, answer := range map[string]func(string) (auth.RevokeOutcome, error){
		"The tokens of “Alpha report” were revoked.":                                       func(string) (auth.RevokeOutcome, error) { return auth.Revoked, nil },
		"The service did not confirm the revocation of “Alpha report”; it is tried again.": func(string) (auth.RevokeOutcome, error) { return auth.RevokeQueued, nil },
		"Remove it at example.com.": func(string) (auth.RevokeOutcome, error) {
			return "", &auth.Failure{Title: "Not offered", Happened: "The service has no revocation.", Steps: []string{"Remove it at example.com."}}
		},
	} {
		atDesk(t, wide, few, func(d *desk) {
			d.engine.OnRevoke = answer
			d.tap("Alpha report")
			d.w.u.runCommand(cmdRevoke)
			d.tap("Revoke tokens")
			assert.True(t, d.shows(words), words)
		})
	}
}

// All commands fit into the smallest window, also when none can be used and the
// reason has to be told.
func TestMenuFitsIntoTheSmallestWindow(t *testing.T) {
	for name, detailErr := range map[string]error{"open": nil, "locked": auth.ErrVaultLocked} {
		atDesk(t, tight, func(e *guitest.Engine) {
			few(e)
			e.DetailErr = detailErr
			d := sample("a", "Alpha report", "local-server", "Local server", auth.StateNeverAuthorized, 0)
			d.CanRefresh, d.WhyNotRefresh = false, "There is no token yet. Sign in first."
			e.Put(d, auth.Secret{})
		}, func(d *desk) {
			d.tap("Alpha report")
			before := strings.Count(strings.Join(guitest.Texts(d.c), "|"), "The vault is locked")
			d.w.u.frame.home.table.onEnter(d.w.u.frame.home.table.current)
			reasons := strings.Count(strings.Join(guitest.Texts(d.c), "|"), "The vault is locked") - before
			if detailErr != nil {
				assert.Equal(t, 1, reasons, "a reason that all share is told once")
			}
			last := guitest.At(t, d.c, "Delete authorization")
			assert.Less(t, last.Y, tight.Height-10, name)
			first := guitest.At(t, d.c, "Copy access token")
			assert.Greater(t, first.Y, float32(0), name)
		})
	}
}

func TestExportAsksBeforeItReplaces(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("HOME", folder)
	atDesk(t, wide, few, func(d *desk) {
		d.engine.Exports = []byte("{\"name\": \"Alpha report\"}\n")
		d.tap("Alpha report")
		path := filepath.Join(folder, "Alpha report.json")
		read := func() string {
			content, err := os.ReadFile(path) //nolint:gosec // the test's own folder
			require.NoError(t, err)
			return string(content)
		}
		d.w.u.runCommand(cmdExport)
		d.key(fyne.KeyReturn)
		assert.Equal(t, string(d.engine.Exports), read())
		assert.True(t, d.shows("Exported to Alpha report.json. It holds no secret."))
		info, err := os.Stat(path)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())

		d.engine.Exports = []byte("{}\n")
		d.w.u.runCommand(cmdExport)
		d.key(fyne.KeyReturn)
		assert.NotEqual(t, "{}\n", read())
		d.tap("Replace")
		assert.Equal(t, "{}\n", read())
		assert.Nil(t, d.c.Overlays().Top())

		d.w.u.runCommand(cmdExport)
		d.c.Focused().(interface{ SetText(string) }).SetText("here.json")
		d.key(fyne.KeyReturn)
		assert.True(t, d.shows("Enter the whole path of the file."))
		d.c.Focused().(interface{ SetText(string) }).SetText(filepath.Join(folder, "none", "x.json"))
		d.key(fyne.KeyReturn)
		assert.True(t, d.shows("The file could not be written"))
	})
}

func TestFileNamesAreFitForEveryFileSystem(t *testing.T) {
	for name, want := range map[string]string{
		"Graph mail, finance": "Graph mail, finance", `a/b\c:d*e?f"g<h>i|j`: "a-b-c-d-e-f-g-h-i-j",
		"../..": "-", "...": "authorization", "x\ny": "x-y",
	} {
		assert.Equal(t, want, fileName(name), name)
	}
}

func TestAttentionIsNotifiedOnce(t *testing.T) {
	atDesk(t, wide, one(func(d *auth.Detail) { d.Status.State = auth.StateNeedsAttention }), func(d *desk) {
		emit := func() {
			d.engine.Emit(auth.Event{Kind: auth.EventAttention, ID: "05"})
			d.wait(time.Second)
		}
		want := fyne.NewNotification("“Graph mail” needs attention", "Automatic refresh has stopped. Open Tokenwell to see why and what to do.")
		guitest.AssertNotification(t, want, emit)
		guitest.AssertNotification(t, nil, emit)
		again := busy("Graph mail")
		again.Status.State, again.Status.Generation = auth.StateNeedsSignIn, 2
		d.engine.Put(again, auth.NewSecret(tokenValue))
		want.Content = "The sign-in is over at the service. Open Tokenwell and sign in again."
		guitest.AssertNotification(t, want, emit)
		d.engine.DetailErr = errors.New("disk")
		guitest.AssertNotification(t, nil, emit)
	})
}

func TestOfflineIsSaidInTheStatusLine(t *testing.T) {
	atDesk(t, tight, few, func(d *desk) {
		assert.False(t, d.shows("Offline"))
		d.engine.NoLink = true
		d.engine.Emit(auth.Event{Kind: auth.EventNetwork})
		d.wait(time.Second)
		assert.True(t, d.shows("Offline"))
		d.engine.NoLink = false
		d.engine.Emit(auth.Event{Kind: auth.EventNetwork})
		d.wait(time.Second)
		assert.False(t, d.shows("Offline"))
	})
}

func TestRefreshesColumn(t *testing.T) {
	ask := auth.Row{Grant: auth.GrantClientCredentials, RefreshesLeft: auth.Unlimited}
	for want, row := range map[string]auth.Row{
		"Unlimited": ask,
		"3 left":    {Grant: auth.GrantAuthorizationCode, HasRefresh: true, RefreshesLeft: 3},
		"0 left":    {Grant: auth.GrantAuthorizationCode, HasRefresh: true},
		dash:        {Grant: auth.GrantAuthorizationCode, RefreshesLeft: auth.Unlimited},
	} {
		text, _, ink := leftCell(&row, auth.StateActive)
		assert.Equal(t, want, text)
		assert.Equal(t, want == "0 left", ink == widgets.ColorNameBad)
	}
	text, _, _ := leftCell(&ask, auth.StateNeverAuthorized)
	assert.Equal(t, dash, text)
	atDesk(t, wide, few, func(d *desk) {
		d.tap("Refreshes")
		assert.Equal(t, auth.ColumnLeft, d.engine.Queries[len(d.engine.Queries)-1].Sort)
	})
}
