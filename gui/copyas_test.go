package gui

import (
	"errors"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
)

// withSnippets gives an engine of few the kinds of texts.
func withSnippets(e *guitest.Engine) {
	few(e)
	e.Texts = []auth.Snippet{
		{ID: "curl", Label: "curl", Text: "tokenwell curl 'Alpha report' -- https://api.example.com/"},
		{ID: "powershell", Label: "PowerShell", Text: "$token = tokenwell token 'Alpha report'"},
		{ID: "python", Label: "Python (requests)", Text: "import subprocess\n\nimport requests\n\ntoken = subprocess.run(\n    [\"tokenwell\", \"token\", \"Alpha report\"],\n    stdout=subprocess.PIPE, text=True, check=True,\n).stdout.strip()\nreply = requests.get(\"https://api.example.com/a/rather/long/way/to/the/quarterly/figures\", headers={\"Authorization\": \"Bearer \" + token}, timeout=30)"},
		{ID: "r", Label: "R (httr2)", Text: "library(httr2)"},
		{ID: "powerquery", Label: "Power Query M", Text: "let Base = 1 in Base"},
		{ID: "go", Label: "Go", Text: "func main() {\n\tprintln()\n}"},
		{ID: "javascript", Label: "JavaScript (fetch)", Text: "fetch()"},
		{ID: "excel", Label: "Excel", Text: "1. Run this in a terminal and leave it open.\n2. In Excel choose Data, From Web.", Steps: true},
		{ID: "git", Label: "git configuration", Text: "git config --global credential.helper tokenwell"},
	}
}

func TestCopyAs_ShowsCopiesAndRemembersTheKind(t *testing.T) {
	atDesk(t, wide, withSnippets, func(d *desk) {
		d.tap("Alpha report")
		d.w.u.runCommand(cmdCopyAs)
		assert.True(t, d.shows("Use “Alpha report” in another program"))
		assert.True(t, d.shows("It holds none"))
		assert.True(t, d.shows("tokenwell curl 'Alpha report'"), "the first kind")
		for _, label := range []string{"curl", "PowerShell", "Python (requests)", "R (httr2)", "Power Query M", "Go", "JavaScript (fetch)", "Excel", "git configuration"} {
			guitest.At(t, d.c, label)
		}
		d.key(fyne.KeyDown)
		assert.True(t, d.shows("$token = tokenwell token"), "the list has the keyboard")
		d.tap("Go")
		assert.True(t, d.shows("    println()"), "tabs are seen as blanks")
		d.tap("Copy")
		assert.Equal(t, "func main() {\n\tprintln()\n}", d.w.u.app.Clipboard().Content(), "and are copied as they are")
		assert.Equal(t, []string{"copied a Go"}, d.engine.Calls)
		assert.True(t, d.shows("Copied"))
		d.key(fyne.KeyEscape)
		assert.Nil(t, d.c.Overlays().Top())
		d.wait(2 * time.Second)
		assert.Equal(t, "go", d.engine.Stored()[keyCopyAs])
		d.w.u.runCommand(cmdCopyAs)
		assert.True(t, d.shows("    println()"), "the kind that was used last")
		d.tap("Close")
		assert.Nil(t, d.c.Overlays().Top())
	})
}

func TestCopyAs_FitsIntoTheSmallestWindow(t *testing.T) {
	atDesk(t, tight, func(e *guitest.Engine) {
		withSnippets(e)
		e.Preset(keyCopyAs, "python")
	}, func(d *desk) {
		d.tap("Alpha report")
		d.w.u.runCommand(cmdCopyAs)
		assert.True(t, d.shows("import subprocess"))
		assert.Less(t, guitest.At(t, d.c, "git configuration").Y, guitest.At(t, d.c, "Copy").Y-40)
		assert.Less(t, guitest.At(t, d.c, "Copy").Y, tight.Height-20)
	})
}

func TestCopyAs_Failure(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		d.tap("Alpha report")
		d.w.u.runCommand(cmdCopyAs)
		assert.Nil(t, d.c.Overlays().Top(), "nothing to show")
		d.engine.DetailErr = errors.New("disk")
		d.w.u.openCopyAs(d.w.u.frame.home.chosen)
		assert.True(t, d.shows("This could not be done"))
	})
}

func TestCopyAs_HasAShortcut(t *testing.T) {
	atDesk(t, wide, withSnippets, func(d *desk) {
		item := d.menuItem("Copy as…")
		require.NotNil(t, item)
		assert.Equal(t, &desktop.CustomShortcut{KeyName: fyne.KeyC, Modifier: fyne.KeyModifierShortcutDefault | fyne.KeyModifierShift}, item.Shortcut)
		assert.Equal(t, "Ctrl+Shift+C", shortcutKeys(item.Shortcut))
		seen := map[string]string{}
		for _, c := range d.w.u.commands {
			if keys := c.keys(); keys != "" {
				assert.Empty(t, seen[keys], "%s is taken twice", keys)
				seen[keys] = c.label
			}
		}
	})
}

func TestCopyingTheTokenIsRecorded(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		d.tap("Alpha report")
		d.shortcut(fyne.KeyC)
		assert.Equal(t, []string{"token a", "copied a token"}, d.engine.Calls)
		d.engine.DetailErr = errors.New("disk")
		d.w.u.copyAccessToken("a")
		assert.Len(t, d.engine.Calls, 2, "what was not copied is not recorded")
	})
}
