package guitest

import (
	"context"

	"tokenwell/auth"
)

// HandOutRules are the rules of an Engine by the authorization's ID.
type HandOutRules struct {
	Rules map[string]auth.HandOutRule
	// HandOutErr is returned instead of a rule.
	HandOutErr error
}

// HandOutRule implements auth.HandOuts.
func (e *Engine) HandOutRule(_ context.Context, id string) (auth.HandOutRule, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.Rules[id], e.HandOutErr
}

// SetHandOutRule implements auth.HandOuts.
func (e *Engine) SetHandOutRule(_ context.Context, id string, rule auth.HandOutRule) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.Rules == nil {
		e.Rules = map[string]auth.HandOutRule{}
	}
	e.Rules[id] = rule
	return nil
}

// Consents implements auth.HandOuts.
func (e *Engine) Consents() []auth.Consent { return nil }

// AnswerConsent implements auth.HandOuts.
func (e *Engine) AnswerConsent(context.Context, string, auth.ConsentAnswer) error { return nil }

// OfferConsent implements auth.HandOuts.
func (e *Engine) OfferConsent() func() { return func() {} }

// RecordCopy implements auth.HandOuts.
func (e *Engine) RecordCopy(context.Context, string, string) {}

// Snippets implements gui.Engine.
func (e *Engine) Snippets(context.Context, string) ([]auth.Snippet, error) { return nil, nil }
