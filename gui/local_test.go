package gui

import (
	"errors"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
)

func TestLocal_WithoutARegistryTheScreenIsNotThere(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		assert.Len(t, d.w.u.frame.rail.items, 4)
		for _, menu := range d.w.u.window.MainMenu().Items {
			assert.NotEqual(t, "Local server", menu.Label)
		}
		d.shortcut(fyne.Key3)
		assert.True(t, d.w.u.frame.shown == d.w.u.frame.home)
	})
}

func TestLocal_RailAndHeadFollowTheServer(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, r *guitest.Registry, s *localScreen) {
		item := d.w.u.frame.rail.items[2]
		assert.Equal(t, "Running", item.state.Word)
		assert.True(t, d.shows("since"))
		assert.True(t, d.shows("http://127.0.0.1:17655/.well-known/openid-configuration"))
		s.head.discovery.object.Objects[2].(fyne.Tappable).Tapped(nil)
		assert.Equal(t, "http://127.0.0.1:17655/.well-known/openid-configuration", d.w.u.app.Clipboard().Content())
		d.tap("Stop server")
		assert.Equal(t, []string{"stop"}, r.Calls, "nothing is asked")
		assert.True(t, d.shows("Its tokens stay"))
		assert.Equal(t, "Stopped", item.state.Word)
		assert.Equal(t, "Start server", d.menuItem("Start server").Label)

		r.OnStart = func() error { return errors.New("Port 17655 is taken by another program.") }
		d.tap("Start server")
		assert.True(t, d.shows("Port 17655 is taken by another program."))
		assert.Equal(t, "Problem", item.state.Word)
		assert.Nil(t, d.c.Overlays().Top(), "it is said on the screen alone")
		r.OnStart = nil
		d.tap("Try again")
		assert.False(t, d.shows("is taken"))
		assert.Equal(t, "Running", item.state.Word)
	})
}

func TestLocal_CountsAndPagesAreLive(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, r *guitest.Registry, s *localScreen) {
		assert.True(t, d.shows("Tokens 7"))
		s.tabs.Choose(localLog)
		assert.Equal(t, 4, s.page().(*localLogPage).table.length)
		r.Fill(nil, nil, []auth.LocalToken{}, nil, []auth.LocalLogEntry{{At: time.Now(), Endpoint: "token", Status: 200, Outcome: auth.OutcomeOK}})
		d.wait(localPause + time.Millisecond)
		assert.Equal(t, 1, s.page().(*localLogPage).table.length)
		assert.True(t, d.shows("Tokens 0"))
	})
}

func TestLocal_LockedVaultIsSaid(t *testing.T) {
	atLocal(t, wide, func(r *guitest.Registry) { r.Err = auth.ErrVaultLocked }, func(d *desk, r *guitest.Registry, s *localScreen) {
		assert.True(t, d.shows("lie in the vault, which is locked"))
		r.Err = nil
		d.tap("Open the vault")
		assert.False(t, d.shows("lie in the vault"))
		assert.True(t, d.shows("Nightly report"))
		assert.Len(t, s.clients, 3)
	})
}

func TestLocal_WithoutAVaultItIsSaidAndMade(t *testing.T) {
	var r *guitest.Registry
	registry := func() auth.LocalRegistry {
		r = guitest.NewRegistry()
		fillLocal(r)
		r.State, r.Err = auth.LocalInfo{}, auth.ErrVaultLocked
		return r
	}
	atDeskWith(t, wide, registry, func(e *guitest.Engine) {
		few(e)
		e.Vault = auth.VaultStatus{}
		e.OnProbeKeyring = func() error { return errors.New("none") }
		e.OnCreateVault = func(auth.Secret) error {
			r.Err, e.Vault = nil, auth.VaultStatus{Exists: true, Open: true}
			return nil
		}
	}, func(d *desk) {
		d.tap("Not now")
		d.w.u.leaveFor(d.w.u.showLocal)
		assert.True(t, d.shows("There is no vault yet"))
		assert.False(t, d.shows("locked"))
		d.tap("Start server")
		assert.True(t, d.shows("Choose a passphrase for your vault"))
		d.tap("Not now")
		assert.NotContains(t, r.Calls, "start")
		d.tap("Create a vault")
		d.tap("Not now")
		d.tap("Start server")
		d.sheetInput(0).SetText("long enough words")
		d.sheetInput(1).SetText("long enough words")
		d.tap("Create the vault")
		assert.Contains(t, r.Calls, "start")
		assert.True(t, d.shows("Nightly report"))
		assert.True(t, d.shows("Vault open"))
	})
}

func TestLocal_StartWithTheProgramIsASetting(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, _ *guitest.Registry, _ *localScreen) {
		item := d.menuItem("Start with Tokenwell")
		assert.True(t, item.Checked)
		item.Action()
		settings, err := d.engine.Settings(t.Context())
		require.NoError(t, err)
		assert.Equal(t, "off", settings[auth.SettingLocalServer])
		assert.False(t, d.menuItem("Start with Tokenwell").Checked)
		d.menuItem("Start with Tokenwell").Action()
		assert.True(t, d.menuItem("Start with Tokenwell").Checked)
	})
}

func TestLocal_KeyboardReachesEveryPage(t *testing.T) {
	atLocal(t, tight, nil, func(d *desk, _ *guitest.Registry, s *localScreen) {
		d.shortcut(fyne.Key1)
		assert.True(t, d.w.u.frame.shown == d.w.u.frame.home)
		d.shortcut(fyne.Key3)
		assert.True(t, d.w.u.frame.shown == d.w.u.frame.local)
		d.c.Focus(s.tabs)
		for _, page := range []int{localScopes, localUsers, localTokens, localLog} {
			d.c.Focus(s.tabs)
			d.key(fyne.KeyRight)
			assert.Equal(t, page, s.tabs.Current())
			d.shortcut(fyne.KeyF)
			d.key(fyne.KeyReturn)
			d.key(fyne.KeyEnd)
			assert.NotNil(t, d.c.Focused())
			d.key(fyne.KeyEscape)
		}
		assert.NotPanics(t, func() { guitest.Texts(d.c) })
	})
}

func TestLocal_EmptyPagesSayWhatTheyAreFor(t *testing.T) {
	empty := func(r *guitest.Registry) {
		r.Fill([]auth.LocalClient{}, []auth.LocalUser{}, []auth.LocalToken{}, []auth.LocalConsent{}, []auth.LocalLogEntry{})
	}
	atLocal(t, tight, empty, func(d *desk, _ *guitest.Registry, s *localScreen) {
		for page, sentence := range map[int]string{
			localClients: "A client is an app that may ask this server for tokens.",
			localUsers:   "A user signs in on the server's pages",
			localTokens:  "The server has issued no tokens yet.",
			localLog:     "Each request to the server is written here",
		} {
			s.tabs.Choose(page)
			assert.True(t, d.shows(sentence), sentence)
		}
	})
}
