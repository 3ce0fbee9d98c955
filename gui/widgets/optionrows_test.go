package widgets

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// manyOptions opens a list of 600 options, "Option 000" and so on.
func manyOptions(t *testing.T) *optionList {
	t.Helper()
	var options []Option
	for i := range 600 {
		options = append(options, Option{ID: fmt.Sprint(i), Label: fmt.Sprintf("Option %03d", i)})
	}
	s, _ := testSelect(t, options)
	s.Resize(fyne.NewSize(300, inputHeight))
	s.Tapped(nil)
	require.NotNil(t, s.list)
	return s.list
}

// inSight returns what the rows that can be seen say, from above.
func inSight(r *optionRows) (labels []string) {
	var views []*optionView
	for _, v := range r.views {
		bottom := v.Position().Y + v.Size().Height
		if v.Visible() && bottom > r.top() && v.Position().Y < r.top()+r.scroll.Size().Height {
			views = append(views, v)
		}
	}
	slices.SortFunc(views, func(a, b *optionView) int { return cmp.Compare(a.Position().Y, b.Position().Y) })
	for _, v := range views {
		labels = append(labels, v.label())
	}
	return labels
}

func TestOptionRows_ShowWhatIsScrolledTo(t *testing.T) {
	l := manyOptions(t)
	assert.Equal(t, "Option 000", inSight(l.list)[0])
	l.scrollTo(599)
	shown := inSight(l.list)
	assert.Equal(t, "Option 599", shown[len(shown)-1])
	l.list.scroll.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, 3*optionHeight)})
	shown = inSight(l.list)
	assert.Equal(t, "Option 596", shown[len(shown)-1], "the wheel turns the rows too")
	l.scrollTo(0)
	assert.Equal(t, "Option 000", inSight(l.list)[0])
}

// Typing once made a row for nothing at each key, which made the window forget
// the measures of all its texts.
func TestOptionRows_TypingMakesNoRow(t *testing.T) {
	l := manyOptions(t)
	views := slices.Clone(l.list.views)
	made := 0
	create := l.list.create
	l.list.create = func() *optionView { made++; return create() }
	for _, text := range []string{"5", "59", "599", "59", "", "nothing", ""} {
		l.find(text)
	}
	assert.Zero(t, made)
	assert.Equal(t, views, l.list.views)
	assert.Less(t, len(views), 20, "only those in sight are made")
}

// A list that was scrolled down and shrinks must not stand below its last row.
func TestOptionRows_ThatBecomeFewAreInSight(t *testing.T) {
	l := manyOptions(t)
	l.scrollTo(599)
	l.find("59")
	shown := inSight(l.list)
	require.Len(t, l.rows, 16)
	assert.Equal(t, "Option 590", shown[0])
	assert.Equal(t, "Option 599", shown[9])
	l.find("nothing")
	assert.Empty(t, inSight(l.list))
	l.find("")
	assert.Equal(t, "Option 000", inSight(l.list)[0])
}

// A view that went on to another row is not under the pointer any more.
func TestOptionRows_HoverStaysBehindWhenTheyScroll(t *testing.T) {
	l := manyOptions(t)
	v := l.list.views[0]
	v.MouseIn(nil)
	require.True(t, v.hovered)
	l.find("option 00")
	assert.True(t, v.hovered, "what is typed does not move the pointer")
	l.find("")
	l.scrollTo(300)
	assert.False(t, v.hovered)
}

func TestOptionRows_AClickChoosesTheRowThatIsThere(t *testing.T) {
	l := manyOptions(t)
	l.scrollTo(599)
	for _, v := range l.list.views {
		if v.label() == "Option 598" {
			v.Tapped(nil)
		}
	}
	assert.Equal(t, "598", l.owner.Selected())
}

// The words that nothing matches once lay over the action that is always there.
func TestOptionList_SaysThatNothingMatchesAboveWhatCanBeDone(t *testing.T) {
	s, _ := testSelect(t, append(slices.Clone(letters), Option{Label: "New…", Act: func() {}}))
	s.Nothing = "Nothing has this name."
	s.Resize(fyne.NewSize(300, inputHeight))
	s.Tapped(nil)
	l := s.list
	whole := l.list.Size().Height
	l.find("nowhere")
	require.True(t, l.empty.Visible())
	assert.GreaterOrEqual(t, l.list.Position().Y, l.empty.Position().Y+l.empty.Size().Height)
	assert.Equal(t, []string{"New…"}, inSight(l.list))
	l.find("")
	assert.False(t, l.empty.Visible())
	assert.Equal(t, whole, l.list.Size().Height, "the rows have all the room again")
}
