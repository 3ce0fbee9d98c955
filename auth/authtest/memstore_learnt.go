package authtest

import (
	"context"
	"time"

	"tokenwell/auth"
)

// SetExpiry implements auth.AuthorizationStore.
func (m *MemStore) SetExpiry(_ context.Context, id string, gen int64, expiry auth.Expiry, next time.Time) error {
	if err := m.enter("SetExpiry"); err != nil {
		return err
	}
	defer m.mu.Unlock()
	row, err := m.atGeneration(id, gen)
	if err != nil {
		return err
	}
	row.record.Status.Expiry, row.record.Status.NextRefreshAt = expiry, next
	return nil
}

// SetSignedInAs implements auth.AuthorizationStore.
func (m *MemStore) SetSignedInAs(_ context.Context, id string, gen int64, who string) error {
	if err := m.enter("SetSignedInAs"); err != nil {
		return err
	}
	defer m.mu.Unlock()
	row, err := m.atGeneration(id, gen)
	if err != nil {
		return err
	}
	row.record.Status.SignedInAs = who
	return nil
}
