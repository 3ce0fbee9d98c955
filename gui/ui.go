package gui

import (
	"log/slog"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"

	"tokenwell/auth"
)

// ui is what the screens of one window share.
type ui struct {
	app    fyne.App
	window fyne.Window
	engine Engine
	local  auth.LocalRegistry // nil: no local server to administer
	run    *runner
	icons  Icons
	// version stands on the Help menu's About sheet.
	version string
	frame   *frame
	themes  themes

	log      *slog.Logger
	now      func() time.Time // the clock of everything that is shown
	commands []command
	menus    *mainMenu
	prefs    prefs
	stored   map[string]string // the settings as they were last stored
	saving   debouncer
	// localStart is the setting that tells whether the local server starts with
	// the program.
	localStart string
	clip       clip
	form       *form                         // that is open; nil: none
	asking     *asking                       // the questions of programs to the user
	front      atomic.Bool                   // one of our windows has the keyboard
	notified   map[string]int64              // generation of each authorization that a notification was about
	errors     map[errorKey]auth.Explanation // the table of errors, once it was needed
	unwatch    func()                        // ends the subscription to the engine's events
	quit       func()
	closing    bool
}

// Icons gives the program's own icons by name, such as "key"; they come from
// assets, which this package does not read itself.
type Icons interface {
	// Icon returns the themed icon, Logo the app icon, WindowIcon the same for a
	// window to carry.
	Icon(name string) fyne.Resource
	Logo() fyne.Resource
	WindowIcon() fyne.Resource
}
