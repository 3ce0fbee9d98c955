package auth

import (
	"context"
	"slices"
	"strings"
	"time"
)

var _ HandOuts = (*Engine)(nil)

// lists tells whether the rule names the program of asker. One whose file could
// not be found out is never meant.
func (r HandOutRule) lists(asker Asker) bool {
	return asker.Path != "" && slices.ContainsFunc(r.Programs, func(p Program) bool {
		return p.Path == asker.Path && p.Script == asker.Script
	})
}

// HandOutRule implements HandOuts.
func (e *Engine) HandOutRule(ctx context.Context, id string) (HandOutRule, error) {
	r, err := e.load(ctx, id)
	return r.Rule, err
}

// SetHandOutRule implements HandOuts. What the user allowed for an hour ends with it.
func (e *Engine) SetHandOutRule(ctx context.Context, id string, rule HandOutRule) error {
	rule, err := rule.cleaned(e.now().UTC())
	if err != nil {
		return err
	}
	e.consents.ruling.Lock()
	defer e.consents.ruling.Unlock()
	if err := e.storeRule(ctx, id, rule); err != nil {
		return err
	}
	e.consents.forget(id)
	return nil
}

// storeRule stores a clean rule and tells of it.
func (e *Engine) storeRule(ctx context.Context, id string, rule HandOutRule) error {
	if err := e.store.SetHandOutRule(ctx, id, rule); err != nil {
		return e.explain(err, Record{Authorization: Authorization{ID: id}})
	}
	e.publish(EventList, id)
	return nil
}

// allowAlways makes the program of asker one of the rule's.
func (e *Engine) allowAlways(ctx context.Context, id string, asker Asker) error {
	e.consents.ruling.Lock()
	defer e.consents.ruling.Unlock()
	r, err := e.load(ctx, id)
	if err != nil {
		return err
	}
	rule := r.Rule
	if rule.lists(asker) {
		return nil
	}
	rule.Programs = append(slices.Clone(rule.Programs), Program{Path: asker.Path, Script: asker.Script, Since: e.now().UTC()})
	if rule, err = rule.cleaned(e.now().UTC()); err != nil {
		return err
	}
	return e.storeRule(ctx, id, rule)
}

// cleaned returns the rule as it is stored, or FieldErrors. A mode that nobody
// knows becomes HandOutAsk; of the programs the newest are kept.
func (r HandOutRule) cleaned(now time.Time) (HandOutRule, error) {
	clean := HandOutRule{Mode: r.Mode}
	if r.Mode != HandOutAnyone && r.Mode != HandOutListed {
		clean.Mode = HandOutAsk
	}
	for _, text := range r.Hosts {
		if strings.TrimSpace(text) == "" {
			continue
		}
		host, err := cleanRuleHost(text)
		if err != nil {
			return HandOutRule{}, FieldErrors{{Field: FieldHosts, Message: err.Error()}}
		}
		if !slices.Contains(clean.Hosts, host) {
			clean.Hosts = append(clean.Hosts, host)
		}
	}
	if len(clean.Hosts) > maxRuleHosts {
		return HandOutRule{}, FieldErrors{{Field: FieldHosts, Message: errHostMany.Error()}}
	}
	for _, p := range r.Programs {
		if p.Path == "" || len(p.Path)+len(p.Script) > maxProgramPath || clean.lists(Asker{Path: p.Path, Script: p.Script}) {
			continue
		}
		if p.Since.IsZero() {
			p.Since = now
		}
		p.Since = p.Since.UTC()
		clean.Programs = append(clean.Programs, p)
	}
	if over := len(clean.Programs) - maxRulePrograms; over > 0 {
		slices.SortStableFunc(clean.Programs, func(a, b Program) int { return a.Since.Compare(b.Since) })
		clean.Programs = clean.Programs[over:]
	}
	return clean, nil
}
