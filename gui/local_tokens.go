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

// localTokensPage lists the tokens that the local server has issued, page by page.
type localTokensPage struct {
	*dataPane
	s       *localScreen
	rows    *rowCache[auth.LocalTokenQuery, auth.LocalToken]
	clients *widgets.Select
	count   *widgets.Text
	expired *widgets.Button
	bar     *fyne.Container

	query  auth.LocalTokenQuery
	chosen auth.LocalToken // ID "": none
}

var localTokenColumns = []dataColumn{
	{title: "Client", sort: "client", least: 150, grow: 1.2},
	{title: "User", sort: "user", least: 90, grow: 0.5},
	{title: "Scopes", least: 170, grow: 2, mono: true},
	{title: "Grant", least: 140, leaves: 2},
	{title: "Issued", sort: "issued", least: 128, leaves: 1},
	{title: "Expiry", sort: "expires", least: 106},
	{title: "Refreshes left", sort: "left", least: 108, right: true},
}

func newLocalTokens(s *localScreen) *localTokensPage {
	u := s.u
	p := &localTokensPage{s: s, query: auth.LocalTokenQuery{Sort: "client"}}
	p.clients = widgets.NewSelect(u.icons, allClients(nil), "", func(id string) {
		p.query.ClientID = id
		p.reload()
	})
	p.clients.Filter = lang.L("Find a client")
	p.count = widgets.NewSmallText("").Shrinking()
	p.expired = widgets.NewButton("", nil, p.removeExpired)
	p.dataPane = newDataPane(s.u, s.typedKey, localTokenColumns, lang.L("Search client, user, scope"), func(search fyne.CanvasObject) fyne.CanvasObject {
		p.bar = widgets.NewRow(8, 2, true, widgets.NewFixed(280, 0, search), widgets.NewFixed(176, 0, p.clients),
			widgets.NewInset(0, 0, 0, 8, p.count), p.expired)
		return p.bar
	})
	p.rows = &rowCache[auth.LocalTokenQuery, auth.LocalToken]{
		run: u.run, id: func(t *auth.LocalToken) string { return t.ID }, visible: p.table.visible,
		same: func(a, b auth.LocalTokenQuery) bool { return a == b },
		read: func(ctx context.Context, q auth.LocalTokenQuery, offset, limit int) (foundRows[auth.LocalToken], error) {
			q.Offset, q.Limit = offset, limit
			found, err := u.local.Tokens(ctx, q)
			return foundRows[auth.LocalToken]{rows: found.Rows, match: found.Match, total: found.Total, more: found.Expired}, err
		},
		changed: p.changed, failed: func(err error) { s.failed(err) },
	}
	t := p.table
	t.cell, t.onRows, t.onMenu, t.onSort = p.cell, p.rows.load, p.openMenu, p.sortBy
	t.onSelect = func(i int) {
		if row := p.rows.row(i); row != nil {
			p.choose(*row)
		}
	}
	p.find, p.unselect = p.reload, func() { p.choose(auth.LocalToken{}) }
	t.setSort(p.query.Sort, false)
	return p
}

// tick lets the times go on.
func (p *localTokensPage) tick() {
	p.dataPane.tick()
	p.showStrip()
}

// allClients are the entries of the filter.
func allClients(clients []auth.LocalClient) []widgets.Option {
	options := []widgets.Option{{ID: "", Label: lang.L("All clients")}}
	for _, c := range clients {
		options = append(options, widgets.Option{ID: c.ID, Label: clientTitle(c)})
	}
	return options
}

// reload reads the tokens anew.
func (p *localTokensPage) reload() {
	p.clients.SetOptions(allClients(p.s.clients), p.query.ClientID)
	p.query.Search = strings.TrimSpace(p.search.Text())
	p.rows.ask(p.query)
}

// showTokensOf shows the tokens of a client alone.
func (s *localScreen) showTokensOf(clientID string) {
	p := s.pages[localTokens].(*localTokensPage)
	p.query.ClientID = clientID
	p.search.SetText("")
	s.tabs.Choose(localTokens)
}

// sortBy sorts by a column; by the same one again the other way round.
func (p *localTokensPage) sortBy(by string) {
	p.query.Desc = p.query.Sort == by && !p.query.Desc
	p.query.Sort = by
	p.table.setSort(by, p.query.Desc)
	p.reload()
}

