package gui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// historyCard is the folded list of what happened to an authorization. It is
// read when it is opened, not before.
type historyCard struct {
	u      *ui
	root   *fyne.Container
	fold   *widgets.FoldHead
	body   *fyne.Container
	lines  *fyne.Container
	height func() // it has become higher or lower

	id    string
	grant auth.Grant
	last  auth.Status // as the pane shows it
	read  auth.Status // the data that the lines belong to
	seq   int
}

func newHistoryCard(u *ui, height func()) *historyCard {
	h := &historyCard{u: u, lines: widgets.NewColumn(6), height: height}
	h.fold = widgets.NewFoldHead(u.icons, lang.L("History"), lang.L("the last {{.N}} events", number{auth.HistoryLength}), h.toggle)
	h.body = widgets.NewInset(4, 0, 12, 0, h.lines)
	h.root = widgets.NewColumn(0, h.fold, h.body)
	h.body.Hide()
	return h
}

// set folds the list for another authorization, and reads it again where it is
// open and something has happened.
func (h *historyCard) set(t target) {
	h.grant, h.last = t.detail.Authorization.Grant, t.detail.Status
	if h.id != t.row.ID {
		h.id = t.row.ID
		h.seq++
		h.lines.Objects = nil
		h.fold.SetOpen(false)
		return
	}
	if h.fold.Open() && !sameAttempt(h.read, h.last) {
		h.load()
	}
}

// sameAttempt tells whether nothing has happened from one to the other.
func sameAttempt(a, b auth.Status) bool {
	return a.State == b.State && a.Generation == b.Generation && a.LastOutcomeAt.Equal(b.LastOutcomeAt) && a.Failures == b.Failures
}

func (h *historyCard) toggle(open bool) {
	h.body.Hidden = !open
	if open {
		h.load()
	}
	h.height()
}

// load reads the events.
func (h *historyCard) load() {
	h.seq++
	seq, id := h.seq, h.id
	h.read = h.last
	async(h.u.run, func(ctx context.Context) ([]auth.HistoryEvent, error) { return h.u.engine.History(ctx, id) },
		func(events []auth.HistoryEvent, err error) {
			if seq != h.seq {
				return
			}
			h.show(events, err)
		})
}

func (h *historyCard) show(events []auth.HistoryEvent, err error) {
	h.lines.Objects = nil
	switch {
	case err != nil:
		h.lines.Add(widgets.NewCaption(lang.L("The history could not be read.")))
	case len(events) == 0:
		h.lines.Add(widgets.NewCaption(lang.L("Nothing has happened yet.")))
	}
	for _, e := range events {
		h.lines.Add(h.line(e))
	}
	h.height()
}

// line is one event: a sign, what happened, how it ended and when.
func (h *historyCard) line(e auth.HistoryEvent) fyne.CanvasObject {
	icon, ink := "check", widgets.ColorNameOK
	if e.Outcome != auth.OutcomeOK && e.Outcome != "" {
		icon, ink = "warn", widgets.ColorNameWarn
	}
	what := eventText(e.Kind)
	if icon == "warn" {
		what = lang.L("{{.What}}: {{.How}}", map[string]any{"What": what, "How": h.u.outcomeText(e.Outcome, h.grant)})
	}
	when := widgets.NewSmallText(clock(e.At, h.u.now()))
	when.SetHint(fullDate(e.At))
	return widgets.NewRow(8, 1, true, widgets.NewGlyph(h.u.icons.Icon(icon), ink, 14), widgets.NewText(what).Sized(13).Shrinking(), when)
}
