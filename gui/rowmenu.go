package gui

import (
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
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

func whyNothingStored(t target) string {
	if w := whyLocked(t); w != "" {
		return w
	}
	if t.detail.Status.Generation == 0 {
		return lang.L("There is no access token yet: authorize it first")
	}
	return ""
}

// whyNoToken says why the access token can't be used.
func whyNoToken(t target) string {
	if w := whyNothingStored(t); w != "" {
		return w
	}
	if isPaused(t) {
		return lang.L("It is paused: resume it first")
	}
	return ""
}

func whyNotRefresh(t target) string {
	if w := whyLocked(t); w != "" {
		return w
	}
	if !t.detail.CanRefresh {
		return t.detail.WhyNotRefresh
	}
	return ""
}

// whyNoOptions: only a sign-in page can ask.
func whyNoOptions(t target) string {
	if w := whyLocked(t); w != "" {
		return w
	}
	if info, ok := t.detail.Authorization.Grant.Info(); ok && info.Prompt != auth.PromptBrowser {
		return lang.L("Only a sign-in in the browser can ask for these")
	}
	return ""
}

func whyNoPause(t target) string {
	if w := whyLocked(t); w != "" {
		return w
	}
	if t.detail.Status.Generation == 0 || t.detail.Status.State == auth.StateRevoked {
		return lang.L("There is no token that could be paused")
	}
	return ""
}

func whyNoAuto(t target) string {
	if w := whyLocked(t); w != "" {
		return w
	}
	if info, ok := t.detail.Authorization.Grant.Info(); ok && info.Renewal == auth.RenewNever {
		return lang.L("Only you can bring a new token for this grant")
	}
	return ""
}

func whyNotRevoke(t target) string {
	if w := whyLocked(t); w != "" {
		return w
	}
	switch {
	case t.detail.Status.Generation == 0:
		return lang.L("There is nothing to revoke yet")
	case !t.detail.CanRevoke:
		return t.detail.WhyNotRevoke
	}
	return ""
}

// whyLocked says why nothing that needs the sealed part of a row can be done.
func whyLocked(t target) string {
	switch {
	case t.detail != nil:
		return ""
	case errors.Is(t.err, auth.ErrVaultLocked), errors.Is(t.err, auth.ErrVaultMissing):
		return lang.L("The vault is locked")
	case errors.Is(t.err, auth.ErrChangedOutside), t.row.State == auth.StateChangedOutside:
		return lang.L("This row was changed outside the app")
	case t.err != nil:
		return lang.L("Its data could not be read")
	default:
		return lang.L("Its data is being read")
	}
}

// keys writes the command's shortcut.
func (c *command) keys() string {
	switch {
	case c.key == "":
		return ""
	case c.key == fyne.KeyDelete:
		return lang.L("Del")
	case c.mod == 0:
		return string(c.key)
	default:
		return modifierWords(c.mod) + string(c.key)
	}
}

// modifierWords writes the keys that are held for a shortcut.
func modifierWords(mod fyne.KeyModifier) string {
	words := lang.L("Ctrl") + "+"
	if mod&fyne.KeyModifierShift != 0 {
		words += lang.L("Shift") + "+"
	}
	return words
}

// shortcut is the command's shortcut with a modifier, nil when it has none.
func (c *command) shortcut() fyne.Shortcut {
	if c.mod == 0 || c.key == "" {
		return nil
	}
	return &desktop.CustomShortcut{KeyName: c.key, Modifier: c.mod}
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

// listens tells whether the table's commands may run: the table is shown and
// nothing lies over it.
func (u *ui) listens() bool {
	return u.frame.onHome && u.window.Canvas().Overlays().Top() == nil
}

// addShortcuts makes the keyboard run the commands.
func (u *ui) addShortcuts() {
	c := u.window.Canvas()
	for i := range u.commands {
		id := u.commands[i].id
		if sc := u.commands[i].shortcut(); sc != nil {
			c.AddShortcut(sc, func(fyne.Shortcut) { u.runCommand(id) })
		}
	}
	// Ctrl+C outside of a text field arrives under the toolkit's own name
	c.AddShortcut(&fyne.ShortcutCopy{}, func(fyne.Shortcut) { u.runCommand(cmdCopy) })
	c.AddShortcut(newShortcut, func(fyne.Shortcut) { u.newAuthorization() })
	c.AddShortcut(findShortcut, func(fyne.Shortcut) { u.find() })
	c.AddShortcut(saveShortcut, func(fyne.Shortcut) { u.saveEdited() })
	c.AddShortcut(homeShortcut, func(fyne.Shortcut) { u.goTo(func() { u.showAuthorizations("") }) })
	c.AddShortcut(servicesShortcut, func(fyne.Shortcut) { u.goTo(u.showServices) })
	if u.local != nil {
		c.AddShortcut(localShortcut, func(fyne.Shortcut) { u.goTo(u.showLocal) })
	}
}

var (
	newShortcut  = &desktop.CustomShortcut{KeyName: fyne.KeyN, Modifier: fyne.KeyModifierShortcutDefault}
	findShortcut = &desktop.CustomShortcut{KeyName: fyne.KeyF, Modifier: fyne.KeyModifierShortcutDefault}
)

// typedKey handles keys that no widget has a use for.
func (u *ui) typedKey(e *fyne.KeyEvent) {
	if !u.listens() {
		return
	}
	if e.Name == fyne.KeyEscape {
		u.frame.home.escape()
		return
	}
	for i := range u.commands {
		if c := &u.commands[i]; c.mod == 0 && c.key != "" && c.key == e.Name {
			u.runCommand(c.id)
		}
	}
}

// newAuthorization opens an empty form for the first service of the catalog.
func (u *ui) newAuthorization() {
	if !u.listens() {
		return
	}
	u.openForm(u.engine.DraftFor(u.defaultService()))
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
}

func (u *ui) find() {
	switch {
	case u.listens():
		u.frame.home.focusSearch()
	case u.window.Canvas().Overlays().Top() != nil:
	case u.frame.onHelp:
		u.frame.help.focusSearch()
	case u.frame.onServices:
		u.frame.services.focusSearch()
	case u.frame.onLocal:
		u.frame.local.focusSearch()
	case u.frame.onActivity:
		u.frame.activity.focusSearch()
	}
}
