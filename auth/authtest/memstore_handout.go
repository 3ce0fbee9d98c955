package authtest

import (
	"context"
	"time"

	"tokenwell/auth"
)

// IDOf implements auth.HandOutStore.
func (m *MemStore) IDOf(context.Context, string) (string, error) { return "", auth.ErrNotFound }

// SetHandOutRule implements auth.HandOutStore.
func (m *MemStore) SetHandOutRule(context.Context, string, auth.HandOutRule) error {
	return auth.ErrNotFound
}

// HandOutHosts implements auth.HandOutStore.
func (m *MemStore) HandOutHosts(context.Context) (map[string][]string, error) { return nil, nil }

// AddActivity implements auth.ActivityStore.
func (m *MemStore) AddActivity(context.Context, []auth.ActivityEntry) error { return nil }

// Activity implements auth.ActivityStore.
func (m *MemStore) Activity(context.Context, auth.ActivityQuery) (auth.ActivityPage, error) {
	return auth.ActivityPage{}, nil
}

// UsedBy implements auth.ActivityStore.
func (m *MemStore) UsedBy(context.Context, string) ([]auth.UsedBy, error) { return nil, nil }

// PruneActivity implements auth.ActivityStore.
func (m *MemStore) PruneActivity(context.Context, time.Time) (int, error) { return 0, nil }
