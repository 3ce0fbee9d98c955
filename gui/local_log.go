package gui

import (
	"context"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// localLogPage lists the requests to the local server, newest first, and below
// the table why the selected one ended as it did.
type localLogPage struct {
	*dataPane
	s      *localScreen
	rows   []auth.LocalLogEntry
	chosen auth.LocalLogEntry // a zero time: none
	count  *widgets.Text
	clear  *widgets.Button
	reads  int
}

// logRows is how many entries are read at once.
const logRows = 500

var localLogColumns = []dataColumn{
	{title: "Time", least: 132},
	{title: "Endpoint", least: 110, mono: true},
	{title: "Client", least: 150, grow: 0.8},
	{title: "Status", least: 70, right: true},
	{title: "Outcome", least: 170, grow: 0.5},
	{title: "Why", least: 150, grow: 2, leaves: 1},
}

func newLocalLog(s *localScreen) *localLogPage {
	p := &localLogPage{s: s, count: widgets.NewSmallText("").Shrinking()}
	p.clear = widgets.NewButton(lang.L("Clear log"), nil, p.ask)
	p.dataPane = newDataPane(s.u, s.typedKey, localLogColumns, lang.L("Search client, endpoint, outcome"), func(search fyne.CanvasObject) fyne.CanvasObject {
		return widgets.NewRow(8, 1, true, widgets.NewFixed(300, 0, search), widgets.NewInset(0, 0, 0, 8, p.count), p.clear)
	})
	p.table.cell = p.cell
	p.table.onSelect = func(i int) {
		p.chosen = p.rows[i]
		p.showStrip()
	}
	p.find, p.unselect = p.reload, func() {
		p.chosen = auth.LocalLogEntry{}
		p.showStrip()
	}
	return p
}

func (p *localLogPage) cell(i, column int) (dataCell, bool) {
	e := p.rows[i]
	cell := dataCell{ink: widgets.ColorNameMuted}
	switch column {
	case 0:
		cell.text, cell.tooltip = logTime(e.At, p.u.now()), fullDate(e.At)
	case 1:
		cell.text, cell.ink = e.Endpoint, widgets.ColorNameText
	case 2:
		cell.text = e.Client
		if e.Client == "" {
			cell.text = dash
		}
	case 3:
		cell.text, cell.ink = strconv.Itoa(e.Status), widgets.ColorNameText
		if e.Status >= 400 {
			cell.ink = widgets.ColorNameBad
		}
	case 4:
		cell.look = logLook(e)
	case 5:
		cell.text = told(e.Why)
	}
	return cell, true
}

// logTime names the moment of an entry: seconds tell requests apart.
func logTime(at, now time.Time) string {
	if dayOf(at) == dayOf(now) {
		return lang.L("today {{.T}}", map[string]any{"T": at.Local().Format("15:04:05")})
	}
	return at.Local().Format("2 Jan 15:04:05")
}

// logLook is how an outcome looks: good ones and others differ by sign and word.
func logLook(e auth.LocalLogEntry) widgets.PillLook {
	if e.Outcome == auth.OutcomeOK {
		return widgets.PillLook{Word: lang.L("Done"), Ink: widgets.ColorNameOK, Tint: widgets.ColorNameOKTint}
	}
	return widgets.PillLook{Word: e.Outcome, Ink: widgets.ColorNameBad, Tint: widgets.ColorNameBadTint}
}

// reload reads the newest entries.
func (p *localLogPage) reload() {
	p.reads++
	n, search := p.reads, strings.TrimSpace(p.search.Text())
	async(p.u.run, func(ctx context.Context) ([]auth.LocalLogEntry, error) { return p.u.local.Log(ctx, search, logRows) },
		func(rows []auth.LocalLogEntry, err error) {
			if n == p.reads && !p.s.failed(err) {
				p.show(rows)
			}
		})
}

// show lists entries. The ones in view stay where they are while others come in
// above them.
func (p *localLogPage) show(rows []auth.LocalLogEntry) {
	offset := p.table.scroll.Offset.Y
	if offset > 0 && len(p.rows) > 0 {
		for i := range rows {
			if rows[i] == p.rows[0] {
				offset += float32(i) * rowHeight
				break
			}
		}
	}
	p.rows = rows
	current := -1
	for i := range rows {
		if rows[i] == p.chosen {
			current = i
		}
	}
	p.table.scroll.Offset.Y = min(offset, max(float32(len(rows))*rowHeight-p.table.scroll.Size().Height, 0))
	p.table.setLength(len(rows), current, false)
	text := ""
	switch {
	case len(rows) >= logRows:
		text = lang.L("the newest {{.N}}", number{logRows})
	case len(rows) > 0:
		text = requestsText(len(rows))
	}
	p.count.SetText(text)
	searched := p.search.Text() != ""
	if len(rows) == 0 && !searched {
		p.clear.Disable()
	} else {
		p.clear.Enable()
	}
	switch {
	case len(rows) > 0:
		p.says("", "", nil)
	case searched:
		label, all := p.showAll()
		p.says(lang.L("No request matches."), label, all)
	default:
		p.says(lang.L("Each request to the server is written here, with why it was refused."), lang.L("Use the practice client…"), func() { p.u.goTo(p.u.tryLocal) })
	}
	p.showStrip()
}

// requestsText says how many requests.
func requestsText(n int) string {
	if n == 1 {
		return lang.L("1 request")
	}
	return lang.L("{{.N}} requests", number{n})
}

// showStrip says what the selected request was answered with, and why.
func (p *localLogPage) showStrip() {
	e := p.chosen
	if p.sameStrip(e) {
		return
	}
	if e.At.IsZero() {
		p.setStrip(nil, nil)
		return
	}
	who := e.Client
	if who == "" {
		who = lang.L("no known client")
	}
	head := widgets.NewRow(8, 2, true, widgets.NewText(e.Endpoint).Bold().Mono(), widgets.NewPill(logLook(e)),
		widgets.NewSmallText(who+", "+clock(e.At, p.u.now())+", HTTP "+strconv.Itoa(e.Status)).Shrinking())
	why := told(e.Why)
	if why == "" {
		why = lang.L("Nothing was wrong with this request.")
	}
	p.setStrip(head, widgets.NewParagraph(why))
}

// ask asks once and clears the log.
func (p *localLogPage) ask() {
	u := p.u
	u.askFirst(lang.L("Clear the log?"), lang.L("Every entry is deleted, also those that the search hides."),
		lang.L("Cancel"), lang.L("Clear log"), func() {
			async(u.run, func(ctx context.Context) (struct{}, error) { return struct{}{}, u.local.ClearLog(ctx) },
				func(_ struct{}, err error) {
					if err != nil {
						u.failLocal(err)
						return
					}
					p.chosen = auth.LocalLogEntry{}
					p.s.reload()
				})
		})
}
