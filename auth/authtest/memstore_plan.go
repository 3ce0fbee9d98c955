package authtest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"tokenwell/auth"
)

// wordOf is what the history says of the end of an attempt.
func wordOf(a *auth.Attempt) auth.EventWord {
	switch {
	case a == nil:
		return auth.WordSignIn
	case a.Kind == auth.AttemptRefresh:
		return auth.WordRefresh
	case a.Kind == auth.AttemptAsk:
		return auth.WordAsk
	default:
		return auth.WordSignIn
	}
}

// rememberEnd is what the history says of the end of something that brought no tokens.
func (r *memRow) rememberEnd(was auth.State, open *auth.Attempt, end auth.Ending) {
	switch {
	case end.State == auth.StatePaused && was != end.State:
		r.remember(auth.WordPause, auth.OutcomeOK)
	case end.State == auth.StateRevoked && was != end.State:
		r.remember(auth.WordRevoke, auth.OutcomeOK)
	case was == auth.StatePaused && end.State != was:
		r.remember(auth.WordResume, auth.OutcomeOK)
	case open != nil && end.Outcome == auth.OutcomeOK: // the state from before is back, with its outcome
		r.remember(wordOf(open), "interrupted")
	case open != nil:
		r.remember(wordOf(open), end.Outcome)
	case was == auth.StateWaiting && end.State != was:
		r.remember(auth.WordSignIn, end.Outcome)
	}
}

// planned tells whether the scheduler looks after the row.
func (r *memRow) planned() bool {
	s := r.record.Status
	return r.purgeAt.IsZero() && !r.marked && s.State != auth.StatePaused && !s.NextRefreshAt.IsZero()
}

func (r *memRow) remember(word auth.EventWord, outcome string) {
	r.add(auth.HistoryEvent{At: time.Now().UTC(), Kind: word, Outcome: outcome})
}

// add keeps the newest events, and the last notice of each kind whatever comes after.
func (r *memRow) add(e auth.HistoryEvent) {
	notice := func(one auth.HistoryEvent) bool { return one.Kind == auth.WordNotice }
	if notice(e) {
		r.history = slices.DeleteFunc(r.history, func(one auth.HistoryEvent) bool { return notice(one) && one.Outcome == e.Outcome })
	}
	r.history = slices.Insert(r.history, 0, e)
	r.activity.add(auth.ActivityEntry{
		At: e.At, Kind: e.Kind, AuthorizationID: r.record.Authorization.ID, Name: r.record.Authorization.Name, Asker: auth.Asker{Own: true}, Outcome: e.Outcome,
	})
	for i := len(r.history) - 1; i >= 0 && len(r.history) > auth.HistoryLength; i-- {
		if !notice(r.history[i]) {
			r.history = slices.Delete(r.history, i, i+1)
		}
	}
}

// DueRefreshes implements auth.PlanStore.
func (m *MemStore) DueRefreshes(_ context.Context, at time.Time, limit int) ([]auth.Due, error) {
	if err := m.enter("DueRefreshes"); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	var due []auth.Due
	for id, row := range m.rows {
		s := row.record.Status
		if row.planned() && !s.NextRefreshAt.After(at) {
			due = append(due, auth.Due{ID: id, At: s.NextRefreshAt, Endpoint: row.record.Authorization.Endpoints.Renewal(row.record.Authorization.Grant), LastUsedAt: s.LastUsedAt})
		}
	}
	slices.SortFunc(due, func(a, b auth.Due) int {
		return cmp.Or(b.LastUsedAt.Compare(a.LastUsedAt), a.At.Compare(b.At), cmp.Compare(a.ID, b.ID))
	})
	return due[:min(len(due), limit)], nil
}

// NextRefresh implements auth.PlanStore.
func (m *MemStore) NextRefresh(_ context.Context, after time.Time) (time.Time, error) {
	if err := m.enter("NextRefresh"); err != nil {
		return time.Time{}, err
	}
	defer m.mu.Unlock()
	var next time.Time
	for _, row := range m.rows {
		s := row.record.Status
		if row.planned() && s.NextRefreshAt.After(after) && (next.IsZero() || s.NextRefreshAt.Before(next)) {
			next = s.NextRefreshAt
		}
	}
	return next, nil
}

// SetRefreshRule implements auth.PlanStore.
func (m *MemStore) SetRefreshRule(_ context.Context, id string, gen int64, auto bool, limit int, next time.Time) error {
	if err := m.enter("SetRefreshRule"); err != nil {
		return err
	}
	defer m.mu.Unlock()
	row, err := m.atGeneration(id, gen)
	if err != nil {
		return err
	}
	row.record.Authorization.AutoRefresh, row.record.Authorization.RefreshLimit = auto, limit
	row.record.Status.NextRefreshAt = next
	row.remember(auth.WordRule, auth.OutcomeOK)
	return nil
}

// History implements auth.HistoryStore.
func (m *MemStore) History(_ context.Context, id string) ([]auth.HistoryEvent, error) {
	if err := m.enter("History"); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	row, ok := m.rows[id]
	if !ok || !row.purgeAt.IsZero() {
		return nil, auth.ErrNotFound
	}
	return slices.Clone(row.history), nil
}

// Remember implements auth.HistoryStore.
func (m *MemStore) Remember(_ context.Context, id string, e auth.HistoryEvent) error {
	if err := m.enter("Remember"); err != nil {
		return err
	}
	defer m.mu.Unlock()
	row, ok := m.rows[id]
	if !ok {
		return auth.ErrNotFound
	}
	row.add(e)
	return nil
}
