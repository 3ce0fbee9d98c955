package auth_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// R30: many that are due together go through a narrow gate, those asked for
// last first, and each once.
func TestScheduleBoundsWhatIsInFlight(t *testing.T) {
	scheduled(t, func(b *bubble) {
		const hosts, each = 6, 50
		slow := func(p post) answer {
			a := granted(p, "3600")
			a.After = time.Second
			return a
		}
		for port := 1; port <= hosts; port++ {
			b.net.at(port, slow)
			for range each {
				b.put(port, nil)
			}
		}
		var asked []string
		for i := range 4 {
			id := b.put(1, func(r *auth.Record) { r.Status.LastUsedAt = b.now().Add(-time.Duration(i) * time.Minute) })
			asked = append(asked, b.row(id).Tokens.Refresh.Reveal())
		}
		b.start()
		b.pass(500 * time.Millisecond)
		var first []string
		for _, p := range b.net.got(1) {
			first = append(first, p.Token)
		}
		assert.Subset(b, asked, first, "those that are used come first")

		// By hand: ahead of all that waits, behind what is under way.
		hand := b.put(1, func(r *auth.Record) { r.Authorization.AutoRefresh, r.Status.NextRefreshAt = false, time.Time{} })
		begun := time.Now()
		_, err := b.engine.Refresh(b.Context(), hand)
		require.NoError(b, err)
		assert.LessOrEqual(b, time.Since(begun), 2*time.Second, "waited in the queue")

		b.pass(2 * time.Minute)
		assert.Len(b, b.net.shown(), hosts*each+5)
		for _, count := range b.net.shown() {
			assert.Equal(b, 1, count)
		}
		assert.Equal(b, 4, b.net.most, "in flight to one host")
		assert.LessOrEqual(b, b.net.mostAll, 16+1, "in flight in all, and one by hand")
		assert.GreaterOrEqual(b, b.net.mostAll, 16)
	})
}

// Many by hand at once keep to the limit of the host too.
func TestRefreshByHandKeepsToTheLimitOfTheHost(t *testing.T) {
	scheduled(t, func(b *bubble) {
		b.net.at(1, func(p post) answer {
			a := granted(p, "3600")
			a.After = time.Second
			return a
		})
		var done atomic.Int32
		for range 40 {
			id := b.put(1, nil)
			go func() {
				_, err := b.engine.Refresh(b.Context(), id)
				assert.NoError(b, err)
				done.Add(1)
			}()
		}
		b.pass(11 * time.Second)
		assert.Equal(b, int32(40), done.Load())
		assert.Equal(b, 4, b.net.most)
	})
}

// R29: what is deleted, revoked or paused while its refresh is under way never
// comes back: the late tokens are revoked and dropped, or kept unused.
func TestScheduleMeetsTheUsersWill(t *testing.T) {
	late := func(p post) answer {
		if p.Path == "/revoke" {
			return answer{Status: 200}
		}
		a := granted(p, "3600")
		a.After = 5 * time.Second
		return a
	}
	t.Run("delete", func(t *testing.T) {
		scheduled(t, func(b *bubble) {
			b.net.at(1, late)
			id := b.put(1, nil)
			b.start()
			b.pass(time.Second)
			require.Len(b, b.net.got(1), 1)
			_, err := b.engine.Delete(b.Context(), id, true)
			require.NoError(b, err)
			b.pass(10 * time.Minute)
			_, there := b.store.Record(id)
			assert.False(b, there, "it is back")
			assert.Len(b, b.net.got(1), 1)
			assert.Empty(b, b.store.Revocations())
			assert.Equal(b, 4, b.revoked(), "the old and the late tokens")
		})
	})
	t.Run("revoke", func(t *testing.T) {
		scheduled(t, func(b *bubble) {
			b.net.at(1, late)
			id := b.put(1, nil)
			b.start()
			b.pass(time.Second)
			_, err := b.engine.Revoke(b.Context(), id)
			require.NoError(b, err)
			b.pass(24 * time.Hour)
			assert.Equal(b, auth.StateRevoked, b.row(id).Status.State)
			assert.Len(b, b.net.got(1), 1)
		})
	})
	t.Run("pause", func(t *testing.T) {
		scheduled(t, func(b *bubble) {
			b.net.at(1, late)
			id := b.put(1, nil)
			b.start()
			b.pass(time.Second)
			require.NoError(b, b.engine.Pause(b.Context(), id))
			b.pass(24 * time.Hour)
			assert.Equal(b, auth.StatePaused, b.row(id).Status.State)
			assert.Len(b, b.net.got(1), 1)
			require.NoError(b, b.engine.Resume(b.Context(), id))
			b.pass(time.Minute)
			assert.Len(b, b.net.got(1), 2, "it goes on")
			assert.Equal(b, auth.StateActive, b.row(id).Status.State)
		})
	})
}

// Close waits for what is under way and stores it; the next start goes on.
func TestScheduleEndsWithClose(t *testing.T) {
	scheduled(t, func(b *bubble) {
		b.net.at(1, func(p post) answer {
			a := granted(p, "3600")
			a.After = 5 * time.Second
			return a
		})
		for range 10 {
			b.put(1, nil)
		}
		b.start()
		b.pass(time.Second)
		b.engine.Close()
		assert.Len(b, b.net.got(1), 4)
		fresh := 0
		for _, r := range b.rows() {
			assert.Equal(b, auth.StateActive, r.Status.State)
			if r.Status.Generation == 2 {
				fresh++
			}
		}
		assert.Equal(b, 4, fresh)
		b.engine = b.another()
		b.start()
		b.pass(time.Minute)
		assert.Len(b, b.net.shown(), 10)
	})
}

// What the store can't take does not become a storm of requests.
func TestScheduleRestsWhileTheStoreIsBroken(t *testing.T) {
	scheduled(t, func(b *bubble) {
		var broken atomic.Bool
		broken.Store(true)
		var tries atomic.Int32
		b.store.Fault = func(method string) error {
			if method == "BeginAttempt" && broken.Load() {
				tries.Add(1)
				return auth.ErrStorage
			}
			return nil
		}
		b.put(1, nil)
		b.start()
		b.pass(time.Hour)
		assert.Empty(b, b.net.got(0), "R07: sent though the intent could not be stored")
		assert.LessOrEqual(b, tries.Load(), int32(125))
		broken.Store(false)
		b.pass(time.Minute)
		assert.Len(b, b.net.got(0), 1)
	})
}

// revoked is how many revocations the servers got.
func (b *bubble) revoked() int {
	b.net.mu.Lock()
	defer b.net.mu.Unlock()
	count := 0
	for _, p := range b.net.posts {
		if p.Path == "/revoke" {
			count++
		}
	}
	return count
}
