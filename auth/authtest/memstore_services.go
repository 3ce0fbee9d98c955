package authtest

import (
	"context"
	"maps"
	"slices"
	"strings"

	"tokenwell/auth"
)

// memServices are the services of the user's own in a MemStore.
type memServices struct {
	own     map[string]auth.Service
	damaged map[string]bool
}

// DamageService makes an own service one that does not match its seal.
func (m *MemStore) DamageService(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.services.damaged == nil {
		m.services.damaged = map[string]bool{}
	}
	m.services.damaged[id] = true
}

// OwnServices implements auth.ServiceStore.
func (m *MemStore) OwnServices(context.Context) (own []auth.Service, damaged []string, err error) {
	if err := m.enter("OwnServices"); err != nil {
		return nil, nil, err
	}
	defer m.mu.Unlock()
	if !m.open {
		return nil, nil, auth.ErrVaultLocked
	}
	for _, id := range slices.Sorted(maps.Keys(m.services.own)) {
		if m.services.damaged[id] {
			damaged = append(damaged, id)
			continue
		}
		own = append(own, m.services.own[id])
	}
	slices.SortStableFunc(own, func(a, b auth.Service) int {
		return strings.Compare(auth.FoldName(a.Name), auth.FoldName(b.Name))
	})
	return own, damaged, nil
}

// SaveService implements auth.ServiceStore.
func (m *MemStore) SaveService(_ context.Context, s auth.Service) error {
	if err := m.enter("SaveService"); err != nil {
		return err
	}
	defer m.mu.Unlock()
	if !m.open {
		return auth.ErrVaultLocked
	}
	if m.services.own == nil {
		m.services.own = map[string]auth.Service{}
	}
	m.services.own[s.ID] = s
	delete(m.services.damaged, s.ID)
	return nil
}

// DeleteService implements auth.ServiceStore.
func (m *MemStore) DeleteService(_ context.Context, id string) error {
	if err := m.enter("DeleteService"); err != nil {
		return err
	}
	defer m.mu.Unlock()
	if !m.open {
		return auth.ErrVaultLocked
	}
	if _, ok := m.services.own[id]; !ok {
		return auth.ErrNotFound
	}
	delete(m.services.own, id)
	return nil
}

// ServiceUsers implements auth.ServiceStore.
func (m *MemStore) ServiceUsers(_ context.Context, id string, limit int) ([]auth.ServiceUser, error) {
	if err := m.enter("ServiceUsers"); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	var users []auth.ServiceUser
	for _, row := range m.rows {
		if a := row.record.Authorization; a.ServiceID == id {
			users = append(users, auth.ServiceUser{ID: a.ID, Name: a.Name, Scopes: slices.Clone(a.Scopes), Deleted: !row.purgeAt.IsZero()})
		}
	}
	slices.SortFunc(users, func(a, b auth.ServiceUser) int {
		return strings.Compare(auth.FoldName(a.Name), auth.FoldName(b.Name))
	})
	return users[:min(limit, len(users))], nil
}

// RecentServices implements auth.ServiceStore.
func (m *MemStore) RecentServices(_ context.Context, limit int) ([]string, error) {
	if err := m.enter("RecentServices"); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	var all []auth.Authorization
	for _, row := range m.rows {
		if row.purgeAt.IsZero() {
			all = append(all, row.record.Authorization)
		}
	}
	slices.SortFunc(all, func(a, b auth.Authorization) int { return b.CreatedAt.Compare(a.CreatedAt) })
	var recent []string
	for _, a := range all {
		if len(recent) < limit && !slices.Contains(recent, a.ServiceID) {
			recent = append(recent, a.ServiceID)
		}
	}
	return recent, nil
}
