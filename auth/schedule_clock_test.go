package auth_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// R19: a clock that is set forward or back, once or there and back, costs each
// token one refresh at most for each step, and never all of them at once.
func TestScheduleSurvivesClockJumps(t *testing.T) {
	for name, jumps := range map[string][]time.Duration{
		"an hour forward":              {time.Hour},
		"an hour back":                 {-time.Hour},
		"ten years forward":            {10 * 365 * 24 * time.Hour},
		"ten years back":               {-10 * 365 * 24 * time.Hour},
		"ten years forward and back":   {10 * 365 * 24 * time.Hour, -10 * 365 * 24 * time.Hour},
		"ten years back and forward":   {-10 * 365 * 24 * time.Hour, 10 * 365 * 24 * time.Hour},
		"a second, as NTP does":        {time.Second},
		"ninety seconds back, no jump": {-90 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			scheduled(t, func(b *bubble) {
				var ids []string
				for range 100 {
					ids = append(ids, b.put(1, nil))
				}
				b.start()
				b.pass(time.Minute)
				require.Len(b, b.net.got(0), len(ids))
				for _, jump := range jumps {
					before := b.net.got(0)
					b.pass(5 * time.Minute)
					b.shift(jump)
					at := time.Now()
					b.pass(25 * time.Minute) // a plan lies 45 minutes after the issue, at least
					after := b.net.got(0)
					assert.LessOrEqual(b, len(after)-len(before), len(ids), "a token was refreshed twice for one jump")
					assertSpread(b.T, after[len(before):])
					for _, count := range b.net.shown() {
						assert.Equal(b, 1, count)
					}
					// Whatever the clock says, nothing is forgotten: each is fresh
					// by the time that has really passed.
					b.pass(30 * time.Minute)
					last := map[string]bool{}
					for _, p := range b.net.got(0) {
						if p.At.After(at.Add(-10 * time.Minute)) {
							last[strings.TrimRight(p.Token, "+")] = true
						}
					}
					assert.Len(b, last, len(ids), "a token has run out unseen")
				}
				for _, id := range ids {
					assert.Equal(b, auth.StateActive, b.row(id).Status.State)
				}
			})
		})
	}
}

// assertSpread says that refreshes do not come all at once.
func assertSpread(t *testing.T, posts []post) {
	t.Helper()
	for i := range posts {
		if i+30 < len(posts) {
			assert.Greater(t, posts[i+30].At.Sub(posts[i].At), 2*time.Second, "a mass refresh")
		}
	}
}

// R19: a program that starts with the right clock finds what a wrong one has
// planned for years to come.
func TestScheduleFindsPlansOfAWrongClock(t *testing.T) {
	scheduled(t, func(b *bubble) {
		b.shift(10 * 365 * 24 * time.Hour)
		wrong := b.put(1, func(r *auth.Record) { r.Status.IssuedAt, r.Status.NextRefreshAt = b.now(), b.now().Add(50*time.Minute) })
		b.shift(-10 * 365 * 24 * time.Hour)
		right := b.put(2, func(r *auth.Record) { r.Status.NextRefreshAt = b.now().Add(60 * 24 * time.Hour) })
		b.start()
		b.pass(11 * time.Minute)
		assert.Len(b, b.net.got(1), 1)
		assert.Empty(b, b.net.got(2), "a plan for long is a plan")
		assert.Less(b, b.row(wrong).Status.NextRefreshAt.Sub(b.now()), time.Hour)
		assert.Greater(b, b.row(right).Status.NextRefreshAt.Sub(b.now()), 59*24*time.Hour)
	})
}

// R20: asleep for eight hours, awake without a network, then with one. The
// first token is valid within a minute of the network.
func TestScheduleSurvivesSuspend(t *testing.T) {
	for name, link := range map[string]string{"another network": "office", "the same network": "home"} {
		t.Run(name, func(t *testing.T) {
			scheduled(t, func(b *bubble) {
				for port := range 3 {
					for range 20 {
						b.put(port+1, nil)
					}
				}
				b.start()
				b.pass(time.Minute)
				before := len(b.net.got(0))

				b.net.setDown(true)
				b.setLink("none")
				b.shift(8 * time.Hour) // timers stand still meanwhile
				b.pass(10 * time.Minute)
				require.Len(b, b.net.got(0), before)
				assert.True(b, b.engine.Offline())
				for _, r := range b.rows() {
					assert.Equal(b, auth.StateActive, r.Status.State)
					assert.Zero(b, r.Status.Failures)
				}

				b.net.setDown(false)
				b.setLink(link)
				up := time.Now()
				b.pass(time.Minute)
				posts := b.net.got(0)[before:]
				require.NotEmpty(b, posts, "nothing is valid a minute after the network")
				assert.Less(b, posts[0].At.Sub(up), time.Minute)
				assert.False(b, b.engine.Offline())
				b.pass(10 * time.Minute)
				assert.Len(b, b.net.got(0), before+60, "each once")
			})
		})
	}
}

