package db_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db"
	"tokenwell/db/dbtest"
)

var ctx = context.Background()

func TestSQLiteVersionAndPragmas(t *testing.T) {
	d := dbtest.Open(t)
	for pragma, want := range map[string]string{
		"SELECT sqlite_version()": "3.54.1",
		"PRAGMA journal_mode":     "wal", "PRAGMA synchronous": "2", "PRAGMA foreign_keys": "1", "PRAGMA secure_delete": "1",
		"PRAGMA trusted_schema": "0", "PRAGMA cell_size_check": "1", "PRAGMA mmap_size": "0", "PRAGMA busy_timeout": "5000",
	} {
		var got string
		require.NoError(t, d.Reader().QueryRow(pragma).Scan(&got), pragma)
		assert.Equal(t, want, got, pragma)
		require.NoError(t, d.Write(ctx, func(tx *sql.Tx) error { return tx.QueryRow(pragma).Scan(&got) }))
		assert.Equal(t, want, got, pragma+" of the writer")
	}
	_, err := d.Reader().Exec("DELETE FROM settings")
	assert.Error(t, err, "the reading pool wrote")
}

func TestEverythingSurvivesReopening(t *testing.T) {
	p := newPlace(t)
	d := p.create(t)
	a, g := dbtest.CreateActive(t, d, func(a *auth.Authorization) {
		a.Notes = "for the monthly report"
		a.AuthParams, a.TokenParams = map[string]string{"prompt": "consent"}, map[string]string{"resource": "x"}
		a.Endpoints.IssInResponse = true
	})
	require.NoError(t, d.Touch(ctx, a.ID, g.Status.IssuedAt))
	require.NoError(t, d.SetSetting(ctx, "theme", "dark"))
	require.NoError(t, d.Close())

	d = p.reopen(t)
	r, err := d.Load(ctx, a.ID)
	require.NoError(t, err)
	assert.Equal(t, a, r.Authorization)
	assert.True(t, g.Tokens.Access.Equal(r.Tokens.Access) && g.Tokens.Refresh.Equal(r.Tokens.Refresh) && g.Tokens.ID.Equal(r.Tokens.ID))
	want := g.Status
	want.Generation, want.HasRefresh, want.LastOutcome, want.LastUsedAt = 1, true, auth.OutcomeOK, g.Status.IssuedAt
	want.LastOutcomeAt = r.Status.LastOutcomeAt
	assert.Equal(t, want, r.Status)
	assert.False(t, r.Status.LastOutcomeAt.IsZero())
	settings, err := d.Settings(ctx)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"theme": "dark"}, settings)
}

// R05, T59: a newer file, and one that is not ours, are refused and left alone.
func TestOpenRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change string
		want   error
	}{
		"newer":   {"INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)", db.ErrNewer},
		"trigger": {"CREATE TRIGGER spy AFTER UPDATE ON tokens BEGIN INSERT INTO settings VALUES (new.id, hex(new.sealed)); END", db.ErrForeign},
		"view":    {"CREATE VIEW extra AS SELECT 1", db.ErrForeign},
		"foreign": {"DROP TABLE goose_db_version", db.ErrForeign},
		"column":  {"ALTER TABLE settings ADD COLUMN more TEXT", db.ErrForeign},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			require.NoError(t, p.create(t).Close())
			raw := p.raw(t)
			_, err := raw.Exec(c.change)
			require.NoError(t, err)
			require.NoError(t, raw.Close())
			before, err := os.ReadFile(db.File(p.dir))
			require.NoError(t, err)

			_, err = db.Open(ctx, db.Params{Dir: p.dir, Keyring: p.keyring})
			require.ErrorIs(t, err, c.want)
			after, err := os.ReadFile(db.File(p.dir))
			require.NoError(t, err)
			assert.Equal(t, before, after)
		})
	}
	t.Run("garbage", func(t *testing.T) {
		p := newPlace(t)
		require.NoError(t, os.MkdirAll(p.dir, 0o700))
		require.NoError(t, os.WriteFile(db.File(p.dir), []byte("this was never a database, and it is long enough to be looked at"), 0o600))
		_, err := db.Open(ctx, db.Params{Dir: p.dir})
		assert.ErrorIs(t, err, auth.ErrStorage)
	})
}

