package gui

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// localUsersPage lists who may sign in at the local server, and below the table
// what the selected one has granted.
type localUsersPage struct {
	*dataPane
	s        *localScreen
	users    []auth.LocalUser
	shown    []auth.LocalUser
	consents []auth.LocalConsent
	chosen   string // ID
	reads    int
}

var localUserColumns = []dataColumn{
	{title: "Name", least: 140, grow: 1},
	{title: "Full name", least: 160, grow: 1.4},
	{title: "E-mail", least: 180, grow: 1.4, leaves: 2},
	{title: "State", least: 100},
	{title: "Made", least: 120, leaves: 1},
}

func newLocalUsers(s *localScreen) *localUsersPage {
	p := &localUsersPage{s: s}
	create := widgets.NewButton(lang.L("New user"), s.u.icons.Icon("plus"), func() { p.edit(auth.LocalUser{Active: true}) })
	p.dataPane = newDataPane(s.u, s.typedKey, localUserColumns, lang.L("Search users"), func(search fyne.CanvasObject) fyne.CanvasObject {
		return widgets.NewRow(8, 1, true, widgets.NewFixed(280, 0, search), widgets.NewParagraph(""), create)
	})
	p.table.cell = p.cell
	p.table.onSelect = func(i int) { p.choose(p.shown[i].ID) }
	p.table.onOpen = func(i int) { p.edit(p.shown[i]) }
	p.table.onMenu = p.openMenu
	p.find, p.unselect = p.show, func() { p.choose("") }
	return p
}

func (p *localUsersPage) cell(i, column int) (dataCell, bool) {
	user := p.shown[i]
	cell := dataCell{ink: widgets.ColorNameMuted}
	switch column {
	case 0:
		cell.text, cell.ink = user.Name, widgets.ColorNameText
	case 1:
		cell.text = user.FullName
	case 2:
		cell.text = user.Email
	case 3:
		cell.look = activeLook(user.Active)
	case 4:
		cell.text, cell.tooltip = relative(user.Created, p.u.now()), fullDate(user.Created)
	}
	return cell, true
}

// localPeople is one reading of the page.
type localPeople struct {
	users    []auth.LocalUser
	consents []auth.LocalConsent
}

// reload reads users and consents.
func (p *localUsersPage) reload() {
	p.reads++
	n := p.reads
	async(p.u.run, func(ctx context.Context) (found localPeople, err error) {
		if found.users, err = p.u.local.Users(ctx); err != nil {
			return found, err
		}
		found.consents, err = p.u.local.Consents(ctx)
		return found, err
	}, func(found localPeople, err error) {
		if n != p.reads || p.s.failed(err) {
			return
		}
		p.users, p.consents = found.users, found.consents
		p.show()
	})
}

// show lists the users that match.
func (p *localUsersPage) show() {
	words := strings.Fields(auth.FoldName(p.search.Text()))
	p.shown = nil
	for _, user := range p.users {
		text := auth.FoldName(user.Name + " " + user.FullName + " " + user.Email)
		if !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) }) {
			p.shown = append(p.shown, user)
		}
	}
	p.table.setLength(len(p.shown), p.index(), false)
	switch {
	case len(p.shown) > 0:
		p.says("", "", nil)
	case len(p.users) > 0:
		label, all := p.showAll()
		p.says(lang.L("No user matches."), label, all)
	default:
		p.says(lang.L("A user signs in on the server's pages and grants what clients ask for."), lang.L("New user"), func() { p.edit(auth.LocalUser{Active: true}) })
	}
	p.showStrip()
}

func (p *localUsersPage) index() int {
	return slices.IndexFunc(p.shown, func(user auth.LocalUser) bool { return user.ID == p.chosen })
}

func (p *localUsersPage) choose(id string) {
	p.chosen = id
	p.showStrip()
}

// showStrip shows what the selected user has granted.
func (p *localUsersPage) showStrip() {
	i := p.index()
	if i < 0 {
		if !p.sameStrip() {
			p.setStrip(nil, nil)
		}
		return
	}
	u, user := p.u, p.shown[i]
	if p.sameStrip(user, p.consents) {
		return
	}
	edit := widgets.NewButton(lang.L("Edit…"), u.icons.Icon("edit"), func() { p.edit(user) })
	remove := widgets.NewButton(lang.L("Delete"), nil, func() { p.remove(user) })
	remove.Importance = widgets.Danger
	head := []fyne.CanvasObject{widgets.NewText(user.Name).Bold().Shrinking()}
	if user.Practice {
		remove.Disable()
		head = append(head, u.copyButton(lang.L("Copy password"), false, p.copyPassword))
	}
	p.setStrip(widgets.NewRow(8, 0, true, append(head, edit, remove)...), p.consentsOf(user))
}

// copyPassword copies the password of the practice user, the one that the program knows.
func (p *localUsersPage) copyPassword() {
	p.u.copySecret(p.u.local.Info().Password)
	p.u.toast(lang.L("Password copied. The clipboard is cleared in 10 seconds."), "", nil)
}

