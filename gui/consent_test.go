package gui

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
)

// question is one that a script asks, as in the mockup.
func question(id string) auth.Consent {
	now := time.Now()
	return auth.Consent{
		ID: id, AuthorizationID: "a", Name: "Graph mail, finance team", Service: "Microsoft Graph",
		Asker: auth.Asker{
			PID: 48213, User: "mara", Path: "/usr/bin/python3.12", Script: "/home/mara/reports/mail_summary.py", Parent: "jupyter-lab",
		},
		Purpose: auth.PurposeToken,
		Scopes: []auth.Scope{
			{Name: "Mail.Read", Description: "Read your mail"},
			{Name: "Calendars.Read", Description: "Read your calendars"},
			{Name: "User.Read", Description: "Read your own profile"},
			{Name: "openid"},
			{Name: "offline_access"},
		},
		Until: now.Add(42 * time.Minute), Deadline: now.Add(auth.ConsentTimeout),
	}
}

// asked is the canvas of the window that asks; nil: there is none.
func (d *desk) asked() fyne.Canvas {
	if d.w.u.asking.win == nil {
		return nil
	}
	return d.w.u.asking.win.window.Canvas()
}

// ask puts questions and waits until the window is ready for an answer.
func (d *desk) ask(questions ...auth.Consent) {
	d.t.Helper()
	d.engine.Ask(questions...)
	d.wait(eventPause + consentGuard)
	require.NotNil(d.t, d.asked())
}

func (d *desk) askedKey(name fyne.KeyName) {
	if f := d.asked().Focused(); f != nil {
		f.TypedKey(&fyne.KeyEvent{Name: name})
		return
	}
	d.asked().OnTypedKey()(&fyne.KeyEvent{Name: name})
}

func TestConsent_SaysWhoAsksAndWhatFor(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		q := question("q")
		q.Purpose, q.Host, q.Before = auth.PurposeCurl, "graph.microsoft.com", time.Now().Add(-3*time.Hour)
		d.ask(q)
		c := d.asked()
		for _, words := range []string{
			"python3.12 asks for a token", "of “Graph mail, finance team”", "Program /usr/bin/python3.12",
			"Runs /home/mara/reports/mail_summary.py", "Started by jupyter-lab, process 48213, user mara", "Asked before 3 h ago",
			"Used for a request with curl", "Sent to graph.microsoft.com", "With this token it can, until " + q.Until.Local().Format("15:04"),
			"Read your mail", "Read your calendars", "Read your own profile", "2 sign-in permissions", "Denied by itself in 1:00",
		} {
			assert.True(t, guitest.Shows(c, words), "%s\n%s", words, strings.Join(guitest.Texts(c), " | "))
		}
		assert.False(t, guitest.Shows(c, "offline_access"), "the scopes of the sign-in are summed up")
		assert.Equal(t, consentWidth, c.Size().Width)
		assert.True(t, d.w.u.asking.win.window.FixedSize())
		assert.False(t, d.shows("asks for a token"), "the main window stays as it is")
		d.wait(10 * time.Second)
		assert.True(t, guitest.Shows(c, "Denied by itself in 0:50"), "the time runs down")
		assert.Less(t, d.w.u.asking.win.bar.Share(), 0.85)
	})
}

func TestConsent_ButtonsAndKeysAnswer(t *testing.T) {
	for answer, give := range map[auth.ConsentAnswer]func(*desk){
		auth.AllowOnce:   func(d *desk) { guitest.Tap(d.t, d.asked(), "Allow once") },
		auth.AllowHour:   func(d *desk) { guitest.Tap(d.t, d.asked(), "For 1 hour") },
		auth.AllowAlways: func(d *desk) { guitest.Tap(d.t, d.asked(), "Always") },
		auth.Deny:        func(d *desk) { guitest.Tap(d.t, d.asked(), "Deny") },
	} {
		atDesk(t, wide, few, func(d *desk) {
			d.ask(question("q"))
			give(d)
			assert.Equal(t, []string{"answer q " + string(answer)}, d.engine.Calls)
			assert.Nil(t, d.asked(), "the window goes")
			d.wait(2 * time.Minute)
			assert.Len(t, d.engine.Calls, 1, "one answer only")
		})
	}
	for name, give := range map[string]func(*desk){
		"Enter has the focus on Deny": func(d *desk) { d.askedKey(fyne.KeyReturn) },
		"Space has it too":            func(d *desk) { d.askedKey(fyne.KeySpace) },
		"Esc":                         func(d *desk) { d.askedKey(fyne.KeyEscape) },
		"closing the window":          func(d *desk) { d.w.u.asking.win.answer(auth.Deny) },
		"no answer in time":           func(d *desk) { d.wait(auth.ConsentTimeout) },
	} {
		t.Run(name, func(t *testing.T) {
			atDesk(t, wide, few, func(d *desk) {
				d.ask(question("q"))
				give(d)
				assert.Equal(t, []string{"answer q deny"}, d.engine.Calls)
				assert.Nil(t, d.asked())
			})
		})
	}
}

