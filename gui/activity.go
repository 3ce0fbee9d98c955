package gui

import (
	"context"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// activityScreen lists what happened, the newest first: which program got which
// token, sign-ins, refreshes. Below the table it tells all about the selected entry.
type activityScreen struct {
	*dataPane
	root     *fyne.Container
	rows     *rowCache[activityAsk, auth.ActivityEntry]
	ask      activityAsk
	periods  *widgets.Select
	topics   *widgets.Select
	outcomes *widgets.Select
	filters  *fyne.Container // the row in which they stand
	count    *widgets.Text
	kept     *widgets.Text
	news     *widgets.Button // leads to entries that have come meanwhile
	newsBox  *fyne.Container

	chosen  auth.ActivityEntry // ID 0: none
	wanted  int                // row that is to be chosen once it has been read; -1: none
	allowed *auth.Program      // of the chosen one, when it is allowed for good
	reads   int                // number of the last look at a rule; an older answer is dropped
	counts  int                // the same of counting what has come
}

// activityAsk is what the screen asks for.
type activityAsk struct {
	search, period, topic, outcome string
	now                            time.Time // that the period counts from
	// upTo keeps the rows where they are while the user looks further down: 0
	// at the top, else the newest entry that is shown.
	upTo int64
}

// same tells whether b asks for the same rows, whenever that is.
func (a activityAsk) same(b activityAsk) bool {
	a.now, a.upTo = b.now, b.upTo
	return a == b
}

// query is what the engine is asked.
func (a activityAsk) query() auth.ActivityQuery {
	q := auth.ActivityQuery{Search: a.search, UpTo: a.upTo}
	for _, p := range activityPeriods {
		if p.id == a.period && p.length > 0 {
			q.Since = a.now.Add(-p.length).UTC()
		}
	}
	for _, t := range activityTopics {
		if t.id == a.topic {
			q.Kinds = t.kinds
		}
	}
	for _, o := range activityOutcomes {
		if o.id == a.outcome {
			q.Failed = o.failed
		}
	}
	return q
}

var activityColumns = []dataColumn{
	{title: "Time", least: 60},
	{title: "What", least: 158, grow: 0.3},
	{title: "Authorization", least: 176, grow: 1},
	{title: "Asked by", least: 134, grow: 0.6},
	{title: "Outcome", least: 148, grow: 0.2},
	{title: "Detail", least: 190, grow: 1, leaves: 1},
}

var activityShortcut = &desktop.CustomShortcut{KeyName: fyne.Key4, Modifier: fyne.KeyModifierShortcutDefault}

// activityPause gathers what comes in: the engine writes batches a second apart.
const activityPause = 4 * eventPause

// showActivity opens the Activity screen as it was left.
func (u *ui) showActivity() {
	f := u.frame
	if f.onActivity {
		return
	}
	if f.activity == nil {
		f.activity = newActivityScreen(u)
	}
	u.showScreen(f.activity.root)
	f.onActivity = true
	f.rail.Refresh()
	u.refreshMenus()
	u.window.Canvas().SetOnTypedKey(f.activity.typedKey)
	f.activity.refresh()
	f.activity.focusSearch()
}

// showActivityOf shows what happened to one authorization, or through one program.
func (u *ui) showActivityOf(words string) {
	u.leaveFor(func() {
		u.showActivity()
		s := u.frame.activity
		s.ask.period, s.ask.topic, s.ask.outcome = "", "", ""
		s.showFilters()
		s.search.SetText(words)
		s.look()
	})
}

// activityChanged shows what has happened.
func (u *ui) activityChanged() {
	u.frame.home.detail.used.reload()
	if u.frame.onActivity {
		u.frame.activity.refresh()
	}
}

func newActivityScreen(u *ui) *activityScreen {
	s := &activityScreen{ask: activityAsk{period: activityPeriods[1].id}, wanted: -1}
	s.count = widgets.NewSmallText("").Right()
	s.dataPane = newDataPane(u, s.typedKey, activityColumns, lang.L("Search name, program, detail"),
		func(search fyne.CanvasObject) fyne.CanvasObject { return s.bar(u.icons, search) })
	s.find, s.unselect = s.reload, func() {
		s.wanted = -1
		s.choose(auth.ActivityEntry{})
	}
	s.rows = &rowCache[activityAsk, auth.ActivityEntry]{
		run: u.run, same: activityAsk.same, visible: s.table.visible, changed: s.changed, failed: s.failed,
		id: func(e *auth.ActivityEntry) string { return strconv.FormatInt(e.ID, 10) },
		read: func(ctx context.Context, a activityAsk, offset, limit int) (foundRows[auth.ActivityEntry], error) {
			q := a.query()
			q.Offset, q.Limit = offset, limit
			found, err := u.engine.Activity(ctx, q)
			return foundRows[auth.ActivityEntry]{rows: found.Entries, match: found.Match, total: found.Total}, err
		},
	}
	t := s.table
	t.cell, t.heading, t.onRows, t.onMenu = s.cell, s.heading, s.scrolled, s.openMenu
	t.onSelect = func(i int) {
		s.wanted = i
		s.chooseWanted()
	}
	s.news = widgets.NewPrimaryButton("", u.icons.Icon("up"), s.toTop)
	s.news.Small = true
	s.news.Hide()
	s.newsBox = container.New(newsLayout{}, s.news)
	s.middle.Add(s.newsBox)
	s.kept = widgets.NewSmallText("").Shrinking()
	export := widgets.NewButton(lang.L("Export CSV"), u.icons.Icon("download"), s.export)
	head := widgets.NewRow(12, 1, true, widgets.NewTitle(lang.L("Activity")), s.kept, export)
	s.root = container.New(belowLayout{}, widgets.NewInset(12, pageMargin, 0, pageMargin, head), s.dataPane.root)
	s.kept.SetText(lang.L("kept for {{.N}} days, never with a secret", number{activityDays(u.stored[auth.SettingActivityDays])}))
	return s
}

// activityDays is for how many days activity is kept.
func activityDays(setting string) int {
	if days, err := strconv.Atoi(setting); err == nil && days >= 1 && days <= 3650 {
		return days
	}
	return int(auth.ActivityKept / (24 * time.Hour))
}

// bar puts the filters beside the search.
func (s *activityScreen) bar(icons Icons, search fyne.CanvasObject) fyne.CanvasObject {
	choice := func(change func(id string)) *widgets.Select {
		return widgets.NewSelect(icons, nil, "", func(id string) {
			change(id)
			s.reload()
		})
	}
	s.periods = choice(func(id string) { s.ask.period = id })
	s.topics = choice(func(id string) { s.ask.topic = id })
	s.outcomes = choice(func(id string) { s.ask.outcome = id })
	s.showFilters()
	s.filters = widgets.NewRow(8, 0, true, search, widgets.NewFixed(148, 0, s.periods), widgets.NewFixed(140, 0, s.topics),
		widgets.NewFixed(140, 0, s.outcomes), widgets.NewInset(0, 0, 0, 16, s.count))
	return s.filters
}

// showFilters brings the filters to what is asked for.
func (s *activityScreen) showFilters() {
	var periods, topics, outcomes []widgets.Option
	for _, p := range activityPeriods {
		periods = append(periods, widgets.Option{ID: p.id, Label: lang.L(p.label)})
	}
	for _, t := range activityTopics {
		topics = append(topics, widgets.Option{ID: t.id, Label: lang.L(t.label)})
	}
	for _, o := range activityOutcomes {
		outcomes = append(outcomes, widgets.Option{ID: o.id, Label: lang.L(o.label)})
	}
	s.periods.SetOptions(periods, s.ask.period)
	s.topics.SetOptions(topics, s.ask.topic)
	s.outcomes.SetOptions(outcomes, s.ask.outcome)
}

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

// changed draws what a read has brought; fresh: the answer to another query.
func (s *activityScreen) changed(fresh bool) {
	if fresh {
		s.wanted = -1
	}
	s.table.setHeads(s.dayHeads())
	current := s.wanted
	if current < 0 {
		current = s.rows.indexOf(strconv.FormatInt(s.chosen.ID, 10))
	}
	s.table.setLength(s.rows.match, current, fresh)
	s.chooseWanted()
	s.count.SetText(lang.L("{{.Match}} of {{.Total}}", map[string]any{"Match": grouped(s.rows.match), "Total": grouped(s.rows.total)}))
	widgets.Relayout(s.filters)
	switch {
	case s.rows.match > 0:
		s.says("", "", nil)
	case s.rows.total > 0:
		s.says(lang.L("Nothing that happened matches the search and the filters."), lang.L("Show all"), s.showEverything)
	default:
		s.says(lang.L("Programs ask with “tokenwell token” and a Friendly Name; whatever they get is written here, without the token."),
			lang.L("Show the authorizations"), func() { s.u.leaveFor(func() { s.u.showAuthorizations("") }) })
	}
}

// chooseWanted chooses the row that the keyboard or the pointer went to, which
// may not have been read yet.
func (s *activityScreen) chooseWanted() {
	if s.wanted < 0 {
		return
	}
	if e := s.rows.row(s.wanted); e != nil {
		s.wanted = -1
		s.choose(*e)
	}
}

func (s *activityScreen) failed(err error) {
	s.u.log.Error("the activity could not be read", "error", err)
	s.says(lang.L("The activity could not be read. The log says more."), lang.L("Try again"), s.reload)
}

// showEverything takes the search and the filters away.
func (s *activityScreen) showEverything() {
	s.ask = activityAsk{}
	s.showFilters()
	s.search.SetText("")
	s.look()
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

// typedKey handles the keys that no widget has a use for.
func (s *activityScreen) typedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape && s.u.window.Canvas().Overlays().Top() == nil {
		s.escape()
	}
}

// export asks for the file that what is listed is written into.
func (s *activityScreen) export() {
	u, ask := s.u, s.ask
	ask.upTo = 0
	async(u.run, func(ctx context.Context) ([]byte, error) { return u.engine.ExportActivity(ctx, ask.query()) },
		func(content []byte, err error) {
			switch {
			case err != nil:
				u.fail(err, "")
			case u.frame.onActivity && u.window.Canvas().Overlays().Top() == nil:
				newExportSheet(u, lang.L("Activity"), ".csv", lang.L("What the search and the filters leave is written as CSV. No token and no secret is in it."), content)
			}
		})
}
