package gui

import (
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/assert"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
	"tokenwell/gui/widgets"
)

// undrawn is an app whose driver knows neither window nor place of an input, as the
// real one does not know those of what it has not drawn yet.
type undrawn struct{ fyne.App }

func (a undrawn) Driver() fyne.Driver { return undrawnDriver{a.App.Driver()} }

type undrawnDriver struct{ fyne.Driver }

func (d undrawnDriver) CanvasForObject(o fyne.CanvasObject) fyne.Canvas {
	if _, input := o.(*widgets.Input); input {
		return nil
	}
	return d.Driver.CanvasForObject(o)
}

func (d undrawnDriver) AbsolutePositionForObject(o fyne.CanvasObject) fyne.Position {
	if _, input := o.(*widgets.Input); input {
		return fyne.Position{}
	}
	return d.Driver.AbsolutePositionForObject(o)
}

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

func TestLocalEditor_CountsNoErrorThatIsOutOfSight(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, r *guitest.Registry, s *localScreen) {
		r.OnSaveClient = func(c auth.LocalClient) (auth.LocalClient, error) {
			return c, auth.FieldErrors{
				{Field: auth.LocalField("client.keys"), Message: "Enter a key"},
				{Field: auth.LocalField("client.redirects"), Message: "It stands there twice"},
			}
		}
		d.tap("New client")
		e := s.clientPage().editor
		jwt := e.rules.grants[auth.LocalGrantJWTBearer]
		jwt.Tapped(nil)
		d.shortcut(fyne.KeyS)
		assert.True(t, d.shows("2 fields need a correction"))
		jwt.Tapped(nil)
		assert.True(t, d.shows("1 field needs a correction"))
		clientInput(t, e, "client.redirects").SetText("http://127.0.0.1/other")
		assert.False(t, d.shows("needs a correction"))
		assert.Empty(t, e.m.wrong())
	})
}
