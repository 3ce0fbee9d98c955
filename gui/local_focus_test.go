package gui

import (
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/assert"

	"tokenwell/gui/guitest"
	"tokenwell/gui/widgets"
)

// undrawn is an app whose driver knows the window of nothing, as the real one does
// not know that of what it has not drawn yet.
type undrawn struct{ fyne.App }

func (a undrawn) Driver() fyne.Driver { return undrawnDriver{a.App.Driver()} }

type undrawnDriver struct{ fyne.Driver }

func (undrawnDriver) CanvasForObject(fyne.CanvasObject) fyne.Canvas { return nil }

func (undrawnDriver) AbsolutePositionForObject(fyne.CanvasObject) fyne.Position { return fyne.Position{} }

func TestLocalEditor_ANewRedirectRowHasTheCursor(t *testing.T) {
	atLocal(t, tight, nil, func(d *desk, _ *guitest.Registry, s *localScreen) {
		e := s.clientPage().editor
		rows := e.rules.rows
		e.scroll.ScrollToOffset(fyne.NewPos(0, 120))
		add, ok := shown(s.root, func(l *widgets.Link) bool { return l.Text == "Add a redirect URL" })
		assert.True(t, ok)
		app := fyne.CurrentApp()
		fyne.SetCurrentApp(undrawn{app})
		defer fyne.SetCurrentApp(app)
		add.OnTapped()
		assert.True(t, d.c.Focused() == rows.inputs[2].Focusable())
		assert.Equal(t, float32(120), e.scroll.Offset.Y, "where it stands is not known before it is drawn")
		rows.remove(1)
		assert.True(t, d.c.Focused() == rows.inputs[1].Focusable(), "the row that came in its place")
	})
}
