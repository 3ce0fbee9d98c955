package db_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
	"tokenwell/db"
)

// The engine's tests run on a store in memory; these hold that the real one
// keeps the same promises.

func TestProtocolFromTheFormToARefreshAndBackAfterAReopen(t *testing.T) {
	r := newProtocolRig(t)
	server := authtest.NewEvilas(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
	store := r.open()
	e := r.engine(store, store.Vault())
	ctx := t.Context()
	require.NoError(t, e.Start(ctx))
	d := e.DraftFor(authtest.ServiceID)
	d.Name, d.ClientID, d.Params["issuer"] = "Sales", authtest.ClientID, server.URL()
	d.ClientSecret = auth.NewSecret(authtest.Sentinel + "secret-0")
	d.Confirmation = d.ClientSecret
	s, err := e.Authorize(ctx, d)
	require.NoError(t, err)
	require.NoError(t, s.OpenBrowser(ctx))
	got, err := s.Wait(ctx)
	require.NoError(t, err)
	assert.Equal(t, auth.StateActive, got.Status.State)
	assert.Equal(t, "ana@example.test", got.Status.SignedInAs)
	refreshed, err := e.Refresh(ctx, s.ID())
	require.NoError(t, err)
	token, err := e.AccessToken(ctx, s.ID())
	require.NoError(t, err)
	e.Close()
	require.NoError(t, store.Close())

	again := r.open()
	record, err := again.Load(ctx, s.ID())
	require.NoError(t, err)
	assert.Equal(t, refreshed.Status.Generation, record.Status.Generation)
	assert.True(t, record.Tokens.Access.Equal(token))
	assert.True(t, server.Alive(record.Tokens.Refresh.Reveal()))
	assert.Equal(t, refreshed.Status.LastOutcome, record.Status.LastOutcome)
	assert.Equal(t, refreshed.Status.HasRefresh, record.Status.HasRefresh)
	assert.Equal(t, 1, server.MostShown("refresh"))
	assert.Equal(t, 1, server.MostShown("code"))
}

// calledBy tells whether a function whose name ends so is among the callers.
func calledBy(name string) bool {
	callers := make([]uintptr, 20)
	frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers)])
	for {
		frame, more := frames.Next()
		if strings.HasSuffix(frame.Function, name) {
			return true
		}
		if !more {
			return false
		}
	}
}

