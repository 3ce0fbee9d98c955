package gui

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// clientInEdit is the editor of clients that is on the screen; nil for none.
func (u *ui) clientInEdit() *clientEditor {
	if u.frame.shown != u.frame.local {
		return nil
	}
	return u.frame.local.editor()
}

// openMenu shows what can be done with the client of a line.
func (p *localClientsPage) openMenu(i int, at fyne.Position) {
	u, c := p.u, *p.list.lines[i].client
	toggle, icon := lang.L("Switch off"), "pause"
	if !c.Active {
		toggle, icon = lang.L("Switch on"), "play"
	}
	why := ""
	if c.Practice {
		why = lang.L("The form for the local server offers it")
	}
	widgets.ShowMenu(u.window.Canvas(), at, []widgets.MenuItem{
		{Label: lang.L("Use in a new authorization"), Icon: u.icons.Icon("key"), Action: func() { u.useClient(c) }},
		{Rule: true},
		{Label: lang.L("Copy client ID"), Icon: u.icons.Icon("copy"), Action: func() { u.copyText(c.ID) }},
		{Label: lang.L("Duplicate"), Icon: u.icons.Icon("plus"), Action: func() { p.create(duplicateOf(c)) }},
		{Label: lang.L("Show its tokens"), Icon: u.icons.Icon("shield"), Action: func() { p.s.showTokensOf(c.ID) }},
		{Label: lang.L("Export…"), Icon: u.icons.Icon("download"), Action: func() { u.exportClients(clientTitle(c), c.ID) }},
		{Rule: true},
		{Label: toggle, Icon: u.icons.Icon(icon), Action: func() { u.switchClient(c, !c.Active) }},
		{Label: lang.L("Delete client"), Icon: u.icons.Icon("trash"), Why: why, Action: func() { u.askDeleteClient(c) }},
	})
}

// openListMenu shows what can be done with the list.
func (p *localClientsPage) openListMenu(at fyne.Position) {
	u := p.u
	var items []widgets.MenuItem
	for _, sort := range clientSorts {
		item := widgets.MenuItem{Label: lang.L(sort.label), Action: func() {
			p.sort = sort.id
			p.find(true)
		}}
		if p.sort == sort.id {
			item.Icon = u.icons.Icon("check")
		}
		items = append(items, item)
	}
	items = append(items, widgets.MenuItem{Rule: true},
		widgets.MenuItem{Label: lang.L("Import clients…"), Icon: u.icons.Icon("upload"), Action: u.importLocalClients})
	if len(p.s.clients) > 0 {
		var ids []string
		for _, c := range p.s.clients {
			ids = append(ids, c.ID)
		}
		items = append(items, widgets.MenuItem{
			Label: lang.L("Export all clients…"), Icon: u.icons.Icon("download"),
			Action: func() { u.exportClients(lang.L("Clients of the local server"), ids...) },
		})
	}
	widgets.ShowMenu(u.window.Canvas(), at, items)
}

// duplicateOf is a new client like another one.
func duplicateOf(c auth.LocalClient) auth.LocalClient {
	made := copyClient(c)
	made.ID, made.Version, made.Secret, made.OldSecret, made.Practice, made.Tokens = "", "", auth.Secret{}, auth.Secret{}, false, 0
	return made
}

// switchClient switches a client; off asks, because its tokens end for good.
func (u *ui) switchClient(c auth.LocalClient, on bool) {
	change := func() {
		async(u.run, func(ctx context.Context) (struct{}, error) {
			return struct{}{}, u.local.SetClientActive(ctx, c.ID, on)
		}, func(_ struct{}, err error) {
			if err != nil {
				u.failLocal(err)
				return
			}
			text := lang.L("“{{.Name}}” is switched off.", briefly(clientTitle(c)))
			if on {
				text = lang.L("“{{.Name}}” is switched on. It needs new tokens.", briefly(clientTitle(c)))
			}
			u.toast(text, "", nil)
			u.localChanged()
		})
	}
	if on {
		change()
		return
	}
	u.askFirst(lang.L("Switch off “{{.Name}}”?", named(clientTitle(c))), endsTokens(c.Tokens, lang.L("Its requests are refused from now on.")),
		lang.L("Cancel"), lang.L("Switch off"), change)
}

// endsTokens says what becomes of the tokens of a client.
func endsTokens(n int, none string) string {
	switch n {
	case 0:
		return none
	case 1:
		return lang.L("Its token ends at once and does not come back.")
	default:
		return lang.L("Its {{.N}} tokens end at once and do not come back.", map[string]any{"N": grouped(n)})
	}
}

// askDeleteClient asks once and deletes a client with its tokens.
func (u *ui) askDeleteClient(c auth.LocalClient) {
	if c.Practice {
		u.toast(practiceStays(), "", nil)
		return
	}
	u.askFirst(lang.L("Delete “{{.Name}}”?", named(clientTitle(c))),
		endsTokens(c.Tokens, lang.L("It has no tokens."))+" "+lang.L("Its client ID can't be used again."),
		lang.L("Cancel"), lang.L("Delete client"), func() {
			async(u.run, func(ctx context.Context) (struct{}, error) { return struct{}{}, u.local.DeleteClient(ctx, c.ID) },
				func(_ struct{}, err error) {
					if err != nil {
						u.failLocal(err)
						return
					}
					u.toast(lang.L("“{{.Name}}” was deleted.", briefly(clientTitle(c))), "", nil)
					p := u.frame.local.clientPage()
					p.changed(func() {
						if p.chosen == c.ID {
							p.reopen("")
						}
					})
				})
		})
}

