package auth

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
)

// How the user is spared.
const (
	// consentsAtOnce bounds the open questions: more is a flood, not a wish.
	consentsAtOnce = 20
	// waitersAtOnce bounds the programs that wait for answers, and those that wait
	// for sign-ins: those that need neither must still be heard.
	waitersAtOnce = 256
	// After refusalsInRow questions about a program in a row that ended with a
	// no, each within refusalQuiet of the one before, it is not asked about for
	// refusalQuiet.
	refusalsInRow = 3
	refusalQuiet  = 5 * time.Minute
	// refusalsKept bounds what is remembered of that.
	refusalsKept = 1000
)

// consents are the questions to the user, and what was answered for a while.
// The zero value is ready.
type consents struct {
	ruling sync.Mutex // held while a rule is read and written

	mu       sync.Mutex
	windows  int // that ask the user
	open     []*question
	hours    map[consentKey]time.Duration // until when AllowHour holds, on the monotonic clock
	refusals map[consentKey]refusals
}

// consentKey is what a question is about. The process counts only when the
// program could not be found out: nothing else tells it from others then.
type consentKey struct {
	id, path, script string
	pid              int
}

// question is one that is open. Its fields but the channel are guarded by consents.mu.
type question struct {
	Consent
	key     consentKey
	until   time.Duration // its Deadline on the monotonic clock
	timer   *time.Timer
	waiting int  // programs
	taken   bool // an answer came and is being stored

	done chan struct{} // closed at the end; what follows is final then
	end  consentEnd
}

// consentEnd is how a question ended: an answer, or a code when nobody gave one.
type consentEnd struct {
	answer ConsentAnswer
	code   string
}

// refusals are questions about a program that ended with a no, in a row.
type refusals struct {
	count int
	last  time.Duration // on the monotonic clock
	code  string
}

// keyOf is what a question about h is about.
func keyOf(h *handing) consentKey {
	a := h.request.Asker
	key := consentKey{id: h.record.Authorization.ID, path: a.Path, script: a.Script}
	if a.Path == "" {
		key.pid = a.PID
	}
	return key
}

// OfferConsent implements HandOuts.
func (e *Engine) OfferConsent() (withdraw func()) {
	c := &e.consents
	c.mu.Lock()
	c.windows++
	c.mu.Unlock()
	return sync.OnceFunc(func() {
		c.mu.Lock()
		var orphans []*question
		if c.windows--; c.windows == 0 {
			orphans = slices.Clone(c.open)
		}
		for _, q := range orphans {
			e.endQuestion(q, consentEnd{code: CodeNobodyToAsk})
		}
		c.mu.Unlock()
		if len(orphans) > 0 {
			e.publish(EventConsent, "")
		}
	})
}

// Consents implements HandOuts.
func (e *Engine) Consents() []Consent {
	c := &e.consents
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make([]Consent, 0, len(c.open))
	for _, q := range c.open {
		if !q.taken && !e.overdue(q) {
			all = append(all, q.Consent)
		}
	}
	return all
}

// askUser asks whether the program of h may have its token. Programs that ask
// the same at the same time share the question.
func (e *Engine) askUser(ctx context.Context, h *handing) error {
	for {
		q, err := e.question(ctx, h)
		if err != nil || q == nil {
			return err
		}
		select {
		case <-q.done:
		case <-ctx.Done():
			e.leaveQuestion(q)
			return ErrCancelled
		case <-e.ctx.Done():
			return ErrCancelled
		}
		switch end := q.end; {
		case end.code != "":
			return &CodedError{Code: end.code}
		case end.answer == AllowOnce && q.Host != h.host:
			continue // it was allowed for another host: that is a question of its own
		case end.answer == AllowOnce:
			h.why = ActivityDetailOnce
		case end.answer == AllowHour:
			h.why = ActivityDetailHour
		default:
			h.why = ActivityDetailAlways
		}
		return nil
	}
}

