package auth_test

import (
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// R24: what a service asks for by Retry-After counts for every token of its
// host, an hour at most, and for no other host.
func TestScheduleHonoursRetryAfter(t *testing.T) {
	for name, test := range map[string]struct {
		value       func(now time.Time) string
		least, most time.Duration // until the next request to the host
	}{
		"seconds":   {func(time.Time) string { return "600" }, 10 * time.Minute, 12 * time.Minute},
		"a date":    {func(now time.Time) string { return now.Add(20 * time.Minute).UTC().Format(http.TimeFormat) }, 20*time.Minute - time.Second, 23 * time.Minute},
		"ten years": {func(time.Time) string { return "315360000" }, time.Hour, 67 * time.Minute},
		"past":      {func(now time.Time) string { return now.Add(-time.Hour).UTC().Format(http.TimeFormat) }, 0, time.Minute},
		"absent":    {func(time.Time) string { return "" }, 0, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			scheduled(t, func(b *bubble) {
				var told atomic.Bool
				b.net.at(1, func(p post) answer {
					if told.Swap(true) {
						return granted(p, "3600")
					}
					a := refused(429, "slow_down")
					a.Header = http.Header{}
					if value := test.value(b.now()); value != "" {
						a.Header.Set("Retry-After", value)
					}
					return a
				})
				b.put(1, func(r *auth.Record) { r.Status.NextRefreshAt = r.Status.NextRefreshAt.Add(-time.Second) })
				b.start()
				b.pass(time.Second)
				require.Len(b, b.net.got(1), 1)
				for range 9 { // other tokens of the host, and of another one
					b.put(1, nil)
				}
				b.put(2, nil)
				b.pass(31 * time.Second)
				assert.Len(b, b.net.got(2), 1, "another host waits too")
				b.pass(2 * time.Hour)
				posts := b.net.got(1)
				for _, r := range b.rows() {
					assert.GreaterOrEqual(b, r.Status.Generation, int64(2), "a token was forgotten")
				}
				require.Greater(b, len(posts), 1, "the host is left alone for ever")
				next := posts[1].At.Sub(posts[0].At)
				assert.GreaterOrEqual(b, next, test.least)
				assert.LessOrEqual(b, next, test.most+31*time.Second)
			})
		})
	}
}

// R25: a service that is broken is left alone after five failures; one token at
// a time finds out whether it works again. Nothing is erased.
func TestScheduleBreaksTheCircuit(t *testing.T) {
	for name, broken := range map[string]answer{
		"500": refused(500, "server_error"), "503 with a page": {Status: 503, Body: "<html>", Header: http.Header{"Content-Type": {"text/html"}}},
		"502 empty": {Status: 502}, "504 that lies": refused(504, "invalid_grant"),
	} {
		t.Run(name, func(t *testing.T) {
			scheduled(t, func(b *bubble) {
				var works atomic.Bool
				b.net.at(1, func(p post) answer {
					if works.Load() {
						return granted(p, "3600")
					}
					a := broken
					a.After = 100 * time.Millisecond
					return a
				})
				for range 200 {
					b.put(1, nil)
				}
				b.start()
				b.pass(time.Second)
				first := len(b.net.got(1))
				assert.GreaterOrEqual(b, first, 5)
				assert.LessOrEqual(b, first, 5+3, "those in flight when it broke are the last")
				b.pass(time.Hour)
				probes := b.net.got(1)[first:]
				assert.Less(b, len(probes), 20, "requests to a broken service in an hour")
				assert.Greater(b, len(probes), 4)
				for i := 1; i < len(probes); i++ {
					assert.Greater(b, probes[i].At.Sub(probes[i-1].At), time.Second, "one probe at a time")
				}
				assert.False(b, b.engine.Offline(), "it answers")
				for _, r := range b.rows() {
					assert.Equal(b, auth.StateActive, r.Status.State)
					assert.False(b, r.Tokens.Refresh.Empty())
				}
				// The user is not held back, and what the user finds out counts.
				works.Store(true)
				_, err := b.engine.Refresh(b.Context(), b.rows()[0].Authorization.ID)
				require.NoError(b, err)
				b.pass(35 * time.Minute) // those that failed rest for up to half an hour
				assert.Len(b, b.net.shown(), 200)
				for _, r := range b.rows() {
					assert.GreaterOrEqual(b, r.Status.Generation, int64(2))
				}
			})
		})
	}
}