// The window comes up under the pointer and takes the keyboard: what is pressed
// in the first half second was meant for another window.
func TestConsent_NothingIsHeardInTheFirstHalfSecond(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		d.engine.Ask(question("q1"), question("q2"))
		d.wait(eventPause + 1)
		clock := time.Now()
		d.w.u.now = func() time.Time { return clock }
		d.w.u.asking.win.appeared = clock
		everything := func() {
			for _, label := range []string{"Allow once", "For 1 hour", "Always", "Deny"} {
				guitest.Tap(t, d.asked(), label)
			}
			for _, b := range d.w.u.asking.win.allow {
				b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
			}
			d.askedKey(fyne.KeyEscape)
		}
		everything()
		clock = clock.Add(consentGuard - 1)
		everything()
		assert.Empty(t, d.engine.Calls)
		clock = clock.Add(1)
		guitest.Tap(t, d.asked(), "Allow once")
		assert.Same(t, d.w.u.asking.win.deny, d.asked().Focused(), "Deny has the focus again")
		guitest.Tap(t, d.asked(), "Allow once") // the second half of a double click
		assert.Equal(t, []string{"answer q1 once"}, d.engine.Calls, "the next question is not answered by it")
		assert.Equal(t, "q2", d.w.u.asking.win.q.ID)
		clock = clock.Add(consentGuard)
		guitest.Tap(t, d.asked(), "Allow once")
		assert.Equal(t, "answer q2 once", d.engine.Calls[1])
	})
}

// Who goes on typing in what was another window must not get from Deny to a
// button that allows, and press it.
func TestConsent_AButtonReachedByKeyIsNotHeardAtOnce(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		d.ask(question("q"))
		for range 3 {
			d.asked().(interface{ FocusNext() }).FocusNext()
			assert.NotSame(t, d.w.u.asking.win.deny, d.asked().Focused())
			d.askedKey(fyne.KeySpace)
			d.askedKey(fyne.KeyReturn)
			assert.Empty(t, d.engine.Calls)
		}
		d.wait(consentGuard)
		d.askedKey(fyne.KeySpace)
		assert.Equal(t, []string{"answer q once"}, d.engine.Calls)
	})
}

func TestConsent_OneWindowForManyQuestions(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		d.ask(question("q1"), question("q2"), question("q3"))
		windows := len(fyne.CurrentApp().Driver().AllWindows())
		assert.True(t, guitest.Shows(d.asked(), "2 more are waiting"))
		d.ask(question("q4"))
		assert.True(t, guitest.Shows(d.asked(), "3 more are waiting"))
		assert.Equal(t, "q1", d.w.u.asking.win.q.ID, "a new question does not push itself before")
		assert.Len(t, fyne.CurrentApp().Driver().AllWindows(), windows)
		d.engine.Forget("q1") // answered elsewhere, or its program has gone
		d.wait(eventPause + consentGuard)
		assert.Equal(t, "q2", d.w.u.asking.win.q.ID)
		for range 3 {
			guitest.Tap(t, d.asked(), "Deny")
			d.wait(consentGuard)
		}
		assert.Equal(t, []string{"answer q2 deny", "answer q3 deny", "answer q4 deny"}, d.engine.Calls)
		assert.Nil(t, d.asked())
		d.ask(question("q5"))
		assert.Len(t, fyne.CurrentApp().Driver().AllWindows(), windows)
		d.engine.Forget("q5")
		d.wait(eventPause + 1)
		assert.Nil(t, d.asked(), "a question that ended elsewhere closes the window")
	})
}

func TestConsent_OneAnswerWhileTheEngineIsTold(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		d.ask(question("q"))
		var waiting []func()
		inline := d.w.u.run.spawn
		d.w.u.run.spawn = func(f func()) { waiting = append(waiting, f) }
		d.askedKey(fyne.KeyReturn)
		guitest.Tap(t, d.asked(), "Allow once")
		d.askedKey(fyne.KeyEscape)
		d.w.u.run.spawn = inline
		require.Len(t, waiting, 1)
		waiting[0]()
		assert.Equal(t, []string{"answer q deny"}, d.engine.Calls)
		assert.Nil(t, d.asked())
	})
}

