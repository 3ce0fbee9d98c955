package auth

import "sync"

// publisher hands events to subscribers. The zero value is ready.
type publisher struct {
	mu   sync.Mutex
	next int
	subs map[int]func(Event)
}

// Subscribe calls f at each event, from any goroutine, until cancel is called.
// f must return quickly and must not call Close.
func (e *Engine) Subscribe(f func(Event)) (cancel func()) {
	p := &e.events
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.subs == nil {
		p.subs = map[int]func(Event){}
	}
	p.next++
	key := p.next
	p.subs[key] = f
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.subs, key)
	}
}

// Publish tells the subscribers of an event that came about outside the
// engine, such as EventLocal.
func (e *Engine) Publish(event Event) {
	e.events.mu.Lock()
	subs := make([]func(Event), 0, len(e.events.subs))
	for _, f := range e.events.subs {
		subs = append(subs, f)
	}
	e.events.mu.Unlock()
	// Outside the lock: a subscriber may subscribe or cancel.
	for _, f := range subs {
		f(event)
	}
}

func (e *Engine) publish(kind EventKind, id string) { e.Publish(Event{Kind: kind, ID: id}) }
