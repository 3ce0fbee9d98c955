package localserver

import (
	"context"
	"sync"
	"time"

	"tokenwell/auth"
)

// How wrong guesses are held back: each time twice as long, and what is
// remembered of them is bounded.
const (
	guessSteps   = 5 // from guessHold to sixteen times as long
	guessHold    = 500 * time.Millisecond
	guessMemory  = 15 * time.Minute
	guessSubject = 1024
)

// guesses bounds how fast passwords and user codes can be guessed, however many
// connections there are: for each subject one try at a time, and after a wrong
// one the next has to wait. Safe for concurrent use.
type guesses struct {
	now  func() time.Time
	hold func(ctx context.Context, d time.Duration)
	base time.Duration

	mu       sync.Mutex
	subjects map[string]*subject
}

type subject struct {
	turn  chan struct{}
	users int // how many wait for or have their turn
	wrong int // since the last right one
	last  time.Time
}

// try has check look at a guess when its turn has come. The answer to a wrong
// one is held back.
func (g *guesses) try(ctx context.Context, name string, check func() (bool, error)) (bool, error) {
	key := Hash(auth.FoldName(name))
	s := g.enter(key)
	defer g.leave(s)
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	ok, err := check()
	if err != nil {
		return false, err
	}
	// whoever hangs up waits all the same: else a closed connection would be a
	// way around
	g.hold(context.WithoutCancel(ctx), g.note(s, ok))
	return ok, nil
}

// note counts a guess and returns for how long its answer is held back.
func (g *guesses) note(s *subject, ok bool) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	at := g.now()
	if ok || at.Sub(s.last) >= guessMemory {
		s.wrong = 0
	}
	s.last = at
	if ok {
		return 0
	}
	wait := g.base << min(s.wrong, guessSteps-1)
	s.wrong++
	return wait
}

func (g *guesses) enter(key string) *subject {
	g.mu.Lock()
	defer g.mu.Unlock()
	s, ok := g.subjects[key]
	if !ok {
		g.tidy()
		s = &subject{turn: make(chan struct{}, 1), last: g.now()}
		g.subjects[key] = s
	}
	s.users++
	return s
}

func (g *guesses) leave(s *subject) {
	g.mu.Lock()
	defer g.mu.Unlock()
	s.users--
}

// tidy makes room for one more: the one that was quiet for longest goes.
func (g *guesses) tidy() {
	if len(g.subjects) < guessSubject {
		return
	}
	oldest := ""
	for key, s := range g.subjects {
		if s.users == 0 && (oldest == "" || s.last.Before(g.subjects[oldest].last)) {
			oldest = key
		}
	}
	delete(g.subjects, oldest)
}
