package guitest

import (
	"context"
	"slices"

	"tokenwell/auth"
)

// ConsentCalls hold the open questions to the user and the snippets.
type ConsentCalls struct {
	Texts []auth.Snippet // what Snippets returns
	// Offers is how many windows offer to ask the user at present.
	Offers int

	OnAnswer func(id string, answer auth.ConsentAnswer) error

	questions []auth.Consent
}

// Ask puts a question to the user.
func (e *Engine) Ask(questions ...auth.Consent) {
	e.mu.Lock()
	e.questions = append(e.questions, questions...)
	e.mu.Unlock()
	e.Emit(auth.Event{Kind: auth.EventConsent})
}

// Forget ends a question that nobody has answered and tells whether it was open.
func (e *Engine) Forget(id string) bool {
	e.mu.Lock()
	before := len(e.questions)
	e.questions = slices.DeleteFunc(e.questions, func(q auth.Consent) bool { return q.ID == id })
	found := len(e.questions) < before
	e.mu.Unlock()
	e.Emit(auth.Event{Kind: auth.EventConsent})
	return found
}

// Consents implements auth.HandOuts.
func (e *Engine) Consents() []auth.Consent {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.questions)
}

// AnswerConsent implements auth.HandOuts.
func (e *Engine) AnswerConsent(_ context.Context, id string, answer auth.ConsentAnswer) error {
	e.called("answer %s %s", id, answer)
	if e.OnAnswer != nil {
		if err := e.OnAnswer(id, answer); err != nil {
			return err
		}
	}
	if !e.Forget(id) {
		return auth.ErrNotFound
	}
	return nil
}

// OfferConsent implements auth.HandOuts.
func (e *Engine) OfferConsent() func() {
	add := func(n int) {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.Offers += n
	}
	add(1)
	return func() { add(-1) }
}

// RecordCopy implements auth.HandOuts.
func (e *Engine) RecordCopy(_ context.Context, id, what string) { e.called("copied %s %s", id, what) }

// Snippets implements the window's engine.
func (e *Engine) Snippets(_ context.Context, id string) ([]auth.Snippet, error) {
	_, err := e.get(id)
	return e.Texts, err
}
