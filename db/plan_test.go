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

// planFor stores a row whose refresh is planned at a time.
func planFor(t testing.TB, d *db.DB, name string, next time.Time) auth.Authorization {
	t.Helper()
	a := dbtest.Create(t, d, func(a *auth.Authorization) { a.Name = name })
	require.NoError(t, d.CommitGrant(ctx, a.ID, 0, dbtest.Grantee(func(g *auth.Grantee) { g.Status.NextRefreshAt = next })))
	return a
}

func TestDueRefreshes(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	d := p.create(t)
	now := time.UnixMilli(1_900_000_000_000).UTC()
	in := func(after time.Duration) time.Time { return now.Add(after) }
	next, err := d.NextRefresh(ctx, time.Time{})
	require.NoError(t, err)
	assert.True(t, next.IsZero())

	early := planFor(t, d, "early", in(-2*time.Minute))
	late := planFor(t, d, "late", in(-time.Minute))
	used := planFor(t, d, "used", in(0))
	planFor(t, d, "not yet", in(time.Millisecond))
	planFor(t, d, "never", time.Time{})
	paused := planFor(t, d, "paused", in(-time.Hour))
	deleted := planFor(t, d, "deleted", in(-time.Hour))
	changed := planFor(t, d, "changed outside", in(-time.Hour))
	usedAt := time.UnixMilli(1_800_000_000_000).UTC()
	require.NoError(t, d.Touch(ctx, used.ID, usedAt))
	require.NoError(t, d.SetState(ctx, paused.ID, 1, auth.Ending{State: auth.StatePaused, Outcome: auth.OutcomeOK, Next: in(-time.Hour)}))
	require.NoError(t, d.Delete(ctx, deleted.ID, false, in(time.Hour)))
	_, err = p.raw(t).Exec("UPDATE authorization_configs SET client_id = 'x' WHERE id = ?", changed.ID)
	require.NoError(t, err)
	_, err = d.Load(ctx, changed.ID)
	require.ErrorIs(t, err, auth.ErrChangedOutside)

	due, err := d.DueRefreshes(ctx, now, 10)
	require.NoError(t, err)
	token := early.Endpoints.Token
	assert.Equal(t, []auth.Due{
		{ID: used.ID, At: now, Endpoint: token, LastUsedAt: usedAt},
		{ID: early.ID, At: in(-2 * time.Minute), Endpoint: token},
		{ID: late.ID, At: in(-time.Minute), Endpoint: token},
	}, due)
	due, err = d.DueRefreshes(ctx, now, 1)
	require.NoError(t, err)
	require.Len(t, due, 1)
	assert.Equal(t, used.ID, due[0].ID)
	next, err = d.NextRefresh(ctx, time.Time{})
	require.NoError(t, err)
	assert.Equal(t, in(-2*time.Minute), next)

	elsewhere := dbtest.Create(t, d, func(a *auth.Authorization) {
		a.Name, a.Endpoints.Refresh = "elsewhere", "https://refresh.example.test/token"
	})
	require.NoError(t, d.CommitGrant(ctx, elsewhere.ID, 0, dbtest.Grantee(func(g *auth.Grantee) { g.Status.NextRefreshAt = in(-3 * time.Minute) })))
	due, err = d.DueRefreshes(ctx, in(-3*time.Minute), 10)
	require.NoError(t, err)
	assert.Equal(t, []auth.Due{{ID: elsewhere.ID, At: in(-3 * time.Minute), Endpoint: "https://refresh.example.test/token"}}, due)
	require.NoError(t, d.Delete(ctx, elsewhere.ID, false, in(time.Hour)))

	// What ends an attempt plans the next one.
	require.NoError(t, d.EndAttempt(ctx, early.ID, 1, auth.Ending{State: auth.StateActive, Outcome: "network_unreachable", Failures: 1, Next: in(time.Hour)}))
	require.NoError(t, d.SetExpiry(ctx, late.ID, 1, auth.Expiry{Rule: auth.ExpiryNotReported}, in(2*time.Hour)))
	due, err = d.DueRefreshes(ctx, now, 10)
	require.NoError(t, err)
	require.Len(t, due, 1)
	r, err := d.Load(ctx, early.ID)
	require.NoError(t, err)
	assert.Equal(t, in(time.Hour), r.Status.NextRefreshAt)
	assert.Equal(t, 1, r.Status.Failures)
	require.NoError(t, d.SetRefreshRule(ctx, used.ID, 1, false, 0, time.Time{}))
	next, err = d.NextRefresh(ctx, time.Time{})
	require.NoError(t, err)
	assert.Equal(t, in(time.Millisecond), next)
}

