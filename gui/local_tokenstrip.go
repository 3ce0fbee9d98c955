package gui

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// showStrip shows the selected row below the table, with what can be done.
func (p *localTokensPage) showStrip() {
	t := p.chosen
	if p.sameStrip(t, accessFact(t, p.u.now())) {
		return
	}
	if t.ID == "" {
		p.setStrip(nil, nil)
		return
	}
	title := t.Client
	if t.User != "" {
		title += ", " + t.User
	}
	revoke := widgets.NewButton(lang.L("Revoke"), nil, func() { p.revoke(t) })
	if t.State == auth.LocalTokenRevoked {
		revoke.Disable()
	}
	remove := widgets.NewButton(lang.L("Delete"), nil, func() { p.remove(t) })
	remove.Importance = widgets.Danger
	head := widgets.NewRow(8, 2, true, widgets.NewText(title).Bold(), widgets.NewPill(tokenLook(t, p.u.now())),
		widgets.NewParagraph(""), revoke, remove)
	line := func(label, value string, mono bool) fyne.CanvasObject {
		text := widgets.NewParagraph(value)
		if mono {
			text.Styled(fyne.TextStyle{Monospace: true}).Sized(13, 19)
		}
		return widgets.NewRow(8, 1, false, widgets.NewFixed(96, 0, widgets.NewInset(2, 0, 0, 0, widgets.NewSmallText(label))), text)
	}
	facts := widgets.NewColumn(6,
		line(lang.L("Access token"), accessFact(t, p.u.now()), false),
		line(lang.L("Refresh token"), refreshFact(t), false),
		line(lang.L("Scopes"), strings.Join(t.Scopes, " "), true))
	about := widgets.NewColumn(2,
		widgets.NewCaption(lang.L("Revoke ends access and refresh token at once; Delete removes the row too.")),
		widgets.NewCaption(lang.L("A row that is expired and has no refresh left disappears by itself. To stop a client for good, switch it off under Clients.")))
	p.setStrip(head, widgets.NewBeside(24, 0.48, 620, facts, about))
}

// tokenLook is how the row's state looks.
func tokenLook(t auth.LocalToken, now time.Time) widgets.PillLook {
	look := widgets.PillLook{Word: lang.L("Active"), Ink: widgets.ColorNameOK, Tint: widgets.ColorNameOKTint}
	switch {
	case t.State == auth.LocalTokenRevoked:
		look = widgets.PillLook{Word: lang.L("Revoked"), Ink: widgets.ColorNameIdle, Tint: widgets.ColorNameIdleTint, Hollow: true}
	case t.State == auth.LocalTokenExpired, !t.Expires.IsZero() && !t.Expires.After(now):
		look = widgets.PillLook{Word: lang.L("Expired"), Ink: widgets.ColorNameBad, Tint: widgets.ColorNameBadTint}
	}
	return look
}

// accessFact says what is known of the access token.
func accessFact(t auth.LocalToken, now time.Time) string {
	when := map[string]any{"When": clock(t.Expires, now)}
	switch {
	case t.State == auth.LocalTokenRevoked:
		return lang.L("revoked")
	case t.Expires.IsZero():
		return lang.L("never expires")
	case !t.Expires.After(now):
		return lang.L("expired {{.When}}", when)
	default:
		return lang.L("valid until {{.When}}", when)
	}
}

// refreshFact says what is known of the refresh token.
func refreshFact(t auth.LocalToken) string {
	switch {
	case t.RefreshesLeft == auth.LocalNoRefresh:
		return lang.L("none")
	case t.State == auth.LocalTokenRevoked:
		return lang.L("revoked")
	case t.RefreshesLeft == auth.LocalUnlimited:
		return lang.L("valid, any number of refreshes")
	case t.RefreshesLeft == 1:
		return lang.L("valid, 1 refresh left")
	default:
		return lang.L("valid, {{.N}} refreshes left", number{t.RefreshesLeft})
	}
}

