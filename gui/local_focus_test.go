package gui

import (
	"strconv"
	"testing"
	"time"

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
		fyne.SetCurrentApp(app)
		at := app.Driver().AbsolutePositionForObject(rows.inputs[2]).Y - app.Driver().AbsolutePositionForObject(e.scroll).Y
		assert.True(t, at > 0 && at < e.scroll.Size().Height-20, "it is in sight, at %v", at)
		fyne.SetCurrentApp(undrawn{app})
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

func TestLocalEditor_SavingKeepsTheCursor(t *testing.T) {
	atLocal(t, tight, nil, func(d *desk, _ *guitest.Registry, s *localScreen) {
		p := s.clientPage()
		second := func() fyne.Focusable { return p.editor.rules.rows.inputs[1].Focusable() }
		d.c.Focus(second())
		p.editor.rules.rows.inputs[1].SetText("http://localhost:9000/other")
		offset := p.editor.scroll.Offset
		d.shortcut(fyne.KeyS)
		assert.False(t, p.editor.m.dirty())
		assert.True(t, d.c.Focused() == second(), "what was saved stands there as it was typed")
		assert.Equal(t, offset, p.editor.scroll.Offset)
		d.c.Focus(p.editor.foot.save)
		d.shortcut(fyne.KeyS)
		assert.True(t, d.c.Focused() == fyne.Focusable(p.editor.foot.save))
	})
	atLocal(t, wide, nil, func(d *desk, _ *guitest.Registry, s *localScreen) {
		p := s.clientPage()
		for i, field := range []string{"client.description", "client.redirects", "client.auth", "client.refresh", "client.scopes", "client.grants"} {
			d.tap("New client")
			clientInput(t, p.editor, "client.name").SetText("Weekly " + strconv.Itoa(i))
			d.c.Focus(p.editor.slots[field].focus())
			d.shortcut(fyne.KeyS)
			assert.False(t, p.editor.m.isNew())
			assert.True(t, d.c.Focused() == p.editor.slots[field].focus(), field)
		}
		d.tap("New client")
		clientInput(t, p.editor, "client.name").SetText("Monthly")
		d.shortcut(fyne.KeyS)
		assert.True(t, d.c.Focused() == p.editor.slots["client.description"].focus(), "the first that can still be changed")
		d.tap("New client")
		clientInput(t, p.editor, "client.name").SetText("Daily")
		d.c.Focus(p.editor.foot.save)
		d.key(fyne.KeySpace)
		assert.True(t, d.c.Focused() == fyne.Focusable(p.editor.foot.save))
	})
}

func TestLocalEditor_AChangeOutsideKeepsTheCursor(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, r *guitest.Registry, s *localScreen) {
		p := s.clientPage()
		change := func(about string) {
			others := append([]auth.LocalClient{}, s.clients...)
			others[0].Description = about
			r.Fill(others, nil, nil, nil, nil)
			d.wait(localPause + time.Millisecond)
			assert.Equal(t, about, clientInput(t, p.editor, "client.description").Text())
		}
		d.c.Focus(p.editor.slots["client.access"].focus())
		change("By somebody else")
		assert.True(t, d.c.Focused() == p.editor.slots["client.access"].focus())
		d.shortcut(fyne.KeyF)
		change("Once more")
		assert.True(t, d.c.Focused() == p.search.Focusable(), "what is not in the form has it as before")
	})
}
