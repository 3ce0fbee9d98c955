package auth

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"
)

// The scheduler's own times.
const (
	// lookEvery is how long the scheduler sleeps at most: timers stand still
	// while the machine is asleep, so it looks at the wall clock (R20).
	lookEvery = 30 * time.Second
	// clockJump is a step of the wall clock that is no drift (R19).
	clockJump = 2 * time.Minute
	// spreadStep is the time between two refreshes, on average, of those that a
	// jump of the clock made due together; spreadLongest bounds the whole.
	spreadStep    = 250 * time.Millisecond
	spreadLongest = 10 * time.Minute
	// farPlan: plans that lie further ahead are checked at the start, for they
	// may be the work of a clock that ran ahead.
	farPlan = 24 * time.Hour
	allRows = 1 << 30
)

// scheduler refreshes authorizations ahead of time, from one goroutine that
// starts one more for each refresh. Its plan stands in the store; in memory is
// only what is due now, so that a missed event costs nothing but the wait until
// the next look.
type scheduler struct {
	e *Engine

	wall  time.Time     // at the last look
	mono  time.Duration // at the last look
	looks time.Duration // when to look at the store next
	swept bool          // the plans of the time before were checked
	noted time.Time     // when the user was told last of what ends soon

	queues map[string][]Due         // what is due, by endpoint, those used last first
	order  []string                 // the endpoints of queues, the most urgent first
	busy   map[string]bool          // being refreshed
	held   map[string]held          // due, but to be spread after a jump of the clock
	failed map[string]time.Duration // when a refresh failed that may be due again
	ended  chan jobEnd              // refreshes that have ended
}

// jobEnd is the end of one refresh.
type jobEnd struct {
	id     string
	failed bool
}

// held is a row that waits for its turn after a jump of the clock.
type held struct {
	due    Due
	at     time.Duration
	queued bool // its time has come
}

// kickScheduler makes the scheduler look at once.
func (e *Engine) kickScheduler() {
	select {
	case e.kick <- struct{}{}:
	default:
	}
}

// mono is the time since the engine was made, on a clock that nobody sets.
func (e *Engine) mono() time.Duration { return time.Since(e.began) }

// runScheduler refreshes what is due until Close.
func (e *Engine) runScheduler() {
	s := &scheduler{
		e: e, wall: e.now(), mono: e.mono(), busy: map[string]bool{}, held: map[string]held{},
		failed: map[string]time.Duration{}, ended: make(chan jobEnd, jobsInAll),
	}
	e.readMargin(e.ctx)
	for {
		s.look()
		wait := s.dispatch()
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-e.kick:
			s.looks = 0
		case <-e.room:
		case end := <-s.ended:
			delete(s.busy, end.id)
			if delete(s.failed, end.id); end.failed {
				s.failed[end.id] = s.e.mono()
			}
		case <-e.ctx.Done():
			timer.Stop()
			return // Close waits for the refreshes themselves
		}
		timer.Stop()
	}
}

// look compares the clocks and reads what is due, at most every lookEvery
// unless something calls for it.
func (s *scheduler) look() {
	wall, mono := s.e.now(), s.e.mono()
	jump := wall.Round(0).Sub(s.wall.Round(0)) - (mono - s.mono)
	s.wall, s.mono = wall, mono
	jumped := jump.Abs() > clockJump
	if jumped {
		s.e.log.Info("the clock has jumped", "by", jump)
		s.e.traffic.reset()
	}
	if !jumped && mono < s.looks {
		return
	}
	s.e.traffic.linkChanged()
	s.e.readMargin(s.e.ctx)
	switch {
	case jumped && jump < 0:
		s.sweep(wall, jump)
	case !s.swept && s.looks > 0: // not at the first look: the start is the user's
		s.sweep(wall.Add(farPlan), 0)
		s.swept = true
	}
	s.read(jumped && jump > 0)
	s.looks = mono + s.untilNext()
	if wall.Sub(s.noted).Abs() >= endingsEvery {
		s.noted = wall
		s.e.spawn(s.e.noteEndings)
		s.e.spawn(s.e.pruneActivity)
	}
}

// untilNext is how long nothing new becomes due, at most lookEvery.
func (s *scheduler) untilNext() time.Duration {
	// What is due already may stay so for a while: it is in the queues.
	next, err := s.e.store.NextRefresh(s.e.ctx, s.wall)
	if err == nil && !next.IsZero() {
		return min(next.Sub(s.wall), lookEvery)
	}
	return lookEvery
}

// read fills the queues with what is due. With spread, what was not due before
// gets its turn one after the other.
func (s *scheduler) read(spread bool) {
	due, err := s.e.store.DueRefreshes(s.e.ctx, s.wall, allRows)
	if err != nil {
		if s.e.ctx.Err() == nil && !errors.Is(err, ErrVaultLocked) {
			s.e.log.Error("what is due could not be read", "error", err)
		}
		return
	}
	if spread {
		step := min(spreadStep, spreadLongest/time.Duration(max(len(due), 1)))
		for i, d := range due {
			s.held[d.ID] = held{due: d, at: s.mono + time.Duration(i)*step + jitter(step)}
		}
	}
	if len(due) == 0 && len(s.held) == 0 {
		s.e.noneWaits()
	}
	s.queues, s.order = map[string][]Due{}, nil
	for id, h := range s.held {
		h.queued = false // dispatch puts those back whose time has come
		s.held[id] = h
	}
	s.rotate(due)
	for _, d := range due {
		if _, waits := s.held[d.ID]; !waits {
			s.enqueue(d)
		}
	}
}