// Eighteen failures in a row end the automatic tries, with one event; a refresh
// by hand that works begins them anew.
func TestScheduleGivesUpAfterEighteenFailures(t *testing.T) {
	scheduled(t, func(b *bubble) {
		var works atomic.Bool
		b.net.at(1, func(p post) answer {
			if works.Load() {
				return granted(p, "3600")
			}
			return refused(400, "temporarily_unavailable")
		})
		id := b.put(1, nil)
		b.start()
		b.pass(30 * time.Second)
		for len(b.net.got(1)) < 17 {
			require.Equal(b, auth.StateActive, b.row(id).Status.State)
			require.Zero(b, b.seen(auth.EventAttention))
			b.pass(time.Minute)
		}
		b.pass(48 * time.Hour)
		posts := b.net.got(1)
		assert.Len(b, posts, 18)
		for i := 1; i < len(posts); i++ {
			assert.GreaterOrEqual(b, posts[i].At.Sub(posts[i-1].At), time.Minute)
		}
		r := b.row(id)
		assert.Equal(b, auth.StateNeedsAttention, r.Status.State)
		assert.Equal(b, 18, r.Status.Failures)
		assert.Zero(b, r.Status.NextRefreshAt)
		assert.False(b, r.Tokens.Refresh.Empty())
		assert.Equal(b, 1, b.seen(auth.EventAttention))

		works.Store(true)
		_, err := b.engine.Refresh(b.Context(), id)
		require.NoError(b, err)
		assert.Zero(b, b.row(id).Status.Failures)
		b.pass(time.Hour)
		assert.Len(b, b.net.got(1), 20)
	})
}

// Step 8: what ends the automatic tries at once, and with which verdict.
func TestScheduleStopsAtAVerdict(t *testing.T) {
	for code, state := range map[string]auth.State{
		"invalid_grant": auth.StateNeedsSignIn, "bad_refresh_token": auth.StateNeedsSignIn,
		"invalid_client": auth.StateNeedsAttention, "unauthorized_client": auth.StateNeedsAttention,
	} {
		t.Run(code, func(t *testing.T) {
			scheduled(t, func(b *bubble) {
				b.net.at(1, func(post) answer { return refused(400, code) })
				id := b.put(1, nil)
				b.start()
				b.pass(48 * time.Hour)
				r := b.row(id)
				assert.Equal(b, state, r.Status.State)
				assert.Len(b, b.net.got(1), 1, "no second try by itself")
				assert.Equal(b, 1, b.seen(auth.EventAttention))
				assert.Zero(b, r.Status.NextRefreshAt)
				assert.False(b, r.Tokens.Refresh.Empty(), "a failure never erases")
			})
		})
	}
}

// R23: a login page of the network in between is never taken for the service's
// verdict, however long it stands there.
func TestScheduleSurvivesALoginPage(t *testing.T) {
	for name, page := range map[string]answer{
		"a redirect": {Status: 302, Header: http.Header{"Location": {"http://portal.test/login"}}},
		"a page":     {Status: 200, Body: "<html>Welcome</html>", Header: http.Header{"Content-Type": {"text/html"}}},
		"511":        {Status: 511, Body: "<html>", Header: http.Header{"Content-Type": {"text/html"}}},
	} {
		t.Run(name, func(t *testing.T) {
			scheduled(t, func(b *bubble) {
				var free atomic.Bool
				b.net.at(1, func(p post) answer {
					if free.Load() {
						return granted(p, "3600")
					}
					return page
				})
				for range 5 {
					b.put(1, nil)
				}
				b.start()
				b.pass(12 * time.Hour)
				assert.True(b, b.engine.Offline())
				assert.Zero(b, b.seen(auth.EventAttention))
				free.Store(true)
				b.pass(20 * time.Minute)
				for _, r := range b.rows() {
					assert.Equal(b, auth.StateActive, r.Status.State)
					assert.GreaterOrEqual(b, r.Status.Generation, int64(2))
				}
			})
		})
	}
}

