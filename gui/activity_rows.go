package gui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// newsLayout puts the button into the pinned heading, at its right end.
type newsLayout struct{}

// MinSize implements fyne.Layout.
func (newsLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// Layout implements fyne.Layout.
func (newsLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	least := objects[0].MinSize()
	put(objects[0], fyne.NewPos(size.Width-least.Width-pageMargin, (headHeight-least.Height)/2), least)
}

// reload reads the newest entries that the search and the filters leave.
func (s *activityScreen) reload() {
	s.ask.search, s.ask.now, s.ask.upTo = strings.TrimSpace(s.search.Text()), s.u.now(), 0
	s.counts++
	s.news.Hide()
	s.rows.ask(s.ask)
}

// refresh shows what has come. Where the user looks further down the rows stay
// where they are, and a button tells how many there are above.
func (s *activityScreen) refresh() {
	if s.ask.upTo == 0 {
		s.reload()
		return
	}
	s.counts++
	n, q := s.counts, s.ask.query()
	q.UpTo, q.Limit = 0, 1
	async(s.u.run, func(ctx context.Context) (auth.ActivityPage, error) { return s.u.engine.Activity(ctx, q) },
		func(found auth.ActivityPage, err error) {
			if n != s.counts || err != nil || found.Match <= s.rows.match {
				return
			}
			s.news.SetText(newsText(found.Match - s.rows.match))
			s.news.Show()
			s.newsBox.Refresh()
		})
}

// newsText says how many entries have come.
func newsText(n int) string {
	if n == 1 {
		return lang.L("1 new entry")
	}
	return lang.L("{{.N}} new entries", map[string]any{"N": grouped(n)})
}

// scrolled reads what has come into view, and holds the rows where they are as
// soon as the newest one is out of it.
func (s *activityScreen) scrolled() {
	top := s.table.scroll.Offset.Y <= 0
	switch {
	case top && s.ask.upTo != 0:
		s.reload()
	case !top && s.ask.upTo == 0 && s.rows.known:
		s.ask.upTo = s.newest()
		s.rows.ask(s.ask)
	default:
		s.rows.load()
	}
}

// newest is the highest ID of the rows in memory. It need not be the first one's:
// entries are sorted by their time, and a batch is written at once.
func (s *activityScreen) newest() int64 {
	var id int64
	s.rows.each(func(_ int, e *auth.ActivityEntry) { id = max(id, e.ID) })
	return id
}

// toTop goes to the newest entry.
func (s *activityScreen) toTop() {
	s.table.scroll.Offset.Y = 0
	s.table.scroll.Refresh()
	s.reload()
	s.table.takeFocus()
}

// dayHeads are the rows that are the first of their day, as far as they are known.
func (s *activityScreen) dayHeads() []int {
	var heads []int
	last, before := -2, ""
	s.rows.each(func(i int, e *auth.ActivityEntry) {
		day := dayOf(e.At)
		if i == 0 || i == last+1 && day != before {
			heads = append(heads, i)
		}
		last, before = i, day
	})
	return heads
}

// heading is the day of an entry; "" while it is not known.
func (s *activityScreen) heading(i int) string {
	e := s.rows.row(i)
	if e == nil {
		return ""
	}
	return activityDay(e.At, s.u.now())
}

func (s *activityScreen) cell(i, column int) (dataCell, bool) {
	e := s.rows.row(i)
	if e == nil {
		return dataCell{}, false
	}
	cell := dataCell{ink: widgets.ColorNameMuted}
	switch column {
	case 0:
		cell.text, cell.tooltip = e.At.Local().Format("15:04"), fullDate(e.At)
	case 1:
		cell.text, cell.ink = activityWhat(e), widgets.ColorNameText
	case 2:
		cell.text, cell.ink = e.Name, widgets.ColorNameText
		if e.Name == "" {
			cell.text = dash
		}
	case 3:
		cell.text, cell.tooltip = activityWho(e), programText(e.Asker)
	case 4:
		look := s.u.activityLook(e)
		cell.text, cell.ink, cell.dot = lang.L(look.word), look.ink, true
		cell.tooltip = s.why(e)
	case 5:
		cell.text = s.u.activityDetail(e)
	}
	return cell, true
}

// why says in a sentence why something failed; "" when it did not, or when that
// is not known.
func (s *activityScreen) why(e *auth.ActivityEntry) string {
	if x, ok := s.u.explained(e.Outcome, ""); ok && !went(e) {
		return told(x.Title)
	}
	return ""
}
