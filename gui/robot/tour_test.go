//go:build e2e

package robot

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth/authtest"
)

// TestTour shows every grant in the real window, at a real server, and leaves
// the pictures in build/tour.
func TestTour(t *testing.T) {
	pictures, err := filepath.Abs("../../build/tour")
	require.NoError(t, err)
	require.NoError(t, os.RemoveAll(pictures))
	t.Run("light", func(t *testing.T) {
		require.NoError(t, takeTour(t, pictures, "light", (*tour).wholeTour))
	})
	t.Run("dark", func(t *testing.T) {
		require.NoError(t, takeTour(t, filepath.Join(pictures, "dark"), "dark", (*tour).shortTour))
	})
}

// tourThemes are the looks in which a long tour is taken, each with its folder:
// light, and with TOKENWELL_DARK dark too. The other tests draw every screen in both.
func tourThemes(pictures string) map[string]string {
	themes := map[string]string{"light": pictures}
	if os.Getenv("TOKENWELL_DARK") != "" {
		themes["dark"] = filepath.Join(pictures, "dark")
	}
	return themes
}

// takeTour goes on the tour on a desktop of its own, in which everything is
// over when it returns.
func takeTour(t *testing.T, pictures, theme string, steps func(*tour) []step) error {
	t.Helper()
	binary, err := filepath.Abs("../../bin/tokenwell-desktop")
	require.NoError(t, err)
	require.FileExists(t, binary, "make build makes it")

	d, err := startDesktop()
	if d != nil {
		defer func() { assert.NoError(t, d.close(), "nothing is left behind") }()
	}
	require.NoError(t, err)
	for _, variable := range d.env {
		if name, value, _ := strings.Cut(variable, "="); name == "DBUS_SESSION_BUS_ADDRESS" {
			t.Setenv(name, value) // the vault is made with this desktop's keyring
		}
	}
	g := &tour{story: &story{desktop: d, binary: binary, data: filepath.Join(d.home, "tokenwell"), pictures: pictures, patience: 60 * time.Second, say: t.Logf}}
	g.server = fillTour(t, g.story, theme)
	return d.errLog(g.run(steps(g)))
}

// tour is the way through the grants.
type tour struct {
	*story
	server *authtest.Evilas
}

func (g *tour) run(steps []step) error {
	if err := g.tell(steps); err != nil {
		return err
	}
	if err := tellTales(authtest.Sentinel); err != nil {
		return err
	}
	if err := g.quit(); err != nil {
		return err
	}
	return g.nothingReadable(authtest.Sentinel)
}

// wholeTour opens the form of every grant and gets new tokens with each.
func (g *tour) wholeTour() []step {
	return []step{
		{"table", g.openProgram},
		{"form-device-code", g.edits(tourDevice)},
		{"device-sheet", g.submits},
		{"detail-pane", g.approve},
		{"form-client-credentials", g.edits(tourClient)},
		{"client-credentials", g.gets(tourClient)},
		{"form-jwt-bearer", g.edits(tourAssertion)},
		{"form-jwt-bearer-end", g.scrolls},
		{"jwt-bearer", g.gets(tourAssertion)},
		{"form-password", g.edits(tourPassword)},
		{"failure-sheet", g.submits},
		{"password-kept", g.dismiss},
		{"form-refresh-token-top", g.edits(tourRefresh)},
		{"form-refresh-token", g.scrolls},
		{"refresh-token", g.gets(tourRefresh)},
		{"form-access-token", g.edits(tourAccess)},
		{"access-token", g.gets(tourAccess)},
		{"form-authorization-code", g.edits(tourCode)},
		{"browser-success", g.signInByBrowser},
		{"authorization-code", g.comeBack},
	}
}

// shortTour is for another theme.
func (g *tour) shortTour() []step {
	return []step{
		{"table", g.openProgram},
		{"form-jwt-bearer", g.edits(tourAssertion)},
		{"form-left", g.escapes},
		{"form-device-code", g.edits(tourDevice)},
		{"device-sheet", g.submits},
		{"device-sheet-left", g.escapes},
		{"form-password", g.edits(tourPassword)},
		{"failure-sheet", g.submits},
	}
}

// nameColumn is where a click shows no tooltip.
const nameColumn = 260

// tourSheet is how many pixels another screen or a sheet changes at least.
const tourSheet = 40_000

