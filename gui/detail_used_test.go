package gui

import (
	"errors"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/assert"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
)

func handedOut(id int64, by auth.Asker, outcome string) auth.ActivityEntry {
	return auth.ActivityEntry{ID: id, At: time.Now(), Kind: auth.WordHandOut, AuthorizationID: "a", Name: "Alpha report", Asker: by, Outcome: outcome, Count: 1}
}

func TestWhereAnAuthorizationIsUsed(t *testing.T) {
	atDesk(t, wide, func(e *guitest.Engine) { few(e); atNoon() }, func(d *desk) {
		d.tap("Alpha report")
		assert.True(t, d.shows("Where it is used No program has asked for it yet."))
		d.engine.Happened(handedOut(1, rsession, auth.CodeDeniedByUser))
		d.engine.Happened(handedOut(2, summary, auth.OutcomeOK))
		d.wait(time.Second)
		assert.True(t, d.shows("mail_summary.py allowed, today 14:21"))
		assert.True(t, d.shows("rsession refused, today 14:21"))
		d.tap("Beta mail")
		assert.True(t, d.shows("No program has asked for it yet."), "each has its own")
		d.tap("Alpha report")
		d.tap("Show in Activity")
		assert.True(t, d.w.u.frame.shown == d.w.u.frame.activity)
		assert.Equal(t, []string{"Alpha report", "Alpha report"}, d.w.u.frame.activity.entryNames())
	})
}

func TestWhereItIsUsedListsTheLastFew(t *testing.T) {
	atDesk(t, wide, func(e *guitest.Engine) {
		few(e)
		for i, name := range []string{"one", "two", "three", "four", "five", "six"} {
			e.Entries = append(e.Entries, handedOut(int64(9-i), auth.Asker{Path: "/usr/bin/" + name}, auth.OutcomeOK))
		}
	}, func(d *desk) {
		d.tap("Alpha report")
		assert.True(t, d.shows("four"))
		assert.False(t, d.shows("five"))
		assert.True(t, d.shows("Show 2 more in Activity"))
		d.engine.OnUsedBy = func(string) ([]auth.UsedBy, error) { return nil, errors.New("disk") }
		d.engine.Emit(auth.Event{Kind: auth.EventActivity})
		d.wait(time.Second)
		assert.True(t, d.shows("What programs asked for could not be read."))
	})
}

func TestAWantedTokenIsNotifiedOnce(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		ask := func(kind auth.EventKind) func() {
			return func() {
				d.engine.Emit(auth.Event{Kind: kind, ID: "b"})
				d.wait(2 * wantedPause)
			}
		}
		d.engine.OnUsedBy = func(string) ([]auth.UsedBy, error) { return []auth.UsedBy{{Asker: summary, Last: time.Now()}}, nil }
		want := fyne.NewNotification("mail_summary.py asks for a token of “Beta mail”", "The sign-in is over. Open Tokenwell and sign in again.")
		guitest.AssertNotification(t, want, ask(auth.EventWanted))
		guitest.AssertNotification(t, nil, ask(auth.EventWanted))
		guitest.AssertNotification(t, nil, ask(auth.EventAttention))
		again := sample("b", "Beta mail", "microsoft-graph", "Microsoft Graph", auth.StateNeedsSignIn, -time.Hour)
		again.Status.Generation = 2
		d.engine.Put(again, auth.NewSecret(tokenValue))
		d.engine.OnUsedBy = func(string) ([]auth.UsedBy, error) {
			return []auth.UsedBy{{Asker: rsession, Last: time.Now().Add(-time.Hour)}}, nil // not the one that asks now
		}
		want.Title = "A program asks for a token of “Beta mail”"
		guitest.AssertNotification(t, want, ask(auth.EventWanted))
	})
}

func TestACopiedTokenIsNotedInTheActivity(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		d.tap("Alpha report")
		d.shortcut(fyne.KeyC)
		assert.Contains(t, d.engine.Calls, "copied a "+copiedToken)
	})
}
