package authtest

import (
	"context"
	"errors"
	"slices"
	"time"

	"tokenwell/auth"
)

// Create implements auth.AuthorizationStore.
func (m *MemStore) Create(_ context.Context, a auth.Authorization, state auth.State) error {
	if err := m.enter("Create"); err != nil {
		return err
	}
	defer m.mu.Unlock()
	switch {
	case !m.open:
		return auth.ErrVaultLocked
	case m.taken(a.Name, a.ID):
		return auth.ErrNameTaken
	}
	row := &memRow{record: auth.Record{Authorization: a, Status: auth.Status{State: state}}, activity: &m.activity}
	row.remember(auth.WordCreated, auth.OutcomeOK)
	m.rows[a.ID] = row
	return nil
}

// Load implements auth.AuthorizationStore.
func (m *MemStore) Load(_ context.Context, id string) (auth.Record, error) {
	if err := m.enter("Load"); err != nil {
		return auth.Record{}, err
	}
	defer m.mu.Unlock()
	row, err := m.live(id)
	if err != nil {
		return auth.Record{}, err
	}
	return row.record, nil
}

// Read implements auth.AuthorizationStore.
func (m *MemStore) Read(ctx context.Context, id string) (auth.Record, error) { return m.Load(ctx, id) }

// Rename implements auth.AuthorizationStore.
func (m *MemStore) Rename(_ context.Context, id, name, notes string) error {
	if err := m.enter("Rename"); err != nil {
		return err
	}
	defer m.mu.Unlock()
	row, err := m.live(id)
	if err != nil {
		return err
	}
	if m.taken(name, id) {
		return auth.ErrNameTaken
	}
	row.record.Authorization.Name, row.record.Authorization.Notes = name, notes
	row.remember(auth.WordRename, auth.OutcomeOK)
	return nil
}

// SetState implements auth.AuthorizationStore.
func (m *MemStore) SetState(_ context.Context, id string, gen int64, end auth.Ending) error {
	if err := m.enter("SetState"); err != nil {
		return err
	}
	defer m.mu.Unlock()
	row, err := m.atGeneration(id, gen)
	if err != nil {
		return err
	}
	was := row.record.Status
	row.settle(end)
	if was.LastOutcome == end.Outcome {
		row.record.Status.LastOutcomeAt = was.LastOutcomeAt
	}
	row.rememberEnd(was.State, nil, end)
	return nil
}

func (r *memRow) settle(end auth.Ending) {
	s := &r.record.Status
	s.State, s.LastOutcome, s.LastOutcomeAt, s.Failures, s.NextRefreshAt = end.State, end.Outcome, time.Now().UTC(), end.Failures, end.Next
}

// Touch implements auth.AuthorizationStore.
func (m *MemStore) Touch(_ context.Context, id string, at time.Time) error {
	if err := m.enter("Touch"); err != nil {
		return err
	}
	defer m.mu.Unlock()
	if row, ok := m.rows[id]; ok {
		row.record.Status.LastUsedAt = at
	}
	return nil
}

// Delete implements auth.AuthorizationStore.
func (m *MemStore) Delete(_ context.Context, id string, revoke bool, purgeAt time.Time) error {
	if err := m.enter("Delete"); err != nil {
		return err
	}
	defer m.mu.Unlock()
	row, ok := m.rows[id]
	if !ok || !row.purgeAt.IsZero() {
		return auth.ErrNotFound
	}
	if revoke {
		if !m.open {
			return auth.ErrVaultLocked
		}
		for _, r := range auth.RevocationsOf(row.record, purgeAt) {
			m.revocations[r.ID] = r
		}
	}
	row.purgeAt = purgeAt
	return nil
}

// Undelete implements auth.AuthorizationStore.
func (m *MemStore) Undelete(_ context.Context, id string) error {
	if err := m.enter("Undelete"); err != nil {
		return err
	}
	defer m.mu.Unlock()
	row, ok := m.rows[id]
	if !ok || row.purgeAt.IsZero() {
		return auth.ErrNotFound
	}
	row.purgeAt = time.Time{}
	for key, r := range m.revocations {
		if r.AuthorizationID == id {
			delete(m.revocations, key)
		}
	}
	return nil
}

// Purge implements auth.AuthorizationStore.
func (m *MemStore) Purge(_ context.Context, now time.Time) (int, error) {
	if err := m.enter("Purge"); err != nil {
		return 0, err
	}
	defer m.mu.Unlock()
	purged := 0
	for id, row := range m.rows {
		if !row.purgeAt.IsZero() && !row.purgeAt.After(now) {
			delete(m.rows, id)
			purged++
		}
	}
	return purged, nil
}

// Verify implements auth.AuthorizationStore.
func (m *MemStore) Verify(context.Context) (int, error) {
	if err := m.enter("Verify"); err != nil {
		return 0, err
	}
	defer m.mu.Unlock()
	marked := 0
	for _, row := range m.rows {
		if row.marked {
			row.record.Status.State = auth.StateChangedOutside
			marked++
		}
	}
	return marked, nil
}

