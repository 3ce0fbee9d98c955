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
	// OnSetRule may refuse a rule.
	OnSetRule func(id string, rule auth.HandOutRule) error
}

// HandOutRule implements auth.HandOuts.
func (e *Engine) HandOutRule(_ context.Context, id string) (auth.HandOutRule, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.Rules[id], e.HandOutErr
}

// SetHandOutRule implements auth.HandOuts.
func (e *Engine) SetHandOutRule(_ context.Context, id string, rule auth.HandOutRule) error {
	e.called("hand out %s %s %d programs %v", id, modeWord(rule.Mode), len(rule.Programs), rule.Hosts)
	if e.OnSetRule != nil {
		if err := e.OnSetRule(id, rule); err != nil {
			return err
		}
	}
	e.mu.Lock()
	if e.Rules == nil {
		e.Rules = map[string]auth.HandOutRule{}
	}
	e.Rules[id] = rule
	e.mu.Unlock()
	e.Emit(auth.Event{Kind: auth.EventList, ID: id})
	return nil
}

func modeWord(m auth.HandOutMode) string {
	if m == auth.HandOutAsk {
		return "ask"
	}
	return string(m)
}
