// Package gui holds the screens of the desktop program. Everything runs on the
// UI thread but the engine's work, which goes through the runner of async.go.
package gui

import (
	"context"
	"log/slog"
	"time"

	"fyne.io/fyne/v2"
	fynetooltip "github.com/dweymouth/fyne-tooltip"

	"tokenwell/auth"
)

// Params are what a window is made of. All but Local, Started, Shown
// and Ending are required.
type Params struct {
	App     fyne.App
	Engine  Engine
	Icons   Icons
	Version string
	Log     *slog.Logger
	// Local administers the local server; nil: its screen is not there.
	Local auth.LocalRegistry
	// Started is when the process began, for the time to the first frame; zero: now.
	Started time.Time
	// Shown is called on the UI thread when the first frame is on the screen; nil:
	// nobody asks.
	Shown func()
	// Ending is called on the UI thread when the window has stored what it remembers
	// and closes for good; nil: nobody asks.
	Ending func()
}

// Window is the program's main window.
type Window struct {
	u       *ui
	started time.Time
	shown   func()
	ending  func()
	cancel  context.CancelFunc
}

// Intervals at which the screen goes on without an event.
const (
	clockPause  = time.Second     // relative times and the bar that runs down
	countsPause = 1 * time.Minute // counts by state, which the clock changes too
)

// settingsTime is what this package waits for the engine at most, for what the
// window's size depends on, before it is made.
const settingsTime = 250 * time.Millisecond

// New makes the main window without showing it. Call it on the main goroutine
// before Run.
func New(p Params) *Window {
	ctx, cancel := context.WithCancel(context.Background())
	return newWindow(p, newRunner(ctx), cancel)
}

func newWindow(p Params, run *runner, cancel context.CancelFunc) *Window {
	if p.Started.IsZero() {
		p.Started = time.Now()
	}
	u := &ui{app: p.App, engine: p.Engine, local: p.Local, run: run, icons: p.Icons, version: p.Version, log: p.Log, now: time.Now, commands: newCommands(), notified: map[string]int64{}}
	w := &Window{u: u, started: p.Started, shown: p.Shown, ending: p.Ending, cancel: cancel}
	u.quit = w.stop
	u.stored = u.readSettings()
	u.prefs = readPrefs(u.stored)
	u.localStart = u.stored[auth.SettingLocalServer]
	u.saving = debouncer{run: run, d: savePause}
	u.asking = &asking{u: u}
	p.App.Settings().SetTheme(newTheme(u.prefs.theme))
	u.watchTheme()
	u.window = p.App.NewWindow("Tokenwell")
	u.window.SetIcon(p.Icons.WindowIcon())
	u.window.SetPadded(false)
	u.window.SetMaster()
	u.frame = newFrame(u)
	u.window.SetContent(fynetooltip.AddWindowToolTipLayer(u.frame.root, u.window.Canvas()))
	u.menus = newMainMenu(u)
	u.window.SetMainMenu(u.menus.menu)
	u.window.Resize(u.prefs.size)
	u.window.SetCloseIntercept(u.shutDown)
	u.addShortcuts()
	u.showAuthorizations("")
	return w
}

// readSettings reads the stored settings; without them the window has its defaults.
func (u *ui) readSettings() map[string]string {
	ctx, cancel := context.WithTimeout(u.run.ctx, settingsTime)
	defer cancel()
	settings, err := u.engine.Settings(ctx)
	if err != nil {
		u.log.Warn("the window's settings could not be read", "error", err)
		return map[string]string{}
	}
	return settings
}

// Run shows the window, which has its rows as soon as they are read, and returns when
// the user has closed it. It must be called on the main goroutine, once.
func (w *Window) Run() {
	u := w.u
	w.begin()
	var stopWatch func()
	u.app.Lifecycle().SetOnStarted(func() {
		w.firstFrame()
		stopWatch = watchFrames(u.log)
		u.openVault(u.vaultChanged)
	})
	u.app.Lifecycle().SetOnEnteredForeground(func() { u.front.Store(true) })
	u.app.Lifecycle().SetOnExitedForeground(func() { u.front.Store(false) })
	u.window.ShowAndRun()
	if stopWatch != nil {
		stopWatch()
	}
	w.cancel()
}

// firstFrame tells that the window is on the screen: the toolkit draws it whole
// before its loop begins.
func (w *Window) firstFrame() {
	w.u.log.Debug("first frame", "ms", w.u.now().Sub(w.started).Milliseconds())
	if w.shown != nil {
		w.shown()
	}
}

// Raise brings the window to the front, from wherever it is. It may be called on
// any goroutine.
func (w *Window) Raise() { w.u.run.ui(w.u.raise) }

func (u *ui) raise() {
	if u.closing {
		return
	}
	restore(u.window)
	u.window.Show() // where windows are mapped (X11) this brings back one that is minimised
	u.window.RequestFocus()
}

// Close closes the window as the user would. It may be called on any goroutine.
func (w *Window) Close() { w.u.run.ui(w.u.shutDown) }

// begin reads what the window shows and keeps it fresh.
func (w *Window) begin() {
	u := w.u
	unwatch, unwatchLocal := u.watch(), u.watchLocal()
	u.unwatch = func() {
		unwatch()
		unwatchLocal()
	}
	u.reread()
	u.frame.status.readVault()
	u.frame.status.readNetwork()
	u.openLast()
	u.run.every(clockPause, u.tick)
	u.run.every(countsPause, u.frame.status.readCounts)
}

// openLast goes to the screen on which the window was closed.
func (u *ui) openLast() {
	for _, item := range u.frame.rail.items[1:] { // the first is there already
		if item.place.label == u.prefs.screen {
			item.place.open(u)
		}
	}
}

// tick lets the times of the screen go on.
func (u *ui) tick() {
	if s, ok := u.frame.shown.(interface{ tick() }); ok {
		s.tick()
	}
}

// shutDown stores what the window remembers, empties the clipboard if a secret
// of ours is in it, and ends the program.
func (u *ui) shutDown() {
	if u.closing {
		return
	}
	u.closing = true
	u.asking.end()
	u.clearClipboard()
	u.frame.home.detail.token.hide()
	size := u.window.Canvas().Size()
	if size.Width >= leastWidth && size.Height >= leastHeight {
		u.prefs.size = size
	}
	for _, item := range u.frame.rail.items {
		if item.place.here(u.frame) {
			u.prefs.screen = item.place.label
		}
	}
	u.saving.cancel()
	u.savePrefs(u.quit)
}

// stop ends the program after everything has been stored.
func (w *Window) stop() {
	if w.u.unwatch != nil {
		w.u.unwatch()
	}
	w.cancel()
	if w.ending != nil {
		w.ending()
	}
	w.u.app.Quit()
}
