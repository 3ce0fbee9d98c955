package gui

import (
	"log/slog"
	"time"

	"fyne.io/fyne/v2"

	"tokenwell/auth"
)

// ui is what the screens of one window share.
type ui struct {
	app    fyne.App
	window fyne.Window
	engine Engine
	run    *runner
	icons  Icons
	// version stands on the Help menu's About sheet.
	version string
	frame   *frame

	log      *slog.Logger
	now      func() time.Time // the clock of everything that is shown
	commands []command
	menus    *mainMenu
	prefs    prefs
	stored   map[string]string // the settings as they were last stored
	saving   debouncer
	clip     clip
	unwatch  func() // ends the subscription to the engine's events
	quit     func()
	closing  bool
}

// Icons gives the program's own icons by name, such as "key"; they come from
// assets, which this package does not read itself.
type Icons interface {
	// Icon returns the themed icon, Logo the app icon as a picture.
	Icon(name string) fyne.Resource
	Logo() fyne.Resource
}

// Rooms of this package while they are built side by side:
//
//	frame.go        func (u *ui) showAuthorizations(selectID string)     back to the table
//	                func (u *ui) showScreen(content fyne.CanvasObject)   put a screen right of the rail
//	form.go         func (u *ui) openForm(d auth.Draft)                  new, duplicate or edit, by the draft's ID and CopyOf
//	signinsheet.go  func (u *ui) followSignIn(s *auth.SignIn)            the modal sheet until the sign-in has ended
//	failuresheet.go func (u *ui) showFailure(f *auth.Failure, id string) the modal sheet of a failure; id may be ""
//	vaultdialog.go  func (u *ui) openVault(then func())                  makes or opens the vault, asking where it must
//	toast.go        func (u *ui) toast(text, actionLabel string, action func())
//	clipboard.go    func (u *ui) copySecret(s auth.Secret)               cleared after 10 s if unchanged;  func (u *ui) copyText(text string)
var _ = auth.SignInTimeout
