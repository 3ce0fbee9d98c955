package auth_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// Where refreshes have an endpoint on a host of its own (Figma), that host is
// spared when it asks for it, and no other.
func TestScheduleCountsTheEndpointThatIsAsked(t *testing.T) {
	scheduled(t, func(b *bubble) {
		b.net.at(2, func(post) answer {
			a := refused(429, "slow_down")
			a.Header = http.Header{"Retry-After": {"600"}}
			return a
		})
		elsewhere := func(r *auth.Record) { r.Authorization.Endpoints.Refresh = endpointAt(2) }
		b.put(1, func(r *auth.Record) {
			elsewhere(r)
			r.Status.NextRefreshAt = r.Status.NextRefreshAt.Add(-time.Second)
		})
		b.start()
		b.pass(time.Second)
		require.Len(b, b.net.got(2), 1)
		require.Empty(b, b.net.got(1))
		b.put(1, elsewhere)
		plain := b.put(1, nil)
		b.pass(5 * time.Minute)
		assert.Len(b, b.net.got(2), 1, "the host of the refreshes is left alone for as long as it asked")
		assert.Len(b, b.net.got(1), 1, "the host of the token endpoint did not ask for anything")
		assert.Equal(b, int64(2), b.row(plain).Status.Generation)
	})
}
