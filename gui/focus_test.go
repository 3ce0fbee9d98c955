package gui

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
	"tokenwell/gui/widgets"
)

// formScroll is what scrolls in the form.
func (b *bench) formScroll() *container.Scroll {
	b.t.Helper()
	return find(b, "the form's scroll", func(s *container.Scroll) bool { return s == b.u.form.scroll })
}

// inSight tells whether all of an object is between the form's title and its foot.
func (b *bench) inSight(o fyne.CanvasObject) bool {
	driver, scroll := fyne.CurrentApp().Driver(), b.u.form.scroll
	top := driver.AbsolutePositionForObject(o).Y - driver.AbsolutePositionForObject(scroll).Y
	return top >= 0 && top+o.Size().Height <= scroll.Size().Height
}

// holds tells whether an object is among what o shows.
func holds(o, object fyne.CanvasObject) bool {
	found := false
	guitest.Walk(o, func(child fyne.CanvasObject) bool {
		found = found || child == object
		return !found
	})
	return found
}

func TestForm_TabNeverLeadsOutOfSight(t *testing.T) {
	for _, size := range []fyne.Size{standard, small} {
		tabThroughForm(t, size)
	}
}

func tabThroughForm(t *testing.T, size fyne.Size) {
	t.Helper()
	atMore(t, nil, func(b *bench) {
		b.u.window.Resize(size)
		scroll := b.formScroll()
		kinds, moved := map[string]bool{}, false
		b.canvas.Focus(b.entry("Friendly name").Focusable())
		for range 200 {
			o := b.canvas.Focused().(fyne.CanvasObject)
			if holds(scroll, o) {
				kinds[fmt.Sprintf("%T", o)] = true
				assert.True(t, b.inSight(o), "%T at %v", o, fyne.CurrentApp().Driver().AbsolutePositionForObject(o))
			}
			moved = moved || scroll.Offset.Y > 100
			b.canvas.FocusNext()
			if b.canvas.Focused() == b.entry("Friendly name").Focusable() {
				break
			}
		}
		assert.True(t, moved)
		for _, kind := range []string{"Select", "Check", "Button", "Link", "FoldHead", "List", "entry"} {
			assert.True(t, kinds["*widgets."+kind], "a %s gets the focus: %v", kind, kinds)
		}
	})
}

func TestForm_EditAsJSONShowsTheWholeBox(t *testing.T) {
	atMore(t, nil, func(b *bench) {
		swap := find(b, "the link", func(l *widgets.Link) bool { return l.Text == "Edit as JSON" })
		scroll := b.formScroll()
		driver := fyne.CurrentApp().Driver()
		for range 2 { // the same box is opened twice
			bottom := driver.AbsolutePositionForObject(swap).Y - driver.AbsolutePositionForObject(scroll).Y + swap.Size().Height
			scroll.ScrollToOffset(fyne.NewPos(0, scroll.Offset.Y+bottom-scroll.Size().Height)) // at the foot
			test.Tap(swap)
			area := find(b, "the box", func(i *widgets.Input) bool { return b.canvas.Focused() == i.Focusable() })
			assert.True(t, b.inSight(area), "at %v of %v", driver.AbsolutePositionForObject(area), scroll.Size())
			b.canvas.Unfocus()
			test.Tap(swap)
		}
	})
}

// A press gives an entry the focus; moving it away from under the pointer would
// end the press elsewhere, and select text on the way.
func TestForm_APressMovesNothingUntilItEnds(t *testing.T) {
	atMore(t, nil, func(b *bench) {
		in, scroll, driver := b.entry("Client ID"), b.formScroll(), fyne.CurrentApp().Driver()
		top := driver.AbsolutePositionForObject(in).Y - driver.AbsolutePositionForObject(scroll).Y
		scroll.ScrollToOffset(fyne.NewPos(0, top+26)) // its last 10 are seen
		at := scroll.Offset
		entry := in.Focusable().(desktop.Mouseable)
		press := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary, PointEvent: fyne.PointEvent{Position: fyne.NewPos(4, 30)}}
		entry.MouseDown(press)
		require.Equal(t, in.Focusable(), b.canvas.Focused())
		assert.Equal(t, at, scroll.Offset)
		entry.MouseUp(press)
		assert.True(t, b.inSight(in))
	})
}

