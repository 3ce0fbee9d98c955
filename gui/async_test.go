package gui

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/assert"
)

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
	var drawn []string
	r.ui(func() {
		drawn = append(drawn, "before")
		cancel()
		r.ui(func() { drawn = append(drawn, "after") })
	})
	r.ui(func() { drawn = append(drawn, "long after") })
	assert.Equal(t, []string{"before"}, drawn)
}
