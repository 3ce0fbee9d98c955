//go:build e2e

package robot

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db/dbtest"
)

// TestHandOutTour lets programs of the user's ask for a token, in the real window,
// and after it has been closed. The pictures are in build/tour-handout.
func TestHandOutTour(t *testing.T) {
	pictures, err := filepath.Abs("../../build/tour-handout")
	require.NoError(t, err)
	require.NoError(t, os.RemoveAll(pictures))
	for theme, folder := range tourThemes(pictures) {
		t.Run(theme, func(t *testing.T) { takeHandOutTour(t, folder, theme) })
	}
}

// handOutTour is the way through everything that has to do with other programs.
type handOutTour struct {
	*story
	console string      // the console command
	report  string      // a script of the user's
	other   string      // another one
	main    string      // the main window's ID
	pending <-chan said // the program that asks
	q       *question   // what it has brought
}

func takeHandOutTour(t *testing.T, pictures, theme string) {
	t.Helper()
	needsLocalPort(t)
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
	g := &handOutTour{console: filepath.Join(filepath.Dir(binary), "tokenwell")}
	require.FileExists(t, g.console, "make build makes it")
	// The folder that is found without being named: what is copied names none.
	g.story = &story{desktop: d, binary: binary, data: filepath.Join(d.home, "data", "tokenwell"), pictures: pictures, patience: 60 * time.Second, say: t.Logf, usual: true}
	d.env = append(d.env, "PATH="+filepath.Dir(binary)+string(filepath.ListSeparator)+os.Getenv("PATH"))

	store := dbtest.OpenIn(t, g.data, nil)
	require.NoError(t, store.Vault().Create(context.Background(), auth.Secret{}))
	require.NoError(t, store.SetSetting(context.Background(), "theme", theme))
	require.NoError(t, store.Close())
	require.NoError(t, g.writeScripts())
	require.NoError(t, d.errLog(g.run()))
}

// writeScripts makes two programs of the user's.
func (g *handOutTour) writeScripts() (err error) {
	if g.report, err = g.writeScript("sales_report.py", `#!/usr/bin/python3
import subprocess, sys
sys.exit(subprocess.run(["tokenwell", "token", "`+friendly+`"]).returncode)
`); err != nil {
		return err
	}
	g.other, err = g.writeScript("other.sh", "#!/bin/sh\ntokenwell token '"+friendly+"'\nexit $?\n")
	return err
}

