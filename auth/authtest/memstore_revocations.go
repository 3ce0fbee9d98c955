package authtest

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"tokenwell/auth"
)

// QueueRevocation implements auth.RevocationStore.
func (m *MemStore) QueueRevocation(_ context.Context, r auth.Revocation) error {
	if err := m.enter("QueueRevocation"); err != nil {
		return err
	}
	defer m.mu.Unlock()
	if r.ID == "" {
		r.ID = uuid.NewString()
	}
	m.revocations[r.ID] = r
	return nil
}

// DueRevocations implements auth.RevocationStore.
func (m *MemStore) DueRevocations(_ context.Context, now time.Time) ([]auth.Revocation, error) {
	if err := m.enter("DueRevocations"); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	var due []auth.Revocation
	for _, r := range m.revocations {
		if !r.NotBefore.After(now) {
			due = append(due, r)
		}
	}
	slices.SortFunc(due, func(a, b auth.Revocation) int {
		switch a.Hint {
		case b.Hint:
			return 0
		case "refresh_token":
			return -1
		default:
			return 1
		}
	})
	return due, nil
}

// PostponeRevocation implements auth.RevocationStore.
func (m *MemStore) PostponeRevocation(_ context.Context, id string, notBefore time.Time) error {
	if err := m.enter("PostponeRevocation"); err != nil {
		return err
	}
	defer m.mu.Unlock()
	if r, ok := m.revocations[id]; ok {
		r.NotBefore, r.Tries = notBefore, r.Tries+1
		m.revocations[id] = r
	}
	return nil
}

// DropRevocation implements auth.RevocationStore.
func (m *MemStore) DropRevocation(_ context.Context, id string) error {
	if err := m.enter("DropRevocation"); err != nil {
		return err
	}
	defer m.mu.Unlock()
	delete(m.revocations, id)
	return nil
}

// DropRevocationsOf implements auth.RevocationStore.
func (m *MemStore) DropRevocationsOf(_ context.Context, authorizationID string) (int, error) {
	if err := m.enter("DropRevocationsOf"); err != nil {
		return 0, err
	}
	defer m.mu.Unlock()
	before := len(m.revocations)
	maps.DeleteFunc(m.revocations, func(_ string, r auth.Revocation) bool { return r.AuthorizationID == authorizationID })
	return before - len(m.revocations), nil
}
