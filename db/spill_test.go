package db_test

import (
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

func spillFiles(t *testing.T, p place) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(db.SpillDir(p.dir), "*"))
	require.NoError(t, err)
	return files
}

// R07: tokens that the database would not take are stored by the next start.
func TestSpilledGrantIsStoredLater(t *testing.T) {
	p := newPlace(t)
	d := p.create(t)
	a, _ := dbtest.CreateActive(t, d)
	require.NoError(t, d.BeginAttempt(ctx, a.ID, 1, auth.Attempt{ID: "one", Kind: auth.AttemptRefresh, StartedAt: time.Now(), Presented: 1}))
	g := dbtest.Grantee()
	config := a
	config.ClientID, config.ClientSecret = "new-client", auth.NewSecret("TWSENT-new-secret")
	config.AuthParams = map[string]string{"prompt": "login"}
	g.Config = &config
	require.NoError(t, d.Spill(ctx, a.ID, 1, g))
	require.NoError(t, d.Close())

	d = dbtest.OpenIn(t, p.dir, p.keyring)
	_, err := d.DrainSpills(ctx)
	require.ErrorIs(t, err, auth.ErrVaultLocked)
	require.NoError(t, d.Vault().Unlock(ctx, auth.Secret{}))
	ids, err := d.DrainSpills(ctx)
	require.NoError(t, err)
	require.Equal(t, []string{a.ID}, ids)
	r, err := d.Load(ctx, a.ID)
	require.NoError(t, err)
	assert.True(t, r.Tokens.Refresh.Equal(g.Tokens.Refresh))
	assert.True(t, r.Authorization.ClientSecret.Equal(config.ClientSecret))
	assert.Equal(t, "new-client", r.Authorization.ClientID)
	assert.Equal(t, config.AuthParams, r.Authorization.AuthParams)
	assert.EqualValues(t, 2, r.Status.Generation)
	_, open, err := d.OpenAttempt(ctx, a.ID)
	require.NoError(t, err)
	assert.False(t, open)
	assert.Empty(t, spillFiles(t, p))
}

// Beside newer tokens that are in use spilled ones are left alone, for most
// services end both with either; once nothing is in use they are revoked.
func TestStaleSpill(t *testing.T) {
	for name, test := range map[string]struct {
		before  func(t *testing.T, d *db.DB, id string)
		revoked int
	}{
		"newer tokens in use": {func(*testing.T, *db.DB, string) {}, 0},
		"newer tokens revoked": {func(t *testing.T, d *db.DB, id string) {
			require.NoError(t, d.SetState(ctx, id, 1, auth.Ending{State: auth.StateRevoked, Outcome: "revoked"}))
		}, 2},
		"sign-in over": {func(t *testing.T, d *db.DB, id string) {
			require.NoError(t, d.SetState(ctx, id, 1, auth.Ending{State: auth.StateNeedsSignIn, Outcome: "invalid_grant"}))
		}, 2},
		"deleted": {func(t *testing.T, d *db.DB, id string) {
			require.NoError(t, d.Delete(ctx, id, false, time.Now().Add(time.Hour)))
		}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			d := p.create(t)
			a, _ := dbtest.CreateActive(t, d)
			test.before(t, d, a.ID)
			late := dbtest.Grantee()
			require.NoError(t, d.Spill(ctx, a.ID, 0, late))
			ids, err := d.DrainSpills(ctx)
			require.NoError(t, err)
			require.Empty(t, ids)
			due, err := d.DueRevocations(ctx, time.Now().Add(time.Second))
			require.NoError(t, err)
			require.Len(t, due, test.revoked)
			if test.revoked > 0 {
				assert.True(t, due[0].Token.Equal(late.Tokens.Refresh) && due[1].Token.Equal(late.Tokens.Access))
			}
			assert.Empty(t, spillFiles(t, p))
		})
	}
}

func TestDamagedAndUnfinishedSpillsStay(t *testing.T) {
	p := newPlace(t)
	d := p.create(t)
	a, _ := dbtest.CreateActive(t, d)
	b, _ := dbtest.CreateActive(t, d)
	require.NoError(t, d.Spill(ctx, a.ID, 1, dbtest.Grantee()))
	files := spillFiles(t, p)
	require.Len(t, files, 1)
	content, err := os.ReadFile(files[0])
	require.NoError(t, err)
	content[len(content)-1] ^= 1
	require.NoError(t, os.WriteFile(files[0], content, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(db.SpillDir(p.dir), b.ID+".1.x.part"), content[:40], 0o600))
	require.NoError(t, d.Spill(ctx, b.ID, 1, dbtest.Grantee()))

	ids, err := d.DrainSpills(ctx)
	require.NoError(t, err)
	assert.Equal(t, []string{b.ID}, ids, "the others go on")
	assert.Len(t, spillFiles(t, p), 2, "what can't be opened is kept")
	r, err := d.Load(ctx, a.ID)
	require.NoError(t, err)
	assert.EqualValues(t, 1, r.Status.Generation)
}