// opens does something and waits until it has brought another screen or a sheet.
func (g *tour) opens(do func() error) error {
	before, err := g.look()
	if err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	err = g.until("another screen", g.patience, func() bool {
		now, err := g.look()
		return err == nil && differ(before, now) > tourSheet
	})
	if err != nil {
		return err
	}
	g.shown, err = g.settle(nil, g.patience)
	return err
}

// edits selects a row and opens its form.
func (g *tour) edits(row int) func() error {
	return func() error {
		y := placeFirstRow.y + row*rowHeight
		if err := g.click(point{nameColumn, y}); err != nil {
			return err
		}
		// Without this a slow program would open the form of the row before.
		err := g.until("the row's selection", g.patience, func() bool {
			now, err := g.look()
			return err == nil && blue(now, point{stripeColumn, y})
		})
		if err != nil {
			return err
		}
		if _, err := g.settle(nil, g.patience); err != nil {
			return err
		}
		return g.opens(g.keys("ctrl+e"))
	}
}

// stripeColumn is where a selected row has its stripe.
const stripeColumn = 186

// blue tells whether a pixel has the program's accent colour, light or dark.
func blue(shown picture, p point) bool {
	pixel := shown.RGBAAt(p.x, p.y)
	return int(pixel.B) > int(pixel.R)+60
}

// scrolls goes to the form's end.
func (g *tour) scrolls() error {
	before, err := g.look()
	if err != nil {
		return err
	}
	if _, err := g.output("xdotool", "mousemove", "--sync", fmt.Sprint(nameColumn), fmt.Sprint(placeFirstRow.y), "click", "--repeat", "40", "--delay", "12", "5"); err != nil {
		return err
	}
	g.shown, err = g.settle(before, g.patience)
	return err
}

// submits presses the form's button, which brings a sheet.
func (g *tour) submits() error { return g.opens(g.clicks(placeSubmit)) }

// gets presses the form's button, which brings new tokens at once.
func (g *tour) gets(row int) func() error {
	return func() error {
		if err := g.submits(); err != nil {
			return err
		}
		if err := g.renewed(row); err != nil {
			return err
		}
		return g.rests()
	}
}

// rests waits until the program's messages have gone, off the next pictures.
func (g *tour) rests() error {
	pause(messageTime)
	var err error
	g.shown, err = g.settle(nil, g.patience)
	return err
}

// renewed waits until the database holds the second tokens of a row.
func (g *tour) renewed(row int) error {
	err := g.until("new tokens", g.patience, func() bool { return g.rowState(row) == "active2" })
	if err != nil {
		return fmt.Errorf("%w: the row is %s", err, g.rowState(row))
	}
	g.shown, err = g.settle(nil, g.patience)
	return err
}

// rowState is the state and the generation of a row, as the database has it.
func (g *tour) rowState(row int) string {
	return g.query(fmt.Sprintf("SELECT state || generation FROM authorizations JOIN authorization_status USING (id) ORDER BY name LIMIT 1 OFFSET %d", row))
}

// approve takes the code from the sheet, enters it at the server and consents.
func (g *tour) approve() error {
	if err := g.click(placeCopyCode); err != nil {
		return err
	}
	var code string
	err := g.until("the code on the clipboard", g.patience, func() bool {
		text, err := g.clipboard()
		code = text
		return err == nil && strings.HasPrefix(text, "WDJB-")
	})
	if err != nil {
		return err
	}
	g.server.Approve(code)
	if err := g.renewed(tourDevice); err != nil {
		return err
	}
	return g.rests()
}

// dismiss closes the failure sheet: the tokens that were there still are.
func (g *tour) dismiss() error {
	if err := g.escapes(); err != nil {
		return err
	}
	if state := g.rowState(tourPassword); state != "active1" {
		return errors.New("a refused password has changed the row to " + state)
	}
	return nil
}

// escapes leaves a form or a sheet.
func (g *tour) escapes() error { return g.opens(g.keys("Escape")) }

// signInByBrowser presses the form's button; the server sends the browser back
// at once, as if the user had consented.
func (g *tour) signInByBrowser() error {
	if err := g.click(placeSubmit); err != nil {
		return err
	}
	if err := g.waitWindow("Signed in", g.patience); err != nil {
		return err
	}
	if err := g.renewed(tourCode); err != nil {
		return err
	}
	return g.activate("Signed in")
}
