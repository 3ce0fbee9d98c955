package localserver

import (
	"sync/atomic"
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
		var told atomic.Int32
		cancel := r.Subscribe(func() { told.Add(1) })
		other := r.Subscribe(func() {})
		for _, name := range []string{"a", "b", "c"} {
			_, err := r.SaveClient(t.Context(), r.named(name))
			require.NoError(t, err)
		}
		r.server.requests.add(auth.LocalLogEntry{})
		assert.Zero(t, told.Load())
		time.Sleep(coalesce)
		synctest.Wait()
		assert.EqualValues(t, 1, told.Load())
		time.Sleep(time.Minute)
		assert.EqualValues(t, 1, told.Load())
		require.NoError(t, r.ClearLog(t.Context()))
		time.Sleep(coalesce)
		synctest.Wait()
		assert.EqualValues(t, 2, told.Load())
		cancel()
		require.NoError(t, r.ClearLog(t.Context()))
		time.Sleep(coalesce)
		synctest.Wait()
		assert.EqualValues(t, 2, told.Load())
		other()
	})
}

func TestTheLogIsWrittenSomeAtATime(t *testing.T) {
	r, store, _ := newRegistry(t)
	synctest.Test(t, func(t *testing.T) {
		for range LogLength + 3 {
			r.server.requests.add(auth.LocalLogEntry{Endpoint: "token"})
		}
		written := func() int {
			entries, err := store.Log(t.Context(), "", LogLength+9)
			require.NoError(t, err)
			return len(entries)
		}
		time.Sleep(logDelay - time.Millisecond)
		synctest.Wait()
		assert.Zero(t, written())
		time.Sleep(time.Millisecond)
		synctest.Wait()
		assert.Equal(t, LogLength, written())
		store.failWith(auth.ErrStorage)
		r.server.requests.add(auth.LocalLogEntry{})
		time.Sleep(logDelay)
		synctest.Wait()
		store.failWith(nil)
		require.NoError(t, r.server.requests.flush(t.Context()))
		assert.Equal(t, LogLength, written(), "nothing piles up while the disk is full")
	})
}