func TestNamesAreUniqueAfterFolding(t *testing.T) {
	d := dbtest.Open(t)
	first := dbtest.Create(t, d, func(a *auth.Authorization) { a.Name = "Büro" })
	second := dbtest.Create(t, d)
	for _, name := range []string{"BÜRO", "büro", "Bu\u0308ro", " Büro "} {
		taken, err := d.NameTaken(ctx, name, "")
		require.NoError(t, err)
		assert.True(t, taken, name)
		assert.ErrorIs(t, d.Create(ctx, dbtest.Authorization(func(a *auth.Authorization) { a.Name = name }), auth.StateWaiting), auth.ErrNameTaken, name)
		assert.ErrorIs(t, d.Rename(ctx, second.ID, name, ""), auth.ErrNameTaken, name)
	}
	require.NoError(t, d.Rename(ctx, first.ID, "BÜRO", "louder"))
	require.NoError(t, d.Delete(ctx, first.ID, false, time.Now().Add(time.Minute)))
	assert.ErrorIs(t, d.Rename(ctx, second.ID, "Büro", ""), auth.ErrNameTaken, "a deleted row can come back and holds its name")
}

func TestDeleteUndeletePurge(t *testing.T) {
	p := newPlace(t)
	d := p.create(t)
	a, g := dbtest.CreateActive(t, d)
	at := time.Now().Add(10 * time.Second)
	require.NoError(t, d.Delete(ctx, a.ID, true, at))
	_, err := d.Load(ctx, a.ID)
	require.ErrorIs(t, err, auth.ErrNotFound)
	require.ErrorIs(t, d.CommitGrant(ctx, a.ID, 1, dbtest.Grantee()), auth.ErrStale, "R29: nothing comes back by a late reply")
	due, err := d.DueRevocations(ctx, at.Add(-time.Second))
	require.NoError(t, err)
	require.Empty(t, due, "not before the undo has ended")

	late := auth.Revocation{AuthorizationID: a.ID, Endpoint: "https://x", Token: auth.NewSecret("late"), NotBefore: time.Now().Add(-time.Minute)}
	require.NoError(t, d.QueueRevocation(ctx, late))
	require.NoError(t, d.Undelete(ctx, a.ID))
	r, err := d.Load(ctx, a.ID)
	require.NoError(t, err)
	assert.True(t, g.Tokens.Refresh.Equal(r.Tokens.Refresh))
	due, err = d.DueRevocations(ctx, at.Add(time.Hour))
	require.NoError(t, err)
	require.Len(t, due, 1, "only what the deletion queued left the queue")
	require.NoError(t, d.DropRevocation(ctx, due[0].ID))

	require.NoError(t, d.Delete(ctx, a.ID, true, at))
	release, err := d.Lock(ctx, a.ID)
	require.NoError(t, err)
	release()
	n, err := d.Purge(ctx, at.Add(-time.Second))
	require.NoError(t, err)
	require.Zero(t, n)
	n, err = d.Purge(ctx, at.Add(time.Second))
	require.NoError(t, err)
	require.Equal(t, 1, n)
	locks, err := os.ReadDir(db.LockDir(p.dir))
	require.NoError(t, err)
	assert.Empty(t, locks)
	due, err = d.DueRevocations(ctx, at.Add(time.Second))
	require.NoError(t, err)
	require.Len(t, due, 2)
	assert.Equal(t, "refresh_token", due[0].Hint, "refresh tokens first")
	assert.True(t, due[0].Token.Equal(g.Tokens.Refresh) && due[0].ClientSecret.Equal(a.ClientSecret))
	require.NoError(t, d.PostponeRevocation(ctx, due[0].ID, at.Add(time.Hour)))
	due, err = d.DueRevocations(ctx, at.Add(2*time.Hour))
	require.NoError(t, err)
	assert.Equal(t, []int{1, 0}, []int{due[0].Tries, due[1].Tries})
}

