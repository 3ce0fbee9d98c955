package guitest

import (
	"sync"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/assert"
)

// App is the toolkit's app for tests with settings, a clipboard and windows of its
// own. Of the toolkit's there is but one: a new one, and each change of its theme,
// reads every font anew, which takes longer than most tests and is never given
// back. And no text is measured twice. So all themes have to have the default
// theme's fonts.
type App struct {
	fyne.App
	driver    fyne.Driver
	clipboard fyne.Clipboard
	settings  *settings

	mu   sync.Mutex
	last *fyne.Notification
}

var toolkit = sync.OnceValue(test.NewApp)

// NewApp makes an app and lets it be the current one.
func NewApp(t testing.TB) *App {
	t.Helper()
	a := newApp()
	t.Cleanup(func() { newApp() })
	return a
}

func newApp() *App {
	a := &App{App: toolkit(), driver: driver{test.NewDriver()}, clipboard: test.NewClipboard()}
	a.settings = &settings{Settings: a.App.Settings(), app: a, theme: theme.DefaultTheme()}
	fyne.SetCurrentApp(a)
	return a
}

// NewWindow implements fyne.App.
func (a *App) NewWindow(title string) fyne.Window { return a.driver.CreateWindow(title) }

// Driver implements fyne.App.
func (a *App) Driver() fyne.Driver { return a.driver }

// Clipboard implements fyne.App.
func (a *App) Clipboard() fyne.Clipboard { return a.clipboard }

// Settings implements fyne.App.
func (a *App) Settings() fyne.Settings { return a.settings }

// SendNotification implements fyne.App.
func (a *App) SendNotification(n *fyne.Notification) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.last = n
}

// driver remembers how large texts are. The toolkit forgets it whenever a part of the
// window gets a theme of its own.
type driver struct{ fyne.Driver }

type textKey struct {
	text   string
	size   float32
	style  fyne.TextStyle
	source fyne.Resource
}

type textSize struct {
	size     fyne.Size
	baseline float32
}

var (
	measuring sync.Mutex
	measured  = map[textKey]textSize{}
)

// RenderedTextSize implements fyne.Driver.
func (d driver) RenderedTextSize(text string, size float32, style fyne.TextStyle, source fyne.Resource) (fyne.Size, float32) {
	key := textKey{text, size, style, source}
	measuring.Lock()
	defer measuring.Unlock()
	found, ok := measured[key]
	if !ok {
		found.size, found.baseline = d.Driver.RenderedTextSize(text, size, style, source)
		measured[key] = found
	}
	return found.size, found.baseline
}

// AssertNotification makes sure that f sends this notification at last, with nil that
// it sends none.
func AssertNotification(t testing.TB, want *fyne.Notification, f func()) {
	t.Helper()
	a := fyne.CurrentApp().(*App)
	a.SendNotification(nil)
	f()
	a.mu.Lock()
	defer a.mu.Unlock()
	assert.Equal(t, want, a.last)
}

// settings are those of an App.
type settings struct {
	fyne.Settings
	app   *App
	mu    sync.Mutex
	theme fyne.Theme
	told  []func(fyne.Settings)
}

// AddListener implements fyne.Settings.
func (s *settings) AddListener(told func(fyne.Settings)) { s.told = append(s.told, told) }

// Theme implements fyne.Settings.
func (s *settings) Theme() fyne.Theme {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.theme
}

// SetTheme implements fyne.Settings.
func (s *settings) SetTheme(theme fyne.Theme) {
	s.mu.Lock()
	s.theme = theme
	s.mu.Unlock()
	container.NewThemeOverride(widget.NewLabel(""), theme) // forgets pictures in the colours of before
	for _, told := range s.told {
		told(s)
	}
	for _, w := range s.app.driver.AllWindows() {
		applyTheme(w.Content())
		for _, overlay := range w.Canvas().Overlays().List() {
			applyTheme(overlay)
		}
	}
}

// applyTheme draws an object and what is in it anew, as the toolkit does.
func applyTheme(o fyne.CanvasObject) {
	switch o := o.(type) {
	case nil:
		return
	case fyne.Widget:
		r := test.WidgetRenderer(o)
		for _, inner := range r.Objects() {
			applyTheme(inner)
		}
		r.Layout(o.Size())
	case *fyne.Container:
		for _, inner := range o.Objects {
			applyTheme(inner)
		}
		if o.Layout != nil {
			o.Layout.Layout(o.Objects, o.Size())
		}
	}
	o.Refresh()
}