// changed draws what a read has brought; fresh: the answer to another query.
func (p *localTokensPage) changed(fresh bool) {
	at := p.rows.indexOf(p.chosen.ID)
	if at < 0 && p.rows.match <= pageRows {
		p.chosen = auth.LocalToken{} // it is gone, not merely out of sight
	}
	p.table.setLength(p.rows.match, at, fresh)
	p.count.SetText(tokensText(p.rows.match))
	if p.rows.match != p.rows.total {
		p.count.SetText(lang.L("{{.Match}} of {{.Total}}", map[string]any{"Match": grouped(p.rows.match), "Total": grouped(p.rows.total)}))
	}
	p.expired.SetText(lang.L("Remove {{.N}} expired", map[string]any{"N": grouped(p.rows.more)}))
	if p.rows.more == 0 {
		p.expired.SetText(lang.L("Remove expired"))
		p.expired.Disable()
	} else {
		p.expired.Enable()
	}
	widgets.Relayout(p.bar)
	switch {
	case p.rows.match > 0:
		p.says("", "", nil)
	case p.rows.total > 0:
		p.says(lang.L("No token matches the search and the filter."), lang.L("Show all"), func() {
			p.query.ClientID = ""
			p.search.SetText("")
			p.look()
		})
	default:
		p.says(lang.L("The server has issued no tokens yet."), lang.L("Use the practice client…"), func() { p.u.goTo(p.u.tryLocal) })
	}
	if at >= 0 {
		p.chosen = *p.rows.row(at)
	}
	p.showStrip()
}

func (p *localTokensPage) choose(t auth.LocalToken) {
	p.chosen = t
	p.showStrip()
}

func (p *localTokensPage) cell(i, column int) (dataCell, bool) {
	t := p.rows.row(i)
	if t == nil {
		return dataCell{}, false
	}
	now := p.u.now()
	cell := dataCell{ink: widgets.ColorNameMuted}
	switch column {
	case 0:
		cell.text, cell.ink = t.Client, widgets.ColorNameText
	case 1:
		cell.text = t.User
		if t.User == "" {
			cell.text = lang.L("no user")
		}
	case 2:
		cell.text = strings.Join(t.Scopes, ", ")
	case 3:
		cell.text = localGrantWord(t.Grant)
	case 4:
		cell.text, cell.tooltip = shortClock(t.Issued, now), fullDate(t.Issued)
	case 5:
		cell.text, cell.ink = tokenExpiry(*t, now)
		if !t.Expires.IsZero() {
			cell.tooltip = fullDate(t.Expires)
		}
	case 6:
		cell.text, cell.ink = refreshesWord(t.RefreshesLeft), widgets.ColorNameText
	}
	return cell, true
}

// localGrantWord is the label of a grant of the local server.
func localGrantWord(id auth.LocalGrant) string {
	for _, g := range auth.LocalGrants {
		if g.ID == id {
			return lang.L(g.Label)
		}
	}
	return string(id)
}

// shortClock names a moment within a column: a day of another year has no time.
func shortClock(at, now time.Time) string {
	switch {
	case dayOf(at) == dayOf(now), dayOf(at) == dayOf(now.AddDate(0, 0, -1)):
		return clock(at, now)
	case at.Local().Year() == now.Local().Year():
		return at.Local().Format("2 Jan 15:04")
	default:
		return at.Local().Format("2 Jan 2006")
	}
}

// tokenExpiry says when the access token ends, and in which colour.
func tokenExpiry(t auth.LocalToken, now time.Time) (text string, ink fyne.ThemeColorName) {
	switch {
	case t.State == auth.LocalTokenRevoked:
		return lang.L("Revoked"), widgets.ColorNameMuted
	case t.State == auth.LocalTokenExpired, !t.Expires.IsZero() && !t.Expires.After(now):
		return lang.L("Expired"), widgets.ColorNameBad
	case t.Expires.IsZero():
		return lang.L("Lifetime"), widgets.ColorNameText
	case t.Expires.Sub(now) < auth.ExpiringBefore:
		return relative(t.Expires, now), widgets.ColorNameWarn
	default:
		return relative(t.Expires, now), widgets.ColorNameText
	}
}

// refreshesWord says how many refreshes are left.
func refreshesWord(left int) string {
	switch left {
	case auth.LocalUnlimited:
		return lang.L("Unlimited")
	case auth.LocalNoRefresh:
		return dash
	default:
		return strconv.Itoa(left)
	}
}
