package localserver

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"tokenwell/auth"
)

func isOver(t Token, now time.Time) bool { return !t.Expires.IsZero() && !t.Expires.After(now) }

func refreshable(g Grant) bool {
	return g.Revoked.IsZero() && g.RefreshesLeft != 0 && g.RefreshesLeft != auth.LocalNoRefresh
}

// listed tells whether the grant is a row of the token list.
func (m *memoryStore) listed(g Grant, now time.Time) bool {
	t, ok := m.newest[g.ID]
	return ok && (!isOver(t, now) || refreshable(g))
}

func (m *memoryStore) inForce(g Grant, now time.Time) bool {
	return g.Revoked.IsZero() && m.listed(g, now)
}

func (m *memoryStore) row(g Grant, now time.Time) auth.LocalToken {
	t, c := m.newest[g.ID], m.clients[g.ClientID]
	row := auth.LocalToken{
		ID: g.ID, ClientID: g.ClientID, Client: strings.TrimSpace(c.Name + " " + c.Version), User: m.users[g.UserID].Name,
		Grant: g.Kind, Scopes: g.Scopes, Issued: t.Issued, Expires: t.Expires, RefreshesLeft: g.RefreshesLeft, State: auth.LocalTokenActive,
	}
	switch {
	case !g.Revoked.IsZero():
		row.State = auth.LocalTokenRevoked
	case isOver(t, now):
		row.State = auth.LocalTokenExpired
	}
	return row
}

// endless sorts what never ends behind everything that does.
func endless(n int64, never bool) int64 {
	if never {
		return math.MaxInt64
	}
	return n
}

func (m *memoryStore) TokenRows(_ context.Context, q auth.LocalTokenQuery, now time.Time) (auth.LocalTokenPage, error) {
	defer m.lock()()
	var page auth.LocalTokenPage
	var rows []auth.LocalToken
	for g := range maps.Values(m.grants) {
		if !m.listed(g, now) {
			continue
		}
		row := m.row(g, now)
		page.Total++
		if isOver(m.newest[g.ID], now) {
			page.Expired++
		}
		text := auth.FoldName(row.Client + "\n" + row.User + "\n" + strings.Join(row.Scopes, " "))
		if (q.ClientID == "" || q.ClientID == g.ClientID) && strings.Contains(text, auth.FoldName(q.Search)) {
			rows = append(rows, row)
		}
	}
	slices.SortFunc(rows, func(a, b auth.LocalToken) int {
		by := map[string]int{
			"client": cmp.Compare(auth.FoldName(a.Client), auth.FoldName(b.Client)), "user": cmp.Compare(auth.FoldName(a.User), auth.FoldName(b.User)),
			"expires": cmp.Compare(endless(a.Expires.Unix(), a.Expires.IsZero()), endless(b.Expires.Unix(), b.Expires.IsZero())),
			"left": cmp.Compare(endless(int64(a.RefreshesLeft), a.RefreshesLeft == auth.LocalUnlimited),
				endless(int64(b.RefreshesLeft), b.RefreshesLeft == auth.LocalUnlimited)),
		}
		order, ok := by[q.Sort]
		if !ok {
			order = a.Issued.Compare(b.Issued)
		}
		if q.Desc {
			order = -order
		}
		return cmp.Or(order, cmp.Compare(a.ID, b.ID))
	})
	page.Match = len(rows)
	rows = rows[min(q.Offset, len(rows)):]
	page.Rows = rows[:min(q.Limit, len(rows))]
	return page, m.fail
}

func (m *memoryStore) Scopes(context.Context) ([]Scope, error) {
	defer m.lock()()
	return slices.Clone(m.scopes), m.fail
}

func (m *memoryStore) scopeAt(name string) int {
	return slices.IndexFunc(m.scopes, func(s Scope) bool { return auth.FoldName(s.Name) == auth.FoldName(name) })
}