// Interrupted implements auth.AuthorizationStore.
func (m *MemStore) Interrupted(context.Context) ([]string, error) {
	if err := m.enter("Interrupted"); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	var ids []string
	for id, row := range m.rows {
		unfinished := []auth.State{auth.StateWaiting, auth.StateRefreshing, auth.StateUnknown}
		if row.purgeAt.IsZero() && slices.Contains(unfinished, row.record.Status.State) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// Lock implements auth.AttemptStore.
func (m *MemStore) Lock(ctx context.Context, id string) (func(), error) {
	if err := m.enter("Lock"); err != nil {
		return nil, err
	}
	lock, ok := m.locks[id]
	if !ok {
		lock = make(chan struct{}, 1)
		m.locks[id] = lock
	}
	m.mu.Unlock()
	select {
	case lock <- struct{}{}:
		return func() { <-lock }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// BeginAttempt implements auth.AttemptStore.
func (m *MemStore) BeginAttempt(_ context.Context, id string, gen int64, a auth.Attempt) error {
	if err := m.enter("BeginAttempt"); err != nil {
		return err
	}
	defer m.mu.Unlock()
	row, err := m.atGeneration(id, gen)
	if err != nil {
		return err
	}
	row.attempt = &a
	if a.Kind != auth.AttemptExchange || gen > 0 {
		row.record.Status.State = auth.StateRefreshing
	}
	return nil
}

// OpenAttempt implements auth.AttemptStore.
func (m *MemStore) OpenAttempt(_ context.Context, id string) (auth.Attempt, bool, error) {
	if err := m.enter("OpenAttempt"); err != nil {
		return auth.Attempt{}, false, err
	}
	defer m.mu.Unlock()
	row, ok := m.rows[id]
	if !ok || row.attempt == nil {
		return auth.Attempt{}, false, nil
	}
	return *row.attempt, true, nil
}

// CommitGrant implements auth.AttemptStore.
func (m *MemStore) CommitGrant(_ context.Context, id string, gen int64, g auth.Grantee) error {
	if err := m.enter("CommitGrant"); err != nil {
		return err
	}
	defer m.mu.Unlock()
	return m.commit(id, gen, g)
}

func (m *MemStore) commit(id string, gen int64, g auth.Grantee) error {
	row, err := m.atGeneration(id, gen)
	if err != nil {
		return err
	}
	if g.Config != nil && m.taken(g.Config.Name, id) {
		return auth.ErrNameTaken
	}
	r := &row.record
	if g.Tokens.Refresh.Empty() && !g.DropRefresh {
		g.Tokens.Refresh = r.Tokens.Refresh
	}
	if g.Tokens.Facts == nil {
		g.Tokens.Facts = r.Tokens.Facts
	}
	r.Tokens = g.Tokens
	s := g.Status
	s.Generation, s.LastUsedAt, s.HasRefresh = gen+1, r.Status.LastUsedAt, !g.Tokens.Refresh.Empty()
	r.Status = s
	if g.Config != nil {
		created := r.Authorization.CreatedAt
		r.Authorization = *g.Config
		r.Authorization.CreatedAt = created
	}
	row.settle(auth.Ending{State: g.Status.State, Outcome: auth.OutcomeOK, Next: g.Status.NextRefreshAt})
	row.remember(wordOf(row.attempt), auth.OutcomeOK)
	row.attempt = nil
	return nil
}

// EndAttempt implements auth.AttemptStore.
func (m *MemStore) EndAttempt(_ context.Context, id string, gen int64, end auth.Ending) error {
	if err := m.enter("EndAttempt"); err != nil {
		return err
	}
	defer m.mu.Unlock()
	row, err := m.atGeneration(id, gen)
	if err != nil {
		return err
	}
	was := row.record.Status
	row.settle(end)
	if end.Outcome == auth.OutcomeOK { // brought no tokens: it is the last one that stays
		row.record.Status.LastOutcomeAt = was.LastOutcomeAt
	}
	row.rememberEnd(was.State, row.attempt, end)
	if end.State != auth.StateUnknown {
		row.attempt = nil
	}
	return nil
}

// Spill implements auth.AttemptStore.
func (m *MemStore) Spill(_ context.Context, id string, gen int64, g auth.Grantee) error {
	if err := m.enter("Spill"); err != nil {
		return err
	}
	defer m.mu.Unlock()
	m.spills = append(m.spills, memSpill{id: id, gen: gen, grantee: g})
	return nil
}

// DrainSpills implements auth.AttemptStore.
func (m *MemStore) DrainSpills(context.Context) ([]string, error) {
	if err := m.enter("DrainSpills"); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	var ids []string
	var kept []memSpill
	for _, s := range m.spills {
		err := m.commit(s.id, s.gen, s.grantee)
		if err == nil {
			ids = append(ids, s.id)
			continue
		}
		if errors.Is(err, auth.ErrChangedOutside) {
			kept = append(kept, s)
			continue
		}
		if row, ok := m.rows[s.id]; ok && !row.purgeAt.IsZero() {
			old := row.record
			old.Tokens = s.grantee.Tokens
			for _, r := range auth.RevocationsOf(old, time.Now().UTC()) {
				m.revocations[r.ID] = r
			}
		}
	}
	m.spills = kept
	return ids, nil
}
