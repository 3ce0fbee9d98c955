package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
)

// The shortcuts of the screens and of what stands on them. Those of the commands
// for one authorization stand with the commands.
var (
	newShortcut      = &desktop.CustomShortcut{KeyName: fyne.KeyN, Modifier: fyne.KeyModifierShortcutDefault}
	findShortcut     = &desktop.CustomShortcut{KeyName: fyne.KeyF, Modifier: fyne.KeyModifierShortcutDefault}
	saveShortcut     = &desktop.CustomShortcut{KeyName: fyne.KeyS, Modifier: fyne.KeyModifierShortcutDefault}
	homeShortcut     = &desktop.CustomShortcut{KeyName: fyne.Key1, Modifier: fyne.KeyModifierShortcutDefault}
	servicesShortcut = &desktop.CustomShortcut{KeyName: fyne.Key2, Modifier: fyne.KeyModifierShortcutDefault}
	localShortcut    = &desktop.CustomShortcut{KeyName: fyne.Key3, Modifier: fyne.KeyModifierShortcutDefault}
)

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

// listens tells whether the table's commands may run: the table is shown and
// nothing lies over it.
func (u *ui) listens() bool {
	return u.frame.shown == u.frame.home && u.window.Canvas().Overlays().Top() == nil
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
