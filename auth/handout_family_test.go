package auth_test

import (
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// allAsk lets n programs of each engine ask for Sales at the same time.
func allAsk(n int, engines []*auth.Engine, edits ...func(*auth.HandOutRequest)) (tokens map[string]int, failures map[string]int) {
	tokens, failures = map[string]int{}, map[string]int{}
	var mu sync.Mutex
	var wait sync.WaitGroup
	begin := make(chan struct{})
	for _, e := range engines {
		for range n {
			wait.Go(func() {
				<-begin
				got, err := e.HandOut(background(), asking("Sales", edits...))
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					failures[string(auth.EndOf(err))]++
					return
				}
				tokens[got.Access.Reveal()]++
			})
		}
	}
	close(begin)
	wait.Wait()
	return tokens, failures
}

// T54: a thousand programs over eight processes want the token that has just
// ended: the refresh token is shown once, and all get the new one.
func TestHandOut_OnePresentation(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
	engines := []*auth.Engine{r.engine}
	for range 7 {
		engines = append(engines, r.another(authtest.BrowserIgnore))
	}
	stored := r.stored(func(record *auth.Record) {
		anyone(record)
		record.Status.Expiry.At = time.Now().Add(-time.Second)
	})
	tokens, failures := allAsk(125, engines)
	assert.Empty(t, failures)
	assert.Len(t, tokens, 1)
	assert.Equal(t, 1, r.posts())
	assert.Equal(t, 1, r.server.Shown(stored.Tokens.Refresh.Reveal()))

	tokens, _ = allAsk(125, engines, rejected) // issued just now
	assert.Len(t, tokens, 1)
	_, err := r.engine.Refresh(background(), stored.Authorization.ID)
	require.NoError(t, err, "the family lives")
	assert.Equal(t, 1, r.server.MostShown("refresh"))
}

// All who ask meanwhile share a refusal, and a request that was cut off is not
// repeated for each.
func TestHandOut_OneFailure(t *testing.T) {
	for name, c := range map[string]struct {
		answer authtest.Answer
		end    auth.HandOutEnd
	}{
		"refused": {authtest.Answer{Status: http.StatusBadRequest, Body: `{"error":"invalid_grant"}`}, auth.EndNeedsSignIn},
		"down":    {authtest.Answer{Status: http.StatusServiceUnavailable}, auth.EndUnreachable},
		"cut off": {authtest.Answer{NoAnswer: true}, auth.EndUnreachable},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
			engines := []*auth.Engine{r.engine, r.another(authtest.BrowserIgnore), r.another(authtest.BrowserIgnore)}
			r.stored(func(record *auth.Record) {
				anyone(record)
				record.Status.Expiry.At = time.Now().Add(-time.Second)
			})
			r.server.Script(authtest.PathToken, c.answer, c.answer, c.answer, c.answer)
			tokens, failures := allAsk(50, engines)
			assert.Empty(t, tokens)
			assert.Equal(t, map[string]int{string(c.end): 150}, failures)
			assert.Equal(t, 1, r.posts())
		})
	}
}

// The scheduler's own refresh serves those who ask during it.
func TestHandOut_DuringScheduledRefresh(t *testing.T) {
	scheduled(t, func(b *bubble) {
		b.net.at(7001, func(p post) answer { a := granted(p, "3600"); a.After = 5 * time.Second; return a })
		id := b.put(7001, left(b.now(), 59*time.Second))
		b.start()
		b.pass(time.Second)
		require.Len(t, b.net.got(0), 1)
		a := b.askInBackground(b.Context(), id)
		assert.Equal(t, "waits", b.outcome(a))
		b.pass(5 * time.Second)
		assert.Equal(t, "ok", b.outcome(a))
		assert.Len(t, b.net.got(0), 1)
	})
}

// Wish 6: a weekend of requests for a grant that is over is 200 clear errors,
// one notice, no request and no browser tab.
func TestHandOut_DeadGrant(t *testing.T) {
	for name, first := range map[string]int{"found dead": 0, "dies at the first": 1} {
		t.Run(name, func(t *testing.T) {
			scheduled(t, func(b *bubble) {
				b.net.at(7001, func(post) answer { return refused(http.StatusBadRequest, "invalid_grant") })
				id := b.put(7001, func(r *auth.Record) {
					left(b.now(), -time.Minute)(r)
					if first == 0 {
						r.Status.State, r.Status.LastOutcome = auth.StateNeedsSignIn, "invalid_grant"
					}
				})
				for range 200 {
					_, err := b.ask(id)
					f := asFailure(t, err)
					assert.Equal(t, "invalid_grant", f.Code)
					assert.Equal(t, auth.EndNeedsSignIn, auth.EndOf(err))
					assert.Contains(t, f.Happened, b.row(id).Authorization.Name)
					b.pass(20 * time.Minute)
				}
				assert.Len(t, b.net.got(0), first)
				assert.Equal(t, 1, b.seen(auth.EventWanted))

				// Signed in again, and over again: that is news.
				r := b.row(id)
				r.Status.Generation++
				b.store.Put(r)
				for range 2 {
					_, err := b.ask(id)
					require.Error(t, err)
				}
				assert.Equal(t, 2, b.seen(auth.EventWanted))
			})
		})
	}
}

