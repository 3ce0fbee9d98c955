package auth_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// A refresh that takes its time, and is due in the store meanwhile, does not
// hide when the next one becomes due.
func TestScheduleKeepsTimeBesideASlowRefresh(t *testing.T) {
	scheduled(t, func(b *bubble) {
		b.net.at(1, func(p post) answer {
			a := granted(p, "3600")
			a.After = 8 * time.Second
			return a
		})
		b.put(1, nil)
		b.put(2, func(r *auth.Record) { r.Status.NextRefreshAt = b.now().Add(3 * time.Second) })
		begun := time.Now()
		b.start()
		b.pass(10 * time.Second)
		posts := b.net.got(2)
		require.Len(b, posts, 1)
		assert.InDelta(b, 3, posts[0].At.Sub(begun).Seconds(), 1)
		require.Len(b, b.net.got(1), 1)
	})
}