// R21: hours without a network cost a bounded number of tries and one event;
// tokens in force are handed out meanwhile.
func TestScheduleWaitsForTheNetwork(t *testing.T) {
	scheduled(t, func(b *bubble) {
		b.net.setDown(true)
		for range 100 {
			b.put(1, nil)
			b.put(2, nil)
		}
		valid := b.put(1, func(r *auth.Record) {
			r.Status.Expiry.At, r.Status.NextRefreshAt = b.now().Add(24*time.Hour), b.now().Add(23*time.Hour)
		})
		b.start()
		b.pass(time.Minute)
		assert.True(b, b.engine.Offline())
		assert.LessOrEqual(b, b.net.tried(), 2*8, "tries within the first minute, two hosts")
		dials := b.net.tried()
		b.pass(6 * time.Hour)
		perHour := float64(b.net.tried()-dials) / 6
		assert.Less(b, perHour, 40.0, "tries an hour")
		assert.Greater(b, perHour, 2*4.0, "it has given up")
		assert.Equal(b, 1, b.seen(auth.EventNetwork), "one event, not one a try")
		assert.Zero(b, b.seen(auth.EventAttention))
		_, err := b.engine.AccessToken(b.Context(), valid)
		require.NoError(b, err)
		for _, r := range b.rows() {
			assert.Equal(b, auth.StateActive, r.Status.State)
			assert.Zero(b, r.Status.Failures, "no network is nobody's failure")
		}

		b.net.setDown(false)
		b.pass(15*time.Minute + 30*time.Second)
		assert.False(b, b.engine.Offline())
		assert.Equal(b, 2, b.seen(auth.EventNetwork))
		assert.Len(b, b.net.shown(), 200)
	})
}

// R21: a refresh by hand that gets through ends the waiting of all.
func TestScheduleLearnsOfTheNetworkFromTheUser(t *testing.T) {
	scheduled(t, func(b *bubble) {
		b.net.setDown(true)
		id := b.put(1, nil)
		for range 20 {
			b.put(2, nil)
		}
		b.start()
		b.pass(3 * time.Hour)
		b.net.setDown(false)
		_, err := b.engine.Refresh(b.Context(), id)
		require.NoError(b, err)
		b.pass(6 * time.Second)
		assert.Len(b, b.net.got(2), 20)
	})
}

// One host that is gone is no missing network, and holds up no other.
func TestScheduleTellsADeadHostFromNoNetwork(t *testing.T) {
	scheduled(t, func(b *bubble) {
		b.net.at(1, func(post) answer { return answer{Cut: true, After: 9 * time.Second} })
		b.put(1, nil)
		b.put(1, nil)
		b.pass(time.Second)
		fast := b.put(2, nil)
		b.start()
		b.pass(time.Second)
		require.Len(b, b.net.got(2), 1, "R22: another provider waits")
		assert.Equal(b, int64(2), b.row(fast).Status.Generation)
		b.pass(24 * time.Hour)
		assert.False(b, b.engine.Offline())
		for _, count := range b.net.shown() {
			assert.LessOrEqual(b, count, 2, "R27")
		}
	})
}

// R19 with R21: plans of a clock that was set back outlive a missing network.
func TestScheduleKeepsPlansOfAWrongClockWithoutANetwork(t *testing.T) {
	scheduled(t, func(b *bubble) {
		for range 20 {
			b.put(1, nil)
		}
		b.start()
		b.pass(time.Minute)
		require.Len(b, b.net.got(1), 20)
		b.shift(-10 * 365 * 24 * time.Hour)
		b.net.setDown(true)
		b.pass(2 * time.Hour)
		assert.True(b, b.engine.Offline())
		b.net.setDown(false)
		b.setLink("office")
		b.pass(10 * time.Minute)
		assert.Len(b, b.net.got(1), 40)
		for _, r := range b.rows() {
			assert.Equal(b, int64(3), r.Status.Generation)
		}
	})
}

// Nobody is told of a missing network that nothing waits for.
func TestOfflineEndsWhenNothingWaits(t *testing.T) {
	scheduled(t, func(b *bubble) {
		b.net.setDown(true)
		id := b.put(1, nil)
		b.start()
		b.pass(time.Hour)
		require.True(b, b.engine.Offline())
		_, err := b.engine.Delete(b.Context(), id, false)
		require.NoError(b, err)
		b.pass(31 * time.Second)
		assert.False(b, b.engine.Offline())
		assert.Equal(b, 2, b.seen(auth.EventNetwork))
	})
}
