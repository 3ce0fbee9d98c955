package gui

import (
	"context"
	"strconv"
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
	if f.activity == nil {
		f.activity = newActivityScreen(u)
	}
	u.enter(f.activity, f.activity.refresh)
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
	if f := u.frame; f.shown == f.activity {
		f.activity.refresh()
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
			case u.frame.shown == s && u.window.Canvas().Overlays().Top() == nil:
				newExportSheet(u, lang.L("Activity"), ".csv", lang.L("What the search and the filters leave is written as CSV. No token and no secret is in it."), content)
			}
		})
}

// content implements screen.
func (s *activityScreen) content() fyne.CanvasObject { return s.root }

// rest implements screen.
func (s *activityScreen) rest(next func()) { next() }