// exportClients asks for the file that clients are written into.
func (u *ui) exportClients(name string, ids ...string) {
	async(u.run, func(ctx context.Context) ([]byte, error) { return u.local.ExportClients(ctx, ids...) },
		func(content []byte, err error) {
			if err != nil {
				u.failLocal(err)
				return
			}
			newExportSheet(u, name, ".json", lang.L("Names, grants, redirect URLs, lifetimes and scopes are written as JSON. Client IDs and secrets are not in it."), content)
		})
}

// maxClientFile is the largest file that is read for clients, in bytes.
const maxClientFile = 1 << 20

const errClientsTooLarge fileProblem = "This file is larger than 1 MB; no clients are."

// importLocalClients asks about what would be lost, then for a file.
func (u *ui) importLocalClients() {
	u.goTo(func() {
		u.showLocal()
		u.frame.local.tabs.Choose(localClients)
		u.askFile(lang.L("Import clients"), u.readClients)
	})
}

// readClients makes clients of a file.
func (u *ui) readClients(path string) {
	async(u.run, func(ctx context.Context) ([]auth.LocalClient, error) {
		data, err := readBounded(path, maxClientFile, errClientsTooLarge)
		if err != nil {
			return nil, err
		}
		return u.local.ImportClients(ctx, data)
	}, func(made []auth.LocalClient, err error) {
		var problem fileProblem
		switch {
		case errors.As(err, &problem):
			u.toast(told(problem.Error()), "", nil)
		case err != nil:
			u.failLocal(err)
		case len(made) > 0:
			text := lang.L("{{.N}} clients were made. Each has an ID and a secret of its own.", number{len(made)})
			if len(made) == 1 {
				text = lang.L("“{{.Name}}” was made. It has an ID and a secret of its own.", briefly(clientTitle(made[0])))
			}
			u.toast(text, "", nil)
			p := u.frame.local.clientPage()
			p.changed(func() { p.leave(func() { p.reopen(made[0].ID) }) })
		}
	})
}

// useClient opens the form for the local server with a client filled in.
func (u *ui) useClient(c auth.LocalClient) {
	u.leaveFor(func() {
		d := u.engine.DraftFor(auth.LocalServiceID)
		d.ClientID, d.Public = c.ID, c.Public
		d.ClientSecret, d.Confirmation = c.Secret, c.Secret
		d.Scopes = slices.Clone(c.Scopes)
		if g, ok := formGrant(c, u.localGrants()); ok {
			d.Grant = g
		}
		port, fits := redirectPort(c.RedirectURIs)
		d.Port = port
		u.openForm(d)
		if d.Grant == auth.GrantAuthorizationCode && !fits {
			u.toast(lang.L("Register http://127.0.0.1/callback with this client first."), "", nil)
		}
	})
}

// localGrants are the grants that the form offers for the local server.
func (u *ui) localGrants() []auth.Grant {
	for _, s := range u.engine.Services() {
		if s.ID == auth.LocalServiceID {
			return s.Grants
		}
	}
	return nil
}

// formGrant is the first of a client's grants that the form offers.
func formGrant(c auth.LocalClient, offered []auth.Grant) (auth.Grant, bool) {
	for _, g := range []struct {
		local auth.LocalGrant
		form  auth.Grant
	}{
		{auth.LocalGrantCode, auth.GrantAuthorizationCode},
		{auth.LocalGrantClientCredentials, auth.GrantClientCredentials},
		{auth.LocalGrantDevice, auth.GrantDeviceCode},
		{auth.LocalGrantPassword, auth.GrantPassword},
		{auth.LocalGrantJWTBearer, auth.GrantJWTBearer},
	} {
		if slices.Contains(c.Grants, g.local) && slices.Contains(offered, g.form) {
			return g.form, true
		}
	}
	return "", false
}

// redirectPort returns the port with which the form's redirect is one of the
// client's; 0 for any port. ok is false where none is.
func redirectPort(uris []string) (port int, ok bool) {
	for _, uri := range uris {
		at, err := url.Parse(uri)
		if err != nil || at.Scheme != "http" || at.Hostname() != "127.0.0.1" || at.Path != "/callback" || at.RawQuery != "" {
			continue
		}
		if at.Port() == "" {
			return 0, true
		}
		if n, err := strconv.Atoi(at.Port()); err == nil && !ok {
			port, ok = n, true
		}
	}
	return port, ok
}

// failLocal shows why something at the local server could not be done, and reads
// it anew: it may have been deleted meanwhile.
func (u *ui) failLocal(err error) {
	u.fail(err, "")
	u.localChanged()
}