func (g *handOutTour) run() error {
	err := g.tell([]step{
		{"empty-state", g.openProgram},
		{"form", g.openForm},
		{"form-filled", g.fillForm},
		{"sign-in-sheet", g.saveAndAuthorize},
		{"browser-sign-in", g.signIn},
		{"browser-approval", g.submitSignIn},
		{"browser-success", g.grant},
		{"table-active", g.comesBack},
		{"consent", g.isAsked},
		{"denied", g.denies},
		{"allowed-once", g.allowsOnce},
		{"allowed-always", g.allowsAlways},
		{"copy-as", g.copiesAs},
		{"consent-curl", g.pastes},
		{"who-may", g.opensRule},
		{"who-may-listed", g.listsPrograms},
		{"not-listed", g.refusesOthers},
		{"detail-used", g.scrollsDetail},
		{"activity", g.opensActivity},
		{"activity-entry", g.selectsEntry},
	})
	if err != nil {
		return err
	}
	if err := tellTales(g.token, g.password); err != nil {
		return err
	}
	for _, part := range []struct {
		name string
		do   func() error
	}{
		{"what the activity holds", g.checksActivity},
		{"quit", g.quit},
		{"without a window", g.asksAlone},
		{"the agent", g.changesHands},
	} {
		if err := part.do(); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return g.nothingReadable(g.token, g.password)
}

// comesBack brings the main window to the front; from now on windows are anybody's.
func (g *handOutTour) comesBack() error {
	if err := g.comeBack(); err != nil {
		return err
	}
	id, err := g.output("xdotool", "search", "--onlyvisible", "--name", "^"+appTitle+"$")
	g.main = strings.TrimSpace(id)
	return errors.Join(err, g.manageWindows())
}

func (g *handOutTour) settles() (err error) {
	g.shown, err = g.settle(nil, g.patience)
	return err
}

// brings types lines into a shell, which brings the window that asks.
func (g *handOutTour) brings(lines string) (err error) {
	g.pending = g.asks(lines)
	if g.q, err = g.waitQuestion(g.main, g.patience); err != nil {
		select {
		case end := <-g.pending:
			return fmt.Errorf("%w; the program has ended: %+v", err, end)
		default:
			return err
		}
	}
	return errors.Join(g.checkQuestion(g.q), g.settles())
}

func (g *handOutTour) bringsScript() error { return g.brings(runs(g.report)) }

// ends waits for the program's end, and until nothing is asked any more.
func (g *handOutTour) ends(code int) (said, error) {
	end, err := expect(g.pending, code)
	if err != nil {
		return end, err
	}
	if err := g.until("no window that asks", g.patience, func() bool { return g.findQuestion(g.main) == nil }); err != nil {
		return end, err
	}
	return end, g.settles()
}

// isAsked runs the script in a shell, once the message of the sign-in has gone.
func (g *handOutTour) isAsked() error {
	if err := g.aside(); err != nil {
		return err
	}
	pause(messageTime)
	return g.bringsScript()
}

// denies presses Esc.
func (g *handOutTour) denies() error {
	if err := g.key("Escape"); err != nil {
		return err
	}
	end, err := g.ends(auth.EndDenied.ExitCode())
	if err == nil && end.out != "" {
		err = errors.New("something stands on standard output")
	}
	return err
}

// allowsOnce uses the token that the script gets.
func (g *handOutTour) allowsOnce() error {
	if err := g.bringsScript(); err != nil {
		return err
	}
	if err := g.pressAnswer(g.q, answerOnce); err != nil {
		return err
	}
	end, err := g.ends(0)
	if err != nil {
		return err
	}
	g.token = strings.TrimSuffix(end.out, "\n")
	return g.useToken()
}

// allowsAlways is asked no more.
func (g *handOutTour) allowsAlways() error {
	if err := g.bringsScript(); err != nil {
		return err
	}
	if err := g.pressAnswer(g.q, answerAlways); err != nil {
		return err
	}
	if _, err := g.ends(0); err != nil {
		return err
	}
	return g.gets(g.report)
}

// gets lets a script ask that gets its token without a question.
func (g *handOutTour) gets(script string) error {
	end, err := expect(g.asks(runs(script)), 0)
	if err == nil && end.out != g.token+"\n" {
		err = fmt.Errorf("it gets another token: %d bytes", len(end.out))
	}
	return err
}

// copiesAs opens the sheet and copies the text for curl, which is the first.
func (g *handOutTour) copiesAs() error {
	return g.change(g.keys("ctrl+shift+c"))
}

// pastes copies the text into a shell, and answers what it asks.
func (g *handOutTour) pastes() error {
	if err := g.click(placeCopySnippet); err != nil {
		return err
	}
	var text string
	err := g.until("the text on the clipboard", g.patience, func() (ok bool) {
		text, _ = g.clipboard()
		return strings.HasPrefix(text, "tokenwell curl")
	})
	if err != nil {
		return err
	}
	return g.brings(text)
}

// opensRule allows the shell for an hour, sees what its curl has said, and opens the rule.
func (g *handOutTour) opensRule() error {
	if err := g.pressAnswer(g.q, answerHour); err != nil {
		return err
	}
	end, err := g.ends(0)
	if err != nil {
		return err
	}
	if !strings.Contains(end.out, `"sub"`) {
		return fmt.Errorf("curl has not said who signed in: %q", end.out)
	}
	if err := g.change(g.keys("Escape")); err != nil {
		return err
	}
	return g.change(g.keys("ctrl+u"))
}

// listsPrograms chooses the last of the rules.
func (g *handOutTour) listsPrograms() error { return g.change(g.clicks(placeListed)) }

// refusesOthers saves the rule: a script that is not listed is refused at once.
func (g *handOutTour) refusesOthers() error {
	if err := g.change(g.clicks(placeSaveRule)); err != nil {
		return err
	}
	begun := time.Now()
	end, err := expect(g.asks(runs(g.other)), auth.EndDenied.ExitCode())
	switch {
	case err != nil:
		return err
	case end.out != "" || time.Since(begun) > 20*time.Second || g.findQuestion(g.main) != nil:
		return fmt.Errorf("it is not refused at once, without a question: %v %q", time.Since(begun), end.out)
	}
	g.say("   a script that is not listed reads: %s", strings.TrimSpace(end.errOut))
	return g.gets(g.report)
}

// scrollsDetail goes to the end of the detail pane.
func (g *handOutTour) scrollsDetail() error {
	return g.change(func() error {
		_, err := g.output("xdotool", "mousemove", "--sync", fmt.Sprint(placeDetail.x), fmt.Sprint(placeDetail.y), "click", "--repeat", "40", "--delay", "12", "5")
		return err
	}, g.aside)
}

func (g *handOutTour) opensActivity() error { return g.change(g.keys("ctrl+4")) }

func (g *handOutTour) selectsEntry() error { return g.change(g.clicks(placeActivityRow), g.aside) }

// Where things stand on the sheets and on the Activity screen.
var (
	placeCopySnippet = point{941, 602}
	placeListed      = point{328, 277}
	placeSaveRule    = point{832, 634}
	placeDetail      = point{1000, 600}
	placeActivityRow = point{300, 215}
)
