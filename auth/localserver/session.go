package localserver

import (
	"crypto/rand"
	"maps"
	"sync"
	"time"
)

// How much of what browsers do is kept, and for how long.
const (
	maxRequests     = 256
	maxSessions     = 64
	requestLifetime = 10 * time.Minute
	sessionLifetime = 8 * time.Hour
)

// session is a browser in which a user has signed in.
type session struct {
	userID string
	authAt time.Time // when the password was typed
}

// browserState holds authorization requests that wait for the user and signed-in
// sessions. It is in memory on purpose: see the package comment.
type browserState struct {
	now      func() time.Time
	mu       sync.Mutex
	requests bounded[authorizationRequest]
	sessions bounded[session]
}

func newBrowserState(now func() time.Time) *browserState {
	return &browserState{
		now:      now,
		requests: bounded[authorizationRequest]{size: maxRequests, lifetime: requestLifetime},
		sessions: bounded[session]{size: maxSessions, lifetime: sessionLifetime},
	}
}

func (s *browserState) addRequest(req authorizationRequest) (id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests.add(s.now(), req)
}

func (s *browserState) request(id string) (authorizationRequest, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests.get(s.now(), id)
}

// updateRequest replaces a waiting request; a request that is gone stays gone.
func (s *browserState) updateRequest(id string, change func(*authorizationRequest)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.requests.entries[id]; ok {
		change(&e.value)
		s.requests.entries[id] = e
	}
}

// takeRequest returns and removes a request: a decision counts once.
func (s *browserState) takeRequest(id string) (authorizationRequest, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	req, ok := s.requests.get(s.now(), id)
	delete(s.requests.entries, id)
	return req, ok
}

func (s *browserState) addSession(userID string) (id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions.add(s.now(), session{userID: userID, authAt: s.now()})
}

func (s *browserState) session(id string) (session, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions.get(s.now(), id)
}

func (s *browserState) dropSession(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions.entries, id)
}

// endSessions signs a user out everywhere.
func (s *browserState) endSessions(userID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions.drop(func(one session) bool { return one.userID == userID })
}

// bounded is a map under random IDs whose entries end, at the latest when there
// are too many of them: then the oldest goes.
type bounded[T any] struct {
	size     int
	lifetime time.Duration
	added    uint64
	entries  map[string]entry[T]
}

type entry[T any] struct {
	value  T
	made   time.Time
	number uint64 // in the order of adding
}

func (b *bounded[T]) add(at time.Time, value T) (id string) {
	if b.entries == nil {
		b.entries = map[string]entry[T]{}
	}
	if len(b.entries) >= b.size {
		oldest := ""
		for id, e := range b.entries {
			if oldest == "" || e.number < b.entries[oldest].number {
				oldest = id
			}
		}
		delete(b.entries, oldest)
	}
	id = rand.Text()
	b.added++
	b.entries[id] = entry[T]{value: value, made: at, number: b.added}
	return id
}

func (b *bounded[T]) get(at time.Time, id string) (T, bool) {
	e, ok := b.entries[id]
	if !ok || at.Sub(e.made) >= b.lifetime {
		delete(b.entries, id)
		var none T
		return none, false
	}
	return e.value, true
}

// drop removes what which names.
func (b *bounded[T]) drop(which func(T) bool) {
	maps.DeleteFunc(b.entries, func(_ string, e entry[T]) bool { return which(e.value) })
}
