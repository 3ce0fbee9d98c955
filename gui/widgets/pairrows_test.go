package widgets

import (
	"errors"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParsePairs(t *testing.T) {
	pairs, err := ParsePairs(`{"b": "2", "a": 1.50, "c": true, "b": "\u00e4<"}`)
	require.NoError(t, err)
	assert.Equal(t, []Pair{{"b", "2"}, {"a", "1.50"}, {"c", "true"}, {"b", "ä<"}}, pairs, "in order, numbers as they were written")
	for _, empty := range []string{"", " \n", "{}"} {
		pairs, err = ParsePairs(empty)
		require.NoError(t, err)
		assert.Empty(t, pairs)
	}
	for text, want := range map[string]JSONError{
		"[]":                        {1, noObject},
		"null":                      {1, noObject},
		"{\n\"a\": \"b\"":           {2, "the end is missing"},
		"{\n\"a\": {\"b\": 1}}":     {2, "a value has to be a text, a number, true or false"},
		"{\"a\": null}":             {1, "a value has to be a text, a number, true or false"},
		"{\"a\": \"b\",\n\n}":       {3, "the sign '}' does not fit here"},
		"{\"a\": \"b\"}\nsecret-xy": {2, "something follows the closing brace"},
	} {
		_, err = ParsePairs(text)
		var wrong *JSONError
		require.True(t, errors.As(err, &wrong), text)
		assert.Equal(t, want, *wrong, text)
	}
}

func TestFormatPairs_ReadsBack(t *testing.T) {
	pairs := []Pair{{"x", "a<b>&\"\\\n"}, {"x", ""}, {"", "y"}}
	text := FormatPairs(pairs)
	assert.Contains(t, text, "a<b>&", "readable")
	back, err := ParsePairs(text)
	require.NoError(t, err)
	assert.Equal(t, pairs, back)
	assert.Empty(t, FormatPairs(nil))
}

func TestIndentJSON(t *testing.T) {
	assert.Equal(t, "{\n  \"a\": 1\n}", IndentJSON(` {"a":1} `))
	assert.Equal(t, "{oops", IndentJSON("{oops"), "what is no JSON stays as it is")
}

// shown puts what make returns on a screen.
func shown[T any](t *testing.T, make func() (T, fyne.CanvasObject)) T {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(everyColor{test.NewTheme()})
	w, o := make()
	test.NewTempWindow(t, o).Resize(fyne.NewSize(400, 500))
	return w
}

func shownRows(t *testing.T, pairs ...Pair) *PairRows {
	t.Helper()
	return shown(t, func() (*PairRows, fyne.CanvasObject) {
		r := NewPairRows(plainIcons{}, PairWords{}, pairs)
		return r, r.Container
	})
}

func TestPairRows_ValuesAreDotsButWhereOneTypes(t *testing.T) {
	r := shownRows(t, Pair{"a", "1"}, Pair{"b", "2"})
	first, second := r.lines[0].value, r.lines[1].value
	assert.True(t, first.Masked() && second.Masked())
	r.focusOn(first)
	assert.False(t, first.Masked())
	r.focusOn(second)
	assert.True(t, first.Masked())
	r.toggleValues()
	assert.False(t, first.Masked())
	r.focusOn(first)
	r.focusOn(second)
	assert.False(t, first.Masked(), "all values stay shown")
	r.toggleValues()
	assert.True(t, first.Masked())
}

func TestPairRows_JSONIsNoChangeUntilItIsEdited(t *testing.T) {
	r := shownRows(t, Pair{"a", "1"}, Pair{})
	changes := 0
	r.OnChanged = func([]Pair, error) { changes++ }
	r.toggleJSON()
	assert.Equal(t, FormatPairs([]Pair{{"a", "1"}}), r.area.Text(), "without the blank row")
	r.toggleJSON()
	assert.Zero(t, changes)
	assert.Equal(t, []Pair{{"a", "1"}}, r.Pairs())
}

func TestChips_TakeListsAsTheyArePasted(t *testing.T) {
	c := shown(t, func() (*Chips, fyne.CanvasObject) {
		c := NewChips(plainIcons{}, "", func(string) string { return "" }, []string{"one"})
		return c, c.Container
	})
	var got []string
	c.OnChanged = func(names []string) { got = names }
	c.input.SetText("two, THREE;four\nOne")
	assert.Equal(t, []string{"one", "two", "THREE", "four"}, got)
	assert.Empty(t, c.input.Text())
	c.drop("two")
	assert.Equal(t, []string{"one", "THREE", "four"}, got)
}

func TestCode_KeepsIndentsAndBreaksLongLines(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(everyColor{test.NewTheme()})
	sign := fyne.MeasureText("0", codeSize, fyne.TextStyle{Monospace: true}).Width
	c := NewCode("{\n  \"a\": \"0123456789\"\n}")
	assert.Equal(t, []string{"{", `  "a": `, `  "0123456`, `  789"`, "}"}, c.lines(sign*10.5))
	assert.InDelta(t, 5*codeLine, c.HeightAt(sign*10.5), 0.1)
	c = NewCode("a 0123456789012")
	assert.Equal(t, []string{"a 01234567", "89012"}, c.lines(sign*10.5), "a line is not left half empty")
}

func TestWrap_GoesOnInANewLine(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(everyColor{test.NewTheme()})
	cell := func() fyne.CanvasObject { return NewFixed(40, 20, NewPanel("", "", 0)) }
	c := NewWrap(10, cell(), cell(), cell())
	assert.InDelta(t, 20, HeightAt(c, 140), 0.1)
	assert.InDelta(t, 50, HeightAt(c, 139), 0.1)
	c.Resize(fyne.NewSize(100, 50))
	assert.Equal(t, fyne.NewPos(0, 30), c.Objects[2].Position())
}
