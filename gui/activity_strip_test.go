package gui

import (
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
)

// allowedForGood lets rsession and another program have what "a" and "c" stand for.
func allowedForGood(e *guitest.Engine) {
	noonActivity(e)
	since := time.Date(1999, 11, 3, 9, 0, 0, 0, time.UTC)
	e.Rules = map[string]auth.HandOutRule{
		"a": {Hosts: []string{"graph.microsoft.com"}, Programs: []auth.Program{{Path: "/usr/bin/curl", Since: since}, {Path: rsession.Path, Since: since}}},
		"c": {Programs: []auth.Program{{Path: summary.Path, Script: "/home/mara/other.py", Since: since}}},
	}
}

func TestActivity_SelectedEntryIsToldWhole(t *testing.T) {
	atActivity(t, wide, allowedForGood, func(d *desk, s *activityScreen) {
		d.tap("Graph mail, finance team")
		for _, words := range []string{
			"today 13:20:40, process 21840, user mara, allowed for good on 3 Nov 1999", "Program /usr/lib/rstudio/bin/rsession",
			"Scopes openid profile offline_access User.Read Mail.Read Calendars.Read",
		} {
			assert.True(t, d.shows(words), words)
		}
		d.tap("Salesforce pipeline, EMEA")
		assert.True(t, d.shows("/usr/bin/node /home/mara/report-bot.js"))
		assert.True(t, d.shows("Why You said no"))
		d.key(fyne.KeyEscape)
		assert.Zero(t, s.chosen.ID)
		assert.False(t, d.shows("Why"))
	})
}

func TestActivity_StripIsAsHighForEachEntry(t *testing.T) {
	atActivity(t, tight, allowedForGood, func(d *desk, s *activityScreen) {
		heights := map[float32]bool{}
		for i := range s.table.length {
			s.table.selectRow(i)
			heights[s.strip.Size().Height] = true
		}
		assert.Len(t, heights, 1, "the table keeps its height from one entry to the next")
	})
}

func TestActivity_CopyDetails(t *testing.T) {
	atActivity(t, wide, allowedForGood, func(d *desk, s *activityScreen) {
		d.tap("HubSpot contacts")
		d.tap("Copy details")
		text := d.w.u.app.Clipboard().Content()
		for _, line := range []string{
			"What: Token handed out", "Authorization: HubSpot contacts", "Outcome: Done", "Script: /home/mara/reports/mail_summary.py",
			"Process: 3071", "Started by: bash", "Way: curl", "Host: api.hubapi.com",
		} {
			assert.Contains(t, strings.Split(text, "\n"), line)
		}
	})
}

func TestActivity_StopAllowingTakesTheProgramOffTheRule(t *testing.T) {
	atActivity(t, wide, allowedForGood, func(d *desk, s *activityScreen) {
		before := d.engine.Rules["a"]
		d.tap("Graph mail, finance team")
		d.tap("Stop allowing")
		rule := d.engine.Rules["a"]
		require.Len(t, rule.Programs, 1, "other programs stay")
		assert.Equal(t, "/usr/bin/curl", rule.Programs[0].Path)
		assert.Equal(t, before.Hosts, rule.Hosts)
		assert.False(t, d.shows("Stop allowing"), "it is not allowed any more")
		assert.True(t, d.shows("“rsession” no longer gets “Graph mail, finance team” unasked."))
		d.tap("Undo")
		assert.ElementsMatch(t, before.Programs, d.engine.Rules["a"].Programs)
		assert.True(t, d.shows("Stop allowing"))
	})
}

func TestActivity_OnlyThatScriptOfAnInterpreterIsAllowed(t *testing.T) {
	atActivity(t, wide, allowedForGood, func(d *desk, s *activityScreen) {
		d.tap("HubSpot contacts")
		assert.False(t, d.shows("Stop allowing"), "another script of the same interpreter is allowed, not this one")
		d.tap("Entra sign-in log")
		assert.False(t, d.shows("Stop allowing"))
		d.engine.HandOutErr = auth.ErrVaultLocked
		d.tap("Graph mail, finance team")
		assert.True(t, d.shows("/usr/lib/rstudio/bin/rsession"), "a locked vault keeps nothing else from being told")
		assert.False(t, d.shows("Stop allowing"))
	})
}

func TestActivity_StopAllowingThatFailsIsSaid(t *testing.T) {
	atActivity(t, wide, allowedForGood, func(d *desk, s *activityScreen) {
		d.tap("Graph mail, finance team")
		d.engine.HandOutErr = auth.ErrVaultLocked
		d.tap("Stop allowing")
		assert.True(t, d.shows("The vault is locked"))
		assert.Len(t, d.engine.Rules["a"].Programs, 2)
		assert.False(t, d.shows("Undo"))
	})
}

func TestActivity_ExportWritesWhatIsListed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "activity.csv")
	atActivity(t, wide, noonActivity, func(d *desk, s *activityScreen) {
		d.tap("Everything")
		d.tap("Handed out")
		d.tap("Export CSV")
		assert.True(t, strings.HasSuffix(d.c.Focused().(interface{ SelectedText() string }).SelectedText()+d.sheetInput(0).Text(), "Activity.csv"))
		d.sheetInput(0).SetText(path)
		d.key(fyne.KeyReturn)
		assert.True(t, d.shows("Exported to activity.csv. It holds no secret."))
	})
	content, err := os.ReadFile(path) //nolint:gosec // the test's own file
	require.NoError(t, err)
	assert.Equal(t, "hand_out,Graph mail, finance team,ok\r\nhand_out,HubSpot contacts,ok\r\nhand_out,Salesforce pipeline, EMEA,denied_by_user\r\n", string(content))
}