// A service that is down is asked seldom, and again as soon as the network is back.
func TestHandOut_Unreachable(t *testing.T) {
	scheduled(t, func(b *bubble) {
		down := true
		b.net.at(7001, func(p post) answer {
			if down {
				return refused(http.StatusServiceUnavailable, "temporarily_unavailable")
			}
			return granted(p, "3600")
		})
		id := b.put(7001, left(b.now(), 30*time.Second))
		var at []time.Duration
		began := time.Now()
		for range 200 {
			_, err := b.ask(id)
			assert.Equal(t, auth.EndUnreachable, auth.EndOf(err))
			if n := len(b.net.got(0)); n > len(at) {
				at = append(at, time.Since(began))
			}
			b.pass(time.Second)
		}
		assert.Equal(t, []time.Duration{0, 10 * time.Second, 30 * time.Second, 70 * time.Second, 130 * time.Second, 190 * time.Second}, at)
		assert.Zero(t, b.seen(auth.EventWanted))
		got, err := b.ask(id, forMin(time.Second))
		assert.Error(t, err, "it has run out by now")
		assert.Zero(t, got)
		down = false
		b.pass(time.Minute)
		got, err = b.ask(id)
		require.NoError(t, err)
		assert.True(t, got.Renewed)
	})
}

// What is still good is handed out, whatever the network does.
func TestHandOut_Offline(t *testing.T) {
	scheduled(t, func(b *bubble) {
		b.net.setDown(true)
		id := b.put(7001, left(b.now(), 2*time.Minute))
		_, err := b.ask(id, rejected)
		assert.Equal(t, auth.EndUnreachable, auth.EndOf(err))
		_, err = b.ask(id)
		require.NoError(t, err)
		b.pass(90 * time.Second)
		for range 2 { // the pause between two tries grows to 40 s
			_, err = b.ask(id)
			assert.Equal(t, auth.CodeNetworkUnreachable, b.code(err))
			b.pass(20 * time.Second)
		}
		tried := b.net.tried()
		b.net.setDown(false)
		other := b.put(7002, left(b.now(), -time.Minute))
		_, err = b.ask(other)
		require.NoError(t, err)
		assert.Greater(t, b.net.tried(), tried)
		b.pass(10 * time.Second)
		_, err = b.ask(id)
		require.NoError(t, err, "the network is back: what failed before is tried again")
	})
}

// Retry-After is kept for programs too.
func TestHandOut_RetryAfter(t *testing.T) {
	scheduled(t, func(b *bubble) {
		b.net.at(7001, func(p post) answer {
			if len(b.net.got(7001)) == 1 {
				return answer{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"300"}}}
			}
			return granted(p, "3600")
		})
		id, other := b.put(7001, left(b.now(), -time.Minute)), b.put(7001, left(b.now(), -time.Minute))
		for range 29 {
			for _, one := range []string{id, other} {
				_, err := b.ask(one)
				assert.Equal(t, auth.CodeTooManyRequests, b.code(err))
				assert.Equal(t, auth.EndUnreachable, auth.EndOf(err))
			}
			b.pass(10 * time.Second)
		}
		assert.Len(t, b.net.got(0), 1)
		b.pass(time.Minute)
		_, err := b.ask(other)
		require.NoError(t, err)
	})
}

// A program that goes away ends its own waiting alone.
func TestHandOut_AskerLeaves(t *testing.T) {
	scheduled(t, func(b *bubble) {
		b.net.at(7001, func(p post) answer { a := granted(p, "3600"); a.After = 5 * time.Second; return a })
		id := b.put(7001, left(b.now(), -time.Minute))
		ctx, cancel := contextWithCancel(b)
		a := b.askInBackground(ctx, id)
		cancel()
		assert.Equal(t, auth.CodeCancelled, b.outcome(a))
		b.pass(5 * time.Second)
		synctest.Wait()
		got, err := b.ask(id)
		require.NoError(t, err)
		assert.False(t, got.Renewed, "what was on its way was stored")
		assert.Len(t, b.net.got(0), 1)
	})
}

// Tokens that another process stored while this one waited for its turn are
// taken, whenever they were issued.
func TestHandOut_StoredMeanwhile(t *testing.T) {
	scheduled(t, func(b *bubble) {
		id := b.put(7001, left(b.now(), -time.Minute))
		b.store.Fault = func(method string) error {
			if r := b.row(id); method == "Lock" && r.Status.Generation == 1 {
				left(b.now(), 59*time.Minute)(&r)
				r.Status.Generation, r.Tokens.Access = 2, auth.NewSecret("theirs")
				b.store.Put(r)
			}
			return nil
		}
		got, err := b.ask(id)
		require.NoError(t, err)
		assert.Equal(t, "theirs", got.Access.Reveal())
		assert.Empty(t, b.net.got(0))
	})
}
