//go:build e2e

package robot

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestLocalTour shows the screen of the local server in the real window. The
// pictures are in build/tour-local.
func TestLocalTour(t *testing.T) {
	pictures, err := filepath.Abs("../../build/tour-local")
	require.NoError(t, err)
	require.NoError(t, os.RemoveAll(pictures))
	for theme, folder := range tourThemes(pictures) {
		t.Run(theme, func(t *testing.T) {
			require.NoError(t, takeTour(t, folder, theme, (*tour).localTour))
		})
	}
}

// localTour registers a client, lets it get a token, and goes through the pages.
func (g *tour) localTour() []step {
	var secret string // of the practice client
	return []step{
		{"table", g.openProgram},
		{"clients", func() error { return g.opens(g.all(g.keys("ctrl+3"), g.aside)) }},
		{"client-new", g.shows(g.clicks(placeNewClient), g.aside)},
		{"client-typed", g.shows(g.types(localClientName), g.clicks(placeCredentials), g.aside)},
		{"client-saved", g.savesClient},
		{"client-secret", g.shows(g.clicks(placeReveal), g.aside)},
		{"client-end", g.scrollsClient},
		{"client-misbehave", g.shows(g.clicks(placeMisbehave), g.scrollsClient, g.aside)},
		{"client-practice", g.shows(g.clicks(placePracticeClient), g.aside)},
		{"client-copied", g.copiesSecret(&secret)},
		{"scopes", g.shows(g.clicks(placeLocalScopes), g.aside)},
		{"users", g.shows(g.clicks(placeLocalUsers), g.aside)},
		{"tokens", func() error { return g.seesTokens(secret) }},
		{"token", g.shows(g.clicks(placeLocalRow), g.aside)},
		{"log", g.shows(g.clicks(placeLocalLog), g.aside)},
		{"log-entry", g.shows(g.clicks(placeLocalRow), g.aside)},
		{"stopped", g.switchesLocal(false)},
		{"started", g.switchesLocal(true)},
	}
}

// Where things stand on the screen of the local server.
var (
	placeNewClient      = point{379, 185}
	placeLocalScopes    = point{316, 137}
	placeLocalUsers     = point{398, 137}
	placeLocalTokens    = point{478, 137}
	placeLocalLog       = point{554, 137}
	placeLocalPower     = point{1092, 61}
	placeLocalRow       = point{300, 263}
	placeCredentials    = point{1013, 201}
	placeReveal         = point{778, 480}
	placeCopySecret     = point{814, 480}
	placeMisbehave      = point{560, 632}
	placePracticeClient = point{320, 288}
	placeClientFields   = point{660, 660}
)

// localClientName is the client that the tour registers.
const localClientName = "Nightly report"

// savesClient saves the new client and makes sure that the database holds it.
func (g *tour) savesClient() error {
	if err := g.key("ctrl+s"); err != nil {
		return err
	}
	err := g.until("the client in the database", g.patience, func() bool {
		return g.query("SELECT count(*) FROM local_clients WHERE name_key LIKE 'nightly report%'") == "1"
	})
	if err != nil {
		return err
	}
	return g.rests()
}

// scrollsClient goes to the end of a client's page.
func (g *tour) scrollsClient() error {
	_, err := g.output("xdotool", "mousemove", "--sync", fmt.Sprint(placeClientFields.x), fmt.Sprint(placeClientFields.y), "click", "--repeat", "40", "--delay", "12", "5")
	if err != nil {
		return err
	}
	g.shown, err = g.settle(nil, g.patience)
	return err
}

// copiesSecret takes the shown client's secret by way of the clipboard.
func (g *tour) copiesSecret(secret *string) func() error {
	return func() error {
		if err := g.click(placeCopySecret); err != nil {
			return err
		}
		err := g.until("the secret on the clipboard", g.patience, func() bool {
			text, err := g.clipboard()
			*secret = text
			return err == nil && strings.HasPrefix(text, "twl_cs_")
		})
		if err != nil {
			return err
		}
		return g.rests()
	}
}

// seesTokens asks the server for a token with the practice client's secret, and with a
// wrong one, and opens the page of tokens.
func (g *tour) seesTokens(secret string) error {
	if err := g.asksForToken(secret, http.StatusOK); err != nil {
		return err
	}
	if err := g.asksForToken("wrong", http.StatusUnauthorized); err != nil {
		return err
	}
	if err := g.all(g.clicks(placeLocalTokens), g.aside)(); err != nil {
		return err
	}
	return g.rests()
}

// asksForToken is a program that makes use of the practice client.
func (g *tour) asksForToken(secret string, want int) error {
	form := strings.NewReader("grant_type=client_credentials&scope=reports.read")
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, localIssuer+"/oauth/token", form)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(g.query("SELECT id FROM local_clients WHERE id LIKE 'practice-%'"), secret)
	response, err := (&http.Client{Timeout: g.patience}).Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != want {
		return fmt.Errorf("the token endpoint answers with %s, not with %d", response.Status, want)
	}
	return nil
}

// switchesLocal presses the button that starts or stops the server and waits
// until its port is as it should be.
func (g *tour) switchesLocal(on bool) func() error {
	return func() error {
		if err := g.all(g.clicks(placeLocalPower), g.aside)(); err != nil {
			return err
		}
		err := g.until("the local server's port", g.patience, func() bool {
			connection, err := net.DialTimeout("tcp", strings.TrimPrefix(localIssuer, "http://"), time.Second)
			if err == nil {
				_ = connection.Close()
			}
			return (err == nil) == on
		})
		if err != nil {
			return err
		}
		return g.rests()
	}
}
