package guitest

import (
	"context"

	"tokenwell/auth"
)

// Actions answer the calls of the detail pane's actions in another way than
// the zero value does.
type Actions struct {
	OnTest       func(id, address string) (auth.TestResult, error)
	OnHistory    func(id string) ([]auth.HistoryEvent, error)
	OnInspect    func(id string) (auth.Inspection, error)
	OnIntrospect func(id string) (auth.Introspection, error)
	OnRevoke     func(id string) (auth.RevokeOutcome, error)
	OnPreview    func(d auth.Draft) (auth.AssertionPreview, error)

	Past    map[string][]auth.HistoryEvent
	Errors  []auth.Explanation
	NoLink  bool // Offline
	Exports []byte
	RuleErr error // returned by SetRefreshRule
}

// Pause implements the window's engine.
func (e *Engine) Pause(_ context.Context, id string) error {
	e.called("pause %s", id)
	return e.change(id, func(d *auth.Detail) { d.Status.State = auth.StatePaused })
}

// Resume implements the window's engine.
func (e *Engine) Resume(_ context.Context, id string) error {
	e.called("resume %s", id)
	return e.change(id, func(d *auth.Detail) { d.Status.State = auth.StateActive })
}

// SetRefreshRule implements the window's engine.
func (e *Engine) SetRefreshRule(_ context.Context, id string, auto bool, limit int) error {
	e.called("rule %s auto=%v limit=%d", id, auto, limit)
	if e.RuleErr != nil {
		return e.RuleErr
	}
	return e.change(id, func(d *auth.Detail) {
		d.Authorization.AutoRefresh, d.Authorization.RefreshLimit = auto, limit
		d.RefreshesLeft = auth.Record{Authorization: d.Authorization, Status: d.Status}.RefreshesLeft()
	})
}

// Test implements the window's engine.
func (e *Engine) Test(_ context.Context, id, address string) (auth.TestResult, error) {
	e.called("test %s %s", id, address)
	if e.OnTest != nil {
		return e.OnTest(id, address)
	}
	return auth.TestResult{Renewed: true}, nil
}

// History implements the window's engine.
func (e *Engine) History(_ context.Context, id string) ([]auth.HistoryEvent, error) {
	if e.OnHistory != nil {
		return e.OnHistory(id)
	}
	return e.Past[id], nil
}

// Inspect implements the window's engine.
func (e *Engine) Inspect(_ context.Context, id string) (auth.Inspection, error) {
	if e.OnInspect != nil {
		return e.OnInspect(id)
	}
	return auth.Inspection{}, nil
}

// Introspect implements the window's engine.
func (e *Engine) Introspect(_ context.Context, id string) (auth.Introspection, error) {
	e.called("introspect %s", id)
	if e.OnIntrospect != nil {
		return e.OnIntrospect(id)
	}
	return auth.Introspection{}, nil
}

// Export implements the window's engine.
func (e *Engine) Export(_ context.Context, id string) ([]byte, error) {
	e.called("export %s", id)
	return e.Exports, nil
}

// PreviewAssertion implements the window's engine.
func (e *Engine) PreviewAssertion(_ context.Context, d auth.Draft) (auth.AssertionPreview, error) {
	if e.OnPreview != nil {
		return e.OnPreview(d)
	}
	return auth.AssertionPreview{}, nil
}

// Explanations implements the window's engine.
func (e *Engine) Explanations() []auth.Explanation { return e.Errors }

// Offline implements the window's engine.
func (e *Engine) Offline() bool { return e.NoLink }
