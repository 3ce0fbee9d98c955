package auth

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// lockless is a store whose locks can't be had.
type lockless struct{ Store }

func (lockless) Lock(context.Context, string) (func(), error) { return nil, errors.New("locked") }

// A refresh that ends after the scheduler, whose queue of ends is full, holds
// the engine's end up for nobody.
func TestTheEndOfARefreshAfterTheScheduler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &Engine{store: lockless{}, catalog: &Catalog{}, now: time.Now}
		e.ctx, e.cancel = context.WithCancel(context.Background())
		s := &scheduler{e: e, busy: map[string]bool{}, ended: make(chan jobEnd, 1)}
		s.ended <- jobEnd{id: "before"}
		assert.True(t, s.start(Due{ID: "last"}, func() {}))
		closed := make(chan struct{})
		go func() {
			e.Close()
			close(closed)
		}()
		synctest.Wait()
		select {
		case <-closed:
		default:
			assert.Fail(t, "the engine does not end")
			<-s.ended
		}
	})
}
