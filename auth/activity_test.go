package auth_test

import (
	"encoding/csv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// Hand-outs are written in one batch, at most a second late, and told of once.
func TestActivity_Batches(t *testing.T) {
	scheduled(t, func(b *bubble) {
		id := b.put(7001, left(b.now(), 30*time.Minute))
		for pid := range 300 {
			_, err := b.ask(id, byProgram(pid%3, report.Path, report.Script))
			require.NoError(t, err)
		}
		synctest.Wait()
		assert.Zero(t, b.store.Batches())
		b.pass(999 * time.Millisecond)
		assert.Equal(t, 1, b.store.Batches())
		assert.Equal(t, 1, b.seen(auth.EventActivity))
		all := b.entries()
		require.Len(t, all, 3, "one for each process")
		for _, e := range all {
			assert.Equal(t, 100, e.Count)
		}
		used, err := b.engine.UsedBy(b.Context(), id)
		require.NoError(t, err)
		require.Len(t, used, 1)
		assert.Equal(t, 300, used[0].Count)
		assert.True(t, used[0].Allowed)

		b.pass(time.Hour)
		assert.Equal(t, 1, b.store.Batches(), "nothing is written when nothing happens")
	})
}

// What is not written yet is written at the end, and nothing after it.
func TestActivity_Close(t *testing.T) {
	scheduled(t, func(b *bubble) {
		id := b.put(7001, left(b.now(), 30*time.Minute))
		_, err := b.ask(id)
		require.NoError(t, err)
		b.engine.Close()
		assert.Equal(t, 1, b.store.Batches())
		_, err = b.engine.HandOut(b.Context(), asking(b.row(id).Authorization.Name))
		require.Error(t, err)
		b.pass(time.Minute)
		assert.Equal(t, 1, b.store.Batches())
	})
}

// A token that the activity would not know of is not given away.
func TestActivity_CloseMeanwhile(t *testing.T) {
	scheduled(t, func(b *bubble) {
		id := b.put(7001, left(b.now(), 30*time.Minute))
		b.store.Fault = func(method string) error {
			if method == "Peek" {
				b.engine.Close()
			}
			return nil
		}
		_, err := b.ask(id)
		assert.Equal(t, auth.CodeCancelled, b.code(err))
	})
}

// A store that takes nothing loses nothing, within bounds, and tokens go on.
func TestActivity_StoreInTrouble(t *testing.T) {
	scheduled(t, func(b *bubble) {
		id := b.put(7001, left(b.now(), 50*time.Minute))
		var full atomic.Bool
		full.Store(true)
		b.store.Fault = func(method string) error {
			if full.Load() && method == "AddActivity" {
				return auth.ErrStorage
			}
			return nil
		}
		for pid := range 12_000 {
			if pid == 6000 {
				b.pass(3 * time.Second)
			}
			_, err := b.ask(id, byProgram(pid, "/bin/x", ""))
			require.NoError(t, err)
		}
		b.pass(time.Minute)
		assert.Zero(t, b.seen(auth.EventActivity))
		full.Store(false)
		b.pass(5 * time.Second)
		all := b.entries()
		assert.Len(t, all, 10_000)
		assert.Equal(t, []int{0, 9999}, []int{all[0].Asker.PID, all[9999].Asker.PID}, "in order")
		assert.Equal(t, 1, b.seen(auth.EventActivity))
	})
}

func TestActivity_Prune(t *testing.T) {
	for setting, days := range map[string]int{"": 90, "7": 7, "0": 90, "3650": 3650, "3651": 90, "-1": 90, "soon": 90} {
		t.Run(setting, func(t *testing.T) {
			scheduled(t, func(b *bubble) {
				require.NoError(t, b.engine.SetSetting(b.Context(), auth.SettingActivityDays, setting))
				kept := time.Duration(days) * 24 * time.Hour
				old := func(age time.Duration) auth.ActivityEntry {
					return auth.ActivityEntry{At: b.now().UTC().Add(-age), Kind: auth.WordHandOut, Outcome: auth.OutcomeOK}
				}
				require.NoError(t, b.store.AddActivity(b.Context(), []auth.ActivityEntry{old(kept + time.Minute), old(kept - time.Hour)}))
				b.start()
				b.pass(time.Minute)
				assert.Len(t, b.entries(), 1)
				b.pass(25 * time.Hour)
				assert.Empty(t, b.entries(), "once a day")
			})
		})
	}
}

// A shorter time counts at once.
func TestActivity_PruneAtChange(t *testing.T) {
	scheduled(t, func(b *bubble) {
		entry := auth.ActivityEntry{At: b.now().UTC().Add(-48 * time.Hour), Kind: auth.WordHandOut, Outcome: auth.OutcomeOK}
		require.NoError(t, b.store.AddActivity(b.Context(), []auth.ActivityEntry{entry}))
		require.NoError(t, b.engine.SetSetting(b.Context(), auth.SettingActivityDays, "1"))
		assert.Empty(t, b.entries())
	})
}

// What the user does stands beside what programs do.
func TestActivity_UserActs(t *testing.T) {
	scheduled(t, func(b *bubble) {
		id := b.put(7001, left(b.now(), 50*time.Minute))
		b.engine.RecordCopy(b.Context(), id, "curl\n")
		b.store.Vault().Lock()
		require.NoError(t, b.engine.Unlock(b.Context(), auth.Secret{}))
		b.pass(time.Second)
		page, err := b.engine.Activity(b.Context(), auth.ActivityQuery{Kinds: []auth.EventWord{auth.WordCopy, auth.WordVault}})
		require.NoError(t, err)
		require.Len(t, page.Entries, 2)
		assert.Equal(t, auth.WordVault, page.Entries[0].Kind)
		copied := page.Entries[1]
		assert.Equal(t, []string{"curl", b.row(id).Authorization.Name, id}, []string{copied.Detail, copied.Name, copied.AuthorizationID})
		assert.True(t, copied.Asker.Own)
	})
}

// The export is what RFC 4180 and a spreadsheet expect, whatever programs are
// called.
func TestExportActivity(t *testing.T) {
	scheduled(t, func(b *bubble) {
		at := time.Date(2026, 11, 20, 13, 21, 44, 7e6, time.UTC)
		entries := []auth.ActivityEntry{
			{
				At: at, Kind: auth.WordHandOut, AuthorizationID: "1", Name: `Mail, "mine"`, Asker: report, Purpose: auth.PurposeCurl, Outcome: auth.OutcomeOK,
				Detail: "stored always", Left: 44 * time.Minute, Host: "api.example.com", Scopes: []string{"a", "b"}, Count: 3,
			},
			{At: at, Kind: auth.WordRefresh, Name: "＝1+1", Asker: auth.Asker{Own: true}, Outcome: "invalid_grant"},
			{At: at, Kind: auth.WordHandOut, Name: "=x", Asker: auth.Asker{Path: "+cmd|' /C calc'!A0", Script: "@x", Parent: "-x", User: "\tx"}, Outcome: auth.CodeDeniedByRule},
		}
		require.NoError(t, b.store.AddActivity(b.Context(), entries))
		text, err := b.engine.ExportActivity(b.Context(), auth.ActivityQuery{Offset: 1, Limit: 1})
		require.NoError(t, err)
		assert.Equal(t, strings.Count(string(text), "\n"), strings.Count(string(text), "\r\n"))
		rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
		require.NoError(t, err)
		require.Len(t, rows, 4)
		assert.Equal(t, []string{
			"2026-11-20T13:21:44.007Z", "hand_out", `Mail, "mine"`, report.Path, report.Script, "4711", "bash", "mara", "curl", "ok", "stored always",
			"2640", "api.example.com", "a b", "3",
		}, rows[3])
		assert.Equal(t, []string{"'＝1+1", "Tokenwell", ""}, rows[2][2:5])
		assert.Equal(t, []string{"'=x", "'+cmd|' /C calc'!A0", "'@x", "", "'-x", "'\tx"}, rows[1][2:8])

		failed := true
		text, err = b.engine.ExportActivity(b.Context(), auth.ActivityQuery{Failed: &failed})
		require.NoError(t, err)
		assert.Equal(t, 3, strings.Count(string(text), "\n"))
	})
}

// More than a page is read, while new entries come.
func TestExportActivity_Long(t *testing.T) {
	scheduled(t, func(b *bubble) {
		var entries []auth.ActivityEntry
		for i := range 12_000 {
			entries = append(entries, auth.ActivityEntry{At: b.now().UTC(), Kind: auth.WordHandOut, Name: numbered("n", i), Outcome: auth.OutcomeOK})
		}
		require.NoError(t, b.store.AddActivity(b.Context(), entries))
		pages := 0
		b.store.Fault = func(method string) error {
			if method != "Activity" {
				return nil
			}
			if pages++; pages > 1 {
				return b.store.AddActivity(b.Context(), entries[:10])
			}
			return nil
		}
		text, err := b.engine.ExportActivity(b.Context(), auth.ActivityQuery{})
		require.NoError(t, err)
		rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
		require.NoError(t, err)
		require.Len(t, rows, 12_001)
		seen := map[string]bool{}
		for _, row := range rows[1:] {
			seen[row[2]] = true
		}
		assert.Len(t, seen, 12_000)
	})
}

// What is opened for one command goes no further than what lies there spilled.
func TestBrief(t *testing.T) {
	scheduled(t, func(b *bubble) {
		id := b.put(7001, left(b.now(), time.Minute)) // due
		spilled := b.row(id)
		spilled.Tokens.Access = auth.NewSecret("spilled")
		require.NoError(t, b.store.Spill(b.Context(), id, 1, auth.Grantee{Tokens: spilled.Tokens, Status: spilled.Status}))
		e := b.brief()
		require.NoError(t, e.Unlock(b.Context(), auth.Secret{}))
		b.pass(time.Hour)
		assert.Empty(t, b.net.got(0))
		assert.Zero(t, b.store.Spills())
		for _, method := range []string{"DueRefreshes", "Verify", "Purge", "Interrupted", "PruneActivity", "AddActivity"} {
			assert.Zero(t, b.store.Calls(method), method)
		}
		got, err := e.HandOut(b.Context(), asking(b.row(id).Authorization.Name))
		require.NoError(t, err)
		assert.True(t, got.Renewed)
		e.Close()
		assert.Equal(t, 1, b.store.Batches())
	})
}
