package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// commandID names a command for tests and the menus.
type commandID string

const (
	cmdCopy    commandID = "copy"
	cmdRefresh commandID = "refresh"
	cmdSignIn  commandID = "reauthorize"
	cmdEdit    commandID = "edit"
	cmdCopyOf  commandID = "duplicate"
	cmdRename  commandID = "rename"
	cmdRevoke  commandID = "revoke"
	cmdDelete  commandID = "delete"
	cmdTest    commandID = "test"
	cmdInspect commandID = "inspect"
	cmdAgain   commandID = "reauthorize_with"
	cmdPause   commandID = "pause"
	cmdAuto    commandID = "auto_refresh"
	cmdExport  commandID = "export"
	cmdCopyAs  commandID = "copy_as"
	cmdWho     commandID = "who_may"
)

// target is the authorization that a command is for.
type target struct {
	row    auth.Row
	detail *auth.Detail // nil while it is not known
	err    error        // why it is not known
}

// command is one thing that can be done with an authorization. The list of
// newCommands feeds the row menu, the main menu and the keyboard.
type command struct {
	id    commandID
	label string // English, the key of the translation
	icon  string
	key   fyne.KeyName
	mod   fyne.KeyModifier
	rule  bool // a line stands above it in menus
	// named gives another label for an authorization, such as Resume for Pause;
	// nil: always label.
	named func(t target) string
	// why says why the command can't be used now; "" when it can.
	why func(t target) string
	run func(u *ui, t target)
}

// newCommands returns the commands for one authorization, in the menus' order.
func newCommands() []command {
	const ctrl = fyne.KeyModifierShortcutDefault
	return []command{
		{
			id: cmdCopy, label: "Copy access token", icon: "copy", key: fyne.KeyC, mod: ctrl,
			why: whyNoToken, run: func(u *ui, t target) { u.copyAccessToken(t.row.ID) },
		},
		{
			id: cmdCopyAs, label: "Copy as…", icon: "program", key: fyne.KeyC, mod: ctrl | fyne.KeyModifierShift,
			why: whyLocked, run: func(u *ui, t target) { u.openCopyAs(t) },
		},
		{
			id: cmdRefresh, label: "Refresh now", icon: "refresh", key: fyne.KeyR, mod: ctrl,
			why: whyNotRefresh, run: func(u *ui, t target) { u.refreshNow(t.row.ID, t.row.Name) },
		},
		{
			id: cmdTest, label: "Test…", icon: "play", key: fyne.KeyT, mod: ctrl,
			why: whyNoToken, run: func(u *ui, t target) { u.openTest(t) },
		},
		{
			id: cmdInspect, label: "What the token says", icon: "info", key: fyne.KeyI, mod: ctrl,
			why: whyNothingStored, run: func(u *ui, t target) { u.openInspection(t) },
		},
		{
			id: cmdSignIn, label: "Re-authorize", icon: "user", key: fyne.KeyL, mod: ctrl, rule: true,
			why: whyLocked, run: func(u *ui, t target) { u.reauthorize(t.row.ID, auth.ReauthorizeOptions{}) },
		},
		{
			id: cmdAgain, label: "Re-authorize with options…", icon: "key",
			why: whyNoOptions, run: func(u *ui, t target) { u.askReauthorize(t) },
		},
		{
			id: cmdEdit, label: "Edit & re-authorize", icon: "settings", key: fyne.KeyE, mod: ctrl,
			why: whyLocked, run: func(u *ui, t target) { u.openDraftOf(t.row.ID, false) },
		},
		{
			id: cmdPause, label: "Pause", icon: "pause", key: fyne.KeyP, mod: ctrl, rule: true, named: pauseLabel,
			why: whyNoPause, run: func(u *ui, t target) { u.setPaused(t, !isPaused(t)) },
		},
		{
			id: cmdAuto, label: "Automatic refresh", icon: "clock", named: autoLabel,
			why: whyNoAuto, run: func(u *ui, t target) { u.turnAutoRefresh(t) },
		},
		{
			id: cmdWho, label: "Who may use it…", icon: "lock", key: fyne.KeyU, mod: ctrl,
			why: whyLocked, run: func(u *ui, t target) { u.openHandOutRule(t) },
		},
		{
			id: cmdCopyOf, label: "Duplicate", icon: "plus", key: fyne.KeyD, mod: ctrl, rule: true,
			why: whyLocked, run: func(u *ui, t target) { u.openDraftOf(t.row.ID, true) },
		},
		{
			id: cmdRename, label: "Rename", icon: "edit", key: fyne.KeyF2,
			why: whyLocked, run: func(u *ui, t target) { u.askName(t) },
		},
		{
			id: cmdExport, label: "Export…", icon: "download",
			why: whyLocked, run: func(u *ui, t target) { u.askExport(t) },
		},
		{
			id: cmdRevoke, label: "Revoke", icon: "shield", rule: true,
			why: whyNotRevoke, run: func(u *ui, t target) { u.askRevoke(t) },
		},
		{
			id: cmdDelete, label: "Delete authorization", icon: "trash", key: fyne.KeyDelete,
			why: func(target) string { return "" }, run: func(u *ui, t target) { u.askDelete(t) },
		},
	}
}

