package gui

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
)

func noonActivity(e *guitest.Engine) { atNoon(); someActivity(e) }

func TestActivity_TellsWhatHappenedByDay(t *testing.T) {
	atActivity(t, wide, noonActivity, func(d *desk, s *activityScreen) {
		for _, words := range []string{
			"kept for 90 days, never with a secret", "10 of 11", "Today, Saturday 1 January", "Yesterday, Friday 31 December",
			"13:21 Sign-in failed Entra sign-in log you Needs approval consent_required",
			"13:20 Token handed out Graph mail, finance team rsession Done 44 min left",
			"No answer timeout", "mail_summary.py", "report-bot.js", "Denied by you", "Copied to clipboard", "access token", "Vault opened",
			"Sign-in ended invalid_grant", "Client secret ends soon", "Reminder",
		} {
			assert.True(t, d.shows(words), "%s is missing in %s", words, strings.Join(guitest.Texts(d.c), " "))
		}
		assert.False(t, d.shows("denied_by_user"), "the word says what the code does")
		assert.False(t, d.shows("Old name"), "nine days ago is no part of the last 7 days")
	})
}

func TestActivity_DaysAreThoseOfTheUsersTimeZone(t *testing.T) {
	around := func(e *guitest.Engine) {
		noon := time.Now().Add(36 * time.Hour)
		time.Sleep(36 * time.Hour) // noon of the second day
		e.Entries = []auth.ActivityEntry{
			{ID: 2, At: noon.Add(-12 * time.Hour).Add(10 * time.Second), Kind: auth.WordVault, Asker: self, Outcome: auth.OutcomeOK},
			{ID: 1, At: noon.Add(-12 * time.Hour).Add(-10 * time.Second), Kind: auth.WordPause, Name: "Beta mail", Asker: self, Outcome: auth.OutcomeOK},
		}
	}
	for _, zone := range []struct {
		name   string
		ahead  int
		heads  []int
		titles []string
	}{
		{"UTC", 0, []int{0, 1}, []string{"Today, Sunday 2 January", "Yesterday, Saturday 1 January"}},
		{"east", 2, []int{0}, []string{"Today, Sunday 2 January"}},
		{"west", -5, []int{0}, []string{"Yesterday, Saturday 1 January"}},
	} {
		t.Run(zone.name, func(t *testing.T) {
			before := time.Local
			time.Local = time.FixedZone(zone.name, zone.ahead*3600)
			t.Cleanup(func() { time.Local = before })
			atActivity(t, wide, around, func(d *desk, s *activityScreen) {
				assert.Equal(t, zone.heads, s.table.heads)
				for _, title := range zone.titles {
					assert.True(t, d.shows(title), title)
				}
			})
		})
	}
}

func TestActivity_ADayThatIsOverIsNotCalledToday(t *testing.T) {
	atActivity(t, wide, func(e *guitest.Engine) {
		time.Sleep(24*time.Hour - 3*time.Second)
		e.Entries = []auth.ActivityEntry{{ID: 1, At: time.Now(), Kind: auth.WordVault, Asker: self, Outcome: auth.OutcomeOK}}
	}, func(d *desk, _ *activityScreen) {
		assert.True(t, d.shows("Today, Saturday 1 January"))
		d.wait(5 * time.Second)
		assert.True(t, d.shows("Yesterday, Saturday 1 January"))
	})
}

func TestActivity_FiltersLeaveWhatTheySay(t *testing.T) {
	last := func(d *desk) auth.ActivityQuery { return d.engine.ActivityQueries[len(d.engine.ActivityQueries)-1] }
	atActivity(t, wide, noonActivity, func(d *desk, s *activityScreen) {
		assert.Equal(t, time.Now().Add(-7*24*time.Hour).UTC(), last(d).Since)
		d.tap("Last 7 days")
		d.tap("Any time")
		assert.True(t, d.shows("11 of 11"))
		assert.True(t, d.shows("Old name"))
		d.tap("Any time")
		d.tap("Last 24 hours")
		assert.True(t, d.shows("10 of 11"))

		d.tap("Everything")
		d.tap("Handed out")
		assert.Equal(t, []string{"Graph mail, finance team", "HubSpot contacts", "Salesforce pipeline, EMEA"}, s.entryNames())
		d.tap("All outcomes")
		d.tap("Not done")
		assert.Equal(t, []string{"Salesforce pipeline, EMEA"}, s.entryNames())
		d.tap("Not done")
		d.tap("Done") // of the list, which is on top
		assert.Equal(t, []string{"Graph mail, finance team", "HubSpot contacts"}, s.entryNames())

		d.tap("Handed out")
		d.tap("Tests")
		assert.Empty(t, s.entryNames())
		assert.True(t, d.shows("Nothing that happened matches the search and the filters."))
		d.tap("Show all")
		assert.True(t, d.shows("11 of 11"))
		assert.True(t, d.shows("Any time"))
		assert.True(t, d.shows("All outcomes"))
	})
}

func TestActivity_SearchWaitsForAPauseAndEscClears(t *testing.T) {
	atActivity(t, wide, noonActivity, func(d *desk, s *activityScreen) {
		before := len(d.engine.ActivityQueries)
		d.typed("rsess")
		d.wait(searchPause / 2)
		assert.Len(t, d.engine.ActivityQueries, before, "no read while the user still types")
		d.wait(searchPause)
		assert.Equal(t, []string{"Graph mail, finance team"}, s.entryNames())
		assert.Len(t, d.engine.ActivityQueries, before+1)
		assert.True(t, d.shows("1 of 11"))
		d.key(fyne.KeyEscape)
		assert.Len(t, s.entryNames(), 10)
	})
}

