package gui

import (
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// What is typed after a new service was opened goes into its name.
func TestServicesFocus_ANewServiceBeginsAtItsName(t *testing.T) {
	ways := map[string]func(d *desk){
		"New service":         func(d *desk) { d.tap("New service") },
		"the menu":            func(d *desk) { d.w.u.newService() },
		"a copy":              func(d *desk) { d.tap("Zoho"); d.tap("Customise a copy") },
		"after what was left": func(d *desk) { d.w.u.frame.services.editor.m.imported = true; d.tap("New service"); d.tap("Discard") },
	}
	for name, open := range ways {
		t.Run(name, func(t *testing.T) {
			atServices(t, func(d *desk, s *servicesScreen) {
				open(d)
				name := input(t, s.editor, "name")
				assert.Same(t, name.Focusable(), d.c.Focused())
				d.c.Focused().TypedRune('H')
				assert.Equal(t, "H", name.Text(), "it takes the place of the proposed name")
			})
		})
	}
}

func TestServicesFocus_AServiceThatIsOnlyLookedAtLeavesItToTheList(t *testing.T) {
	atServices(t, func(d *desk, s *servicesScreen) {
		d.c.Focus(s.list)
		d.key(fyne.KeyDown)
		assert.Equal(t, "own-2", s.chosen)
		assert.Same(t, fyne.Focusable(s.list), d.c.Focused())
	})
}

// After Ctrl+S the typing goes on where it was.
func TestServicesFocus_SavingLeavesItWhereItIs(t *testing.T) {
	atServices(t, func(d *desk, s *servicesScreen) {
		path := s.editor.addresses.rows[1].path.Control.(*widgets.Input)
		d.c.Focus(path.Focusable())
		d.c.Focused().TypedRune('x')
		d.shortcut(fyne.KeyS)
		require.Contains(t, d.engine.Calls, "save service Data hub")
		assert.False(t, s.editor.m.dirty())
		on, ok := shown(s.editor.object, func(in *widgets.Input) bool { return in.Focusable() == d.c.Focused() })
		require.True(t, ok, "the focus is in the editor that is shown")
		assert.Contains(t, on.Text(), "x")
		d.c.Focused().TypedRune('y')
		assert.True(t, s.editor.m.dirty(), "and what is typed is taken")
		d.shortcut(fyne.KeyS)
		assert.Contains(t, d.engine.Own[len(d.engine.Own)-1].Endpoints.Token, "y")

		d.tap("New service")
		d.c.Focused().TypedRune('H')
		d.shortcut(fyne.KeyS)
		assert.Same(t, input(t, s.editor, "name").Focusable(), d.c.Focused())
		d.tap("Cancel")
		assert.Equal(t, "own-H", s.chosen, "it is stored, and stays")
	})
}

// The engine may put right what was typed; then the page shows that.
func TestServicesFocus_WhatTheEnginePutsRightIsShown(t *testing.T) {
	atServices(t, func(d *desk, s *servicesScreen) {
		d.engine.OnSaveService = func(s auth.Service) (auth.Service, error) {
			s.Help.Steps = []string{"Open the page."}
			return s, nil
		}
		in := input(t, s.editor, "help.steps")
		in.SetText("Open  the page.")
		d.c.Focus(in.Focusable())
		d.shortcut(fyne.KeyS)
		assert.Equal(t, pageHelp, s.editor.tabs.Current())
		now := input(t, s.editor, "help.steps")
		assert.Equal(t, "Open the page.", now.Text())
		assert.Same(t, now.Focusable(), d.c.Focused())
		assert.False(t, s.editor.m.dirty())
	})
}
