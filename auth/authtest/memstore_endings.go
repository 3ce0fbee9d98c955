package authtest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"tokenwell/auth"
)

// SoonEnding implements auth.ServiceStore.
func (m *MemStore) SoonEnding(_ context.Context, from, to time.Time, limit int) ([]auth.SoonEnding, error) {
	if err := m.enter("SoonEnding"); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	var soon []auth.SoonEnding
	for id, row := range m.rows {
		if !row.purgeAt.IsZero() {
			continue
		}
		a := row.record.Authorization
		for what, at := range map[auth.Ender]time.Time{auth.EndsSignIn: row.record.Status.SignInEnds, auth.EndsSecret: a.SecretEnds()} {
			if at.After(from) && !at.After(to) {
				soon = append(soon, auth.SoonEnding{ID: id, Name: a.Name, What: what, At: at})
			}
		}
	}
	slices.SortFunc(soon, func(a, b auth.SoonEnding) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Name, b.Name), cmp.Compare(a.What, b.What))
	})
	return soon[:min(limit, len(soon))], nil
}
