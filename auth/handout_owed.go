package auth

import (
	"context"
	"time"
)

var _ HandOuts = (*Engine)(nil)

// HandOut gives a program an access token. The error is a *Failure; EndOf says
// how a program should take it.
func (e *Engine) HandOut(ctx context.Context, r HandOutRequest) (HandedOut, error) {
	_, _ = ctx, r
	return HandedOut{}, ErrNotSupported
}

// HandOutList returns what programs may see of all authorizations, by name. It
// works while the vault is locked.
func (e *Engine) HandOutList(ctx context.Context) ([]HandOutListing, error) {
	_ = ctx
	return nil, ErrNotSupported
}

// IDOf returns the ID of the authorization with a Friendly Name; a *Failure with
// CodeUnknownName when there is none.
func (e *Engine) IDOf(ctx context.Context, name string) (string, error) {
	return e.store.IDOf(ctx, name)
}

// EndOf tells how a program should take an error of the engine; nil is EndOK.
func EndOf(err error) HandOutEnd {
	if err == nil {
		return EndOK
	}
	return EndOther
}

// Matches tells whether the tokens may be sent to host, given as "name" or
// "name:port", compared without case (T48).
func (r HandOutRule) Matches(host string) bool { _ = host; return false }

// HandOutRule implements HandOuts.
func (e *Engine) HandOutRule(ctx context.Context, id string) (HandOutRule, error) {
	r, err := e.load(ctx, id)
	return r.Rule, err
}

// SetHandOutRule implements HandOuts.
func (e *Engine) SetHandOutRule(ctx context.Context, id string, rule HandOutRule) error {
	return e.store.SetHandOutRule(ctx, id, rule)
}

// Consents implements HandOuts.
func (e *Engine) Consents() []Consent { return nil }

// AnswerConsent implements HandOuts.
func (e *Engine) AnswerConsent(ctx context.Context, id string, answer ConsentAnswer) error {
	_, _, _ = ctx, id, answer
	return ErrNotFound
}

// OfferConsent implements HandOuts.
func (e *Engine) OfferConsent() (withdraw func()) { return func() {} }

// UsedBy implements HandOuts.
func (e *Engine) UsedBy(ctx context.Context, id string) ([]UsedBy, error) {
	return e.store.UsedBy(ctx, id)
}

// Activity implements HandOuts.
func (e *Engine) Activity(ctx context.Context, q ActivityQuery) (ActivityPage, error) {
	return e.store.Activity(ctx, q)
}

// ExportActivity implements HandOuts.
func (e *Engine) ExportActivity(ctx context.Context, q ActivityQuery) ([]byte, error) {
	_, _ = ctx, q
	return nil, ErrNotSupported
}

// RecordCopy implements HandOuts.
func (e *Engine) RecordCopy(ctx context.Context, id, what string) { _, _, _ = ctx, id, what }

// SettingActivityDays is the setting that says for how many days activity is
// kept: a whole number from 1 to 3650; anything else: as ActivityKept.
const SettingActivityDays = "activity_days"

var _ = time.Second
