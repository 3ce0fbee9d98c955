package gui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
	"tokenwell/gui/widgets"
)

// atLocal runs a test on the Local server screen, with three clients, two users,
// seven tokens and a log.
func atLocal(t *testing.T, size fyne.Size, prepare func(*guitest.Registry), run func(*desk, *guitest.Registry, *localScreen)) {
	t.Helper()
	var r *guitest.Registry
	atDeskWith(t, size, func() auth.LocalRegistry {
		r = guitest.NewRegistry()
		fillLocal(r)
		if prepare != nil {
			prepare(r)
		}
		return r
	}, few, func(d *desk) {
		d.w.u.leaveFor(d.w.u.showLocal)
		run(d, r, d.w.u.frame.local)
	})
}

func fillLocal(r *guitest.Registry) {
	now := time.Now()
	nightly := auth.LocalClient{
		ID: "nightly-report-7f3a91", Name: "Nightly report", Version: "2.1", Description: "Practice client for the nightly job",
		Secret: auth.NewSecret("SENTINEL-SECRET"), RedirectURIs: []string{"http://127.0.0.1/callback", "http://localhost:9000/done"},
		Grants: []auth.LocalGrant{auth.LocalGrantCode, auth.LocalGrantClientCredentials}, AccessSeconds: 3600, RefreshCount: 5,
		Scopes: []string{"reports.read", "mail.read", "openid", "offline_access"}, Active: true, Created: now.Add(-72 * time.Hour),
	}
	old := auth.LocalClient{
		ID: "old-import", Name: "Old import", Version: "1.0", Secret: auth.NewSecret("old"), AccessSeconds: 60,
		Grants: []auth.LocalGrant{auth.LocalGrantClientCredentials}, Scopes: []string{"reports.read"}, Created: now.Add(-96 * time.Hour),
	}
	practice := auth.LocalClient{
		ID: "practice", Name: "Practice desktop", Version: "1.0", Public: true, Grants: []auth.LocalGrant{auth.LocalGrantCode},
		RedirectURIs: []string{"http://127.0.0.1/callback"}, AccessSeconds: 0, RefreshCount: auth.LocalUnlimited,
		Scopes: []string{"openid", "profile", "mail.read"}, Active: true, Practice: true, Created: now.Add(-100 * time.Hour),
	}
	users := []auth.LocalUser{
		{ID: "u1", Name: "analyst", FullName: "Analyst", Email: "analyst@example.com", Active: true, Practice: true, Created: now.Add(-100 * time.Hour)},
		{ID: "u2", Name: "jonas", FullName: "Jonas Weber", Email: "jonas@example.com", Created: now.Add(-50 * time.Hour)},
		{ID: "u3", Name: "mara", FullName: "Mara Lindt", Email: "mara@example.com", Active: true, Created: now.Add(-48 * time.Hour)},
	}
	token := func(id, client, title, user string, issued, left time.Duration, refreshes int, scopes ...string) auth.LocalToken {
		row := auth.LocalToken{
			ID: id, ClientID: client, Client: title, User: user, Grant: auth.LocalGrantCode, Scopes: scopes,
			Issued: now.Add(-issued), Expires: now.Add(left), RefreshesLeft: refreshes, State: auth.LocalTokenActive,
		}
		switch {
		case left == 0:
			row.Expires = time.Time{}
		case left < 0:
			row.State = auth.LocalTokenExpired
		}
		return row
	}
	n, p, m, h := nightly.ID, practice.ID, time.Minute, time.Hour
	tokens := []auth.LocalToken{
		token("t1", n, "Nightly report 2.1", "mara", 18*m, 42*m+m/2, 5, "reports.read", "mail.read"),
		token("t2", n, "Nightly report 2.1", "mara", 43*m, 17*m+m/2, 3, "reports.read"),
		token("t3", n, "Nightly report 2.1", "jonas", 4*h, -3*h, 2, "reports.read", "offline_access"),
		token("t4", n, "Nightly report 2.1", "", 30*h, 0, auth.LocalNoRefresh, "reports.read"),
		token("t5", p, "Practice desktop 1.0", "mara", 3*m, 9*m+m/2, 3, "openid", "profile", "mail.read"),
		token("t6", p, "Practice desktop 1.0", "mara", 2*h, -h, auth.LocalUnlimited, "openid", "mail.read"),
		token("t7", p, "Practice desktop 1.0", "jonas", 60*h, 0, auth.LocalUnlimited, "openid", "profile"),
	}
	tokens[3].Grant = auth.LocalGrantClientCredentials
	consents := []auth.LocalConsent{
		{ID: "c1", ClientID: n, Client: "Nightly report 2.1", User: "mara", Scopes: []string{"reports.read", "mail.read"}, Given: now.Add(-20 * h)},
		{ID: "c2", ClientID: p, Client: "Practice desktop 1.0", User: "mara", Scopes: []string{"openid", "profile"}, Given: now.Add(-2 * h)},
	}
	log := []auth.LocalLogEntry{
		{At: now.Add(-2 * m), Endpoint: "token", ClientID: n, Client: "Nightly report 2.1", Status: 200, Outcome: auth.OutcomeOK},
		{
			At: now.Add(-3 * m), Endpoint: "token", ClientID: p, Client: "Practice desktop 1.0", Status: 400, Outcome: "invalid_grant",
			Why: "The code_verifier does not match the code_challenge of the authorization request: the app sent another verifier, or none.",
		},
		{
			At: now.Add(-5 * m), Endpoint: "authorize", ClientID: n, Client: "Nightly report 2.1", Status: 400, Outcome: "invalid_request",
			Why: "The redirect URL http://localhost:9001/done is not registered with this client.",
		},
		{At: now.Add(-30 * h), Endpoint: "token", Status: 401, Outcome: "invalid_client", Why: "No client has this ID."},
	}
	r.Fill([]auth.LocalClient{nightly, old, practice}, users, tokens, consents, log)
}

// clientInput returns the input of a field of the editor.
func clientInput(t *testing.T, e *clientEditor, name string) *widgets.Input {
	t.Helper()
	slot := e.slots[name]
	require.NotNil(t, slot, "no field %s", name)
	focus := slot.focus()
	in, ok := shown(e.object, func(in *widgets.Input) bool { return in.Focusable() == focus })
	require.True(t, ok, "the input of %s is not on the page", name)
	return in
}

// check returns the box with that label, in the top layer that has it.
func (d *desk) check(label string) *widgets.Check {
	d.t.Helper()
	for _, layer := range guitest.Layers(d.c) {
		if c, ok := shown(layer, func(c *widgets.Check) bool { return c.Label == label }); ok {
			return c
		}
	}
	require.FailNow(d.t, "no box", label)
	return nil
}

// rowTexts are the texts of the first cells of a table.
func rowTexts(t *dataTable, column int) []string {
	var out []string
	for i := range t.length {
		cell, ok := t.cell(i, column)
		if ok {
			out = append(out, cell.text+cell.look.Word)
		}
	}
	return out
}
