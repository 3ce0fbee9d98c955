package gui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
)

// scrollTo scrolls as a wheel does.
func (s *activityScreen) scrollTo(y float32) {
	s.table.scroll.ScrollToOffset(fyne.NewPos(0, y))
	s.table.scroll.OnScrolled(fyne.NewPos(0, y))
}

func TestActivity_SelectionStaysWithItsEntry(t *testing.T) {
	atActivity(t, wide, noonActivity, func(d *desk, s *activityScreen) {
		d.tap("HubSpot contacts")
		require.Equal(t, 3, s.table.current)
		for i := range 2 {
			d.engine.Happened(auth.ActivityEntry{ID: int64(100 + i), At: time.Now(), Kind: auth.WordTest, Name: "Beta mail", Asker: self, Outcome: auth.OutcomeOK})
		}
		d.wait(time.Second)
		assert.Equal(t, "Beta mail", s.entryNames()[0], "new entries come in at the top")
		assert.Equal(t, 5, s.table.current)
		assert.Equal(t, "HubSpot contacts", s.chosen.Name)
		assert.True(t, d.shows("12 of 13"))
		d.c.Focus(s.table)
		d.key(fyne.KeyDown)
		assert.Equal(t, "Graph mail, finance team", s.chosen.Name, "the arrows go on from there")
	})
}

func TestActivity_RowsStayWhereTheyAreWhileTheUserLooksFurtherDown(t *testing.T) {
	atActivity(t, wide, func(e *guitest.Engine) {
		now := time.Now()
		for i := range 5000 {
			e.Entries = append(e.Entries, auth.ActivityEntry{ID: int64(5000 - i), At: now.Add(-time.Duration(i) * time.Minute), Kind: auth.WordVault, Asker: self, Outcome: auth.OutcomeOK})
		}
	}, func(d *desk, s *activityScreen) {
		s.scrollTo(20000)
		first, _ := s.table.visible()
		before := s.rows.row(first).ID
		for i := range 3 {
			d.engine.Happened(auth.ActivityEntry{ID: int64(6000 + i), At: time.Now(), Kind: auth.WordPause, Name: "Beta mail", Asker: self, Outcome: auth.OutcomeOK})
		}
		d.wait(time.Second)
		now, _ := s.table.visible()
		assert.Equal(t, first, now)
		assert.Equal(t, before, s.rows.row(now).ID)
		assert.True(t, d.shows("3 new entries"))
		s.scrollTo(60000) // pages that were not read before the new ones came
		first, _ = s.table.visible()
		assert.Equal(t, int64(5000-first), s.rows.row(first).ID)
		d.engine.Happened(auth.ActivityEntry{ID: 7000, At: time.Now(), Kind: auth.WordPause, Name: "Beta mail", Asker: self, Outcome: auth.OutcomeOK})
		d.wait(time.Second)
		d.tap("4 new entries")
		assert.Zero(t, s.table.scroll.Offset.Y)
		assert.Equal(t, []string{"Beta mail", "Beta mail", "Beta mail", "Beta mail", dash}, s.entryNames()[:5])
		assert.False(t, d.shows("new entries"))
		assert.True(t, d.shows("5,004 of 5,004"))
	})
}

func TestActivity_ScrollingBackToTheTopShowsWhatHasCome(t *testing.T) {
	atActivity(t, wide, func(e *guitest.Engine) { manyEntries(1000, time.Now())(e) }, func(d *desk, s *activityScreen) {
		s.scrollTo(5000)
		require.Equal(t, int64(1000), s.ask.upTo)
		manyEntries(1001, time.Now())(d.engine)
		s.scrollTo(0)
		assert.Zero(t, s.ask.upTo)
		assert.True(t, d.shows("1,001 of 1,001"))
	})
}

func TestActivity_OneMillionEntries(t *testing.T) {
	const n = 1_000_000
	atActivity(t, wide, manyEntries(n, time.Now()), func(d *desk, s *activityScreen) {
		reads := len(d.engine.ActivityQueries)
		count, outcomes := guitest.At(t, d.c, "1,000,000 of 1,000,000"), guitest.At(t, d.c, "All outcomes")
		assert.Greater(t, count.X-outcomes.X, float32(140), "the count has the room that it needs")
		d.key(fyne.KeyReturn)
		d.key(fyne.KeyEnd)
		assert.Equal(t, "Entry 0999999", s.chosen.Name)
		names := s.entryNames()
		assert.Equal(t, "Entry 0999999", names[len(names)-1], "the last row is scrolled to")
		d.key(fyne.KeyPageUp)
		assert.NotEqual(t, "Entry 0999999", s.chosen.Name)
		for i := range len(s.table.body.Objects) - 1 {
			a, b := s.table.body.Objects[i], s.table.body.Objects[i+1]
			if a.Size().Height == rowHeight && b.Size().Height == rowHeight && b.Position().Y > a.Position().Y {
				assert.InDelta(t, rowHeight, b.Position().Y-a.Position().Y, 0.01, "rows lie edge to edge so far down")
			}
		}
		for y := float32(0); y < 30_000_000; y += 1_000_000 {
			s.scrollTo(y)
		}
		assert.LessOrEqual(t, len(s.rows.pages), pagesKept, "what is far off is let go")
		assert.Less(t, len(d.engine.ActivityQueries)-reads, 120, "only what is in view is read")
		d.c.Focus(s.table)
		d.key(fyne.KeyHome)
		assert.Equal(t, "Entry 0000000", s.entryNames()[0])
	})
}

func TestActivity_HeadingsThatTurnUpAboveMoveNothing(t *testing.T) {
	atActivity(t, wide, manyEntries(20000, time.Now()), func(d *desk, s *activityScreen) {
		s.scrollTo(360_000)
		table := s.table
		first, _ := table.visible()
		y := table.top(first) + table.lead(first) - table.scroll.Offset.Y
		more := append([]int{first - 1500, first - 1000, first - 700}, table.heads...)
		table.setHeads(more)
		assert.InDelta(t, y, table.top(first)+table.lead(first)-table.scroll.Offset.Y, 0.1)
		now, _ := table.visible()
		assert.Equal(t, first, now)
	})
}

func TestActivity_HeadingStandsOverTheRowsOfALongDay(t *testing.T) {
	atActivity(t, wide, func(e *guitest.Engine) {
		atNoon() // 86 entries since midnight
		manyEntries(1000, time.Now())(e)
	}, func(d *desk, s *activityScreen) {
		s.scrollTo(1000)
		assert.True(t, d.shows("Today, Saturday 1 January"), "the heading of the day is kept in view")
		assert.Equal(t, -1, s.table.rowAt(fyne.NewPos(100, 10)), "it is no row")
		s.scrollTo(5000)
		assert.False(t, d.shows("Today"))
		assert.True(t, d.shows("Yesterday, Friday 31 December"))
		d.c.Focus(s.table)
		s.table.selectRow(120)
		s.table.selectRow(110)
		assert.GreaterOrEqual(t, s.table.top(110)-s.table.scroll.Offset.Y, headHeight, "a selected row is not covered by it")
	})
}

func TestActivity_HeadingsAreNotSelected(t *testing.T) {
	atActivity(t, wide, noonActivity, func(d *desk, s *activityScreen) {
		d.tap("Yesterday, Friday 31 December")
		assert.Zero(t, s.chosen.ID)
		d.tap("Search Console, weekly")
		assert.Equal(t, "Search Console, weekly", s.chosen.Name)
		d.key(fyne.KeyUp)
		assert.Equal(t, auth.WordVault, s.chosen.Kind, "the arrows step over a heading")
	})
}
