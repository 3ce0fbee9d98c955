package gui

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
	"tokenwell/gui/widgets"
)

func TestTestSheet_ShowsTheTokenCallAndTheAnswer(t *testing.T) {
	atDesk(t, wide, one(func(*auth.Detail) {}), func(d *desk) {
		d.tap("Graph mail")
		d.shortcut(fyne.KeyT)
		assert.Empty(t, d.engine.Calls, "nothing is sent before the user asks for it")
		d.key(fyne.KeyReturn)
		assert.Equal(t, []string{"test 05 https://graph.microsoft.com/oidc/userinfo"}, d.engine.Calls)
		for _, words := range []string{"A fresh access token came in 231 ms.", "HTTP 200", "128 ms, 412 bytes, application/json", `  "name": "Mara Lind",`} {
			assert.True(t, d.shows(words), words)
		}
		d.tap("Copy")
		assert.Contains(t, d.w.u.app.Clipboard().Content(), "\n  \"email\"")
		d.key(fyne.KeyEscape)
		assert.Nil(t, d.c.Overlays().Top())
	})
}

func TestTestSheet_FailureStandsInIt(t *testing.T) {
	atDesk(t, wide, one(func(*auth.Detail) {}), func(d *desk) {
		d.engine.OnTest = func(string, string) (auth.TestResult, error) {
			return auth.TestResult{}, &auth.Failure{Title: "No connection", Happened: "The host was not found.", Steps: []string{"Check the address."}}
		}
		d.tap("Graph mail")
		d.shortcut(fyne.KeyT)
		d.tap("Run test")
		assert.True(t, d.shows("Check the address."))
		assert.True(t, d.shows("Address to fetch with the token"), "the sheet stays")
		d.engine.OnTest = func(string, string) (auth.TestResult, error) {
			return auth.TestResult{Address: "https://a.example", Status: 403, Size: 4_200_000, Body: "no", Cut: true}, nil
		}
		d.tap("Run test")
		assert.False(t, d.shows("Check the address."))
		for _, words := range []string{"HTTP 403", "4.2 MB", "The stored access token was used.", "Only the beginning is shown."} {
			assert.True(t, d.shows(words), words)
		}
	})
}

func TestTestSheet_LateAnswersAreDropped(t *testing.T) {
	atDesk(t, wide, one(func(*auth.Detail) {}), func(d *desk) {
		d.tap("Graph mail")
		d.shortcut(fyne.KeyT)
		var waiting []func()
		inline := d.w.u.run.spawn
		d.w.u.run.spawn = func(f func()) { waiting = append(waiting, f) }
		d.key(fyne.KeyReturn)
		require.Len(t, waiting, 1)
		assert.True(t, d.shows("Testing…"))
		d.key(fyne.KeyReturn)
		assert.Len(t, waiting, 1, "one test at a time")
		d.w.u.run.spawn = inline
		d.key(fyne.KeyEscape)
		waiting[0]()
		assert.Nil(t, d.c.Overlays().Top())
	})
}

// A long answer scrolls inside its box: the buttons stay in the window.
func TestTestSheet_LongAnswerFitsIntoTheSmallestWindow(t *testing.T) {
	atDesk(t, tight, one(func(*auth.Detail) {}), func(d *desk) {
		d.engine.OnTest = func(string, string) (auth.TestResult, error) {
			return auth.TestResult{Address: "https://a.example", Status: 200, Body: strings.Repeat("line\n", 800)}, nil
		}
		d.tap("Graph mail")
		d.shortcut(fyne.KeyT)
		d.tap("Run test")
		d.wait(time.Second)
		assert.Less(t, guitest.At(t, d.c, "Close").Y, tight.Height-20)
	})
}

func TestInspection_VerdictsClaimsAndAnswer(t *testing.T) {
	atDesk(t, wide, one(func(*auth.Detail) {}), func(d *desk) {
		d.tap("Graph mail")
		d.tap("What the token says")
		for _, words := range []string{
			"Signature not checked", "the keys are not published", "Signature valid", "00000003-0000-0000-c000-000000000000",
			"20 Nov 2026", "Nothing shown here can be used as a token.",
		} {
			assert.True(t, d.shows(words), words)
		}
		assert.False(t, d.shows("nOo3ZDrODXEK1jKWhXslHR_KXEg"), "the header is folded")
		d.tap("Header")
		assert.True(t, d.shows("nOo3ZDrODXEK1jKWhXslHR_KXEg"))
		d.tap("Ask the service")
		assert.Contains(t, d.engine.Calls, "introspect 05")
		assert.True(t, d.shows("In force"))
		d.tap("Copy")
		assert.Contains(t, d.w.u.app.Clipboard().Content(), "aud: 00000003")
	})
}

func TestInspection_WhatCannotBeReadOrAsked(t *testing.T) {
	atDesk(t, wide, one(func(d *auth.Detail) { d.CanIntrospect = false }), func(d *desk) {
		d.engine.OnInspect = func(string) (auth.Inspection, error) { return auth.Inspection{}, nil }
		d.tap("Graph mail")
		d.shortcut(fyne.KeyI)
		assert.True(t, d.shows("It is no JWT: only the service can read it."))
		assert.False(t, d.shows("Ask the service"), "what is not offered is not shown")
		d.key(fyne.KeyEscape)
		assert.Nil(t, d.c.Overlays().Top())
	})
	assert.Equal(t, widgets.ColorNameBad, verdictLook(auth.SignatureInvalid).Ink)
	_, ok := claimTime(auth.Claim{Name: "exp", Value: "soon"})
	assert.False(t, ok)
}
