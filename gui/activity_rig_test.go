package gui

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
)

// atActivity runs a test on the Activity screen; prepare fills the engine.
func atActivity(t *testing.T, size fyne.Size, prepare func(*guitest.Engine), run func(*desk, *activityScreen)) {
	t.Helper()
	atDesk(t, size, func(e *guitest.Engine) {
		few(e)
		prepare(e)
	}, func(d *desk) {
		d.w.u.leaveFor(d.w.u.showActivity)
		run(d, d.w.u.frame.activity)
	})
}

var (
	rsession = auth.Asker{PID: 21840, User: "mara", Path: "/usr/lib/rstudio/bin/rsession", Parent: "rstudio"}
	summary  = auth.Asker{PID: 3071, User: "mara", Path: "/usr/bin/python3.13", Script: "/home/mara/reports/mail_summary.py", Parent: "bash"}
	self     = auth.Asker{Own: true}
)

// someActivity are the entries of the design's picture, the newest an hour old.
func someActivity(e *guitest.Engine) {
	e.Errors = []auth.Explanation{{Code: auth.CodeDeniedByUser, Title: "You said no"}, {Code: "consent_required", Title: "An administrator has to approve it"}}
	now, h, m := time.Now().Add(-time.Hour), time.Hour, time.Minute
	scopes := []string{"openid", "profile", "offline_access", "User.Read", "Mail.Read", "Calendars.Read"}
	e.Entries = []auth.ActivityEntry{
		{At: now, Kind: auth.WordSignIn, Name: "Entra sign-in log", AuthorizationID: "b", Asker: self, Outcome: "consent_required", Count: 1},
		{
			At: now.Add(-20 * time.Second), Kind: auth.WordHandOut, Name: "Graph mail, finance team", AuthorizationID: "a", Asker: rsession,
			Purpose: auth.PurposeToken, Outcome: auth.OutcomeOK, Left: 44 * m, Scopes: scopes, Count: 1,
		},
		{At: now.Add(-3 * m), Kind: auth.WordRefresh, Name: "BigQuery reporting", AuthorizationID: "g", Asker: self, Outcome: auth.CodeTimeout, Count: 1},
		{
			At: now.Add(-9 * m), Kind: auth.WordHandOut, Name: "HubSpot contacts", AuthorizationID: "c", Asker: summary, Purpose: auth.PurposeCurl,
			Outcome: auth.OutcomeOK, Detail: auth.ActivityDetailStored, Left: 11 * m, Host: "api.hubapi.com", Count: 12,
		},
		{At: now.Add(-16 * m), Kind: auth.WordRefresh, Name: "Graph mail, finance team", AuthorizationID: "a", Asker: self, Outcome: auth.OutcomeOK, Count: 1},
		{
			At: now.Add(-17 * m), Kind: auth.WordHandOut, Name: "Salesforce pipeline, EMEA", AuthorizationID: "s", Outcome: auth.CodeDeniedByUser, Count: 1,
			Asker: auth.Asker{PID: 400, User: "mara", Path: "/usr/bin/node", Script: "/home/mara/report-bot.js"},
		},
		{At: now.Add(-5 * h), Kind: auth.WordCopy, Name: "Exchange journal, legal", AuthorizationID: "x", Asker: self, Outcome: auth.OutcomeOK, Detail: copiedToken, Count: 1},
		{At: now.Add(-6 * h), Kind: auth.WordVault, Asker: self, Outcome: auth.OutcomeOK, Count: 1},
		{At: now.Add(-20 * h), Kind: auth.WordRefresh, Name: "Search Console, weekly", AuthorizationID: "w", Asker: self, Outcome: "invalid_grant", Count: 1},
		{At: now.Add(-22 * h), Kind: auth.WordNotice, Name: "Power BI datasets", AuthorizationID: "p", Asker: self, Outcome: string(auth.EndsSecret), Count: 1},
		{At: now.Add(-9 * 24 * h), Kind: auth.WordRename, Name: "Old name", AuthorizationID: "p", Asker: self, Outcome: auth.OutcomeOK, Count: 1},
	}
	for i := range e.Entries {
		e.Entries[i].ID = int64(len(e.Entries) - i)
	}
}

// atNoon brings the bubble's clock, which begins at midnight, to the afternoon. The
// toolkit reads it when something is drawn: else it would take what is shown next
// for out of date.
func atNoon() {
	time.Sleep(14*time.Hour + 21*time.Minute)
	test.NewCanvas().Capture()
}

// manyEntries answers Activity from n entries, one each ten minutes, that are made
// up as they are read.
func manyEntries(n int, began time.Time) func(*guitest.Engine) {
	return func(e *guitest.Engine) {
		e.OnActivity = func(q auth.ActivityQuery) (auth.ActivityPage, error) {
			p := auth.ActivityPage{Match: n, Total: n}
			for i := q.Offset; i < min(q.Offset+q.Limit, n); i++ {
				p.Entries = append(p.Entries, auth.ActivityEntry{
					ID: int64(n - i), At: began.Add(-time.Duration(i) * 10 * time.Minute), Kind: auth.WordHandOut, Name: fmt.Sprintf("Entry %07d", i),
					AuthorizationID: "a", Asker: rsession, Outcome: auth.OutcomeOK, Count: 1,
				})
			}
			return p, nil
		}
	}
}

// entryNames are the names of the rows in view, from top to bottom.
func (s *activityScreen) entryNames() []string {
	var out []string
	first, last := s.table.visible()
	for i := first; i <= last && i < s.table.length; i++ {
		cell, _ := s.table.cell(i, 2)
		out = append(out, cell.text)
	}
	return out
}
