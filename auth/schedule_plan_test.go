package auth_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// When a token that was just issued is refreshed: a tenth of its lifetime and at
// least the margin ahead, up to 15 % earlier by chance, never within a minute.
func TestPlanIsAheadOfTheEnd(t *testing.T) {
	for name, test := range map[string]struct {
		lifetime, margin string
		least, most      time.Duration // after the issue; both 0: never
	}{
		"an hour":        {"3600", "", 45 * time.Minute, 54 * time.Minute},
		"thirty days":    {"2592000", "", 22*24*time.Hour + 12*time.Hour, 27 * 24 * time.Hour},
		"half an hour":   {"1800", "", 20*time.Minute + 30*time.Second, 25 * time.Minute},
		"eight minutes":  {"480", "", 2 * time.Minute, 4 * time.Minute},
		"a minute":       {"60", "", time.Minute, time.Minute},
		"a second":       {"1", "", time.Minute, time.Minute},
		"over at once":   {"0", "", time.Minute, time.Minute},
		"not reported":   {"-1", "", 45 * time.Minute, 54 * time.Minute},
		"own margin":     {"3600", "1200", 31 * time.Minute, 40 * time.Minute},
		"no margin":      {"3600", "0", 45 * time.Minute, 54 * time.Minute},
		"unknown margin": {"3600", "soon", 45 * time.Minute, 54 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			scheduled(t, func(b *bubble) {
				require.NoError(b, b.engine.SetSetting(b.Context(), auth.SettingRefreshMargin, test.margin))
				b.net.at(1, func(p post) answer { return granted(p, test.lifetime) })
				seen := map[time.Duration]bool{}
				for range 50 {
					id := b.put(1, nil)
					d, err := b.engine.Refresh(b.Context(), id)
					require.NoError(b, err)
					s := b.row(id).Status
					after := s.NextRefreshAt.Sub(s.IssuedAt)
					require.GreaterOrEqual(b, after, test.least)
					require.LessOrEqual(b, after, test.most)
					assert.Equal(b, s.NextRefreshAt, d.Status.NextRefreshAt, "the pane tells another time")
					seen[after] = true
				}
				if test.least < test.most {
					assert.Greater(b, len(seen), 40, "tokens that came together go together")
				}
			})
		})
	}
}

// What is never refreshed by itself.
func TestPlanNever(t *testing.T) {
	for name, edit := range map[string]func(*auth.Record){
		"automatic refresh is off": func(r *auth.Record) { r.Authorization.AutoRefresh = false },
		"the limit is used up":     func(r *auth.Record) { r.Authorization.RefreshLimit, r.Status.Refreshes = 3, 2 },
		"a pasted access token": func(r *auth.Record) {
			r.Authorization.Grant = auth.GrantAccessToken
			r.Tokens.Refresh = auth.Secret{}
		},
		"no refresh token": func(r *auth.Record) { r.Tokens.Refresh = auth.Secret{} },
	} {
		t.Run(name, func(t *testing.T) {
			scheduled(t, func(b *bubble) {
				id := b.put(1, edit)
				b.start()
				b.pass(24 * time.Hour)
				r := b.row(id)
				limit := r.Authorization.RefreshLimit
				assert.LessOrEqual(b, len(b.net.got(0)), max(0, limit-2))
				if limit > 0 {
					assert.Len(b, b.net.got(0), 1, "the last refresh was not made")
					assert.Zero(b, r.Status.NextRefreshAt)
				}
			})
		})
	}
}

func TestRefreshRule(t *testing.T) {
	scheduled(t, func(b *bubble) {
		id := b.put(1, nil)
		b.start()
		b.pass(time.Second)
		require.Len(b, b.net.got(0), 1)

		require.NoError(b, b.engine.SetRefreshRule(b.Context(), id, false, 0))
		assert.Zero(b, b.row(id).Status.NextRefreshAt)
		b.pass(24 * time.Hour)
		require.Len(b, b.net.got(0), 1, "refreshed though it is off")

		require.NoError(b, b.engine.SetRefreshRule(b.Context(), id, true, 4))
		b.pass(time.Minute)
		require.Len(b, b.net.got(0), 2, "what is overdue is refreshed at once")
		b.pass(48 * time.Hour)
		assert.Len(b, b.net.got(0), 4, "the limit is not kept")
		assert.Equal(b, 4, b.row(id).Status.Refreshes)
		_, err := b.engine.Refresh(b.Context(), id)
		assert.Equal(b, auth.CodeLimitUsed, asFailure(b.T, err).Code)

		require.NoError(b, b.engine.SetRefreshRule(b.Context(), id, true, 5))
		b.pass(time.Minute)
		assert.Len(b, b.net.got(0), 5)

		var wrong auth.FieldErrors
		require.ErrorAs(b, b.engine.SetRefreshRule(b.Context(), id, true, -1), &wrong)
		assert.Equal(b, auth.FieldRefreshLimit, wrong[0].Field)
	})
}

// The rule may change while a refresh is under way: the new one counts.
func TestRefreshRuleChangedDuringARefresh(t *testing.T) {
	scheduled(t, func(b *bubble) {
		b.net.at(1, func(p post) answer {
			a := granted(p, "3600")
			a.After = 5 * time.Second
			return a
		})
		id := b.put(1, nil)
		b.start()
		b.pass(time.Second)
		require.NoError(b, b.engine.SetRefreshRule(b.Context(), id, false, 0))
		assert.Zero(b, b.row(id).Status.NextRefreshAt)
		assert.False(b, b.row(id).Authorization.AutoRefresh)
		assert.Equal(b, int64(2), b.row(id).Status.Generation)
	})
}

// T34: whatever lifetime a service reports, one authorization is refreshed once
// a minute at most.
func TestScheduleHasAFloor(t *testing.T) {
	for _, lifetime := range []string{"0", "-4294963696", "1", "59", `"0"`} {
		t.Run(lifetime, func(t *testing.T) {
			scheduled(t, func(b *bubble) {
				b.net.at(1, func(p post) answer { return granted(p, lifetime) })
				b.put(1, nil)
				b.start()
				b.pass(10*time.Minute + time.Second)
				posts := b.net.got(0)
				assert.GreaterOrEqual(b, len(posts), 9)
				assert.LessOrEqual(b, len(posts), 11)
				for i := 1; i < len(posts); i++ {
					assert.GreaterOrEqual(b, posts[i].At.Sub(posts[i-1].At), time.Minute)
				}
			})
		})
	}
}

// A day of tokens that live an hour: none ever runs out, none is wasted.
func TestScheduleKeepsTokensFresh(t *testing.T) {
	scheduled(t, func(b *bubble) {
		var ids []string
		for range 20 {
			ids = append(ids, b.put(1, nil))
		}
		b.start()
		b.pass(time.Second)
		for range 24 * 60 {
			b.pass(time.Minute)
			for _, id := range ids {
				require.Greater(b, b.row(id).Status.Expiry.At.Sub(b.now()), 5*time.Minute)
			}
		}
		perRow := len(b.net.got(0)) / len(ids)
		assert.GreaterOrEqual(b, perRow, 24*60/54)
		assert.LessOrEqual(b, perRow, 1+24*60/45)
		for _, count := range b.net.shown() {
			assert.Equal(b, 1, count)
		}
	})
}