// Coming back to the window gives the focus again to what had it.
func TestForm_ComingBackToTheWindowScrollsNothing(t *testing.T) {
	atMore(t, nil, func(b *bench) {
		name := b.entry("Friendly name").Focusable()
		b.canvas.Focus(name)
		b.formScroll().ScrollToOffset(fyne.NewPos(0, 300))
		name.FocusLost()
		name.FocusGained()
		assert.Equal(t, float32(300), b.formScroll().Offset.Y)
	})
}

// The details scroll too, in a part of the window that is drawn by a widget of the
// program's own.
func TestDetail_TabNeverLeadsOutOfSight(t *testing.T) {
	atDesk(t, fyne.NewSize(1180, 420), few, func(d *desk) {
		d.tap("Alpha report")
		scroll := d.w.u.frame.home.detail.scroll.Objects[0].(*container.Scroll)
		driver, met := fyne.CurrentApp().Driver(), 0
		for range 60 {
			d.c.FocusNext()
			o := d.c.Focused().(fyne.CanvasObject)
			if !holds(scroll, o) {
				continue
			}
			met++
			top := driver.AbsolutePositionForObject(o).Y - driver.AbsolutePositionForObject(scroll).Y
			assert.True(t, top >= 0 && top+o.Size().Height <= scroll.Size().Height, "%T at %v", o, top)
		}
		assert.Greater(t, met, 5)
	})
}

func TestForm_TheCountLeadsToTheFirstField(t *testing.T) {
	for name, lead := range map[string]func(b *bench){
		"a click": func(b *bench) {
			test.Tap(find(b, "the count", func(l *widgets.Link) bool { return l.Text == "1 field needs a correction" }))
		},
		"Ctrl+Enter": func(b *bench) { b.u.form.submit() },
	} {
		t.Run(name, func(t *testing.T) {
			atMore(t, nil, func(b *bench) {
				b.engine.taken = []string{"Issues"}
				b.fill("Friendly name", "Issues")
				b.rest()
				field := b.entry("Friendly name")
				for _, elsewhere := range []func(){b.leave, func() {}} { // also where the cursor is in the field already
					elsewhere()
					b.formScroll().ScrollToBottom()
					require.True(t, b.button("Save & Authorize").Disabled())
					lead(b)
					assert.Same(t, field.Focusable(), b.canvas.Focused())
					assert.True(t, b.inSight(field))
				}
				assert.Empty(t, b.engine.submitted)
			})
		})
	}
}

func TestForm_CtrlEnterLeadsToTheConfirmation(t *testing.T) {
	atForm(t, newDraft("github"), func(b *bench) {
		b.fill("Friendly name", "Issues")
		b.fill("Client ID", "gh-client")
		b.fill("Client secret", "secret-one")
		b.rest()
		b.u.form.submit()
		assert.True(t, b.shows("The two secrets do not match."))
		assert.Same(t, b.entry("Client secret confirmation").Focusable(), b.canvas.Focused())
	})
}

func TestForm_EditBeginsAtTheClientID(t *testing.T) {
	edit := func(grant auth.Grant) func(*formEngine) auth.Draft {
		return grantDraft("other", grant, func(d *auth.Draft) { d.ID, d.Name, d.ClientID = "id-1", "Issues", "my-client" })
	}
	atForm(t, edit(auth.GrantAuthorizationCode), func(b *bench) {
		assert.Same(t, b.entry("Client ID").Focusable(), b.canvas.Focused())
	})
	atForm(t, edit(auth.GrantAccessToken), func(b *bench) {
		assert.Same(t, b.entry("Access token").Focusable(), b.canvas.Focused(), "there is no client")
	})
}

// Whom a service has told that the secret is wrong comes to enter another.
func TestForm_EditAfterAWrongSecretBeginsAtTheSecret(t *testing.T) {
	atForm(t, newDraft("github"), func(b *bench) {
		d := b.engine.DraftFor("github")
		d.ID, d.Name, d.ClientID = "id-1", "Issues", "gh-client"
		b.engine.drafts["id-1"] = d
		b.u.showFailure(&auth.Failure{Code: "invalid_client", Title: "The client ID or the secret is wrong", Steps: []string{"-"}, Action: auth.ActionEdit}, "id-1")
		b.tap("Edit & re-authorize")
		assert.Same(t, b.entry("Client secret").Focusable(), b.canvas.Focused())
	})
}
