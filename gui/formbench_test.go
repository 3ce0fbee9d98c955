package gui

import (
	"context"
	"errors"
	"image/png"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// formEngine is the engine behind the form's tests: the real catalog and the
// real rules, and what a test sets in place of disk and network.
type formEngine struct {
	Engine
	catalog   []auth.Service
	local     auth.LocalInfo
	taken     []string
	authorize func(auth.Draft) (*auth.SignIn, error)
	submitted []auth.Draft
	drafts    map[string]auth.Draft
	vault     auth.VaultStatus
	vaultErr  error
	probeErr  error
	created   []auth.Secret
	unlock    func(auth.Secret) error
	reauths   []string
}

func newFormEngine(t *testing.T) *formEngine {
	t.Helper()
	catalog, err := auth.LoadCatalog(os.DirFS("../assets/services"))
	require.NoError(t, err)
	return &formEngine{
		catalog: catalog.All(), drafts: map[string]auth.Draft{},
		local: auth.LocalInfo{
			Running: true, Issuer: "http://127.0.0.1:17655", User: "analyst", Password: auth.NewSecret("local-password"),
			ClientID: "practice", ClientSecret: auth.NewSecret("practice-secret"),
		},
	}
}

func (e *formEngine) Services() []auth.Service    { return e.catalog }
func (e *formEngine) LocalServer() auth.LocalInfo { return e.local }

func (e *formEngine) DraftFor(id string) auth.Draft {
	d := auth.Draft{ServiceID: id, Grant: auth.GrantAuthorizationCode, Params: map[string]string{}}
	for _, s := range e.catalog {
		if s.ID != id {
			continue
		}
		d.Public = s.PublicByDefault()
		for _, p := range s.Parameters {
			d.Params[p.Name] = p.Default
			if p.Name == auth.LocalParam {
				d.Params[p.Name] = e.local.Issuer
			}
		}
		for _, scope := range s.Scopes {
			if scope.Default {
				d.Scopes = append(d.Scopes, scope.Name)
			}
		}
	}
	return d
}

func (e *formEngine) DraftOf(_ context.Context, id string, _ bool) (auth.Draft, error) {
	d, ok := e.drafts[id]
	if !ok {
		return d, auth.ErrNotFound
	}
	return d, nil
}

func (e *formEngine) Check(_ context.Context, d auth.Draft) ([]auth.FieldError, error) {
	var wrong []auth.FieldError
	for _, name := range e.taken {
		if auth.FoldName(name) == auth.FoldName(d.Name) {
			wrong = append(wrong, auth.FieldError{
				Field: auth.FieldName, Message: "This name is taken; capital letters do not count.", Fix: d.Name + " 2",
			})
		}
	}
	for _, s := range e.catalog {
		if s.ID == d.ServiceID {
			wrong = append(wrong, auth.Validate(s, d)...)
		}
	}
	return wrong, nil
}

func (e *formEngine) Authorize(ctx context.Context, d auth.Draft) (*auth.SignIn, error) {
	e.submitted = append(e.submitted, d)
	if wrong, _ := e.Check(ctx, d); len(wrong) > 0 {
		return nil, auth.FieldErrors(wrong)
	}
	if e.authorize == nil {
		return nil, errors.New("no sign-in in this test")
	}
	return e.authorize(d)
}

func (e *formEngine) Reauthorize(_ context.Context, id string) (*auth.SignIn, error) {
	e.reauths = append(e.reauths, id)
	return nil, &auth.Failure{Title: "reauthorized", Steps: []string{"-"}}
}

func (e *formEngine) VaultStatus(context.Context) (auth.VaultStatus, error) {
	return e.vault, e.vaultErr
}
func (e *formEngine) ProbeKeyring(context.Context) error { return e.probeErr }

func (e *formEngine) CreateVault(_ context.Context, p auth.Secret) error {
	e.created = append(e.created, p)
	e.vault.Exists, e.vault.Open = true, true
	return nil
}

func (e *formEngine) Unlock(_ context.Context, p auth.Secret) error { return e.unlock(p) }

func (e *formEngine) List(context.Context, auth.Query) (auth.Page, error) { return auth.Page{}, nil }
func (e *formEngine) CountStates(context.Context) (map[auth.State]int, error) {
	return map[auth.State]int{}, nil
}
func (e *formEngine) UsedServices(context.Context) (map[string]int, error) {
	return map[string]int{}, nil
}

func (e *formEngine) Detail(context.Context, string) (auth.Detail, error) {
	return auth.Detail{}, auth.ErrNotFound
}

func (e *formEngine) Settings(context.Context) (map[string]string, error) {
	return map[string]string{}, nil
}
func (e *formEngine) SetSetting(context.Context, string, string) error { return nil }
func (e *formEngine) Subscribe(func(auth.Event)) (cancel func())       { return func() {} }

// fileIcons reads the icons that the program embeds.
type fileIcons struct{}

func (fileIcons) Icon(name string) fyne.Resource {
	data, err := os.ReadFile(filepath.Join("..", "assets", "icons", name+".svg"))
	if err != nil {
		panic("no such icon: " + name)
	}
	return theme.NewThemedResource(fyne.NewStaticResource(name+".svg", data))
}

func (fileIcons) Logo() fyne.Resource {
	data, err := os.ReadFile("../assets/app-icon/tokenwell-light.svg")
	if err != nil {
		panic(err)
	}
	return fyne.NewStaticResource("logo.svg", data)
}

// bench is a window with the program's theme in which one screen is tested.
type bench struct {
	t      *testing.T
	u      *ui
	engine *formEngine
	canvas fyne.Canvas
}

func newBench(t *testing.T, look themeChoice, size fyne.Size) *bench {
	t.Helper()
	app := test.NewTempApp(t)
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	engine := newFormEngine(t)
	w := newWindow(Params{App: app, Engine: engine, Icons: fileIcons{}, Version: "test", Log: slog.New(slog.DiscardHandler)},
		inlineRunner(ctx), cancel)
	w.u.now = func() time.Time { return signInStart }
	t.Cleanup(w.u.window.Close)
	app.Settings().SetTheme(newTheme(look))
	w.u.window.Resize(size)
	w.u.window.Show()
	return &bench{t: t, u: w.u, engine: engine, canvas: w.u.window.Canvas()}
}

var (
	standard = fyne.NewSize(1180, 760)
	small    = fyne.NewSize(900, 600)
)

// picture writes what the window shows, where TOKENWELL_PICTURES names a folder.
func (b *bench) picture(name string) {
	b.t.Helper()
	dir := os.Getenv("TOKENWELL_PICTURES")
	if dir == "" {
		return
	}
	f, err := os.Create(filepath.Join(dir, name+".png"))
	require.NoError(b.t, err)
	require.NoError(b.t, png.Encode(f, b.canvas.Capture()))
	require.NoError(b.t, f.Close())
}

// objects are all objects that can be seen, those of the topmost sheet only
// while there is one.
func (b *bench) objects() []fyne.CanvasObject {
	root := b.canvas.Content()
	if top := b.canvas.Overlays().Top(); top != nil {
		root = top
	}
	var seen []fyne.CanvasObject
	var walk func(fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		if o == nil || !o.Visible() {
			return
		}
		seen = append(seen, o)
		switch o := o.(type) {
		case *fyne.Container:
			for _, child := range o.Objects {
				walk(child)
			}
		case fyne.Widget:
			for _, child := range test.WidgetRenderer(o).Objects() {
				walk(child)
			}
		}
	}
	walk(root)
	return seen
}

// find returns the first visible object of type T that ok accepts.
func find[T fyne.CanvasObject](b *bench, what string, ok func(T) bool) T {
	b.t.Helper()
	found, seen := lookFor(b, ok)
	require.True(b.t, seen, "%s is not on the screen", what)
	return found
}

func lookFor[T fyne.CanvasObject](b *bench, ok func(T) bool) (found T, seen bool) {
	for _, o := range b.objects() {
		if w, is := o.(T); is && o.Visible() && ok(w) {
			return w, true
		}
	}
	return found, false
}

func (b *bench) button(label string) *widgets.Button {
	b.t.Helper()
	return find(b, "button "+label, func(w *widgets.Button) bool { return w.Text == label })
}

func (b *bench) tap(label string) {
	b.t.Helper()
	button := b.button(label)
	require.False(b.t, button.Disabled(), "button %s is disabled", label)
	test.Tap(button)
}

// shows tells whether a text stands on the screen, as a whole or in part.
func (b *bench) shows(text string) bool {
	for _, o := range b.objects() {
		switch w := o.(type) {
		case *widgets.Text:
			if strings.Contains(w.Text(), text) {
				return true
			}
		case *widgets.Paragraph:
			if strings.Contains(w.Text(), text) {
				return true
			}
		case *widgets.Link:
			if strings.Contains(w.Text, text) {
				return true
			}
		case *widgets.Button:
			if strings.Contains(w.Text, text) {
				return true
			}
		case *widgets.Check:
			if strings.Contains(w.Label+w.Caption, text) {
				return true
			}
		}
	}
	return false
}

// entry returns the entry below a label, as a user finds it.
func (b *bench) entry(label string) *widgets.Input {
	b.t.Helper()
	var mark *widgets.Text
	at := fyne.Position{}
	driver := fyne.CurrentApp().Driver()
	for _, o := range b.objects() {
		if p, ok := o.(*widgets.Text); ok && p.Text() == label {
			mark, at = p, driver.AbsolutePositionForObject(p)
		}
	}
	require.NotNil(b.t, mark, "no label %s", label)
	var best *widgets.Input
	gap := float32(60)
	for _, o := range b.objects() {
		in, ok := o.(*widgets.Input)
		if !ok {
			continue
		}
		pos := driver.AbsolutePositionForObject(in)
		if d := pos.Y - at.Y; pos.X == at.X && d > 0 && d < gap {
			best, gap = in, d
		}
	}
	require.NotNil(b.t, best, "no entry below %s", label)
	return best
}

// fill types into the entry below a label in place of what stands there.
func (b *bench) fill(label, text string) {
	b.t.Helper()
	in := b.entry(label)
	in.SetText("")
	b.canvas.Focus(in.Focusable())
	test.Type(in.Focusable(), text)
}

// leave takes the focus away, as a click beside all fields does.
func (b *bench) leave() { b.canvas.Unfocus() }

// rest lets the time pass after which the form checks what was typed.
// Call it inside a synctest bubble.
func rest() {
	time.Sleep(2 * checkDelay)
	synctest.Wait()
}

func (b *bench) key(name fyne.KeyName) {
	if focused := b.canvas.Focused(); focused != nil {
		focused.TypedKey(&fyne.KeyEvent{Name: name})
		return
	}
	b.canvas.OnTypedKey()(&fyne.KeyEvent{Name: name})
}