// question joins the open question about h or opens one; nil when none is
// needed, for the user has answered for a while.
func (e *Engine) question(ctx context.Context, h *handing) (*question, error) {
	c, key := &e.consents, keyOf(h)
	c.mu.Lock()
	q, err := e.openQuestion(h, key)
	if q != nil {
		q.waiting++
	}
	c.mu.Unlock()
	if q != nil || err != nil || h.why != "" {
		return q, err
	}
	fresh := e.newQuestion(ctx, h, key)
	c.mu.Lock()
	// Someone may have opened it, or answered, meanwhile.
	if q, err = e.openQuestion(h, key); q == nil && err == nil && h.why == "" {
		q = fresh
		q.until = e.mono() + ConsentTimeout
		q.Deadline = e.now().UTC().Add(ConsentTimeout)
		q.timer = time.AfterFunc(ConsentTimeout, func() { e.questionTimedOut(q) })
		c.open = append(c.open, q)
		defer e.publish(EventConsent, "")
	}
	if q != nil {
		q.waiting++
	}
	c.mu.Unlock()
	return q, err
}

// openQuestion returns the open question about key, or what stands in the place
// of one: an answer from before in h.why, or why nobody is asked. The mutex is held.
func (e *Engine) openQuestion(h *handing, key consentKey) (*question, error) {
	c, now := &e.consents, e.mono()
	if until, ok := c.hours[key]; ok && now < until {
		h.why = ActivityDetailHour
		return nil, nil
	}
	for _, q := range c.open {
		if q.key == key && !e.overdue(q) {
			if c.waiters() >= waitersAtOnce {
				return nil, &CodedError{Code: CodeNotAnswered}
			}
			return q, nil
		}
	}
	before := c.refusals[key]
	switch quiet := now-before.last < refusalQuiet; {
	case c.windows == 0:
		return nil, &CodedError{Code: CodeNobodyToAsk}
	case before.count >= refusalsInRow && quiet:
		return nil, &CodedError{Code: before.code}
	case len(c.open) >= consentsAtOnce:
		return nil, &CodedError{Code: CodeNotAnswered}
	}
	return nil, nil
}

// waiters is how many programs wait for an answer. The mutex is held.
func (c *consents) waiters() (n int) {
	for _, q := range c.open {
		n += q.waiting
	}
	return n
}

// newQuestion is a question about h that is not open yet.
func (e *Engine) newQuestion(ctx context.Context, h *handing, key consentKey) *question {
	r := &h.record
	q := &question{key: key, done: make(chan struct{})}
	q.Consent = Consent{
		ID: uuid.NewString(), AuthorizationID: key.id, Name: r.Authorization.Name, Service: r.Authorization.ServiceName,
		Asker: h.request.Asker, Purpose: h.request.Purpose, Host: h.host, Scopes: e.scopesOf(r), Until: r.Status.Expiry.At,
	}
	used, err := e.store.UsedBy(ctx, key.id)
	if err != nil { // the user decides without
		e.log.Warn("who used an authorization could not be read", "authorization", key.id, "error", err)
	}
	for _, by := range used {
		if by.Allowed && key.path != "" && by.Asker.Path == key.path && by.Asker.Script == key.script && by.Last.After(q.Before) {
			q.Before = by.Last
		}
	}
	return q
}

// scopesOf are the scopes in force, in the words of the service where it has some.
func (e *Engine) scopesOf(r *Record) []Scope {
	svc, _ := e.catalog.Get(r.Authorization.ServiceID)
	var scopes []Scope
	for _, name := range r.scopesInForce() {
		scope := Scope{Name: name}
		if i := slices.IndexFunc(svc.Scopes, func(s Scope) bool { return s.Name == name }); i >= 0 {
			scope = svc.Scopes[i]
		}
		scopes = append(scopes, scope)
	}
	return scopes
}

// overdue tells whether nobody may answer any more, by either clock: one of
// them stands still while the machine is asleep. The mutex is held.
func (e *Engine) overdue(q *question) bool {
	return e.mono() >= q.until || !e.now().Before(q.Deadline)
}

