package localserver

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"tokenwell/auth"
)

// memoryStore is a Store for the tests of this package. fail, when set, is what
// every method returns.
type memoryStore struct {
	mu       sync.Mutex
	fail     error
	settings map[string]auth.Secret
	users    map[string]User
	clients  map[string]Client
	grants   map[string]Grant
	tokens   map[string]Token
}

var _ Store = (*memoryStore)(nil)

func newMemoryStore() *memoryStore {
	return &memoryStore{
		settings: map[string]auth.Secret{}, users: map[string]User{}, clients: map[string]Client{},
		grants: map[string]Grant{}, tokens: map[string]Token{},
	}
}

func (m *memoryStore) lock() func() {
	m.mu.Lock()
	return m.mu.Unlock
}

func pick[T any](m *memoryStore, from map[string]T, key string) (T, error) {
	v, ok := from[key]
	if m.fail != nil {
		return v, m.fail
	}
	if !ok {
		return v, ErrNotFound
	}
	return v, nil
}

func (m *memoryStore) Setting(_ context.Context, name string) (auth.Secret, error) {
	defer m.lock()()
	return pick(m, m.settings, name)
}

func (m *memoryStore) SetSetting(_ context.Context, name string, value auth.Secret) error {
	defer m.lock()()
	m.settings[name] = value
	return m.fail
}

func (m *memoryStore) AddUser(_ context.Context, u User) error {
	defer m.lock()()
	m.users[u.ID] = u
	return m.fail
}

func (m *memoryStore) User(_ context.Context, id string) (User, error) {
	defer m.lock()()
	return pick(m, m.users, id)
}

func (m *memoryStore) UserByName(_ context.Context, name string) (User, error) {
	defer m.lock()()
	for u := range maps.Values(m.users) {
		if u.Name == name {
			return u, m.fail
		}
	}
	return pick(m, m.users, "")
}

func (m *memoryStore) AddClient(_ context.Context, c Client) error {
	defer m.lock()()
	m.clients[c.ID] = c
	return m.fail
}

func (m *memoryStore) Client(_ context.Context, id string) (Client, error) {
	defer m.lock()()
	return pick(m, m.clients, id)
}

func (m *memoryStore) PracticeClient(context.Context) (Client, error) {
	defer m.lock()()
	for c := range maps.Values(m.clients) {
		if c.Practice {
			return c, m.fail
		}
	}
	return pick(m, m.clients, "")
}

func (m *memoryStore) AddGrant(_ context.Context, g Grant) error {
	defer m.lock()()
	if m.fail == nil {
		m.grants[g.ID] = g
	}
	return m.fail
}

func (m *memoryStore) GrantByCode(_ context.Context, codeHash string) (Grant, error) {
	defer m.lock()()
	return m.byCode(codeHash)
}

func (m *memoryStore) byCode(codeHash string) (Grant, error) {
	for g := range maps.Values(m.grants) {
		if g.CodeHash == codeHash {
			return g, m.fail
		}
	}
	return pick(m, m.grants, "")
}

func (m *memoryStore) RedeemCode(_ context.Context, codeHash string, at time.Time, tokens []Token) error {
	defer m.lock()()
	g, err := m.byCode(codeHash)
	if err != nil {
		return err
	}
	if !g.CodeUsed.IsZero() || !g.Revoked.IsZero() {
		return ErrSpent
	}
	g.CodeUsed = at
	m.grants[g.ID] = g
	m.add(tokens)
	return nil
}

func (m *memoryStore) add(tokens []Token) {
	for _, t := range tokens {
		m.tokens[t.Hash] = t
	}
}

func (m *memoryStore) RevokeGrant(_ context.Context, id string, at time.Time) error {
	defer m.lock()()
	if g, ok := m.grants[id]; ok && g.Revoked.IsZero() {
		g.Revoked = at
		m.grants[id] = g
	}
	return m.fail
}

func (m *memoryStore) Token(_ context.Context, hash string) (Token, Grant, error) {
	defer m.lock()()
	t, err := pick(m, m.tokens, hash)
	return t, m.grants[t.GrantID], err
}

func (m *memoryStore) Rotate(_ context.Context, oldHash string, at time.Time, successors []Token) error {
	defer m.lock()()
	t, err := pick(m, m.tokens, oldHash)
	if err != nil {
		return err
	}
	if !t.Spent.IsZero() || !m.grants[t.GrantID].Revoked.IsZero() {
		return ErrSpent
	}
	t.Spent = at
	m.tokens[oldHash] = t
	m.add(successors)
	return nil
}

func (m *memoryStore) RevokeToken(_ context.Context, hash string, at time.Time) error {
	defer m.lock()()
	if t, ok := m.tokens[hash]; ok {
		t.Revoked = at
		m.tokens[hash] = t
	}
	return m.fail
}

func (m *memoryStore) Purge(_ context.Context, before time.Time) error {
	defer m.lock()()
	maps.DeleteFunc(m.tokens, func(_ string, t Token) bool { return t.Expires.Before(before) })
	used := slices.Collect(maps.Values(m.tokens))
	maps.DeleteFunc(m.grants, func(id string, g Grant) bool {
		return g.Created.Before(before) && !slices.ContainsFunc(used, func(t Token) bool { return t.GrantID == id })
	})
	return m.fail
}
