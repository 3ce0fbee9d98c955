package gui

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// fakeSignIn is a sign-in that a test leads: it says when a phase begins and
// how it ends.
type fakeSignIn struct {
	kind          auth.Prompt
	device        auth.DevicePrompt
	url, redirect string
	deadline      time.Time
	browserErr    error
	opened        int
	pasted        []string
	pasteErr      error
	cancelled     bool
	pasteOnly     bool
	silentErrors  bool
	onPhase       func(auth.SignInPhase)
	detail        auth.Detail
	err           error
}

func newFakeSignIn() *fakeSignIn {
	return &fakeSignIn{
		kind: auth.PromptBrowser,
		url: "https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=6f1c2b9e-70d4-4a53-9b1f-2c8e5d0a7716" +
			"&scope=openid%20profile%20offline_access%20User.Read%20Mail.Read",
		redirect: "http://localhost:53124", deadline: signInStart.Add(9*time.Minute + 18*time.Second),
	}
}

var signInStart = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func (s *fakeSignIn) PasteOnly() bool           { return s.pasteOnly }
func (s *fakeSignIn) SilentErrors() bool        { return s.silentErrors }
func (s *fakeSignIn) Kind() auth.Prompt         { return s.kind }
func (s *fakeSignIn) Device() auth.DevicePrompt { return s.device }
func (s *fakeSignIn) ID() string                { return "id-1" }
func (s *fakeSignIn) Name() string              { return "Graph mail, finance team" }
func (s *fakeSignIn) Host() string              { return hostOf(s.url) }
func (s *fakeSignIn) URL() string               { return s.url }
func (s *fakeSignIn) RedirectURI() string       { return s.redirect }
func (s *fakeSignIn) Deadline() time.Time       { return s.deadline }

func (s *fakeSignIn) OnPhase(f func(auth.SignInPhase)) {
	s.onPhase = f
	f(auth.PhaseBrowser)
}

func (s *fakeSignIn) OpenBrowser(context.Context) error {
	s.opened++
	return s.browserErr
}

func (s *fakeSignIn) Paste(address string) error {
	s.pasted = append(s.pasted, address)
	return s.pasteErr
}

func (s *fakeSignIn) Wait(context.Context) (auth.Detail, error) { return s.detail, s.err }
func (s *fakeSignIn) Cancel()                                   { s.cancelled = true }

// openSignIn shows the sheet of s. The wait for its end is held back: the test
// calls the returned function when the sign-in has ended.
func openSignIn(b *bench, s *fakeSignIn) (w *signInSheet, end func()) {
	var held []func()
	count := 0
	inline := b.u.run.spawn
	b.u.run.spawn = func(f func()) {
		if count++; count == 2 { // the first opens the browser, the second waits
			held = append(held, f)
			return
		}
		inline(f)
	}
	w = b.u.newSignInSheet(s, &auth.Draft{})
	w.begin()
	return w, func() {
		require.Len(b.t, held, 1)
		held[0]()
	}
}

func TestSignInSheet_TellsWhereAndHowLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, themeLight, standard)
		s := newFakeSignIn()
		w, _ := openSignIn(b, s)
		defer w.stop()

		assert.Equal(t, 1, s.opened, "the browser opens by itself")
		assert.True(t, b.shows("Sign in at login.microsoftonline.com"))
		assert.True(t, b.shows("Saved as “Graph mail, finance team”"))
		assert.True(t, b.shows("9:18 left"))
		assert.True(t, b.shows("Client 6f1c2b9e…7716, 5 permissions, answer on port 53124"))
		assert.False(t, b.shows("could not be opened"))
		assert.Equal(t, widgets.StepRunning, w.marks[1].State())
	})
}

func TestSignInSheet_PastedRedirectAsksForTheAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, themeLight, standard)
		s := newFakeSignIn()
		s.pasteOnly, s.silentErrors, s.redirect = true, true, "https://www.example.com/done"
		w, _ := openSignIn(b, s)
		defer w.stop()

		assert.True(t, b.shows("copy its whole address and paste it below"))
		assert.True(t, b.shows("says so in the browser alone"))
		assert.True(t, b.shows("Waiting for the address from the browser"))
		assert.True(t, b.shows("Client 6f1c2b9e…7716, the answer is pasted"))
		assert.Same(t, w.paste.Focusable(), b.canvas.Focused(), "the box is ready for it")
	})
}

func TestSignInSheet_BrowserFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, themeLight, standard)
		s := newFakeSignIn()
		s.browserErr = errors.New("no browser")
		w, _ := openSignIn(b, s)
		defer w.stop()

		assert.True(t, b.shows("The browser could not be opened"))
		b.tap("Copy link")
		assert.Equal(t, s.url, b.u.app.Clipboard().Content())

		s.browserErr = nil
		b.tap("Open the browser again")
		assert.Equal(t, 2, s.opened)
		assert.False(t, b.shows("The browser could not be opened"), "the warning goes once it has opened")
	})
}

