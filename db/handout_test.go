package db_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db"
	"tokenwell/db/dbtest"
)

func someRule() auth.HandOutRule {
	return auth.HandOutRule{
		Mode:     auth.HandOutListed,
		Programs: []auth.Program{{Path: "/usr/bin/python3", Script: "/home/ana/etl.py", Since: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)}},
		Hosts:    []string{"api.example.com", "*.example.org"},
	}
}

func ruleOf(t *testing.T, d *db.DB, id string) auth.HandOutRule {
	t.Helper()
	r, err := d.Load(ctx, id)
	require.NoError(t, err)
	return r.Rule
}

// A rule stays with its authorization whatever else is changed, and goes back to
// none.
func TestHandOutRule(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	d := p.create(t)
	a, _ := dbtest.CreateActive(t, d)
	assert.Zero(t, ruleOf(t, d, a.ID))
	require.NoError(t, d.SetHandOutRule(ctx, a.ID, someRule()))
	assert.Equal(t, someRule(), ruleOf(t, d, a.ID))

	a.Scopes, a.Redirect = []string{"other"}, auth.Redirect{URI: "https://example.com/done"}
	for what, change := range map[string]func() error{
		"rename": func() error { return d.Rename(ctx, a.ID, "Other name", "") },
		"edit": func() error {
			return d.CommitGrant(ctx, a.ID, 1, dbtest.Grantee(func(g *auth.Grantee) { g.Config = &a }))
		},
		"refresh rule": func() error { return d.SetRefreshRule(ctx, a.ID, 1, true, 3, time.Time{}) },
	} {
		if err := change(); what == "refresh rule" && err != nil { // it may come after the edit
			require.ErrorIs(t, err, auth.ErrStale)
		} else {
			require.NoError(t, err, what)
		}
		assert.Equal(t, someRule(), ruleOf(t, d, a.ID), what)
	}
	require.NoError(t, d.Close())
	d = p.reopen(t)
	assert.Equal(t, someRule(), ruleOf(t, d, a.ID))
	marked, err := d.Verify(ctx)
	require.NoError(t, err)
	assert.Zero(t, marked)
	history, err := d.History(ctx, a.ID)
	require.NoError(t, err)
	assert.Contains(t, fmt.Sprint(history), auth.WordPrograms)

	require.NoError(t, d.SetHandOutRule(ctx, a.ID, auth.HandOutRule{}))
	assert.Zero(t, ruleOf(t, d, a.ID))
	require.ErrorIs(t, d.SetHandOutRule(ctx, "nobody", someRule()), auth.ErrNotFound)
	d.Vault().Lock()
	require.ErrorIs(t, d.SetHandOutRule(ctx, a.ID, someRule()), auth.ErrVaultLocked)
}

// T58: who may have tokens, and for which hosts, can't be changed from outside.
func TestRuleChangedOutside(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	d := p.create(t)
	raw := p.raw(t)
	wide, _ := dbtest.CreateActive(t, d)
	require.NoError(t, d.SetHandOutRule(ctx, wide.ID, auth.HandOutRule{Mode: auth.HandOutAnyone}))
	for name, set := range map[string]string{
		"widened":         `handout = '{"mode":"anyone"}'`,
		"another host":    `handout = replace(handout, 'api.example.com', 'api.evil.com')`,
		"taken away":      `handout = ''`,
		"another row's":   `(handout, sealed) = (SELECT handout, sealed FROM authorization_configs WHERE id = '` + wide.ID + `')`,
		"not understood":  `handout = '{'`,
		"among the bound": `handout = '', redirect_uri = handout`,
	} {
		t.Run(name, func(t *testing.T) {
			a, _ := dbtest.CreateActive(t, d)
			require.NoError(t, d.SetHandOutRule(ctx, a.ID, someRule()))
			require.Equal(t, someRule(), ruleOf(t, d, a.ID))
			_, err := raw.Exec("UPDATE authorization_configs SET "+set+" WHERE id = ?", a.ID)
			require.NoError(t, err)
			_, err = d.Load(ctx, a.ID)
			require.ErrorIs(t, err, auth.ErrChangedOutside)
			require.ErrorIs(t, d.SetHandOutRule(ctx, a.ID, someRule()), auth.ErrChangedOutside)
		})
	}
	t.Run("given to a row without one", func(t *testing.T) {
		a, _ := dbtest.CreateActive(t, d)
		_, err := raw.Exec(`UPDATE authorization_configs SET handout = '{"mode":"anyone"}' WHERE id = ?`, a.ID)
		require.NoError(t, err)
		_, err = d.Load(ctx, a.ID)
		require.ErrorIs(t, err, auth.ErrChangedOutside)
	})
}

func TestIDOf(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	d := p.create(t)
	other := dbtest.OpenIn(t, p.dir, p.keyring)
	a := dbtest.Create(t, d, func(a *auth.Authorization) { a.Name = "Größe Sales" })
	b := dbtest.Create(t, d, func(a *auth.Authorization) { a.Name = "Finance" })
	d.Vault().Lock()
	for _, name := range []string{"Größe Sales", " GRÖSSE sales ", "grösse Sales", "größe sales"} {
		for range 2 { // the second answer is remembered
			id, err := d.IDOf(ctx, name)
			require.NoError(t, err, name)
			assert.Equal(t, a.ID, id)
		}
	}
	for _, name := range []string{"", "Größe", "' OR 1=1 --", "../Finance", "Finance\n"} {
		id, err := d.IDOf(ctx, name)
		if name == "Finance\n" && err == nil { // as it is folded
			assert.Equal(t, b.ID, id)
			continue
		}
		require.ErrorIs(t, err, auth.ErrNotFound, "%q", name)
	}

	require.NoError(t, d.Vault().Unlock(ctx, auth.Secret{}))
	require.NoError(t, other.Vault().Unlock(ctx, auth.Secret{}))
	require.NoError(t, other.Rename(ctx, a.ID, "Old", ""))
	require.NoError(t, d.Rename(ctx, b.ID, "Größe Sales", ""))
	for _, store := range []*db.DB{d, other} {
		id, err := store.IDOf(ctx, "Größe Sales")
		require.NoError(t, err)
		assert.Equal(t, b.ID, id, "the name is another one's now")
		_, err = store.IDOf(ctx, "Finance")
		require.ErrorIs(t, err, auth.ErrNotFound)
	}
	require.NoError(t, d.Delete(ctx, b.ID, false, time.Now().Add(time.Hour)))
	_, err := d.IDOf(ctx, "Größe Sales")
	require.ErrorIs(t, err, auth.ErrNotFound, "it is deleted")
	require.NoError(t, d.Undelete(ctx, b.ID))
	_, err = d.IDOf(ctx, "Größe Sales")
	require.NoError(t, err)
}

func TestHandOutHosts(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	a, b, gone := dbtest.Create(t, d), dbtest.Create(t, d), dbtest.Create(t, d)
	dbtest.Create(t, d)
	require.NoError(t, d.SetHandOutRule(ctx, a.ID, someRule()))
	require.NoError(t, d.SetHandOutRule(ctx, b.ID, auth.HandOutRule{Mode: auth.HandOutAnyone}))
	require.NoError(t, d.SetHandOutRule(ctx, gone.ID, someRule()))
	require.NoError(t, d.Delete(ctx, gone.ID, false, time.Now().Add(time.Hour)))
	d.Vault().Lock()
	hosts, err := d.HandOutHosts(ctx)
	require.NoError(t, err)
	assert.Equal(t, map[string][]string{a.ID: someRule().Hosts}, hosts)
}
