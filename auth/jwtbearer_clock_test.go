package auth_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// T37: like a client's, the assertion of a grant that a server refuses while its
// clock is another is signed once more for the server's time, and then no more.
func TestJWTBearerFollowsTheServersClock(t *testing.T) {
	for name, c := range map[string]struct {
		skew     time.Duration
		requests int
		ok       bool
	}{
		"right": {0, 1, true}, "an hour fast": {time.Hour, 2, true}, "an hour slow": {-time.Hour, 2, true},
		"days off": {72 * time.Hour, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			test := askGrants(t)[auth.GrantJWTBearer]
			r := newRig(t, test.params)
			catalog, err := authtest.Catalog()
			require.NoError(t, err)
			now := func() time.Time { return time.Now().Add(c.skew) }
			r.engine, err = auth.New(auth.Params{
				Store: r.store, Vault: r.store.Vault(), Catalog: catalog, Wire: auth.NewWire(auth.WireParams{Now: now}),
				Browser: authtest.NewBrowser(t, authtest.BrowserIgnore, nil), Now: now,
			})
			require.NoError(t, err)
			t.Cleanup(r.engine.Close)
			_, _, err = r.direct(test.draft(r))
			assert.Equal(t, c.ok, err == nil, "%v", err)
			requests := r.server.Requests(authtest.PathToken)
			require.Len(t, requests, c.requests)
			seen := map[any]bool{}
			for _, request := range requests {
				_, claims := assertionOf(t, request.Form.Get("assertion"))
				assert.False(t, seen[claims["jti"]], "an ID came twice")
				seen[claims["jti"]] = true
			}
		})
	}

	// One that is wrong for another reason is not tried again and again.
	test := askGrants(t)[auth.GrantJWTBearer]
	r := newRig(t, test.params)
	r.server.Script(authtest.PathToken, authtest.JSON(400, `{"error":"invalid_grant"}`))
	_, _, err := r.direct(test.draft(r))
	require.Error(t, err)
	assert.Len(t, r.server.Requests(authtest.PathToken), 1)
}