func TestRefreshRule(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	d := p.create(t)
	a, _ := dbtest.CreateActive(t, d)
	next := time.UnixMilli(1_900_000_000_000).UTC()
	require.NoError(t, d.SetRefreshRule(ctx, a.ID, 1, true, 5, next))
	require.ErrorIs(t, d.SetRefreshRule(ctx, a.ID, 2, true, 5, next), auth.ErrStale)
	g := dbtest.Grantee(func(g *auth.Grantee) { g.Status.Refreshes, g.Status.NextRefreshAt = 2, next })
	require.NoError(t, d.CommitGrant(ctx, a.ID, 1, g))
	for range 2 { // as it stands, and after a restart
		r, err := d.Load(ctx, a.ID)
		require.NoError(t, err)
		assert.True(t, r.Authorization.AutoRefresh)
		assert.Equal(t, 5, r.Authorization.RefreshLimit)
		assert.Equal(t, 2, r.Status.Refreshes)
		assert.Equal(t, next, r.Status.NextRefreshAt)
		assert.Equal(t, a.ClientSecret.Reveal(), r.Authorization.ClientSecret.Reveal())
		page, err := d.List(ctx, auth.Query{Now: time.Now()})
		require.NoError(t, err)
		assert.Equal(t, 3, page.Rows[0].RefreshesLeft)
		require.NoError(t, d.Close())
		d = p.reopen(t)
	}
	require.NoError(t, d.CommitGrant(ctx, a.ID, 2, dbtest.Grantee(func(g *auth.Grantee) { g.Status.Refreshes = 7 })))
	page, err := d.List(ctx, auth.Query{Now: time.Now()})
	require.NoError(t, err)
	assert.Zero(t, page.Rows[0].RefreshesLeft)
	require.NoError(t, d.SetRefreshRule(ctx, a.ID, 3, true, 0, next))
	page, err = d.List(ctx, auth.Query{Now: time.Now()})
	require.NoError(t, err)
	assert.Equal(t, auth.Unlimited, page.Rows[0].RefreshesLeft)
}

// The settings of all grants come back as they were, from the table and from a
// spill file.
func TestSettingsOfEveryGrant(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	d := p.create(t)
	a := dbtest.Create(t, d, func(a *auth.Authorization) {
		a.Values = auth.Values{auth.FieldPrivateKey: auth.NewSecret("TWSENT-key"), auth.FieldProxy: auth.NewSecret("http://u:TWSENT-proxy@p")}
		a.Headers = map[string]string{"X-Api-Key": "TWSENT-header"}
		a.OmitHeaders, a.OmitFields = []string{"User-Agent"}, []string{"scope"}
		a.AutoRefresh, a.RefreshLimit = true, 9
	})
	check := func(want auth.Authorization) {
		t.Helper()
		r, err := d.Load(ctx, a.ID)
		require.NoError(t, err)
		got := r.Authorization
		require.Len(t, got.Values, len(want.Values))
		for field, value := range want.Values {
			assert.True(t, value.Equal(got.Values[field]), field)
		}
		got.Values, want.Values = nil, nil
		got.ClientSecret, want.ClientSecret = auth.Secret{}, auth.Secret{}
		assert.Equal(t, want, got)
		assert.NotContains(t, string(p.bytes(t)), "TWSENT")
	}
	check(a)
	a.Values = auth.Values{auth.FieldPassword: auth.NewSecret("TWSENT-password")}
	a.Headers, a.OmitFields, a.RefreshLimit = nil, []string{"client_id"}, 0
	require.NoError(t, d.Spill(ctx, a.ID, 0, dbtest.Grantee(func(g *auth.Grantee) { g.Config = &a })))
	ids, err := d.DrainSpills(ctx)
	require.NoError(t, err)
	require.Equal(t, []string{a.ID}, ids)
	check(a)
}