// T54: handles on one data folder, as several processes have them.
func TestProtocolIsOneRequestOverAllHandles(t *testing.T) {
	t.Parallel()
	r := newProtocolRig(t)
	server := authtest.NewEvilas(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
	stores := []*db.DB{r.open(), r.open(), r.open()}
	record := server.Stored("Sales", time.Now())
	r.put(stores[0], record)
	const callers = 30
	var asked atomic.Int32
	reply := make(chan struct{})
	server.Script(authtest.PathToken, authtest.Answer{Apply: true, Hold: reply})
	catalog, err := authtest.Catalog()
	require.NoError(t, err)
	var work sync.WaitGroup
	for _, store := range stores {
		e, err := auth.New(auth.Params{
			Store: store, Vault: store.Vault(), Catalog: catalog, Wire: auth.NewWire(auth.WireParams{}),
			Browser: authtest.NewBrowser(t, authtest.BrowserIgnore, nil),
			Now: func() time.Time {
				if calledBy("(*Engine).Refresh") && asked.Add(1) == callers { // the clock is read once by each
					defer close(reply)
				}
				return time.Now()
			},
		})
		require.NoError(t, err)
		t.Cleanup(e.Close)
		for range callers / len(stores) {
			work.Go(func() {
				d, err := e.Refresh(context.Background(), record.Authorization.ID)
				assert.NoError(t, err)
				assert.Equal(t, int64(2), d.Status.Generation)
			})
		}
	}
	work.Wait()
	assert.Len(t, server.Requests(authtest.PathToken), 1)
	now, err := stores[1].Load(t.Context(), record.Authorization.ID)
	require.NoError(t, err)
	assert.True(t, server.Alive(now.Tokens.Refresh.Reveal()), "the family was ended")
}

func TestProtocolCutOffEndsAfterTheSecondPresentation(t *testing.T) {
	r := newProtocolRig(t)
	server := authtest.NewEvilas(t, authtest.EvilasParams{Rotation: authtest.RotateGrace, Grace: time.Hour})
	store := r.open()
	record := server.Stored("Sales", time.Now())
	r.put(store, record)
	id := record.Authorization.ID
	cut := authtest.Answer{Apply: true, NoAnswer: true}
	server.Script(authtest.PathToken, cut, cut, cut)
	states := []auth.State{auth.StateUnknown, auth.StateNeedsSignIn, auth.StateNeedsSignIn}
	for _, want := range states {
		_, err := r.engine(store, store.Vault()).Refresh(t.Context(), id)
		require.Error(t, err)
		now, err := store.Load(t.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, want, now.Status.State)
		assert.True(t, now.Tokens.Refresh.Equal(record.Tokens.Refresh), "a failure erased the token")
	}
	assert.Equal(t, 2, server.Shown(record.Tokens.Refresh.Reveal()))
}

// lame is a store whose commits fail, as on a full disk.
type lame struct{ *db.DB }

func (lame) CommitGrant(context.Context, string, int64, auth.Grantee) error { return auth.ErrStorage }

func TestProtocolSpillsAndDrains(t *testing.T) {
	r := newProtocolRig(t)
	server := authtest.NewEvilas(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
	store := r.open()
	record := server.Stored("Sales", time.Now())
	r.put(store, record)
	id := record.Authorization.ID

	_, err := r.engine(lame{store}, store.Vault()).Refresh(t.Context(), id)
	require.ErrorIs(t, err, auth.ErrStorage)
	files, err := filepath.Glob(filepath.Join(db.SpillDir(r.dir), "*.spill"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	sealed, err := os.ReadFile(files[0])
	require.NoError(t, err)
	assert.NotContains(t, string(sealed), authtest.Sentinel)

	require.NoError(t, r.engine(store, store.Vault()).Start(t.Context()))
	now, err := store.Load(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, auth.StateActive, now.Status.State)
	assert.True(t, server.Alive(now.Tokens.Refresh.Reveal()))
	files, err = filepath.Glob(filepath.Join(db.SpillDir(r.dir), "*.spill"))
	require.NoError(t, err)
	assert.Empty(t, files)
}

// T58: whatever column of an authorization is changed from outside, nothing is
// sent for it, and the others go on.
func TestProtocolSendsNothingForARowChangedBySQL(t *testing.T) {
	t.Parallel()
	for _, change := range []string{
		"UPDATE authorization_configs SET endpoints = replace(endpoints, '/token', '/steal')",
		"UPDATE authorization_configs SET client_id = 'another'",
		"UPDATE authorization_status SET generation = generation + 1",
		"UPDATE authorization_status SET hand_out = 1 - hand_out",
		"UPDATE authorizations SET state = 'needs_attention'",
		"UPDATE authorizations SET expires_at = expires_at + 86400000",
		"UPDATE tokens SET sealed = (SELECT sealed FROM authorization_configs LIMIT 1)",
	} {
		t.Run(change, func(t *testing.T) {
			r := newProtocolRig(t)
			server := authtest.NewEvilas(t, authtest.EvilasParams{})
			store := r.open()
			victim, other := server.Stored("Victim", time.Now()), server.Stored("Other", time.Now())
			r.put(store, victim)
			_, err := r.rawDB().ExecContext(t.Context(), change)
			require.NoError(t, err)
			r.put(store, other)
			e := r.engine(store, store.Vault())

			_, err = e.Refresh(t.Context(), victim.Authorization.ID)
			require.ErrorIs(t, err, auth.ErrChangedOutside)
			_, err = e.Revoke(t.Context(), victim.Authorization.ID)
			require.ErrorIs(t, err, auth.ErrChangedOutside)
			assert.Empty(t, server.Requests(""))
			_, err = e.Refresh(t.Context(), other.Authorization.ID)
			require.NoError(t, err)
			page, err := e.List(t.Context(), auth.Query{States: []auth.State{auth.StateChangedOutside}, Sort: auth.ColumnName, Limit: 10})
			require.NoError(t, err)
			require.Len(t, page.Rows, 1)
			assert.Equal(t, victim.Authorization.ID, page.Rows[0].ID)
		})
	}
}

func TestProtocolRevokesWhatWasDeletedAfterTheNextStart(t *testing.T) {
	r := newProtocolRig(t)
	server := authtest.NewEvilas(t, authtest.EvilasParams{})
	store := r.open()
	record := server.Stored("Sales", time.Now())
	r.put(store, record)
	first := r.engine(store, store.Vault())
	_, err := first.Delete(t.Context(), record.Authorization.ID, true)
	require.NoError(t, err)
	first.Close()
	require.NoError(t, store.Close())

	again := r.open()
	catalog, err := authtest.Catalog()
	require.NoError(t, err)
	done := make(chan struct{}, 10)
	e, err := auth.New(auth.Params{
		Store: dropping{again, done}, Vault: again.Vault(), Catalog: catalog, Wire: auth.NewWire(auth.WireParams{}),
		Browser: authtest.NewBrowser(t, authtest.BrowserIgnore, nil),
		Now:     func() time.Time { return time.Now().Add(auth.UndoTime + time.Second) },
	})
	require.NoError(t, err)
	t.Cleanup(e.Close)
	require.NoError(t, e.Start(t.Context()))
	<-done
	<-done
	assert.False(t, server.Alive(record.Tokens.Refresh.Reveal()))
	left, err := again.DueRevocations(t.Context(), time.Now().Add(time.Hour))
	require.NoError(t, err)
	assert.Empty(t, left)
}

// dropping tells when a revocation has left the queue.
type dropping struct {
	*db.DB
	done chan<- struct{}
}

func (d dropping) DropRevocation(ctx context.Context, id string) error {
	err := d.DB.DropRevocation(ctx, id)
	d.done <- struct{}{}
	return err
}
