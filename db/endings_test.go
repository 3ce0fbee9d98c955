package db_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db/dbtest"
)

const day = 24 * time.Hour

// withSecretEnd is a configuration whose client secret ends then.
func withSecretEnd(at time.Time) func(*auth.Authorization) {
	return func(a *auth.Authorization) {
		a.Values = auth.Values{auth.FieldSecretExpiry: auth.NewSecret(at.Local().Format("2006-01-02 15:04"))}
	}
}

func TestSoonEnding(t *testing.T) {
	d := dbtest.Open(t)
	now := time.Now().UTC().Truncate(time.Minute)
	ends := func(at time.Time) auth.Authorization {
		a := dbtest.Create(t, d)
		g := dbtest.Grantee(func(g *auth.Grantee) { g.Status.SignInEnds = at })
		require.NoError(t, d.CommitGrant(ctx, a.ID, 0, g))
		return a
	}
	over := ends(now.Add(-day))
	soon := ends(now.Add(3 * day))
	ends(now.Add(30 * day))
	ends(time.Time{})
	gone := ends(now.Add(2 * day))
	require.NoError(t, d.Delete(ctx, gone.ID, false, now.Add(day)))
	secret := dbtest.Create(t, d, withSecretEnd(now.Add(2*day)))
	dbtest.Create(t, d, withSecretEnd(now.Add(40*day)))

	got, err := d.SoonEnding(ctx, now, now.Add(14*day), 10)
	require.NoError(t, err)
	want := []auth.SoonEnding{
		{ID: secret.ID, Name: secret.Name, What: auth.EndsSecret, At: now.Add(2 * day)},
		{ID: soon.ID, Name: soon.Name, What: auth.EndsSignIn, At: now.Add(3 * day)},
	}
	assert.Equal(t, want, got)
	got, err = d.SoonEnding(ctx, now, now.Add(14*day), 1)
	require.NoError(t, err)
	assert.Equal(t, want[:1], got)
	got, err = d.SoonEnding(ctx, now.Add(-2*day), now, 10)
	require.NoError(t, err)
	assert.Equal(t, []auth.SoonEnding{{ID: over.ID, Name: over.Name, What: auth.EndsSignIn, At: now.Add(-day)}}, got)
}

// What the user typed is local time; in another time zone the row is still the
// one that was sealed, and the end is another moment.
func TestSecretEndInAnotherTimeZone(t *testing.T) {
	here := time.Local
	t.Cleanup(func() { time.Local = here })
	time.Local = time.FixedZone("here", 2*3600)
	d := dbtest.Open(t)
	at := time.Date(2026, 12, 31, 18, 0, 0, 0, time.Local)
	a := dbtest.Create(t, d, withSecretEnd(at))
	time.Local = time.FixedZone("there", -5*3600)
	r, err := d.Load(ctx, a.ID)
	require.NoError(t, err)
	assert.Equal(t, at.Add(7*time.Hour).UTC(), r.Authorization.SecretEnds())
	soon, err := d.SoonEnding(ctx, at, at.Add(day), 10)
	require.NoError(t, err)
	require.Len(t, soon, 1)
	assert.Equal(t, r.Authorization.SecretEnds(), soon[0].At)
	page, err := d.List(ctx, auth.Query{Now: at})
	require.NoError(t, err)
	assert.Equal(t, r.Authorization.SecretEnds(), page.Rows[0].SecretEnds)
}

// What a grant brings beside the tokens survives a restart, a spill and a
// refresh that does not repeat it.
func TestFactsAndEndsAreKept(t *testing.T) {
	p := newPlace(t)
	d := p.create(t)
	ends := time.UnixMilli(1_800_000_000_000).UTC()
	a := dbtest.Create(t, d, func(a *auth.Authorization) { a.Redirect = auth.Redirect{URI: "https://app.example.com/done"} })
	grantee := func(facts map[string]string) auth.Grantee {
		return dbtest.Grantee(func(g *auth.Grantee) { g.Tokens.Facts, g.Status.SignInEnds = facts, ends })
	}
	require.NoError(t, d.CommitGrant(ctx, a.ID, 0, grantee(map[string]string{"realmId": "17"})))
	require.NoError(t, d.CommitGrant(ctx, a.ID, 1, grantee(nil)))
	require.NoError(t, d.SetExpiry(ctx, a.ID, 2, auth.Expiry{Rule: auth.ExpiryNever}, time.Time{}))
	require.NoError(t, d.Close())
	d = p.reopen(t)
	r, err := d.Load(ctx, a.ID)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"realmId": "17"}, r.Tokens.Facts, "nil keeps those that are stored")
	assert.Equal(t, ends, r.Status.SignInEnds)
	assert.Equal(t, auth.Redirect{URI: "https://app.example.com/done"}, r.Authorization.Redirect)
	page, err := d.List(ctx, auth.Query{Now: time.Now()})
	require.NoError(t, err)
	assert.Equal(t, ends, page.Rows[0].SignInEnds)

	for gen, facts := range []map[string]string{nil, {"realmId": "18"}, {}} {
		require.NoError(t, d.Spill(ctx, a.ID, int64(gen+2), grantee(facts)))
		ids, err := d.DrainSpills(ctx)
		require.NoError(t, err)
		require.Len(t, ids, 1)
		r, err := d.Load(ctx, a.ID)
		require.NoError(t, err)
		want := facts
		switch {
		case facts == nil:
			want = map[string]string{"realmId": "17"}
		case len(facts) == 0:
			want = nil // none
		}
		assert.Equal(t, want, r.Tokens.Facts)
		assert.Equal(t, ends, r.Status.SignInEnds)
	}
}

// A notice outlives the events that would push it out, so that it is not given
// twice; the next of its kind takes its place.
func TestNoticesStayInTheHistory(t *testing.T) {
	d := dbtest.Open(t)
	a := dbtest.Create(t, d)
	remember := func(kind auth.EventWord, outcome string) {
		require.NoError(t, d.Remember(ctx, a.ID, auth.HistoryEvent{At: time.Now(), Kind: kind, Outcome: outcome}))
	}
	notices := func() (found []string) {
		events, err := d.History(ctx, a.ID)
		require.NoError(t, err)
		require.LessOrEqual(t, len(events), auth.HistoryLength)
		for _, e := range events {
			if e.Kind == auth.WordNotice {
				found = append(found, e.Outcome)
			}
		}
		return found
	}
	remember(auth.WordNotice, string(auth.EndsSecret))
	remember(auth.WordNotice, string(auth.EndsSignIn))
	for range 3 * auth.HistoryLength {
		remember(auth.WordTest, auth.OutcomeOK)
	}
	assert.Equal(t, []string{"sign_in", "client_secret"}, notices())
	remember(auth.WordNotice, string(auth.EndsSecret))
	assert.Equal(t, []string{"client_secret", "sign_in"}, notices())
}
