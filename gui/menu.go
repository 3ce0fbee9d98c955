package gui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
)

// mainMenu is the menu bar; its items follow what can be done now.
type mainMenu struct {
	menu  *fyne.MainMenu
	rows  []*fyne.MenuItem // one for each command
	find  *fyne.MenuItem   // usable where there is a search
	save  *fyne.MenuItem   // usable while a service or a client is edited
	local *localMenu       // nil: no local server
	cols  map[string]*fyne.MenuItem
	looks map[themeChoice]*fyne.MenuItem
}

func newMainMenu(u *ui) *mainMenu {
	m := &mainMenu{cols: map[string]*fyne.MenuItem{}, looks: map[themeChoice]*fyne.MenuItem{}}
	create := fyne.NewMenuItem(lang.L("New authorization"), u.newAuthorization)
	create.Shortcut = newShortcut
	quit := fyne.NewMenuItem(lang.L("Quit"), u.shutDown)
	quit.IsQuit = true
	m.find = fyne.NewMenuItem(lang.L("Find"), u.find)
	m.find.Shortcut = findShortcut
	m.save = fyne.NewMenuItem(lang.L("Save service"), u.saveEdited)
	m.save.Shortcut = saveShortcut
	toHome := fyne.NewMenuItem(lang.L("Authorizations"), func() { u.goTo(func() { u.showAuthorizations("") }) })
	toHome.Shortcut = homeShortcut
	toServices := fyne.NewMenuItem(lang.L("Services"), func() { u.goTo(u.showServices) })
	toServices.Shortcut = servicesShortcut
	columnsItem := fyne.NewMenuItem(lang.L("Columns"), nil)
	columnsItem.ChildMenu = m.columnMenu(u)
	themeItem := fyne.NewMenuItem(lang.L("Theme"), nil)
	themeItem.ChildMenu = m.themeMenu(u)
	var commands []*fyne.MenuItem
	for i := range u.commands {
		c := &u.commands[i]
		item := fyne.NewMenuItem(lang.L(c.label), func() { u.runCommand(c.id) })
		item.Shortcut = c.shortcut()
		if c.rule {
			commands = append(commands, fyne.NewMenuItemSeparator())
		}
		commands = append(commands, item)
		m.rows = append(m.rows, item)
	}
	views := []*fyne.MenuItem{toHome, toServices}
	if u.local != nil {
		m.local = newLocalMenu(u)
		toLocal := fyne.NewMenuItem(lang.L("Local server"), func() { u.goTo(u.showLocal) })
		toLocal.Shortcut = localShortcut
		views = append(views, toLocal)
	}
	toActivity := fyne.NewMenuItem(lang.L("Activity"), func() { u.goTo(u.showActivity) })
	toActivity.Shortcut = activityShortcut
	views = append(views, toActivity)
	m.menu = fyne.NewMainMenu(
		fyne.NewMenu(lang.L("File"), create, fyne.NewMenuItem(lang.L("New service"), u.newService), m.save,
			fyne.NewMenuItem(lang.L("Import a service…"), u.importService), fyne.NewMenuItemSeparator(), quit),
		fyne.NewMenu(lang.L("Edit"), m.find, fyne.NewMenuItemSeparator(),
			fyne.NewMenuItem(lang.L("When tokens are refreshed…"), u.openMargin)),
		fyne.NewMenu(lang.L("View"), append(views, fyne.NewMenuItemSeparator(), columnsItem, themeItem)...),
		fyne.NewMenu(lang.L("Authorization"), commands...),
		fyne.NewMenu(lang.L("Help"),
			fyne.NewMenuItem(lang.L("Errors and shortcuts"), func() { u.leaveFor(u.showHelp) }), fyne.NewMenuItem(lang.L("About Tokenwell"), u.about)),
	)
	if m.local != nil {
		m.menu.Items = slices.Insert(m.menu.Items, len(m.menu.Items)-1, m.local.menu)
	}
	return m
}

func (m *mainMenu) columnMenu(u *ui) *fyne.Menu {
	var items []*fyne.MenuItem
	for i := range columns {
		c := &columns[i]
		if c.fixed {
			continue
		}
		m.cols[c.id] = fyne.NewMenuItem(c.columnTitle(), func() { u.frame.home.toggleColumn(c.id) })
		items = append(items, m.cols[c.id])
	}
	return fyne.NewMenu("", items...)
}

func (m *mainMenu) themeMenu(u *ui) *fyne.Menu {
	var items []*fyne.MenuItem
	for _, look := range []struct {
		choice themeChoice
		label  string
	}{
		{themeSystem, "As the system"}, {themeLight, "Light"}, {themeDark, "Dark"},
	} {
		item := fyne.NewMenuItem(lang.L(look.label), func() { u.setTheme(look.choice) })
		m.looks[look.choice] = item
		items = append(items, item)
	}
	return fyne.NewMenu("", items...)
}

// setTheme changes between light, dark and what the system says.
func (u *ui) setTheme(choice themeChoice) {
	u.changePrefs(func(p *prefs) { p.theme = choice })
	u.app.Settings().SetTheme(newTheme(choice))
	u.refreshMenus()
}

// refreshMenus makes the menu bar follow the selection and the settings.
func (u *ui) refreshMenus() {
	m := u.menus
	if m == nil {
		return
	}
	changed := false
	set := func(item *fyne.MenuItem, label string, disabled, checked bool) {
		if item.Label != label || item.Disabled != disabled || item.Checked != checked {
			item.Label, item.Disabled, item.Checked = label, disabled, checked
			changed = true
		}
	}
	t, ok := u.frame.home.selection()
	home := u.frame.shown == u.frame.home
	for i, item := range m.rows {
		c := &u.commands[i]
		label := c.labelOf(t)
		usable := ok && home && c.why(t) == ""
		if c.id == cmdRevoke && ok && notOffered(t) {
			label = lang.L("{{.Command}} (not offered)", map[string]any{"Command": label})
		}
		set(item, label, !usable, false)
	}
	set(m.find, m.find.Label, u.frame.shown == nil, false)
	label, edited := u.editedLabel()
	set(m.save, label, !edited, false)
	if m.local != nil {
		m.local.refresh(u, set)
	}
	for id, item := range m.cols {
		set(item, item.Label, !home, !u.prefs.hidden[id])
	}
	for choice, item := range m.looks {
		set(item, item.Label, false, u.prefs.theme == choice)
	}
	if changed {
		m.menu.Refresh()
	}
}

// notOffered tells whether the service has no revocation.
func notOffered(t target) bool {
	return t.detail != nil && t.detail.Status.Generation > 0 && !t.detail.CanRevoke &&
		t.row.State != auth.StateChangedOutside
}