func TestSignInSheet_Phases(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, themeLight, standard)
		s := newFakeSignIn()
		w, _ := openSignIn(b, s)
		defer w.stop()

		s.onPhase(auth.PhaseExchange)
		assert.Equal(t, widgets.StepDone, w.marks[1].State())
		assert.Equal(t, widgets.StepRunning, w.marks[2].State())
		assert.False(t, b.shows("9:18 left"), "nothing waits for the user any more")
		assert.True(t, b.button("Cancel").Disabled(), "tokens on their way are not thrown away")
	})
}

func TestSignInSheet_Paste(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, themeLight, standard)
		s := newFakeSignIn()
		s.pasteErr = errors.New("not ours")
		w, _ := openSignIn(b, s)
		defer w.stop()
		const label = "Nothing happens? Paste the address that the browser shows after the sign-in"

		assert.True(t, b.button("Continue").Disabled(), "there is nothing to continue with yet")
		b.fill(label, "http://localhost:53124/?state=wrong")
		b.tap("Continue")
		assert.Equal(t, []string{"http://localhost:53124/?state=wrong"}, s.pasted)
		assert.True(t, b.shows("This is not the address of this sign-in"))
		assert.Equal(t, "http://localhost:53124/?state=wrong", b.entry(label).Text(), "what was pasted can be corrected")

		s.pasteErr = nil
		b.fill(label, "http://localhost:53124/?code=right")
		assert.False(t, b.shows("This is not the address"), "the refusal goes with the first key")
		b.key(fyne.KeyReturn)
		assert.Equal(t, "http://localhost:53124/?code=right", s.pasted[len(s.pasted)-1])
	})
}

func TestSignInSheet_CancelAndEscape(t *testing.T) {
	for name, act := range map[string]func(*bench){
		"button": func(b *bench) { b.tap("Cancel") },
		"escape": func(b *bench) { b.key(fyne.KeyEscape) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, themeLight, standard)
				s := newFakeSignIn()
				s.err = auth.ErrCancelled
				_, end := openSignIn(b, s)
				act(b)
				assert.True(t, s.cancelled)
				end()
				assert.Nil(t, b.canvas.Overlays().Top(), "the sheet is gone")
			})
		})
	}
}

func TestSignInSheet_Success(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, themeLight, standard)
		s := newFakeSignIn()
		s.detail.Authorization.Scopes = []string{"a", "b", "c"}
		s.detail.Missing = []string{"c"}
		s.detail.Status.SignedInAs = "mara.lind@northwind.example"
		_, end := openSignIn(b, s)
		end()
		assert.Nil(t, b.canvas.Overlays().Top(), "the sheet is gone")
		assert.Equal(t, "Signed in as mara.lind@northwind.example, 2 of 3 permissions granted.", signedInText(s.detail))
	})
}

func TestSignInSheet_FailureOpensItsSheet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, themeLight, standard)
		s := newFakeSignIn()
		s.err = sampleFailure()
		_, end := openSignIn(b, s)
		end()
		assert.True(t, b.shows("An administrator has to approve this first"))
		assert.True(t, b.shows("“Graph mail, finance team” is saved; nothing typed is lost."))
	})
}

func TestSignInSheet_LocalServerAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, themeLight, standard)
		s := newFakeSignIn()
		s.url = "http://127.0.0.1:17655/authorize?client_id=practice&scope=openid"
		w, _ := openSignIn(b, s)
		defer w.stop()

		assert.True(t, b.shows("Sign in as analyst"))
		b.tap("Copy password")
		assert.Equal(t, "local-password", b.u.app.Clipboard().Content())
		for _, o := range test.LaidOutObjects(b.canvas.Overlays().Top()) {
			if p, ok := o.(*widgets.Paragraph); ok {
				assert.NotContains(t, p.Text(), "local-password", "the password is copied, never shown")
			}
		}
	})
}

// A sign-in elsewhere must not offer the local account.
func TestSignInSheet_NoAccountElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, themeLight, standard)
		w, _ := openSignIn(b, newFakeSignIn())
		defer w.stop()
		assert.False(t, b.shows("Sign in as analyst"))
	})
}

func TestSignInSheet_SaysWhenThePasswordGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, themeLight, standard)
		s := newFakeSignIn()
		s.url = "http://127.0.0.1:17655/authorize?client_id=practice&scope=openid"
		w, _ := openSignIn(b, s)
		defer func() { w.stop() }()
		const says = "Password copied. The clipboard is cleared in 10 seconds."
		assert.False(t, b.shows(says))
		b.tap("Copy password")
		assert.True(t, b.shows(says))
		assert.True(t, b.shows("Sign in as analyst"), "who to sign in as stays")
		b.pass(clipboardTime + time.Second)
		assert.Empty(t, b.u.app.Clipboard().Content())
		assert.False(t, b.shows(says))
	})
}
