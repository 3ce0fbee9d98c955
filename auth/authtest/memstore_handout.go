package authtest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"tokenwell/auth"
)

// memActivity is the activity of a MemStore.
type memActivity struct {
	entries []auth.ActivityEntry // the oldest first
	last    int64
}

// maxMemActivity is how many entries a MemStore keeps when it prunes.
const maxMemActivity = 100_000

func (a *memActivity) add(e auth.ActivityEntry) {
	a.last++
	e.ID, e.Count, e.Scopes = a.last, max(1, e.Count), slices.Clone(e.Scopes)
	a.entries = append(a.entries, e)
}

// Batches tells how many batches of activity were written.
func (m *MemStore) Batches() int { return m.Calls("AddActivity") }

// Peek implements auth.HandOutStore.
func (m *MemStore) Peek(_ context.Context, id string) (auth.Record, error) {
	if err := m.enter("Peek"); err != nil {
		return auth.Record{}, err
	}
	defer m.mu.Unlock()
	row, err := m.live(id)
	if err != nil {
		return auth.Record{}, err
	}
	r := row.record
	a := &r.Authorization
	a.ClientSecret, a.Values, a.AuthParams, a.TokenParams = auth.Secret{}, nil, nil, nil
	a.Headers, a.OmitHeaders, a.OmitFields = nil, nil, nil
	return r, nil
}

// IDOf implements auth.HandOutStore.
func (m *MemStore) IDOf(_ context.Context, name string) (string, error) {
	if err := m.enter("IDOf"); err != nil {
		return "", err
	}
	defer m.mu.Unlock()
	folded := auth.FoldName(name)
	for id, row := range m.rows {
		if row.purgeAt.IsZero() && auth.FoldName(row.record.Authorization.Name) == folded {
			return id, nil
		}
	}
	return "", auth.ErrNotFound
}

// SetHandOutRule implements auth.HandOutStore.
func (m *MemStore) SetHandOutRule(_ context.Context, id string, rule auth.HandOutRule) error {
	if err := m.enter("SetHandOutRule"); err != nil {
		return err
	}
	defer m.mu.Unlock()
	row, err := m.live(id)
	if err != nil {
		return err
	}
	row.record.Rule = copyOfRule(rule)
	row.remember(auth.WordPrograms, auth.OutcomeOK)
	return nil
}

func copyOfRule(rule auth.HandOutRule) auth.HandOutRule {
	rule.Programs, rule.Hosts = slices.Clone(rule.Programs), slices.Clone(rule.Hosts)
	return rule
}

// HandOutHosts implements auth.HandOutStore.
func (m *MemStore) HandOutHosts(context.Context) (map[string][]string, error) {
	if err := m.enter("HandOutHosts"); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	hosts := map[string][]string{}
	for id, row := range m.rows {
		if row.purgeAt.IsZero() && len(row.record.Rule.Hosts) > 0 {
			hosts[id] = slices.Clone(row.record.Rule.Hosts)
		}
	}
	return hosts, nil
}

// AddActivity implements auth.ActivityStore.
func (m *MemStore) AddActivity(_ context.Context, entries []auth.ActivityEntry) error {
	if err := m.enter("AddActivity"); err != nil {
		return err
	}
	defer m.mu.Unlock()
	for _, e := range entries {
		m.activity.add(e)
		if row, ok := m.rows[e.AuthorizationID]; ok && e.Kind == auth.WordHandOut && e.Outcome == auth.OutcomeOK {
			if s := &row.record.Status; e.At.After(s.LastUsedAt) {
				s.LastUsedAt = e.At
			}
		}
	}
	return nil
}

// Activity implements auth.ActivityStore.
func (m *MemStore) Activity(_ context.Context, q auth.ActivityQuery) (auth.ActivityPage, error) {
	if err := m.enter("Activity"); err != nil {
		return auth.ActivityPage{}, err
	}
	defer m.mu.Unlock()
	page := auth.ActivityPage{Total: len(m.activity.entries)}
	for _, e := range slices.Backward(m.activity.entries) {
		if !activityMatches(e, q) {
			continue
		}
		if page.Match >= q.Offset && (q.Limit <= 0 || len(page.Entries) < q.Limit) {
			e.Scopes = slices.Clone(e.Scopes)
			page.Entries = append(page.Entries, e)
		}
		page.Match++
	}
	return page, nil
}

func activityMatches(e auth.ActivityEntry, q auth.ActivityQuery) bool {
	text := auth.FoldName(strings.Join([]string{e.Name, e.Asker.Path, e.Asker.Script, e.Outcome, e.Detail}, "\n"))
	failed := e.Outcome != auth.OutcomeOK
	return (q.UpTo == 0 || e.ID <= q.UpTo) &&
		!e.At.Before(q.Since) &&
		(q.AuthorizationID == "" || q.AuthorizationID == e.AuthorizationID) &&
		(len(q.Kinds) == 0 || slices.Contains(q.Kinds, e.Kind)) &&
		(q.Failed == nil || *q.Failed == failed) &&
		strings.Contains(text, auth.FoldName(q.Search))
}

// UsedBy implements auth.ActivityStore.
func (m *MemStore) UsedBy(_ context.Context, id string) ([]auth.UsedBy, error) {
	if err := m.enter("UsedBy"); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	type program struct{ path, script string }
	found := map[program]auth.UsedBy{}
	for _, e := range m.activity.entries {
		if e.AuthorizationID != id || e.Kind != auth.WordHandOut {
			continue
		}
		p := program{e.Asker.Path, e.Asker.Script}
		by := found[p]
		if !e.At.Before(by.Last) {
			by.Asker, by.Last, by.Allowed = e.Asker, e.At, e.Outcome == auth.OutcomeOK
		}
		by.Count += e.Count
		found[p] = by
	}
	return slices.SortedFunc(maps.Values(found), func(a, b auth.UsedBy) int {
		return cmp.Or(b.Last.Compare(a.Last), cmp.Compare(a.Asker.Path, b.Asker.Path), cmp.Compare(a.Asker.Script, b.Asker.Script))
	}), nil
}

// PruneActivity implements auth.ActivityStore.
func (m *MemStore) PruneActivity(_ context.Context, before time.Time) (int, error) {
	if err := m.enter("PruneActivity"); err != nil {
		return 0, err
	}
	defer m.mu.Unlock()
	had := len(m.activity.entries)
	m.activity.entries = slices.DeleteFunc(m.activity.entries, func(e auth.ActivityEntry) bool { return e.At.Before(before) })
	if over := len(m.activity.entries) - maxMemActivity; over > 0 {
		m.activity.entries = slices.Delete(m.activity.entries, 0, over)
	}
	return had - len(m.activity.entries), nil
}
