//go:build e2e

package robot

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestServicesTour shows the services, the forms of five of them with their help,
// and the sheets that the other tours do not open, in the real window. The
// pictures are in build/tour-services.
func TestServicesTour(t *testing.T) {
	pictures, err := filepath.Abs("../../build/tour-services")
	require.NoError(t, err)
	require.NoError(t, os.RemoveAll(pictures))
	for theme, folder := range tourThemes(pictures) {
		t.Run(theme, func(t *testing.T) {
			require.NoError(t, takeTour(t, folder, theme, (*tour).servicesTour))
		})
	}
}

// Where things stand on the Services screen and in the form.
var (
	placeFirstService = point{320, 175}
	placeNewService   = point{400, 58}
	placeSample       = point{1070, 61}
	placeServiceName  = point{600, 181}
	placeIssuer       = point{700, 249}
	placeFillIn       = point{1085, 249}
	placeReadIt       = point{743, 447}
	placeSecondTab    = point{614, 108}
	placeThirdTab     = point{694, 108}
	placeSpecialTab   = point{714, 108}
	placeFormService  = point{430, 250}
	placeHelpHead     = point{560, 107}
	placeFields       = point{430, 400}
	placeDiscard      = point{741, 428}
	placeHelpScreen   = point{90, 704}
	placeHelpRow      = point{450, 288}
	placeShortcuts    = point{404, 88}
	placeMenuEdit     = point{70, 14}
	placeMargin       = point{130, 90}
	placeExport       = point{330, 605}
	placeLimit        = point{1136, 447}
	// placeAside is where the mouse shows nothing.
	placeAside = point{90, 450}
)

// ownService is the service that the tour makes.
const ownService = "Northwind SSO"

// servicesTour goes through the services, their forms and the remaining sheets.
func (g *tour) servicesTour() []step {
	steps := []step{
		{"table", g.openProgram},
		{"detail-ends", g.shows(g.clicks(point{nameColumn, placeFirstRow.y + tourEnds*rowHeight}))},
		{"services", func() error { return g.opens(g.keys("ctrl+2")) }},
		{"service", g.shows(g.keys("ctrl+f"), g.types("hubspot"), g.clicks(placeFirstService), g.aside)},
		{"service-special", g.shows(g.clicks(placeSpecialTab), g.aside)},
		{"service-new", g.shows(g.keys("ctrl+f", "Escape"), g.clicks(placeNewService), g.aside)},
		{"service-samples", g.shows(g.clicks(placeSample))},
		{"service-from-sample", g.shows(g.types("any openid"), g.keys("Return"), g.aside)},
		{"service-private", func() error {
			return g.opens(g.all(g.clicks(placeServiceName), g.keys("ctrl+a"), g.types(ownService),
				g.clicks(placeIssuer), g.keys("ctrl+a"), g.types(localIssuer), g.clicks(placeFillIn)))
		}},
		{"service-filled", func() error { return g.opens(g.all(g.clicks(placeReadIt), g.aside)) }},
		{"service-requests", g.shows(g.clicks(placeSecondTab), g.aside)},
		{"service-scopes", g.shows(g.clicks(placeThirdTab), g.aside)},
		{"service-saved", g.saveService},
		{"picker", func() error {
			return g.opens(g.all(g.keys("ctrl+1", "ctrl+n"), g.clicks(placeFormService)))
		}},
		{"picker-letter", g.shows(g.types("n"))},
		{"form-own", g.shows(g.types("orthwind"), g.keys("Return"), g.clicks(placeHelpHead), g.aside)},
	}
	for _, service := range []struct{ name, search string }{
		{"hubspot", "hubspot"}, {"slack", "slack"}, {"microsoft-power-bi", "power bi"}, {"facebook", "facebook"}, {"salesforce", "salesforce"},
	} {
		steps = append(steps,
			step{"form-" + service.name, g.choosesWithHelp(service.search)},
			step{"form-" + service.name + "-fields", g.scrollsForm})
	}
	return append(
		steps,
		step{"form-left", func() error { return g.opens(g.leavesForm) }},
		step{"help", func() error { return g.opens(g.clicks(placeHelpScreen)) }},
		step{"help-error", g.shows(g.clicks(placeHelpRow), g.aside)},
		step{"help-shortcuts", g.shows(g.clicks(placeShortcuts), g.aside)},
		step{"margin-sheet", func() error { return g.opens(g.all(g.clicks(placeMenuEdit), g.clicks(placeMargin), g.aside)) }},
		step{"margin-left", g.escapes},
		step{"table-again", func() error { return g.opens(g.keys("ctrl+1")) }},
		step{"test-sheet", g.overTable(g.keys("ctrl+t"))},
		step{"test-left", g.escapes},
		step{"claims-sheet", g.overTable(g.keys("ctrl+i"))},
		step{"claims-left", g.escapes},
		step{"row-menu", g.shows(g.aside, g.opensRowMenu)},
		step{"export-sheet", func() error { return g.opens(g.all(g.clicks(placeExport), g.aside)) }},
		step{"export-left", g.escapes},
		step{"limit-sheet", func() error { return g.opens(g.all(g.clicks(placeLimit), g.aside)) }},
		step{"limit-left", g.escapes},
	)
}

// all does one thing after the other.
func (g *tour) all(do ...func() error) func() error {
	return func() error {
		for _, each := range do {
			if err := each(); err != nil {
				return err
			}
			pause(settleTime)
		}
		return nil
	}
}

// shows does things and waits until the screen shows their effect.
func (g *tour) shows(do ...func() error) func() error {
	return func() error { return g.change(g.all(do...)) }
}

// aside moves the mouse to where it shows no tooltip.
func (d *desktop) aside() error { return d.move(placeAside) }

// overTable selects the row of the client credentials and opens a sheet over it.
func (g *tour) overTable(do func() error) func() error {
	return func() error {
		if err := g.click(point{nameColumn, placeFirstRow.y + tourClient*rowHeight}); err != nil {
			return err
		}
		if _, err := g.settle(nil, g.patience); err != nil {
			return err
		}
		return g.opens(do)
	}
}

// opensRowMenu opens the menu of the same row.
func (g *tour) opensRowMenu() error {
	return g.press(point{nameColumn, placeFirstRow.y + tourClient*rowHeight}, "3")
}

// settleTime is between two things that are done to what the first has brought.
const settleTime = 400 * time.Millisecond

// saveService saves and makes sure that the database holds the service, sealed.
func (g *tour) saveService() error {
	if err := g.key("ctrl+s"); err != nil {
		return err
	}
	err := g.until("the service in the database", g.patience, func() bool { return g.query("SELECT count(*) FROM services") == "1" })
	if err != nil {
		return err
	}
	return g.rests()
}

// choosesWithHelp begins anew and opens the help of a service.
func (g *tour) choosesWithHelp(search string) func() error {
	return g.shows(g.leavesForm, g.keys("ctrl+n"), g.clicks(placeFormService), g.types(search), g.keys("Return"), g.clicks(placeHelpHead), g.aside)
}

// leavesForm goes back to the table without saving.
func (g *tour) leavesForm() error {
	return g.all(g.keys("Escape"), g.clicks(placeDiscard))()
}

// scrollsForm goes to the form's end.
func (g *tour) scrollsForm() error {
	return g.change(func() error {
		_, err := g.output("xdotool", "mousemove", "--sync", fmt.Sprint(placeFields.x), fmt.Sprint(placeFields.y), "click", "--repeat", "60", "--delay", "12", "5")
		return err
	})
}
