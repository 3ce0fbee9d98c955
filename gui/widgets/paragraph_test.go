package widgets

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/assert"
)

func TestParagraph_WrapsAtWordsAndLosesNone(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(everyColor{test.NewTheme()})
	text := "Sign in there with the account that you want to use; this window goes on by itself."
	p := NewParagraph(text)
	lines := p.wrap(180)
	assert.Greater(t, len(lines), 2)
	assert.Equal(t, text, strings.Join(lines, " "))
	for _, line := range lines {
		assert.LessOrEqual(t, fyne.MeasureText(line, 14, fyne.TextStyle{}).Width, float32(182), line)
	}
	assert.Equal(t, 19*float32(len(lines)), p.HeightAt(180))
	assert.Equal(t, float32(19), p.HeightAt(2000))
}

// A token or an address has no blanks: it must not run out of its box.
func TestParagraph_BreaksWhatHasNoBlanks(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(everyColor{test.NewTheme()})
	word := strings.Repeat("0123456789", 12)
	lines := NewParagraph(word).wrap(100)
	assert.Equal(t, word, strings.Join(lines, ""))
	for _, line := range lines {
		assert.LessOrEqual(t, fyne.MeasureText(line, 14, fyne.TextStyle{}).Width, float32(100))
	}
}

func TestParagraph_EndsOnTheNarrowestWidth(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(everyColor{test.NewTheme()})
	assert.Len(t, NewParagraph("abc").wrap(0), 3, "one character a line, and an end")
}

func TestColumn_TellsItsHeightForAWidth(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(everyColor{test.NewTheme()})
	p := NewParagraph("several words that do not fit into one narrow line")
	hidden := NewParagraph("hidden")
	hidden.Hide()
	column := NewColumn(8, NewRow(10, 1, false, NewPanel("", "", 0), p), hidden, NewParagraph("x"))
	narrow, wide := HeightAt(column, 120), HeightAt(column, 2000)
	assert.Greater(t, narrow, wide)
	assert.Equal(t, float32(19+8+19), wide, "what is hidden takes no room")
	column.Resize(fyne.NewSize(120, narrow))
	assert.LessOrEqual(t, p.Position().Y+p.Size().Height, narrow)
}

// Scopes that are addresses differ at their ends.
func TestEllipsizeName_KeepsTheEndOfAnAddress(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(everyColor{test.NewTheme()})
	cut := func(name string, width float32) string { return EllipsizeName(name, width, 12, fyne.TextStyle{}) }
	assert.Regexp(t, `^….*Read\.All$`, cut("https://analysis.example/api/Dataset.Read.All", 120))
	assert.Regexp(t, `^crm\.obj.*…$`, cut("crm.objects.custom.highly_sensitive.read", 120))
	assert.Equal(t, "https://a.example/b", cut("https://a.example/b", 600))
}
