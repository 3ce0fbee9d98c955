package db_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db/dbtest"
)

// A name that was looked up a moment ago is looked up again after a change.
func TestIDOfAfterRename(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	a := dbtest.Create(t, d, func(a *auth.Authorization) { a.Name = "First" })
	for i, next := 0, "Second"; i < 10; i++ {
		last := map[string]string{"First": "Second", "Second": "First"}[next]
		for until := time.Now().Add(20 * time.Millisecond); time.Now().Before(until); {
			id, err := d.IDOf(ctx, last) // so often that it is answered from what was read
			require.NoError(t, err)
			require.Equal(t, a.ID, id)
		}
		renamed := make(chan error)
		go func() { renamed <- d.Rename(ctx, a.ID, next, "") }()
		for open := true; open; {
			select {
			case err := <-renamed:
				require.NoError(t, err)
				open = false
			default:
				_, _ = d.IDOf(ctx, last)
			}
		}
		_, err := d.IDOf(ctx, last)
		require.ErrorIs(t, err, auth.ErrNotFound)
		id, err := d.IDOf(ctx, next)
		require.NoError(t, err)
		assert.Equal(t, a.ID, id)
		next = last
	}
}
