package gui

import (
	"errors"
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

// allowed are programs that the user has allowed for good.
func allowed() []auth.Program {
	since := time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	return []auth.Program{
		{Path: "/usr/bin/python3.12", Script: "/home/mara/reports/mail_summary.py", Since: since},
		{Path: "/opt/R/bin/Rscript", Script: "/home/mara/a/rather/long/way/to/the/place/where/everything/about/quarterly/figures/is/kept/crm_sync.R", Since: since},
	}
}

// ruled gives the engine of few a rule for the first authorization.
func ruled(rule auth.HandOutRule) func(*guitest.Engine) {
	return func(e *guitest.Engine) {
		few(e)
		e.Rules = map[string]auth.HandOutRule{"a": rule}
	}
}

// onTop are the objects of a type on what lies over the window.
func onTop[T fyne.CanvasObject](d *desk) []T {
	d.t.Helper()
	top := d.c.Overlays().Top()
	require.NotNil(d.t, top)
	var found []T
	guitest.Walk(top, func(o fyne.CanvasObject) bool {
		if one, ok := o.(T); ok {
			found = append(found, one)
		}
		return true
	})
	return found
}

// hosts are the names in the entry of the sheet that is open.
func (d *desk) hosts() string {
	var names []string
	for _, remove := range onTop[*widgets.Text](d) {
		names = append(names, remove.Text())
	}
	return strings.Join(names, " | ")
}

// typeHost types into the entry of the hosts.
func (d *desk) typeHost(host string) {
	d.c.Focus(onTop[*widgets.Input](d)[0].Focusable())
	for _, r := range host {
		d.c.Focused().TypedRune(r)
	}
}

func TestWhoMay_IsReadChangedAndStored(t *testing.T) {
	atDesk(t, wide, ruled(auth.HandOutRule{Programs: allowed(), Hosts: []string{"graph.microsoft.com"}}), func(d *desk) {
		d.tap("Alpha report")
		assert.True(t, d.shows("Asks you; 2 programs allowed; only graph.microsoft.com"))
		links := []*widgets.Link{}
		guitest.Walk(d.w.u.frame.home.detail.root, func(o fyne.CanvasObject) bool {
			if link, ok := o.(*widgets.Link); ok && link.Text == "Change…" {
				links = append(links, link)
			}
			return true
		})
		links[len(links)-1].OnTapped()
		for _, words := range []string{
			"Who may use “Alpha report”", "Ask me", "Every program of mine", "Only these programs",
			"/usr/bin/python3.12 /home/mara/reports/mail_summary.py since 3 Nov 2026", "graph.microsoft.com",
		} {
			assert.True(t, d.shows(words), words)
		}
		onTop[*widgets.IconButton](d)[1].Tapped(nil)
		d.tap("Only these programs")
		d.typeHost("api.hubspot.com:8443")
		d.tap("Save")
		assert.Equal(t, []string{"hand out a listed 1 programs [graph.microsoft.com api.hubspot.com:8443]"}, d.engine.Calls)
		assert.Nil(t, d.c.Overlays().Top())
		d.wait(time.Second)
		assert.True(t, d.shows("Only mail_summary.py; only graph.microsoft.com and api.hubspot.com:8443"))
	})
}

// The window that asks stands beside the sheet: a program that is allowed there
// stays allowed.
func TestWhoMay_KeepsWhatWasAllowedMeanwhile(t *testing.T) {
	both := allowed()
	atDesk(t, wide, ruled(auth.HandOutRule{Programs: both[:1]}), func(d *desk) {
		d.tap("Alpha report")
		d.shortcut(fyne.KeyU)
		onTop[*widgets.IconButton](d)[0].Tapped(nil)
		d.engine.Rules["a"] = auth.HandOutRule{Programs: both}
		d.tap("Only these programs")
		d.tap("Save")
		assert.Equal(t, auth.HandOutRule{Mode: auth.HandOutListed, Programs: both[1:]}, d.engine.Rules["a"])
	})
}

// A program that was refused is allowed with a click: nothing has to be typed.
func TestWhoMay_ProgramsThatHaveAsked(t *testing.T) {
	both := allowed()
	atDesk(t, tight, func(e *guitest.Engine) {
		ruled(auth.HandOutRule{Mode: auth.HandOutListed, Programs: both[:1]})(e)
		e.OnUsedBy = func(string) ([]auth.UsedBy, error) {
			last := time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
			return []auth.UsedBy{
				{Asker: auth.Asker{Own: true, Path: "/usr/bin/tokenwell"}, Last: last, Allowed: true},
				{Asker: auth.Asker{Path: both[0].Path, Script: both[0].Script}, Last: last, Allowed: true},
				{Asker: auth.Asker{PID: 7}, Last: last},
				{Asker: auth.Asker{Path: "/usr/bin/Rscript", Script: "/home/mara/weekly.R"}, Last: last},
			}, nil
		}
	}, func(d *desk) {
		d.tap("Alpha report")
		d.shortcut(fyne.KeyU)
		assert.True(t, d.shows("Programs that have asked"))
		assert.True(t, d.shows("/usr/bin/Rscript /home/mara/weekly.R refused"))
		var links []*widgets.Link
		for _, link := range onTop[*widgets.Link](d) {
			if link.Text == "Allow" {
				links = append(links, link)
			}
		}
		require.Len(t, links, 1, "not those that are allowed, ourselves, and what is not known")
		links[0].OnTapped()
		assert.False(t, d.shows("Programs that have asked"))
		d.engine.Rules["a"] = auth.HandOutRule{Mode: auth.HandOutListed, Programs: both}
		d.tap("Save")
		stored := d.engine.Rules["a"].Programs
		require.Len(t, stored, 3, "with what was allowed by the window that asks meanwhile")
		assert.Equal(t, "/home/mara/weekly.R", stored[2].Script)
		assert.False(t, stored[2].Since.IsZero())
	})
	atDesk(t, wide, ruled(auth.HandOutRule{Mode: auth.HandOutListed}), func(d *desk) {
		d.tap("Alpha report")
		d.shortcut(fyne.KeyU)
		assert.True(t, d.shows("Run the program once: it is refused, and can then be allowed here."))
	})
}

func TestWhoMay_NothingTypedIsLost(t *testing.T) {
	atDesk(t, wide, ruled(auth.HandOutRule{}), func(d *desk) {
		d.engine.OnSetRule = func(string, auth.HandOutRule) error {
			return auth.FieldErrors{{Field: auth.FieldHosts, Message: "“http://x” is no host: leave out http:// and what follows the host."}}
		}
		d.tap("Alpha report")
		d.shortcut(fyne.KeyU)
		d.tap("Every program of mine")
		d.typeHost("http://x")
		d.tap("Save")
		assert.True(t, d.shows("“http://x” is no host: leave out http://"))
		assert.Contains(t, d.hosts(), "http://x")
		d.engine.OnSetRule = func(string, auth.HandOutRule) error { return errors.New("disk full") }
		d.tap("Save")
		assert.True(t, d.shows("This could not be done"))
		d.key(fyne.KeyEscape)
		d.key(fyne.KeyEscape)
		assert.True(t, d.shows("Leave without saving?"))
		d.tap("Keep editing")
		assert.Contains(t, d.hosts(), "http://x")
		d.key(fyne.KeyEscape)
		d.tap("Discard")
		assert.Nil(t, d.c.Overlays().Top())
		assert.Equal(t, auth.HandOutRule{}, d.engine.Rules["a"])
		d.shortcut(fyne.KeyU)
		d.key(fyne.KeyEscape)
		assert.Nil(t, d.c.Overlays().Top(), "what has not been changed is left without a question")
	})
}

func TestWhoMay_SaysWhatAnEmptyListMeans(t *testing.T) {
	atDesk(t, tight, ruled(auth.HandOutRule{Mode: auth.HandOutListed}), func(d *desk) {
		d.tap("Alpha report")
		d.shortcut(fyne.KeyU)
		assert.True(t, d.shows("None, so nobody gets a token."))
		d.c.Focus(onTop[*widgets.Radio](d)[0])
		d.key(fyne.KeyUp)
		d.key(fyne.KeyUp)
		assert.True(t, d.shows("None yet. The answer “Always” puts a program here."))
		assert.True(t, d.shows("git gets a token only for a host that stands here"))
		assert.Less(t, guitest.At(t, d.c, "Save").Y, tight.Height-16)
	})
}

func TestWhoMay_CannotBeChangedWhileTheVaultIsLocked(t *testing.T) {
	atDesk(t, wide, func(e *guitest.Engine) {
		few(e)
		e.DetailErr = auth.ErrVaultLocked
	}, func(d *desk) {
		d.tap("Alpha report")
		assert.True(t, d.menuItem("Who may use it…").Disabled)
		assert.True(t, d.menuItem("Copy as…").Disabled)
	})
}

func TestRuleWords(t *testing.T) {
	programs := allowed()
	for want, rule := range map[string]auth.HandOutRule{
		"Asks you":                                          {},
		"Asks you; 1 program allowed":                       {Programs: programs[:1]},
		"Asks you; 2 programs allowed; only a.com":          {Programs: programs, Hosts: []string{"a.com"}},
		"Every program of yours; only a.com and b.com":      {Mode: auth.HandOutAnyone, Hosts: []string{"a.com", "b.com"}},
		"No program":                                        {Mode: auth.HandOutListed},
		"Only mail_summary.py; only 3 hosts":                {Mode: auth.HandOutListed, Programs: programs[:1], Hosts: []string{"a", "b", "c"}},
		"Only 2 programs":                                   {Mode: auth.HandOutListed, Programs: programs},
		"Only " + strings.Repeat("x", 3) + "; only *.a.com": {Mode: auth.HandOutListed, Programs: []auth.Program{{Path: "/x\u202Exx"}}, Hosts: []string{"*.a.com"}},
	} {
		assert.Equal(t, want, ruleWords(rule))
	}
}
