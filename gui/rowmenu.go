package gui

import (
	"context"
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
	// why says why the command can't be used now; "" when it can.
	why func(t target) string
	run func(u *ui, t target)
}

// newCommands returns the commands for one authorization, in the menus' order.
func newCommands() []command {
	return []command{
		{
			id: cmdCopy, label: "Copy access token", icon: "copy", key: fyne.KeyC, mod: fyne.KeyModifierShortcutDefault,
			why: func(t target) string {
				if w := whyLocked(t); w != "" {
					return w
				}
				if t.detail.Status.Generation == 0 {
					return lang.L("There is no access token yet: sign in first")
				}
				return ""
			},
			run: func(u *ui, t target) { u.copyAccessToken(t.row.ID) },
		},
		{
			id: cmdRefresh, label: "Refresh now", icon: "refresh", key: fyne.KeyR, mod: fyne.KeyModifierShortcutDefault,
			why: func(t target) string {
				if w := whyLocked(t); w != "" {
					return w
				}
				if !t.detail.CanRefresh {
					return t.detail.WhyNotRefresh
				}
				return ""
			},
			run: func(u *ui, t target) { u.refreshNow(t.row.ID, t.row.Name) },
		},
		{
			id: cmdSignIn, label: "Re-authorize", icon: "user", key: fyne.KeyL, mod: fyne.KeyModifierShortcutDefault,
			why: whyLocked, run: func(u *ui, t target) { u.reauthorize(t.row.ID) },
		},
		{
			id: cmdEdit, label: "Edit & re-authorize", icon: "settings", key: fyne.KeyE, mod: fyne.KeyModifierShortcutDefault,
			why: whyLocked, run: func(u *ui, t target) { u.openDraftOf(t.row.ID, false) },
		},
		{
			id: cmdCopyOf, label: "Duplicate", icon: "plus", key: fyne.KeyD, mod: fyne.KeyModifierShortcutDefault, rule: true,
			why: whyLocked, run: func(u *ui, t target) { u.openDraftOf(t.row.ID, true) },
		},
		{
			id: cmdRename, label: "Rename", icon: "edit", key: fyne.KeyF2,
			why: whyLocked, run: func(u *ui, t target) { u.askName(t) },
		},
		{
			id: cmdRevoke, label: "Revoke", icon: "shield", rule: true,
			why: func(t target) string {
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
			},
			run: func(u *ui, t target) { u.askRevoke(t) },
		},
		{
			id: cmdDelete, label: "Delete authorization", icon: "trash", key: fyne.KeyDelete,
			why: func(target) string { return "" }, run: func(u *ui, t target) { u.askDelete(t) },
		},
	}
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
		return lang.L("Ctrl") + "+" + string(c.key)
	}
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
			Label: lang.L(c.label), Shortcut: c.keys(), Icon: u.icons.Icon(c.icon), Why: c.why(t),
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
	if u.listens() {
		u.frame.home.focusSearch()
	}
}

func (u *ui) copyAccessToken(id string) {
	async(u.run, func(ctx context.Context) (auth.Secret, error) { return u.engine.AccessToken(ctx, id) },
		func(token auth.Secret, err error) {
			if err != nil {
				u.fail(err, id)
				return
			}
			u.copySecret(token)
			u.toast(lang.L("Access token copied. The clipboard is cleared in 10 seconds."), "", nil)
		})
}

func (u *ui) refreshNow(id, name string) {
	async(u.run, func(ctx context.Context) (auth.Detail, error) { return u.engine.Refresh(ctx, id) },
		func(_ auth.Detail, err error) {
			if err != nil {
				u.fail(err, id)
				return
			}
			u.toast(lang.L("“{{.Name}}” has a fresh access token.", map[string]any{"Name": name}), "", nil)
		})
}

func (u *ui) reauthorize(id string) {
	async(u.run, func(ctx context.Context) (*auth.SignIn, error) {
		return u.engine.Reauthorize(ctx, id, auth.ReauthorizeOptions{})
	},
		func(s *auth.SignIn, err error) {
			if err != nil {
				u.fail(err, id)
				return
			}
			u.followSignIn(s)
		})
}

func (u *ui) openDraftOf(id string, duplicate bool) {
	async(u.run, func(ctx context.Context) (auth.Draft, error) { return u.engine.DraftOf(ctx, id, duplicate) },
		func(d auth.Draft, err error) {
			if err != nil {
				u.fail(err, id)
				return
			}
			u.openForm(d)
		})
}

// fail shows an error as the user meets it.
func (u *ui) fail(err error, id string) {
	var f *auth.Failure
	if !errors.As(err, &f) {
		f = unexpected(err)
	}
	u.showFailure(f, id)
}

// unexpected describes an error that the engine did not explain.
func unexpected(err error) *auth.Failure {
	f := &auth.Failure{
		Title: lang.L("This could not be done"), Mover: auth.MoverUser, Code: "unexpected",
		Happened: err.Error(), Steps: []string{lang.L("Try it once more. If it happens again, look into the log.")},
	}
	switch {
	case errors.Is(err, auth.ErrVaultLocked), errors.Is(err, auth.ErrVaultMissing):
		f.Title, f.Code = lang.L("The vault is locked"), "vault_locked"
		f.Happened = lang.L("Tokens and secrets can only be used while the vault is open.")
		f.Steps = []string{lang.L("Open the vault, then do it again.")}
	case errors.Is(err, auth.ErrChangedOutside):
		f.Title, f.Code = lang.L("This row was changed outside the app"), "changed_outside"
		f.Happened = lang.L("What is stored does not match its seal, so no request is made with it.")
		f.Steps = []string{lang.L("Delete the authorization and create it anew.")}
	case errors.Is(err, auth.ErrNotFound):
		f.Title, f.Code = lang.L("This authorization is gone"), "not_found"
		f.Happened = lang.L("It was deleted meanwhile.")
		f.Steps = []string{lang.L("Choose another one.")}
	}
	return f
}