// questionTimedOut answers with no, unless the user has.
func (e *Engine) questionTimedOut(q *question) {
	c := &e.consents
	c.mu.Lock()
	taken := q.taken
	if !taken {
		e.endQuestion(q, consentEnd{code: CodeNotAnswered})
	}
	c.mu.Unlock()
	if !taken {
		e.publish(EventConsent, "")
	}
}

// leaveQuestion takes back the question of a program that has gone, when no
// other waits.
func (e *Engine) leaveQuestion(q *question) {
	c := &e.consents
	c.mu.Lock()
	q.waiting--
	gone := q.waiting == 0 && !q.taken && slices.Contains(c.open, q)
	if gone {
		e.endQuestion(q, consentEnd{code: CodeCancelled})
	}
	c.mu.Unlock()
	if gone {
		e.publish(EventConsent, "")
	}
}

// endQuestion ends a question, once. The mutex is held; the caller publishes.
func (e *Engine) endQuestion(q *question, end consentEnd) {
	c := &e.consents
	i := slices.Index(c.open, q)
	if i < 0 {
		return
	}
	c.open = slices.Delete(c.open, i, i+1)
	q.timer.Stop()
	q.end = end
	close(q.done)
	switch end.code {
	case "":
		delete(c.refusals, q.key)
	case CodeDeniedByUser, CodeNotAnswered:
		c.refuse(q.key, end.code, e.mono())
	}
}

// refuse counts a no. The mutex is held.
func (c *consents) refuse(key consentKey, code string, now time.Duration) {
	if c.refusals == nil || len(c.refusals) >= refusalsKept {
		c.refusals = map[consentKey]refusals{}
	}
	before := c.refusals[key]
	if now-before.last >= refusalQuiet {
		before.count = 0
	}
	c.refusals[key] = refusals{count: before.count + 1, last: now, code: code}
}

// AnswerConsent implements HandOuts.
func (e *Engine) AnswerConsent(ctx context.Context, id string, answer ConsentAnswer) error {
	c := &e.consents
	c.mu.Lock()
	i := slices.IndexFunc(c.open, func(q *question) bool { return q.ID == id && !q.taken && !e.overdue(q) })
	if i < 0 {
		c.mu.Unlock()
		return ErrNotFound
	}
	q := c.open[i]
	q.taken = true // from here on time does not answer it
	c.mu.Unlock()

	end := consentEnd{answer: answer}
	var err error
	switch {
	case answer == AllowAlways && q.key.path != "":
		err = e.allowAlways(ctx, q.AuthorizationID, q.Asker)
	case answer == AllowHour && q.key.path != "", answer == AllowOnce:
	case answer == AllowAlways, answer == AllowHour: // nobody could tell the program from others the next time
		end.answer = AllowOnce
	default:
		end = consentEnd{code: CodeDeniedByUser}
	}

	c.mu.Lock()
	switch {
	case err == nil:
		if end.answer == AllowHour {
			c.allowHour(q.key, e.mono())
		}
		e.endQuestion(q, end)
	case e.overdue(q):
		e.endQuestion(q, consentEnd{code: CodeNotAnswered})
	default: // it could not be stored: the user may answer something else
		q.taken = false
	}
	c.mu.Unlock()
	e.publish(EventConsent, "")
	return err
}

// allowHour lets the program have it until ConsentHour is over. The mutex is held.
func (c *consents) allowHour(key consentKey, now time.Duration) {
	if c.hours == nil {
		c.hours = map[consentKey]time.Duration{}
	}
	for other, until := range c.hours {
		if now >= until {
			delete(c.hours, other)
		}
	}
	c.hours[key] = now + ConsentHour
}

// forget ends what was allowed for a while with an authorization.
func (c *consents) forget(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key := range c.hours {
		if key.id == id {
			delete(c.hours, key)
		}
	}
	for key := range c.refusals {
		if key.id == id {
			delete(c.refusals, key)
		}
	}
}
