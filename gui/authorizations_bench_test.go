package gui

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
)

// desk is a window with an engine in memory, in a bubble of time of its own.
type desk struct {
	t      *testing.T
	engine *guitest.Engine
	w      *Window
	c      fyne.Canvas
}

// atDesk runs a test with a window of that size; prepare fills the engine.
func atDesk(t *testing.T, size fyne.Size, prepare func(*guitest.Engine), run func(*desk)) {
	t.Helper()
	atDeskWith(t, size, nil, prepare, run)
}

// atDeskWith is atDesk with a local server.
func atDeskWith(t *testing.T, size fyne.Size, local func() auth.LocalRegistry, prepare func(*guitest.Engine), run func(*desk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		app := guitest.NewApp(t)
		engine := guitest.NewEngine()
		if prepare != nil {
			prepare(engine)
		}
		ctx, cancel := context.WithCancel(t.Context())
		p := Params{App: app, Engine: engine, Icons: guitest.Icons{}, Version: "0.1.0", Log: slog.New(slog.DiscardHandler)}
		if local != nil {
			p.Local = local()
		}
		w := newWindow(p, inlineRunner(ctx), cancel)
		t.Cleanup(func() {
			cancel()
			w.u.window.Close()
		})
		w.u.window.Resize(size)
		w.u.run.timers.Lock() // the test is the UI thread but while it waits
		w.begin()
		w.u.openVault(w.u.vaultChanged)
		d := &desk{t: t, engine: engine, w: w, c: w.u.window.Canvas()}
		d.wait(100 * time.Millisecond)
		run(d)
		cancel()
		w.u.run.timers.Unlock()
		time.Sleep(2 * time.Minute) // timers that are still set find the window gone
	})
}

var (
	wide  = fyne.NewSize(1180, 728)
	tight = fyne.NewSize(900, 568)
)

// wait lets time pass and what was set for it happen.
func (d *desk) wait(dur time.Duration) {
	d.w.u.run.timers.Unlock()
	time.Sleep(dur)
	synctest.Wait()
	d.w.u.run.timers.Lock()
}

func (d *desk) tap(label string) { d.t.Helper(); guitest.Tap(d.t, d.c, label) }

func (d *desk) shows(words string) bool { return guitest.Shows(d.c, words) }

func (d *desk) key(name fyne.KeyName) {
	if f := d.c.Focused(); f != nil {
		f.TypedKey(&fyne.KeyEvent{Name: name})
		return
	}
	if f := d.c.OnTypedKey(); f != nil {
		f(&fyne.KeyEvent{Name: name})
	}
}

// shortcut presses Ctrl and a key, which the driver gives to the menu bar first.
func (d *desk) shortcut(key fyne.KeyName) {
	pressed := &desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}
	for _, m := range d.w.u.window.MainMenu().Items {
		for _, item := range m.Items {
			if item.Shortcut != nil && item.Shortcut.ShortcutName() == pressed.ShortcutName() && !item.Disabled {
				item.Action()
				return
			}
		}
	}
}

// typed types into the search box.
func (d *desk) typed(text string) {
	d.shortcut(fyne.KeyF)
	require.NotNil(d.t, d.c.Focused())
	for _, r := range text {
		d.c.Focused().TypedRune(r)
	}
}

// names are the names in the table, from top to bottom.
func (d *desk) names() []string {
	var out []string
	table := d.w.u.frame.home.table
	first, last := table.visible()
	for i := first; i <= last && i < table.length; i++ {
		out = append(out, table.views[i%len(table.views)].cells[columnIndex("name")].full)
	}
	return out
}

// sample returns an authorization in a state, with an hour-long token that has
// left to go.
func sample(id, name, serviceID, serviceName string, state auth.State, left time.Duration) auth.Detail {
	now := time.Now()
	d := auth.Detail{
		Authorization: auth.Authorization{
			ID: id, Name: name, ServiceID: serviceID, ServiceName: serviceName, Grant: auth.GrantAuthorizationCode,
			ClientID: "client-" + id, Scopes: []string{"openid", "profile"}, CreatedAt: now.Add(-48 * time.Hour),
		},
		Status:     auth.Status{State: state},
		CanRefresh: true, CanRevoke: true,
	}
	if left != 0 {
		d.Status.Generation, d.Status.TokenType, d.Status.HasRefresh, d.Status.HandOut = 1, "Bearer", true, true
		d.Status.Granted = d.Authorization.Scopes
		d.Status.Expiry = auth.Expiry{Rule: auth.ExpiryReported, At: now.Add(left), Lifetime: time.Hour}
		d.Status.IssuedAt = d.Status.Expiry.At.Add(-time.Hour)
		d.Status.LastOutcome, d.Status.LastOutcomeAt = "ok", d.Status.IssuedAt
	}
	return d
}

const tokenValue = "eyJhbGciOi.SENTINEL-ACCESS-TOKEN.x9Qw"

// few puts three authorizations into the engine.
func few(e *guitest.Engine) {
	e.Put(sample("a", "Alpha report", "local-server", "Local server", auth.StateActive, 42*time.Minute), auth.NewSecret(tokenValue))
	e.Put(sample("b", "Beta mail", "microsoft-graph", "Microsoft Graph", auth.StateNeedsSignIn, -26*time.Hour), auth.NewSecret("t-b"))
	e.Put(sample("c", "Gamma new", "microsoft-graph", "Microsoft Graph", auth.StateNeverAuthorized, 0), auth.Secret{})
}

// many answers List from a hundred thousand rows that are made up as they are read.
func many(n int) func(*guitest.Engine) {
	return func(e *guitest.Engine) {
		e.OnList = func(q auth.Query) (auth.Page, error) {
			p := auth.Page{Match: n, Total: n}
			for i := q.Offset; i < min(q.Offset+q.Limit, n); i++ {
				p.Rows = append(p.Rows, auth.Row{
					ID: fmt.Sprint(i), Name: fmt.Sprintf("Authorization %06d", i), ServiceName: "Local server",
					State: auth.StateActive, Expiry: auth.Expiry{Rule: auth.ExpiryReported, At: q.Now.Add(time.Hour)},
				})
			}
			return p, nil
		}
		e.OnDetail = func(id string) (auth.Detail, error) {
			return sample(id, "Authorization "+id, "local-server", "Local server", auth.StateActive, time.Hour), nil
		}
	}
}