// consentsOf lists what clients may have without asking the user again.
func (p *localUsersPage) consentsOf(user auth.LocalUser) fyne.CanvasObject {
	list := widgets.NewColumn(2)
	for _, c := range p.consents {
		if auth.FoldName(c.User) != auth.FoldName(user.Name) {
			continue
		}
		withdraw := widgets.NewButton(lang.L("Withdraw"), nil, func() { p.withdraw(c) })
		withdraw.Small = true
		list.Add(widgets.NewRow(12, 1, true, widgets.NewText(c.Client), widgets.NewText(strings.Join(c.Scopes, ", ")).Mono().Sized(13).Colored(widgets.ColorNameMuted).Shrinking(),
			widgets.NewSmallText(clock(c.Given, p.u.now())), withdraw))
	}
	if len(list.Objects) == 0 {
		return widgets.NewCaption(lang.L("No consent is remembered: the approval page asks each time."))
	}
	return widgets.NewColumn(4, widgets.NewSmallText(lang.L("Consents: these clients get this without asking again")), list)
}

func (p *localUsersPage) withdraw(c auth.LocalConsent) {
	async(p.u.run, func(ctx context.Context) (struct{}, error) { return struct{}{}, p.u.local.WithdrawConsent(ctx, c.ID) },
		func(_ struct{}, err error) {
			if err != nil {
				p.u.failLocal(err)
				return
			}
			p.u.toast(lang.L("{{.Name}} asks again next time. Its tokens stay.", briefly(c.Client)), "", nil)
			p.s.reload()
		})
}

func (p *localUsersPage) openMenu(i int, at fyne.Position) {
	u, user, why := p.u, p.shown[i], ""
	items := []widgets.MenuItem{{Label: lang.L("Edit…"), Icon: u.icons.Icon("edit"), Action: func() { p.edit(user) }}}
	if user.Practice {
		why = lang.L("The program shows how to sign in with it")
		items = append(items, widgets.MenuItem{Label: lang.L("Copy password"), Icon: u.icons.Icon("copy"), Action: p.copyPassword})
	}
	widgets.ShowMenu(u.window.Canvas(), at, append(items, widgets.MenuItem{Rule: true},
		widgets.MenuItem{Label: lang.L("Delete user"), Icon: u.icons.Icon("trash"), Why: why, Action: func() { p.remove(user) }}))
}

// key deletes the selected user.
func (p *localUsersPage) key(e *fyne.KeyEvent) {
	if i := p.index(); e.Name == fyne.KeyDelete && i >= 0 && !p.shown[i].Practice {
		p.remove(p.shown[i])
	}
}

// remove asks once and deletes a user.
func (p *localUsersPage) remove(user auth.LocalUser) {
	u := p.u
	u.askFirst(lang.L("Delete “{{.Name}}”?", named(user.Name)), lang.L("The user's tokens end at once, and the consents are forgotten."),
		lang.L("Cancel"), lang.L("Delete user"), func() {
			async(u.run, func(ctx context.Context) (struct{}, error) { return struct{}{}, u.local.DeleteUser(ctx, user.ID) },
				func(_ struct{}, err error) {
					if err != nil {
						u.failLocal(err)
						return
					}
					u.toast(lang.L("“{{.Name}}” was deleted.", briefly(user.Name)), "", nil)
					p.s.reload()
				})
		})
}

// edit opens the sheet of a user.
func (p *localUsersPage) edit(user auth.LocalUser) {
	u, isNew := p.u, user.ID == ""
	title := lang.L("User “{{.Name}}”", named(user.Name))
	if isNew {
		title = lang.L("New user")
	}
	var password, again *widgets.SecretField
	var id string // as stored
	s := u.openSavingSheet(title, lang.L("Save user"), func(f *savingSheet) {
		f.text("user.name", lang.L("Name"), user.Name, textKind{required: true}, func(v string) { user.Name = v })
		f.text("user.full_name", lang.L("Full name"), user.FullName, textKind{}, func(v string) { user.FullName = v })
		f.text("user.email", lang.L("E-mail"), user.Email, textKind{placeholder: "mara@example.com"}, func(v string) { user.Email = v })
		password = widgets.NewSecretField(u.icons, lang.L("Password"), isNew, true, lang.L("Show it (F2)"), lang.L("Hide it (F2)"))
		again = widgets.NewSecretField(u.icons, lang.L("Password, once more"), isNew, false, "", "")
		f.add("user.password", password.Field, password.Input, func(v string) { user.Password = auth.NewSecret(v) })
		f.add("user.again", again.Field, again.Input, func(string) {})
		if !isNew {
			again.SetHint(lang.L("Leave both empty to keep the password."))
		}
		active := widgets.NewCheck(u.icons, lang.L("Active"), func(on bool) { f.dirty, user.Active = true, on })
		active.SetCaption(lang.L("Off: this user can't sign in."))
		active.SetChecked(user.Active)
		f.column.Add(active)
		f.check = func() bool {
			if again.Input.Text() == password.Input.Text() {
				return true
			}
			again.SetError(lang.L("The two passwords differ."))
			u.window.Canvas().Focus(again.Input.Focusable())
			return false
		}
	}, func() func(context.Context) error {
		draft := user
		return func(ctx context.Context) error {
			saved, err := u.local.SaveUser(ctx, draft)
			id = saved.ID
			return err
		}
	}, func() {
		p.chosen = id
		u.toast(lang.L("“{{.Name}}” was saved.", briefly(user.Name)), "", nil)
		p.s.reload()
	})
	s.begin()
}
