package gui

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
)

func TestLocalScopes_EditAndDelete(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, r *guitest.Registry, s *localScreen) {
		s.tabs.Choose(localScopes)
		p := s.page().(*localScopesPage)
		d.tap("New scope")
		r.OnSaveScope = func(auth.LocalScope) error {
			return auth.FieldErrors{{Field: auth.LocalField("scope.name"), Message: "There is such a scope"}}
		}
		d.sheetInput(0).SetText("files.read")
		d.tap("Save scope")
		assert.True(t, d.shows("There is such a scope"))
		assert.Equal(t, "files.read", d.sheetInput(0).Text())
		r.OnSaveScope = nil
		d.check("Default").Tapped(nil)
		d.tap("Save scope")
		assert.Contains(t, r.Calls, "save scope files.read")
		assert.Nil(t, d.c.Overlays().Top())
		assert.Contains(t, rowTexts(p.table, 0), "files.read")

		p.remove(auth.LocalScope{Name: "reports.read"})
		d.tap("Delete scope")
		assert.True(t, d.shows("The scope “reports.read” is in use"))
		assert.True(t, d.shows("Old import 1.0"))
		assert.True(t, d.shows("4 tokens with this scope"))
		d.tap("Close")
		p.remove(auth.LocalScope{Name: "files.read"})
		d.tap("Delete scope")
		assert.Contains(t, r.Calls, "delete scope files.read")

		d.typed("offline")
		d.wait(searchPause + time.Millisecond)
		assert.Equal(t, []string{"offline_access"}, rowTexts(p.table, 0))
		d.key(fyne.KeyReturn)
		d.key(fyne.KeyReturn)
		assert.True(t, d.sheetInput(0).Focusable().(fyne.Disableable).Disabled(), "the name is fixed")
	})
}

func TestLocalUsers_PasswordsAndConsents(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, r *guitest.Registry, s *localScreen) {
		s.tabs.Choose(localUsers)
		p := s.page().(*localUsersPage)
		assert.Equal(t, []string{"Active", "Inactive", "Active"}, rowTexts(p.table, 3))
		p.table.selectRow(0)
		d.tap("Copy password")
		assert.Equal(t, "analyst-password", d.w.u.app.Clipboard().Content())
		d.wait(clipboardTime + time.Millisecond)
		assert.Empty(t, d.w.u.app.Clipboard().Content())
		assert.True(t, d.shows("No consent is remembered"))

		p.table.selectRow(2)
		assert.False(t, d.shows("Copy password"), "only the practice user's is known")
		assert.True(t, d.shows("Nightly report 2.1"))
		d.tap("Withdraw")
		assert.Contains(t, r.Calls, "withdraw consent c1")

		d.tap("Edit…")
		d.sheetInput(3).SetText("a better password")
		d.tap("Save user")
		assert.True(t, d.shows("The two passwords differ."))
		d.sheetInput(4).SetText("a better password")
		d.tap("Save user")
		assert.Contains(t, r.Calls, "save user mara with a password")

		d.tap("New user")
		d.sheetInput(0).SetText("tim")
		d.key(fyne.KeyEscape)
		assert.True(t, d.shows("Leave without saving?"))
		d.tap("Keep editing")
		assert.Equal(t, "tim", d.sheetInput(0).Text())
		d.tap("Save user")
		assert.Contains(t, rowTexts(p.table, 0), "tim")
		assert.Equal(t, "user-tim", p.chosen)
	})
}

func TestLocalTokens_TableSaysWhatIsLeft(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, r *guitest.Registry, s *localScreen) {
		s.tabs.Choose(localTokens)
		p := s.page().(*localTokensPage)
		assert.Equal(t, []string{"in 42 min", "in 17 min", "Expired", "Lifetime", "in 9 min", "Expired", "Lifetime"}, rowTexts(p.table, 5))
		assert.Equal(t, []string{"5", "3", "2", "–", "3", "Unlimited", "Unlimited"}, rowTexts(p.table, 6))
		assert.Equal(t, "no user", rowTexts(p.table, 1)[3])
		d.wait(10 * time.Minute)
		assert.Equal(t, "Expired", rowTexts(p.table, 5)[4], "the clock goes on")

		d.tap("Issued")
		assert.Equal(t, "issued", r.Queries[len(r.Queries)-1].Sort)
		d.tap("Issued")
		assert.True(t, r.Queries[len(r.Queries)-1].Desc)
		d.typed("jonas")
		d.wait(searchPause + time.Millisecond)
		assert.Len(t, rowTexts(p.table, 0), 2)
		assert.True(t, d.shows("2 of 7"))
		d.key(fyne.KeyEscape)
		p.clients.Choose("practice")
		assert.Len(t, rowTexts(p.table, 0), 3)
	})
}

