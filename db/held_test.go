package db_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
	"tokenwell/db"
)

// holdEnv makes the test's program another one, which holds this database.
const holdEnv = "TOKENWELL_TEST_HOLD"

// holdFile holds a database until its standard input ends.
func holdFile(path string) int {
	file, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
	if err == nil {
		file.SetMaxOpenConns(1)
		_, err = file.ExecContext(context.Background(), "BEGIN EXCLUSIVE")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println("held")
	_, _ = io.Copy(io.Discard, os.Stdin)
	_ = file.Close()
	return 0
}

// hold lets another process hold the database until release.
func (r *protocolRig) hold() (release func()) {
	r.Helper()
	holder := exec.CommandContext(context.Background(), os.Args[0]) //nolint:gosec // ourselves
	holder.Env = append(os.Environ(), holdEnv+"="+db.File(r.dir))
	holder.Stderr = os.Stderr
	in, err := holder.StdinPipe()
	require.NoError(r, err)
	out, err := holder.StdoutPipe()
	require.NoError(r, err)
	require.NoError(r, holder.Start())
	said, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(r, err)
	require.Equal(r, "held\n", said)
	var ended bool
	release = func() {
		if !ended {
			ended = true
			require.NoError(r, in.Close())
			require.NoError(r, holder.Wait())
		}
	}
	r.Cleanup(release)
	return release
}

// patience is how long the writer of these tests waits for other processes.
const patience = 400 * time.Millisecond

// impatient returns a handle that waits for less than five seconds.
func (r *protocolRig) impatient() *db.DB {
	r.Helper()
	store := r.open()
	require.NoError(r, store.Write(context.Background(), func(tx *sql.Tx) error {
		_, err := tx.Exec(fmt.Sprintf("PRAGMA busy_timeout = %d", patience.Milliseconds()))
		return err
	}))
	return store
}

// R09: while another program holds the database nothing is sent, for it could
// not be stored; whoever waits is told in time which program it is; what is
// stored can be read; and as soon as it lets go everything works.
func TestAnotherProgramHoldsTheDatabase(t *testing.T) {
	r := newProtocolRig(t)
	store := r.impatient()
	server := authtest.NewEvilas(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
	e := r.engine(store, store.Vault())
	var ids []string
	for i := range 10 {
		record := server.Stored(fmt.Sprintf("Sales %d", i), time.Now())
		r.put(store, record)
		ids = append(ids, record.Authorization.ID)
	}
	release := r.hold()

	begun := time.Now()
	failures := make(chan error)
	for _, id := range ids { // each would wait for the one before it
		go func() {
			_, err := e.Refresh(context.Background(), id)
			failures <- err
		}()
	}
	for range ids {
		var failure *auth.Failure
		require.ErrorAs(t, <-failures, &failure)
		assert.Equal(t, auth.CodeStorageHeld, failure.Code)
		if runtime.GOOS == "linux" {
			assert.Regexp(t, `db\.test \(process \d+\) has kept the database`, failure.Happened)
		}
		require.ErrorIs(t, failure, auth.ErrStorage)
	}
	assert.Less(t, time.Since(begun), 7*patience, "one waited after the other")
	assert.Empty(t, server.Requests(authtest.PathToken), "what could not be stored was sent")

	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	page, err := store.List(ctx, auth.Query{Sort: auth.ColumnName, Limit: 100})
	require.NoError(t, err, "the list can't be read meanwhile")
	assert.Len(t, page.Rows, len(ids))
	token, err := e.AccessToken(ctx, ids[0])
	require.NoError(t, err, "a token that is good is not handed out")
	assert.False(t, token.Empty())

	release()
	for _, id := range ids {
		d, err := e.Refresh(t.Context(), id)
		require.NoError(t, err)
		assert.EqualValues(t, 2, d.Status.Generation)
	}
	assert.Equal(t, 1, server.MostShown("refresh"))
}

// R09: tokens that arrive while another program holds the database are kept,
// and taken by the next refresh.
func TestTokensArriveWhileTheDatabaseIsHeld(t *testing.T) {
	r := newProtocolRig(t)
	store := r.impatient()
	server := authtest.NewEvilas(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
	record := server.Stored("Sales", time.Now())
	r.put(store, record)
	id := record.Authorization.ID
	e := r.engine(store, store.Vault())
	reply := make(chan struct{})
	server.Script(authtest.PathToken, authtest.Answer{Apply: true, Hold: reply})
	failed := make(chan error)
	go func() {
		_, err := e.Refresh(context.Background(), id)
		failed <- err
	}()
	require.Eventually(t, func() bool { return len(server.Requests(authtest.PathToken)) == 1 }, 10*time.Second, time.Millisecond)
	release := r.hold()
	close(reply)
	require.ErrorIs(t, <-failed, auth.ErrStorageHeld)
	release()
	d, err := e.Refresh(t.Context(), id)
	require.NoError(t, err)
	assert.EqualValues(t, 2, d.Status.Generation)
	assert.Len(t, server.Requests(authtest.PathToken), 1, "the tokens were kept: there was nothing to ask for")
	now, err := store.Load(t.Context(), id)
	require.NoError(t, err)
	assert.True(t, server.Alive(now.Tokens.Refresh.Reveal()), "the new refresh token is lost")
}

// countingStore counts the intents that the engine wants to store.
type countingStore struct {
	*db.DB
	intents atomic.Int32
	tried   chan struct{}
}

func (c *countingStore) BeginAttempt(ctx context.Context, id string, gen int64, a auth.Attempt) error {
	defer func() { c.tried <- struct{}{} }()
	c.intents.Add(1)
	return c.DB.BeginAttempt(ctx, id, gen, a)
}

// R09: the scheduler leaves a refresh whose intent could not be stored for its
// next look, and starts while the database is held as at any other time.
func TestSchedulerWaitsForTheDatabase(t *testing.T) {
	r := newProtocolRig(t)
	store := r.impatient()
	server := authtest.NewEvilas(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
	record := server.Stored("Sales", time.Now())
	record.Authorization.AutoRefresh, record.Status.NextRefreshAt = true, time.Now().Add(-time.Second).UTC()
	r.put(store, record)
	release := r.hold()
	counting := &countingStore{DB: store, tried: make(chan struct{}, 100)}
	e := r.engine(counting, store.Vault())
	require.NoError(t, e.Start(t.Context()))
	<-counting.tried
	<-time.After(3 * patience)
	assert.EqualValues(t, 1, counting.intents.Load(), "the scheduler tries again and again")
	assert.Empty(t, server.Requests(authtest.PathToken))
	release()
	d, err := e.Refresh(t.Context(), record.Authorization.ID)
	require.NoError(t, err)
	assert.EqualValues(t, 2, d.Status.Generation)
}