// Step 7, R22, R27: after a cut the old token is presented once more at once,
// and never a third time.
func TestSchedulePresentsOnceMoreAfterACut(t *testing.T) {
	for name, test := range map[string]struct {
		second answer
		state  auth.State
		auto   bool
	}{
		"it works":           {answer{}, auth.StateActive, true},
		"refused":            {refused(400, "invalid_grant"), auth.StateNeedsSignIn, true},
		"cut again":          {answer{Cut: true}, auth.StateNeedsSignIn, true},
		"refreshed by hand":  {answer{}, auth.StateActive, false},
		"by hand, cut again": {answer{Cut: true}, auth.StateNeedsSignIn, false},
	} {
		t.Run(name, func(t *testing.T) {
			scheduled(t, func(b *bubble) {
				answers := []answer{{Cut: true}, test.second}
				var count atomic.Int32
				b.net.at(1, func(p post) answer {
					i := int(count.Add(1)) - 1
					if i < len(answers) && (answers[i].Status != 0 || answers[i].Cut) {
						return answers[i]
					}
					return granted(p, "3600")
				})
				id := b.put(1, func(r *auth.Record) {
					if r.Authorization.AutoRefresh = test.auto; !test.auto {
						r.Status.NextRefreshAt = time.Time{}
					}
				})
				b.start()
				if !test.auto {
					_, err := b.engine.Refresh(b.Context(), id)
					require.Error(b, err)
				}
				b.pass(10 * time.Second)
				posts := b.net.got(1)
				require.Len(b, posts, 2)
				assert.Equal(b, posts[0].Token, posts[1].Token)
				assert.Equal(b, test.state, b.row(id).Status.State)
				b.pass(50 * time.Hour)
				for _, shown := range b.net.shown() {
					assert.LessOrEqual(b, shown, 2)
				}
				if test.state == auth.StateNeedsSignIn {
					assert.Len(b, b.net.got(1), 2)
				}
				assert.False(b, slices.ContainsFunc(b.rows(), func(r auth.Record) bool { return r.Tokens.Refresh.Empty() }))
			})
		})
	}
}

// R26: an authorization whose own connection leads nowhere, by its proxy or a
// setting of its tenant, holds up no other one of its host.
func TestScheduleIsolatesOneBadConnection(t *testing.T) {
	scheduled(t, func(b *bubble) {
		bad := b.put(1, func(r *auth.Record) { r.Status.LastUsedAt = b.now() }) // the most urgent one
		token := b.row(bad).Tokens.Refresh.Reveal()
		b.net.at(1, func(p post) answer {
			if p.Token == token {
				return answer{Status: 302, Header: http.Header{"Location": {"http://portal.test/"}}}
			}
			return granted(p, "3600")
		})
		for range 20 {
			b.put(1, nil)
		}
		b.start()
		b.pass(30 * time.Second)
		for _, r := range b.rows() {
			if r.Authorization.ID != bad {
				require.Equal(b, int64(2), r.Status.Generation, "held up")
			}
		}
		b.pass(30 * time.Minute)
		assert.Equal(b, auth.StateActive, b.row(bad).Status.State)
		b.pass(24 * time.Hour)
		assert.Equal(b, auth.StateNeedsAttention, b.row(bad).Status.State)
		assert.LessOrEqual(b, b.net.shown()[token], 20)
		assert.False(b, b.engine.Offline())
	})
}

// R26: nor is it the one that finds out, again and again, whether the network
// is back.
func TestScheduleProbesWithOneAfterTheOther(t *testing.T) {
	scheduled(t, func(b *bubble) {
		b.put(1, func(r *auth.Record) { // what listens there speaks no TLS
			r.Authorization.Endpoints.Token = "https://127.0.0.1:1/token"
			r.Status.LastUsedAt = b.now()
		})
		var good []string
		for range 3 {
			good = append(good, b.put(1, nil))
		}
		b.net.setDown(true)
		b.start()
		b.pass(2 * time.Hour)
		require.True(b, b.engine.Offline())
		b.net.setDown(false)
		b.pass(35 * time.Minute) // two probes at the longest pause
		for _, id := range good {
			assert.Equal(b, int64(2), b.row(id).Status.Generation, "held up")
		}
	})
}