// Tokens that the stored refresh token does not belong to end it, also by way of
// a spill file.
func TestDropRefresh(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	drop := dbtest.Grantee(func(g *auth.Grantee) { g.Tokens.Refresh, g.DropRefresh = auth.Secret{}, true })
	for name, store := range map[string]func(id string) error{
		"committed": func(id string) error { return d.CommitGrant(ctx, id, 1, drop) },
		"spilled": func(id string) error {
			err := d.Spill(ctx, id, 1, drop)
			if err == nil {
				_, err = d.DrainSpills(ctx)
			}
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			a, _ := dbtest.CreateActive(t, d)
			require.NoError(t, store(a.ID))
			r, err := d.Load(ctx, a.ID)
			require.NoError(t, err)
			assert.EqualValues(t, 2, r.Status.Generation)
			assert.True(t, r.Tokens.Refresh.Empty())
			assert.False(t, r.Status.HasRefresh)
		})
	}
}

// A request that uses nothing up is found after a crash like one that does.
func TestInterruptedAsk(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	never := dbtest.Create(t, d)
	active, _ := dbtest.CreateActive(t, d)
	for id, gen := range map[string]int64{never.ID: 0, active.ID: 1} {
		require.NoError(t, d.BeginAttempt(ctx, id, gen, auth.Attempt{ID: "ask", Kind: auth.AttemptAsk, StartedAt: time.Now()}))
		open, ok, err := d.OpenAttempt(ctx, id)
		require.NoError(t, err)
		assert.True(t, ok)
		assert.Equal(t, auth.AttemptAsk, open.Kind)
	}
	ids, err := d.Interrupted(ctx)
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{never.ID, active.ID}, ids)
}

// T58: what came into the tables with version 3 can't be taken out again
// unseen, nor changed together.
func TestRefreshRuleStrippedFromOutside(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	d := p.create(t)
	raw := p.raw(t)
	next := time.UnixMilli(1_900_000_000_000)
	for name, statement := range map[string]string{
		"rule stripped":    "UPDATE authorization_configs SET auto_refresh = 0, refresh_limit = 0 WHERE id = ?1",
		"limit stripped":   "UPDATE authorization_configs SET refresh_limit = 0 WHERE id = ?1",
		"limit and shown":  "UPDATE authorization_configs SET refresh_limit = 9 WHERE id = ?1; UPDATE authorizations SET refreshes_left = 7 WHERE id = ?1",
		"count stripped":   "UPDATE authorization_status SET refreshes = 0 WHERE id = ?1; UPDATE authorizations SET refreshes_left = 5 WHERE id = ?1",
		"plan stripped":    "UPDATE authorizations SET next_refresh_at = 0 WHERE id = ?1",
		"plan put forward": "UPDATE authorizations SET next_refresh_at = 1 WHERE id = ?1",
		"both stripped":    "UPDATE authorizations SET next_refresh_at = 0, refreshes_left = 5 WHERE id = ?1; UPDATE authorization_status SET refreshes = 0 WHERE id = ?1",
	} {
		a, _ := dbtest.CreateActive(t, d, func(a *auth.Authorization) { a.AutoRefresh, a.RefreshLimit = true, 5 })
		require.NoError(t, d.CommitGrant(ctx, a.ID, 1, dbtest.Grantee(func(g *auth.Grantee) { g.Status.Refreshes, g.Status.NextRefreshAt = 2, next })))
		_, err := d.Load(ctx, a.ID)
		require.NoError(t, err)
		_, err = raw.Exec(statement, a.ID)
		require.NoError(t, err)
		_, err = d.Load(ctx, a.ID)
		require.ErrorIs(t, err, auth.ErrChangedOutside, name)
		due, err := d.DueRefreshes(ctx, next, 100)
		require.NoError(t, err)
		assert.Empty(t, due, "%s: a marked row is not due", name)
	}
}

func TestListByRefreshesLeft(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	for i, limit := range []int{0, 7, 3, 0, 5} {
		dbtest.Create(t, d, func(a *auth.Authorization) { a.Name, a.RefreshLimit = fmt.Sprint("row ", i), limit })
	}
	for desc, want := range map[bool][]int{false: {3, 5, 7, -1, -1}, true: {7, 5, 3, -1, -1}} {
		page, err := d.List(ctx, auth.Query{Sort: auth.ColumnLeft, Desc: desc, Now: time.Now()})
		require.NoError(t, err)
		var got []int
		for _, row := range page.Rows {
			got = append(got, row.RefreshesLeft)
		}
		assert.Equal(t, want, got)
	}
}
