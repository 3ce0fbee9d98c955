package localserver

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

func TestChangesAreToldTogether(t *testing.T) {
	r, _, _ := newRegistry(t)
	synctest.Test(t, func(t *testing.T) {
		told := 0
		cancel := r.Subscribe(func() { told++ })
		other := r.Subscribe(func() {})
		for _, name := range []string{"a", "b", "c"} {
			_, err := r.SaveClient(t.Context(), r.named(name))
			require.NoError(t, err)
		}
		r.server.requests.add(auth.LocalLogEntry{})
		assert.Zero(t, told)
		time.Sleep(coalesce)
		synctest.Wait()
		assert.Equal(t, 1, told)
		time.Sleep(time.Minute)
		assert.Equal(t, 1, told)
		require.NoError(t, r.ClearLog(t.Context()))
		time.Sleep(coalesce)
		synctest.Wait()
		assert.Equal(t, 2, told)
		cancel()
		require.NoError(t, r.ClearLog(t.Context()))
		time.Sleep(coalesce)
		synctest.Wait()
		assert.Equal(t, 2, told)
		other()
	})
}

func TestTheLogIsWrittenSomeAtATime(t *testing.T) {
	r, store, _ := newRegistry(t)
	synctest.Test(t, func(t *testing.T) {
		for range LogLength + 3 {
			r.server.requests.add(auth.LocalLogEntry{Endpoint: "token"})
		}
		time.Sleep(logDelay - time.Millisecond)
		synctest.Wait()
		assert.Empty(t, store.log)
		time.Sleep(time.Millisecond)
		synctest.Wait()
		assert.Len(t, store.log, LogLength)
		store.fail = auth.ErrStorage
		r.server.requests.add(auth.LocalLogEntry{})
		time.Sleep(logDelay)
		synctest.Wait()
		assert.Empty(t, r.server.requests.pending, "nothing piles up while the disk is full")
		store.fail = nil
	})
}