func (p *localTokensPage) openMenu(i int, at fyne.Position) {
	row := p.rows.row(i)
	if row == nil {
		return
	}
	t, u, why := *row, p.u, ""
	if t.State == auth.LocalTokenRevoked {
		why = lang.L("It is revoked already")
	}
	widgets.ShowMenu(u.window.Canvas(), at, []widgets.MenuItem{
		{Label: lang.L("Revoke"), Icon: u.icons.Icon("stop"), Why: why, Action: func() { p.revoke(t) }},
		{Label: lang.L("Show the client"), Icon: u.icons.Icon("program"), Action: func() { p.s.showClient(t.ClientID) }},
		{Rule: true},
		{Label: lang.L("Delete"), Shortcut: lang.L("Del"), Icon: u.icons.Icon("trash"), Action: func() { p.remove(t) }},
	})
}

// showClient opens a client in the editor.
func (s *localScreen) showClient(id string) {
	s.tabs.Choose(localClients)
	p := s.clientPage()
	if c, found := p.client(id); found && p.chosen != id {
		p.leave(func() { p.edit(c) })
	}
}

// key deletes the selected row.
func (p *localTokensPage) key(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyDelete && p.chosen.ID != "" {
		p.remove(p.chosen)
	}
}

// revoke ends a row's tokens. It is asked first: apps that use them are cut off.
func (p *localTokensPage) revoke(t auth.LocalToken) {
	stays := lang.L("The row goes by itself at its expiry.")
	switch {
	case t.Expires.IsZero():
		stays = lang.L("The row stays until you delete it.")
	case !t.Expires.After(p.u.now()):
		stays = lang.L("The row goes too.")
	}
	p.u.askFirst(lang.L("Revoke these tokens?"), endsRow(t)+" "+stays,
		lang.L("Cancel"), lang.L("Revoke tokens"), func() {
			p.do(lang.L("The tokens were revoked."), func(ctx context.Context) error { return p.u.local.RevokeToken(ctx, t.ID) })
		})
}

// endsRow says what ends with a row: of a client that has others, only this.
func endsRow(t auth.LocalToken) string {
	ends := lang.L("The access token and the refresh token of this row end at once.")
	if t.RefreshesLeft == auth.LocalNoRefresh {
		ends = lang.L("The access token of this row ends at once.")
	}
	return ends + " " + lang.L("Other tokens of “{{.Name}}” stay.", named(t.Client))
}

// remove deletes a row. It is asked first where the tokens still work.
func (p *localTokensPage) remove(t auth.LocalToken) {
	remove := func() {
		p.do(lang.L("The row was deleted."), func(ctx context.Context) error { return p.u.local.DeleteToken(ctx, t.ID) })
	}
	if t.State == auth.LocalTokenRevoked {
		remove()
		return
	}
	p.u.askFirst(lang.L("Delete these tokens?"), endsRow(t)+" "+lang.L("The row goes too."),
		lang.L("Cancel"), lang.L("Delete tokens"), remove)
}

// do changes tokens and reads them anew.
func (p *localTokensPage) do(done string, change func(context.Context) error) {
	async(p.u.run, func(ctx context.Context) (struct{}, error) { return struct{}{}, change(ctx) }, func(_ struct{}, err error) {
		if err != nil {
			p.u.failLocal(err)
			return
		}
		p.u.toast(done, "", nil)
		p.s.reload()
	})
}

// removeExpired removes every row whose access token is over. Those that could be
// refreshed go too, so it is asked first.
func (p *localTokensPage) removeExpired() {
	p.u.askFirst(lang.L("Remove {{.N}} expired?", map[string]any{"N": grouped(p.rows.more)}),
		lang.L("Every row whose access token is over goes, also where it could still be refreshed."),
		lang.L("Cancel"), lang.L("Remove expired"), func() {
			async(p.u.run, p.u.local.RemoveExpired, func(n int, err error) {
				if err != nil {
					p.u.failLocal(err)
					return
				}
				p.u.toast(lang.L("{{.Rows}} removed.", map[string]any{"Rows": rowsText(n)}), "", nil)
				p.s.reload()
			})
		})
}

// rowsText says how many rows.
func rowsText(n int) string {
	if n == 1 {
		return lang.L("1 row")
	}
	return lang.L("{{.N}} rows", map[string]any{"N": grouped(n)})
}