func TestActivity_OfNothing(t *testing.T) {
	atActivity(t, tight, func(*guitest.Engine) {}, func(d *desk, s *activityScreen) {
		assert.True(t, d.shows("Programs ask with “tokenwell token” and a Friendly Name"))
		d.engine.Happened(auth.ActivityEntry{ID: 1, At: time.Now(), Kind: auth.WordVault, Asker: self, Outcome: auth.OutcomeOK})
		d.wait(time.Second)
		assert.False(t, d.shows("Programs ask with"))
		assert.True(t, d.shows("Vault opened"))
	})
}

func TestActivity_SaysThatItCouldNotBeRead(t *testing.T) {
	atActivity(t, tight, func(e *guitest.Engine) {
		someActivity(e)
		e.OnActivity = func(auth.ActivityQuery) (auth.ActivityPage, error) { return auth.ActivityPage{}, errors.New("disk") }
	}, func(d *desk, s *activityScreen) {
		assert.True(t, d.shows("The activity could not be read. The log says more."))
		d.engine.OnActivity = nil
		d.tap("Try again")
		assert.True(t, d.shows("Vault opened"))
	})
}

func TestActivity_IsReachedByRailMenuAndKeys(t *testing.T) {
	atDesk(t, wide, func(e *guitest.Engine) { few(e); someActivity(e) }, func(d *desk) {
		d.tap("Activity")
		require.True(t, d.w.u.frame.shown == d.w.u.frame.activity)
		assert.Same(t, d.w.u.frame.activity.search.Focusable(), d.c.Focused())
		d.shortcut(fyne.Key1)
		assert.True(t, d.w.u.frame.shown == d.w.u.frame.home)
		d.shortcut(fyne.Key4)
		require.True(t, d.w.u.frame.shown == d.w.u.frame.activity)
		d.key(fyne.KeyReturn) // into the table
		d.shortcut(fyne.KeyF)
		assert.Same(t, d.w.u.frame.activity.search.Focusable(), d.c.Focused())
		d.tap("Help")
		assert.True(t, d.w.u.frame.shown == d.w.u.frame.help)
		assert.False(t, d.w.u.frame.shown == d.w.u.frame.activity)
	})
}

func TestActivity_KeysMoveAndOpenTheMenu(t *testing.T) {
	atActivity(t, wide, noonActivity, func(d *desk, s *activityScreen) {
		d.key(fyne.KeyReturn)
		assert.Equal(t, "Entra sign-in log", s.chosen.Name)
		d.key(fyne.KeyEnd)
		assert.Equal(t, "Power BI datasets", s.chosen.Name)
		d.key(fyne.KeyHome)
		d.key(fyne.KeyDown)
		assert.Equal(t, "Graph mail, finance team", s.chosen.Name)
		d.key(fyne.KeyReturn)
		d.tap("Only this program")
		assert.Equal(t, "rsession", s.search.Text())
		assert.Equal(t, []string{"Graph mail, finance team"}, s.entryNames())
		d.c.Focus(s.table)
		d.key(fyne.KeyReturn)
		d.tap("Show the authorization")
		assert.True(t, d.w.u.frame.shown == d.w.u.frame.home)
		assert.Equal(t, "a", d.w.u.frame.home.chosen.row.ID)
	})
}

func TestActivity_NarrowTableDropsTheDetailAndTellsWhatIsCut(t *testing.T) {
	atActivity(t, tight, noonActivity, func(d *desk, s *activityScreen) {
		assert.Zero(t, s.table.at[5].width)
		assert.False(t, d.shows("Detail"))
	})
	atActivity(t, wide, noonActivity, func(d *desk, s *activityScreen) {
		at := func(column int) float32 { return s.table.at[column].x + 2 }
		assert.Equal(t, "12 times, 11 min left, api.hubapi.com", s.table.tooltipAt(3, at(5)))
		assert.Contains(t, s.table.tooltipAt(3, at(0)), "1 January 2000, 13:12:00")
		assert.Equal(t, "/usr/bin/python3.13 /home/mara/reports/mail_summary.py", s.table.tooltipAt(3, at(3)))
		assert.Equal(t, "You said no", s.table.tooltipAt(5, at(4)))
	})
}

func TestActivity_EachKindHasItsWords(t *testing.T) {
	var filtered []auth.EventWord
	for _, topic := range activityTopics {
		filtered = append(filtered, topic.kinds...)
	}
	kinds := []auth.EventWord{auth.WordHandOut, auth.WordCopy, auth.WordVault, auth.WordNotice}
	for word := range eventWords {
		kinds = append(kinds, word)
	}
	for _, kind := range kinds {
		words, ok := activityKinds[kind]
		assert.True(t, ok && words.done != "" && words.failed != "", "no words for %q", kind)
		assert.True(t, slices.Contains(filtered, kind), "no filter shows %q alone", kind)
		assert.NotEqual(t, string(kind), activityWhat(&auth.ActivityEntry{Kind: kind, Outcome: auth.OutcomeOK}))
	}
	assert.Equal(t, "later", activityWhat(&auth.ActivityEntry{Kind: "later"}), "one of a later version keeps its name")
}

func TestActivity_OutcomesFitTheirColumn(t *testing.T) {
	guitest.NewApp(t)
	for code, look := range outcomeLooks {
		width := fyne.MeasureText(look.word, 14, fyne.TextStyle{}).Width
		assert.LessOrEqual(t, width, activityColumns[4].least-columnGap-dotSide-8, "%s: %s", code, look.word)
	}
}
