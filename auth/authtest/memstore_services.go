package authtest

import (
	"context"
	"time"

	"tokenwell/auth"
)

// OwnServices implements auth.ServiceStore.
func (m *MemStore) OwnServices(ctx context.Context) (own []auth.Service, damaged []string, err error) {
	return nil, nil, nil
}

// SaveService implements auth.ServiceStore.
func (m *MemStore) SaveService(ctx context.Context, s auth.Service) error {
	return auth.ErrNotSupported
}

// DeleteService implements auth.ServiceStore.
func (m *MemStore) DeleteService(ctx context.Context, id string) error { return auth.ErrNotFound }

// ServiceUsers implements auth.ServiceStore.
func (m *MemStore) ServiceUsers(ctx context.Context, id string, limit int) ([]auth.ServiceUser, error) {
	return nil, nil
}

// RecentServices implements auth.ServiceStore.
func (m *MemStore) RecentServices(ctx context.Context, limit int) ([]string, error) { return nil, nil }

// SoonEnding implements auth.ServiceStore.
func (m *MemStore) SoonEnding(ctx context.Context, from, to time.Time, limit int) ([]auth.SoonEnding, error) {
	return nil, nil
}
