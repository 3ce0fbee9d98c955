package localserver

import (
	"cmp"
	"context"
	"maps"
	"time"

	"tokenwell/auth"
	"tokenwell/auth/localstore"
)

func (m *memoryStore) AddGrant(_ context.Context, g Grant) error {
	defer m.lock()()
	if m.fail == nil {
		m.grants[g.ID] = g
	}
	return m.fail
}

func (m *memoryStore) Issue(_ context.Context, g Grant, tokens []Token) error {
	defer m.lock()()
	fail := cmp.Or(m.fail, m.failIssue)
	if fail == nil {
		m.grants[g.ID] = g
		m.add(tokens)
	}
	return fail
}

func (m *memoryStore) GrantByCode(_ context.Context, codeHash string) (Grant, error) {
	defer m.lock()()
	return m.byCode(codeHash)
}

func (m *memoryStore) byCode(codeHash string) (Grant, error) {
	return findIn(m, m.grants, func(g Grant) bool { return g.CodeHash == codeHash && codeHash != "" })
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
	g.CodeUsed, g.RefreshesLeft = at, localstore.LeftWith(tokens, g.RefreshesLeft)
	m.grants[g.ID] = g
	m.add(tokens)
	return nil
}

func (m *memoryStore) add(tokens []Token) {
	for _, t := range tokens {
		m.tokens[t.Hash] = t
		if t.Kind == AccessToken {
			m.newest[t.GrantID] = t
		}
	}
}

func (m *memoryStore) RevokeGrant(_ context.Context, id string, at time.Time) error {
	defer m.lock()()
	if m.fail == nil {
		m.revokeAll(at, func(g Grant) bool { return g.ID == id })
	}
	return m.fail
}

func (m *memoryStore) revokeAll(at time.Time, which func(Grant) bool) {
	for id, g := range m.grants {
		if which(g) && g.Revoked.IsZero() {
			g.Revoked = at
			m.grants[id] = g
		}
	}
}

func (m *memoryStore) DeleteGrant(_ context.Context, id string) error {
	defer m.lock()()
	if m.fail == nil {
		m.dropGrants(func(g Grant) bool { return g.ID == id })
	}
	return m.fail
}

// dropGrants removes grants with their tokens.
func (m *memoryStore) dropGrants(which func(Grant) bool) {
	for id, g := range m.grants {
		if !which(g) {
			continue
		}
		delete(m.grants, id)
		delete(m.newest, id)
		maps.DeleteFunc(m.tokens, func(_ string, t Token) bool { return t.GrantID == id })
	}
}

func (m *memoryStore) DeleteExpired(_ context.Context, now time.Time) (int, error) {
	defer m.lock()()
	if m.fail != nil {
		return 0, m.fail
	}
	count := 0
	m.dropGrants(func(g Grant) bool {
		t, ok := m.newest[g.ID]
		if over := ok && isOver(t, now); !over {
			return false
		}
		if m.listed(g, now) {
			count++
		}
		return true
	})
	return count, nil
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
	g := m.grants[t.GrantID]
	if !t.Spent.IsZero() || !t.Revoked.IsZero() || !g.Revoked.IsZero() || g.RefreshesLeft == 0 || g.RefreshesLeft == auth.LocalNoRefresh {
		return ErrSpent
	}
	if g.RefreshesLeft > 0 {
		g.RefreshesLeft--
	}
	g.RefreshesLeft = localstore.LeftWith(successors, g.RefreshesLeft)
	m.grants[g.ID] = g
	t.Spent = at
	m.tokens[oldHash] = t
	m.add(successors)
	return nil
}

func (m *memoryStore) RevokeToken(_ context.Context, hash string, at time.Time) error {
	defer m.lock()()
	if t, ok := m.tokens[hash]; ok && m.fail == nil && t.Revoked.IsZero() {
		t.Revoked = at
		m.tokens[hash] = t
		if m.newest[t.GrantID].Hash == hash {
			t.Expires = at
			m.newest[t.GrantID] = t
		}
	}
	return m.fail
}

func (m *memoryStore) Purge(_ context.Context, before time.Time) error {
	defer m.lock()()
	if m.fail != nil {
		return m.fail
	}
	maps.DeleteFunc(m.tokens, func(_ string, t Token) bool { return !t.Expires.IsZero() && t.Expires.Before(before) })
	used := map[string]bool{}
	for t := range maps.Values(m.tokens) {
		used[t.GrantID] = true
	}
	m.dropGrants(func(g Grant) bool { return g.Created.Before(before) && (!g.Revoked.IsZero() || !used[g.ID]) })
	maps.DeleteFunc(m.assertions, func(_ string, until time.Time) bool { return until.Before(before) })
	return nil
}
