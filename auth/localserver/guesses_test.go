package localserver

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// waits notes for how long answers would be held back.
type waits struct{ all []time.Duration }

func (w *waits) hold(_ context.Context, d time.Duration) { w.all = append(w.all, d) }

func newGuesses() (*guesses, *waits, *clock) {
	w, c := &waits{}, &clock{at: time.Now()}
	return &guesses{now: c.now, hold: w.hold, base: guessHold, subjects: map[string]*subject{}}, w, c
}

func guess(right bool) func() (bool, error) { return func() (bool, error) { return right, nil } }

func TestWrongGuessesAreHeldBackLongerEachTime(t *testing.T) {
	g, w, clock := newGuesses()
	try := func(name string, right bool) {
		ok, err := g.try(t.Context(), name, guess(right))
		require.NoError(t, err)
		require.Equal(t, right, ok)
	}
	for range 7 {
		try("mara", false)
	}
	ms := time.Millisecond
	assert.Equal(t, []time.Duration{500 * ms, 1000 * ms, 2000 * ms, 4000 * ms, 8000 * ms, 8000 * ms, 8000 * ms}, w.all, "and no longer than that")
	try("MARA", false)
	assert.Equal(t, 8000*ms, w.all[7], "capitals aside")
	try("other", false)
	assert.Equal(t, 500*ms, w.all[8], "each name has its own")
	try("mara", true)
	assert.Zero(t, w.all[9])
	try("mara", false)
	assert.Equal(t, 500*ms, w.all[10], "a right one starts anew")
	try("mara", false)
	clock.forward(guessMemory)
	try("mara", false)
	assert.Equal(t, 500*ms, w.all[12], "and so does time")
}

// Connections that hang up must not be a way around the wait, nor many at once.
func TestOneGuessAtATime(t *testing.T) {
	g, _, _ := newGuesses()
	held, release := make(chan struct{}), make(chan struct{})
	g.hold = func(ctx context.Context, d time.Duration) {
		if d == 0 {
			return
		}
		assert.NoError(t, ctx.Err(), "the one who hangs up waits all the same")
		close(held)
		<-release
	}
	gone, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = g.try(gone, "mara", func() (bool, error) { cancel(); return false, nil })
	}()
	<-held
	impatient, stop := context.WithCancel(t.Context())
	stop()
	_, err := g.try(impatient, "mara", func() (bool, error) {
		t.Error("another guess was looked at meanwhile")
		return true, nil
	})
	require.ErrorIs(t, err, context.Canceled)
	_, err = g.try(t.Context(), "somebody else", guess(true))
	require.NoError(t, err, "others don't wait")
	close(release)
	<-done
}

func TestAFailureIsNoGuess(t *testing.T) {
	g, w, _ := newGuesses()
	failed := errors.New("no disk")
	_, err := g.try(t.Context(), "mara", func() (bool, error) { return false, failed })
	require.ErrorIs(t, err, failed)
	assert.Empty(t, w.all)
}

func TestWhatIsRememberedOfGuessesIsBounded(t *testing.T) {
	g, _, clock := newGuesses()
	for i := range guessSubject + 10 {
		clock.forward(time.Second)
		_, err := g.try(t.Context(), fmt.Sprint(i), guess(false))
		require.NoError(t, err)
	}
	assert.Len(t, g.subjects, guessSubject)
	assert.NotContains(t, g.subjects, Hash("0"), "the oldest goes")
	assert.Contains(t, g.subjects, Hash(fmt.Sprint(guessSubject)))
}

// The sign-in page and the password grant count together, and user codes too.
func TestTheWaitIsSharedBetweenPageAndGrant(t *testing.T) {
	b := start(t)
	c := b.newClient("legacy", nil)
	w := &waits{}
	b.server.provider.guesses.hold, b.server.provider.guesses.base = w.hold, guessHold
	b.signIn(b.authorize(), "wrong")
	b.as(c, pathToken, pairs("grant_type", "password", "username", "ANALYST ", "password", "wrong", "scope", "reports.read"))
	other := newSession(b)
	other.signIn(other.authorize(), "wrong")
	assert.Equal(t, []time.Duration{guessHold, 2 * guessHold, 4 * guessHold}, w.all)
	w.all = nil
	for range 3 {
		b.enter("BBBB-BBBB")
	}
	assert.Equal(t, []time.Duration{guessHold, 2 * guessHold, 4 * guessHold}, w.all, "guesses of user codes are held back all together")
}