func (m *memoryStore) SaveScope(_ context.Context, s Scope, isNew bool) error {
	defer m.lock()()
	if m.fail != nil {
		return m.fail
	}
	s.Clients = 0
	i := m.scopeAt(s.Name)
	switch {
	case isNew && i >= 0:
		return ErrTaken
	case isNew:
		m.scopes = append(m.scopes, s)
	case i < 0:
		return ErrNotFound
	default:
		s.Name = m.scopes[i].Name
		m.scopes[i] = s
	}
	return nil
}

func (m *memoryStore) DeleteScope(_ context.Context, name string, now time.Time) error {
	defer m.lock()()
	if m.fail != nil {
		return m.fail
	}
	i := m.scopeAt(name)
	if i < 0 {
		return nil
	}
	inUse := &auth.LocalScopeInUse{Scope: m.scopes[i].Name}
	for c := range maps.Values(m.clients) {
		if slices.Contains(c.Scopes, inUse.Scope) {
			inUse.Clients = append(inUse.Clients, strings.TrimSpace(c.Name+" "+c.Version))
		}
	}
	for g := range maps.Values(m.grants) {
		if slices.Contains(g.Scopes, inUse.Scope) && m.inForce(g, now) {
			inUse.Tokens++
		}
	}
	if len(inUse.Clients) > 0 || inUse.Tokens > 0 {
		slices.Sort(inUse.Clients)
		return inUse
	}
	m.scopes = slices.Delete(m.scopes, i, i+1)
	return nil
}

func (m *memoryStore) Consents(context.Context) ([]Consent, error) {
	defer m.lock()()
	return slices.SortedFunc(maps.Values(m.consents), func(a, b Consent) int {
		return cmp.Or(b.Given.Compare(a.Given), cmp.Compare(a.ID, b.ID))
	}), m.fail
}

func (m *memoryStore) Consent(_ context.Context, clientID, userID string) (Consent, error) {
	defer m.lock()()
	return findIn(m, m.consents, func(c Consent) bool { return c.ClientID == clientID && c.UserID == userID })
}

func (m *memoryStore) SetConsent(_ context.Context, c Consent) error {
	defer m.lock()()
	if m.fail == nil {
		maps.DeleteFunc(m.consents, func(_ string, o Consent) bool { return o.ClientID == c.ClientID && o.UserID == c.UserID })
		m.consents[c.ID] = c
	}
	return m.fail
}

func (m *memoryStore) DeleteConsent(_ context.Context, id string) error {
	defer m.lock()()
	if m.fail == nil {
		delete(m.consents, id)
	}
	return m.fail
}

func (m *memoryStore) UseAssertion(_ context.Context, hash string, until time.Time) error {
	defer m.lock()()
	if m.fail != nil {
		return m.fail
	}
	if _, ok := m.assertions[hash]; ok {
		return ErrSpent
	}
	m.assertions[hash] = until
	return nil
}

func (m *memoryStore) AppendLog(_ context.Context, entries []auth.LocalLogEntry) error {
	defer m.lock()()
	if m.fail == nil {
		m.log = append(m.log, entries...)
		m.log = m.log[max(0, len(m.log)-LogLength):]
	}
	return m.fail
}

func (m *memoryStore) Log(_ context.Context, search string, limit int) ([]auth.LocalLogEntry, error) {
	defer m.lock()()
	var out []auth.LocalLogEntry
	for _, e := range slices.Backward(m.log) {
		text := auth.FoldName(e.Client + "\n" + e.ClientID + "\n" + e.Endpoint + "\n" + e.Outcome)
		if len(out) < limit && strings.Contains(text, auth.FoldName(search)) {
			out = append(out, e)
		}
	}
	return out, m.fail
}

func (m *memoryStore) ClearLog(context.Context) error {
	defer m.lock()()
	if m.fail == nil {
		m.log = nil
	}
	return m.fail
}