func TestConsent_WorksWhileASheetIsOpen(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		d.tap("Alpha report")
		d.key(fyne.KeyDelete)
		require.NotNil(t, d.c.Overlays().Top())
		d.w.u.window.Hide()
		d.ask(question("q"))
		guitest.Tap(t, d.asked(), "Allow once")
		assert.Equal(t, []string{"answer q once"}, d.engine.Calls)
		assert.NotNil(t, d.c.Overlays().Top(), "the sheet is still there")
	})
}

func TestConsent_IsOfferedWhileTheVaultIsOpen(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		assert.Equal(t, 1, d.engine.Offers)
		vault := func(open bool) {
			d.engine.Vault.Open = open
			d.engine.Emit(auth.Event{Kind: auth.EventVault})
			d.wait(time.Second)
		}
		vault(true)
		assert.Equal(t, 1, d.engine.Offers, "one offer at a time")
		vault(false)
		assert.Zero(t, d.engine.Offers)
		vault(true)
		d.ask(question("q"))
		d.w.u.shutDown()
		assert.Zero(t, d.engine.Offers, "who closes the window can't be asked")
		assert.Nil(t, d.asked())
		d.engine.Ask(question("q2"))
		d.wait(time.Second)
		assert.Nil(t, d.asked())
	})
	atDesk(t, wide, func(e *guitest.Engine) {
		few(e)
		e.Vault = auth.VaultStatus{Exists: true, HasPassphrase: true}
	}, func(d *desk) { assert.Zero(t, d.engine.Offers) })
}

func TestConsent_AProgramThatIsNotKnownIsAllowedOnceAtMost(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		q := question("q")
		q.Asker, q.Scopes, q.Until = auth.Asker{PID: 7}, nil, time.Time{}
		d.ask(q)
		for _, words := range []string{
			"A program asks for a token", "Program could not be found out", "Started by process 7", "Asked before never",
			"With this token it can whatever your account may do",
		} {
			assert.True(t, guitest.Shows(d.asked(), words), words)
		}
		guitest.Tap(t, d.asked(), "Always")
		guitest.Tap(t, d.asked(), "For 1 hour")
		assert.Empty(t, d.engine.Calls)
		guitest.Tap(t, d.asked(), "Allow once")
		assert.Equal(t, []string{"answer q once"}, d.engine.Calls)
	})
}

func TestConsent_AnAnswerThatIsNotTakenIsTold(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		d.engine.OnAnswer = func(string, auth.ConsentAnswer) error { return errors.New("disk full") }
		d.ask(question("q"))
		guitest.Tap(t, d.asked(), "Always")
		assert.True(t, d.shows("This could not be done"))
		d.engine.OnAnswer = nil
		guitest.Tap(t, d.asked(), "Allow once")
		assert.Equal(t, "answer q once", d.engine.Calls[1], "it can be answered again")
		d.engine.OnAnswer = func(string, auth.ConsentAnswer) error { return auth.ErrNotFound }
		d.ask(question("q2"))
		guitest.Tap(t, d.asked(), "Deny")
		d.wait(2 * time.Minute)
		assert.Nil(t, d.asked(), "a question whose time is over is not asked")
	})
}

func TestConsent_TheDesktopTellsOnceWhenTheWindowIsNotInFront(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		note := consentNote(question("q"))
		assert.Equal(t, "“python3.12” asks for a token of “Graph mail, finance team”", note.Title)
		assert.NotContains(t, note.Content, "python")
		d.engine.Ask(question("q"), question("q2"))
		guitest.AssertNotification(t, note, func() { d.wait(2 * time.Second) })
		guitest.AssertNotification(t, nil, func() {
			guitest.Tap(t, d.asked(), "Deny")
			d.wait(5 * time.Second)
		})
		d.engine.Forget("q2")
		d.wait(time.Second)
		d.w.u.front.Store(true)
		guitest.AssertNotification(t, nil, func() {
			d.ask(question("q3"))
			d.wait(5 * time.Second)
		})
	})
}

func TestRaise(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		d.w.u.window.Hide()
		d.w.Raise()
		d.w.u.closing = true
		d.w.Raise()
	})
}
