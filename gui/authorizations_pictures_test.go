package gui

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
)

// fourteen are the authorizations of the design's pictures.
func fourteen(e *guitest.Engine) {
	put := func(id, name, service string, state auth.State, left time.Duration, scopes int, used time.Duration) {
		d := sample(id, name, "microsoft-graph", service, state, left)
		d.Authorization.Scopes = []string{"offline_access", "User.Read", "Mail.Read", "Mail.Send", "Calendars.Read", "Files.Read", "Mail.Read.Shared"}[:scopes]
		d.Status.Granted = d.Authorization.Scopes
		if used > 0 {
			d.Status.LastUsedAt = time.Now().Add(-used)
		}
		if id == "05" {
			d.Status.SignedInAs = "mara.lind@northwind.example"
			d.Missing = []string{"Mail.Read.Shared"}
			d.CanRevoke, d.WhyNotRevoke = false, "Microsoft has no revocation. Withdraw the consent at myapps.microsoft.com."
			d.Status.Expiry.Lifetime = time.Hour
			d.Authorization.Notes = "Asked for by the finance team."
		}
		e.Put(d, auth.NewSecret(tokenValue))
	}
	m, h := time.Minute, time.Hour
	put("01", "BigQuery reporting", "Google Cloud (BigQuery, Cloud Storage)", auth.StateRefreshing, 3*m+20*time.Second, 4, 5*m)
	put("02", "Entra audit export", "Microsoft Graph (Entra ID)", auth.StateActive, 51*m, 1, h)
	put("03", "Exchange journal, legal", "Exchange Online (Outlook mail: IMAP, POP, SMTP, EWS)", auth.StateActive, 68*m, 5, 4*h)
	put("04", "GitHub issues export", "GitHub", auth.StateWaiting, 0, 3, 0)
	put("05", "Graph mail, finance team", "Microsoft Graph (Entra ID)", auth.StateActive, 42*m+30*time.Second, 7, 2*m)
	put("06", "HubSpot contacts", "HubSpot", auth.StateActive, 4*m+9*time.Second, 6, 11*m)
	put("07", "Local practice", "Local server", auth.StateActive, 9*m+9*time.Second, 3, 43*m)
	put("08", "People data", "Northwind SSO", auth.StateNeverAuthorized, 0, 5, 0)
	put("09", "Power BI datasets", "Power BI / Microsoft Fabric", auth.StateNeedsAttention, 16*m+9*time.Second, 4, 34*m)
	put("10", "Salesforce pipeline, EMEA", "Salesforce", auth.StateActive, 700*h, 3, 5*h)
	put("11", "Search Console, weekly", "Google Analytics and Search Console", auth.StateNeedsSignIn, -20*h, 3, 30*h)
	put("12", "Slack ops channel", "Slack", auth.StateActive, 9*h, 5, 3*h)
	put("13", "Snowflake, read only", "Snowflake", auth.StateRevoked, 4*h, 2, 300*h)
	put("14", "Zendesk tickets", "Zendesk Support", auth.StateActive, -2*h, 2, 2*h)
}

// TestWindowPictures draws the window as the pictures of the design have it,
// into the folder that TOKENWELL_PICTURES names. Without one it goes the same
// way in one look and draws the fullest screen alone.
func TestWindowPictures(t *testing.T) {
	for _, look := range []themeChoice{themeLight, themeDark} {
		if !guitest.PicturesWanted() && look != themeDark {
			continue
		}
		atDesk(t, wide, func(e *guitest.Engine) { fourteen(e); e.Preset(keyTheme, string(look)) }, func(d *desk) {
			guitest.SavePicture(t, d.c, "01b-wide-"+string(look))
			d.tap("Graph mail, finance team")
			guitest.SavePicture(t, d.c, "01-authorizations-"+string(look))
			d.tap("Reveal")
			d.tap("Show all 7")
			guitest.SavePicture(t, d.c, "01e-reveal-"+string(look))
			require.NotNil(t, d.c.Capture())
			d.w.u.frame.home.table.onEnter(d.w.u.frame.home.table.current)
			guitest.SavePicture(t, d.c, "01b-menu-"+string(look))
			d.tap("Delete authorization")
			guitest.SavePicture(t, d.c, "01f-delete-"+string(look))
			d.tap("Delete authorization")
			d.wait(time.Second)
			guitest.SavePicture(t, d.c, "01g-toast-"+string(look))
		})
		atDesk(t, tight, func(e *guitest.Engine) { fourteen(e); e.Preset(keyTheme, string(look)) }, func(d *desk) {
			guitest.SavePicture(t, d.c, "01c-tight-closed-"+string(look))
			d.tap("Graph mail, finance team")
			guitest.SavePicture(t, d.c, "01c-tight-"+string(look))
			d.typed("nothing like it")
			d.wait(time.Second)
			guitest.SavePicture(t, d.c, "01d-nothing-"+string(look))
			d.key("Escape")
			d.wait(time.Second)
			d.tap("HubSpot contacts")
			d.key("F2")
			guitest.SavePicture(t, d.c, "01h-rename-"+string(look))
		})
		atDesk(t, wide, func(e *guitest.Engine) { e.Preset(keyTheme, string(look)) }, func(d *desk) {
			guitest.SavePicture(t, d.c, "02-first-run-"+string(look))
		})
	}
}