// T60: what was deleted is not on the disk any more, not even sealed.
func TestPurgeLeavesNoTrace(t *testing.T) {
	p := newPlace(t)
	d := p.create(t)
	dbtest.CreateActive(t, d)
	a, _ := dbtest.CreateActive(t, d)
	var config, tokens []byte
	raw := p.raw(t)
	require.NoError(t, raw.QueryRow("SELECT c.sealed, t.sealed FROM authorization_configs c JOIN tokens t USING (id) WHERE id = ?", a.ID).Scan(&config, &tokens))
	require.NoError(t, raw.Close())
	sealed := [][]byte{config[20:60], tokens[20:60]}
	for _, part := range sealed {
		require.Contains(t, string(p.bytes(t)), string(part))
	}
	at := time.Now()
	require.NoError(t, d.Delete(ctx, a.ID, false, at))
	_, err := d.Purge(ctx, at.Add(time.Second))
	require.NoError(t, err)
	for _, part := range sealed {
		assert.NotContains(t, string(p.bytes(t)), string(part))
	}
}

func TestNoSecretInPlainText(t *testing.T) {
	p := newPlace(t)
	d := p.create(t)
	a, g := dbtest.CreateActive(t, d, func(a *auth.Authorization) {
		a.TokenParams = map[string]string{"assertion": "TWSENT-parameter-1"}
	})
	require.NoError(t, d.BeginAttempt(ctx, a.ID, 1, auth.Attempt{ID: "x", Kind: auth.AttemptRefresh, StartedAt: time.Now(), Presented: 1}))
	g.Config = &a
	require.NoError(t, d.Spill(ctx, a.ID, 1, g))
	require.NoError(t, d.Delete(ctx, a.ID, true, time.Now()))
	everything := string(p.bytes(t))
	assert.NotContains(t, everything, "TWSENT")
	for _, name := range p.keyring.Names() {
		key, err := p.keyring.Get(ctx, name)
		require.NoError(t, err)
		assert.NotContains(t, everything, key)
		assert.NotContains(t, name, a.Name)
	}
}

// Two handles stand for two processes: every one of their writes arrives.
func TestTwoHandlesOnOneFolder(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	first := p.create(t)
	second := p.reopen(t)
	a := dbtest.Create(t, first)
	failures := make(chan error, 2)
	const each = 50
	for _, d := range []*db.DB{first, second} {
		go func() {
			var failed error
			for range each {
				failed = errors.Join(failed, func() error {
					release, err := d.Lock(ctx, a.ID)
					if err != nil {
						return err
					}
					defer release()
					r, err := d.Load(ctx, a.ID)
					if err != nil {
						return err
					}
					return d.CommitGrant(ctx, a.ID, r.Status.Generation, dbtest.Grantee())
				}())
			}
			failures <- failed
		}()
	}
	require.NoError(t, <-failures)
	require.NoError(t, <-failures)
	r, err := second.Load(ctx, a.ID)
	require.NoError(t, err)
	assert.EqualValues(t, 2*each, r.Status.Generation)
}

func TestLockExcludesAndEndsWithContext(t *testing.T) {
	p := newPlace(t)
	first, second := p.create(t), p.reopen(t)
	a := dbtest.Create(t, first)
	release, err := first.Lock(ctx, a.ID)
	require.NoError(t, err)
	for _, d := range []*db.DB{first, second} {
		short, cancel := context.WithTimeout(ctx, 30*time.Millisecond)
		_, err = d.Lock(short, a.ID)
		cancel()
		require.ErrorIs(t, err, context.DeadlineExceeded)
	}
	release()
	release2, err := second.Lock(ctx, a.ID)
	require.NoError(t, err)
	release2()
	_, err = first.Lock(ctx, "../../escape")
	require.ErrorIs(t, err, auth.ErrNotFound)
}

func TestOwnIsForOne(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	release, err := db.Own(dir)
	require.NoError(t, err)
	_, err = db.Own(dir)
	require.ErrorIs(t, err, db.ErrOwned)
	release()
	release, err = db.Own(dir)
	require.NoError(t, err)
	release()
}
