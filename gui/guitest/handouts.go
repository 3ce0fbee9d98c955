package guitest

import (
	"context"

	"tokenwell/auth"
)

// HandOutRule implements auth.HandOuts.
func (e *Engine) HandOutRule(context.Context, string) (auth.HandOutRule, error) {
	return auth.HandOutRule{}, nil
}

// SetHandOutRule implements auth.HandOuts.
func (e *Engine) SetHandOutRule(context.Context, string, auth.HandOutRule) error { return nil }

// Consents implements auth.HandOuts.
func (e *Engine) Consents() []auth.Consent { return nil }

// AnswerConsent implements auth.HandOuts.
func (e *Engine) AnswerConsent(context.Context, string, auth.ConsentAnswer) error { return nil }

// OfferConsent implements auth.HandOuts.
func (e *Engine) OfferConsent() func() { return func() {} }

// UsedBy implements auth.HandOuts.
func (e *Engine) UsedBy(context.Context, string) ([]auth.UsedBy, error) { return nil, nil }

// Activity implements auth.HandOuts.
func (e *Engine) Activity(context.Context, auth.ActivityQuery) (auth.ActivityPage, error) {
	return auth.ActivityPage{}, nil
}

// ExportActivity implements auth.HandOuts.
func (e *Engine) ExportActivity(context.Context, auth.ActivityQuery) ([]byte, error) { return nil, nil }

// RecordCopy implements auth.HandOuts.
func (e *Engine) RecordCopy(context.Context, string, string) {}

// Snippets implements gui.Engine.
func (e *Engine) Snippets(context.Context, string) ([]auth.Snippet, error) { return nil, nil }
