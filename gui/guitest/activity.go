package guitest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tokenwell/auth"
)

// ActivityCalls is the activity of an Engine.
type ActivityCalls struct {
	// Entries are what happened, the newest first.
	Entries []auth.ActivityEntry
	// ActivityQueries are the calls of Activity.
	ActivityQueries []auth.ActivityQuery
	// OnActivity and OnUsedBy answer in place of Entries.
	OnActivity func(q auth.ActivityQuery) (auth.ActivityPage, error)
	OnUsedBy   func(id string) ([]auth.UsedBy, error)
}

// Happened puts an entry on top and tells the subscribers.
func (e *Engine) Happened(entry auth.ActivityEntry) {
	e.mu.Lock()
	e.Entries = slices.Insert(e.Entries, 0, entry)
	e.mu.Unlock()
	e.Emit(auth.Event{Kind: auth.EventActivity, ID: entry.AuthorizationID})
}

// Activity implements auth.HandOuts.
func (e *Engine) Activity(_ context.Context, q auth.ActivityQuery) (auth.ActivityPage, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ActivityQueries = append(e.ActivityQueries, q)
	if e.OnActivity != nil {
		return e.OnActivity(q)
	}
	found := e.matching(q)
	page := auth.ActivityPage{Match: len(found), Total: len(e.Entries)}
	from := min(q.Offset, len(found))
	page.Entries = slices.Clone(found[from:min(from+q.Limit, len(found))])
	return page, nil
}

func (e *Engine) matching(q auth.ActivityQuery) []auth.ActivityEntry {
	var found []auth.ActivityEntry
	for _, a := range e.Entries {
		text := strings.ToLower(strings.Join([]string{a.Name, a.Asker.Path, a.Asker.Script, a.Outcome, a.Detail}, " "))
		if strings.Contains(text, strings.ToLower(q.Search)) && !a.At.Before(q.Since) &&
			(len(q.Kinds) == 0 || slices.Contains(q.Kinds, a.Kind)) &&
			(q.Failed == nil || *q.Failed == (a.Outcome != auth.OutcomeOK)) &&
			(q.AuthorizationID == "" || q.AuthorizationID == a.AuthorizationID) && (q.UpTo == 0 || a.ID <= q.UpTo) {
			found = append(found, a)
		}
	}
	return found
}

// ExportActivity implements auth.HandOuts.
func (e *Engine) ExportActivity(_ context.Context, q auth.ActivityQuery) ([]byte, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out strings.Builder
	for _, a := range e.matching(q) {
		fmt.Fprintf(&out, "%s,%s,%s\r\n", a.Kind, a.Name, a.Outcome)
	}
	return []byte(out.String()), nil
}

// UsedBy implements auth.HandOuts.
func (e *Engine) UsedBy(_ context.Context, id string) ([]auth.UsedBy, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.OnUsedBy != nil {
		return e.OnUsedBy(id)
	}
	var out []auth.UsedBy
	for _, a := range e.Entries {
		if a.AuthorizationID != id || a.Kind != auth.WordHandOut {
			continue
		}
		at := slices.IndexFunc(out, func(u auth.UsedBy) bool { return u.Asker.Path == a.Asker.Path && u.Asker.Script == a.Asker.Script })
		if at < 0 {
			at = len(out)
			out = append(out, auth.UsedBy{Asker: a.Asker, Last: a.At, Allowed: a.Outcome == auth.OutcomeOK})
		}
		out[at].Count += max(a.Count, 1)
	}
	return out, nil
}
