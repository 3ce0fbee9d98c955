package localserver

import (
	"cmp"
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
	mu         sync.Mutex
	fail       error
	failIssue  error // of Issue alone
	settings   map[string]auth.Secret
	users      map[string]User
	clients    map[string]Client
	scopes     []Scope
	grants     map[string]Grant
	newest     map[string]Token // the newest access token of each grant
	tokens     map[string]Token
	consents   map[string]Consent
	assertions map[string]time.Time
	log        []auth.LocalLogEntry // oldest first
}

var _ Store = (*memoryStore)(nil)

func newMemoryStore() *memoryStore {
	return &memoryStore{
		settings: map[string]auth.Secret{}, users: map[string]User{}, clients: map[string]Client{},
		grants: map[string]Grant{}, newest: map[string]Token{}, tokens: map[string]Token{},
		consents: map[string]Consent{}, assertions: map[string]time.Time{},
	}
}

func (m *memoryStore) lock() func() {
	m.mu.Lock()
	return m.mu.Unlock
}

// failWith has every method return err from now on; nil: none does.
func (m *memoryStore) failWith(err error) {
	defer m.lock()()
	m.fail = err
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

// findIn returns the one for which is holds.
func findIn[T any](m *memoryStore, from map[string]T, is func(T) bool) (T, error) {
	for v := range maps.Values(from) {
		if is(v) {
			return v, m.fail
		}
	}
	return pick(m, from, "")
}

func (m *memoryStore) Setting(_ context.Context, name string) (auth.Secret, error) {
	defer m.lock()()
	return pick(m, m.settings, name)
}

func (m *memoryStore) SetSetting(_ context.Context, name string, value auth.Secret) error {
	defer m.lock()()
	if m.fail == nil {
		m.settings[name] = value
	}
	return m.fail
}

func (m *memoryStore) userTaken(u User) bool {
	_, err := findIn(m, m.users, func(o User) bool { return o.ID != u.ID && auth.FoldName(o.Name) == auth.FoldName(u.Name) })
	return err == nil
}

func (m *memoryStore) AddUser(_ context.Context, u User) error {
	defer m.lock()()
	if _, ok := m.users[u.ID]; m.fail == nil && (ok || m.userTaken(u)) {
		return ErrTaken
	}
	if m.fail == nil {
		m.users[u.ID] = u
	}
	return m.fail
}

func (m *memoryStore) Users(context.Context) ([]User, error) {
	defer m.lock()()
	return slices.SortedFunc(maps.Values(m.users), func(a, b User) int {
		return cmp.Compare(auth.FoldName(a.Name), auth.FoldName(b.Name))
	}), m.fail
}

func (m *memoryStore) UpdateUser(_ context.Context, u User, at time.Time) error {
	defer m.lock()()
	if _, err := pick(m, m.users, u.ID); err != nil {
		return err
	}
	if m.userTaken(u) {
		return ErrTaken
	}
	m.users[u.ID] = u
	if !u.Active {
		m.revokeAll(at, func(g Grant) bool { return g.UserID == u.ID })
		maps.DeleteFunc(m.consents, func(_ string, c Consent) bool { return c.UserID == u.ID })
	}
	return nil
}

func (m *memoryStore) DeleteUser(_ context.Context, id string) error {
	defer m.lock()()
	if m.fail != nil {
		return m.fail
	}
	delete(m.users, id)
	m.dropGrants(func(g Grant) bool { return g.UserID == id })
	maps.DeleteFunc(m.consents, func(_ string, c Consent) bool { return c.UserID == id })
	return nil
}

func (m *memoryStore) User(_ context.Context, id string) (User, error) {
	defer m.lock()()
	return pick(m, m.users, id)
}

func (m *memoryStore) UserByName(_ context.Context, name string) (User, error) {
	defer m.lock()()
	return findIn(m, m.users, func(u User) bool { return auth.FoldName(u.Name) == auth.FoldName(name) })
}

func clientKey(c Client) string { return auth.FoldName(c.Name) + "\x1f" + auth.FoldName(c.Version) }

func (m *memoryStore) clientTaken(c Client) bool {
	_, err := findIn(m, m.clients, func(o Client) bool { return o.ID != c.ID && clientKey(o) == clientKey(c) })
	return err == nil
}

func (m *memoryStore) AddClient(_ context.Context, c Client) error {
	defer m.lock()()
	if _, ok := m.clients[c.ID]; m.fail == nil && (ok || m.clientTaken(c)) {
		return ErrTaken
	}
	if m.fail == nil {
		m.clients[c.ID] = c
	}
	return m.fail
}

func (m *memoryStore) Clients(_ context.Context, now time.Time) ([]Client, error) {
	defer m.lock()()
	out := slices.SortedFunc(maps.Values(m.clients), func(a, b Client) int { return cmp.Compare(clientKey(a), clientKey(b)) })
	for i := range out {
		for g := range maps.Values(m.grants) {
			if g.ClientID == out[i].ID && m.inForce(g, now) {
				out[i].Tokens++
			}
		}
	}
	return out, m.fail
}

func (m *memoryStore) UpdateClient(_ context.Context, c Client, at time.Time) error {
	defer m.lock()()
	if _, err := pick(m, m.clients, c.ID); err != nil {
		return err
	}
	if m.clientTaken(c) {
		return ErrTaken
	}
	c.Tokens = 0
	m.clients[c.ID] = c
	if !c.Active {
		m.revokeAll(at, func(g Grant) bool { return g.ClientID == c.ID })
	}
	return nil
}

func (m *memoryStore) DeleteClient(_ context.Context, id string) error {
	defer m.lock()()
	if m.fail != nil {
		return m.fail
	}
	delete(m.clients, id)
	m.dropGrants(func(g Grant) bool { return g.ClientID == id })
	maps.DeleteFunc(m.consents, func(_ string, c Consent) bool { return c.ClientID == id })
	return nil
}

func (m *memoryStore) Client(_ context.Context, id string) (Client, error) {
	defer m.lock()()
	return pick(m, m.clients, id)
}

func (m *memoryStore) PracticeClient(context.Context) (Client, error) {
	defer m.lock()()
	return findIn(m, m.clients, func(c Client) bool { return c.Practice })
}
