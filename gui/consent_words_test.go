package gui

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/assert"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
	"tokenwell/gui/widgets"
)

// T67: what programs call themselves is shown as plain text.
func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"/usr/bin/python3.12":             "/usr/bin/python3.12",
		"a\nb\tc\r\x00\x1b[31md":          "a b c [31md",
		"safe\u202Egpj.exe\u2066\u200B":   "safegpj.exe",
		"bom\uFEFF tag\U000E0041":         "bom tag",
		"no\u00A0break\u2028line":         "no break line",
		"z" + strings.Repeat("\u0301", 9): "z\u0301\u0301",
		"bad \xff\xfe":                    "bad \uFFFD\uFFFD",
		"<b>bold</b> {{.Name}}":           "<b>bold</b> {{.Name}}",
	} {
		assert.Equal(t, want, plain(text), "%q", text)
	}
	long := plain(strings.Repeat("x", 10_000) + "end")
	assert.Equal(t, mostPlain, utf8.RuneCountInString(long))
	assert.True(t, strings.HasSuffix(long, "end"), "both ends are kept")
}

func TestAskTitle_NobodyLooksLikeUs(t *testing.T) {
	for path, want := range map[string]string{
		"/usr/bin/python3.12":  "python3.12 asks for a token",
		`C:\Tools\Rscript.exe`: "Rscript.exe asks for a token",
		"":                     "A program asks for a token",
		"/tmp/Tokenwell asks you to press Allow. It": "“Tokenwell asks y…press Allow. It” asks for a token",
		"/tmp/tokenwell":      "“tokenwell” asks for a token",
		"/tmp/T\u043Ekenwell": "“T\u043Ekenwell” asks for a token",
		"/tmp/a\u202Eb\nc":    "“ab c” asks for a token",
		"/tmp/   ":            "A program asks for a token",
	} {
		assert.Equal(t, want, askTitle(auth.Asker{Path: path}), "%q", path)
	}
	assert.True(t, posesAsUs(auth.Asker{Path: "/tmp/Token-Well 2"}))
	assert.False(t, posesAsUs(auth.Asker{Path: "/usr/bin/tokenwell", Own: true}))
	assert.False(t, posesAsUs(auth.Asker{Path: "/usr/bin/tokens"}))
}

// Texts of any length stay in the window, and the buttons stay where they are.
func TestConsent_TextsOfProgramsStayInTheirPlace(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		d.ask(question("q"))
		usual := d.asked().Size()
		d.engine.Forget("q")
		q := question("q2")
		long := strings.Repeat("very long \u202E name\n", 700)
		q.Name, q.Service, q.Host, q.Purpose = long, long, long, auth.PurposeExec
		q.Asker = auth.Asker{PID: 1 << 30, User: long, Path: "/opt/" + long, Script: "/home/" + long, Parent: long}
		for i := range 40 {
			q.Scopes = append(q.Scopes, auth.Scope{Name: "s" + strings.Repeat("x", i*20), Description: long})
		}
		d.ask(q)
		c := d.asked()
		assert.Equal(t, consentWidth, c.Size().Width)
		assert.Less(t, c.Size().Height, usual.Height+160)
		for _, text := range guitest.Texts(c) {
			assert.NotContains(t, text, "\u202E")
			assert.NotContains(t, text, "\n")
			assert.Less(t, fyne.MeasureText(text, 12, fyne.TextStyle{}).Width, consentWidth)
		}
		assert.Less(t, guitest.At(t, c, "Allow once").X, consentWidth-28)
		guitest.Tap(t, c, "Allow once")
		assert.Equal(t, []string{"answer q2 once"}, d.engine.Calls)
	})
}

func TestConsent_WarnsOfOurNameInAnother(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		q := question("q")
		q.Asker.Path = "/tmp/Tokenwell asks"
		d.ask(q)
		assert.True(t, guitest.Shows(d.asked(), "This is not Tokenwell, though it is called so. Look at its path."))
	})
}

func TestPowers(t *testing.T) {
	got := powersOf([]auth.Scope{{Name: "openid"}, {Name: "crm.read", Description: "Read\ncontacts"}, {Name: "odd:scope"}})
	assert.Equal(t, []power{
		{text: "Read contacts", hint: "crm.read"},
		{text: "odd:scope", mono: true},
		{text: "1 sign-in permission", hint: "openid", dim: true},
	}, got)
	now := time.Date(2026, 11, 20, 23, 30, 0, 0, time.Local)
	assert.Equal(t, "With this token it can", canUntil(time.Time{}, now))
	assert.Equal(t, "With this token it can, until tomorrow 00:15", canUntil(now.Add(45*time.Minute), now))
}

func TestEllipsizeMiddleKeepsBothEnds(t *testing.T) {
	path := "/home/mara/a very long way to the place of/mail_summary.py"
	cut := widgets.EllipsizeMiddle(path, 200, 12, fyne.TextStyle{Monospace: true})
	assert.True(t, strings.HasPrefix(cut, "/home") && strings.HasSuffix(cut, "mary.py") && strings.Contains(cut, "…"), cut)
	assert.LessOrEqual(t, fyne.MeasureText(cut, 12, fyne.TextStyle{Monospace: true}).Width, float32(200))
	assert.Equal(t, path, widgets.EllipsizeMiddle(path, 2000, 12, fyne.TextStyle{}))
	assert.Equal(t, "…", widgets.EllipsizeMiddle(path, 1, 12, fyne.TextStyle{}))
}