func TestLocalTokens_RevokeDeleteAndRemoveExpired(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, r *guitest.Registry, s *localScreen) {
		s.tabs.Choose(localTokens)
		p := s.page().(*localTokensPage)
		p.table.selectRow(2)
		assert.True(t, d.shows("Nightly report 2.1, jonas"))
		assert.True(t, d.shows("valid, 2 refreshes left"))
		d.tap("Revoke")
		d.tap("Revoke tokens")
		assert.Equal(t, []string{"revoke token t3"}, r.Calls)
		assert.Equal(t, "Revoked", rowTexts(p.table, 5)[2])
		assert.True(t, d.shows("Remove 1 expired"))
		d.c.Unfocus()
		d.key(fyne.KeyDelete)
		assert.Equal(t, "delete token t3", r.Calls[1], "what is revoked is deleted without a question")
		assert.False(t, d.shows("Nightly report 2.1, jonas"))
		p.table.selectRow(0)
		d.tap("Delete")
		require.True(t, d.shows("Delete these tokens?"))
		d.tap("Cancel")
		assert.Len(t, r.Calls, 2)
		d.tap("Remove 1 expired")
		d.tap("Remove expired")
		assert.Equal(t, "remove expired", r.Calls[2])
		assert.True(t, d.shows("1 row removed."))
		assert.Len(t, rowTexts(p.table, 0), 5)
	})
}

func TestLocalTokens_RevokingSaysWhatEnds(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, r *guitest.Registry, s *localScreen) {
		s.tabs.Choose(localTokens)
		p := s.page().(*localTokensPage)
		for row, words := range map[int][]string{
			0: {"The access token and the refresh token of this row end at once.", "Other tokens of “Nightly report 2.1” stay.", "The row goes by itself at its expiry."},
			2: {"The row goes too."},
			3: {"The access token of this row ends at once.", "The row stays until you delete it."},
		} {
			p.table.selectRow(row)
			d.tap("Revoke")
			for _, text := range words {
				assert.True(t, d.shows(text), text)
			}
			d.tap("Cancel")
		}
		p.table.selectRow(3)
		assert.True(t, d.shows("none"))
		d.tap("Revoke")
		d.tap("Revoke tokens")
		assert.Equal(t, "none", refreshFact(p.chosen), "there was none to revoke")
		assert.Equal(t, "revoked", refreshFact(auth.LocalToken{State: auth.LocalTokenRevoked, RefreshesLeft: 2}))
	})
}

func TestLocalScopes_SentencesHaveAnEnd(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, _ *guitest.Registry, s *localScreen) {
		s.tabs.Choose(localScopes)
		s.page().(*localScopesPage).choose("openid")
		assert.True(t, d.shows("Sign you in. The server itself acts on it, so it stays."))
	})
}

func TestLocalTokens_TenThousandRowsAreReadInPages(t *testing.T) {
	many := func(r *guitest.Registry) {
		r.OnTokens = func(q auth.LocalTokenQuery) (auth.LocalTokenPage, error) {
			page := auth.LocalTokenPage{Match: 10000, Total: 10000}
			for i := q.Offset; i < min(q.Offset+q.Limit, 10000); i++ {
				page.Rows = append(page.Rows, auth.LocalToken{ID: fmt.Sprint(i), Client: fmt.Sprintf("Client %05d", i), State: auth.LocalTokenActive})
			}
			return page, nil
		}
	}
	atLocal(t, wide, many, func(d *desk, r *guitest.Registry, s *localScreen) {
		s.tabs.Choose(localTokens)
		p := s.page().(*localTokensPage)
		d.c.Focus(p.table)
		d.key(fyne.KeyEnd)
		assert.True(t, d.shows("Client 09999"))
		assert.Less(t, len(p.table.views), 30)
		assert.Less(t, len(r.Queries), 12)
		for _, q := range r.Queries {
			assert.LessOrEqual(t, q.Limit, pageRows)
		}
		reads := len(r.Queries)
		s.tick()
		assert.Len(t, r.Queries, reads, "the clock reads nothing")
	})
}

func TestLocalLog_TeachesAndIsCleared(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, r *guitest.Registry, s *localScreen) {
		s.tabs.Choose(localLog)
		p := s.page().(*localLogPage)
		assert.Equal(t, []string{"Done", "invalid_grant", "invalid_request", "invalid_client"}, rowTexts(p.table, 4))
		p.table.selectRow(1)
		assert.True(t, d.shows("the app sent another verifier, or none."))
		newer := append([]auth.LocalLogEntry{{At: time.Now(), Endpoint: "token", Status: 200, Outcome: auth.OutcomeOK}}, p.rows...)
		r.Fill(nil, nil, nil, nil, newer)
		d.wait(localPause + time.Millisecond)
		assert.Equal(t, 2, p.table.current, "the selected one stays selected")
		d.typed("authorize")
		d.wait(searchPause + time.Millisecond)
		assert.Equal(t, []string{"authorize"}, rowTexts(p.table, 1))
		d.key(fyne.KeyEscape)
		d.tap("Clear log")
		assert.True(t, d.shows("Clear the log?"))
		guitest.Tap(t, d.c, "Clear log")
		assert.Contains(t, r.Calls, "clear log")
		assert.True(t, d.shows("Each request to the server is written here"))
	})
}