// rotate puts those that have failed behind the others, so that one whose own
// connection is at fault does not stand for its whole host.
func (s *scheduler) rotate(due []Due) {
	maps.DeleteFunc(s.failed, func(_ string, at time.Duration) bool { return s.mono-at > retryLongest })
	if len(s.failed) > 0 {
		slices.SortStableFunc(due, func(a, b Due) int { return cmp.Compare(s.failed[a.ID], s.failed[b.ID]) })
	}
}

func (s *scheduler) enqueue(d Due) {
	if s.busy[d.ID] {
		return
	}
	if _, known := s.queues[d.Endpoint]; !known {
		s.order = append(s.order, d.Endpoint)
	}
	s.queues[d.Endpoint] = append(s.queues[d.Endpoint], d)
}

// sweep finds rows planned after from whose tokens were issued at a time that
// is yet to come: the clock was set back, and their plan is worth nothing. They
// are refreshed when they would have been by the old clock, shift earlier; a
// shift of zero means that the old clock is not known.
func (s *scheduler) sweep(from time.Time, shift time.Duration) {
	planned, err := s.e.store.DueRefreshes(s.e.ctx, s.wall.AddDate(100, 0, 0), allRows)
	if err != nil {
		return
	}
	for _, d := range planned {
		if !d.At.After(from) || s.e.ctx.Err() != nil {
			continue
		}
		r, err := s.e.store.Load(s.e.ctx, d.ID)
		if err != nil || !misdated(r, s.wall) {
			continue
		}
		wait := jitter(spreadLongest)
		if shift != 0 {
			wait = max(d.At.Add(shift).Sub(s.wall), 0) + jitter(spreadStep*time.Duration(1+len(s.held)))
		}
		s.held[d.ID] = held{due: d, at: s.mono + wait}
	}
}

// misdated tells whether the tokens of r were issued by a clock that was ahead.
func misdated(r Record, now time.Time) bool { return r.Status.IssuedAt.Sub(now) > clockJump }

// dispatch starts as many refreshes as may be under way, and returns how long
// nothing else can be started unless one of them ends.
func (s *scheduler) dispatch() time.Duration {
	now := s.e.mono()
	wait := max(s.looks-now, 0)
	for id, h := range s.held {
		switch {
		case h.queued:
		case h.at > now:
			wait = min(wait, h.at-now)
		default:
			h.queued = true
			s.held[id] = h
			s.enqueue(h.due)
		}
	}
	for started := true; started && !s.e.traffic.full(); {
		started = false
		for _, endpoint := range s.order { // one of each: no endpoint keeps another from its turn
			queue := s.queues[endpoint]
			if len(queue) == 0 {
				continue
			}
			done, blocked := s.e.traffic.admit(queue[0].ID, endpoint)
			if done == nil {
				wait = min(wait, blocked)
				continue
			}
			s.queues[endpoint] = queue[1:]
			started = s.start(queue[0], done) || started
		}
	}
	s.order = slices.DeleteFunc(s.order, func(endpoint string) bool { return len(s.queues[endpoint]) == 0 })
	maps.DeleteFunc(s.queues, func(_ string, queue []Due) bool { return len(queue) == 0 })
	return max(wait, time.Millisecond)
}

// start begins one refresh.
func (s *scheduler) start(d Due, done func()) bool {
	s.busy[d.ID] = true
	delete(s.held, d.ID)
	if s.e.spawn(func() {
		ok := s.e.refreshDue(d.ID)
		done()
		select {
		case s.ended <- jobEnd{d.ID, !ok}:
		case <-s.e.ctx.Done(): // nobody asks any more
		}
	}) {
		return true
	}
	done()
	return false
}

// refreshDue refreshes a row that is still due under its lock. Someone else,
// the user or another process, may have refreshed, paused or changed it since
// it was read. It reports false when a request was made in vain.
func (e *Engine) refreshDue(id string) (ok bool) {
	release, err := e.lock(id)
	if err != nil {
		return true
	}
	defer release()
	ctx, cancel := context.WithTimeout(e.ctx, readTimeout)
	defer cancel()
	r, err := e.store.Load(ctx, id)
	if err != nil || !e.isDue(r) {
		return true // deleted, changed outside, the vault locked: nothing to act on
	}
	_, err = e.renew(ctx, r)
	var failure *Failure
	if !errors.As(err, &failure) {
		return true
	}
	e.log.Info("automatic refresh failed", "authorization", id, "code", failure.Code, "state", failure.State)
	if failure.State == StateNeedsSignIn || failure.State == StateNeedsAttention {
		e.publish(EventAttention, id)
	}
	return false
}

// isDue tells whether the plan of r has come.
func (e *Engine) isDue(r Record) bool {
	now, s := e.now(), r.Status
	switch s.State {
	case StateUnknown, StateRefreshing: // commit protocol, step 7; whatever the user set
	case StateActive:
		if !r.Authorization.AutoRefresh {
			return false
		}
	default:
		return false
	}
	return !s.NextRefreshAt.IsZero() && (!s.NextRefreshAt.After(now) || misdated(r, now))
}
