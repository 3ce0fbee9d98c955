// Package authtest holds what tests of the engine need: a Store and a Vault in
// memory and scriptable authorization servers. Nothing in it ships.
package authtest

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"tokenwell/auth"
)

// MemStore is an auth.Store and auth.Vault in memory that keeps every rule of
// the Store's contract. It is safe for concurrent use. Several engines on one
// MemStore behave like several processes on one database.
type MemStore struct {
	// Fault, when set, runs at the start of every method with the method's
	// name; its error is returned in place of the work. Set it before use.
	Fault func(method string) error

	mu          sync.Mutex
	rows        map[string]*memRow
	spills      []memSpill
	revocations map[string]auth.Revocation
	settings    map[string]string
	services    memServices
	activity    memActivity
	calls       map[string]int
	open        bool
	exists      bool
	passphrase  auth.Secret
	locks       map[string]chan struct{}
}

type memRow struct {
	record  auth.Record
	attempt *auth.Attempt
	purgeAt time.Time           // zero: not deleted
	marked  bool                // changed outside
	history []auth.HistoryEvent // newest first

	activity *memActivity // of the store
}

type memSpill struct {
	id      string
	gen     int64
	grantee auth.Grantee
}

// NewMemStore returns an empty store whose vault is open.
func NewMemStore() *MemStore {
	return &MemStore{
		rows: map[string]*memRow{}, revocations: map[string]auth.Revocation{}, settings: map[string]string{},
		calls: map[string]int{}, locks: map[string]chan struct{}{}, open: true, exists: true,
	}
}

// enter counts the call, gives Fault its chance and takes the mutex.
func (m *MemStore) enter(method string) error {
	if m.Fault != nil {
		if err := m.Fault(method); err != nil {
			return err
		}
	}
	m.mu.Lock()
	m.calls[method]++
	return nil
}

// Calls tells how often a method did its work.
func (m *MemStore) Calls(method string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.calls[method]
}

// Put stores a record as it is, for tests that begin in the middle.
func (m *MemStore) Put(r auth.Record) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r.Status.HasRefresh = !r.Tokens.Refresh.Empty()
	m.rows[r.Authorization.ID] = &memRow{record: r, activity: &m.activity}
}

// Forget removes a row without a trace.
func (m *MemStore) Forget(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.rows, id)
}

// PutAttempt leaves an open attempt behind, as a killed process does.
func (m *MemStore) PutAttempt(id string, a auth.Attempt) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rows[id].attempt = &a
}

// ChangeOutside makes the row one that does not match its seal.
func (m *MemStore) ChangeOutside(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rows[id].marked = true
}

// Record returns the row as it is stored, deleted or not.
func (m *MemStore) Record(id string) (auth.Record, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	row, ok := m.rows[id]
	if !ok {
		return auth.Record{}, false
	}
	return row.record, true
}

// Revocations returns the queue, whatever is due.
func (m *MemStore) Revocations() []auth.Revocation {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Collect(maps.Values(m.revocations))
}

// Spills tells how many spilled grants wait to be drained.
func (m *MemStore) Spills() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.spills)
}

// live returns a row that can be acted on. The mutex is held.
func (m *MemStore) live(id string) (*memRow, error) {
	row, ok := m.rows[id]
	switch {
	case !ok || !row.purgeAt.IsZero():
		return nil, auth.ErrNotFound
	case !m.open:
		return nil, auth.ErrVaultLocked
	case row.marked:
		row.record.Status.State = auth.StateChangedOutside
		return nil, auth.ErrChangedOutside
	}
	return row, nil
}

// atGeneration returns a row whose generation is gen. The mutex is held.
func (m *MemStore) atGeneration(id string, gen int64) (*memRow, error) {
	row, err := m.live(id)
	if err != nil {
		if errors.Is(err, auth.ErrNotFound) {
			return nil, auth.ErrStale
		}
		return nil, err
	}
	if row.record.Status.Generation != gen {
		return nil, auth.ErrStale
	}
	return row, nil
}

// List implements auth.Lister.
func (m *MemStore) List(_ context.Context, q auth.Query) (auth.Page, error) {
	if err := m.enter("List"); err != nil {
		return auth.Page{}, err
	}
	defer m.mu.Unlock()
	var page auth.Page
	var rows []auth.Row
	for id, row := range m.rows {
		if !row.purgeAt.IsZero() {
			continue
		}
		page.Total++
		a, s := row.record.Authorization, row.record.Status
		line := auth.Row{
			ID: id, Name: a.Name, ServiceID: a.ServiceID, ServiceName: a.ServiceName, Grant: a.Grant, State: s.Effective(q.Now),
			Expiry: s.Expiry, ScopeCount: len(a.Scopes), HasRefresh: s.HasRefresh,
			RefreshesLeft: row.record.RefreshesLeft(), LastUsedAt: s.LastUsedAt, CreatedAt: a.CreatedAt,
			SignInEnds: s.SignInEnds, SecretEnds: a.SecretEnds(),
		}
		text := strings.ToLower(a.Name + " " + a.ServiceName + " " + strings.Join(a.Scopes, " "))
		if (q.Search == "" || strings.Contains(text, strings.ToLower(q.Search))) &&
			(q.ServiceID == "" || q.ServiceID == a.ServiceID) &&
			(len(q.States) == 0 || slices.Contains(q.States, line.State)) {
			rows = append(rows, line)
		}
	}
	slices.SortFunc(rows, func(a, b auth.Row) int {
		order := cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
		if q.Desc {
			order = -order
		}
		return cmp.Or(order, cmp.Compare(a.ID, b.ID))
	})
	page.Match = len(rows)
	rows = rows[min(q.Offset, len(rows)):]
	if q.Limit > 0 {
		rows = rows[:min(q.Limit, len(rows))]
	}
	page.Rows = rows
	return page, nil
}

// CountStates implements auth.Lister.
func (m *MemStore) CountStates(_ context.Context, now time.Time) (map[auth.State]int, error) {
	if err := m.enter("CountStates"); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	counts := map[auth.State]int{}
	for _, row := range m.rows {
		if row.purgeAt.IsZero() {
			counts[row.record.Status.Effective(now)]++
		}
	}
	return counts, nil
}

// UsedServices implements auth.Lister.
func (m *MemStore) UsedServices(context.Context) (map[string]int, error) {
	if err := m.enter("UsedServices"); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	counts := map[string]int{}
	for _, row := range m.rows {
		if row.purgeAt.IsZero() {
			counts[row.record.Authorization.ServiceID]++
		}
	}
	return counts, nil
}

// NameTaken implements auth.Lister.
func (m *MemStore) NameTaken(_ context.Context, name, exceptID string) (bool, error) {
	if err := m.enter("NameTaken"); err != nil {
		return false, err
	}
	defer m.mu.Unlock()
	return m.taken(name, exceptID), nil
}

func (m *MemStore) taken(name, exceptID string) bool {
	folded := auth.FoldName(name)
	for id, row := range m.rows {
		if id != exceptID && auth.FoldName(row.record.Authorization.Name) == folded {
			return true
		}
	}
	return false
}

// Settings implements auth.SettingStore.
func (m *MemStore) Settings(context.Context) (map[string]string, error) {
	if err := m.enter("Settings"); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	return maps.Clone(m.settings), nil
}

// SetSetting implements auth.SettingStore.
func (m *MemStore) SetSetting(_ context.Context, key, value string) error {
	if err := m.enter("SetSetting"); err != nil {
		return err
	}
	defer m.mu.Unlock()
	m.settings[key] = value
	return nil
}
