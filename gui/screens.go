package gui

import (
	"fyne.io/fyne/v2"

	"tokenwell/gui/widgets"
)

// screen is one of those that the rail leads to.
type screen interface {
	content() fyne.CanvasObject
	typedKey(*fyne.KeyEvent) // handles the keys that no widget has a use for
	focusSearch()            // puts the cursor into its search box
	rest(next func())        // does next, asking first when something would be lost
}

// enter goes to a screen, which stands there as it was left, and lets it read anew.
func (u *ui) enter(s screen, reload func()) {
	if u.frame.shown == s {
		return
	}
	u.putScreen(s)
	reload()
	s.focusSearch()
}

// putScreen puts a screen of the rail right of it.
func (u *ui) putScreen(s screen) {
	if left := u.frame.shown; left != nil { // it has seen what changed until now
		u.frame.styled[left] = u.themes.changes
	}
	u.frame.shown, u.frame.borrowed = s, nil
	u.window.Canvas().SetOnTypedKey(s.typedKey)
	u.putContent(s.content())
	if seen, known := u.frame.styled[s]; known { // else it was just made
		u.restyle(&seen)
	}
	u.frame.styled[s] = u.themes.changes
}

// showContent puts something else there, a form or an editor.
func (u *ui) showContent(content fyne.CanvasObject) {
	u.frame.shown, u.frame.borrowed = nil, nil
	u.putContent(content)
}

func (u *ui) putContent(content fyne.CanvasObject) {
	u.window.Canvas().Unfocus()
	u.frame.home.mouseOut()
	u.frame.screen.Objects = []fyne.CanvasObject{content}
	u.frame.screen.Refresh()
	u.frame.rail.Refresh()
	u.refreshMenus()
}

// showAuthorizations goes back to the table and selects selectID; "" leaves
// the selection as it was.
func (u *ui) showAuthorizations(selectID string) {
	u.putScreen(u.frame.home)
	u.frame.home.reveal(selectID)
	u.frame.home.focusTable()
}

// leaveFor goes to another screen unless the one that is shown still holds
// something that was typed.
func (u *ui) leaveFor(next func()) {
	f := u.frame
	switch editor := f.borrowed; {
	case editor != nil:
		editor.leave(func() {
			editor.left()
			u.leaveFor(next)
		})
		return
	case f.shown == nil:
		if key := u.window.Canvas().OnTypedKey(); key != nil {
			key(&fyne.KeyEvent{Name: fyne.KeyEscape}) // as Cancel: a form asks when something was typed
		}
	}
	if f.shown != nil {
		f.shown.rest(next)
	}
}

// focusOn gives a widget the focus and brings it into sight, also where it has the
// focus already.
func (u *ui) focusOn(target fyne.Focusable) {
	u.window.Canvas().Focus(target)
	if o, ok := target.(fyne.CanvasObject); ok {
		widgets.Reveal(o)
	}
}

// find puts the cursor into the search box of the screen.
func (u *ui) find() {
	if s := u.frame.shown; s != nil && u.window.Canvas().Overlays().Top() == nil {
		s.focusSearch()
	}
}