// labelOf is the command's translated label for t.
func (c *command) labelOf(t target) string {
	if c.named != nil && t.row.ID != "" {
		return c.named(t)
	}
	return lang.L(c.label)
}

// isPaused tells whether an authorization is paused, by its newest data.
func isPaused(t target) bool {
	if t.detail != nil {
		return t.detail.Status.State == auth.StatePaused
	}
	return t.row.State == auth.StatePaused
}

func pauseLabel(t target) string {
	if isPaused(t) {
		return lang.L("Resume")
	}
	return lang.L("Pause")
}

func autoLabel(t target) string {
	if t.detail != nil && t.detail.Authorization.AutoRefresh {
		return lang.L("Turn automatic refresh off")
	}
	return lang.L("Turn automatic refresh on")
}

// openRowMenu shows the menu of an authorization at a place of the window.
func (u *ui) openRowMenu(t target, at fyne.Position) {
	var items []widgets.MenuItem
	for i := range u.commands {
		c := &u.commands[i]
		if c.rule {
			items = append(items, widgets.MenuItem{Rule: true})
		}
		items = append(items, widgets.MenuItem{
			Label: c.labelOf(t), Shortcut: c.keys(), Icon: u.icons.Icon(c.icon), Why: c.why(t),
			Action: func() { c.run(u, t) },
		})
	}
	widgets.ShowMenu(u.window.Canvas(), at, items)
}

// runCommand runs a row command from the keyboard or the main menu, for the
// selected authorization; when it can't be used it says why.
func (u *ui) runCommand(id commandID) {
	if !u.listens() {
		return
	}
	t, ok := u.frame.home.selection()
	if !ok {
		return
	}
	for i := range u.commands {
		c := &u.commands[i]
		if c.id != id {
			continue
		}
		if why := c.why(t); why != "" {
			u.toast(why, "", nil)
			return
		}
		c.run(u, t)
	}
}

// newAuthorization opens an empty form for the first service of the catalog.
func (u *ui) newAuthorization() {
	u.goTo(func() { u.openForm(u.engine.DraftFor(u.defaultService())) })
}

// defaultService is the service that the form starts with.
func (u *ui) defaultService() string {
	services := u.engine.Services()
	if len(services) == 0 {
		return auth.OtherServiceID
	}
	return services[0].ID
}

// tryLocal opens the form for the local server with its practice client filled in.
func (u *ui) tryLocal() {
	d := u.engine.DraftFor(auth.LocalServiceID)
	local := u.engine.LocalServer()
	d.ClientID, d.ClientSecret, d.Confirmation = local.ClientID, local.ClientSecret, local.ClientSecret
	d.Public = false
	u.openForm(d)
	u.form.trying = !practiceRuns(local)
}
