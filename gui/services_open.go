package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
)

// goTo goes to another screen from the menus or the keyboard, when nothing lies
// over the present one.
func (u *ui) goTo(show func()) {
	if u.window.Canvas().Overlays().Top() == nil {
		u.leaveFor(show)
	}
}

// newService opens the editor for an empty service.
func (u *ui) newService() {
	u.goTo(func() {
		u.showServices()
		u.frame.services.edit(u.engine.SampleService(""))
	})
}

// showServices opens the Services screen as it was left.
func (u *ui) showServices() {
	f := u.frame
	if s := f.services; s == nil {
		s = newServicesScreen(u)
		f.services = s
		s.then = func() {
			if len(s.list.lines) > 1 && s.chosen == "" && s.editor == nil {
				s.show(*s.list.lines[1].entry)
			}
		}
	}
	u.enter(f.services, f.services.reload)
}

// servicesChanged reads the services anew where they are shown.
func (u *ui) servicesChanged() {
	if f := u.frame; f.shown == f.services {
		f.services.reload()
	}
}

// showServiceEditor opens the editor of services over the present screen, for a
// new service made from a catalog entry ("": an empty one). When it is left, that
// screen is back as it was, and done is told the ID of the service that was
// saved, or "" when none was.
func (u *ui) showServiceEditor(sampleID string, done func(serviceID string)) {
	f, c := u.frame, u.window.Canvas()
	under, keys, shown, seen := f.screen.Objects[0], c.OnTypedKey(), f.shown, u.themes.changes
	back := func(id string) {
		f.shown, f.borrowed = shown, nil
		c.SetOnTypedKey(keys)
		u.putContent(under)
		u.restyle(&seen)
		done(id)
	}
	f.borrowed = newServiceEditor(u, u.engine.SampleService(sampleID),
		func(s auth.Service) { back(s.ID) }, func() { back("") })
	editor := f.borrowed
	f.shown = nil
	u.putContent(editor.object)
	c.SetOnTypedKey(func(key *fyne.KeyEvent) {
		if key.Name == fyne.KeyEscape && c.Overlays().Top() == nil {
			editor.cancel()
		}
	})
	editor.focusName()
}

// serviceInEdit is the editor that is on the screen; nil for none.
func (u *ui) serviceInEdit() *serviceEditor {
	switch {
	case u.frame.borrowed != nil:
		return u.frame.borrowed
	case u.frame.shown == u.frame.services:
		return u.frame.services.editor
	}
	return nil
}

// saveService is Save service.
func (u *ui) saveService() {
	if e := u.serviceInEdit(); e != nil && u.window.Canvas().Overlays().Top() == nil {
		e.submit()
	}
}

// saveEdited is the menu's and the keyboard's command that saves what is edited.
func (u *ui) saveEdited() {
	if e := u.clientInEdit(); e != nil && u.window.Canvas().Overlays().Top() == nil {
		e.submit()
		return
	}
	u.saveService()
}

// editedLabel is the command that saves what is edited, and whether anything is.
func (u *ui) editedLabel() (label string, edited bool) {
	if u.clientInEdit() != nil {
		return lang.L("Save client"), true
	}
	return lang.L("Save service"), u.serviceInEdit() != nil
}
