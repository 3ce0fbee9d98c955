package widgets

import (
	"image/color"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// everyColor is the toolkit's theme with an answer for this program's colours too.
type everyColor struct{ fyne.Theme }

func (e everyColor) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	if strings.HasPrefix(string(name), "tokenwell.") {
		return color.Black
	}
	return e.Theme.Color(name, v)
}

type plainIcons struct{}

func (plainIcons) Icon(string) fyne.Resource { return theme.ConfirmIcon() }

func testSelect(t *testing.T, options []Option) (s *Select, changed *[]string) {
	test.NewTempApp(t).Settings().SetTheme(everyColor{test.NewTheme()})
	changed = &[]string{}
	s = NewSelect(plainIcons{}, options, "b", func(id string) { *changed = append(*changed, id) })
	s.Filter = "Find"
	w := test.NewTempWindow(t, s)
	w.Resize(fyne.NewSize(400, 500))
	return s, changed
}

var letters = []Option{
	{ID: "a", Label: "Alpha", Group: "Greek"},
	{ID: "b", Label: "Beta", Group: "Greek", Words: "second"},
	{ID: "c", Label: "Cloud", Group: "Sky"},
}

func TestSelect_KeyboardChoosesWithoutTheHeadings(t *testing.T) {
	s, changed := testSelect(t, letters)
	s.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	assert.NotNil(t, s.list)
	s.list.key(fyne.KeyDown) // over the heading Sky
	s.list.key(fyne.KeyReturn)
	assert.Equal(t, []string{"c"}, *changed)
	assert.Nil(t, s.list, "the list closes")
}

func TestSelect_FilterFindsByLabelGroupAndWords(t *testing.T) {
	s, changed := testSelect(t, letters)
	s.Tapped(nil)
	found := func(text string) (ids []string) {
		s.list.find(text)
		for _, row := range s.list.rows {
			if row.takes() {
				ids = append(ids, row.ID)
			}
		}
		return ids
	}
	assert.Equal(t, []string{"b"}, found("SECOND"))
	assert.Equal(t, []string{"c"}, found("sky clo"))
	assert.Empty(t, found("nothing"))
	s.list.key(fyne.KeyReturn)
	assert.Empty(t, *changed, "nothing is chosen where nothing matches")
	s.list.key(fyne.KeyEscape)
	assert.Nil(t, s.list)
	assert.Equal(t, "b", s.Selected())
}

func TestSelect_OfOneOptionIsReadOnly(t *testing.T) {
	s, _ := testSelect(t, letters[:1])
	s.Tapped(nil)
	assert.Nil(t, s.list)
}

// Pressing the mouse on an option takes the focus from the filter before the
// click arrives. The list once closed at that and the choice was lost.
func TestSelect_ClickChoosesAlthoughTheFilterLosesTheFocus(t *testing.T) {
	s, changed := testSelect(t, letters)
	s.Resize(fyne.NewSize(300, inputHeight)) // room for the list below it
	s.Tapped(nil)
	c := fyne.CurrentApp().Driver().CanvasForObject(s)
	c.Unfocus()
	require.NotNil(t, s.list, "the list stays open")
	list := fyne.CurrentApp().Driver().AbsolutePositionForObject(s.list.list)
	last := float32(len(s.list.rows)) - 0.5
	test.TapCanvas(c, list.AddXY(40, last*optionHeight))
	assert.Equal(t, []string{"c"}, *changed)
	assert.Nil(t, s.list)
}

// A click beside the open list closes it; it must not stay behind and block the
// next opening.
func TestSelect_OpensAgainAfterAClickBeside(t *testing.T) {
	s, _ := testSelect(t, letters)
	s.Tapped(nil)
	c := fyne.CurrentApp().Driver().CanvasForObject(s)
	test.TapCanvas(c, fyne.NewPos(390, 490))
	s.Tapped(nil)
	assert.NotNil(t, s.list)
	assert.NotNil(t, c.Overlays().Top())
}

// Without a search box nothing in the list had the focus, and the keys went nowhere.
func TestSelect_KeyboardChoosesInAListWithoutFilter(t *testing.T) {
	s, changed := testSelect(t, letters)
	s.Filter = ""
	s.Tapped(nil)
	c := fyne.CurrentApp().Driver().CanvasForObject(s)
	require.NotNil(t, c.Focused())
	c.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	c.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	assert.Equal(t, []string{"c"}, *changed)
	s.Tapped(nil)
	c.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	assert.Nil(t, s.list)
}

// What begins with the text comes before what only mentions it, an option that
// stands in two groups comes once, and an action is always there.
func TestSelect_FilterShowsTheBestMatchFirst(t *testing.T) {
	acted := 0
	options := []Option{
		{ID: "github", Label: "GitHub", Group: "Used last"},
		{ID: "fit", Label: "Fitbit", Group: "All", Words: "digital health"},
		{ID: "cloud", Label: "Hosted Git", Group: "All"},
		{ID: "github", Label: "GitHub", Group: "All"},
		{Label: "New…", Act: func() { acted++ }},
	}
	s, changed := testSelect(t, options)
	s.Tapped(nil)
	s.list.find("git")
	var labels []string
	for _, row := range s.list.rows {
		labels = append(labels, row.Label)
	}
	assert.Equal(t, []string{"GitHub", "Hosted Git", "Fitbit", "New…"}, labels)
	assert.Equal(t, 0, s.list.marked)
	s.list.find("nowhere")
	assert.False(t, s.list.empty.Hidden, "it says that nothing matches")
	require.Len(t, s.list.rows, 1)
	s.list.key(fyne.KeyDown)
	s.list.key(fyne.KeyReturn)
	assert.Equal(t, 1, acted)
	assert.Empty(t, *changed)
	assert.Equal(t, "b", s.Selected(), "an action chooses nothing")
}
