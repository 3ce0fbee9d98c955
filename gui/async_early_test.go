package gui

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/assert"
)

func TestWhatIsReadEarlyIsInTheFirstFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRunner(t.Context())
		var done []string
		read := func(what string, d time.Duration, then func()) {
			async(r, func(context.Context) (string, error) {
				time.Sleep(d)
				return what, nil
			}, func(what string, _ error) {
				done = append(done, what)
				if then != nil {
					then()
				}
			})
		}
		read("rows", 20*time.Millisecond, func() { read("more", time.Millisecond, nil) })
		read("counts", 30*time.Millisecond, nil)
		assert.Empty(t, done, "nothing is drawn before the main goroutine asks")
		began := time.Now()
		r.early.settle(time.Second, func() bool { return len(done) == 3 })
		assert.Equal(t, []string{"rows", "more", "counts"}, done)
		assert.Equal(t, 30*time.Millisecond, time.Since(began), "it waits no longer than it has to")
	})
}

func TestASlowReadDoesNotKeepTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRunner(t.Context())
		var drawn, queued []string
		r.early.loop = func(f func()) { queued = append(queued, "something"); f() }
		r.ui(func() { drawn = append(drawn, "what was quick") })
		began := time.Now()
		r.early.settle(100*time.Millisecond, func() bool { return false })
		assert.Equal(t, 100*time.Millisecond, time.Since(began))
		assert.Equal(t, []string{"what was quick"}, drawn)
		assert.Empty(t, queued)
		r.ui(func() { drawn = append(drawn, "what was slow") })
		assert.Len(t, queued, 1, "what comes now is for the loop")
		assert.Len(t, drawn, 2)
	})
}

func TestAheadIsTakenOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		take := ahead(newRunner(t.Context()), func(context.Context) (int, error) {
			time.Sleep(time.Second)
			asked++
			return asked, nil
		})
		got, ok, err := take()
		assert.NoError(t, err)
		assert.True(t, ok)
		assert.Equal(t, 1, got, "it waits for what was begun")
		_, ok, _ = take()
		assert.False(t, ok)
	})
}

// Once its loop has ended the toolkit runs at once what it is given: nothing may
// change a window that has gone, least of all from there.
func TestNothingIsDrawnAfterTheEnd(t *testing.T) {
	test.NewTempApp(t)
	ctx, cancel := context.WithCancel(t.Context())
	r := newRunner(ctx)
	r.early.settle(0, func() bool { return true })
	var drawn []string
	r.ui(func() {
		drawn = append(drawn, "before")
		cancel()
		r.ui(func() { drawn = append(drawn, "after") })
	})
	r.ui(func() { drawn = append(drawn, "long after") })
	assert.Equal(t, []string{"before"}, drawn)
}
