package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"tokenwell/gui/widgets"
)

// shortcutLine is one shortcut of the list.
type shortcutLine struct{ label, keys string }

// shortcutGroup is a menu with those of its commands that have a shortcut.
type shortcutGroup struct {
	title string
	lines []shortcutLine
}

// shortcutGroups reads the shortcuts out of the menu bar and the row menu.
func (u *ui) shortcutGroups() []shortcutGroup {
	var groups []shortcutGroup
	for _, menu := range u.menus.menu.Items {
		group := shortcutGroup{title: menu.Label}
		for _, item := range menu.Items {
			keys := shortcutKeys(item.Shortcut)
			if c := u.menus.command(u, item); c != nil {
				keys = c.keys() // those without a modifier are the window's own
			}
			if keys != "" {
				group.lines = append(group.lines, shortcutLine{item.Label, keys})
			}
		}
		if len(group.lines) > 0 {
			groups = append(groups, group)
		}
	}
	return groups
}

// command returns the row command behind an item of the menu bar, nil for
// another item.
func (m *mainMenu) command(u *ui, item *fyne.MenuItem) *command {
	for i, row := range m.rows {
		if row == item {
			return &u.commands[i]
		}
	}
	return nil
}

// shortcutKeys writes a shortcut of the menu bar; "" for none.
func shortcutKeys(s fyne.Shortcut) string {
	custom, ok := s.(*desktop.CustomShortcut)
	if !ok {
		return ""
	}
	if custom.Modifier == 0 {
		return string(custom.KeyName)
	}
	return modifierWords(custom.Modifier) + string(custom.KeyName)
}

// helpShortcuts is the list of all shortcuts.
func (u *ui) helpShortcuts() fyne.CanvasObject {
	column := widgets.NewColumn(0)
	for i, group := range u.shortcutGroups() {
		above := float32(20)
		if i == 0 {
			above = 0
		}
		column.Add(widgets.NewInset(above, 0, 6, 0, strong(group.title)))
		for _, line := range group.lines {
			keys := widgets.NewStacked(widgets.NewPanel(widgets.ColorNameOff, widgets.ColorNameBorder, 4),
				widgets.NewInset(3, 8, 3, 8, widgets.NewText(line.keys).Mono().Sized(13)))
			row := widgets.NewRow(8, 0, true, widgets.NewText(line.label).Shrinking(), keys)
			column.Add(widgets.NewFixed(0, rowHeight-1, row))
			column.Add(widgets.NewRule(widgets.ColorNameLine))
		}
	}
	box, _ := widgets.NewTallScroll(widgets.NewInset(16, pageMargin, 20, pageMargin, &fyne.Container{Layout: atMost{480}, Objects: []fyne.CanvasObject{column}}), nil)
	return withoutShadows(box)
}

// atMost keeps its object from growing wider than a line that is easy to follow.
type atMost struct{ width float32 }

// HeightAt implements widgets.TallLayout.
func (l atMost) HeightAt(objects []fyne.CanvasObject, width float32) float32 {
	return widgets.HeightAt(objects[0], min(width, l.width))
}

// Layout implements fyne.Layout.
func (l atMost) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Move(fyne.Position{})
	objects[0].Resize(fyne.NewSize(min(size.Width, l.width), size.Height))
}

// MinSize implements fyne.Layout.
func (l atMost) MinSize(objects []fyne.CanvasObject) fyne.Size {
	least := objects[0].MinSize()
	return fyne.NewSize(min(least.Width, l.width), least.Height)
}
