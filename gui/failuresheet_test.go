package gui

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"github.com/stretchr/testify/assert"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

func sampleFailure() *auth.Failure {
	return &auth.Failure{
		Title:    "An administrator has to approve this first",
		Happened: "You signed in as mara.lind@northwind.example. Microsoft did not grant AuditLog.Read.All (read audit and sign-in logs), because northwind.onmicrosoft.com lets only administrators approve it.",
		Mover:    auth.MoverAdministrator,
		Steps:    []string{"Send the request with the approval link to an administrator.", "Sign in again once it is approved."},
		Action:   auth.ActionCopyAdmin,
		Code:     "consent_required",
		Status:   400,
		Host:     "login.microsoftonline.com",
		At:       signInStart,
		Ref:      "5f0c7a52-1f0e-4c43-9f1b-0c8a7be61d00",
	}
}

// lit returns the seat that is lit.
func lit(b *bench) string {
	seats := []string{"You", "Your administrator", "The service"}
	for _, o := range b.objects() {
		w, ok := o.(*canvas.Text)
		if !ok || !w.TextStyle.Bold {
			continue
		}
		if slices.Contains(seats, w.Text) {
			return w.Text
		}
	}
	return ""
}

func TestFailureSheet_WhoseMove(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for mover, seat := range map[auth.Mover]string{
			auth.MoverUser: "You", auth.MoverAdministrator: "Your administrator", auth.MoverService: "The service",
		} {
			b := newBench(t, themeLight, standard)
			f := sampleFailure()
			f.Mover = mover
			b.u.showFailure(f, "id-1")
			assert.Equal(t, seat, lit(b))
			assert.True(t, b.shows("What happened"))
			assert.True(t, b.shows("Sign in again once it is approved."))
		}
	})
}

func TestFailureSheet_CopyForAdministrator(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, themeLight, standard)
		b.u.showFailure(sampleFailure(), "id-1")
		b.tap("Copy request for the administrator")
		assert.Contains(t, b.u.app.Clipboard().Content(), "AuditLog.Read.All")
		assert.Contains(t, b.u.app.Clipboard().Content(), "consent_required")
	})
}

func TestFailureSheet_DetailsAreFoldedAndCopied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, themeLight, standard)
		b.u.showFailure(sampleFailure(), "id-1")
		assert.False(t, b.shows("error: consent_required"))
		fold := find(b, "Details", func(f *widgets.FoldHead) bool { return f.Title == "Details" })
		fold.Tapped(&fyne.PointEvent{})
		assert.True(t, b.shows("error: consent_required"))
		b.tap("Copy details")
		assert.Equal(t, "error: consent_required\nHTTP status: 400\nhost: login.microsoftonline.com\n"+
			"trace: 5f0c7a52-1f0e-4c43-9f1b-0c8a7be61d00, 2026-11-20 12:00:00Z", b.u.app.Clipboard().Content())
	})
}

func TestFailureSheet_EditOpensTheForm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, themeLight, standard)
		d := b.engine.DraftFor("github")
		d.ID, d.Name, d.ClientID = "id-1", "Issues", "gh-client"
		b.engine.drafts["id-1"] = d
		f := sampleFailure()
		f.Action = auth.ActionEdit
		b.u.showFailure(f, "id-1")
		b.tap("Edit & re-authorize")
		assert.Nil(t, b.canvas.Overlays().Top())
		assert.Equal(t, "gh-client", b.entry("Client ID").Text())
	})
}

// What was typed into Edit & re-authorize is not stored while the sign-in has
// failed: it has to come back from memory.
func TestFailureSheet_EditBringsBackWhatWasTyped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, themeLight, standard)
		stored := b.engine.DraftFor("github")
		stored.ID, stored.Name, stored.ClientID = "id-1", "Issues", "old-client"
		b.engine.drafts["id-1"] = stored
		typed := stored
		typed.ClientID = "typed-client"
		f := sampleFailure()
		f.Action = auth.ActionEdit
		b.u.showFailureOf(f, "id-1", "Issues", &typed)
		b.tap("Edit & re-authorize")
		assert.Equal(t, "typed-client", b.entry("Client ID").Text())
	})
}

func TestFailureSheet_SignInAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, themeLight, standard)
		f := sampleFailure()
		f.Action = auth.ActionSignIn
		b.u.showFailure(f, "id-1")
		b.tap("Sign in again")
		assert.Equal(t, []string{"id-1"}, b.engine.reauths)
	})
}

func TestFailureSheet_ClosesByButtonAndEscape(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, themeLight, standard)
		b.u.showFailure(sampleFailure(), "")
		b.tap("Close")
		assert.Nil(t, b.canvas.Overlays().Top())
		b.u.showFailure(sampleFailure(), "")
		b.key(fyne.KeyEscape)
		assert.Nil(t, b.canvas.Overlays().Top())
	})
}

// Only a page that is https may be opened from here.
func TestFailureSheet_ProvidersOwnPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for link, want := range map[string]bool{
			"https://learn.microsoft.com/error-codes": true,
			"http://learn.microsoft.com/error-codes":  false,
			"javascript:alert(1)":                     false,
			"https://learn.microsoft.com@evil.test/":  false,
			"":                                        false,
		} {
			b := newBench(t, themeLight, standard)
			f := sampleFailure()
			f.Link = link
			b.u.showFailure(f, "id-1")
			_, shown := lookFor(b, func(w *widgets.Button) bool { return strings.HasPrefix(w.Text, "Open ") })
			assert.Equal(t, want, shown, link)
			assert.True(t, b.shows("Copy request for the administrator"), "the action stays")
		}
	})
}

func TestFailureSheet_Resume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, themeLight, standard)
		b.engine.Put(auth.Detail{Authorization: auth.Authorization{ID: "id-1", Name: "Issues"}}, auth.Secret{})
		f := sampleFailure()
		f.Action = auth.ActionResume
		b.u.showFailure(f, "id-1")
		b.tap("Resume")
		assert.Equal(t, []string{"resume id-1"}, b.engine.Calls)
		assert.Nil(t, b.canvas.Overlays().Top())
	})
}

func TestFailureDetails_NoTraceWithoutItsID(t *testing.T) {
	f := sampleFailure()
	f.Ref = ""
	assert.Equal(t, "error: consent_required\nHTTP status: 400\nhost: login.microsoftonline.com\ntime: 2026-11-20 12:00:00Z", failureDetails(f))
}

// What the engine did not explain carries no time of its own.
func TestFailureSheet_UnexplainedIsOfNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, themeLight, standard)
		b.u.now = func() time.Time { return signInStart }
		b.u.fail(errors.New("disk full"), "")
		assert.False(t, b.shows("0001"))
		b.tap("Copy details")
		assert.Equal(t, "error: unexpected\ntime: 2026-11-20 12:00:00Z", b.u.app.Clipboard().Content())
	})
}

// Enter does what helps; where nothing does, it closes.
func TestFailureSheet_EnterWorks(t *testing.T) {
	for action, want := range map[auth.Action]string{
		auth.ActionCopyAdmin: "Copy request for the administrator", auth.ActionResume: "Resume", auth.ActionNone: "Close",
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, themeLight, standard)
			f := sampleFailure()
			f.Action, f.Link = action, "https://learn.microsoft.com/x"
			b.u.showFailure(f, "id-1")
			focused, ok := b.canvas.Focused().(*widgets.Button)
			if assert.True(t, ok, want) {
				assert.Equal(t, want, focused.Text)
			}
			if action == auth.ActionNone {
				b.key(fyne.KeyReturn)
				assert.Nil(t, b.canvas.Overlays().Top())
			}
		})
	}
}
