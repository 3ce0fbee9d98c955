package gui

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
	"tokenwell/gui/widgets"
)

// formEngine is the engine in memory with the real catalog and the real rules.
type formEngine struct {
	*guitest.Engine
	taken     []string // names that others hold
	submitted []auth.Draft
	drafts    map[string]auth.Draft // for DraftOf
	reauths   []string
}

func newFormEngine(t *testing.T) *formEngine {
	t.Helper()
	e := &formEngine{Engine: guitest.NewEngine(), drafts: map[string]auth.Draft{}}
	e.Catalog = servicesOf(t)
	e.Local.Password = auth.NewSecret("local-password")
	return e
}

func (e *formEngine) DraftFor(id string) auth.Draft {
	d := auth.Draft{ServiceID: id, Grant: auth.GrantAuthorizationCode, Params: map[string]string{}}
	for _, s := range e.Catalog {
		if s.ID != id {
			continue
		}
		d.Public = s.PublicByDefault()
		for _, p := range s.Parameters {
			d.Params[p.Name] = p.Default
			if p.Name == auth.LocalParam {
				d.Params[p.Name] = e.Local.Issuer
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
				Field: auth.FieldName, Message: "Another authorization has this name; capital letters do not count", Fix: d.Name + " 2",
			})
		}
	}
	for _, s := range e.Catalog {
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
	return e.Engine.Authorize(ctx, d)
}

func (e *formEngine) Reauthorize(_ context.Context, id string, _ auth.ReauthorizeOptions) (*auth.SignIn, error) {
	e.reauths = append(e.reauths, id)
	return nil, &auth.Failure{Title: "reauthorized", Steps: []string{"-"}}
}

// bench is a window with the program's theme in which one screen is tested,
// inside a synctest bubble.
type bench struct {
	t      *testing.T
	u      *ui
	engine *formEngine
	canvas fyne.Canvas
	end    func() // the window goes
}

func newBench(t *testing.T, look themeChoice, size fyne.Size) *bench {
	t.Helper()
	app := guitest.NewApp(t)
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	engine := newFormEngine(t)
	engine.Preset(keyTheme, string(look))
	w := newWindow(Params{App: app, Engine: engine, Icons: guitest.Icons{}, Version: "test", Log: slog.New(slog.DiscardHandler)},
		inlineRunner(ctx), cancel)
	w.u.now = func() time.Time { return signInStart }
	t.Cleanup(w.u.window.Close)
	w.u.window.Resize(size)
	w.u.window.Show()
	w.u.run.timers.Lock() // the test is the UI thread but while it rests
	t.Cleanup(w.u.run.timers.Unlock)
	return &bench{t: t, u: w.u, engine: engine, canvas: w.u.window.Canvas(), end: cancel}
}

var (
	standard = fyne.NewSize(1180, 760)
	small    = fyne.NewSize(900, 600)
)

func (b *bench) picture(name string) {
	b.t.Helper()
	guitest.SavePicture(b.t, b.canvas, name)
}

// objects are all objects that can be seen, those of the topmost sheet only
// while there is one.
func (b *bench) objects() []fyne.CanvasObject {
	root := b.canvas.Content()
	if top := b.canvas.Overlays().Top(); top != nil {
		root = top
	}
	var seen []fyne.CanvasObject
	guitest.Walk(root, func(o fyne.CanvasObject) bool {
		seen = append(seen, o)
		return true
	})
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
func (b *bench) rest() {
	b.u.run.timers.Unlock()
	time.Sleep(2 * checkDelay)
	synctest.Wait()
	b.u.run.timers.Lock()
}

func (b *bench) key(name fyne.KeyName) {
	if focused := b.canvas.Focused(); focused != nil {
		focused.TypedKey(&fyne.KeyEvent{Name: name})
		return
	}
	b.canvas.OnTypedKey()(&fyne.KeyEvent{Name: name})
}

// atForm runs a test with the form open for a draft, in a bubble of time.
func atForm(t *testing.T, prepare func(*formEngine) auth.Draft, run func(b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, themeLight, standard)
		b.u.openForm(prepare(b.engine))
		b.rest()
		run(b)
		b.end()
	})
}

// ofScopes puts the number of the chosen service's permissions into a text.
func ofScopes(b *bench, text string) string {
	b.t.Helper()
	s := find(b, "the service's select", func(s *widgets.Select) bool { return s.Filter != "" })
	for _, svc := range b.engine.Catalog {
		if svc.ID == s.Selected() {
			return fmt.Sprintf(text, len(svc.Scopes))
		}
	}
	b.t.Fatal("no such service")
	return ""
}

// tapText clicks on a text.
func (b *bench) tapText(label string) {
	b.t.Helper()
	guitest.Tap(b.t, b.canvas, label)
}

// chooseService changes the service as a click in its list does.
func (b *bench) chooseService(id string) {
	b.t.Helper()
	s := find(b, "the service's select", func(s *widgets.Select) bool { return s.Filter != "" })
	s.Choose(id)
	b.rest()
}

// submit presses Save & Authorize and returns the draft that was handed over.
func (b *bench) submit() auth.Draft {
	b.t.Helper()
	b.tap("Save & Authorize")
	require.NotEmpty(b.t, b.engine.submitted)
	return b.engine.submitted[len(b.engine.submitted)-1]
}

// showsLine tells whether a text on the topmost layer says exactly this.
func (b *bench) showsLine(line string) bool {
	for _, o := range b.objects() {
		if t, ok := o.(*canvas.Text); ok && t.Text == line {
			return true
		}
	}
	return false
}

// scope tells whether the list of permissions has a row with that name in view.
func (b *bench) scope(name string) bool { return b.showsLine(name) }

// guitestIcon is the resource name of an icon.
func guitestIcon(name string) string { return guitest.Icons{}.Icon(name).Name() }
